"""What a control weakens in its own process: the settings that keep a registry safe."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from app.persistence import connection, place, reading, store

if TYPE_CHECKING:
    from pathlib import Path

_PRAGMAS = {
    "journal in memory": ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=5"),
    "synchronous=OFF": ("synchronous=OFF",),
    "synchronous=NORMAL": ("synchronous=NORMAL",),
}


def set_mode(mode: str) -> None:
    """Make this process believe that every place wants a journal mode."""
    for module in (place, reading, store):
        module.journal_mode_for = lambda _path: mode  # type: ignore[attr-defined]


def weaken(control: str) -> None:
    """Set every connection of this process up without what the control leaves out."""
    if control not in _PRAGMAS:
        return
    connect = reading.connect

    def weakened(path: Path, **given: bool) -> sqlite3.Connection:
        made = connect(path, **given)
        for pragma in _PRAGMAS[control]:
            made.execute(f"PRAGMA {pragma}")
        return made

    def as_it_is(made: sqlite3.Connection, _path: Path) -> None:
        for pragma in _PRAGMAS[control]:
            made.execute(f"PRAGMA {pragma}")

    for module in (connection, reading, store):
        module.connect = weakened  # type: ignore[attr-defined]
    if control == "journal in memory":
        connection.fit_place = as_it_is  # type: ignore[assignment]
