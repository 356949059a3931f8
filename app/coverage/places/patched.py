"""Values by row of which some were replaced since: a change costs what it changes; all is put together when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, Self, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_FEW: Final = 1_000  # rows held apart; beyond them, and a part of all, everything is put together
_PART: Final = 64
_NO_ROWS: Final = np.empty(0, dtype=np.int64)


class Piece(Protocol):
    """Values by row: can be cut by rows, and laid over others."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def at(self, rows: Ints) -> Self:
        """Return the values of some rows, numbered anew in their order."""

    def overlaid(self, rows: Ints, other: Self, count: int) -> Self:
        """Return ``count`` rows: those of ``other`` at ``rows`` (ascending), and these everywhere else."""


_Piece = TypeVar("_Piece", bound=Piece)
_Item = TypeVar("_Item", bound=np.generic)


@dataclass(frozen=True, slots=True, eq=False)
class Values(Generic[_Item]):
    """An array whose first axis is the rows."""

    array: NDArray[_Item]

    def __len__(self) -> int:
        return len(self.array)

    def at(self, rows: Ints) -> Values[_Item]:
        """Return the values of some rows."""
        return Values(self.array[rows])

    def overlaid(self, rows: Ints, other: Values[_Item], count: int) -> Values[_Item]:
        """Return ``count`` rows: those of ``other`` at ``rows``, and these everywhere else."""
        array = np.empty((count, *self.array.shape[1:]), dtype=self.array.dtype)
        array[: len(self.array)] = self.array
        array[rows] = other.array
        return Values(array)


class Patched(Generic[_Piece]):
    """A piece and what replaces some of its rows. Any thread may ask; ``replaced`` returns another one."""

    def __init__(self, base: _Piece, rows: Ints = _NO_ROWS, patch: _Piece | None = None) -> None:
        self._parts = (base, rows, base.at(rows) if patch is None else patch)  # replaced in one step
        self._count = max(len(base), int(rows[-1]) + 1 if len(rows) else 0)

    def __len__(self) -> int:
        return self._count

    @property
    def whole(self) -> _Piece:
        """All rows; put together once."""
        base, rows, patch = self._parts
        if len(rows):
            base = base.overlaid(rows, patch, self._count)
            self._parts = (base, _NO_ROWS, patch.at(_NO_ROWS))
        return base

    def at(self, rows: Ints) -> _Piece:
        """Return the values of some rows, numbered in their order."""
        base, replaced, patch = self._parts
        place, is_mine = _found(replaced, rows)
        if not is_mine.any():
            return base.at(rows)
        mine = np.flatnonzero(is_mine)
        if len(mine) == len(rows):
            return patch.at(place)
        own = base.at(np.where(is_mine, 0, rows))
        return own.overlaid(mine, patch.at(place[mine]), len(rows))

    def replaced(self, rows: Ints, values: _Piece) -> Patched[_Piece]:
        """Return these with the values of some rows (ascending) replaced; rows beyond the last are added."""
        base, known, patch = self._parts
        if len(rows) == 0:
            return self
        merged = np.union1d(known, rows)
        if len(merged) > _FEW + len(base) // _PART:
            return Patched(self.whole.overlaid(rows, values, max(self._count, int(rows[-1]) + 1)))
        if len(merged) == len(rows):
            return Patched(base, rows, values)
        kept = patch.at(_found(known, merged)[0])
        return Patched(base, merged, kept.overlaid(np.searchsorted(merged, rows), values, len(merged)))


def _found(known: Ints, rows: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return where each row stands among the known ones (ascending), and whether it does."""
    if len(known) == 0:
        return np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    place = np.minimum(np.searchsorted(known, rows), len(known) - 1)
    return place, known[place] == rows
