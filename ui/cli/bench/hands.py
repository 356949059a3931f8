"""The driver of `bench` for what works without a window: run by a checkout's own Python on its own code.

``python hands.py open|figure|edit|save REGISTRY ROUNDS CHECKOUT`` prints one JSON line of marks, each with a list of figures:
``…_s`` seconds of the clock, ``…_cpu`` processor seconds of all threads, ``…_mb`` memory in MB. The names by which this
program and its version 0.2.0 are asked stand in ``_NAMES``; what is asked of both is the same.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Marks = dict[str, list[float]]

_NAMES: Final = {  # where a name lies here, and where it lay in 0.2.0
    "Registry": ("app.services.registry.registry", "app.services.registry"),
    "CoverageEngine": ("app.coverage.engine",),
    "Query": ("app.coverage.results",),
    "Put": ("app.domain.edits",),
    "set_values": ("app.services.edit.edit", "app.services.edit"),
}
_LEVELS: Final = ("district", "street", "community", "grid")
_UNITS: Final = ("grids", "communities", "streets", "districts")
_MEASURE: Final = "party"
_FACT: Final = "gate_guard"
_DAY: Final = date(2026, 6, 30)
_STEP: Final = 2e-5  # [degrees], some two metres: how far an outline or a corner of a border is moved
_STRIDE: Final = 7919  # between the records that are edited: they lie all over the file
_NEIGHBOURS: Final = 4  # corners looked at until one is found where two grids meet


def main(what: str, registry: str, rounds: int, checkout: Path) -> Marks:
    """Open a registry and do one thing to it, a number of times; return figures by mark."""
    made = Path(str(_named("Registry", as_module=True).__file__)).resolve()
    if not made.is_relative_to(checkout.resolve()):
        raise RuntimeError(f"not the checkout's own code was found, but {made}")
    acts: dict[str, Callable[[Any, int], Marks]] = {
        "open": _first_figures,
        "figure": _figures,
        "edit": _edits,
        "save": _saves,
    }
    before = _memory()
    opening, opened = _timed(lambda: _named("Registry").open(Path(registry), by="bench"))
    found = {"open_s": [opening[0]], "open_cpu": [opening[1]], "open_mb": [_memory() - before]}
    try:
        return (found if what == "open" else {}) | acts[what](opened, rounds)
    finally:
        opened.close()


def _first_figures(opened: Any, _rounds: int) -> Marks:
    """Return what the first table by grid costs a program that has just opened a registry, and the memory it holds then."""
    (seconds, processor), _ = _timed(lambda: opened.engine.coverage(_query("grid")))
    return {"first_figures_s": [seconds], "first_figures_cpu": [processor], "with_figures_mb": [_memory()]}


def _figures(opened: Any, rounds: int) -> Marks:
    """Return what a fresh engine takes to its first table by grid, and to the tables of all four levels."""
    marks: Marks = {"first_by_grid_s": [], "first_by_grid_cpu": [], "all_levels_s": [], "all_levels_cpu": []}
    for number in range(rounds + 1):
        fresh = _fresh(opened)
        first, _ = _timed(partial(fresh.coverage, _query("grid")))
        fresh = _fresh(opened)
        every, _ = _timed(partial(_all_levels, fresh))
        if number:  # the first round imports modules
            for name, (seconds, processor) in (("first_by_grid", first), ("all_levels", every)):
                marks[f"{name}_s"].append(seconds)
                marks[f"{name}_cpu"].append(processor)
    return marks


def _edits(opened: Any, rounds: int) -> Marks:
    """Return what an edit takes until the figures of all four levels are right again, the commit by itself.

    ``full_…``: the same figures by an engine that knows nothing yet, in the same turns.
    """
    _all_levels(opened.engine)
    marks: Marks = {}
    for name, act in (("fact", _tick), ("outline", _move_outline), ("border", _move_border)):
        for number in range(rounds + 1):
            edit = act(opened, number)  # what is to be edited is looked up before the clock starts
            commit, _ = _timed(edit)
            figures, _ = _timed(lambda: _all_levels(opened.engine))
            if number:
                for part, (seconds, processor) in (("commit", commit), ("figures", figures)):
                    marks.setdefault(f"{name}.{part}_s", []).append(seconds)
                    marks.setdefault(f"{name}.{part}_cpu", []).append(processor)
                marks.setdefault(f"{name}_cpu", []).append(commit[1] + figures[1])
    for _ in range(min(rounds, 3)):
        fresh = _fresh(opened)
        (seconds, processor), _ = _timed(partial(_all_levels, fresh))
        marks.setdefault("full_s", []).append(seconds)
        marks.setdefault("full_cpu", []).append(processor)
    return marks


def _saves(opened: Any, rounds: int) -> Marks:
    """Return what writing one edit takes, beside one page written and synced in the same folder, in turns."""
    marks: Marks = {}
    page = Path(opened.path).with_name("page.bin")
    acts: dict[str, Callable[[Any, int], Callable[[], object]]] = {
        "one_page_synced": lambda _, __: partial(_synced, page),
        "fact": _tick,
        "number": _count,
        "outline": _move_outline,
    }
    for number in range(rounds + 1):
        for name, act in acts.items():
            (seconds, processor), _ = _timed(act(opened, number))
            if number:
                marks.setdefault(f"{name}_s", []).append(seconds)
                marks.setdefault(f"{name}_cpu", []).append(processor)
    return marks


def _synced(page: Path) -> None:
    with page.open("wb", buffering=0) as file:
        file.write(bytes(4096))
        getattr(os, "fdatasync", os.fsync)(file.fileno())


def _tick(opened: Any, number: int) -> Callable[[], object]:
    """Say of a compound that it has a guard, or has none: whichever it does not say now."""
    code = _code(opened, number)
    said = opened.dataset.fact_on(code, _FACT, _DAY)
    value = "no" if said is not None and said.values[2] == "yes" else "yes"
    since = _DAY - timedelta(days=number % 300)
    return partial(_named("set_values"), opened, [code], {_FACT: value}, since=since)


def _count(opened: Any, number: int) -> Callable[[], object]:
    return partial(_named("set_values"), opened, [_code(opened, number)], {"households": 1000 + number})


def _move_outline(opened: Any, number: int) -> Callable[[], object]:
    import shapely

    compounds = opened.dataset.of("compounds")
    codes = (_code(opened, number + more) for more in range(len(compounds)))
    before = next(compounds[code] for code in codes if compounds[code].geometry is not None)
    moved = shapely.transform(before.geometry, lambda xy: xy + _STEP)
    return _put(opened, [(before, moved)])


def _move_border(opened: Any, number: int) -> Callable[[], object]:
    """Move one corner in which grids meet, in every unit of every level that has it."""
    import numpy as np
    import shapely

    corner, sharing = _shared_corner(opened, number)

    def aside(xy: Any) -> Any:
        return xy + np.where((xy == corner).all(axis=1)[:, None], _STEP, 0.0)

    return _put(opened, [(record, shapely.transform(record.geometry, aside)) for record in sharing])


def _shared_corner(opened: Any, number: int) -> tuple[Any, list[Any]]:
    import numpy as np
    import shapely

    grids = [record for record in opened.dataset.of("grids").values() if record.geometry is not None]
    for more in range(len(grids)):
        grid = grids[(number * _STRIDE + more) % len(grids)]
        for corner in shapely.get_coordinates(grid.geometry)[:_NEIGHBOURS]:
            near = shapely.box(*(corner - 1e-9), *(corner + 1e-9))
            sharing = [
                record
                for kind in _UNITS
                for record in _near(opened, kind, near)
                if (shapely.get_coordinates(record.geometry) == corner).all(axis=1).any()
            ]
            if sum(record.kind == "grids" for record in sharing) > 1 and np.isfinite(corner).all():
                return corner, sharing
    raise LookupError("no two grids share a corner")


def _near(opened: Any, kind: str, box: Any) -> Iterator[Any]:
    import shapely

    records = [record for record in opened.dataset.of(kind).values() if record.geometry is not None]
    touched = shapely.intersects([record.geometry for record in records], box)
    return (record for record, is_near in zip(records, touched, strict=True) if is_near)


def _put(opened: Any, moved: list[tuple[Any, Any]]) -> Callable[[], object]:
    put = _named("Put")
    edits = [
        put(before._replace(geometry=shape, version=before.version + 1), before)  # a named tuple's own way
        for before, shape in moved
    ]
    return partial(opened.commit, edits, verb="edit")


def _all_levels(engine: Any) -> None:
    for level in _LEVELS:
        engine.coverage(_query(level))


def _fresh(opened: Any) -> Any:
    return _named("CoverageEngine")(opened.dataset, opened.profile, opened.zone)


def _query(level: str) -> Any:
    return _named("Query")(measure=_MEASURE, by=level, as_of=_DAY)


def _code(opened: Any, number: int) -> str:
    codes = list(opened.dataset.of("compounds"))
    return str(codes[number * _STRIDE % len(codes)])


def _timed(act: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    began, worked = time.perf_counter(), time.process_time()
    result = act()
    return (time.perf_counter() - began, time.process_time() - worked), result


def _memory() -> float:
    """Return the memory that this process holds [MB]."""
    import psutil

    return float(psutil.Process().memory_info().rss) / 1e6


def _named(name: str, *, as_module: bool = False) -> Any:
    for place in _NAMES[name]:
        try:
            module = importlib.import_module(place)
        except ImportError:
            continue
        if hasattr(module, name):
            return module if as_module else getattr(module, name)
    raise LookupError(name)


if __name__ == "__main__":
    sys.path[0] = sys.argv[4]  # the checkout's folder in place of this file's
    print(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))))  # noqa: T201  # read by the program that started this one
