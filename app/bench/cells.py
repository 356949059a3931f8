"""A harder ground for benchmarks than cities are: bent cells, and compounds of which half are cut by a border. Metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_CELL: Final = 250.0  # [m] side of a square as large as a cell
_ROUNDS: Final = 3  # of moving each seed to the middle of its cell
_REACH: Final = 0.23  # of the distance between compounds: so that 46 in 100 lie within one cell of a city
_BEND: Final = 0.06  # of an edge's length, to either side


def make_cells(compounds: int, grids: int, seed: int) -> tuple[Geometries, Geometries]:
    """Return so many compounds and grids; the same for a seed."""
    dice = np.random.default_rng(seed)
    side = _CELL * np.sqrt(grids)
    return _courtyards(compounds, side, dice), _bent(_cells(grids, side, dice))


def _cells(count: int, side: float, dice: np.random.Generator) -> Geometries:
    wide = side + 8 * _CELL  # cells at the rim are odd: more are made than kept
    seeds = dice.uniform(-wide / 2, wide / 2, (int(count * (wide / side) ** 2 * 1.02), 2))
    for _ in range(_ROUNDS):
        seeds = np.clip(_middles(_around(seeds)), -wide / 2, wide / 2)
    cells = _around(seeds)
    kept = np.argsort(np.abs(_middles(cells)).max(axis=1), kind="stable")[:count]
    return cells[kept]


def _around(seeds: Floats) -> Geometries:
    cells: Geometries = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(seeds)))
    return cells


def _middles(cells: Geometries) -> Floats:
    middles: Floats = shapely.get_coordinates(shapely.centroid(cells))
    return middles


def _bent(cells: Geometries) -> Geometries:
    """Return cells with two more vertices on each edge, off the straight line, the same for both neighbours."""
    points, owner = shapely.get_coordinates(cells, return_index=True)
    points = np.round(points, 3)
    is_edge = (owner[1:] == owner[:-1]) & (np.abs(points[1:] - points[:-1]).sum(axis=1) > 0)
    begin, end, owner = points[:-1][is_edge], points[1:][is_edge], owner[:-1][is_edge]
    backwards = (begin[:, :1] > end[:, :1]) | ((begin[:, :1] == end[:, :1]) & (begin[:, 1:] > end[:, 1:]))
    first, last = np.where(backwards, end, begin), np.where(backwards, begin, end)
    along = last - first
    across = np.column_stack([-along[:, 1], along[:, 0]])
    wave = np.sin((first + 3 * last).sum(axis=1))[:, None]
    one = np.round(first + along / 3 + across * _BEND * wave, 3)
    other = np.round(first + along * 2 / 3 - across * _BEND * np.cos(40 * wave), 3)
    ring = np.stack([begin, np.where(backwards, other, one), np.where(backwards, one, other)], axis=1)
    rings = shapely.linearrings(ring.reshape(-1, 2), indices=np.repeat(owner, 3))
    return np.asarray(shapely.polygons(rings), dtype=object)


def _courtyards(count: int, side: float, dice: np.random.Generator) -> Geometries:
    """Return star-shaped outlines of 7 to 26 corners, a little off the points of a lattice."""
    across = int(np.ceil(np.sqrt(count)))
    step = side / across
    spots = np.stack(np.meshgrid(np.arange(across), np.arange(across)), axis=-1).reshape(-1, 2)[:count]
    middle = (spots + 0.5) * step - side / 2 + dice.uniform(-0.12, 0.12, (count, 2)) * step
    corners = dice.integers(7, 27, count)
    owner = np.repeat(np.arange(count), corners)
    first = np.cumsum(corners) - corners
    turn = (
        (np.arange(len(owner)) - first[owner] + dice.uniform(0.1, 0.9, len(owner)))
        / corners[owner]
        * 2
        * np.pi
    )
    reach = dice.uniform(0.75, 1.25, count)[owner] * _REACH * step * dice.uniform(0.8, 1.0, len(owner))
    points = middle[owner] + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
    return np.asarray(shapely.polygons(shapely.linearrings(points, indices=owner)), dtype=object)
