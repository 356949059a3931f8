"""Boundary fusion: compounds that a line cuts, the border proposed for one, the figures before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QSplitter,
    QWidget,
)
from typing_extensions import override

from app.domain.period import today
from app.services.fusion.cuts import CUT_LEVELS, OUTSIDE, find_cuts
from app.services.fusion.fuse import accept, propose
from app.text import Text
from ui import words
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.base.topic import TableTopic
from ui.topics.fusion import words as said
from ui.topics.fusion.models import CutColumn, CutModel, sketch_of
from ui.topics.fusion.side import Side
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.day_field import DayField
from ui.widgets.permit import tell

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.jobs import Ticket
    from app.services.fusion.cuts import Cut
    from app.services.fusion.fuse import Proposal
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.sketch import Sketch

_STREET_W: Final = 130
_LEFT, _RIGHT = 420, 370  # of the two sides, to begin with


class FusionTopic(TableTopic):
    """The list on the left, the proposal for its current row on the right and, dashed, on the map."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._proposal: Proposal | None = None
        self._drawing: Task | None = None
        self._shown = ""  # the compound last shown on the map
        self._row = 0
        self._goes_on = False  # what was accepted makes way for the next, which is shown
        self._wanted: tuple[str, str] = ("", "")  # a compound, and who was to take it
        self._has_sketch = False
        self.level = add_box(self, "level", said.LEVEL, lang)
        offer(
            self.level,
            [("", said.ALL_LEVELS.in_(lang)), *((n, words.LEVELS[n].in_(lang)) for n in CUT_LEVELS)],
        )
        self.street = add_box(self, "street", said.STREET, lang)
        self.street.setMaximumWidth(_STREET_W)
        self._offer_streets()
        self.to = add_box(self, "to", said.TO, lang)
        self.how = add_box(self, "how", said.HOW, lang)
        offer(self.how, [("from", said.FROM.in_(lang)), ("correct", said.CORRECT.in_(lang))])
        self._today = today()
        self.since = DayField(lang, self, day=self._today)
        self.since.setObjectName("fusion.from")
        self.since.setAccessibleName(said.DAY.in_(lang))
        self.tools.addWidget(self.since)
        self.torn = QCheckBox(said.TORN.in_(lang), self)
        self.torn.setObjectName("fusion.torn")
        self.torn.setAccessibleName(said.TORN.in_(lang))
        self.torn.hide()
        self.tools.addStretch(1)
        self.next_button = add_button(self, "next", said.NEXT, said.NEXT_TIP, lang)
        self.accept_button = add_button(self, "accept", said.ACCEPT, said.ACCEPT_TIP, lang)
        self._lay_out(lang)
        self.level.currentIndexChanged.connect(self.ask_again)
        self.street.currentIndexChanged.connect(self.ask_again)
        self.to.currentIndexChanged.connect(self.draw)
        self.how.currentIndexChanged.connect(self._on_how)
        self.since.day_chosen.connect(self.draw)
        self.since.refused.connect(self._on_day_refused)
        self.torn.toggled.connect(self._on_torn)
        self.next_button.clicked.connect(self.go_on)
        self.accept_button.clicked.connect(self.accept)
        for keys, act in (
            ("Ctrl+Return", self.accept),
            ("Ctrl+Enter", self.accept),
            ("Ctrl+Down", self.go_on),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        context.measure_changed.connect(self.draw)
        context.selection_changed.connect(self._on_selection)
        context.as_of_changed.connect(self._on_as_of)
        self._offer()

    def _lay_out(self, lang: str) -> None:
        self.right = Side(lang, (self.torn, self.next_button, self.accept_button), self)
        self.words, self.measure, self.beside = self.right.words, self.right.measure, self.right.beside
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setObjectName("fusion.split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.right)
        split.setSizes([_LEFT, _RIGHT])
        self.box.addWidget(split, 1)
        for column, width in (
            (CutColumn.NAME, 130),
            (CutColumn.AFFECTED, 76),
            (CutColumn.AREA, 70),
            (CutColumn.LINES, 130),
        ):
            head = self.cuts.header(column).in_(lang)
            room = self.table.horizontalHeader().fontMetrics().horizontalAdvance(head) + 24
            self.table.setColumnWidth(column, max(width, room))
        self.table.horizontalHeader().setStretchLastSection(True)

    def state(self) -> dict[str, Any]:
        """Return the row looked at, what the map shows of it, and who is to take it."""
        code = "" if self.current is None else self.current.code
        return {"row": self._row, "shown": self._shown, "wanted": (code, self.to.currentData() or "")}

    def restore(self, state: dict[str, Any]) -> None:
        """Look at the same row."""
        self._row, self._shown, self._wanted = state["row"], state["shown"], state["wanted"]

    # the list

    @override
    def make_model(self) -> CutModel:
        return CutModel(self._context.lang, self._name_of, self)

    def _name_of(self, code: str) -> str:
        record = self._context.record(code)
        return code if record is None else record.text("name") or code

    @property
    def cuts(self) -> CutModel:
        """The table's model, as what it is."""
        assert isinstance(self.model, CutModel)
        return self.model

    @override
    def question(self) -> Callable[[Ticket], list[Cut]] | None:
        registry = self._context.registry
        if registry is None:
            return None
        self._offer_streets()
        engine, day = registry.engine, self._context.as_of
        level, street = self.level.currentData() or None, self.street.currentData() or None

        def job(ticket: Ticket) -> list[Cut]:
            return find_cuts(engine, day, level=level, street=street, ticket=ticket)

        return job

    @override
    def answer(self, found: list[Cut]) -> None:
        lang = self._context.lang
        households = sum(cut.affected or 0.0 for cut in found)
        self.say(
            said.COUNT.format(len(found), f"{households:,.0f}").in_(lang) if found else said.WHOLE.in_(lang)
        )
        row = self._row
        self.show_rows(found)
        if not self.table.currentIndex().isValid() and found:
            self.table.setCurrentIndex(self.table.model().index(min(row, len(found) - 1), 0))
        self._on_selection(self._context.selection)
        if self.current is not None and not self._goes_on:
            self._shown = self.current.code  # nobody chose it: the map stays where it is
        self._goes_on = False
        self._offer()  # a row that was given back is current without having been gone to
        self.draw()

    @override
    def clear(self) -> None:
        super().clear()
        self._shown, self._row = "", 0
        self._take_off()

    def _offer_streets(self) -> None:
        registry, lang = self._context.registry, self._context.lang
        streets = [] if registry is None else registry.dataset.in_force("streets", self._context.as_of)
        items = [(street.code, street.text("name") or street.code) for street in streets]
        offer(self.street, [("", said.ALL_STREETS.in_(lang)), *items])

    @override
    def activate(self, index: QModelIndex) -> None:
        self._shown = (
            ""  # back to it, wherever the map was moved; not selected: a selection hides the new border
        )
        self.draw()

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self._row = index.row()
            self._offer()
            self.draw()

    @Slot(list)
    def _on_selection(self, codes: list[str]) -> None:
        """Go to the row of a compound that was chosen elsewhere."""
        rows = self.table.model()
        for row in range(rows.rowCount()) if codes else ():
            index = rows.index(row, 0)
            if index.data(CODE_ROLE) == codes[-1] and row != self.table.currentIndex().row():
                if self._context.selection_origin == "map":
                    self._shown = codes[-1]  # it was clicked where it is
                self.table.setCurrentIndex(index)
                return

    @property
    def current(self) -> Cut | None:
        """The compound of the current row."""
        index = self.table.currentIndex()
        return self.cuts.cut(self.place_of(index)) if index.isValid() else None

    @Slot()
    def go_on(self) -> None:
        """Look at the next row; after the last, the first."""
        count = self.table.model().rowCount()
        if count:
            place = (self.table.currentIndex().row() + 1) % count
            self.table.setCurrentIndex(self.table.model().index(place, 0))
            self.table.setFocus()

    # the proposal

    def _offer(self) -> None:
        """Let the units that hold a part of the current compound take it."""
        lang, cut = self._context.lang, self.current
        items = [("", said.LARGEST.in_(lang))]
        for level, sides in {} if cut is None else cut.sides.items():
            for unit, share in sides:
                if unit != OUTSIDE:
                    shown = said.INTO.in_(lang).format(words.LEVELS[level].in_(lang), self._name_of(unit))
                    items.append((unit, f"{shown} {share:.0%}"))
        blocker = QSignalBlocker(self.to)
        offer(self.to, items)
        place = self.to.findData(self._wanted[1]) if cut is not None and cut.code == self._wanted[0] else -1
        if place >= 0:  # else it comes with the level asked for
            self.to.setCurrentIndex(place)
            self._wanted = ("", "")
        blocker.unblock()

    @Slot()
    def draw(self) -> None:
        """Propose a border for the current row, off the GUI thread."""
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        registry, cut, context = self._context.registry, self.current, self._context
        self.measure.setText(
            f"{said.FIGURES.in_(context.lang)} · {context.measure_words().in_(context.lang)}"
        )
        if registry is None or cut is None or not self.isVisible():
            self._take_off()
            return
        engine, code, to = registry.engine, cut.code, self.to.currentData() or None
        is_correction = self.how.currentData() == "correct"
        day = context.as_of if is_correction else self.since.day() or today()
        query = context.question.query(day)
        self._proposal = None
        self.accept_button.setEnabled(False)
        self.words.setText(said.WORKING.in_(context.lang))

        def job(ticket: Ticket) -> Proposal:
            return propose(engine, code, day, to=to, is_correction=is_correction, query=query, ticket=ticket)

        self._drawing = context.tasks.start(
            job, on_registry=False, words=self.WORDS, on_failure=self._no_proposal
        )
        self._drawing.succeeded.connect(self._show_proposal)

    @Slot(str)
    def _on_day_refused(self, sentence: str) -> None:
        if sentence:
            self._take_off()
            self.accept_button.setEnabled(False)
            self.words.setText(sentence)

    def _no_proposal(self, error: Exception) -> None:
        self._goes_on = False
        self._take_off()
        self.words.setText(self._context.sentence(error))

    @Slot(object)
    def _show_proposal(self, proposal: Proposal) -> None:
        self._drawing = None
        self._proposal = proposal
        gains = {(move.level, move.record.code): move.gained_m2 for move in proposal.moves if move.is_moved}
        rows = [(row, gains.get((row.level, row.unit))) for row in reversed(proposal.figures)]
        self.beside.show_rows(sorted(rows, key=lambda row: row[1] is None))
        self.words.setText(said.sentence(proposal, self._context.lang))
        if proposal.compound.code != self._shown:
            self.torn.setChecked(False)
        self.torn.setVisible(bool(proposal.torn))
        self._allow()
        registry = self._context.registry
        sketch = None if registry is None else sketch_of(proposal, registry.zone, self._name_of)
        self._lay_over(sketch)
        code = proposal.compound.code
        if code != self._shown:
            self._shown = code
            self._context.zoom_to([code])

    def _allow(self) -> None:
        proposal = self._proposal
        self.accept_button.setEnabled(
            proposal is not None
            and bool(proposal.moves)
            and not proposal.emptied
            and (not proposal.torn or self.torn.isChecked())
            and not self._context.why_locked
        )
        tell(self.accept_button, self._context.why_locked)

    @Slot(bool)
    def _on_torn(self, _is_on: bool) -> None:
        self._allow()

    @Slot(object)
    def _on_as_of(self, _day: object) -> None:
        """Midnight is past: borders that nobody gave a day still change from today."""
        was, self._today = self._today, today()
        if was != self._today and self.since.day() == was:
            self.since.set_day(self._today)

    @Slot()
    def _on_how(self) -> None:
        self.since.setEnabled(self.how.currentData() == "from")
        self.draw()

    def _take_off(self) -> None:
        self._proposal = None
        self.beside.show_rows(())
        self.words.setText("")
        self.torn.hide()
        self.accept_button.setEnabled(False)
        self._lay_over(None)

    def _lay_over(self, sketch: Sketch | None) -> None:
        if sketch is not None or self._has_sketch:  # never take off what another topic laid there
            self._has_sketch = sketch is not None
            self._context.sketch_asked.emit(sketch)

    @Slot()
    def accept(self) -> None:
        """Write the proposal as one change; what is next comes by itself."""
        registry, proposal = self._context.registry, self._proposal
        if registry is None or proposal is None or not self.accept_button.isEnabled():
            return
        allow_torn = self.torn.isChecked()
        self._goes_on = True
        self.accept_button.setEnabled(False)
        name = proposal.compound.text("name") or proposal.compound.code
        self.torn.setChecked(False)
        self.table.setFocus()
        self._context.edit(
            lambda _ticket: accept(registry, proposal, allow_torn=allow_torn),
            Text(said.DONE.zh.format(name), said.DONE.en.format(name)),
            on_error=self._no_proposal,
        )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Draw what was taken off the map when the page was left."""
        super().showEvent(event)
        if not self._is_stale and self._task is None:
            self.draw()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Leave nothing over the map."""
        super().hideEvent(event)
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        self._take_off()
