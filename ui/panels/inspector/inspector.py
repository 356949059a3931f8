"""The inspector: what is known of the selected record, and where a grid worker answers, attaches and corrects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.services.edit import edit
from app.text import Text
from ui.models.ending import Ending
from ui.models.named import display_name
from ui.panels.inspector.adoption import stage_shown
from ui.panels.inspector.bulk import BulkInspector
from ui.panels.inspector.declared import (
    credit_of,
    firms_serving,
    graded_by,
    met_by,
    reason_of_credit,
    relations_of,
)
from ui.panels.inspector.dossier import StationFinder
from ui.panels.inspector.history import SHOWN, last_step_of
from ui.panels.inspector.page import Computed, InspectorPage
from ui.panels.inspector.standing import party_verdict, property_verdict
from ui.widgets.empty import EmptyView, Offer, lacking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.domain.record import Record
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_CHOOSE: Final = Offer(
    Text("在地图、表格或地点里选一个小区", "Select a compound on the map, in a table or in the tree"),
    Text("搜索小区", "Search for a compound"),
    "search.focus",
)
_DETACHED: Final = Text("已摘除：{}", "Detached: {}")
_PATIENCE_MS: Final = 120  # that the page waits for what is computed before it is painted without it
_NOT_SAVED: Final = Text("没有保存：{}的{}“{}”。{}", "Not saved: {}, {}, '{}'. {}")
_DETACH: Final = Text("摘除：{}", "Detach: {}")
_DETACH_DO: Final = Text("摘除", "Detach")


class InspectorPanel(QWidget):
    """The right panel. Follows the selection; several records show the bulk inspector."""

    assess_asked = Signal(str)  # a scheme, for the record shown
    filled = Signal(str)  # the code whose computed parts are shown now

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(Text("检查器", "Inspector").in_(context.lang))
        self._context = context
        self._code = ""
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
        page, context = self.page, self._context
        page.fact_answered.connect(self._on_fact)
        page.field_edited.connect(self._on_field)
        page.detach_asked.connect(self._on_detach)
        page.taken_back.connect(self._on_taken_back)
        page.undo_asked.connect(self._on_undo)
        page.unit_chosen.connect(self._on_unit)
        page.finding_chosen.connect(self._on_finding)
        page.record_chosen.connect(self._on_record)
        page.assess_asked.connect(self.assess_asked)
        page.locate_asked.connect(self._on_locate)
        page.identity.remove_asked.connect(self._on_remove)
        page.attach.clicked.connect(self._on_attach)
        page.engage.clicked.connect(self._on_engage)
        page.adoption.step_asked.connect(self._on_adopt)
        page.relate.clicked.connect(self._on_relate)
        page.change_credit.clicked.connect(self._on_credit)
        context.leaving.connect(self.page.flush)
        context.selection_changed.connect(self._on_selection)
        context.changed.connect(self._on_changed)
        context.as_of_changed.connect(self._on_day)
        context.figures_changed.connect(self._on_figures)
        context.registry_opened.connect(self._on_registry)

    # what others ask of it

    def focus_three_no(self) -> None:
        """Put the hand on the first three-no fact (key T)."""
        if self._stack.currentWidget() is self.bulk:
            self.bulk.focus_first()
        elif self._code and not self.page.three_no.isHidden():
            self.page.three_no.set_open(True)
            self.page.facts.focus_first()
            self._scroll.ensureWidgetVisible(self.page.facts)

    def focus_committee(self) -> None:
        """Put the hand on the owners' committee (key O)."""
        row = self.page.groups.row("owners_committee")
        if row is not None and self._code:
            self._focus(row.box)

    def focus_next_unknown(self) -> None:
        """Put the hand on the next fact that is unknown (key X)."""
        boxes = self.page.all_unknown() if self._code else []
        if boxes:
            focused = next((n for n, box in enumerate(boxes) if box.hasFocus()), -1)
            self._focus(boxes[(focused + 1) % len(boxes)])

    def _focus(self, box: QWidget) -> None:
        self.page.groups.open_for(box)
        box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll.ensureWidgetVisible(box)

    def open_fields(self) -> None:
        """Open the record's fields (F2 or Enter)."""
        if self._code:
            self.page.identity.open_fields()

    def state(self) -> dict[str, Any]:
        """Return whether the record's fields are open; what is typed in them goes with the boxes."""
        return {"is_editing": bool(self._code) and not self.page.identity.form.isHidden()}

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
        self.page.show_findings([f for f in findings if self._code and self._code in f.codes])

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
        record = self._context.record(self._code) if self._code else None
        if record is not None:
            self.page.show_identity(record, self._computed)
            self.page.settle()

    @Slot()
    def _on_registry(self) -> None:
        self._code = ""
        self._computed = None
        self.show_findings(())
        self._show_selection()

    def _show_selection(self) -> None:
        record = self._context.current
        if record is None:
            self._code = ""
            self.empty.show_offer(lacking(self._context) or _CHOOSE)
            self._stack.setCurrentWidget(self.empty)
        elif len(self._context.selection) > 1:
            self._code = ""
            self.bulk.show_codes(self._context.selection)
            self._stack.setCurrentWidget(self.bulk)
        else:
            if record.code != self._code:
                self._code, self._computed = record.code, None
                self._hold_paint()
                self.page.forget()
                self.page.identity.close_fields()
                self._scroll.verticalScrollBar().setValue(0)
                self.show_findings(self._findings)
                if self.page.facts.focused_key():
                    self.page.facts.focus_first()
            self.page.show_record(record, self._computed)
            self._stack.setCurrentWidget(self._scroll)
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            self._scroll.setMinimumWidth(self.page.minimumSizeHint().width() + bar)  # longer words in English
            self._compute(record)
            self._read_history(record)

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
        registry, day, lang = self._context.registry, self._context.as_of, self._context.lang
        assert registry is not None
        engine, dataset, zone, finder = registry.engine, registry.dataset, registry.zone, self._finder
        profile, code = registry.profile, record.code
        is_compound, is_layer = record.kind == "compounds", KINDS[record.kind].is_layer

        def job(ticket: Ticket) -> Computed:
            computed = Computed(
                derived=engine.derived(code, day) if is_layer else None,
                three_no=engine.three_no(code, day) if is_compound else None,
                near=finder.nearest(dataset, zone, record, day, lang) if is_layer else [],
                has_stations=bool(dataset.of("stations")),
                party=party_verdict(engine, record, day),
                property=property_verdict(engine, record, day),
            )
            if ticket.is_cancelled:
                return computed
            return replace(
                computed,
                adoption=stage_shown(engine, code, day) if is_compound else None,
                checklists=met_by(engine, profile, record, day),
                graded=graded_by(dataset, profile, record, day),
                relations=relations_of(dataset, profile, code, day, lang),
                credits=[credit_of(dataset, firm, day, lang) for firm in firms_serving(dataset, record, day)],
            )

        def done(computed: Computed) -> None:
            self._computing = None
            if self._code == code:
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
            if self._code == code and self._context.registry is registry:
                changes, reasons = found
                self.page.show_history(changes, code)
                self.page.show_reasons(record, self._computed, reasons)

        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._context.tasks.start(job, on_registry=True)
        self._reading.succeeded.connect(done)

    # writing

    @Slot(str, str, str)
    def _on_fact(self, code: str, key: str, value: str) -> None:
        registry = self._context.registry
        if registry is None or self._context.record(code) is None:
            return
        spec = registry.profile.facts[key]
        choices = registry.profile.fact_choices(spec)
        fact = registry.dataset.fact_on(code, key, self._context.as_of)
        was = ("unknown" if choices else "—") if fact is None else fact.text("value")
        old, new = choices.get(was, Text(was, was)), choices.get(value, Text(value, value))
        said = Text(
            f"已保存：{spec.words.zh} {old.zh} → {new.zh}", f"Saved: {spec.words.en} {old.en} → {new.en}"
        )

        def failed(error: Exception) -> None:
            if self._is_shown(code) and (row := self.page.fact_row(key)) is not None:
                row.show_error(self._context.sentence(error))
            else:
                self._refuse_elsewhere(code, spec.words, value, error)

        self._context.edit(
            lambda _ticket: edit.set_values(registry, [code], {key: value}), said, on_error=failed
        )

    def _is_shown(self, code: str) -> bool:
        """Whether this record's page is still what the user sees."""
        return shiboken6.isValid(self) and self._code == code

    def _refuse_elsewhere(self, code: str, field: Text, typed: str, error: Exception) -> None:
        """Tell in the banner what was typed for a record that is no longer in sight, and why it was refused."""
        record, lang = self._context.record(code), self._context.lang
        name = code if record is None else display_name(record, lang)
        said = _NOT_SAVED.in_(lang).format(name, field.in_(lang), typed, self._context.sentence(error))
        self._context.refused.emit(InvalidInput(Text(said, said)))

    @Slot(str, str, str)
    def _on_field(self, code: str, field: str, typed: str) -> None:
        registry, record = self._context.registry, self._context.record(code)
        if registry is None or record is None:
            return
        spec = KINDS[record.kind].by_name.get(field)
        name = Text(field, field) if spec is None else spec.words

        def failed(error: Exception) -> None:
            if self._is_shown(code):
                self.page.identity.form.show_error(field, self._context.sentence(error))
            else:
                self._refuse_elsewhere(code, name, typed, error)

        self._context.edit(
            lambda _ticket: edit.set_values(registry, [code], {field: typed}),
            Text(f"已保存：{name.zh} → {typed or '—'}", f"Saved: {name.en} → {typed or '—'}"),
            on_error=failed,
        )

    @Slot(str)
    def _on_detach(self, code: str) -> None:
        registry, attachment = self._context.registry, self._context.record(code)
        if registry is None or attachment is None:
            return
        ends = {"attachments": ("organisation",), "engagements": ("firm",), "links": ("subject", "to")}
        found = [attachment.text(name) for name in ends.get(attachment.kind, ())]
        end = next((end for end in found if end != self._code), code)
        other = registry.dataset.find(end)
        name = end if other is None else display_name(other, self._context.lang)
        self._context.end_asked.emit(
            Ending(
                title=_DETACH.format(name),
                commit=_DETACH_DO,
                act=lambda day, why: edit.detach(registry, code, on=day, why=why),
                said=_DETACHED.format(name),
            )
        )

    @Slot(str)
    def _on_taken_back(self, key: str) -> None:
        """Take this fact's last step back, whatever was done elsewhere since."""
        registry, code = self._context.registry, self._code
        if registry is not None and code:
            self._context.undo(lambda: last_step_of(registry, code, key))

    @Slot(str)
    def _on_undo(self, change: str) -> None:
        self._context.undo(change)

    @Slot()
    def _on_remove(self) -> None:
        self._context.wanted.emit("record.remove")

    @Slot()
    def _on_attach(self) -> None:
        self._context.wanted.emit("compound.attach_party")

    @Slot()
    def _on_engage(self) -> None:
        self._context.wanted.emit("compound.attach_firm")

    @Slot()
    def _on_adopt(self) -> None:
        self._context.wanted.emit("compound.adopt")

    @Slot()
    def _on_relate(self) -> None:
        self._context.wanted.emit("compound.relate")

    @Slot()
    def _on_credit(self) -> None:
        self._context.wanted.emit("firm.credit")

    @Slot(str)
    def _on_record(self, code: str) -> None:
        if self._context.record(code) is not None:
            self._context.select([code], "inspector")

    @Slot(str)
    def _on_unit(self, code: str) -> None:
        self._context.select([code], "inspector")
        self._context.zoom_to([code])

    @Slot()
    def _on_locate(self) -> None:
        if self._code:
            self._context.zoom_to([self._code])

    @Slot(list)
    def _on_finding(self, codes: list[str]) -> None:
        self._context.show_finding([self._code, *(code for code in codes if code != self._code)])

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter: on a fact it goes to the next compound of the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            self.page.facts.focused_key() or self.page.groups.focused_key()
        ):
            self._context.wanted.emit("compound.next")
        else:
            super().keyPressEvent(event)
