"""The inspector: what is known of the selected record, and where a grid worker answers, attaches and corrects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui.panels.inspector.acts import Acts
from ui.panels.inspector.bulk import BulkInspector
from ui.panels.inspector.computed import computing
from ui.panels.inspector.declared import firms_serving, reason_of_credit
from ui.panels.inspector.dossier import StationFinder
from ui.panels.inspector.history import SHOWN
from ui.panels.inspector.page import InspectorPage
from ui.widgets.empty import EmptyView, Offer, lacking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QShowEvent

    from app.domain.record import Record
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.panels.inspector.computed import Computed

_CHOOSE: Final = Offer(
    Text("在地图、表格或地点里选一个小区", "Select a compound on the map, in a table or in the tree"),
    Text("搜索小区", "Search for a compound"),
    "search.focus",
)
_PATIENCE_MS: Final = 120  # that the page waits for what is computed before it is painted without it


class InspectorPanel(QWidget):
    """The right panel. Follows the selection; several records show the bulk inspector."""

    filled = Signal(str)  # the code whose computed parts are shown now

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(Text("检查器", "Inspector").in_(context.lang))
        self._context = context
        self._computed: Computed | None = None
        self._computing: Task | None = None
        self._reading: Task | None = None
        self._finder = StationFinder()
        self._findings: Sequence[Any] = ()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._paint_again)
        self._stack = QStackedWidget(self)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.empty = EmptyView(context, "inspector", self)
        self._stack.addWidget(self.empty)
        self.page = InspectorPage(context, self)
        self._acts = Acts(context, self.page)
        self._scroll = QScrollArea(self)
        self._scroll.setObjectName("inspector.scroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.page)
        self._stack.addWidget(self._scroll)
        self.bulk = BulkInspector(context, self)
        self._stack.addWidget(self.bulk)
        self._connect()
        self._show_selection()

    def _connect(self) -> None:
        context = self._context
        context.leaving.connect(self.page.flush)
        context.selection_changed.connect(self._on_selection)
        context.changed.connect(self._on_changed)
        context.as_of_changed.connect(self._on_day)
        context.figures_changed.connect(self._on_figures)
        context.registry_opened.connect(self._on_registry)
        context.others.desks_changed.connect(self._show_elsewhere)

    # what others ask of it

    def focus_three_no(self) -> None:
        """Put the hand on the first three-no fact (key T)."""
        if self._stack.currentWidget() is self.bulk:
            self.bulk.focus_first()
        elif self.page.code and not self.page.three_no.isHidden():
            self.page.three_no.set_open(True)
            self.page.facts.focus_first()
            self._scroll.ensureWidgetVisible(self.page.facts)

    def focus_committee(self) -> None:
        """Put the hand on the owners' committee (key O)."""
        row = self.page.groups.row("owners_committee")
        if row is not None and self.page.code:
            self._focus(row.box)

    def focus_next_unknown(self) -> None:
        """Put the hand on the next fact that is unknown (key X)."""
        boxes = self.page.all_unknown() if self.page.code else []
        if boxes:
            focused = next((n for n, box in enumerate(boxes) if box.hasFocus()), -1)
            self._focus(boxes[(focused + 1) % len(boxes)])

    def _focus(self, box: QWidget) -> None:
        self.page.groups.open_for(box)
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll.ensureWidgetVisible(box)

    def open_fields(self) -> None:
        """Open the record's fields (F2 or Enter)."""
        if self.page.code:
            self.page.identity.open_fields()

    def state(self) -> dict[str, Any]:
        """Return whether the record's fields are open; what is typed in them goes with the boxes."""
        return {"is_editing": bool(self.page.code) and not self.page.identity.form.isHidden()}

    def restore(self, state: dict[str, Any]) -> None:
        """Open the fields where they were open."""
        if state["is_editing"]:
            self.open_fields()

    def set_low(self, *, is_low: bool) -> None:
        """Fold facts, checklists and history where the window is low (under 760) and nobody opened them."""
        self.page.groups.set_low(is_low=is_low)
        for section in (self.page.ledger, self.page.history):
            self.page.fold(section, is_folded=is_low)

    def show_findings(self, findings: Sequence[Any]) -> None:
        """Take the registry's findings; those of the record are shown."""
        self._findings = findings
        self.page.show_findings([f for f in findings if self.page.code and self.page.code in f.codes])

    # following the window

    @Slot(list)
    def _on_selection(self, _codes: list[str]) -> None:
        self._show_selection()

    @Slot(object)
    def _on_changed(self, _changes: object) -> None:
        self._show_selection()

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        self._show_selection()

    @Slot()
    def _on_figures(self) -> None:
        record = self._context.record(self.page.code) if self.page.code else None
        if record is not None:
            self.page.show_identity(record, self._computed)
            self.page.settle()

    @Slot()
    def _show_elsewhere(self) -> None:
        self.page.identity.show_elsewhere(self._context.others.who_edits(self.page.code))

    @Slot()
    def _on_registry(self) -> None:
        self.page.code = ""
        self._computed = None
        self.show_findings(())
        self._show_selection()

    def _show_selection(self) -> None:
        record = self._context.current
        if record is None:
            self.page.code = ""
            self.empty.show_offer(lacking(self._context) or _CHOOSE)
            self._stack.setCurrentWidget(self.empty)
        elif len(self._context.selection) > 1:
            self.page.code = ""
            self.bulk.show_codes(self._context.selection)
            self._stack.setCurrentWidget(self.bulk)
        else:
            if record.code != self.page.code:
                self.page.code, self._computed = record.code, None
                self._hold_paint()
                self.page.forget()
                self.page.identity.close_fields()
                self._scroll.verticalScrollBar().setValue(0)
                self.show_findings(self._findings)
                if self.page.facts.focused_key():
                    self.page.facts.focus_first()
            self.page.show_record(record, self._computed)
            self._show_elsewhere()
            self._stack.setCurrentWidget(self._scroll)
            self._make_room()
            self._compute(record)
            self._read_history(record)

    @Slot()
    def _make_room(self) -> None:
        """Be as wide as the words of the record are: English ones are longer."""
        if self.page.code:
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            self._scroll.setMinimumWidth(self.page.minimumSizeHint().width() + bar)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Measure again in the fonts that it is shown in: what is made anew has them only then."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._make_room)

    def _hold_paint(self) -> None:
        """Let another record come in one paint; a page that was not there yet is painted at once."""
        if self._stack.currentWidget() is self._scroll:
            self.page.setUpdatesEnabled(False)
            self._patience.start()

    @Slot()
    def _paint_again(self) -> None:
        self._patience.stop()
        self.page.setUpdatesEnabled(True)

    # what must be computed or read, off the GUI thread

    def _compute(self, record: Record) -> None:
        registry, code = self._context.registry, record.code
        assert registry is not None
        job = computing(registry, self._finder, record, self._context.as_of, self._context.lang)

        def done(computed: Computed) -> None:
            self._computing = None
            if self.page.code == code:
                self._computed = computed
                self.page.show_computed(record, computed)
                self._paint_again()
                self.filled.emit(code)

        if self._computing is not None:
            self._computing.cancel()
        self._computing = self._context.tasks.start(job, on_registry=False)
        self._computing.succeeded.connect(done)

    def _read_history(self, record: Record) -> None:
        registry, code = self._context.registry, record.code
        assert registry is not None
        firms = firms_serving(registry.dataset, record, self._context.as_of)

        def job(_ticket: Ticket) -> tuple[list[Any], dict[str, str]]:
            reasons = {firm: reason_of_credit(registry.history(firm), firm) for firm in firms}
            return registry.history(code, SHOWN), reasons

        def done(found: tuple[list[Any], dict[str, str]]) -> None:
            self._reading = None
            if self.page.code == code and self._context.registry is registry:
                changes, reasons = found
                self.page.show_history(changes, code)
                self.page.show_reasons(record, self._computed, reasons)

        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._context.tasks.start(job, on_registry=True)
        self._reading.succeeded.connect(done)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter: on a fact it goes to the next compound of the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            self.page.facts.focused_key() or self.page.groups.focused_key()
        ):
            self._context.wanted.emit("compound.next")
        else:
            super().keyPressEvent(event)
