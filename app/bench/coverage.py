"""Benchmark of the kernel: households of compounds by grid, by area share, beside what others take for the same.

Two grounds: the program's own sample, where most compounds lie within one grid as in a real city, and a harder one.
All parties take turns in one process. Outlines in metres, frames and tables are there before the clock starts; an
index, and whatever else is made of them, is made while it runs. Seconds by the clock and of the processor, since
some peers work on several cores.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.bench.cells import make_cells
from app.bench.clock import clocked, ratio, told
from app.bench.ground import SIZES
from app.sample.big import big_outlines
from geo.shares import UnitIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]
    Party = Callable[[], Floats]  # households by grid

GROUNDS: Final = ("sample", "harder")
_ROUNDS: Final = {"district": 5, "city": 5, "province": 3}
_NEEDS: Final = {"geopandas.overlay": "geopandas", "SedonaDB": "sedonadb"}
_OURS: Final = "ours"
_STATEMENT: Final = """
    SELECT grids.grid AS grid, SUM(
        CASE WHEN ST_Contains(grids.geometry, compounds.geometry) THEN compounds.households
        ELSE ST_Area(ST_Intersection(grids.geometry, compounds.geometry)) / compounds.whole * compounds.households END
    ) AS households
    FROM grids JOIN compounds ON ST_Intersects(grids.geometry, compounds.geometry) GROUP BY grids.grid
"""


@dataclass(frozen=True, slots=True)
class Task:
    """Compounds and grids in metres, which tile, and the households of each compound."""

    compounds: Geometries
    grids: Geometries
    households: Floats

    def by_grid(self, grid: Ints, households: Floats) -> Floats:
        """Return the sum of each grid."""
        found: Floats = np.bincount(grid, weights=households, minlength=len(self.grids)).astype(np.float64)
        return found


def coverage(size: str, seed: int, rounds: int | None = None) -> dict[str, Any]:
    """Measure our kernel and its peers on both grounds; tell how far their figures lie apart."""
    return {ground: measured(make_task(ground, size, seed), rounds or _ROUNDS[size]) for ground in GROUNDS}


def make_task(ground: str, size: str, seed: int) -> Task:
    """Return the ground of a size; the same for a seed."""
    compounds, grids = big_outlines(size, seed) if ground == "sample" else make_cells(*SIZES[size], seed)
    dice = np.random.default_rng(seed)
    return Task(compounds, grids, dice.integers(20, 900, len(compounds)).astype(np.float64))


def measured(task: Task, rounds: int) -> dict[str, Any]:
    """Return what each party took in turns, by the clock and of the processor, as medians with their spread."""
    parties: dict[str, Party] = {_OURS: partial(_ours, task), **_peers(task)}
    taken: dict[str, dict[str, list[float]]] = {name: {"wall": [], "cpu": []} for name in parties}
    found: dict[str, Floats] = {}
    for _ in range(rounds):
        for name, act in parties.items():
            shapely.destroy_prepared(task.grids)  # whoever prepares them does so anew
            _once(name, act, taken[name], found)
    return {
        "input": {"compounds": len(task.compounds), "grids": len(task.grids)},
        "within_one_grid": round(_within_one(task), 4),
        **{name: {kind: told(seconds) for kind, seconds in took.items()} for name, took in taken.items()},
        "ratio_to": {
            name: {kind: ratio(taken[_OURS][kind], took[kind]) for kind in took}
            for name, took in taken.items()
            if name != _OURS
        },
        "largest_difference_households": {
            name: float(np.max(np.abs(own - found[_OURS]))) for name, own in found.items() if name != _OURS
        },
        "versions": {module: version(module) for module in _NEEDS.values() if find_spec(module)},
        "left_out": {
            name: f"{module} is not installed" for name, module in _NEEDS.items() if name not in parties
        },
    }


def _once(name: str, act: Party, taken: Mapping[str, list[float]], found: dict[str, Floats]) -> None:
    def run() -> None:
        found[name] = act()

    took = clocked("take", run)
    taken["wall"] += took["take_s"]
    taken["cpu"] += took["take_cpu"]


def _peers(task: Task) -> dict[str, Party]:
    parties: dict[str, Party] = {"STRtree + prepared + GEOS": partial(_strtree, task)}
    if find_spec("geopandas") is not None:
        compounds, grids = _frames(task)
        parties["geopandas.overlay"] = partial(_overlay, task, compounds, grids)
        if find_spec("sedonadb") is not None:
            parties["SedonaDB"] = partial(_sedona, task, _session(compounds, grids))
    return parties


def _ours(task: Task) -> Floats:
    shares = UnitIndex(task.grids).shares(task.compounds)
    return task.by_grid(shares.unit, shares.counted * task.households[shares.subject])


def _strtree(task: Task) -> Floats:
    """Who lies in a grid is not cut by another: right where grids tile, and the quickest that GEOS allows."""
    compound, grid = shapely.STRtree(task.grids).query(task.compounds)
    shapely.prepare(task.grids)
    inside = shapely.contains_properly(task.grids[grid], task.compounds[compound])
    share = inside.astype(np.float64)
    has_home = np.zeros(len(task.compounds), dtype=bool)
    has_home[compound[inside]] = True
    rest = np.flatnonzero(~has_home[compound])
    mine = task.compounds[compound[rest]]
    share[rest] = shapely.area(shapely.intersection(mine, task.grids[grid[rest]])) / shapely.area(mine)
    return task.by_grid(grid, share * task.households[compound])


def _frames(task: Task) -> tuple[Any, Any]:
    import geopandas

    compounds = geopandas.GeoDataFrame(
        {"households": task.households, "whole": shapely.area(task.compounds)},
        geometry=list(task.compounds),
        crs="EPSG:4548",
    )
    grids = {"grid": np.arange(len(task.grids))}
    return compounds, geopandas.GeoDataFrame(grids, geometry=list(task.grids), crs="EPSG:4548")


def _overlay(task: Task, compounds: Any, grids: Any) -> Floats:
    import geopandas

    pieces = geopandas.overlay(compounds, grids, how="intersection")
    households = pieces.area.to_numpy() / pieces["whole"].to_numpy() * pieces["households"].to_numpy()
    return task.by_grid(pieces["grid"].to_numpy(), households)


def _session(compounds: Any, grids: Any) -> Any:
    session = import_module("sedonadb").connect()
    for name, frame in (("compounds", compounds), ("grids", grids)):
        session.create_data_frame(frame).to_memtable().to_view(name)
    return session


def _sedona(task: Task, session: Any) -> Floats:
    found = session.sql(_STATEMENT).to_pandas()
    return task.by_grid(found["grid"].to_numpy(), found["households"].to_numpy())


def _within_one(task: Task) -> float:
    compound, _ = shapely.STRtree(task.compounds).query(task.grids, predicate="contains_properly")[::-1]
    return len(np.unique(compound)) / len(task.compounds)
