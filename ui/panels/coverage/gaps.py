"""Units ranked by what is missing to a target, unfolding to what is counted in them; every number leads to its polygons."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui import words
from ui.models.figure_chooser import FigureChooser
from ui.models.missing import missing_to
from ui.models.on_map import on_map
from ui.models.unit_names import unit_name
from ui.panels.coverage.assigning import lacking_in
from ui.panels.coverage.gap_cells import CARET, GapCell
from ui.panels.coverage.gaps_head import GapsHead
from ui.panels.coverage.gaps_model import (
    COUNTS,
    LINE_ROLE,
    OPEN_LISTS,
    Column,
    GapsModel,
    Line,
    own_name,
)
from ui.panels.coverage.model import FOOTERS
from ui.panels.coverage.next_step import next_step
from ui.panels.coverage.plan import PlanView
from ui.panels.coverage.planning import Planning
from ui.panels.coverage.sharing import LEAST, Sharing
from ui.panels.coverage.unfolding import Unfolding
from ui.widgets.empty import NONE_ASKED, EmptyOver, Offer, lacking
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.coverage.results import Coverage
    from ui.bridge.context import WindowContext

__all__ = ("Column", "GapsModel", "GapsPanel", "missing_to")

_NAME_W: Final = 142  # a unit's name
_MOST_PLANS: Final = 400  # units of which each gets a plan
_FRAME: Final = 40  # margins and scroll bar
_STEPS: Final[
    tuple[tuple[tuple[Column, ...], int], ...]
] = (  # from all to the least: which columns are gone, and how wide the bar is
    ((), 136),
    ((Column.COVERED,), 136),
    ((Column.COVERED,), 104),
    ((Column.COVERED, Column.UNCOVERED, Column.UNKNOWN), 136),
    ((Column.COVERED, Column.UNCOVERED, Column.UNKNOWN), 104),
)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LEAST: Final = {
    Column.MISSING: 44,
    Column.UNCOVERED: 44,
    Column.UNKNOWN: 40,
    Column.COVERED: 40,
    Column.STEP: 48,
}


class GapsPanel(QWidget):
    """Follows the window's question and target, and can ask another.

    Signals
    -------
    assign_asked
        Codes of subjects that are not covered, or of which nobody knows: somebody is to be given them as tasks.

    """

    assign_asked = Signal(list)

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gaps")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._coverage: Coverage | None = None
        self._open = Unfolding(context, self)
        self._plans = Planning(context, self)
        self._is_caret_pressed = False  # the last press was on what unfolds a row
        lang = context.lang
        self.setAccessibleName(Text("缺口", "Gaps").in_(lang))
        self._chooser = FigureChooser(context, self)
        self.head = GapsHead(context, self)
        self.target, self.summary = self.head.target, self.head.summary
        self._model = GapsModel(lang, self)
        self.table = self._make_table("gaps.table", Text("缺口表", "Gaps table").in_(lang))
        self.table.setModel(self._model)
        self._footers = [self._make_footer(unit) for unit in FOOTERS]
        self._views: list[QTableView] = [self.table, *self._footers]
        for view in self._views:
            view.horizontalHeader().setSectionResizeMode(Column.UNIT, QHeaderView.ResizeMode.Stretch)
            view.clicked.connect(self._on_cell)
            view.installEventFilter(self)
        self.table.viewport().installEventFilter(self)
        EmptyOver(context, "gaps", self.table, self._nothing)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 8, 12, 6)
        box.setSpacing(6)
        box.addWidget(self.head)
        below = QVBoxLayout()
        below.setSpacing(0)
        below.addWidget(self.table, 1)
        self._fixed = QVBoxLayout()  # as wide as the rows above, which have a scroll bar beside them
        self._fixed.setSpacing(0)
        for footer in self._footers:
            self._fixed.addWidget(footer)
        below.addLayout(self._fixed)
        box.addLayout(below, 1)
        self.plan = PlanView(context, self)
        self.plan.tasks_asked.connect(self.assign_asked)
        box.addWidget(self.plan)
        self._sharing = Sharing(context, self.head, self.plan, self)
        self.setMinimumHeight(LEAST)  # an open plan goes rather than that it keeps the panel high
        for view in self._views:
            view.selectionModel().currentChanged.connect(self._on_hand)
        context.figures_changed.connect(self._on_figures)
        context.target_changed.connect(self._show)
        self._open.turned.connect(self._show)
        self._plans.planned.connect(self._show)
        self._on_figures()

    def _make_table(self, name: str, said: str) -> QTableView:
        view = make_table(name, said, self)
        cell = GapCell(words.KNOWN.in_(self._context.lang), view, with_rate=False)
        for column in Column:
            view.setItemDelegateForColumn(column, cell)
        return view

    def _make_footer(self, unit: str) -> QTableView:
        label = words.UNPLACED if unit == "unplaced" else words.TOTAL
        view = self._make_table(f"gaps.{unit}", label.in_(self._context.lang))
        view.setModel(GapsModel(self._context.lang, view))
        view.horizontalHeader().hide()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFixedHeight(27)
        return view

    # room

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the names their room."""
        super().resizeEvent(event)
        self._fit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Fit what came while it was out of sight, and seek the least work for who looks."""
        super().showEvent(event)
        self._show()

    def _fit(self) -> None:
        """Give numbers their room; where names lack it, the parts have no column: bar, lists and tip tell them.

        Out of sight it waits: measuring every cell takes longer than all else that the panel does.
        """
        self._sharing.share(self.height(), None if self._coverage is None else len(self._coverage.rows))
        if not self.isVisible():
            return
        head = self.table.horizontalHeader().fontMetrics()
        widths = {
            column: max(
                least,
                head.horizontalAdvance(self._said(column)) + 14,
                *(view.sizeHintForColumn(column) + 4 for view in self._views),
            )
            for column, least in _LEAST.items()
        }
        for gone, bar in _STEPS:
            shown = {column: width for column, width in widths.items() if column not in gone}
            if self.width() - _FRAME - bar - sum(shown.values()) >= _NAME_W:
                break
        for view in self._views:
            for column in Column:
                view.setColumnHidden(column, column in gone)
            for column, width in {**shown, Column.RANGE: bar}.items():
                view.setColumnWidth(column, width)
        self._span()

    def _said(self, column: Column) -> str:
        return str(self._model.headerData(column, Qt.Orientation.Horizontal) or "")

    def _span(self) -> None:
        """Give words below a unit the room of several columns."""
        self.table.clearSpans()
        seen = [column for column in COUNTS if not self.table.isColumnHidden(column)]
        for place in range(self._model.rowCount()):
            line = self._model.line(place)
            if line.entry is not None:
                self.table.setSpan(place, Column.MISSING, 1, 2)
                if len(seen) > 1:
                    self.table.setSpan(place, seen[0], 1, len(seen))
            elif line.kind != "unit":
                self.table.setSpan(place, Column.UNIT, 1, len(Column))

    def _nothing(self) -> Offer | None:
        """Say why no unit is there: no compound at all, or none that is asked about."""
        return lacking(self._context) or (None if self._coverage is None else NONE_ASKED)

    def take_focus(self) -> None:
        """Put the hand on the worst unit."""
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self._model.index(0, 0))
        self.table.setFocus()

    def state(self) -> dict[str, Any]:
        """Return which units stand unfolded."""
        return {"unfolded": list(self._open.units)}

    def restore(self, state: dict[str, Any]) -> None:
        """Unfold the same."""
        for unit in state["unfolded"]:
            self.unfold(unit)

    # figures

    @Slot()
    def _on_figures(self) -> None:
        self._coverage = self._context.figured.coverages.get(self._context.question.by)
        self._open.ask(None if self._coverage is None else self._coverage.query)
        self._show()

    @Slot()
    def _show(self) -> None:
        target = self._context.target
        registry = self._context.registry
        name = own_name if registry is None else partial(unit_name, registry.dataset)
        kept = self._kept_place()
        if self.isVisible():
            is_asked = self._coverage is not None and len(self._coverage.rows) <= _MOST_PLANS
            self._plans.ask(self._coverage.query if self._coverage and is_asked else None, target)
        self._model.show_gaps(self._coverage, target, name, self._open.units, self._plans)
        for footer, unit in zip(self._footers, FOOTERS, strict=True):
            model = footer.model()
            assert isinstance(model, GapsModel)
            model.show_footer(self._coverage, target, unit, self._plans)
            footer.setVisible(self._coverage is not None and bool(self._coverage.total.figures.total))
        self.head.show_figures(self._coverage, target)
        self._fit()
        self._give_place(kept)
        self._on_hand(self.table.currentIndex())

    @Slot(QModelIndex)
    def _on_hand(self, index: QModelIndex) -> None:
        """Show the least work of the row at hand; of all together where there is none."""
        line = index.data(LINE_ROLE)
        unit = line.unit if isinstance(line, Line) and line.unit != "unplaced" else "total"
        rows = () if self._coverage is None else self._coverage.rows
        name = next(
            (row.name or unit for row in rows if row.unit == unit), words.TOTAL.in_(self._context.lang)
        )
        self.plan.show_unit(self._coverage, unit, name, self._plans.of(unit))

    def _kept_place(self) -> tuple[str, str, int, int] | None:
        index = self.table.currentIndex()
        if not index.isValid():
            return None
        line = self._model.line(index.row())
        return line.code, line.kind, index.column(), self.table.verticalScrollBar().value()

    def _give_place(self, kept: tuple[str, str, int, int] | None) -> None:
        """Have the hand where it was: a row that is still there."""
        if kept is None:
            if self.table.hasFocus():
                self.take_focus()
            return
        code, kind, column, scrolled = kept
        for place in range(self._model.rowCount()):
            line = self._model.line(place)
            if (line.code, line.kind) == (code, kind):
                self.table.setCurrentIndex(self._model.index(place, column))
                self.table.verticalScrollBar().setValue(scrolled)
                return
        if self.table.hasFocus():
            self.take_focus()

    # unfolding

    def unfold(self, unit: str) -> None:
        """Name what is counted in a unit, below it."""
        self._open.unfold(unit)

    def fold(self, unit: str) -> None:
        """Put the names below a unit away."""
        place = self._model.place_of(unit) if self._open.fold(unit) else None
        if place is not None:
            self.table.setCurrentIndex(self._model.index(place, Column.UNIT))

    # from a number to its polygons

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        line = index.data(LINE_ROLE)
        if self._coverage is None or not isinstance(line, Line):
            return
        column = Column(index.column())
        if line.kind == "unit":
            if column is Column.UNIT and self._is_caret_pressed and line.unit not in FOOTERS:
                self._turn(line)
            elif column not in (Column.MISSING, Column.STEP) or not self._show_plan(line.unit):
                self._choose(line.unit, (COUNTS[column],) if column in COUNTS else OPEN_LISTS)
        elif line.kind == "plan":
            self._show_plan(line.unit)
        elif line.kind in {"list", "more"}:
            self._choose(line.unit, (line.name,))
        elif line.entry is not None:
            self._on_subject(line, column)

    def _on_subject(self, line: Line, column: Column) -> None:
        assert line.entry is not None
        assert self._coverage is not None
        self._show_subjects([line.code])
        if column is Column.STEP:
            self.assign_asked.emit([line.code])
        elif column in (Column.UNCOVERED, Column.UNKNOWN, Column.COVERED):
            step = next_step(self._coverage.query.measure, line.name, line.entry.reason)
            if step.action:
                self._context.wanted.emit(step.action)

    def _show_plan(self, unit: str) -> bool:
        """Select and show what the least work is done to; return whether there is a plan with work in it."""
        gap = self._plans.of(unit)
        codes = [] if gap is None else [work.code for work in gap.least]
        if codes:
            self._show_subjects(codes)
        return bool(codes)

    def _show_subjects(self, codes: Sequence[str]) -> None:
        registry = self._context.registry
        if registry is not None:
            found = on_map(registry.dataset, codes, self._context.as_of)
            self._context.select(found, "figure")
            self._context.zoom_to(found)

    def _choose(self, unit: str, lists: Sequence[str]) -> None:
        if self._coverage is not None:
            self._chooser.choose(self._coverage.query, unit, lists)

    def _turn(self, line: Line) -> None:
        (self.fold if line.unit in self._open.units else self.unfold)(line.unit)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Unfold and fold by → and ←; Enter does what a click does. See where a click is."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            self._is_caret_pressed = event.position().x() < CARET
        if event.type() == QEvent.Type.Resize and watched is self.table.viewport():
            self._fixed.setContentsMargins(0, 0, self.table.width() - self.table.viewport().width(), 0)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            view = next((view for view in self._views if view is watched), None)
            index = QModelIndex() if view is None else view.currentIndex()
            line = index.data(LINE_ROLE)
            if isinstance(line, Line):
                if event.key() in _ENTER:
                    self._on_entered(index, line)
                    return True
                if event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and view is self.table:
                    (self.unfold if event.key() == Qt.Key.Key_Right else self.fold)(line.unit)
                    return True
        return super().eventFilter(watched, event)

    def assign_here(self) -> bool:
        """Ask that the subjects of the row at hand are given out as tasks; False where no row is at hand."""
        line = self.table.currentIndex().data(LINE_ROLE)
        registry, coverage = self._context.registry, self._coverage
        if not isinstance(line, Line) or registry is None or coverage is None:
            return False
        job = lacking_in(line, registry.engine, coverage.query)
        if job is not None:
            task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
            task.succeeded.connect(self._on_lacking)
        return job is not None

    @Slot(object)
    def _on_lacking(self, codes: list[str]) -> None:
        self.assign_asked.emit(codes)

    def _on_entered(self, index: QModelIndex, line: Line) -> None:
        if line.kind == "unit":
            self._choose(line.unit, OPEN_LISTS)
        else:
            self._on_cell(index.siblingAtColumn(Column.UNIT))
