"""The coverage table as Qt sees it: a model of the units, and one of each row that stands below them."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.domain.looks import wording
from app.domain.text.name_order import name_key
from ui import words
from ui.models import coverage_words as said
from ui.models.listed import ListedModel
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.results import Coverage, Figures, Row
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


class _RowsModel(ListedModel):
    """Rows of a coverage, replaced as a whole: a coverage is never half new.

    ``CODE_ROLE`` gives a row's unit, ``ROW_ROLE`` the row. Every row of a model is a row that is seen: what a view
    must not show is not in its model, so that no view hides rows.
    """

    HEADERS = tuple(_HEADERS.get(column, words.LEVELS["grid"]) for column in Column)

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._by = "grid"
        self._rows: list[Row] = []

    def show_level(self, by: str) -> None:
        """Name the units' column by a level; a coverage brings its own."""
        self._by = by
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, Column.UNIT, Column.UNIT)

    def row(self, place: int) -> Row:
        """Return the row at a place."""
        return self._rows[place]

    def name(self, place: int) -> str:
        """Return how the row at a place is called."""
        return self._rows[place].name

    def code(self, place: int) -> str:
        """Return the unit of the row at a place."""
        return self._rows[place].unit

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
            return self.code(index.row())
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
            return f"{self.name(index.row())} {wording.whole(figures).in_(self._lang)}"
        return None


class CoverageTableModel(_RowsModel):
    """The units in force, one row each. Sorting keeps what is chosen with its unit."""

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._names: dict[str, str] = {}
        self._sorted: tuple[int, Qt.SortOrder] | None = None

    def show_coverage(self, coverage: Coverage | None, name: Callable[[Row], str]) -> None:
        """Show another coverage; ``name`` says how a unit is called in this table."""
        self.beginResetModel()
        if coverage is None:
            self._rows, self._names = [], {}
        else:
            self._by = coverage.query.by
            self._rows = list(coverage.rows)
            self._names = {row.unit: name(row) for row in self._rows}
            if self._sorted is not None:
                self._rows = self._ordered(*self._sorted)
        self.endResetModel()

    def place_of(self, unit: str) -> int | None:
        """Return where a unit stands, None if it isn't here."""
        return next((n for n, row in enumerate(self._rows) if row.unit == unit), None)

    @override
    def name(self, place: int) -> str:
        row = self._rows[place]
        return self._names.get(row.unit, row.name)

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        if column < 0:
            return
        self._sorted = (column, order)
        self.layoutAboutToBeChanged.emit()
        before = self._rows
        self._rows = self._ordered(column, order)
        places = {row.unit: place for place, row in enumerate(self._rows)}
        held = self.persistentIndexList()
        self.changePersistentIndexList(
            held, [self.index(places[before[index.row()].unit], index.column()) for index in held]
        )
        self.layoutChanged.emit()

    def _ordered(self, column: int, order: Qt.SortOrder) -> list[Row]:
        """Return the units in another order; those without a value come last in either."""
        chosen, is_down = Column(column), order == Qt.SortOrder.DescendingOrder
        if chosen is Column.UNIT:
            return sorted(
                self._rows, key=lambda row: (name_key(self._names[row.unit]), row.unit), reverse=is_down
            )
        with_value = [row for row in self._rows if _sort_key(row, chosen) is not None]
        without = [row for row in self._rows if _sort_key(row, chosen) is None]
        with_value.sort(key=lambda row: _sort_key(row, chosen) or 0.0, reverse=is_down)
        return with_value + without


class FooterModel(_RowsModel):
    """The one row below the units, what lies in no unit or the total, for a view that never scrolls away."""

    def __init__(self, lang: str, unit: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._unit = unit

    def show_coverage(self, coverage: Coverage | None) -> None:
        """Show another coverage."""
        self.beginResetModel()
        self._rows = []
        if coverage is not None:
            self._by = coverage.query.by
            self._rows = [coverage.unplaced if self._unit == "unplaced" else coverage.total]
        self.endResetModel()

    @override
    def name(self, place: int) -> str:
        return (words.UNPLACED if self._unit == "unplaced" else words.TOTAL).in_(self._lang)

    @override
    def code(self, place: int) -> str:
        return self._unit


def figure_of(figures: Figures, column: Column) -> float:
    """Return the count that a column shows."""
    value: float = getattr(figures, COUNTS[column])
    return value


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
        return wording.rate(figures).in_(lang)
    if column is Column.RANGE:
        return said.range_words(figures, lang)
    if row.before is None:
        return ""
    return _change(row.before, figures)


def _change(before: Figures, now: Figures) -> str:
    moved = now.covered - before.covered
    sign = "+" if moved > 0 else "−" if moved < 0 else "±"
    return f"{said.percent(before.rate)} {sign}{said.amount(abs(moved))}"
