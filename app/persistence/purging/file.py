"""The file itself after a purge: built anew without free pages, its log emptied, and the bytes counted."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from app.domain.purging import PURGED
from app.persistence.faults import is_busy, telling
from app.persistence.packs.told import made_of_codes
from app.persistence.reading import connect, is_read_only, reading, tries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from app.domain.purging import Sought


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


def places_in(path: Path, asked: Sought | str) -> int:
    """Return how many rows of a registry hold a text, or are about a code; more than 0 where free pages hold it."""
    with reading(path, read_only=is_read_only(path)) as connection:
        if isinstance(asked, str):
            sql = (
                "SELECT COUNT(*) FROM change_detail WHERE code = ?"
                " AND instr(COALESCE(before, '') || COALESCE(after, ''), ?) = 0"
            )
            alone = int(connection.exec_driver_sql(sql, (asked, PURGED)).scalar())
            return alone + sum(map(len, made_of_codes(connection, [asked]).values()))
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").all()
        rows = (
            row
            for (table,) in tables
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"')
        )
        found = sum(any(asked.is_in(value) for value in row) for row in rows)
    return found or copies_in(path, asked.spellings)
