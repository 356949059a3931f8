"""The program's own benchmarks (`bench`): each is named by what a user waits for.

A benchmark measures and tells; it never asserts a time. All parties (this program, another checkout of it, peers that are installed)
take turns in one run, each on files of its own, with processes of its own. Figures of one run can be compared with one another as
ratios; figures of two machines can not.
"""

from __future__ import annotations

import os
import platform
import time
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from app import VERSION
from app.bench.coverage import coverage
from app.bench.ground import SIZES
from app.bench.libraries import libraries
from app.errors import InvalidInput
from app.jobs import Ticket
from app.leftovers import BENCH, own_folder
from app.text import Text
from ui.cli.bench import peers
from ui.cli.bench.sides import both_sides, our_side
from ui.cli.bench.turns import compared, in_turns, load
from ui.cli.bench.work import SEED, Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ui.cli.bench.sides import Side

    Marks = dict[str, list[float]]
    Act = Callable[[Work, Side, int], Marks]

ROUNDS: Final = 5
_VERBS: Final = ("help", "coverage", "explain", "check", "set", "sample")
_PACKAGES: Final = (
    "PySide6-Essentials",
    "shapely",
    "geopandas",
    "numpy",
    "SQLAlchemy",
    "pyogrio",
    "pandas",
    "folium",
    "distributed",
)
_STAGE: Final = Text("轮流测", "Measuring in turns")


def _verb(name: str) -> Act:
    return lambda work, side, number: work.verb(name, side, number)


def _peer(name: str, ending: str = "", *, reads: str = "registry") -> Act:
    """Return a peer's act on a copy of our side's registry (``reads``: on the source that is brought in, or the districts)."""

    def act(work: Work, side: Side, number: int) -> Marks:
        if reads == "districts":
            path = work.districts(side)
        else:
            path = work.source() if reads == "source" else work.copy(side, number)
        return side.peer(name, path, side.folder / f"peer{number}{ending}")

    return act


_ACTS: Final[dict[str, tuple[Act, ...]]] = {
    "open": (
        lambda work, side, number: work.hands("open", side, number),
        lambda work, side, number: work.window("open", side, number),
    ),
    "figure": (
        lambda work, side, number: work.hands("figure", side, number),
        *(_verb(name) for name in ("by_grid_table", "by_grid_json", "by_grid_csv")),
    ),
    "edit": (
        lambda work, side, number: work.hands("edit", side, number),
        lambda work, side, number: work.window("hands", side, number),
    ),
    "save": (lambda work, side, number: work.hands("save", side, number),),
    "pan": (lambda work, side, number: work.window("pan", side, number),),
    "import": (_verb("import"), lambda work, side, number: work.workbook(side, number)),
    "page": (lambda work, side, number: work.written("html", "page", side, number),),
    "book": (lambda work, side, number: work.written("xlsx", "book", side, number),),
    "rollup": (lambda work, side, number: work.rolled(side, number),),
    "verb": tuple(_verb(name) for name in _VERBS),
}
_PEERS: Final[dict[str, dict[str, Act]]] = {
    "open": {"geopandas layers": _peer("geopandas layers")},
    "figure": {"geopandas.overlay": _peer("geopandas.overlay")},
    "save": {"sqlite3, one row": _peer("sqlite3, one row", ".sqlite")},
    "import": {"geopandas.read_file": _peer("geopandas.read_file", reads="source")},
    "page": {"folium": _peer("folium", ".html")},
    "book": {"pandas": _peer("pandas", ".xlsx")},
    "rollup": {
        name: _peer(name, reads="districts") for name in ("this program, one process", "dask.dataframe")
    },
    "verb": {"python": lambda _work, side, _number: {f"{name}_s": [side.bare()] for name in ("help",)}},
}
SUITES: Final = tuple(_ACTS)


def run_benchmarks(
    suite: str | None = None,
    *,
    size: str = "district",
    against: Path | None = None,
    rounds: int = ROUNDS,
    ticket: Ticket | None = None,
) -> dict[str, Any]:
    """Run one suite, or all; return as JSON what each party took: medians, spread, ratios, seed, versions, load.

    ``against``: the folder of another checkout of this program, measured in the same turns.

    Raises
    ------
    InvalidInput
        For a suite or size that does not exist, and for a folder that holds no program of ours that runs.

    """
    _must_be_one_of(suite, SUITES, Text("测速项", "suite"))
    _must_be_one_of(size, tuple(SIZES), Text("规模", "size"))
    ticket = ticket or Ticket()
    chosen = SUITES if suite is None else (suite,)
    with own_folder(BENCH) as folder:
        sides = (our_side(folder),) if against is None else both_sides(against, folder)
        work = Work(folder, size)
        found = []
        for done, name in enumerate(chosen):
            ticket.step(_STAGE, done, len(chosen))
            found.append({"suite": name, **_measured(name, work, sides, rounds)})
        return {
            "size": size,
            "input": dict(zip(("compounds", "grids"), SIZES[size], strict=True)),
            "seed": SEED,
            "rounds": rounds,
            "machine": machine(),
            "versions": versions(),
            "sides": {side.name: side.told() for side in sides},
            "suites": found,
        }


def machine() -> dict[str, Any]:
    """Return what the figures were measured on; no name of machine or person."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """Return the versions that matter to the figures."""
    found = {"compound-registry": VERSION}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found | {name: told for name, told in libraries().items() if name != "python"}


def _must_be_one_of(value: str | None, known: tuple[str, ...], what: Text) -> None:
    if value is not None and value not in known:
        raise InvalidInput(
            Text(
                f"没有{what.zh} {value}。有：{' '.join(known)}。",
                f"There is no {what.en} {value}. There are: {' '.join(known)}.",
            )
        )


def _measured(name: str, work: Work, sides: tuple[Side, ...], rounds: int) -> dict[str, Any]:
    """Return what all parties took for each act of a suite, who was left out and why, and what a peer leaves out."""
    began, before = time.perf_counter(), load()
    measured: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    others = {peer: act for peer, act in _PEERS.get(name, {}).items() if peers.is_there(peer)}
    for place, act in enumerate(_ACTS[name]):
        parties: dict[str, Callable[[int], Marks]] = {side.name: partial(act, work, side) for side in sides}
        if place == 0:  # a suite's first act is the one that its peers do too
            parties |= {peer: partial(theirs, work, sides[0]) for peer, theirs in others.items()}
        found, missing = in_turns(parties, rounds)
        measured |= compared(found)
        left_out |= {f"{party}, {place + 1}": why for party, why in missing.items()}
    notes = {peer: {"zh": peers.NOTES[peer].zh, "en": peers.NOTES[peer].en} for peer in others}
    result: dict[str, Any] = {"measured": measured, "left_out": left_out, "notes": notes}
    if name == "figure":
        result["kernel"] = coverage(work.size, SEED)
    return {**result, "load": [before, load()], "took_s": round(time.perf_counter() - began, 3)}
