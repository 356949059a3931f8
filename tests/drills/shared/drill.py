"""Fifty desks in four processes at one shared registry: nothing is lost, nobody is held up, the figures are a file's."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any

from app.services.registry.registry import Registry
from scripts.trial_server import KEEPER, PASSWORD, programs, running
from tests.app.shared.misplaced import misplaced
from tests.app.shared.relay import Relay
from tests.drills.children import child, word
from tests.drills.engine import Drill, Trial
from tests.drills.shared import oracle, place
from tests.drills.shared.breaking import KINDS, Breaking
from tests.drills.shared.desks import Sitting, sit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from scripts.trial_server import Server

_CASES = {"a short while": (5.0, 6, 2, 0.5), "ten minutes": (600.0, 50, 4, 15.0)}  # s, desks, processes, s
_HELD_UP = 30.0  # seconds that no edit may take, whatever hangs
_SOON = 1.0  # seconds within which others see an edit, 95 of 100
_OPENING = 240.0  # seconds that fifty desks take to open on a busy machine


class Processes:
    """The processes with their desks; one that is killed is followed by another with the same."""

    def __init__(self, stack: ExitStack, sittings: list[Sitting]) -> None:
        self._stack, self._sittings = stack, sittings
        self._running: list[tuple[BaseProcess, Connection]] = []
        self._until = 0.0
        self._opening: list[threading.Thread] = []
        for sitting in sittings:
            self._running.append(stack.enter_context(child(sit, sitting)))
        for _, pipe in self._running:
            word(pipe, _OPENING)

    def start(self, until: float) -> None:
        """Let all of them work until a moment."""
        self._until = until
        for _, pipe in self._running:
            pipe.send(until)

    def kill(self, login: str) -> None:
        """Kill the process in which a login sits; another begins to open the same desks."""
        for number, sitting in enumerate(self._sittings):
            if login in {seat.login for seat, _ in sitting.seats}:
                self._running[number][0].kill()
                self._running[number] = self._stack.enter_context(child(sit, sitting))
                opening = threading.Thread(target=self._join, args=(self._running[number][1],))
                opening.start()
                self._opening.append(opening)

    def _join(self, pipe: Connection) -> None:
        try:
            word(pipe, _OPENING)
            pipe.send(self._until)
        except (EOFError, OSError):
            return  # killed again before it had opened them

    def end(self) -> None:
        """Wait until every desk has compared what it sees with what is there."""
        for opening in self._opening:
            opening.join()
        for _, pipe in self._running:
            word(pipe, _OPENING + max(0.0, self._until - time.time()))


def trial(trial: Trial) -> Counter[str]:
    """Run it: the town on a server, desks, faults, and then what must be so."""
    binaries = programs()
    if binaries is None:
        sys.exit("PostgreSQL with PostGIS is not installed: apt-get install postgresql-15-postgis-3")
    seconds, desks, processes, pause = _CASES[trial.case]
    seconds = 60 * trial.size.minutes if trial.size.minutes else seconds
    desks, processes = trial.size.desks or desks, trial.size.processes or processes
    seats = place.seats(desks)
    served, ours = trial.folder / "served", trial.folder / "ours"
    served.mkdir()
    ours.mkdir()
    trial.folder.chmod(0o755)  # the server runs as somebody else where we are root
    path = place.build(ours)
    with running(binaries, served) as server, _passwords(server), Relay(server.port) as relay:
        address = place.settle(server, path, seats)
        parts = [seats[number::processes] for number in range(processes)]
        sittings = [
            # the first process comes by a way that is cut now and then
            Sitting(
                tuple((seat, relay.port if number == 0 else server.port) for seat in part),
                ours,
                PASSWORD,
                pause,
                f"{trial.rng.random()}",
                trial.control,
            )
            for number, part in enumerate(parts)
        ]
        breaking = _worked(server, binaries, relay, sittings, seconds, is_broken=not trial.control)
        found = _seen(address, path, ours, len(seats))
        found["foreign"] = _misplaced(server)
        found["grown"] = _dead(server)
    found["most idle in a transaction"] = breaking.most_idle
    for what in breaking.done:
        found[what] += 1
    if trial.case == "ten minutes":  # on a busy machine nothing is said of times
        found["silent"] = sum(not any(one.startswith(kind) for one in breaking.done) for kind in KINDS)
        found["held up"] = found["edits of over 30 s"]
        found["late"] = int(found["longest p95 until others see it, s"] >= _SOON)  # type: ignore[operator]
    _tell(trial, dict(found), seconds, desks, processes)
    return found


@contextmanager
def _passwords(server: Server) -> Iterator[None]:
    before = os.environ.get("PGPASSFILE")
    os.environ["PGPASSFILE"] = str(server.passfile)
    try:
        yield
    finally:
        if before is None:
            del os.environ["PGPASSFILE"]
        else:
            os.environ["PGPASSFILE"] = before


def _worked(
    server: Server, binaries: Path, relay: Relay, sittings: list[Sitting], seconds: float, *, is_broken: bool
) -> Breaking:
    with ExitStack() as stack:
        processes = Processes(stack, sittings)
        breaking = Breaking(server, binaries, relay, processes.kill)
        began = time.time()
        processes.start(began + seconds)
        for at, act in breaking.plan(seconds) if is_broken else []:
            while time.time() < began + at:
                breaking.look()
                threading.Event().wait(min(1.0, max(0.0, began + at - time.time())))
            if time.time() < began + seconds:  # on a busy machine some of it takes long
                act()
        processes.end()
    return breaking


def _seen(address: Path, path: Path, folder: Path, desks: int) -> Counter[str]:
    said = oracle.logs(folder)
    with closing(Registry.open(address)) as registry, closing(Registry.open(path)) as before:
        steps = [step for step in registry.history(after=before.last_step) if step.by != KEEPER]
        found = oracle.told(said, steps)
        found.update(oracle.counted(said, steps, registry.dataset))
    found.update(oracle.compared(address, path, folder))
    lines = [line for one in said.values() for line in one]
    seen, took = [x["seen"] for x in lines if "seen" in x], [x["took"] for x in lines if "took" in x]
    found["edits of over 30 s"] = sum(one > _HELD_UP for one in took)
    found["n"] = found["written"]
    found["desks"] = desks
    found["seen by others"] = len(seen)
    for name, values in (("until others see it", seen), ("for an edit", took)):
        for percent in (50, 95, 99):
            found[f"longest p{percent} {name}, s"] = _at(values, percent)
    found["longest for an edit, s"] = round(max(took, default=0.0), 3)
    return found


def _at(values: list[float], percent: int) -> Any:
    ordered = sorted(values) or [0.0]
    return round(ordered[int(percent / 100 * (len(ordered) - 1))], 3)


def _misplaced(server: Server) -> int:
    """Return how many rows belong to another street or grid than the server itself would say now."""
    with server.connect(place.DATABASE, KEEPER) as keeper:
        found = misplaced(keeper)
    sys.stderr.writelines(f"{one}\n" for one in found)
    return len(found)


def _dead(server: Server) -> int:
    """Return the dead rows of compounds that can't be cleared away, as somebody still looks at them."""
    with server.connect(place.DATABASE) as admin:
        heard: list[str] = []
        admin.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
        admin.execute("VACUUM registry.compound")
        admin.execute("SELECT pg_stat_force_next_flush()")
        row = admin.execute(
            "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relid = 'registry.compound'::regclass"
        ).fetchone()
    return int(row[0]) if row else 0


def _tell(trial: Trial, found: dict[str, Any], seconds: float, desks: int, processes: int) -> None:
    asked = {
        "seconds": seconds,
        "desks": desks,
        "processes": processes,
        "seed": trial.seed,
        "control": trial.control,
    }
    sys.stdout.write(
        json.dumps({**asked, **dict(sorted(found.items()))}, ensure_ascii=False, indent=1) + "\n"
    )


DRILL = Drill(
    name="shared",
    zh="五十张桌子同改一本共享台账",
    en="fifty desks at one shared registry",
    cases=tuple(_CASES),
    trial=trial,
    in_ci=1,
    whole=1,
    controls={"what was seen is not compared": 1},
    controlled=("a short while",),
)
