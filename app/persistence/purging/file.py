"""The file itself after a purge: built anew without free pages, its log emptied, and the bytes counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from app.persistence.faults import is_busy, telling
from app.persistence.reading import connect, is_read_only, tries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def rebuild(path: Path) -> bool:
    """Write a registry anew without free pages and empty its log; False where others held it all the time.

    Every connection of ours overwrites what it frees, but other programs and older versions may have left pages of
    what was there once. Raises StorageFault where the disk is full or fails.
    """
    with telling(path, is_writing=True), closing(connect(path, read_only=False)) as connection:
        is_built = False
        for _ in tries():
            try:
                if not is_built:
                    connection.execute("VACUUM")
                    is_built = True
                if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0:
                    return True
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
    return False


def copies_in(path: Path, spellings: Iterable[bytes]) -> int:
    """Return how many times a text stands in the bytes of a registry, free pages and all, and of the logs beside it.

    The file is read through SQLite: closing a handle of our own on it would let go of the locks that this process
    holds. Its logs are under no lock, and empty after ``rebuild``.
    """
    with telling(path, is_writing=False), closing(connect(path, read_only=is_read_only(path))) as connection:
        content = connection.serialize()
    beside = [path.with_name(path.name + ending) for ending in ("-wal", "-journal")]
    logs = [log.read_bytes() for log in beside if log.exists()]
    return sum(one.count(spelling) for one in (content, *logs) for spelling in spellings)
