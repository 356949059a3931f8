"""How much of each subject lies within reach of stations; after stations or subjects moved, only near them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.places.patched import Patched, Values
from geo.reach import reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.coverage.places.subjects import Subjects

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_PART = 4  # where more than such a part of the rows lies near what moved, all are measured anew


class Reaching:
    """The rows of ``Subjects`` and the stations that serve them, within a distance.

    ``share`` of each row that lies in reach, NaN without outline; ``nearest``, the code of the nearest station there.
    """

    share: Patched[Values[np.float64]]
    nearest: Patched[Values[np.object_]]

    def __init__(
        self,
        subjects: Subjects,
        stations: Sequence[str],
        outlines: Geometries,
        metres: float,
        earlier: Reaching | None = None,
    ) -> None:
        """Measure, with what an ``earlier`` one of the same distance knows.

        ``stations`` are codes in order of text, ``outlines`` theirs in metres, or None.
        """
        self.subjects, self.stations, self.outlines, self._metres = subjects, stations, outlines, metres
        rows = None if earlier is None else self._near_what_moved(earlier)
        if earlier is None or rows is None:
            share, nearest = self._measured(np.arange(len(subjects), dtype=np.int64), outlines, stations)
            self.share, self.nearest = Patched(share), Patched(nearest)
        else:
            near = self._stations_near(rows)
            share, nearest = self._measured(
                rows, outlines[near], [stations[place] for place in near.tolist()]
            )
            self.share = earlier.share.replaced(rows, share)
            self.nearest = earlier.nearest.replaced(rows, nearest)

    def is_of(self, subjects: Subjects, stations: Sequence[str], outlines: Geometries) -> bool:
        """Whether this is the reach of these stations, as they lie, among these subjects."""
        return (
            subjects is self.subjects
            and list(stations) == list(self.stations)
            and all(one is other for one, other in zip(outlines, self.outlines, strict=True))
        )

    def of(self, rows: Ints) -> tuple[Floats, list[str | None]]:
        """Return the share of some rows in reach, NaN without outline, and the nearest station's code."""
        return self.share.at(rows).array, list(self.nearest.at(rows).array)

    def _measured(
        self, rows: Ints, outlines: Geometries, stations: Sequence[str]
    ) -> tuple[Values[np.float64], Values[np.object_]]:
        share, by = reach(self.subjects.outlines_of(rows), outlines, self._metres)
        codes = np.array([*stations, None], dtype=object)
        return Values(share), Values(codes[by])  # the last for -1

    def _near_what_moved(self, earlier: Reaching) -> Ints | None:
        """Return the rows that are others, or near stations that are; None for all."""
        moved = self.subjects.descent.since(earlier.subjects.descent)
        if moved is None:
            return None
        old = dict(zip(earlier.stations, earlier.outlines, strict=True))
        new = dict(zip(self.stations, self.outlines, strict=True))
        shapes = [
            shape
            for code in {*old, *new}
            if old.get(code) != new.get(code)
            for shape in (old.get(code), new.get(code))
            if shape is not None
        ]
        near = self.subjects.envelopes.near(np.array(shapes, dtype=object), self._metres)
        rows = np.unique(np.concatenate([near, *(step.rows for step in moved)]))
        return None if len(rows) * _PART > len(self.subjects) else rows

    def _stations_near(self, rows: Ints) -> Ints:
        """Return the places of the stations that may reach any of some rows."""
        bounds = shapely.bounds(self.subjects.outlines_of(rows))
        bounds = bounds[~np.isnan(bounds[:, 0])]
        if len(bounds) == 0:
            return np.empty(0, dtype=np.int64)
        west, south = bounds[:, :2].min(axis=0) - self._metres
        east, north = bounds[:, 2:].max(axis=0) + self._metres
        tree = shapely.STRtree(self.outlines)
        return np.sort(tree.query(shapely.box(west, south, east, north))).astype(np.int64)
