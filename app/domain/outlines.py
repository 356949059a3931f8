"""The outlines of many records, kept as well-known binary one after the other and made when they are asked for.

A polygon that stands ready takes a kilobyte and more; as it is kept here, sixteen bytes a corner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_UNMADE: Final = object()
_AHEAD: Final = 128  # outlines that are made when one is asked for after the other


class Outlines:
    """Outlines by row. ``ends``: where each ends in ``wkb``, with a 0 before the first; nothing = no outline."""

    __slots__ = ("_ahead", "_asked", "_at", "_ends", "_wkb")

    def __init__(self, wkb: bytes, ends: NDArray[np.int64]) -> None:
        self._wkb = wkb
        self._ends = ends
        self._at = ends.data  # quicker to ask for one
        self._asked = -1  # the row that was asked for last
        self._ahead: tuple[int, NDArray[Any]] = (0, np.empty(0, dtype=object))

    def __len__(self) -> int:
        """Return how many rows there are, with an outline or without."""
        return len(self._ends) - 1

    def drawn(self, row: int) -> Drawn | None:
        """Return what makes the outline of a row, None where there is none."""
        return Drawn(self, row) if self._at[row] != self._at[row + 1] else None

    def all_drawn(self, start: int, stop: int) -> list[Drawn | None]:
        """Return what makes the outlines of some rows, None where there is none."""
        ends = self._ends
        there = (ends[start + 1 : stop + 1] > ends[start:stop]).tolist()
        return [Drawn(self, row) if is_there else None for row, is_there in enumerate(there, start)]

    def one(self, row: int) -> BaseGeometry | None:
        """Return the outline of a row; whoever asks for one after the other gets them made together."""
        import shapely

        start, ahead = self._ahead
        if not start <= row < start + len(ahead):
            if row != self._asked + 1:
                self._asked = row
                wkb = self._wkb[self._at[row] : self._at[row + 1]]
                return shapely.from_wkb(wkb) if wkb else None
            ahead = self.many(range(row, min(row + _AHEAD, len(self))))
            start = row
            self._ahead = start, ahead
        self._asked = row
        return ahead[row - start]  # type: ignore[no-any-return]

    def many(self, rows: Sequence[int] | NDArray[np.int64] | None = None) -> NDArray[Any]:
        """Return the outlines of some rows, or of all, as an array of objects; made anew each time."""
        import shapely

        ends, wkb = self._ends, self._wkb
        places = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.int64)
        cut = zip(ends[places].tolist(), ends[places + 1].tolist(), strict=True)
        found = np.empty(len(places), dtype=object)
        found[:] = [wkb[start:stop] or None for start, stop in cut]
        return shapely.from_wkb(found)


class Drawn:
    """The outline of one record, made when it is asked for first."""

    __slots__ = ("_made", "_outlines", "_row")

    def __init__(self, outlines: Outlines, row: int) -> None:
        self._outlines = outlines
        self._row = row
        self._made: Any = _UNMADE

    @property
    def place(self) -> tuple[Outlines, int]:
        """Among which outlines it is kept, and in which row."""
        return self._outlines, self._row

    def made(self) -> BaseGeometry | None:
        """Return the outline."""
        if self._made is _UNMADE:
            self._made = self._outlines.one(self._row)
        return self._made  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> bool:
        """Whether the other is the same outline, to the last digit, made already or not."""
        if isinstance(other, Drawn):
            if other._outlines is self._outlines and other._row == self._row:
                return True
            other = other.made()
        return bool(self.made() == other)

    def __hash__(self) -> int:
        """Return the outline's own hash."""
        return hash(self.made())

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave for another process as the outline itself."""
        return _itself, (self.made(),)

    def __repr__(self) -> str:
        """Return the outline as it says of itself."""
        return repr(self.made())


def _itself(shape: BaseGeometry | None) -> BaseGeometry | None:
    return shape
