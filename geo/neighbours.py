"""Which polygons adjoin, what hangs together, and how compact a set of polygons is. Metres in, metres out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.shares import mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_POINT_RADIUS: Final = 6.0  # [m] what is known as a point only counts as a disc of this radius
_LEAST_AREA: Final = float(np.pi * _POINT_RADIUS**2)


def adjoining(outlines: Geometries, reach: float, group: Sequence[object] | None = None) -> Ints:
    """Return the pairs of polygons whose nearest edges are at most ``reach`` metres apart, shape (n, 2).

    ``group``: polygons of different groups never adjoin. Each pair once, lower position first, in order. What
    has no outline adjoins nothing.
    """
    outlines = np.asarray(outlines, dtype=object)
    there = np.flatnonzero(~(shapely.is_missing(outlines) | shapely.is_empty(outlines)))
    if len(there) < 2:
        return np.empty((0, 2), dtype=np.int64)
    shapes = mended(outlines[there])
    first, second = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach)
    once = first < second
    first, second = there[first[once]], there[second[once]]
    if group is not None:
        kept = np.array([group[a] == group[b] for a, b in zip(first, second, strict=True)], dtype=bool)
        first, second = first[kept], second[kept]
    order = np.lexsort((second, first))
    return np.column_stack((first[order], second[order])).astype(np.int64)


def parts(count: int, pairs: Ints) -> Ints:
    """Return for each of ``count`` polygons the number of the part it hangs together with, by lowest member."""
    above = list(range(count))

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for a, b in pairs.tolist():
        high, low = root(a), root(b)
        if high != low:
            above[max(high, low)] = min(high, low)
    number: dict[int, int] = {}
    return np.array([number.setdefault(root(place), len(number)) for place in range(count)], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Moments:
    """Area and its moments about the zone's origin: they add up, so that a set's form follows from its members'.

    Attributes
    ----------
    area
        [m²]; what is known as a point only counts as a small disc.
    x, y
        Area times the middle's coordinates [m³].
    second
        Polar second moment of area [m⁴].

    """

    area: Floats
    x: Floats
    y: Floats
    second: Floats


def moments_of(outlines: Geometries) -> Moments:
    """Return the moments of each polygon or point, about the middle of them all; None counts as a point there."""
    shapes = shapely.orient_polygons(mended(np.asarray(outlines, dtype=object)), exterior_cw=False)
    middles = shapely.centroid(shapes)
    middle = np.column_stack((shapely.get_x(middles), shapely.get_y(middles)))
    known = ~np.isnan(middle[:, 0])
    middle[~known] = middle[known].mean(axis=0) if known.any() else 0.0
    area = shapely.area(shapes)
    own = _own_second_moments(shapes, middle, len(shapes))
    thin = ~(area >= _LEAST_AREA)
    area = np.where(thin, _LEAST_AREA, area)
    own = np.where(thin, _LEAST_AREA**2 / (2 * np.pi), own)
    at = middle - middle.mean(axis=0) if len(middle) else middle
    x, y = area * at[:, 0], area * at[:, 1]
    return Moments(area, x, y, own + area * (at[:, 0] ** 2 + at[:, 1] ** 2))


def _own_second_moments(shapes: Geometries, middle: Floats, count: int) -> Floats:
    """Return each polygon's polar second moment about its own middle: a sum over its edges."""
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    is_area = shapely.get_type_id(pieces) == shapely.GeometryType.POLYGON
    pieces, owner = pieces[is_area], owner[is_area]
    rings, ring_piece = shapely.get_rings(pieces, return_index=True)
    points, point_ring = shapely.get_coordinates(rings, return_index=True)
    found = np.zeros(count)
    if not len(points):
        return found
    of_point = owner[ring_piece[point_ring]]
    local = points - middle[of_point]
    is_edge = point_ring[1:] == point_ring[:-1]
    a, b = local[:-1][is_edge], local[1:][is_edge]
    cross = a[:, 0] * b[:, 1] - b[:, 0] * a[:, 1]
    squares = (a * a + a * b + b * b).sum(axis=1)
    np.add.at(found, of_point[:-1][is_edge], cross * squares / 12)
    return np.abs(found)


def compactness(area: float, x: float, y: float, second: float) -> float:
    """Return how compact a set is, 0 to 1: a disc's moment of inertia over that of the set's own area.

    1 is a full disc, a square has 0.95, two squares side by side 0.76; roads between its members make it less.
    """
    inertia = second - (x * x + y * y) / area
    return min(area * area / (2 * np.pi * inertia), 1.0) if inertia > 0 else 1.0


def hull_of(members: Geometries, others: Iterable[BaseGeometry], reach: float) -> BaseGeometry:
    """Return one outline around adjoining polygons that fills the roads between them but none of ``others``."""
    half = reach / 2 + 1.0
    united = shapely.union_all(shapely.buffer(mended(np.asarray(members, dtype=object)), half, quad_segs=4))
    hull: BaseGeometry = shapely.buffer(united, -half + 4.0, quad_segs=4)
    foreign = [shape for shape in others if shape.intersects(hull)]
    if foreign:
        hull = shapely.difference(hull, shapely.union_all(np.array(foreign, dtype=object)))
    tidy: BaseGeometry = shapely.simplify(hull, 1.0)
    return tidy
