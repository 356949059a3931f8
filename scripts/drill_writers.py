"""Many writers on one registry at once: every save that was acknowledged is in the file, and none is turned away.

    python scripts/drill_writers.py [--writers N] [--edits N] [--control] [--mode WAL|DELETE]

Each writer opens the registry, changes its own compound and closes, over and over, as a row of commands does. The
control has no patience at all and must see refusals: a drill that can't fail proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.record import make_record
from app.errors import Busy
from app.persistence import connection, reading
from app.services import edit
from app.services.profiles import load_profile
from app.services.registry import Registry, create_registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drill saw. ``asked``: seconds from asking to the answer, sorted; ``held``: those of the lock."""

    acknowledged: int
    refused: int
    lost: int
    asked: tuple[float, ...]
    held: tuple[float, ...]


def drill(folder: Path, writers: int, edits: int, *, mode: str = "WAL", is_control: bool = False) -> Outcome:
    """Let so many processes change a compound each, so often, and compare what they were told with the file."""
    path = folder / "drill.gpkg"
    records = [
        make_record("compounds", str(uuid.uuid4()), f"C{number:06}", name=f"小区{number}")
        for number in range(max(writers, 200))
    ]
    create_registry(path, load_profile("yaohai"), records=records, by="drill").close()
    with closing(sqlite3.connect(path)) as plain:
        plain.execute(f"PRAGMA journal_mode={mode}")
    ready = [sys.executable, "-P", str(Path(__file__).resolve()), "--path", str(path), "--edits", str(edits)]
    children = [
        subprocess.Popen(
            [*ready, "--writer", str(number), *(["--control"] if is_control else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for number in range(writers)
    ]
    for child in children:
        if child.stdout is None or child.stdout.readline() != "ready\n":
            raise SystemExit("a writer did not start")
    answers = []
    for child in children:  # all are ready: off together
        if child.stdin is not None:
            child.stdin.write("go\n")
            child.stdin.flush()
    for child in children:
        out, _ = child.communicate()
        answers += [json.loads(line) for line in out.splitlines()]
    return _outcome(path, answers)


def _outcome(path: Path, answers: Sequence[dict[str, object]]) -> Outcome:
    done = [answer for answer in answers if answer["done"]]
    registry = Registry.open(path, by="drill")
    steps = {change.change for change in registry.history()}
    registry.close()
    return Outcome(
        acknowledged=len(done),
        refused=len(answers) - len(done),
        lost=sum(answer["change"] not in steps for answer in done),
        asked=tuple(sorted(float(str(answer["asked"])) for answer in answers)),
        held=tuple(sorted(float(str(held)) for answer in answers for held in _listed(answer["held"]))),
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _write(path: Path, writer: int, edits: int) -> None:
    """Be one of the writers: a line of JSON an edit."""
    held: list[float] = []
    _watch(held)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(edits):
        held.clear()
        began = time.monotonic()
        answer: dict[str, object] = {"done": False, "change": None}
        try:
            registry = Registry.open(path, by=f"w{writer}")
            try:
                began = time.monotonic()
                changes = edit.set_values(registry, [f"C{writer:06}"], {"households": str(number + 1)})
                answer = {"done": True, "change": changes.change}
            finally:
                asked = time.monotonic() - began
                registry.close()
        except Busy:
            asked = time.monotonic() - began
        print(json.dumps({**answer, "asked": asked, "held": held}), flush=True)


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

    mock.patch.object(connection, "writing", watched).start()


def main() -> int:
    """Run the drill, or be one of its writers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--mode", choices=("WAL", "DELETE"), default="WAL")
    parser.add_argument("--control", action="store_true")
    parser.add_argument("--writer", type=int)
    parser.add_argument("--path", type=Path)
    given = parser.parse_args()
    if given.writer is not None and given.path is not None:
        if given.control:
            mock.patch.multiple(reading, PATIENCE=0.0, A_TRY=0.0).start()
        _write(given.path, given.writer, given.edits)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        found = drill(Path(folder), given.writers, given.edits, mode=given.mode, is_control=given.control)
    wanted = given.writers * given.edits
    late = found.asked[min(len(found.asked) - 1, int(len(found.asked) * 0.95))]
    print(
        f"{given.mode}: acknowledged {found.acknowledged} of {wanted}, refused {found.refused}, lost {found.lost}; "
        f"asking to answer p95 {late:.3f} s, longest {found.asked[-1]:.3f} s; "
        f"lock held at most {found.held[-1] * 1000:.0f} ms; SQLite {sqlite3.sqlite_version}"
    )
    if given.control:
        return 0 if found.refused else 1
    return 0 if found.acknowledged == wanted and not found.lost else 1


if __name__ == "__main__":
    sys.exit(main())
