"""The table of a province: its units, what lies in none, and the total; each figure leads to who is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsOpacityEffect,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.text import Text
from ui import theme, words
from ui.panels.coverage.cells import CountCell, RangeCell
from ui.panels.coverage.model import COUNTS, FOOTERS, Column, CoverageTableModel, FooterModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.results import Coverage, Row

_TABLE: Final = Text("各单元的覆盖，回车打开那本台账", "Units and their coverage; Enter opens the registry")
_WIDTHS: Final = {
    Column.COVERED: 58,
    Column.UNCOVERED: 62,
    Column.UNKNOWN: 58,
    Column.TOTAL: 62,
    Column.RATE: 84,
    Column.RANGE: 176,
    Column.BEFORE: 110,
}
_NAME_W: Final = 150
_RANGE_LEAST: Final = 112
_FOOT: Final = 27
_OLD: Final = 0.45
BASE: Final = ("covered", "uncovered", "unknown")


class FiguresTable(QWidget):
    """Rows that are sorted and copied, two that stay below, one set of columns for all three."""

    chosen = Signal(str, tuple)  # unit, the lists whose compounds a figure counts
    looked_at = Signal(str)  # unit under the hand

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self.model = CoverageTableModel(lang, self)
        self.table = self._make("province.table", _TABLE.in_(lang))
        self.table.setModel(self.model)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.table.horizontalHeader().setSortIndicator(Column.UNIT, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self._footers = [self._footer(unit) for unit in FOOTERS]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        self._fixed = QVBoxLayout()
        for footer in self._footers:
            self._fixed.addWidget(footer)
        column.addLayout(self._fixed)
        self._fit_columns()
        self.table.horizontalHeader().sectionResized.connect(self._on_resized)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        for view in self.views:
            view.clicked.connect(self._on_cell)
            view.installEventFilter(self)

    @property
    def views(self) -> list[QTableView]:
        """The three tables, from the top."""
        return [self.table, *self._footers]

    def _make(self, name: str, accessible: str) -> QTableView:
        view = make_table(name, accessible, self)
        known = words.KNOWN.in_(self._lang)
        counts = CountCell(known, view)
        for column in (*COUNTS, Column.RATE, Column.BEFORE):
            view.setItemDelegateForColumn(column, counts)
        view.setItemDelegateForColumn(Column.RANGE, RangeCell(known, view, with_rate=False))
        return view

    def _footer(self, unit: str) -> QTableView:
        label = words.UNPLACED if unit == FOOTERS[0] else words.TOTAL
        view = self._make(f"province.{unit}", label.in_(self._lang))
        view.setModel(FooterModel(self._lang, unit, view))
        view.horizontalHeader().hide()
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFixedHeight(_FOOT)
        return view

    # what is shown

    def show_coverage(self, coverage: Coverage | None, name: Callable[[Row], str]) -> None:
        """Show other figures; the unit that was current stays so."""
        current = self.table.currentIndex()
        unit = str(current.data(CODE_ROLE)) if current.isValid() else ""
        self.model.show_coverage(coverage, name)
        for footer in self._footers:
            cast("FooterModel", footer.model()).show_coverage(coverage)
        has_before = coverage is not None and coverage.query.against is not None
        for view in self.views:
            view.setColumnHidden(Column.BEFORE, not has_before)
        self._fit_counts()
        self._fit_range()
        place = self.model.place_of(unit)
        if place is not None:
            self.table.setCurrentIndex(self.model.index(place, max(0, current.column())))

    def choose(self, unit: str) -> None:
        """Make a unit the current one, and bring it into sight."""
        place = self.model.place_of(unit)
        if place is not None and self.model.index(place, 0) != self.table.currentIndex():
            self.table.setCurrentIndex(self.model.index(place, max(0, self.table.currentIndex().column())))

    def set_old(self, *, is_old: bool) -> None:
        """Grey what is shown until the new figures are there."""
        if not is_old:
            self.setGraphicsEffect(None)  # type: ignore[arg-type]
        elif self.graphicsEffect() is None:
            effect = QGraphicsOpacityEffect(self)
            effect.setOpacity(_OLD)
            self.setGraphicsEffect(effect)

    def as_text(self) -> str:
        """Return the tables as they stand, columns apart by tabs, for the clipboard."""
        shown = [column for column in Column if not self.table.isColumnHidden(column)]
        lines = [[str(self.model.headerData(c, Qt.Orientation.Horizontal)) for c in shown]]
        for view in self.views:
            model = view.model()
            lines += [
                [str(model.index(row, c).data() or "") for c in shown] for row in range(model.rowCount())
            ]
        return "\n".join("\t".join(line) for line in lines)

    # from a number to its registry

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        if Column(index.column()) is Column.UNIT:
            self.looked_at.emit(str(index.data(CODE_ROLE)))
            return
        self._open(index)

    def _open(self, index: QModelIndex) -> None:
        name = COUNTS.get(Column(index.column()), "total")
        self.chosen.emit(str(index.data(CODE_ROLE)), BASE if name == "total" else (name,))

    @Slot(QModelIndex)
    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.looked_at.emit(str(index.data(CODE_ROLE)))

    # sizes

    def _fit_columns(self) -> None:
        for view in self.views:
            header = view.horizontalHeader()
            header.setMinimumSectionSize(40)
            header.setSectionResizeMode(Column.UNIT, QHeaderView.ResizeMode.Stretch)
            for column, width in _WIDTHS.items():
                view.setColumnWidth(column, max(width, self._heading(column)))
            view.setColumnHidden(Column.BEFORE, True)

    def _heading(self, column: Column) -> int:
        said = str(self.model.headerData(column, Qt.Orientation.Horizontal))
        return self.fontMetrics().horizontalAdvance(said) + 22

    def _fit_counts(self) -> None:
        total, metrics = self._footers[-1].model(), QFontMetrics(theme.font(13, bold=True))
        for column in COUNTS:
            needed = metrics.horizontalAdvance(str(total.index(0, column).data() or "")) + 14
            for view in self.views:
                view.setColumnWidth(column, max(_WIDTHS[column], self._heading(column), needed))

    def _fit_range(self) -> None:
        others = sum(
            self.table.columnWidth(column)
            for column in Column
            if column not in (Column.UNIT, Column.RANGE) and not self.table.isColumnHidden(column)
        )
        room = self.table.width() - self.table.verticalScrollBar().sizeHint().width() - others - _NAME_W
        for view in self.views:
            view.setColumnHidden(Column.RANGE, room < _RANGE_LEAST)
            if room >= _RANGE_LEAST:
                view.setColumnWidth(Column.RANGE, min(room, _WIDTHS[Column.RANGE]))

    @Slot(int, int, int)
    def _on_resized(self, section: int, _old: int, size: int) -> None:
        for view in self._footers:
            view.setColumnWidth(section, size)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self.table:
            self._fixed.setContentsMargins(0, 0, self.table.verticalScrollBar().width(), 0)
            self._fit_range()
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(watched, QTableView)
        ):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and watched.currentIndex().isValid():
                self._open(watched.currentIndex())
                return True
            if event.matches(QKeySequence.StandardKey.Copy):
                QApplication.clipboard().setText(self.as_text())
                return True
        return super().eventFilter(watched, event)
