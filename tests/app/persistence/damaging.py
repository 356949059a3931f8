"""Damage done to a registry from outside: by another program's SQL, or bit by bit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from app.persistence.files.checksum import row_checksum

if TYPE_CHECKING:
    from pathlib import Path


def by_sql(path: Path, *statements: str) -> None:
    """Run statements on a registry as another program would, without a thought for what hangs together."""
    with closing(sqlite3.connect(path)) as raw:
        for statement in statements:
            raw.execute(statement)
        raw.commit()


def with_right_checksum(path: Path, table: str, code: str, column: str, value: object) -> None:
    """Change a value of a record and make its checksum anew, as an error of the program itself would."""
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(f"UPDATE {table} SET {column} = ? WHERE code = ?", (value, code))
        cursor = raw.execute(f"SELECT * FROM {table} WHERE code = ?", (code,))
        row = dict(zip([item[0] for item in cursor.description], cursor.fetchone(), strict=True))
        head = [kept for name, kept in row.items() if name not in ("fid", "checksum", "geom")]
        raw.execute(
            f"UPDATE {table} SET checksum = ? WHERE code = ?", (row_checksum(head, row.get("geom")), code)
        )
        raw.commit()


def pages_of(path: Path, name: str) -> tuple[int, list[int]]:
    """Return the size of a page and the pages, from 0, that hold a table or an index."""
    with closing(sqlite3.connect(path)) as raw:
        size = int(raw.execute("PRAGMA page_size").fetchone()[0])
        pages = raw.execute("SELECT pageno - 1 FROM dbstat WHERE name = ?", (name,)).fetchall()
    return size, [int(row[0]) for row in pages]


def flip(path: Path, at: int, bit: int) -> None:
    """Turn one bit of a file over."""
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))
