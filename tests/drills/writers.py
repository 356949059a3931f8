"""Eight processes write one registry at once, each as a row of commands: none is turned away, nothing is lost."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Busy
from app.persistence import connection, reading
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.drills.acts import a_registry
from tests.drills.children import child, word
from tests.drills.engine import Drill, Trial
from tests.drills.weak import set_mode

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

_WRITERS = 8
_EDITS = 5  # of each


def write(pipe: Connection, path: Path, writer: int, mode: str, control: str) -> None:
    """Be one of the writers: wait for the others, then open, change a compound of one's own, close, over and over."""
    set_mode(mode)
    if control:
        reading.PATIENCE = reading.A_TRY = 0.0  # type: ignore[misc]
    held: list[float] = []
    _watch(held)
    pipe.send("ready")
    pipe.recv()
    for number in range(_EDITS):
        held.clear()
        change = None
        began = time.monotonic()
        try:
            registry = Registry.open(path, by=f"w{writer}")
            try:
                began = time.monotonic()
                change = edit.set_values(registry, [f"C{writer:06}"], {"households": number + 1}).change
                asked = time.monotonic() - began
            finally:
                registry.close()
        except Busy:
            asked = time.monotonic() - began
        pipe.send((change, asked, max(held, default=0.0)))
    pipe.poll(None)


def _watch(held: list[float]) -> None:
    """Note how long the lock is held each time."""
    writing = connection.writing

    @contextmanager
    def watched(kept: sqlite3.Connection) -> Iterator[connection.Writer]:
        began = None
        try:
            with writing(kept) as found:
                began = time.monotonic()
                yield found
        finally:
            if began is not None:
                held.append(time.monotonic() - began)

    connection.writing = watched  # type: ignore[assignment]


def trial(trial: Trial) -> Counter[str]:
    """Let all of them go at once, and compare what they were told with the journal."""
    path = a_registry(trial.folder, mode=trial.case)
    answers = []
    with ExitStack() as stack:
        pipes = [
            stack.enter_context(child(write, path, number, trial.case, trial.control))[1]
            for number in range(_WRITERS)
        ]
        for pipe in pipes:
            word(pipe)
        for pipe in pipes:
            pipe.send("go")
        for pipe in pipes:
            answers += [word(pipe, 120.0) for _ in range(_EDITS)]
    registry = Registry.open(path, by="drill")
    steps = {change.change for change in registry.history()}
    registry.close()
    done = [change for change, _, _ in answers if change is not None]
    late = sorted(asked for change, asked, _ in answers if change is not None)
    return Counter(
        {
            "n": len(answers),
            "acknowledged": len(done),
            "turned away": len(answers) - len(done),
            "lost": sum(change not in steps for change in done),
            "over 2 s": sum(asked >= 2.0 for asked in late),
            "longest wait, s": round(late[-1], 3) if late else 0.0,
            "longest p95 of a trial, s": round(late[int(len(late) * 0.95)], 3) if late else 0.0,
            "longest lock, ms": round(1000 * max(held for _, _, held in answers), 1),
        }
    )


DRILL = Drill(
    name="writers",
    zh="八个进程同时写",
    en="eight writers at once",
    cases=("WAL", "DELETE"),
    trial=trial,
    in_ci=1,
    whole=10,
    controls={"no waiting": 4},
    controlled=("WAL",),
)
