"""Backups while others write: how many are whole and of one moment, and how many a plain copy of the file would be.

A writer changes two compounds in one change, over and over, always to the same text. A copy of one moment holds the
same text in both, its journal counts as many steps as its rows say, and it verifies. ``run`` is called by tests and by
hand: ``python -m tests.drills.backups_under_load 60``.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from app.errors import RegistryError
from app.services.keeping import backups, care
from tests.app.builders import a_small_registry

ROOT = Path(__file__).resolve().parents[2]
_WRITER = """
import sys
from pathlib import Path
from app.errors import Conflict
from app.services.edit import edit
from app.services.registry.registry import Registry
registry = Registry.open(Path(sys.argv[1]), by=sys.argv[2])
print("ready", flush=True)
number = 0
while not Path(sys.argv[3]).exists():
    number += 1
    text = f"{sys.argv[2]} {number} " + "x" * 2000
    try:
        edit.set_values(registry, ["C1", "C2"], {"address": text})
    except Conflict:  # the other writer was faster
        registry.refresh()
registry.close()
"""


class Found(NamedTuple):
    """What a drill found: copies made, good ones, steps written meanwhile; and good ones of the control."""

    made: int
    good: int
    steps: int
    control: int


def run(folder: Path, copies: int, *, writers: int = 2) -> Found:
    """Make backups of a small registry while others write it, and beside each a plain copy of the file alone."""
    registry = a_small_registry(folder)
    first = registry.last_step
    path = registry.path
    registry.close()
    stop = folder / "stop"
    command = [sys.executable, "-c", _WRITER, str(path)]
    at_work = [
        subprocess.Popen([*command, f"w{number}", str(stop)], cwd=ROOT, stdout=subprocess.PIPE)
        for number in range(writers)
    ]
    good = control = 0
    try:
        for writer in at_work:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
        for number in range(copies):
            plain, least = folder / f"plain{number}.gpkg", steps_in(path)
            shutil.copyfile(path, plain)
            control += is_good(plain, least=least)
            plain.unlink()
            least = steps_in(path)
            good += is_good(backups.make(path).path, least=least)
    finally:
        stop.touch()
        for writer in at_work:
            writer.communicate()
    return Found(copies, good, steps_in(path) - first, control)


def steps_in(path: Path) -> int:
    """Return how many steps a registry's journal holds, with its log."""
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT MAX(seq) FROM change").fetchone()[0]
    return int(found)


def is_good(copy: Path, *, least: int) -> bool:
    """Whether a copy is whole, of one moment, and holds at least so many steps."""
    try:
        if care.verify(copy):
            return False
        dataset = backups.content(copy).dataset
    except RegistryError:
        return False
    one, other = (dataset.find(code) for code in ("C1", "C2"))
    assert one is not None
    assert other is not None
    return one.get("address") == other.get("address") and steps_in(copy) >= least


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = run(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else 60)
    sys.stdout.write(
        f"SQLite {sqlite3.sqlite_version}: {found.good} of {found.made} backups good while {found.steps} changes were "
        f"written; of as many plain copies of the file {found.control}\n"
    )
    sys.exit(found.good != found.made or found.control == found.made)
