"""Divide an outline into parts that tile it exactly, as city streets and communities do.

Parts are cut off along bent lines that follow a slowly turning street grid, dense where the density is high, and
noded together at the end: neighbours share their vertices, so that the parts add up to the whole with neither gap
nor overlap. All in metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from geo.errors import InvalidGeometry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

GRAIN: Final = 0.05  # [m] grid on which tiles are noded; coarser than the 1e-7 degrees of a stored vertex
_FINE: Final = 0.001  # [m] grid of a single cut: so fine that many cuts on one border stay within GRAIN of it
_LATTICE: Final = 16  # sample points along each side of a part when it is weighed
_TRIES: Final = 8
_FEWEST: Final = 12  # sample points below which the lattice is made finer


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """A centre of a city: where it is [m], how far it reaches [m] and how much denser it is than the country."""

    x: float
    y: float
    reach: float
    density: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Terrain:
    """What the cuts follow: density falls with the distance from the cores; the street grid turns slowly."""

    cores: tuple[Core, ...]
    bearing: float  # [rad] of the street grid at the first core
    turn: float = 0.22  # [rad] how far the street grid turns away from it
    scale: float = 2600.0  # [m] over which it turns

    def density(self, xy: Array) -> Array:
        """Return the weight of points, shape (n, 2); 1 in the open country."""
        weight = np.ones(len(xy))
        for core in self.cores:
            away = np.hypot(xy[:, 0] - core.x, xy[:, 1] - core.y) / core.reach
            weight += core.density / (1.0 + away**4)
        return weight

    def bearing_at(self, x: float, y: float) -> float:
        """Return the direction of the street grid at a place [rad]."""
        origin = self.cores[0]
        dx, dy = (x - origin.x) / self.scale, (y - origin.y) / self.scale
        return self.bearing + self.turn * float(np.sin(dx) + np.cos(1.3 * dy + 0.4) - np.cos(0.4)) / 1.4


def divide(
    outline: Polygon, shares: Sequence[float], terrain: Terrain, rng: np.random.Generator, bend: float = 0.03
) -> list[Polygon]:
    """Return one part per share, in their order, the first ones where the city is densest.

    A part's share of the outline's weight (area times density) is about its own share of the sum. ``bend``: how
    far the cuts leave the straight line, as a share of their length. The parts still lack each other's corners:
    see ``tile``.
    """
    if len(shares) == 1:
        return [outline]
    running = np.cumsum(shares)
    middle = min(int(np.searchsorted(running, running[-1] / 2)) + 1, len(shares) - 1)
    if middle > 1 and running[-1] / 2 - running[middle - 2] < running[middle - 1] - running[-1] / 2:
        middle -= 1
    near, far = cut(outline, float(running[middle - 1] / running[-1]), terrain, rng, bend)
    return divide(near, shares[:middle], terrain, rng, bend) + divide(
        far, shares[middle:], terrain, rng, bend
    )


def cut(
    outline: Polygon, share: float, terrain: Terrain, rng: np.random.Generator, bend: float = 0.03
) -> tuple[Polygon, Polygon]:
    """Cut an outline in two along a bent line; the first part is the denser one and holds ``share`` of the weight."""
    points = _points_in(outline)
    weights = terrain.density(points)
    centre = points.mean(axis=0)
    bearing = terrain.bearing_at(float(centre[0]), float(centre[1]))
    axes = [np.array([np.cos(a), np.sin(a)]) for a in (bearing, bearing + np.pi / 2)]
    spans = [float(np.ptp(points @ axis)) for axis in axes]
    longer = int(spans[1] > spans[0])
    if min(spans) > 0.8 * max(spans) and rng.random() < 0.4:
        longer = 1 - longer
    for attempt in range(_TRIES):
        axis = axes[longer if attempt < _TRIES // 2 else 1 - longer]
        tilt = rng.normal(0.0, 0.06 + 0.05 * attempt)
        axis = np.array(
            [axis[0] * np.cos(tilt) - axis[1] * np.sin(tilt), axis[0] * np.sin(tilt) + axis[1] * np.cos(tilt)]
        )
        along = points @ axis
        middle = 0.5 * (float(along.min()) + float(along.max()))
        ahead = along > middle
        if weights[ahead].mean() > weights[~ahead].mean():
            axis, along = -axis, -along
        order = np.argsort(along, kind="stable")
        running = np.cumsum(weights[order])
        place = float(along[order][min(int(np.searchsorted(running, share * running[-1])), len(order) - 1)])
        line = _bent_line(points, axis, place, 0.0 if attempt == _TRIES - 1 else bend, rng)
        parts = _split(outline, line, axis, place)
        if parts is not None:
            return parts
    raise InvalidGeometry("an outline can't be cut in two: it has no inside")


def tile(parts: Sequence[Polygon]) -> list[Polygon]:
    """Return the parts, in their order, noded together: where two touch, both have the same vertices."""
    lines = shapely.union_all([part.boundary for part in parts], grid_size=GRAIN)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    inside = shapely.point_on_surface(faces)
    tree = shapely.STRtree(list(parts))
    owners: list[list[Polygon]] = [[] for _ in parts]
    faces_hit, parts_hit = tree.query(inside, predicate="within")
    owner_of = dict(zip(faces_hit.tolist(), parts_hit.tolist(), strict=True))
    for number, face in enumerate(faces):
        if number in owner_of:
            owners[owner_of[number]].append(face)
    tiles = []
    for own in owners:
        one = own[0] if len(own) == 1 else shapely.union_all(own)
        if not isinstance(one, Polygon) or one.is_empty:
            raise InvalidGeometry("the parts don't tile: one of them fell to pieces")
        tiles.append(one)
    return tiles


def rounded(outlines: NDArray[np.object_], digits: int = 7) -> NDArray[np.object_]:
    """Return outlines in degrees with their vertices on a grid (7 digits: 1 cm), the same in every neighbour."""
    on_grid: NDArray[np.object_] = shapely.transform(outlines, lambda points: np.round(points, digits))
    return on_grid


def merged(parts: Sequence[Polygon]) -> Polygon:
    """Return the union of tiles that share their vertices, without moving or dropping one."""
    pieces = shapely.get_parts(shapely.coverage_union_all(list(parts)))
    if len(pieces) != 1:
        raise InvalidGeometry("the tiles don't hang together")
    return cast("Polygon", pieces[0])


def _points_in(outline: Polygon) -> Array:
    west, south, east, north = outline.bounds
    shapely.prepare(outline)
    count = _LATTICE
    while True:
        grid = _unit_lattice(count) * (east - west, north - south) + (west, south)
        inside: Array = grid[shapely.contains_xy(outline, grid[:, 0], grid[:, 1])]
        if len(inside) >= _FEWEST or count > 8 * _LATTICE:
            return inside
        count *= 2


@cache
def _unit_lattice(count: int) -> Array:
    steps = (np.arange(count) + 0.5) / count
    return np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)


def _bent_line(points: Array, axis: Array, place: float, bend: float, rng: np.random.Generator) -> LineString:
    across = np.array([-axis[1], axis[0]])
    spread = points @ across
    near = np.abs(points @ axis - place) < 0.15 * np.ptp(points @ axis)
    low, high = (float(np.min(spread)), float(np.max(spread)))
    reach = float(np.ptp(spread[near])) if near.any() else high - low
    margin = 0.6 * (high - low) + 10.0
    inner = int(rng.integers(1, 4)) + int(reach > 2000.0) + 2 * int(reach > 5000.0)
    steps = np.sort(low + (high - low) * (np.arange(inner) + 0.2 + 0.6 * rng.random(inner)) / inner)
    off = np.clip(rng.normal(0.0, 1.0, inner), -1.8, 1.8) * bend * reach
    if inner > 2 and rng.random() < 0.35:  # a crossroads that does not meet: two corners close together
        at = int(rng.integers(0, inner - 1))
        steps[at + 1] = steps[at] + 0.04 * (high - low)
        steps.sort()
    ends = np.array([low - margin, high + margin])
    t = np.concatenate([ends[:1], steps, ends[1:]])
    s = place + np.concatenate([off[:1], off, off[-1:]])
    return LineString(s[:, None] * axis + t[:, None] * across)


def _split(outline: Polygon, line: LineString, axis: Array, place: float) -> tuple[Polygon, Polygon] | None:
    noded = shapely.union_all([outline.boundary, line], grid_size=_FINE)
    pieces = [
        piece
        for piece in shapely.get_parts(shapely.polygonize([noded]))
        if outline.contains(shapely.point_on_surface(piece))
    ]
    if len(pieces) < 2:
        return None
    sides: tuple[list[Polygon], list[Polygon]] = ([], [])
    for piece in sorted(pieces, key=lambda p: -p.area):
        middle = shapely.get_coordinates(shapely.point_on_surface(piece))[0]
        sides[int(float(middle @ axis) > place)].append(piece)
    if not sides[0] or not sides[1]:
        return None
    mains: list[Polygon] = [sides[0][0], sides[1][0]]
    rest = sides[0][1:] + sides[1][1:]
    while rest:  # a crumb joins whichever main piece it shares an edge with
        for crumb in rest:
            shared = [main.boundary.intersection(crumb.boundary).length for main in mains]
            if max(shared) > 0:
                to = int(shared[1] > shared[0])
                mains[to] = cast("Polygon", mains[to].union(crumb))
                rest.remove(crumb)
                break
        else:
            return None
    if any(main.geom_type != "Polygon" or main.interiors for main in mains):
        return None
    return mains[0], mains[1]
