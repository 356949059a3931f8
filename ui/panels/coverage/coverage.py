"""The coverage panel: the question, its table with fixed totals, ranked bars, and the lists behind each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain.kinds import LEVELS, UNIT_KINDS
from app.text import Text
from ui import theme, words
from ui.models import coverage_words as said
from ui.models.figure_chooser import BASE, FigureChooser
from ui.models.unit_names import unit_name
from ui.panels.coverage.cells import CountCell, RangeCell
from ui.panels.coverage.explain import ExplainPanel
from ui.panels.coverage.model import COUNTS, FOOTERS, Column, CoverageTableModel, FooterModel
from ui.panels.coverage.options import CoverageOptions
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import NO_BORDERS, NONE_ASKED, EmptyOver, Offer, lacking
from ui.widgets.ranked_bars import RankedBars
from ui.widgets.row_table import make_table
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from app.coverage.results import Coverage, Explanation, Row
    from ui.bridge.context import WindowContext

_TABLE: Final = Text("覆盖率表", "Coverage table")
_CHART: Final = Text("各单元：覆盖、未覆盖、未知", "Units: covered, uncovered, unknown")
_ASK: Final = Text("换个问法", "Ask otherwise")
_TAB_CHART: Final = Text("排行", "Bars")
_TAB_LISTS: Final = Text("名单", "Lists")
_WIDTHS: Final = {
    Column.COVERED: 58,
    Column.UNCOVERED: 62,
    Column.UNKNOWN: 58,
    Column.TOTAL: 62,
    Column.RATE: 84,
    Column.RANGE: 196,
    Column.BEFORE: 110,
}
_NAME_W: Final = 150  # a unit's name
_ROW: Final = 26  # the height of a row
_RANGE_LEAST: Final = 112  # below, a bar and its words say nothing


class CoveragePanel(QWidget):
    """Shows ``context.figured`` and turns every figure into its compounds."""

    figures_ready = Signal(object)  # Coverage, of the unit chosen

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("coverage")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        lang = context.lang
        self.setAccessibleName(Text("覆盖", "Coverage").in_(lang))
        self.coverage: Coverage | None = None
        self.options = CoverageOptions(context, self)
        self._model = CoverageTableModel(lang, self)
        self._chooser = FigureChooser(context, self)
        self._chooser.explained.connect(self._on_explained)
        self.table = self._make_table("coverage.table", _TABLE.in_(lang))
        self.table.setModel(self._model)
        EmptyOver(context, "coverage", self.table, self._nothing)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.table.horizontalHeader().setSortIndicator(Column.UNIT, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self._footers = [self._make_footer(unit) for unit in FOOTERS]
        self._chart = RankedBars(words.KNOWN.in_(lang), self)
        self._chart.setObjectName("coverage.chart")
        self._chart.setAccessibleName(_CHART.in_(lang))
        self._chart.clicked.connect(self._on_bar)
        self.explain = ExplainPanel(context, self)
        self._lay_out()
        self._fit_columns()
        self._figures_box.installEventFilter(self)
        for view in self._views:
            view.clicked.connect(self._on_cell)
            view.installEventFilter(self)
        self.table.horizontalHeader().sectionResized.connect(self._on_resized)
        context.figures_changed.connect(self._on_figures)
        context.measure_changed.connect(self._on_stale)
        context.as_of_changed.connect(self._on_stale)
        context.changed.connect(self._on_stale)
        context.registry_opened.connect(self._on_registry)
        context.selection_changed.connect(self._on_selection)
        self._on_figures()

    @property
    def _views(self) -> list[QTableView]:
        return [self.table, *self._footers]

    def _make_table(self, name: str, accessible: str) -> QTableView:
        lang = self._context.lang
        view = make_table(name, accessible, self)
        counts = CountCell(words.KNOWN.in_(lang), view)
        for column in (*COUNTS, Column.RATE, Column.BEFORE):
            view.setItemDelegateForColumn(column, counts)
        view.setItemDelegateForColumn(Column.RANGE, RangeCell(words.KNOWN.in_(lang), view, with_rate=False))
        return view

    def _make_footer(self, unit: str) -> QTableView:
        label = words.UNPLACED if unit == "unplaced" else words.TOTAL
        view = self._make_table(f"coverage.{unit}", label.in_(self._context.lang))
        view.setModel(FooterModel(self._context.lang, unit, view))
        view.horizontalHeader().hide()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFixedHeight(27)
        return view

    def _lay_out(self) -> None:
        lang = self._context.lang
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 6, 12, 6)
        outer.setSpacing(6)
        outer.addWidget(self.options)
        left = QWidget(self)
        self._figures_box = left
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1000)
        self._fixed = QVBoxLayout()  # as wide as the rows above, which have a scroll bar beside them
        self._fixed.setContentsMargins(0, 0, 0, 0)
        self._fixed.setSpacing(0)
        for footer in self._footers:
            self._fixed.addWidget(footer)
        column.addLayout(self._fixed)
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setObjectName("coverage.chart_scroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._chart)
        self._chart.setProperty("room", "panel")
        self._chart.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        scroll.viewport().setAutoFillBackground(False)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.side = Tabs(self)
        self.side.setObjectName("coverage.side")
        self.side.setAccessibleName(_CHART.in_(lang))
        self.side.setDocumentMode(True)
        self.side.addTab(scroll, _TAB_CHART.in_(lang))
        self.side.addTab(self.explain, _TAB_LISTS.in_(lang))
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setObjectName("coverage.splitter")
        self._splitter.addWidget(left)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 59)
        self._splitter.setStretchFactor(1, 41)
        self._splitter.setSizes([590, 410])
        outer.addWidget(self._splitter, 1)

    def _nothing(self) -> Offer | None:
        """Say why no row is there: no border at that level, or no compound at all."""
        registry = self._context.registry
        if registry is None:
            return None
        by = self._context.question.by
        if by in LEVELS and not len(registry.dataset.of(UNIT_KINDS[LEVELS.index(by)])):
            return NO_BORDERS
        return lacking(self._context) or (
            None if self.coverage is None else Offer(NONE_ASKED.said, _ASK, self.options.measure.setFocus)
        )

    def state(self) -> dict[str, Any]:
        """Return the figure that is explained beside the table."""
        return {"explained": self.explain.shown}

    def restore(self, state: dict[str, Any]) -> None:
        """Explain the same figure."""
        if state["explained"] is not None:
            self.explain.show_explanation(*state["explained"])

    def set_chart_visible(self, *, is_visible: bool) -> None:
        """Hide the right part where there is no room for it."""
        self.side.setVisible(is_visible)

    def _fit_columns(self) -> None:
        for view in self._views:
            header = view.horizontalHeader()
            header.setMinimumSectionSize(40)
            header.setSectionResizeMode(Column.UNIT, QHeaderView.ResizeMode.Stretch)
            for column, width in _WIDTHS.items():
                words_width = self.fontMetrics().horizontalAdvance(
                    str(self._model.headerData(column, Qt.Orientation.Horizontal))
                )
                view.setColumnWidth(column, max(width, words_width + 22))
            view.setColumnHidden(Column.BEFORE, True)

    def _fit_counts(self) -> None:
        """Give the counts room for the longest, the total: amounts of money are longer than counts."""
        total = self._footers[-1].model()
        face = theme.font(13, bold=True)
        for column in COUNTS:
            needed = QFontMetrics(face).horizontalAdvance(str(total.index(0, column).data() or ""))
            words = str(self._model.headerData(column, Qt.Orientation.Horizontal))
            least = max(_WIDTHS[column], self.fontMetrics().horizontalAdvance(words) + 22)
            for view in self._views:
                view.setColumnWidth(column, max(least, needed + 14))

    def _fit_rows(self) -> None:
        """Show whole rows only: none is cut by the two that stay below."""
        room = self._figures_box.height() - sum(footer.height() for footer in self._footers)
        head = self.table.horizontalHeader().height()
        self.table.setMaximumHeight(head + max(2, (room - head) // _ROW) * _ROW)

    def _fit_range(self) -> None:
        """Leave the names their room: the range is narrower, or gone, where there is little; tips still say it."""
        others = sum(
            self.table.columnWidth(column)
            for column in Column
            if column not in (Column.UNIT, Column.RANGE) and not self.table.isColumnHidden(column)
        )
        bar = self.table.verticalScrollBar().sizeHint().width()  # always there
        room = self.table.width() - bar - others - _NAME_W
        for view in self._views:
            view.setColumnHidden(Column.RANGE, room < _RANGE_LEAST)
            if room >= _RANGE_LEAST:
                view.setColumnWidth(Column.RANGE, min(room, _WIDTHS[Column.RANGE]))

    # figures

    @Slot()
    def _on_figures(self) -> None:
        figured, question = self._context.figured, self._context.question
        coverage = figured.coverages.get(question.by)
        if coverage is None and self._context.registry is not None and self.coverage is not None:
            return
        self.coverage = coverage
        self._model.show_coverage(coverage, self._name)
        for footer in self._footers:
            cast("FooterModel", footer.model()).show_coverage(coverage)
        for view in self._views:
            view.setColumnHidden(Column.BEFORE, coverage is None or coverage.query.against is None)
        self._fit_counts()
        self._fit_range()
        self._show_bars()
        self._set_old(is_old=coverage is None or figured.question != question)
        if coverage is not None:
            self.figures_ready.emit(coverage)

    def _name(self, row: Row) -> str:
        registry = self._context.registry
        return row.name if registry is None else unit_name(registry.dataset, row)

    def _show_bars(self) -> None:
        rows = [self._model.row(place) for place in range(self._model.rowCount())]
        ranked = sorted(
            (row for row in rows if row.figures.total),
            key=lambda row: (row.figures.rate if row.figures.rate is not None else -1.0, row.unit),
        )
        self._chart.show_rows(
            [(row.unit, self._name(row), said.bar_of(row.figures)) for row in ranked], self._context.selection
        )

    @Slot(object)
    def _on_stale(self, _changed: object) -> None:
        self._set_old(is_old=self.coverage is not None)

    def _set_old(self, *, is_old: bool) -> None:
        """Grey what is shown until the new figures are there."""
        if not is_old:
            self._figures_box.setGraphicsEffect(None)  # type: ignore[arg-type]
        elif self._figures_box.graphicsEffect() is None:
            effect = QGraphicsOpacityEffect(self._figures_box)
            effect.setOpacity(0.45)
            self._figures_box.setGraphicsEffect(effect)

    @Slot()
    def _on_registry(self) -> None:
        self.coverage = None
        self._on_figures()

    @Slot(list)
    def _on_selection(self, codes: list[str]) -> None:
        if self._context.selection_origin == "figure":
            return
        self._show_bars()
        place = self._model.place_of(codes[-1]) if codes else None
        if place is not None:
            self.table.selectRow(place)

    # from a number to its polygons

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        unit, column = index.data(CODE_ROLE), Column(index.column())
        if column is Column.UNIT and unit not in FOOTERS:
            self._context.select([str(unit)], "coverage")
            self._context.zoom_to([str(unit)])
            return
        name = COUNTS.get(column, "total")
        self._choose(str(unit), BASE if name == "total" else (name,))

    @Slot(str, str)
    def _on_bar(self, unit: str, part: str) -> None:
        self._choose(unit, (part,) if part else BASE)

    def _choose(self, unit: str, lists: tuple[str, ...]) -> None:
        if self.coverage is not None:
            self._chooser.choose(self.coverage.query, unit, lists)

    @Slot(object, tuple)
    def _on_explained(self, explanation: Explanation, lists: tuple[str, ...]) -> None:
        filled = next((name for name in lists if getattr(explanation, name)), lists[0])
        self.explain.show_explanation(explanation, lists[0] if len(lists) == 1 else filled)
        self.side.setCurrentWidget(self.explain)

    # one header for three tables

    @Slot(int, int, int)
    def _on_resized(self, section: int, _old: int, size: int) -> None:
        for view in self._footers:
            view.setColumnWidth(section, size)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.table:
            self._fixed.setContentsMargins(0, 0, self.table.verticalScrollBar().width(), 0)
            self._fit_range()
        if event.type() == QEvent.Type.Resize and watched is self._figures_box:
            self._fit_rows()
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QTableView)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self._on_cell(watched.currentIndex())
            return True
        return super().eventFilter(watched, event)
