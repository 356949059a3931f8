"""How much of each polygon lies in which unit: planar areas in metres, arrays in, arrays out.

A share is the area of the intersection divided by the polygon's own area. Units may overlap one another: then
each share s counts s * c / sum(s), c being the share in their union, so that nothing counts twice. A point lies
wholly in every unit that contains or bounds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.borders import Strays, are_made_of, twins
from geo.plain import are_stars, keep_clear, points_within
from geo.rings import POLYGONS, Corners, Rings, stretches
from geo.trapezoids import Edges, common_areas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Geometries = NDArray[np.object_]

SLIVER: Final = 1e-9  # a share below this is none
ON_BORDER: Final = 1e-6  # [m] a point as near as this is on a border: coordinates are rounded, edges straight
_NO_PAIRS: Final = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
_GROUP: Final = 8_000  # polygons placed at once
_LARGE: Final = 20_000  # pairs of edges from which on GEOS is quicker


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
    home
        For every subject the unit that surely holds all of it where no other has a part; -1 where none does, and
        where it took more than a look to find out.

    """

    subject: Ints
    unit: Ints
    share: Floats
    counted: Floats
    outside: Floats
    home: Ints

    @classmethod
    def joined(cls, count: int, groups: Iterable[tuple[Ints, Shares]]) -> Shares:
        """Return the pairs of ``count`` subjects: of groups, the places of some and where these lie."""
        outside, home = np.full(count, np.nan), np.full(count, -1, dtype=np.int64)
        found = [(*_NO_PAIRS, _NO_PAIRS[2])]
        for places, shares in groups:
            outside[places], home[places] = shares.outside, shares.home
            found.append((places[shares.subject], shares.unit, shares.share, shares.counted))
        subject, unit, share, counted = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((unit, subject))
        return cls(subject[order], unit[order], share[order], counted[order], outside, home)


class UnitIndex:
    """Outlines of units, ready to be asked again and again. Build it once for each set of units."""

    def __init__(self, outlines: Geometries) -> None:
        self._outlines = np.asarray(outlines, dtype=object)
        has_area = shapely.area(self._outlines) > 0  # NaN for None
        self._position: Ints = np.flatnonzero(has_area).astype(np.int64)
        self._units, self._rings = _sound(self._outlines[self._position])
        self._boxes = tuple(shapely.bounds(self._units).T)
        self._number = shapely.get_num_coordinates(self._units)
        self._is_polygon = np.isin(shapely.get_type_id(self._units), POLYGONS)
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
        home, doubtful = np.full(len(subjects), -1, dtype=np.int64), np.zeros(len(subjects), dtype=bool)
        found = [_NO_PAIRS]
        for some in beside_one_another(shapely.bounds(subjects[polygons])):
            some = polygons[some]
            pairs, home[some], doubtful[some] = self._of_polygons(subjects[some], areas[some])
            found.append((some[pairs[0]], *pairs[1:]))
        if len(points):
            row, unit = self._of_points(subjects[points])
            found.append((points[row], unit, np.ones(len(row))))
        rows, units, share = (np.concatenate(column) for column in zip(*found, strict=True))
        order = np.lexsort((units, rows))
        rows, units, share = rows[order], units[order], share[order]
        counted, outside = self._without_counting_twice(subjects, areas, doubtful, rows, units, share)
        at = np.flatnonzero(home >= 0)
        home[at] = self._position[home[at]]
        return Shares(rows, self._position[units], share, counted, outside, home)

    def are_made_of(self, children: UnitIndex, parent: Ints) -> Flags:
        """Return for each unit whether it is, exactly, all of those children and nothing else.

        ``parent``: of each child the unit above it, -1 for none. A child without an outline adds nothing.
        """
        made = np.zeros(len(self._outlines), dtype=bool)
        place = np.full(len(self._outlines) + 1, -1, dtype=np.int64)  # the last: of a child without parent
        place[self._position] = np.arange(len(self._position))
        above = place[parent[children._position]]
        made[self._position] = are_made_of(self._rings.once(), children._rings.once(), children._twins, above)
        return made

    def _of_points(self, points: Geometries) -> tuple[Ints, Ints]:
        spots = shapely.centroid(points)
        row, unit = self._tree.query(spots, predicate="dwithin", distance=ON_BORDER)
        return row.astype(np.int64), unit.astype(np.int64)

    def _of_polygons(
        self, outlines: Geometries, areas: Floats
    ) -> tuple[tuple[Ints, Ints, Floats], Ints, Flags]:
        """Return pairs of polygon and unit with their shares; plain homes; whether units may overlap in a polygon."""
        row, unit = self._tree.query(outlines)
        row, unit = row.astype(np.int64), unit.astype(np.int64)
        boxes = shapely.bounds(outlines)
        is_single = np.isin(shapely.get_type_id(outlines), POLYGONS) & (
            shapely.get_num_geometries(outlines) == 1
        )
        may_overlap = ~is_single | self._strays.are_near(boxes, row, unit)
        corners = Corners.of(outlines)
        may_hold, home = self._home(corners, boxes, ~may_overlap & corners.are_rings, row, unit)
        plain = np.flatnonzero(home >= 0)
        rest = np.flatnonzero(home[row] < 0)
        row, unit = row[rest], unit[rest]
        share = self._measured(outlines, corners, areas, row, unit, may_hold[rest])
        kept = np.flatnonzero(share >= SLIVER)
        pairs = (
            np.concatenate([plain, row[kept]]),
            np.concatenate([home[plain], unit[kept]]),
            np.concatenate([np.ones(len(plain)), share[kept]]),
        )
        return pairs, home, may_overlap

    def _home(
        self, corners: Corners, boxes: Floats, is_asked: Flags, row: Ints, unit: Ints
    ) -> tuple[Flags, Ints]:
        """Return which pairs' unit may hold all of the polygon, and for each polygon its plain home or -1.

        That is the one unit that surely holds all of it where no other has a part: where no stray edge comes near,
        as many units lie over every point of a polygon as over its first vertex.
        """
        may_hold = np.zeros(len(row), dtype=bool)
        x, y = corners.x[corners.first[row]], corners.y[corners.first[row]]
        west, south, east, north = (side[unit] for side in self._boxes)
        there = np.flatnonzero((west <= x) & (x <= east) & (south <= y) & (y <= north))
        begins_in, in_doubt = points_within(x[there], y[there], self._rings, unit[there])
        may_hold[there] = begins_in | in_doubt
        over = np.bincount(row[there[begins_in]], minlength=len(corners.number))
        over[row[there[in_doubt]]] = 0
        one = there[begins_in]
        one = one[is_asked[row[one]] & (over[row[one]] == 1)]
        clear, crossed = keep_clear(corners, boxes, self._rings, row[one], unit[one])
        may_hold[one[crossed]] = False
        one = one[clear]
        home = np.full(len(corners.number), -1, dtype=np.int64)
        home[row[one]] = unit[one]
        return may_hold, home

    def _measured(
        self, outlines: Geometries, corners: Corners, areas: Floats, row: Ints, unit: Ints, may_hold: Flags
    ) -> Floats:
        """Return the share of each pair of those whose boxes meet; ``may_hold``: the unit all of the polygon."""
        inside = may_hold.copy()
        inside[may_hold] = shapely.contains_properly(self._prepared(unit[may_hold]), outlines[row[may_hold]])
        share = np.where(inside, 1.0, 0.0)
        has_home = np.zeros(len(outlines), dtype=bool)
        has_home[row[inside]] = True
        rest = np.flatnonzero(~inside)
        at_home = has_home[
            row[rest]
        ]  # another unit holds all of it: most likely this one is a mere neighbour
        touched = ~at_home
        touched[at_home] = shapely.intersects(
            self._prepared(unit[rest[at_home]]), outlines[row[rest[at_home]]]
        )
        rest = rest[touched]
        common = self._common_areas(outlines, corners, row[rest], unit[rest])
        share[rest] = np.minimum(common / areas[row[rest]], 1.0)
        return share

    def _prepared(self, unit: Ints) -> Geometries:
        """Return units ready to be asked often: copies, for two threads that ask one prepared outline crash."""
        used, number = _numbered(unit, len(self._units))
        own: Geometries = shapely.force_2d(self._units[used])
        shapely.prepare(own)
        asked: Geometries = own[number]
        return asked

    def _common_areas(self, outlines: Geometries, corners: Corners, row: Ints, unit: Ints) -> Floats:
        """Return the area of each pair: by trapezoids, and by GEOS where one of the two is large or mended."""
        used, subject = _numbered(row, len(outlines))
        outlines, rings = _sound(outlines[used], corners.some(used))
        number = shapely.get_num_coordinates(outlines)
        is_polygon = np.isin(shapely.get_type_id(outlines), POLYGONS)
        is_small = is_polygon[subject] & self._is_polygon[unit]
        is_small &= number[subject] * self._number[unit] <= _LARGE
        area = np.zeros(len(row))
        large = np.flatnonzero(~is_small)
        area[large] = intersection_area(outlines[subject[large]], self._units[unit[large]])
        small = np.flatnonzero(is_small)
        if len(small):
            theirs, place = _numbered(unit[small], len(self._units))
            units = Edges(self._rings.some(theirs))
            boxes = shapely.bounds(outlines)
            area[small] = common_areas(Edges(rings), boxes, units, subject[small], place)
        return area

    def _without_counting_twice(
        self, subjects: Geometries, areas: Floats, may_overlap: Flags, rows: Ints, units: Ints, share: Floats
    ) -> tuple[Floats, Floats]:
        count = len(subjects)
        found = np.bincount(rows, minlength=count)
        total: Floats = np.bincount(rows, weights=share, minlength=count).astype(np.float64)
        union = np.minimum(total, 1.0)
        shared = np.flatnonzero((found > 1) & (areas > 0))
        doubtful = shared[may_overlap[shared]]
        if len(doubtful):
            pair = np.flatnonzero(np.isin(rows, doubtful))
            pieces = shapely.intersection(mended(subjects[rows[pair]]), self._units[units[pair]])
            ends = np.searchsorted(rows[pair], doubtful)[1:]
            united = [shapely.union_all(mine) for mine in np.split(pieces, ends)]
            union[doubtful] = np.minimum(shapely.area(united) / areas[doubtful], 1.0)
        outside = np.asarray(1.0 - union, dtype=np.float64)
        outside[outside < SLIVER] = 0.0
        outside[np.isnan(areas)] = np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            factor = np.where(total > 0, (1.0 - outside) / total, 0.0)
        counted: Floats = share * factor[rows]
        return counted, outside

    @cached_property
    def _twins(self) -> Ints:
        return twins(self._rings.once())

    @cached_property
    def _strays(self) -> Strays:
        return Strays(self._rings.once(), self._twins)


def beside_one_another(bounds: Floats) -> list[Ints]:
    """Return the places of outlines in groups that lie near one another: they need few units, and little memory at once.

    ``bounds``: their west, south, east and north, (n, 4); NaN for what lies nowhere.
    """
    count = len(bounds)
    if count <= _GROUP:
        return [np.arange(count, dtype=np.int64)]
    west, south = bounds[:, 0], bounds[:, 1]
    strips = int(np.ceil(np.sqrt(count / _GROUP)))
    strip = np.argsort(np.argsort(south, kind="stable"), kind="stable") * strips // count
    ranked = np.lexsort((west, strip))
    return [ranked[some] for some in stretches(count, _GROUP)]


def intersection_area(first: Geometries, second: Geometries) -> Floats:
    """Return the area that each pair of polygons has in common [m²]."""
    area: Floats = shapely.area(shapely.intersection(first, second))
    return area


def _numbered(places: Ints, count: int) -> tuple[Ints, Ints]:
    """Return which of ``count`` places occur, and the number of each among these."""
    used = np.flatnonzero(np.bincount(places, minlength=count))
    number = np.zeros(count, dtype=np.int64)
    number[used] = np.arange(len(used))
    return used, number[places]


def _sound(outlines: Geometries, corners: Corners | None = None) -> tuple[Geometries, Rings]:
    """Return polygons made valid where they are not, with their edges."""
    rings = Rings.of(outlines, corners)
    unsure = np.flatnonzero(~are_stars(rings))
    wrong = unsure[~shapely.is_valid(outlines[unsure])]
    if len(wrong) == 0:
        return outlines, rings
    valid = outlines.copy()
    valid[wrong] = shapely.make_valid(outlines[wrong])
    return valid, Rings.of(valid)


def mended(outlines: Geometries) -> Geometries:
    """Return outlines with those that cross themselves made valid."""
    wrong = ~(shapely.is_valid(outlines) | shapely.is_missing(outlines))
    if not wrong.any():
        return outlines
    valid = outlines.copy()
    valid[wrong] = shapely.make_valid(outlines[wrong])
    return valid
