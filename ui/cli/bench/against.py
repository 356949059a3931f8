"""`bench --against PATH`: this program and another checkout of it, measured in turns by the same hands.

Suites: ``verbs`` (each in a process of its own, timed from outside), ``window`` (opened and worked in by the driver, through
``main.open_window`` and promised names), ``workbook`` (processor time of all processes and memory of the main one, from a
workbook of 60,000 rows to its plan), and the program's own: where the other has none of that name, the
verb or the window that does that work is timed from outside on both sides. Figures are medians; a ratio below 1 is ours faster.
"""

from __future__ import annotations

import os
import re
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.bench.clock import ratio, told
from app.bench.files import BOOK_ROWS, write_geojson, write_workbook
from app.errors import InvalidInput
from app.jobs import Ticket
from app.leftovers import BENCH, own_folder
from app.text import Text
from ui.cli.bench.sides import LeftOutError, Side, both_sides
from ui.cli.bench.suites import SEED, SUITES, machine

if TYPE_CHECKING:
    from collections.abc import Callable

    Measure = Callable[[Side, int], dict[str, list[float]]]

ROUNDS: Final = 3
BOTH: Final = ("verbs", "window")
WORKBOOK: Final = "workbook"  # a long one to its plan: processor time and memory instead of seconds
FROM_OUTSIDE: Final = {  # what does the work of a suite that the other program does not have
    "open": ("open",),
    "canvas": ("open",),
    "coverage": ("coverage",),
    "import": ("import",),
    "journal": ("set",),
}
_STAGE: Final = Text("两边轮流测", "Measuring in turns")


def run_against(
    other: Path,
    suite: str | None = None,
    *,
    size: str = "district",
    rounds: int = ROUNDS,
    ticket: Ticket | None = None,
) -> dict[str, Any]:
    """Measure ours and theirs in turns; return seconds, ratios, seed, versions and load as JSON.

    Raises InvalidInput for a suite that does not exist, and for a folder that holds no program of ours that runs.
    """
    known = (*BOTH, *SUITES, WORKBOOK)
    if suite is not None and suite not in known:
        raise InvalidInput(
            Text(
                f"没有测速项 {suite}。有：{' '.join(known)}。",
                f"There is no suite {suite}. There are: {' '.join(known)}.",
            )
        )
    ticket = ticket or Ticket()
    before = _load()
    with own_folder(BENCH) as folder:
        sides = both_sides(other, folder)
        work = _Work(folder, size)
        found = [
            {"suite": chosen, **_measure(chosen, work, sides, rounds, ticket)}
            for chosen in (BOTH if suite is None else (suite,))
        ]
        return {
            "size": size,
            "seed": SEED,
            "rounds": rounds,
            "machine": {**machine(), "load": [before, _load()]},
            "ours": sides[0].told(),
            "theirs": sides[1].told(),
            "suites": found,
        }


def in_turns(sides: tuple[Side, Side], rounds: int, act: Measure) -> dict[str, dict[str, list[float]]]:
    """Return the seconds of each side by mark: one round for warming up, then rounds in which the first changes."""
    seconds: dict[str, dict[str, list[float]]] = {side.name: {} for side in sides}
    for number in range(rounds + 1):
        for side in sides if number % 2 else sides[::-1]:
            for mark, found in act(side, number).items():
                if number:  # the first round compiles modules and fills the system's own memory of files
                    seconds[side.name].setdefault(mark, []).extend(found)
    return seconds


def compared(seconds: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """Return medians of both sides and their ratio, by mark; a mark that one side lacks has no ratio."""
    found: dict[str, Any] = {}
    for mark in dict.fromkeys([*seconds["ours"], *seconds["theirs"]]):
        sides = {name: marks[mark] for name, marks in seconds.items() if marks.get(mark)}
        unit = "mb" if mark.endswith("_mb") else "s"
        found[mark] = {name: told(values, unit=unit) for name, values in sides.items()}
        if len(sides) == 2 and min(sides["theirs"]) > 0:
            found[mark]["ratio"] = ratio(sides["ours"], sides["theirs"])
    return found


class _Work:
    """What is measured: a way to do each thing on a side, with files of that side alone."""

    def __init__(self, folder: Path, size: str) -> None:
        self.size = size
        self._source = folder / "compounds.geojson"
        self.verbs: dict[str, Callable[[Side, int], list[str]]] = {
            "sample": lambda side, number: [
                "sample",
                str(side.folder / f"sample{number}.gpkg"),
                *self._sample(),
            ],
            "coverage": lambda side, _: ["coverage", self.registry(side), *_BY_STREET, "--json"],
            "explain": lambda side, _: [
                "explain",
                self.registry(side),
                *_BY_STREET,
                "--unit",
                "total",
                "--json",
            ],
            "check": lambda side, _: ["check", self.registry(side), "--json"],
            "set": lambda side, number: [
                *("set", self.copy(side, number), "C000123", f"households={1000 + number}"),
                *("--why", "bench", "--json"),
            ],
            "import": lambda side, number: [
                *("import", self.empty(side, number), str(self.source()), "--as", "compounds", "--json"),
            ],
            "export_xlsx": partial(self._export, "xlsx"),
            "export_html": partial(self._export, "html"),
        }

    def timed_verb(self, name: str, side: Side, number: int) -> dict[str, list[float]]:
        """Run a verb on a side; what it needs is made before the clock starts."""
        return {name: [side.verb(*self.verbs[name](side, number))[0]]}

    def window(self, what: str, side: Side, number: int) -> dict[str, list[float]]:
        """Open the window on a side, and act in it with ``hands``; seconds by act and mark."""
        found = side.probe(what, Path(self.copy(side, number)))
        marks: dict[str, list[float]] = {}
        for act, seconds in found.items():
            for mark, values in seconds.items():
                if isinstance(values, list):
                    marks[f"{act}.{mark.removesuffix('_s')}"] = values
        return marks

    def workbook(self, side: Side, _number: int) -> dict[str, list[float]]:
        """Plan a long workbook, and one with a single row: what the long one takes beyond that is its own."""
        marks: dict[str, list[float]] = {}
        taken: dict[str, tuple[float, float]] = {}
        for name, rows in (("whole", BOOK_ROWS), ("one_row", 1)):
            book = side.folder.parent / f"{name}.xlsx"
            if not book.exists():
                write_workbook(book, rows, SEED)
            asked = ("import", self.registry(side), str(book), "--as", "compounds", "--dry-run")
            taken[name] = side.watched(*asked)
            marks[f"workbook.{name}"], marks[f"workbook.{name}_mb"] = [taken[name][0]], [taken[name][1]]
        own = [whole - one for whole, one in zip(taken["whole"], taken["one_row"], strict=True)]
        return {**marks, "workbook.plan": own[:1], "workbook.plan_mb": own[1:]}

    def own_suite(self, name: str, side: Side, _number: int) -> dict[str, list[float]]:
        """Let a side's own `bench` measure itself; its medians in seconds by mark."""
        import json

        _, printed = side.verb("bench", name, "--size", self.size, "--json")
        (suite,) = json.loads(printed)["suites"]
        return _medians(suite["ours"], name)

    def registry(self, side: Side) -> str:
        """Return a side's own sample, for what only reads."""
        path = side.folder / "read.gpkg"
        if not path.exists():
            side.verb("sample", str(path), *self._sample())
        return str(path)

    def copy(self, side: Side, number: int) -> str:
        """Return a fresh copy of a side's own sample, for what writes."""
        path = side.folder / f"written{number}.gpkg"
        shutil.copyfile(self.registry(side), path)
        return str(path)

    def empty(self, side: Side, number: int) -> str:
        """Return an empty registry, for what is brought in."""
        path = side.folder / f"empty{number}.gpkg"
        if not path.exists():
            side.verb("new", str(path), "--profile", "yaohai")
        return str(path)

    def source(self) -> Path:
        """Return the one file that both sides bring in."""
        if not self._source.exists():
            write_geojson(self._source, self.size, SEED)
        return self._source

    def _sample(self) -> list[str]:
        return ["--profile", "yaohai", "--size", self.size, "--seed", str(SEED)]

    def _export(self, ending: str, side: Side, number: int) -> list[str]:
        out = str(side.folder / f"out{number}.{ending}")
        return ["export", self.registry(side), out, *_BY_STREET, "--json"]


_BY_STREET: Final = ("--measure", "party", "--by", "street")


def _measure(
    suite: str, work: _Work, sides: tuple[Side, Side], rounds: int, ticket: Ticket
) -> dict[str, Any]:
    acts: dict[str, Measure]
    if suite == "verbs":
        acts = {name: partial(work.timed_verb, name) for name in work.verbs}
    elif suite == WORKBOOK:
        acts = {WORKBOOK: work.workbook}
    elif suite == "window":
        acts = {"window": partial(work.window, "hands")}
    elif _knows(sides[1], suite):
        acts = {suite: partial(work.own_suite, suite)}
    else:
        acts = {
            name: partial(work.window, "open") if name == "open" else partial(work.timed_verb, name)
            for name in FROM_OUTSIDE[suite]
        }
        return {"from_outside": True, **_measure_all(acts, sides, rounds, ticket)}
    return _measure_all(acts, sides, rounds, ticket)


def _measure_all(
    acts: dict[str, Measure], sides: tuple[Side, Side], rounds: int, ticket: Ticket
) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    left_out: dict[str, str] = {}
    for done, (name, act) in enumerate(acts.items()):
        ticket.step(_STAGE, done, len(acts))
        try:
            measured |= compared(in_turns(sides, rounds, act))
        except LeftOutError as fault:
            left_out[name] = str(fault)
    return {"measured": measured, "left_out": left_out}


def _knows(side: Side, suite: str) -> bool:
    """Whether a side's own `bench` has a suite of this name: it names those it has when asked for one it has not."""
    try:
        side.verb("bench", "?")
    except LeftOutError as refusal:
        return suite in re.findall(r"[a-z_]+", str(refusal))
    return False


def _medians(tree: dict[str, Any], name: str) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            found |= _medians(value, f"{name}.{key}")
        elif key == "median_s":
            found[name] = [float(value)]
        elif key == "median_ms":
            found[name] = [float(value) / 1000]
    return found


def _load() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
