"""Where subjects lie among the outlines of one level: an index that is made once, and mended where units moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.envelopes import Envelopes
from geo.shares import Shares, UnitIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from app.coverage.places.patched import Patched, Values

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]
    Outlines = Patched[Values[np.object_]]

_PART: Final = 3  # what lies near more than such a part of the units is asked of an index of them all


class LevelIndex:
    """The units of one level by position. Any thread may ask.

    After units moved, few subjects are asked of an index of the units near them alone. An answer rests on the
    units whose envelopes meet the subject's, and on which of their edges there are another's too, which then is such
    a unit itself: so it is the same, to the bit, as that of all units.
    """

    def __init__(self, outlines: Outlines) -> None:
        self.outlines = outlines
        self.envelopes = Envelopes(shapely.bounds(outlines.whole.array))
        self._drawn = int(np.count_nonzero(~shapely.is_missing(outlines.whole.array)))
        self._all: UnitIndex | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no unit has an outline with an area."""
        return self._drawn == 0

    def moved(self, outlines: Outlines, places: Ints) -> LevelIndex:
        """Return the index of outlines that are others at some places."""
        after = object.__new__(LevelIndex)
        after.outlines = outlines
        was, now = self.outlines.at(places).array, outlines.at(places).array
        after.envelopes = self.envelopes.replaced(places, now)
        lost = int(np.count_nonzero(shapely.is_missing(now))) - int(np.count_nonzero(shapely.is_missing(was)))
        after._drawn = self._drawn - lost
        after._all = None
        return after

    def shares(self, subjects: Geometries) -> Shares:
        """Return where ``subjects`` lie, by position of the units."""
        if self._all is None and len(subjects) < len(self.outlines):
            around = self.envelopes.near(subjects)
            if len(around) * _PART < len(self.outlines):
                found = UnitIndex(self.outlines.at(around).array).shares(subjects)
                home = np.append(around, -1)[found.home]
                return replace(found, unit=around[found.unit], home=home)
        return self._index_of_all().shares(subjects)

    def shares_of_many(self, count: int, groups: Iterable[tuple[Ints, Geometries]]) -> Shares:
        """Return where ``count`` subjects lie: of groups, the places of some and their outlines, made one by one."""
        index = self._index_of_all()
        return Shares.joined(count, ((places, index.shares(outlines)) for places, outlines in groups))

    def are_made_of(self, children: LevelIndex, parent: Ints) -> NDArray[np.bool_]:
        """Return for each unit whether it is, exactly, all of those units of a lower level whose ``parent`` it is."""
        return self._index_of_all().are_made_of(children._index_of_all(), parent)

    def _index_of_all(self) -> UnitIndex:
        if self._all is None:
            self._all = UnitIndex(self.outlines.whole.array)
        return self._all
