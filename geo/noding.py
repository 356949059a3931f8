"""Shared vertices: where outlines meet, each gets the very vertices of the other, so that nothing is rounded later.

An overlay computes a crossing anew, and rounds it, each time it is asked. Outlines that hold every crossing as a
vertex beforehand are cut and joined along existing vertices alone: what one loses is to the last digit what the
other gains. Metres in, metres out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

SNAP: Final = 1e-7  # [m] nearer than this is the same point: coordinates in degrees round to 2e-9 m
NOWHERE: Final = shapely.Polygon()  # made once: making one costs more than most overlays
_SPIKE: Final = 1e-6  # [m] a border that runs back so near to itself encloses nothing
_MANY: Final = 2_000_000  # pairs of edge and point looked at in one go


def polygons_of(shape: BaseGeometry | None) -> list[shapely.Polygon]:
    """Return the polygons of a shape that have an area; lines and points of an overlay are left out."""
    if shape is None or shapely.is_empty(shape):
        return []
    parts = shapely.get_parts(shape).tolist()
    if shape.geom_type == "GeometryCollection":
        parts = [inner for part in parts for inner in shapely.get_parts(part).tolist()]
    return [part for part in parts if isinstance(part, shapely.Polygon) and part.area > 0]


def areas_only(shape: BaseGeometry | None) -> BaseGeometry:
    """Return the polygons of a shape as one: a polygon, a multipolygon, or an empty polygon."""
    found = polygons_of(shape)
    if not found:
        return NOWHERE
    return found[0] if len(found) == 1 else shapely.MultiPolygon(found)


def with_rings(shape: BaseGeometry, change: Callable[[Floats], Floats]) -> BaseGeometry:
    """Return polygons with each ring's coordinates, first and last alike, replaced by what ``change`` makes of them."""
    made = []
    for part in polygons_of(shape):
        shell, *holes = (change(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part))
        made.append(shapely.Polygon(shell, holes))
    return areas_only(shapely.MultiPolygon(made)) if made else shapely.Polygon()


def with_vertices(shape: BaseGeometry, points: Floats) -> BaseGeometry:
    """Return polygons with those of the points that lie on an edge, to ``SNAP``, as vertices of it."""
    if len(points) == 0:
        return shape
    west, south, east, north = shapely.bounds(shape)
    near = points[
        (points[:, 0] >= west - SNAP)
        & (points[:, 0] <= east + SNAP)
        & (points[:, 1] >= south - SNAP)
        & (points[:, 1] <= north + SNAP)
    ]
    return shape if len(near) == 0 else with_rings(shape, lambda ring: _inserted(ring, near))


def _inserted(ring: Floats, points: Floats) -> Floats:
    new = points[_nearest(ring, points)[1] > SNAP]  # what is a vertex already is one
    if len(new) == 0:
        return ring
    start, along = ring[:-1], np.diff(ring, axis=0)
    square = np.maximum((along**2).sum(axis=1), 1e-300)
    found: list[tuple[int, float, int]] = []
    step = max(1, _MANY // len(start))
    for first in range(0, len(new), step):
        off = new[None, first : first + step] - start[:, None]
        at = np.clip((off * along[:, None]).sum(axis=2) / square[:, None], 0.0, 1.0)
        gap = np.hypot(off[..., 0] - at * along[:, None, 0], off[..., 1] - at * along[:, None, 1])
        edge, point = np.nonzero(gap <= SNAP)
        found += zip(edge.tolist(), at[edge, point].tolist(), (point + first).tolist(), strict=True)
    if not found:
        return ring
    found.sort()
    return np.insert(ring, [edge + 1 for edge, _, _ in found], new[[point for _, _, point in found]], axis=0)


def _nearest(known: Floats, points: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return for each point the place and distance of the nearest known one."""
    tree = shapely.STRtree(np.asarray(shapely.points(known), dtype=object))
    place = np.asarray(tree.nearest(np.asarray(shapely.points(points), dtype=object)), dtype=np.int64)
    off = known[place] - points
    return place, np.hypot(off[:, 0], off[:, 1])


def snapped(points: Floats, known: Floats) -> Floats:
    """Return points with those within ``SNAP`` of a known one put exactly on it."""
    if len(known) == 0 or len(points) == 0:
        return points
    place, gap = _nearest(known, points)
    return np.where((gap <= SNAP)[:, None], known[place], points)


def crossings(shape: BaseGeometry, others: Sequence[BaseGeometry]) -> Floats:
    """Return the points in which the border of ``shape`` meets those of others; ends of stretches in common too."""
    borders = shapely.boundary(np.array(others, dtype=object))
    return shapely.get_coordinates(shapely.intersection(shapely.boundary(shape), borders))


def told_apart(points: Floats) -> Floats:
    """Return points with those within ``SNAP`` of an earlier one left out."""
    kept: list[Floats] = []
    for point in np.unique(points, axis=0):
        if not kept or np.hypot(*(np.array(kept[-8:]) - point).T).min() > SNAP:
            kept.append(point)
    return np.array(kept).reshape(-1, 2)


def noded(shape: BaseGeometry, others: Sequence[BaseGeometry]) -> tuple[BaseGeometry, list[BaseGeometry]]:
    """Return a shape and others with a common vertex wherever the shape's border meets one of theirs."""
    if not others:
        return shape, []
    vertices = shapely.get_coordinates(np.array(others, dtype=object))
    own = shapely.transform(shape, lambda points: snapped(points, vertices))
    if not shapely.is_valid(own):
        own = shape
    met = snapped(crossings(own, others), np.vstack([vertices, shapely.get_coordinates(own)]))
    pool = np.vstack([vertices, told_apart(met)]) if len(met) else vertices
    whole = with_vertices(own, pool)
    mine = shapely.get_coordinates(whole)
    return whole, [with_vertices(other, mine) for other in others]


def corners(shape: BaseGeometry) -> Floats:
    """Return the vertices at which a border turns, by more than ``SNAP`` from the line of its neighbours."""
    return np.vstack([np.empty((0, 2)), *(ring[:-1][_turns(ring)] for ring in _rings(shape))])


def without_idle(shape: BaseGeometry, kept: frozenset[tuple[float, float]]) -> BaseGeometry:
    """Return polygons without the vertices, other than ``kept``, at which their border goes straight on."""

    def thinned(ring: Floats) -> Floats:
        idle = np.array([tuple(point) not in kept for point in ring[:-1].tolist()]) & ~_turns(ring)
        left = ring[:-1][~idle]
        return ring if len(left) < 3 else np.vstack([left, left[:1]])

    return with_rings(shape, thinned)


def without_spikes(shape: BaseGeometry) -> BaseGeometry:
    """Return polygons without the places where a border runs out and straight back, to ``_SPIKE``: they enclose nothing."""

    def cut(ring: Floats) -> Floats | None:
        left = ring[:-1]
        while len(left) > 2:
            there, back = left - np.roll(left, 1, axis=0), np.roll(left, -1, axis=0) - left
            length = np.hypot(*there.T), np.hypot(*back.T)
            off = np.abs(there[:, 0] * back[:, 1] - there[:, 1] * back[:, 0])
            is_spike = ((there * back).sum(axis=1) < 0) & (off < _SPIKE * np.maximum(*length))
            is_spike |= length[0] == 0
            if not is_spike.any():
                return ring if len(left) == len(ring) - 1 else np.vstack([left, left[:1]])
            left = np.delete(left, int(np.flatnonzero(is_spike)[0]), axis=0)
        return None

    made = []
    for part in polygons_of(shape):
        shell, *holes = (cut(shapely.get_coordinates(ring)) for ring in shapely.get_rings(part))
        if shell is not None:
            made.append(shapely.Polygon(shell, [hole for hole in holes if hole is not None]))
    return areas_only(shapely.MultiPolygon(made)) if made else shapely.Polygon()


def _turns(ring: Floats) -> NDArray[np.bool_]:
    here = ring[:-1]
    before, after = np.roll(here, 1, axis=0), np.roll(here, -1, axis=0)
    along, off = after - before, here - before
    length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-12)
    is_off = np.abs(along[:, 0] * off[:, 1] - along[:, 1] * off[:, 0]) / length > SNAP
    is_back = (along * off).sum(axis=1) < 0
    return np.asarray(is_off | is_back, dtype=np.bool_)


def _rings(shape: BaseGeometry) -> Iterable[Floats]:
    for part in polygons_of(shape):
        for ring in shapely.get_rings(part):
            yield shapely.get_coordinates(ring)


def points_of(shape: BaseGeometry | None) -> frozenset[tuple[float, float]]:
    """Return the vertices of a shape."""
    return frozenset((x, y) for x, y in shapely.get_coordinates(shape).tolist())
