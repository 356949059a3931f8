"""How much of each polygon lies in which unit: planar areas in metres, arrays in, arrays out.

A share is the area of the intersection divided by the polygon's own area. Units may overlap one another: then
each share s counts s * c / sum(s), c being the share in their union, so that nothing counts twice. A point lies
wholly in every unit that contains or bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

SLIVER: Final = 1e-9  # a share below this is none


@dataclass(frozen=True, slots=True)
class Shares:
    """Pairs of subject and unit, by subject and then by unit.

    Attributes
    ----------
    subject, unit
        Positions in the arrays that were given.
    share
        Area of the intersection / own area, from SLIVER to 1.
    counted
        The same where units don't overlap; else s * c / sum(s).
    outside
        For every subject the share in no unit at all, 0 or from SLIVER to 1; NaN where it has no outline.

    """

    subject: Ints
    unit: Ints
    share: Floats
    counted: Floats
    outside: Floats


class UnitIndex:
    """Outlines of units, ready to be asked again and again. Build it once for each set of units."""

    def __init__(self, outlines: Geometries) -> None:
        self._outlines = np.asarray(outlines, dtype=object)
        has_area = shapely.area(self._outlines) > 0  # NaN for None
        self._position: Ints = np.flatnonzero(has_area).astype(np.int64)
        self._units = self._outlines[self._position]
        shapely.prepare(self._units)
        self._tree = shapely.STRtree(self._units)

    @property
    def is_empty(self) -> bool:
        """Whether no unit has an outline with an area."""
        return len(self._units) == 0

    def shares(self, subjects: Geometries) -> Shares:
        """Return where ``subjects`` lie: polygons in metres, points, or None.

        Lines and outlines without an area are taken for their middle point.
        """
        subjects = np.asarray(subjects, dtype=object)
        areas = shapely.area(subjects)
        polygons = np.flatnonzero(areas > 0)
        points = np.flatnonzero(areas == 0)
        rows, units, share = self._of_polygons(subjects, areas, polygons)
        if len(points):
            point_rows, point_units = self._of_points(subjects, points)
            rows = np.concatenate([rows, point_rows])
            units = np.concatenate([units, point_units])
            share = np.concatenate([share, np.ones(len(point_rows))])
        order = np.lexsort((units, rows))
        rows, units, share = rows[order], units[order], share[order]
        counted, outside = self._without_counting_twice(subjects, areas, rows, units, share)
        return Shares(rows, self._position[units], share, counted, outside)

    def _of_points(self, subjects: Geometries, points: Ints) -> tuple[Ints, Ints]:
        spots = shapely.centroid(subjects[points])
        row, unit = self._tree.query(spots, predicate="intersects")
        return points[row], unit.astype(np.int64)

    def _of_polygons(self, subjects: Geometries, areas: Floats, polygons: Ints) -> tuple[Ints, Ints, Floats]:
        row, unit = self._tree.query(subjects[polygons])
        row = polygons[row]
        unit = unit.astype(np.int64)
        inside = shapely.contains_properly(self._units[unit], subjects[row])
        share = np.where(inside, 1.0, 0.0)
        rest = np.flatnonzero(~inside)
        rest = rest[shapely.intersects(self._units[unit[rest]], subjects[row[rest]])]
        share[rest] = np.minimum(
            intersection_area(subjects[row[rest]], self._units[unit[rest]]) / areas[row[rest]], 1.0
        )
        kept = share >= SLIVER
        return row[kept], unit[kept], share[kept]

    def _without_counting_twice(
        self, subjects: Geometries, areas: Floats, rows: Ints, units: Ints, share: Floats
    ) -> tuple[Floats, Floats]:
        count = len(subjects)
        found = np.bincount(rows, minlength=count)
        total = np.bincount(rows, weights=share, minlength=count)
        union = total.copy()
        is_point = areas == 0
        union[is_point] = np.minimum(total[is_point], 1.0)
        shared = np.flatnonzero((found > 1) & (areas > 0))
        for row in shared[self._may_overlap(shared, rows, units)]:
            mine = self._units[units[np.searchsorted(rows, row) : np.searchsorted(rows, row, side="right")]]
            held = intersection_area(subjects[row : row + 1], np.array([shapely.union_all(mine)]))
            union[row] = min(held[0] / areas[row], 1.0)
        outside = np.asarray(1.0 - union, dtype=np.float64)
        outside[outside < SLIVER] = 0.0
        outside[np.isnan(areas)] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(total > 0, (1.0 - outside) / total, 0.0)
        counted: Floats = share * factor[rows]
        return counted, outside

    def _may_overlap(self, shared: Ints, rows: Ints, units: Ints) -> NDArray[np.bool_]:
        """Whether units of each of these subjects may overlap: a part of some border is nobody else's border."""
        doubtful = np.zeros(len(shared), dtype=bool)
        if len(shared) == 0:
            return doubtful
        pair = np.isin(rows, shared)
        used = np.unique(units[pair])
        wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(self._units[used]))
        is_wrong = np.zeros(len(self._units), dtype=bool)
        is_wrong[used[wrong]] = True
        marked = np.unique(rows[pair][is_wrong[units[pair]]])
        return np.isin(shared, marked)


def intersection_area(first: Geometries, second: Geometries) -> Floats:
    """Return the area that each pair of polygons has in common [m²]."""
    try:
        common = shapely.intersection(first, second)
    except shapely.GEOSException:  # an outline that crosses itself: mended for this sum only
        common = shapely.intersection(shapely.make_valid(first), shapely.make_valid(second))
    area: Floats = shapely.area(common)
    return area
