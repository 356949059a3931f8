"""A table whose columns depend on what was asked: rows of cells, each row with its code, each cell with its records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from app.text import Text
from ui.models.listed import ROOT, ListedModel
from ui.topics.base.topic import SORT_ROLE
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtWidgets import QTableView

Index = QModelIndex | QPersistentModelIndex
_LEAST, _FAIR = 100, 150  # a column's width: not jumping below, and enough for a name
CODES_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 21  # the records that a cell stands for


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its words, whether it holds numbers, and a tip."""

    words: Text
    is_number: bool = False
    tip: Text | None = None
    width: int = 96


@dataclass(frozen=True, slots=True)
class Line:
    """One row. ``cells``: as shown, numbers as numbers, None where nothing is known; ``codes``: of single cells."""

    code: str
    cells: tuple[object, ...]
    codes: tuple[str, ...] = ()  # of the whole row
    codes_of: dict[int, tuple[str, ...]] = field(default_factory=dict)
    tip: str = ""
    is_total: bool = False


class LinesModel(ListedModel):
    """Rows and columns as the answer brings them."""

    HEADERS = (Text("", ""),)

    def __init__(self, lang: str, parent: Any = None) -> None:
        super().__init__(lang, parent)
        self._heads: tuple[Head, ...] = ()

    def show_lines(self, heads: Sequence[Head], lines: Sequence[Line]) -> None:
        """Show other columns and rows."""
        self.beginResetModel()
        self._heads, self._rows = tuple(heads), tuple(lines)
        self.endResetModel()

    def line(self, row: int) -> Line:
        """Return a row."""
        found: Line = self._rows[row]
        return found

    def width(self, column: int) -> int:
        """Return how wide a column is."""
        return self._heads[column].width

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._heads)

    @override
    def header(self, column: int) -> Text:
        return self._heads[column].words

    @override
    @with_plain_tips
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and section < len(self._heads):
            head = self._heads[section]
            if role == TIP_ROLE and head.tip is not None:
                return head.tip.in_(self._lang)
            if role == Qt.ItemDataRole.TextAlignmentRole and head.is_number:
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, column = self.line(index.row()), index.column()
        value = line.cells[column]
        if role == CODE_ROLE:
            return line.code
        if role == CODES_ROLE:
            return line.codes_of.get(column, line.codes)
        if role == SORT_ROLE and isinstance(value, int | float):
            return value
        if role == Qt.ItemDataRole.TextAlignmentRole and self._heads[column].is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == TIP_ROLE:
            return line.tip or str(value or "")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if value is None:
            return "—"
        return f"{value:,}" if isinstance(value, int) else str(value)


def show_in(
    table: QTableView, model: QAbstractItemModel, heads: Sequence[Head], lines: Sequence[Line]
) -> None:
    """Show other columns and rows of a table's lines, each column as wide as its words need.

    What its head says is how wide long words may make it; a header is never cut.
    """
    assert isinstance(model, LinesModel)
    model.show_lines(heads, lines)
    header = table.horizontalHeader()
    for column, head in enumerate(heads):
        needed = table.sizeHintForColumn(column) if lines else head.width
        fair = max(min(needed, max(head.width, _FAIR)), min(head.width, _LEAST))
        table.setColumnWidth(column, max(fair, header.sectionSizeHint(column)))
