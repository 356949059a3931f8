"""Flip bits of a registry, one at a time, table by table, and count which are named and which move a figure in silence.

    python scripts/drill_bits.py [--flips 200] [--seed 1] [TABLE ...]

For each table and index of a small registry (every one that has pages of its own), bits of bytes that hold content
are flipped in a copy. ``told``: `verify` names a damage. ``refused``: opening ends with status 5. ``silent``: opening
shows other content and `verify` is content: that must be 0. ``bug``: anything but a refusal in words: 0 as well.
The control leaves the checksums out: SQLite's own check alone, which must miss most.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.domain.kinds import KINDS
from app.errors import RegistryError
from app.services import care, edit
from app.services.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.damaging import flip, pages_of


def content(path: Path) -> object:
    """Return all of a registry that a figure can rest on; raises what opening raises."""
    registry = Registry.open(path)
    try:
        rows = {kind: dict(registry.dataset.of(kind)) for kind in KINDS}
        return rows, registry.dataset.used_codes, registry.profile.text, registry.zone, registry.history()
    finally:
        registry.close()


def is_named(path: Path) -> bool:
    """Whether `verify` names a damage, or the file is refused by it."""
    try:
        return bool(care.verify(path))
    except RegistryError:
        return True


def sqlite_names(path: Path) -> bool:
    """Whether SQLite's own check finds something: the control."""
    try:
        with closing(sqlite3.connect(path)) as raw:
            return [row[0] for row in raw.execute("PRAGMA integrity_check")] != ["ok"]
    except sqlite3.Error:
        return True


def trial(path: Path, before: object) -> Counter[str]:
    """Return what became of one flipped bit."""
    found: Counter[str] = Counter(n=1, control=int(sqlite_names(path)))
    try:
        named = is_named(path)
        found["told"] = int(named)
        try:
            same = content(path) == before
            found["changed"] = int(not same)
            found["silent"] = int(not same and not named)
        except RegistryError:
            found["refused"] = 1
            found["refused, not told"] = int(not named)
    except Exception as error:  # what the drill counts: whatever is no refusal in words
        found["bug"] = 1
        sys.stdout.write(f"  {type(error).__name__}: {error}\n")
    return found


def main() -> None:
    """Run the drill and print a line a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--flips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        registry = a_small_registry(Path(folder))
        edit.set_values(registry, ["C1"], {"households": 100, "residents": 300}, why="数错了")
        edit.set_values(registry, ["C1"], {"households": 200})
        registry.close()
        path = registry.path
        before = content(path)
        with closing(sqlite3.connect(path)) as raw:
            names = [row[0] for row in raw.execute("SELECT DISTINCT name FROM dbstat ORDER BY name")]
        whole = path.read_bytes()
        total: Counter[str] = Counter()
        for name in asked.tables or names:
            size, pages = pages_of(path, name)
            places = [at for page in pages for at in range(page * size, (page + 1) * size) if whole[at]]
            rng = random.Random(f"{asked.seed} {name}")
            found: Counter[str] = Counter()
            for _ in range(asked.flips):
                copy = Path(shutil.copy(path, Path(folder) / "flipped.gpkg"))
                flip(copy, rng.choice(places), rng.randrange(8))
                found += trial(copy, before)
                for ending in ("-wal", "-shm", "-journal"):
                    with contextlib.suppress(FileNotFoundError):
                        Path(f"{copy}{ending}").unlink()
            total += found
            sys.stdout.write(f"{name}: {dict(found)}\n")
            sys.stdout.flush()
        sys.stdout.write(f"all, SQLite {sqlite3.sqlite_version}: {dict(total)}\n")


if __name__ == "__main__":
    main()
