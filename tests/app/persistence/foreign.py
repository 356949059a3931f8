"""A registry whose records came in every way, and what other programs do to it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, square

if TYPE_CHECKING:
    from pathlib import Path


def a_worked_registry(folder: Path) -> Registry:
    """The small registry, worked on: B1 to B3 came at once, as an import brings them; all was edited since."""
    registry = a_small_registry(folder)
    bulk = [
        make_record(
            "compounds",
            f"00000000-0000-4000-8000-00000000000{n}",
            f"B{n}",
            name=f"一次来的{n}",
            kind="old",
            households=100 + n,
            geometry=square(0.012, 0.002 * n),
        )
        for n in (1, 2, 3)
    ]
    registry.commit([Put(record) for record in bulk], verb="import", is_bulk=True)
    edit.set_values(registry, ["B1", "C1"], {"households": 120, "address": "临泉路 1 号"})
    edit.set_values(registry, ["B2"], {"geometry": square(0.012, 0.0041)})
    edit.set_values(registry, ["B1"], {"gate_guard": "yes", "authority": "no"})
    edit.set_values(registry, ["B1"], {"name": "改过的名"})
    registry.undo()
    registry.redo()
    edit.remove(registry, "B3", "撤了")
    registry.undo()
    return registry


def rows_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every record as it stands in the file, but for its number, in the order of ids."""
    with closing(sqlite3.connect(path)) as raw:
        found = {}
        for spec in KINDS.values():
            cursor = raw.execute(f'SELECT * FROM "{spec.table}" ORDER BY id')
            found[spec.name] = [row[1:] for row in cursor]
        return found
