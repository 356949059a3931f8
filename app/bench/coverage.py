"""Benchmark: households of made-up compounds by grid, by area share, beside geopandas.overlay in the same run."""

from __future__ import annotations

from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.bench.clock import ratio, timed, told
from app.bench.ground import SIZES, Ground, make_ground
from geo.shares import UnitIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROUNDS: Final = {"district": 5, "city": 3, "province": 1}


def coverage(size: str, seed: int) -> dict[str, Any]:
    """Measure our shares and the peer's overlay on the same ground; tell how far their figures lie apart."""
    ground = make_ground(size, seed)
    rounds = _ROUNDS[size]
    ours, own = timed(lambda: _ours(ground), rounds)
    compounds, grids = SIZES[size]
    found: dict[str, Any] = {
        "input": {"compounds": compounds, "grids": grids},
        "ours": told(ours),
        "peers": {},
        "ratio_to": {},
    }
    peers = {"geopandas.overlay": ("geopandas", _overlay)}
    for name, (module, act) in peers.items():
        if find_spec(module) is None:
            found["peers"][name] = {"left_out": f"{module} is not installed"}
            continue
        theirs, other = timed(partial(act, ground), rounds)
        found["peers"][name] = {
            **told(theirs),
            "largest_difference_households": float(np.max(np.abs(own - other))),
        }
        found["ratio_to"][name] = ratio(ours, theirs)
    return found


def _ours(ground: Ground) -> Floats:
    shares = UnitIndex(ground.grids).shares(ground.compounds)
    weight = shares.counted * ground.households[shares.subject]
    return _by_grid(shares.unit, weight, ground)


def _overlay(ground: Ground) -> Floats:
    import geopandas

    compounds = geopandas.GeoDataFrame(
        {"households": ground.households, "whole": [g.area for g in ground.compounds]},
        geometry=list(ground.compounds),
        crs="EPSG:4548",
    )
    grids = geopandas.GeoDataFrame(
        {"grid": np.arange(len(ground.grids))}, geometry=list(ground.grids), crs="EPSG:4548"
    )
    pieces = geopandas.overlay(compounds, grids, how="intersection")
    weight = pieces.area.to_numpy() / pieces["whole"].to_numpy() * pieces["households"].to_numpy()
    return _by_grid(pieces["grid"].to_numpy(), weight, ground)


def _by_grid(grid: NDArray[np.int64], weight: Floats, ground: Ground) -> Floats:
    total = np.zeros(len(ground.grids))
    np.add.at(total, grid, weight)
    return total
