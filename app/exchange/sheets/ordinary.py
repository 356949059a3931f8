"""Rows of a sheet told of all at once: which are filled, and which begin as headings do or hold what a record's name never says."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from app.exchange.sheets.beside import headings_like
from app.exchange.sheets.header import LONGEST
from app.exchange.sheets.records import are_filled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from app.exchange.picture import Cell, Grid
    from app.exchange.sheets.header import Wanted
    from app.exchange.sheets.layout import Layout


class Rows:
    """The rows of one sheet. Positions count from 0."""

    def __init__(self, grid: Grid, wanted: Wanted) -> None:
        self.grid, self._wanted = grid, wanted
        self._filled = [are_filled(self.grid.column(place)) for place in range(self.grid.width)]

    @cached_property
    def filled(self) -> NDArray[np.int64]:
        """How many cells of each row say something."""
        found = np.zeros(len(self.grid), np.int64)
        for each in self._filled:
            found += each
        return found

    @cached_property
    def begin_as_headings(self) -> NDArray[np.bool_]:
        """Whether the first filled cell of a row could be a heading."""
        found = np.zeros(len(self.grid), bool)
        left = self.filled > 0
        for place, filled in enumerate(self._filled):
            first = left & filled
            if first.any():
                found |= first & self._of(place, self._headings(self._texts(place, first)))
                left &= ~filled
            if not left.any():
                break
        return found

    def after_gaps(self, start: int, always: Collection[int]) -> Iterator[tuple[int, bool]]:
        """Give the rows behind position ``start``, counted from 1, with several filled cells that may be headings.

        They follow a row with fewer, which is told, or begin as headings do. ``always``: rows that are given in any case.
        """
        short = self.filled < 2
        asked = np.zeros(len(short), bool)
        asked[[row - 1 for row in always if start < row <= len(short)]] = True
        gaps = short & ~asked
        follows = gaps.copy()
        for row in sorted(always):  # what is said of a row neither makes a gap nor ends one
            if start < row <= len(short):
                follows[row - 1] = row - 1 > start and follows[row - 2]
        is_after = np.concatenate([[False], follows[:-1]])
        is_after[: start + 1] = False
        for at in np.flatnonzero(asked | (~short & (is_after | self.begin_as_headings))).tolist():
            if at >= start:
                yield at + 1, bool(is_after[at])

    def of(self, places: NDArray[np.int64]) -> Iterator[list[Cell]]:
        """Give some rows of the grid, each made where it is looked at."""
        return (self.grid[place] for place in places.tolist())

    def need_a_look(self, layout: Layout, naming: Sequence[int]) -> NDArray[np.bool_]:
        """Return for each row whether it may be anything but a record, or says too little to be told."""
        named = np.zeros(len(self.grid), bool)
        found = self.filled < 2
        for place in naming:
            named |= self._filled[place]
            found |= self._of(place, layout.suspects_among(self._texts(place)))
        for place in range(min(naming, default=0)):
            found |= self._of(place, layout.marked_among(self._texts(place)))
        return found | ~named

    def _headings(self, texts: Iterable[str]) -> set[str]:
        bare = [text for text in texts if len(text) <= LONGEST]
        return self._wanted.headings_among(bare) | headings_like(bare)

    def _texts(self, place: int, rows: NDArray[np.bool_] | None = None) -> list[str]:
        """Return the different texts of a column, of some rows."""
        cells: Sequence[Cell] = self.grid.column(place)
        if rows is not None and not rows.all():
            cells = [cells[row] for row in np.flatnonzero(rows).tolist()]
        return [cell for cell in dict.fromkeys(cells) if type(cell) is str]

    def _of(self, place: int, texts: set[str]) -> NDArray[np.bool_]:
        """Return for each row whether its cell in a column is one of some texts."""
        if not texts:
            return np.zeros(len(self.grid), bool)
        return np.fromiter([cell in texts for cell in self.grid.column(place)], bool, len(self.grid))
