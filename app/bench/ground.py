"""Made-up ground for benchmarks: grids that tile, and compounds that mostly lie within one. Metres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

SIZES: Final = {"district": (1_210, 596), "city": (25_000, 15_000), "province": (300_000, 100_000)}
CELL: Final = 250.0  # [m] side of a grid before its corners are moved
CUT: Final = 0.12  # share of the compounds that a grid's border may cut


@dataclass(frozen=True, slots=True)
class Ground:
    """Outlines in metres with the households of each compound."""

    compounds: Geometries
    grids: Geometries
    households: NDArray[np.float64]
    seed: int


def make_ground(size: str, seed: int) -> Ground:
    """Return the ground of a size (``district`` as the sample, ``city``, ``province``); the same for a seed."""
    compounds, grids = SIZES[size]
    dice = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(grids)))
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) * CELL
    corners = corners + dice.uniform(-0.25 * CELL, 0.25 * CELL, corners.shape)
    across, down = np.divmod(np.arange(grids), side)
    rings = np.stack(
        [corners[across + a, down + b] for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))], axis=1
    )
    home = dice.integers(0, grids, compounds)
    middle = rings[home, :4].mean(axis=1)
    strays = dice.random(compounds) < CUT
    middle = middle + dice.uniform(-1, 1, middle.shape) * np.where(strays, 0.6 * CELL, 0.12 * CELL)[:, None]
    return Ground(
        compounds=_courtyards(middle, dice),
        grids=np.asarray(shapely.polygons(rings), dtype=object),
        households=dice.integers(20, 900, compounds).astype(float),
        seed=seed,
    )


def _courtyards(middle: NDArray[np.float64], dice: np.random.Generator) -> Geometries:
    """Return star-shaped outlines of 6 to 24 corners around their middles."""
    count = dice.integers(6, 25, len(middle))
    owner = np.repeat(np.arange(len(middle)), count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    turn = (
        (np.arange(len(owner)) - first[owner] + dice.uniform(0.1, 0.9, len(owner))) / count[owner] * 2 * np.pi
    )
    reach = dice.uniform(18, 46, len(middle))[owner] * dice.uniform(0.75, 1.0, len(owner))
    points = middle[owner] + np.column_stack([np.cos(turn), np.sin(turn)]) * reach[:, None]
    rings = shapely.linearrings(points, indices=owner)
    return np.asarray(shapely.polygons(rings), dtype=object)
