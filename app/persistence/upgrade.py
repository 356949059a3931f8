"""Brings a file of an older schema to the newest, in one transaction: whole, or as it was."""

from __future__ import annotations

import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.persistence.checksum import row_checksum
from app.persistence.columns import row_names
from app.persistence.connection import Pen
from app.persistence.geopackage import note_table
from app.persistence.migrations import NEWEST, STEPS, columns_since, tables_since
from app.persistence.store import write_info
from app.persistence.tables import metadata, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.persistence.reading import Runs

_PROFILES_AS_NOW: Final = 2  # the first step whose files keep profiles in the language that is read today


def upgrade_file(path: Path, now: str, profile_of: Callable[[str], str]) -> None:
    """Take every step that a registry file has not taken yet. The file must be known to be ours.

    ``profile_of`` returns the text of a profile kept at step 1, whose language was another, as it is read since.
    """
    with closing(Pen(path)) as pen:
        pen.patiently(lambda connection: _take_steps(connection, now, profile_of))


def _take_steps(connection: Runs, now: str, profile_of: Callable[[str], str]) -> None:
    number = connection.exec_driver_sql("SELECT MAX(number) FROM schema_step").scalar()
    if number is None or number >= NEWEST:  # another process was first
        return
    for table in metadata.sorted_tables:
        if table.name in tables_since(number):
            _create(connection, table.name)
            note_table(connection, table.name, now)
    for kind in KINDS.values():
        added = columns_since(number, kind.table)
        if added and kind.table not in tables_since(number):
            _add_columns(connection, kind.name, added)
    if number < _PROFILES_AS_NOW:
        kept = connection.exec_driver_sql("SELECT value FROM registry_info WHERE key = 'profile'").scalar()
        write_info(connection, {"profile": profile_of(str(kept))})
    for step in STEPS:
        if step.number > number:
            connection.exec_driver_sql(
                "INSERT INTO schema_step (id, number, sentence, at) VALUES (?,?,?,?)",
                (str(uuid.uuid4()), step.number, step.sentence, now),
            )


def _create(connection: Runs, table: str) -> None:
    for statement in statements_of([table]):
        connection.exec_driver_sql(statement)


def _add_columns(connection: Runs, kind: str, added: frozenset[str]) -> None:
    """Make a table anew with its new columns empty: its SQL stays ours to the letter, its rows get new checksums."""
    table = KINDS[kind].table
    names = row_names(kind)
    kept = [name for name in names if name not in added]
    listed = ", ".join(f'"{name}"' for name in ("fid", *kept))
    rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}"').all()
    connection.exec_driver_sql(f'DROP TABLE "{table}"')
    _create(connection, table)
    for row in rows:
        values = dict(zip(("fid", *kept), row, strict=True))
        head = [values.get(name) for name in names if name not in ("checksum", "geom")]
        values["checksum"] = row_checksum(head, values.get("geom"))
        columns = ", ".join(f'"{name}"' for name in ("fid", *names))
        marks = ", ".join("?" * (len(names) + 1))
        connection.exec_driver_sql(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})',
            tuple(values.get(name) for name in ("fid", *names)),
        )
