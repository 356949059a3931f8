"""Whether polygons tile: the gaps between them and the overlaps of pairs. Metres in, metres out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.shares import intersection_area, mended

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

LEAST_AREA: Final = 1.0  # [m²] what is smaller is a matter of rounding, not of a border
BESIDE: Final = 0.01  # [m] a tile as near as this touches a gap


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Pairs of polygons that share an area.

    Attributes
    ----------
    first, second
        Positions in the array that was given, ``first < second``, in order.
    area
        What they have in common [m²].
    share
        The same as a share of the smaller one.

    """

    first: Ints
    second: Ints
    area: Floats
    share: Floats


@dataclass(frozen=True, slots=True)
class Gap:
    """One stretch of ground that no tile covers.

    Attributes
    ----------
    outline
        The gap itself, in metres.
    area
        Its area [m²].
    width
        Its mean width, twice the area by the length of its border [m]: small for a sliver along a border.
    beside
        Positions of the tiles that touch it.

    """

    outline: BaseGeometry
    area: float
    width: float
    beside: Ints


def find_overlaps(polygons: Geometries, least_area: float = LEAST_AREA) -> Overlaps:
    """Return the pairs that overlap by at least ``least_area`` [m²]; None and points overlap with nothing.

    Polygons that only touch, or cross by less, are left out: borders drawn apart differ by a little everywhere.
    """
    outlines = mended(np.asarray(polygons, dtype=object))
    drawn = np.flatnonzero(shapely.area(outlines) > 0)
    tree = shapely.STRtree(outlines[drawn])
    row, found = tree.query(outlines[drawn], predicate="intersects")
    once = row < found
    first, second = drawn[row[once]], drawn[found[once]]
    area = intersection_area(outlines[first], outlines[second])
    kept = area >= least_area
    first, second, area = first[kept], second[kept], area[kept]
    order = np.lexsort((second, first))
    first, second, area = first[order], second[order], area[order]
    smaller = np.minimum(shapely.area(outlines[first]), shapely.area(outlines[second]))
    return Overlaps(first.astype(np.int64), second.astype(np.int64), area, area / smaller)


def find_gaps(
    tiles: Geometries, within: BaseGeometry | None, least_area: float = LEAST_AREA
) -> tuple[Gap, ...]:
    """Return the gaps of ``within`` that no tile covers, largest first.

    Parameters
    ----------
    tiles
        Polygons in metres that should cover ``within`` and may reach beyond it; None is allowed.
    within
        What they should cover. Without it only holes are gaps: ground that the tiles enclose.
    least_area
        Smaller gaps are left out [m²].

    """
    outlines = mended(np.asarray(tiles, dtype=object))
    drawn = np.flatnonzero(shapely.area(outlines) > 0)
    covered = shapely.union_all(outlines[drawn])
    tree = shapely.STRtree(outlines[drawn])
    left = _holes(covered) if within is None else shapely.difference(shapely.make_valid(within), covered)
    parts = shapely.get_parts(left)
    areas = shapely.area(parts)
    found = []
    for place in np.argsort(-areas, kind="stable"):
        if areas[place] < least_area:
            break
        part = parts[place]
        beside = np.sort(drawn[tree.query(part, predicate="dwithin", distance=BESIDE)])
        width = float(2 * areas[place] / shapely.length(part))
        found.append(Gap(part, float(areas[place]), width, beside.astype(np.int64)))
    return tuple(found)


def _holes(outline: BaseGeometry) -> BaseGeometry:
    """Return the ground that an outline encloses without covering it; a hole within a hole is no gap twice."""
    shells = [
        shapely.polygons(shapely.get_exterior_ring(part))
        for part in shapely.get_parts(outline)
        if part.geom_type == "Polygon"
    ]
    return shapely.difference(shapely.union_all(shells), outline)
