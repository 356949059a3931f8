"""Fifty desks at one shared registry: nothing is lost, everybody sees it soon, and the figures are those of a file.

``python scripts/drill_shared.py --desks 50 --seconds 600``: a trial server, four processes, each desk a connection of its own that
hears of others' changes and edits on its own account: households of a few compounds that all want (counted up by one, so
that a lost edit is a wrong number), facts, ties, steps taken back. At the end the steps of the journal are compared with what the
desks were told, each count with what it must be, and a file that was given the same edits in the journal's order with the server's.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from trial_server import programs, running

from app.coverage.results import Query
from app.domain.edits import Put
from app.errors import Busy, Conflict, InvalidInput
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.town import a_town

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit

_WANTED: Final = 12  # compounds whose households everybody counts up
_DAY: Final = date(2026, 6, 1)
_PLACES: Final = 4


class Desk:
    """One connection: it looks when it hears that something was written, and edits when its turn comes."""

    def __init__(self, address: Path, number: int, pause: float) -> None:
        self.registry = Registry.open(address)
        self.random = random.Random(number)
        self.pause = pause
        self.told: Counter[str] = Counter()
        self.counted: Counter[str] = Counter()
        self.seen: list[float] = []
        self.written: list[float] = []
        self.rang = threading.Event()
        self.registry.hear(self.rang.set)

    def run(self, until: float) -> None:
        """Work until a moment."""
        due = time.time() + self.random.uniform(0, self.pause)
        while time.time() < until:
            if self.rang.wait(max(0.0, min(due, until) - time.time())):
                self.rang.clear()
                self._look()
            if time.time() >= due:
                self._act()
                due = time.time() + self.random.uniform(0.5, 1.5) * self.pause

    def _look(self) -> None:
        after = self.registry.last_step
        if self.registry.refresh() is None:
            return
        now = time.time()
        for step in self.registry.history(after=after, details=1):
            if step.why and step.why.startswith("t="):
                self.seen.append(now - float(step.why[2:]))

    def _act(self) -> None:
        what = self.random.choice(("count", "count", "count", "fact", "tie", "undo"))
        began = time.time()
        try:
            changes = getattr(self, f"_{what}")(f"t={began}")
        except Conflict:
            self.told["conflict"] += 1
            self._look()
        except Busy:
            self.told["busy"] += 1
        except InvalidInput:
            self.told["refused"] += 1
        else:
            if changes.change is not None:
                self.told["written"] += 1
                self.written.append(time.time() - began)

    def _count(self, why: str) -> Any:
        code = f"C{self.random.randint(1, _WANTED):06}"

        def build(dataset: Dataset) -> list[Edit]:
            record = dataset.of("compounds")[code]
            more = record.with_values(households=int(str(record.get("households") or 0)) + 1)
            return [Put(more._replace(version=record.version + 1), record)]

        changes = self.registry.write(build, verb="set", why=why)
        self.counted[code] += 1
        return changes

    def _fact(self, why: str) -> Any:
        code = f"C{self.random.randint(_WANTED + 1, 60):06}"
        value = self.random.choice(("yes", "no", "unknown"))
        return edit.set_values(self.registry, [code], {"gate_guard": value}, since=_DAY, why=why)

    def _tie(self, why: str) -> Any:
        code = f"C{self.random.randint(_WANTED + 1, 60):06}"
        return edit.attach(self.registry, "O000001", [code], since=_DAY, why=why)

    def _undo(self, _why: str) -> Any:
        """Take back one's own last step; if it counted up, the count goes down with it."""
        step = self.registry.next_undo()
        if step is None or step.verb != "set" or step.codes[0] <= f"C{_WANTED:06}":
            raise InvalidInput(Text("没有可撤的", "nothing to take back"))
        return self.registry.undo(step.change)


def desks(pipe: Connection, address: Path, first: int, count: int, seconds: float, pause: float) -> None:
    """Be some of the desks, each in a thread of its own."""
    with ExitStack() as stack:
        mine = [Desk(address, first + number, pause) for number in range(count)]
        for desk in mine:
            stack.callback(desk.registry.close)
        pipe.send("ready")
        until = pipe.recv() + seconds
        threads = [threading.Thread(target=desk.run, args=(until,)) for desk in mine]  # a desk each
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told: Counter[str] = sum((desk.told for desk in mine), Counter())
        counted: Counter[str] = sum((desk.counted for desk in mine), Counter())
        pipe.send((told, counted, [s for d in mine for s in d.seen], [s for d in mine for s in d.written]))


def main() -> int:
    """Run it and print what was seen as JSON; 1 where something was lost or differs."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--desks", type=int, default=50)
    asked.add_argument("--processes", type=int, default=4)
    asked.add_argument("--seconds", type=float, default=600)
    asked.add_argument("--pause", type=float, default=15, help="seconds between a desk's edits, about")
    given = asked.parse_args()
    binaries = programs()
    if binaries is None:
        sys.exit("PostgreSQL with PostGIS is not installed")
    with (
        tempfile.TemporaryDirectory(prefix="registry-drill-") as folder,
        tempfile.TemporaryDirectory() as ours,
    ):
        cells = {(i, j): 100 for i in range(10) for j in range(6)}
        with closing(a_town(Path(ours), households=cells)) as registry:
            edit.add(registry, "organisations", {"name": "支部", "type": "branch"})
            path = registry.path
        with running(binaries, Path(folder)) as server:
            os.environ["PGPASSFILE"] = str(server.passfile)
            address = Path(server.make_database("town"))
            copy_registry(path, address)
            found = _worked(address, given)
            found["differs"] = _differences(path, address, Path(ours), found.pop("counted"))
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return int(bool(found["lost"] or found["differs"]))


def _worked(address: Path, given: argparse.Namespace) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    parts = [
        given.desks // given.processes + (n < given.desks % given.processes) for n in range(given.processes)
    ]
    children = []
    for number, count in enumerate(parts):
        ours, theirs = context.Pipe()
        child = context.Process(
            target=desks, args=(theirs, address, sum(parts[:number]), count, given.seconds, given.pause)
        )
        child.start()
        children.append((ours, child))
    for pipe, _ in children:
        pipe.recv()
    with closing(Registry.open(address)) as registry:
        before = registry.last_step
    start = time.time()
    for pipe, _ in children:
        pipe.send(start)
    told: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    seen: list[float] = []
    written: list[float] = []
    for pipe, child in children:
        one, two, three, four = pipe.recv()
        told, counted, seen, written = told + one, counted + two, seen + three, written + four
        child.join()
    with closing(Registry.open(address)) as registry:
        steps = registry.last_step - before
    return {
        "desks": given.desks,
        "seconds": given.seconds,
        "pause": given.pause,
        "told": dict(told),
        "steps": steps,
        "lost": told["written"] - steps,
        "seen": _spread(seen),
        "written": _spread(written),
        "counted": counted,
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds) or [0.0]
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "worst": 1.0}
    return {
        "n": len(seconds),
        **{name: round(ordered[int(p * (len(ordered) - 1))], _PLACES) for name, p in at.items()},
    }


def _differences(path: Path, address: Path, folder: Path, counted: Counter[str]) -> list[str]:
    """Return where the server is not as it must be: counts, and a file with the same edits in the same order."""
    found: list[str] = []
    copy_registry(address, folder / "back.gpkg")
    with closing(Registry.open(address)) as shared, closing(Registry.open(folder / "back.gpkg")) as back:
        now = {code: record.get("households") for code, record in shared.dataset.of("compounds").items()}
        found += [f"{code}: {now[code]}" for code in now if now[code] != 100 + counted[code]]
        with closing(Registry.open(path)) as alone:
            _replay(alone, shared)
            query = Query(measure="party", by="community", as_of=_DAY)
            tables = [one.engine.coverage(query).as_json("zh") for one in (shared, back, alone)]
            if not tables[0] == tables[1] == tables[2]:
                found.append("coverage")
            for kind in ("compounds", "facts", "attachments"):
                values = [
                    sorted(
                        (str(r.values), str(r.valid_from), str(r.valid_until))
                        for r in one.dataset.of(kind).values()
                    )
                    for one in (shared, back, alone)
                ]
                if not values[0] == values[1] == values[2]:
                    found.append(kind)
    return found


def _replay(alone: Registry, shared: Registry) -> None:
    """Give a file what the journal says was done, step by step, through the same services."""
    own: dict[str, str] = {}
    for step in reversed(shared.history(after=alone.last_step)):
        if step.verb == "undo":
            alone.undo(own[step.undoes or ""])
            continue
        first = step.details[0]
        if step.verb == "attach":
            changes = edit.attach(alone, "O000001", [first.after["fields"]["to"]], since=_DAY)
        elif first.kind == "compounds":
            changes = edit.set_values(alone, [first.code], {"households": str(first.after)})
        else:
            last = next(d for d in step.details if d.after is not None and d.field in ("record", "value"))
            value = last.after if last.field == "value" else last.after["fields"]["value"]
            changes = edit.set_values(alone, [first.code.split(":")[0]], {"gate_guard": value}, since=_DAY)
        own[step.change] = changes.change or ""


if __name__ == "__main__":
    sys.exit(main())
