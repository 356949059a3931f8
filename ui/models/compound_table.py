"""The attribute table: columns as arrays and an order vector. No proxy model: one takes seconds to sort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont

from app.text import Text
from ui import theme, words
from ui.models.columns import Columns
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ui.models.column import Column

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
NEW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2  # whether others changed what is named here
_BY_OTHERS: Final = Text("（别人改过）", " (changed by others)")
_ICONS: Final = {"yes": "check", "no": "x", "unknown": "question"}
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CompoundTableModel(QAbstractTableModel):
    """Answers from ``Columns``; sorts and filters by replacing its order vector. ``typed``: row, column, words."""

    typed = Signal(int, int, str)

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows = Columns()
        self._order: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._sorted: NDArray[np.intp] = self._order  # all rows in the order of the sort, before the filter
        self._keys: list[tuple[str, bool]] = []
        self._typed = ""
        self._only: frozenset[str] | None = None
        self._current: frozenset[str] = frozenset()
        self._new: frozenset[str] = frozenset()
        self._places: dict[str, int] | None = None
        self._editable: frozenset[str] = frozenset()
        self._written: dict[tuple[str, str], str] = {}  # typed, not yet in the rows: (code, column) → words
        self._refused: dict[tuple[str, str], str] = {}  # (code, column) → why

    # cells as a user writes them

    def let_edit(self, columns: frozenset[str]) -> None:
        """Let the cells of these columns be written."""
        self._editable = columns

    def column_id(self, column: int) -> str:
        """Return the id of a column, "" beyond the last."""
        return self._rows.columns[column].id if 0 <= column < len(self._rows.columns) else ""

    def is_editable(self, column: int) -> bool:
        """Whether the cells of a column can be written."""
        return self.column_id(column) in self._editable

    def shown(self, row: int, column: int) -> str:
        """Return the words of a cell in sight."""
        found = self._rows.columns[column]
        code = self._rows.codes[int(self._order[row])]
        return self._written.get((code, found.id), found.texts[int(self._order[row])])

    def show_written(self, cells: dict[tuple[str, str], str]) -> None:
        """Show cells, (code, column) → words, as they were written until the rows are made anew."""
        self._written = {**self._written, **cells}
        self._repaint()

    def forget_written(self) -> None:
        """Show what the rows say again: nothing was written."""
        self._written = {}
        self._repaint()

    def mark_refused(self, cells: dict[tuple[str, str], str]) -> None:
        """Mark cells, (code, column) → why, that were refused."""
        self._refused = cells
        self._repaint()

    def _repaint(self) -> None:
        if len(self._order) and self._rows.columns:
            last = self.index(len(self._order) - 1, len(self._rows.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    # what is shown

    def show_columns(self, rows: Columns, *, keeps: bool = False) -> None:
        """Show other rows, sorted and filtered as before; ``keeps``: every row in sight stays where it is."""
        self.beginResetModel()
        shown = self.codes()
        self._rows = rows
        self._written = {}
        self._sorted = self._sort()
        self._order = self._filter()
        if keeps:
            place = {code: row for row, code in enumerate(rows.codes)}
            kept = [place[code] for code in shown if code in place]
            self._order = np.array(kept, dtype=np.intp)
        self._places = None
        self.endResetModel()

    def filter(self, typed: str, only: Iterable[str] | None = None) -> None:
        """Show the rows that hold every word typed; ``only`` = out of these codes."""
        self._typed, self._only = typed, None if only is None else frozenset(only)
        self._rearrange(sorts=False)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by one column."""
        self.sort_by(column, order, adds=False)

    def sort_by(self, column: int, order: Qt.SortOrder, *, adds: bool) -> None:
        """Sort by a column, as a further key if ``adds``."""
        if not 0 <= column < len(self._rows.columns):
            return
        key = (self._rows.columns[column].id, order == Qt.SortOrder.DescendingOrder)
        kept = [k for k in self._keys if k[0] != key[0]] if adds else []
        self._keys = [*kept, key]
        self._rearrange(sorts=True)

    def keys(self) -> list[tuple[str, bool]]:
        """Return the columns that the rows are sorted by, and whether from the top down."""
        return list(self._keys)

    def set_keys(self, keys: Sequence[tuple[str, bool]]) -> None:
        """Sort by these columns, those that are there."""
        self._keys = list(keys)
        self._rearrange(sorts=True)

    def sorted_by(self) -> tuple[int, Qt.SortOrder] | None:
        """Return the column that the rows are sorted by first, where it stands now."""
        for name, falls in self._keys[:1]:
            for place, column in enumerate(self._rows.columns):
                if column.id == name:
                    return place, Qt.SortOrder.DescendingOrder if falls else Qt.SortOrder.AscendingOrder
        return None

    def codes(self) -> list[str]:
        """Return the codes in sight, top to bottom."""
        return [self._rows.codes[row] for row in self._order]

    def all_count(self) -> int:
        """Return how many rows there are without any filter."""
        return len(self._rows)

    def row_of(self, code: str) -> int:
        """Return where a code stands now, -1 if it is filtered out."""
        if self._places is None:
            self._places = {code: place for place, code in enumerate(self.codes())}
        return self._places.get(code, -1)

    def _rearrange(self, *, sorts: bool) -> None:
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        held = [(index, self._rows.codes[self._order[index.row()]]) for index in old]
        if sorts:
            self._sorted = self._sort()
        self._order = self._filter()
        self._places = None
        for index, code in held:
            row = self.row_of(code)
            self.changePersistentIndex(index, self.index(row, index.column()) if row >= 0 else QModelIndex())
        self.layoutChanged.emit()

    def _sort(self) -> NDArray[np.intp]:
        order: NDArray[np.intp] = np.arange(len(self._rows))
        by_id = {column.id: column for column in self._rows.columns}
        for name, falls in reversed(self._keys):
            column = by_id.get(name)
            if column is not None:
                ranks = column.ranks[order]
                missing = np.isnan(ranks)
                ranks = np.where(missing, np.inf, -ranks if falls else ranks)
                order = order[np.argsort(ranks, kind="stable")]
        return order

    def _filter(self) -> NDArray[np.intp]:
        kept = self._rows.matching(self._typed)
        if self._only is not None:
            kept &= np.fromiter(
                (c in self._only for c in self._rows.codes), dtype=bool, count=len(self._rows)
            )
        return self._sorted if kept.all() else self._sorted[kept[self._sorted]]

    # Qt

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the rows in sight."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the columns."""
        return 0 if parent.isValid() else len(self._rows.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Return a column's words."""
        if orientation != Qt.Orientation.Horizontal or not section < len(self._rows.columns):
            return None
        column = self._rows.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.words.in_(self._lang)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return whether a cell can be chosen and written."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self.is_editable(index.column()) else flags

    def setData(self, index: Index, value: Any, _role: int = int(Qt.ItemDataRole.EditRole)) -> bool:
        """Tell what was typed into a cell; it is written by whoever listens."""
        if not index.isValid() or str(value) == self.data(index, int(Qt.ItemDataRole.EditRole)):
            return False
        self.typed.emit(index.row(), index.column(), str(value))
        return True

    @with_plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return a cell."""
        if not index.isValid():
            return None
        row = int(self._order[index.row()])
        if role == CODE_ROLE:
            return self._rows.codes[row]
        column = self._rows.columns[index.column()]
        if role == NEW_ROLE:
            return self._is_marked(column, row)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            said = self.shown(index.row(), index.column())
            is_told = role == Qt.ItemDataRole.AccessibleTextRole and self._is_marked(column, row)
            return f"{said}{_BY_OTHERS.in_(self._lang)}" if is_told else said
        if role == Qt.ItemDataRole.EditRole:
            said = self.shown(index.row(), index.column())
            return "" if said in {"—", words.UNNAMED.in_(self._lang)} else said
        if self._refused and role in {TIP_ROLE, Qt.ItemDataRole.BackgroundRole}:
            why = self._refused.get((self._rows.codes[row], column.id))
            if why is not None:
                return why if role == TIP_ROLE else QBrush(QColor(theme.current().no_ground))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        return self._look(column, row, role)

    def _look(self, column: Column, row: int, role: int) -> Any:
        t = theme.current()
        tone = column.tones[row] if column.tones is not None else ""
        if role == Qt.ItemDataRole.ForegroundRole:
            if column.is_number and column.texts[row] in {"0", "—"}:
                return QBrush(QColor(t.t3))
            colour = {"yes": t.yes, "no": t.no, "unknown": t.unknown}.get(tone)
            return QBrush(QColor(colour)) if colour else None
        if role == Qt.ItemDataRole.DecorationRole and tone:
            return theme.icon(_ICONS[tone], 13, tone if tone in {"yes", "no"} else "unknown")
        if (
            role == Qt.ItemDataRole.FontRole
            and column.id == "name"
            and self._rows.codes[row] in self._current
        ):
            face: QFont = theme.font(13, bold=True)
            return face
        return None

    def mark_new(self, codes: frozenset[str]) -> None:
        """Mark the names of those that others changed and nobody here has seen yet."""
        if codes != self._new:
            self._new = codes
            self._repaint()

    def is_new(self, code: str) -> bool:
        """Whether a row is marked as changed by others."""
        return code in self._new

    def _is_marked(self, column: Column, row: int) -> bool:
        return bool(self._new) and column.id == "name" and self._rows.codes[row] in self._new

    def mark(self, codes: Iterable[str]) -> None:
        """Print the names of these in bold."""
        self._current = frozenset(codes)
