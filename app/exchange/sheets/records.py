"""The records of a table by column: rows are made where somebody looks at one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, overload

import numpy as np
from typing_extensions import override

from app.domain.values import is_empty
from app.exchange.reading import SourceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from app.exchange.picture import Cell, Grid
    from app.text import Text

_NEVER_EMPTY: Final = frozenset({int, bool})


class Records(Sequence[SourceRow]):
    """Some rows of a grid, as wide as the headings. ``at``: their positions in the grid, from 0, ascending.

    ``first``: the number of the grid's first row, as the source counts.
    """

    def __init__(
        self,
        grid: Grid,
        at: NDArray[np.int64],
        width: int,
        *,
        first: int,
        sheet: str | None,
    ) -> None:
        self._grid, self._at, self.width = grid, at, width
        self._first, self.sheet = first, sheet
        self._carried: dict[int, list[Cell]] = {}
        self._more: list[Sequence[Cell]] = []
        self._defect: Text | None = None

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The number of each row, as the source shows it."""
        return self._at + self._first

    @property
    def in_grid(self) -> NDArray[np.int64]:
        """The position of each row in the grid, from 0."""
        return self._at

    def put(self, place: int, cells: list[Cell]) -> None:
        """Say otherwise what the row at a place says."""
        self._carried[int(self._at[place])] = cells

    def break_off(self, why: Text) -> None:
        """Say why the last row can't be read."""
        self._defect = why

    def add_column(self, cells: Sequence[Cell]) -> None:
        """Give the rows a further column, one cell each."""
        self._more.append(cells)

    def column(self, place: int, most: int | None = None) -> list[Cell]:
        """Return what stands in a column, one a row; of the first ``most`` rows."""
        at = self._at if most is None else self._at[:most]
        if place >= self.width:
            return list(self._more[place - self.width][: len(at)])
        cells = self._grid.column(place)
        if len(at) == 0:
            return []
        begin, end = int(at[0]), int(at[-1]) + 1
        found = cells[begin:end] if end - begin == len(at) else [cells[row] for row in at.tolist()]
        if self._carried:
            for row, said in self._carried.items():
                where = int(np.searchsorted(at, row))
                if where < len(at) and at[where] == row and place < len(said):
                    found[where] = said[place]
        return found

    def where(self, is_kept: NDArray[np.bool_]) -> Records:
        """Return those of the rows for which ``is_kept`` is true."""
        found = Records(self._grid, self._at[is_kept], self.width, first=self._first, sheet=self.sheet)
        found._carried = self._carried
        found._more = [
            [cell for cell, stays in zip(cells, is_kept.tolist(), strict=True) if stays]
            for cells in self._more
        ]
        found._defect = self._defect if len(is_kept) and is_kept[-1] else None
        return found

    def _row(self, place: int) -> SourceRow:
        at = int(self._at[place])
        cells = self._carried.get(at)
        if cells is None:
            cells = self._grid[at]
        short = self.width - len(cells)
        cells = [*cells, *[None] * short, *(more[place] for more in self._more)]
        defect = self._defect if place == len(self._at) - 1 else None
        return SourceRow(at + self._first, cells, None, defect, self.sheet)

    @override
    def __len__(self) -> int:
        return len(self._at)

    @overload
    def __getitem__(self, at: int) -> SourceRow: ...
    @overload
    def __getitem__(self, at: slice) -> list[SourceRow]: ...
    @override
    def __getitem__(self, at: int | slice) -> SourceRow | list[SourceRow]:
        if isinstance(at, slice):
            return [self._row(place) for place in range(*at.indices(len(self)))]
        return self._row(range(len(self))[at])

    @override
    def __iter__(self) -> Iterator[SourceRow]:
        return map(self._row, range(len(self)))


def column_of(rows: Sequence[SourceRow], place: int, most: int | None = None) -> list[Cell]:
    """Return what rows say in a column, one a row; of the first ``most`` rows."""
    if isinstance(rows, Records):
        return rows.column(place, most)
    return [row.cells[place] for row in (rows if most is None else rows[:most])]


def numbers_of(rows: Sequence[SourceRow]) -> NDArray[np.int64]:
    """Return the number of each row, as the source shows it."""
    if isinstance(rows, Records):
        return rows.numbers
    return np.fromiter([row.number for row in rows], np.int64, len(rows))


def sheets_of(rows: Sequence[SourceRow]) -> list[str | None]:
    """Return the sheet of each row."""
    return [rows.sheet] * len(rows) if isinstance(rows, Records) else [row.sheet for row in rows]


def kept(rows: Sequence[SourceRow], is_kept: NDArray[np.bool_]) -> Sequence[SourceRow]:
    """Return those of some rows for which ``is_kept`` is true."""
    if isinstance(rows, Records):
        return rows.where(is_kept)
    return tuple(row for row, is_in in zip(rows, is_kept.tolist(), strict=True) if is_in)


def filled_in_any(rows: Sequence[SourceRow], places: Iterable[int]) -> NDArray[np.bool_]:
    """Return for each row whether it says something in one of some columns."""
    found = np.zeros(len(rows), bool)
    for place in places:
        if not found.all():
            found |= are_filled(column_of(rows, place))
    return found


def are_filled(cells: Sequence[Any]) -> NDArray[np.bool_]:
    """Return for each cell whether it says something, as ``is_empty`` has it."""
    types = set(map(type, cells))
    if types <= _NEVER_EMPTY:
        return np.ones(len(cells), bool)
    if types == {str} and not any(map(str.isspace, cells)) and "" not in cells:
        return np.ones(len(cells), bool)
    if types <= {str, type(None)} and "" not in cells:
        texts = cells if types == {str} else [cell for cell in cells if cell is not None]
        if not any(map(str.isspace, texts)):
            return np.fromiter([cell is not None for cell in cells], bool, len(cells))
    return np.fromiter([not is_empty(cell) for cell in cells], bool, len(cells))
