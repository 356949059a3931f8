"""The coverage table as Qt sees it: the units' rows, then always the unplaced and the total."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from typing_extensions import override

from app.domain.name_order import name_key
from ui import words
from ui.models.listed import ListedModel
from ui.panels import coverage_words as said
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE, rate_words
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.results import Coverage, Figures, Row
    from app.domain.dataset import Dataset
    from app.text import Text

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()

ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3  # app.coverage.results.Row


class Column(IntEnum):
    """Columns from left to right."""

    UNIT = 0
    COVERED = 1
    UNCOVERED = 2
    UNKNOWN = 3
    TOTAL = 4
    RATE = 5
    RANGE = 6
    BEFORE = 7


COUNTS: Final = {
    Column.COVERED: "covered",
    Column.UNCOVERED: "uncovered",
    Column.UNKNOWN: "unknown",
    Column.TOTAL: "total",
}
_HEADERS: Final = {
    Column.COVERED: said.COVERED,
    Column.UNCOVERED: said.UNCOVERED,
    Column.UNKNOWN: said.UNKNOWN,
    Column.TOTAL: words.TOTAL,
    Column.RATE: said.RATE,
    Column.RANGE: said.RANGE,
    Column.BEFORE: said.BEFORE,
}
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
FOOTERS: Final = ("unplaced", "total")


class CoverageTableModel(ListedModel):
    """Read-only rows, replaced as a whole: a coverage is never half new.

    ``CODE_ROLE`` gives a row's unit (``unplaced`` and ``total`` for the last two), ``ROW_ROLE`` the row.
    Sorting leaves the last two where they are.
    """

    HEADERS = tuple(_HEADERS.get(column, words.LEVELS["grid"]) for column in Column)

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._by = "grid"
        self._rows: list[Row] = []
        self._names: dict[str, str] = {}
        self._sorted: tuple[int, Qt.SortOrder] | None = None

    def show_coverage(self, coverage: Coverage | None, name: Callable[[Row], str]) -> None:
        """Show another coverage; ``name`` says how a unit is called in this table."""
        self.beginResetModel()
        if coverage is None:
            self._rows, self._names = [], {}
        else:
            self._by = coverage.query.by
            units = list(coverage.rows)
            self._names = {row.unit: name(row) for row in units}
            self._rows = [*units, coverage.unplaced, coverage.total]
            if self._sorted is not None:
                self._order(*self._sorted)
        self.endResetModel()

    def row(self, place: int) -> Row:
        """Return the row at a place."""
        return self._rows[place]

    def place_of(self, unit: str) -> int | None:
        """Return where a unit stands, None if it isn't here."""
        return next((n for n, row in enumerate(self._rows) if self._code(n, row) == unit), None)

    def name(self, place: int) -> str:
        """Return how the row at a place is called."""
        row = self._rows[place]
        footer = place - (len(self._rows) - len(FOOTERS))
        if footer == 0:
            return words.UNPLACED.in_(self._lang)
        if footer == 1:
            return words.TOTAL.in_(self._lang)
        return self._names.get(row.unit, row.name)

    def _code(self, place: int, row: Row) -> str:
        footer = place - (len(self._rows) - len(FOOTERS))
        return FOOTERS[footer] if footer >= 0 else row.unit

    def _order(self, column: int, order: Qt.SortOrder) -> None:
        units, footers = self._rows[:-2], self._rows[-2:]
        chosen = Column(column)
        if chosen is Column.UNIT:
            units.sort(
                key=lambda row: (name_key(self._names[row.unit]), row.unit),
                reverse=order == Qt.SortOrder.DescendingOrder,
            )
        else:
            with_value = [r for r in units if _sort_key(r, chosen) is not None]
            without = [r for r in units if _sort_key(r, chosen) is None]
            with_value.sort(
                key=lambda row: _sort_key(row, chosen) or 0.0, reverse=order == Qt.SortOrder.DescendingOrder
            )
            units = with_value + without
        self._rows = units + footers

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self._sorted = (column, order)
        if len(self._rows) > len(FOOTERS):
            self.layoutAboutToBeChanged.emit()
            self._order(column, order)
            self.layoutChanged.emit()

    @override
    def header(self, column: int) -> Text:
        return words.LEVELS[self._by] if column == Column.UNIT else super().header(column)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section not in (Column.UNIT, Column.RANGE):
            return _RIGHT
        return super().headerData(section, orientation, role)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == CODE_ROLE:
            return self._code(index.row(), row)
        if role == ROW_ROLE:
            return row
        if role == BAR_ROLE and column is Column.RANGE:
            return said.bar_of(row.figures)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(index.row()) if column is Column.UNIT else _display(row, column, self._lang)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in (Column.UNIT, Column.RANGE):
            return _RIGHT
        if role in (Qt.ItemDataRole.AccessibleTextRole, TIP_ROLE):
            figures = row.figures
            return (
                f"{self.name(index.row())} {said.amount(figures.covered)}/{said.amount(figures.total)} "
                f"{said.percent(figures.rate)} {said.range_words(figures, self._lang)}"
            )
        return None


class FooterModel(QSortFilterProxyModel):
    """One of the last two rows of the table, for a view of its own that never scrolls away.

    Never a child of its source: Qt would then ask it about rows of a model that is half gone.
    """

    def __init__(self, source: CoverageTableModel, unit: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._from_end = len(FOOTERS) - FOOTERS.index(unit)
        self.setSourceModel(source)

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        return source_row == self.sourceModel().rowCount() - self._from_end


def figure_of(figures: Figures, column: Column) -> float:
    """Return the count that a column shows."""
    value: float = getattr(figures, COUNTS[column])
    return value


def unit_name(dataset: Dataset, row: Row) -> str:
    """Return how a table calls a unit: a grid with its community, unless its own name says it already."""
    name = row.name or row.unit
    record = dataset.find(row.unit)
    community = (
        dataset.find(record.text("community")) if record is not None and record.kind == "grids" else None
    )
    if community is None or name.startswith(community.text("name").removesuffix("居委会")):
        return name
    return f"{community.text('name').removesuffix('居委会')}{name}"


def _sort_key(row: Row, column: Column) -> float | None:
    if column in COUNTS:
        return figure_of(row.figures, column)
    if column is Column.BEFORE:
        return None if row.before is None else row.before.rate
    if column is Column.RANGE:
        return row.figures.low
    return row.figures.rate


def _display(row: Row, column: Column, lang: str) -> str:
    figures = row.figures
    if column in COUNTS:
        return said.amount(figure_of(figures, column))
    if column is Column.RATE:
        return rate_words(said.bar_of(figures), words.KNOWN.in_(lang))
    if column is Column.RANGE:
        return said.range_words(figures, lang)
    if row.before is None:
        return ""
    return _change(row.before, figures)


def _change(before: Figures, now: Figures) -> str:
    moved = now.covered - before.covered
    sign = "+" if moved > 0 else "−" if moved < 0 else "±"
    return f"{said.percent(before.rate)} {sign}{said.amount(abs(moved))}"
