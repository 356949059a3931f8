"""How much of each polygon lies within a distance of the nearest station: planar, in metres."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.shares import intersection_area, mended

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

QUARTER: Final = (
    64  # sides of a quarter; a disc's edge is then at most 0.0075 % of the radius inside the circle
)
INNER: Final = float(np.cos(np.pi / (4 * QUARTER)))  # of the radius: so far a disc reaches on every side


def reach(subjects: Geometries, stations: Geometries, metres: float) -> tuple[Floats, Ints]:
    """Return the share of each subject's area within ``metres`` of a station, and the station nearest to it.

    Parameters
    ----------
    subjects
        Polygons or points in metres, or None. A point is reached or not.
    stations
        Points or outlines in metres; one that is None reaches nothing.
    metres
        Radius of the disc around each station.

    Returns
    -------
    share
        0 to 1; NaN where the subject has no outline.
    nearest
        Position of the nearest station within ``metres``, lowest first; -1 where there is none.

    """
    subjects = np.asarray(subjects, dtype=object)
    stations = np.asarray(stations, dtype=object)
    missing = shapely.is_missing(subjects) | shapely.is_empty(subjects)
    share = np.where(missing, np.nan, 0.0)
    nearest = np.full(len(subjects), -1, dtype=np.int64)
    has_place = np.flatnonzero(~(shapely.is_missing(stations) | shapely.is_empty(stations)))
    there = np.flatnonzero(~missing)
    if len(has_place) == 0 or len(there) == 0:
        return share, nearest
    places = stations[has_place]
    row, station = shapely.STRtree(places).query_nearest(subjects[there], max_distance=metres)
    order = np.lexsort((station, row))
    row, first = np.unique(row[order], return_index=True)
    near, by = there[row], station[order][first]
    nearest[near] = has_place[by]
    areas = shapely.area(subjects[near])
    share[near[areas == 0]] = 1.0
    wide = np.flatnonzero(areas > 0)
    whole = _lies_within(subjects[near[wide]], places[by[wide]], metres)
    share[near[wide[whole]]] = 1.0
    cut = wide[~whole]
    share[near[cut]] = _cut_shares(subjects[near[cut]], areas[cut], places, metres)
    return share, nearest


def _lies_within(polygons: Geometries, places: Geometries, metres: float) -> NDArray[np.bool_]:
    """Whether a disc around one place alone holds all vertices, and so, a disc being convex, the polygon."""
    points, polygon = shapely.get_coordinates(polygons, return_index=True)
    far = np.zeros(len(polygons))
    np.maximum.at(far, polygon, shapely.distance(shapely.points(points), places[polygon]))
    inner = metres * INNER
    is_point = shapely.get_type_id(places) == shapely.GeometryType.POINT
    held: NDArray[np.bool_] = is_point & (far <= inner)
    return held


def _cut_shares(polygons: Geometries, areas: Floats, places: Geometries, metres: float) -> Floats:
    if len(polygons) == 0:
        return np.zeros(0)
    discs = shapely.buffer(mended(places), metres, quad_segs=QUARTER)
    row, disc = shapely.STRtree(discs).query(polygons, predicate="intersects")
    order = np.lexsort((disc, row))  # what is united in the same order is the same to the bit
    ends = np.searchsorted(row[order], np.arange(len(polygons) + 1))
    mine = disc[order]
    reached = [shapely.union_all(discs[mine[a:b]]) for a, b in pairwise(ends)]
    held = intersection_area(mended(polygons), np.array(reached, dtype=object)) / areas
    return np.minimum(held, 1.0)
