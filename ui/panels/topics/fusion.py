"""Boundary fusion: compounds that a line cuts, the border proposed for one, the figures before and after."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QDate, QModelIndex, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QHeaderView,
    QLabel,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain.period import today
from app.services.cuts import CUT_LEVELS, OUTSIDE, find_cuts
from app.services.fuse import accept, propose
from app.text import Text
from ui import words
from ui.models.sketch import Sketch
from ui.panels.explain import make_table
from ui.panels.inspector_parts import plain_label
from ui.panels.topics.fusion_models import BesideModel, CutColumn, CutModel
from ui.panels.topics.tools import add_box, add_button, offer
from ui.panels.topics.topic import TableTopic

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.jobs import Ticket
    from app.services.cuts import Cut
    from app.services.fuse import Proposal
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_LEVEL: Final = Text("哪一级界线", "Lines of which level")
_ALL_LEVELS: Final = Text("各级界线", "Lines of all levels")
_STREET: Final = Text("哪个街道", "Which street")
_ALL_STREETS: Final = Text("所有街道", "All streets")
_TO: Final = Text("并入哪里", "Into which unit")
_LARGEST: Final = Text("并入面积最大的一边", "Into the largest side")
_INTO: Final = Text("并入{} {}", "Into {} {}")
_HOW: Final = Text("从哪天起，还是原来就画错了", "From a day on, or drawn wrong from the start")
_FROM: Final = Text("从这天起改", "Changes on")
_CORRECT: Final = Text("更正：原来就画错了", "Correction: it was drawn wrong")
_DAY: Final = Text("从哪天起", "From which day")
_TORN: Final = Text("断成几块也行", "Pieces are meant")
_ACCEPT: Final = Text("接受", "Accept")
_ACCEPT_TIP: Final = Text(
    "按虚线改界，一步，可撤销（Ctrl+Enter）",
    "Move the borders to the dashed line: one step, can be undone (Ctrl+Enter)",
)
_NEXT: Final = Text("下一个", "Next")
_NEXT_TIP: Final = Text(
    "看下一个被切开的小区（Ctrl+Down）", "Look at the next compound that is cut (Ctrl+Down)"
)
_FIGURES: Final = Text("改界前后", "Before and after")
_COUNT: Final = Text(
    "{} 个小区被界线切开，{} 户在小的一边", "{} compounds are cut, {} households on the smaller side"
)
_WHOLE: Final = Text("没有小区被界线切开", "No compound is cut by a line")
_WORKING: Final = Text("正在画新界线 …", "Drawing the new border …")
_NOTHING: Final = Text(
    "这里没有可移的界线：切开它的是区界，或外面没有单元",
    "No border can be moved here: the district's line cuts it, or nothing lies beyond",
)
_FITS: Final = Text(
    "{}：界线绕开它的轮廓，没有缝隙，也不重叠", "{}: the borders follow its outline, without gap or overlap"
)
_STILL: Final = Text("仍有一部分在界外", "a part stays outside every unit")
_NEWLY: Final = Text("新界线会切开 {}", "the new border would cut {}")
_RELEASED: Final = Text("同时不再被切开：{}", "no longer cut either: {}")
_EMPTIED: Final = Text("{} 会一点不剩，不能接受", "nothing of {} would be left; it can't be accepted")
_TEARS: Final = Text("{} 会断成几块", "{} would fall into pieces")
_DONE: Final = Text("界线绕开了 {}", "The borders now follow {}")
_CHANGES_HANDS: Final = Text("{:,.0f} m² 易手", "{:,.0f} m² change hands")


class FusionTopic(TableTopic):
    """The list on the left, the proposal for its current row on the right and, dashed, on the map."""

    NAME = "fusion"
    WORDS = Text("界线融合", "Boundary fusion")
    KINDS = frozenset({"districts", "streets", "communities", "grids", "compounds", "households"})

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._proposal: Proposal | None = None
        self._drawing: Task | None = None
        self._shown = ""  # the compound last shown on the map
        self._row = 0
        self.level = add_box(self, "level", _LEVEL, lang)
        offer(
            self.level, [("", _ALL_LEVELS.in_(lang)), *((n, words.LEVELS[n].in_(lang)) for n in CUT_LEVELS)]
        )
        self.street = add_box(self, "street", _STREET, lang)
        self.to = add_box(self, "to", _TO, lang)
        self.how = add_box(self, "how", _HOW, lang)
        offer(self.how, [("from", _FROM.in_(lang)), ("correct", _CORRECT.in_(lang))])
        self.since = QDateEdit(_qdate(today()), self)
        self.since.setObjectName("fusion.from")
        self.since.setAccessibleName(_DAY.in_(lang))
        self.since.setDisplayFormat("yyyy-MM-dd")
        self.since.setCalendarPopup(True)
        self.since.setKeyboardTracking(False)
        self.tools.addWidget(self.since)
        self.torn = QCheckBox(_TORN.in_(lang), self)
        self.torn.setObjectName("fusion.torn")
        self.torn.setAccessibleName(_TORN.in_(lang))
        self.torn.hide()
        self.tools.addWidget(self.torn)
        self.tools.addStretch(1)
        self.next_button = add_button(self, "next", _NEXT, _NEXT_TIP, lang)
        self.accept_button = add_button(self, "accept", _ACCEPT, _ACCEPT_TIP, lang)
        self._lay_out(lang)
        self.level.currentIndexChanged.connect(self.ask_again)
        self.street.currentIndexChanged.connect(self.ask_again)
        self.to.currentIndexChanged.connect(self.draw)
        self.how.currentIndexChanged.connect(self._on_how)
        self.since.dateChanged.connect(self.draw)
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
        self._offer()

    def _lay_out(self, lang: str) -> None:
        self.words = plain_label("", "second", self)
        self.words.setObjectName("fusion.words")
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.figures = make_table("fusion.figures", _FIGURES.in_(lang), self)
        self.beside = BesideModel(lang, self)
        self.figures.setModel(self.beside)
        header = self.figures.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.measure = QLabel(self)
        self.measure.setObjectName("fusion.measure")
        self.measure.setProperty("role", "strong")
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.measure)
        column.addWidget(self.words)
        column.addWidget(self.figures, 1)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setObjectName("fusion.split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(right)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self.box.addWidget(split, 1)
        for column_, width in (
            (CutColumn.NAME, 150),
            (CutColumn.LINES, 110),
            (CutColumn.AFFECTED, 84),
            (CutColumn.AREA, 76),
        ):
            self.table.setColumnWidth(column_, width)
        self.table.horizontalHeader().setStretchLastSection(True)

    # the list

    @override
    def make_model(self) -> CutModel:
        return CutModel(self._context.lang, self)

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
        self.say(_COUNT.in_(lang).format(len(found), f"{households:,.0f}") if found else _WHOLE.in_(lang))
        row = self._row
        self.show_rows(found)
        if not self.table.currentIndex().isValid() and found:
            self.table.setCurrentIndex(self.table.model().index(min(row, len(found) - 1), 0))
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
        offer(self.street, [("", _ALL_STREETS.in_(lang)), *items])

    @override
    def activate(self, index: QModelIndex) -> None:
        self._shown = ""
        self.draw()

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self._row = index.row()
            self._offer()
            self.draw()

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
        items = [("", _LARGEST.in_(lang))]
        for level, sides in {} if cut is None else cut.sides.items():
            for unit, share in sides:
                if unit != OUTSIDE:
                    record = self._context.record(unit)
                    name = unit if record is None else record.text("name") or unit
                    shown = _INTO.in_(lang).format(words.LEVELS[level].in_(lang), name)
                    items.append((unit, f"{shown} {share:.0%}"))
        blocker = QSignalBlocker(self.to)
        offer(self.to, items)
        blocker.unblock()

    @Slot()
    def draw(self) -> None:
        """Propose a border for the current row, off the GUI thread."""
        if self._drawing is not None:
            self._drawing.cancel()
            self._drawing = None
        registry, cut, context = self._context.registry, self.current, self._context
        self.measure.setText(f"{_FIGURES.in_(context.lang)} · {context.measure_words().in_(context.lang)}")
        if registry is None or cut is None or not self.isVisible():
            self._take_off()
            return
        engine, code, to = registry.engine, cut.code, self.to.currentData() or None
        is_correction = self.how.currentData() == "correct"
        day = context.as_of if is_correction else _day_of(self.since)
        query = context.question.query(day)
        self._proposal = None
        self.accept_button.setEnabled(False)
        self.words.setText(_WORKING.in_(context.lang))

        def job(ticket: Ticket) -> Proposal:
            return propose(engine, code, day, to=to, is_correction=is_correction, query=query, ticket=ticket)

        self._drawing = context.tasks.start(
            job, on_registry=False, words=self.WORDS, on_failure=self._no_proposal
        )
        self._drawing.succeeded.connect(self._show_proposal)

    def _no_proposal(self, error: Exception) -> None:
        self._take_off()
        self.words.setText(self._context.sentence(error))

    @Slot(object)
    def _show_proposal(self, proposal: Proposal) -> None:
        self._drawing = None
        self._proposal = proposal
        gains = {(move.level, move.record.code): move.gained_m2 for move in proposal.moves if move.is_moved}
        self.beside.show_rows([(row, gains.get((row.level, row.unit))) for row in proposal.figures])
        self.words.setText(self._sentence(proposal))
        self.torn.setVisible(bool(proposal.torn))
        self._allow()
        self._lay_over(proposal)
        code = proposal.compound.code
        if code != self._shown:
            self._shown = code
            self._context.select([code], self.NAME)
            self._context.zoom_to([code])

    def _allow(self) -> None:
        proposal = self._proposal
        self.accept_button.setEnabled(
            proposal is not None
            and bool(proposal.moves)
            and not proposal.emptied
            and (not proposal.torn or self.torn.isChecked())
            and not self._context.is_read_only
        )

    @Slot(bool)
    def _on_torn(self, _is_on: bool) -> None:
        self._allow()

    @Slot()
    def _on_how(self) -> None:
        self.since.setEnabled(self.how.currentData() == "from")
        self.draw()

    def _sentence(self, proposal: Proposal) -> str:
        lang = self._context.lang
        if not proposal.moves:
            return _NOTHING.in_(lang)
        name = proposal.compound.text("name") or proposal.compound.code
        said = [_FITS.in_(lang).format(name)]
        for codes, sentence in (
            (proposal.emptied, _EMPTIED),
            (proposal.torn, _TEARS),
            (tuple(cut.code for cut in proposal.newly_cut), _NEWLY),
            (proposal.released, _RELEASED),
        ):
            if codes:
                said.append(sentence.in_(lang).format(" ".join(codes)))
        if proposal.after is not None:
            said.append(_STILL.in_(lang))
        return ("；" if lang == "zh" else "; ").join(said)

    def _lay_over(self, proposal: Proposal) -> None:
        """Show the borders of the lowest level redrawn and the ground that changes hands, dashed."""
        registry = self._context.registry
        lowest = proposal.moves[-1].level if proposal.moves else ""
        moves = [m for m in proposal.moves if m.level == lowest and m.is_moved and m.outline is not None]
        if registry is None or not moves:
            self._context.sketch_asked.emit(None)
            return
        zone = registry.zone
        shapes = np.empty(len(moves) + 1, dtype=object)
        shapes[:] = zone.to_metres([*(move.outline for move in moves), proposal.ground])
        handed = _CHANGES_HANDS.in_(self._context.lang).format(shapes[-1].area)
        names = (*(move.record.text("name") or move.record.code for move in moves), handed)
        kept = np.array([shape is not None and shape.area > 0 for shape in shapes])
        self._context.sketch_asked.emit(
            Sketch(
                zone=zone,
                shapes=shapes[kept],
                names=tuple(name for name, is_kept in zip(names, kept, strict=True) if is_kept),
                is_proposed=True,
            )
        )

    def _take_off(self) -> None:
        self._proposal = None
        self.beside.show_rows(())
        self.words.setText("")
        self.torn.hide()
        self.accept_button.setEnabled(False)
        self._context.sketch_asked.emit(None)

    @Slot()
    def accept(self) -> None:
        """Write the proposal as one change; what is next comes by itself."""
        registry, proposal = self._context.registry, self._proposal
        if registry is None or proposal is None or not self.accept_button.isEnabled():
            return
        allow_torn = self.torn.isChecked()
        self.accept_button.setEnabled(False)
        name = proposal.compound.text("name") or proposal.compound.code
        self.torn.setChecked(False)
        self.table.setFocus()
        self._context.edit(
            lambda _ticket: accept(registry, proposal, allow_torn=allow_torn),
            Text(_DONE.zh.format(name), _DONE.en.format(name)),
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


def _day_of(box: QDateEdit) -> date:
    day = box.date()
    return date(day.year(), day.month(), day.day())


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
