"""Brings a file of an older schema to the newest, in one transaction: whole, or as it was."""

from __future__ import annotations

import sqlite3
import uuid
from collections import defaultdict
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.persistence import spelled
from app.persistence.columns import OTHER_CHECKED, row_names
from app.persistence.connection import Pen
from app.persistence.faults import is_busy, is_of_place
from app.persistence.files.checksum import row_checksum
from app.persistence.foreign.indexes import drop_spatial_indexes
from app.persistence.geopackage import note_table
from app.persistence.info import write_info
from app.persistence.journal_rows import write_details
from app.persistence.journal_values import RECORD
from app.persistence.loading import DETAILS, load_content
from app.persistence.migrations import (
    LAST_STRICT,
    LAST_UNNAMED,
    NEWEST,
    STEPS,
    columns_since,
    tables_since,
)
from app.persistence.packs.kept import keep, keep_names
from app.persistence.packs.told import detail_of
from app.persistence.reading import connect
from app.persistence.tables import metadata, statements_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.persistence.loading import Loaded
    from app.persistence.reading import Runs

_PROFILES_AS_NOW: Final = 2  # the first step whose files keep profiles in the language that is read today


def upgrade_file(path: Path, now: str, profile_of: Callable[[str], str]) -> None:
    """Take every step that a registry file has not taken yet. The file must be known to be ours.

    ``profile_of`` returns the text of a profile kept at step 1, whose language was another, as it is read since.
    """
    with closing(Pen(path)) as pen:
        is_leaner = pen.patiently(lambda connection: _take_steps(connection, now, profile_of))
    if is_leaner:
        _give_back_room(path)


def _give_back_room(path: Path) -> None:
    """Build a file anew without the pages that its steps freed; where others have it or there is no room, it keeps them."""
    with closing(connect(path, read_only=False)) as connection:
        try:
            connection.execute("VACUUM")
        except sqlite3.Error as error:
            if not (is_busy(error) or is_of_place(error)):
                raise


def _take_steps(connection: Runs, now: str, profile_of: Callable[[str], str]) -> bool:
    """Take the steps; return whether they freed much of the file."""
    number = connection.exec_driver_sql("SELECT MAX(number) FROM schema_step").scalar()
    if number is None or number >= NEWEST:  # another process was first
        return False
    drop_spatial_indexes(connection)
    loaded = load_content(connection, number) if number <= LAST_UNNAMED else None
    for table in metadata.sorted_tables:
        if table.name in tables_since(number):
            _create(connection, table.name)
            note_table(connection, table.name, now)
    for kind in KINDS.values():
        added = columns_since(number, kind.table)
        if kind.table in tables_since(number):
            continue
        if number <= LAST_UNNAMED:
            _make_anew(connection, kind.table, added)
        if added:
            _sum_anew(connection, kind.name, added)
    if number < _PROFILES_AS_NOW:
        kept = connection.exec_driver_sql(spelled.INFO_OF, ("profile",)).one()[1]
        write_info(connection, {"profile": profile_of(str(kept))})
    if loaded is not None:
        _make_anew(connection, "entity", frozenset())
        _lean(connection, number)
        _keep_all(connection, loaded)
    for step in STEPS:
        if step.number > number:
            connection.exec_driver_sql(spelled.STEP_IN, (str(uuid.uuid4()), step.number, step.sentence, now))
    return loaded is not None


def _create(connection: Runs, table: str) -> None:
    for statement in statements_of([table]):
        connection.exec_driver_sql(statement)


def _make_anew(connection: Runs, table: str, added: frozenset[str]) -> None:
    """Make a table anew as it is declared today, its new columns empty: its SQL stays ours to the letter."""
    new = metadata.tables[table]
    names = ", ".join(f'"{column.name}"' for column in new.columns if column.name not in added)
    _put_aside(connection, table)
    connection.exec_driver_sql(
        f'INSERT INTO "{table}" ({names}) SELECT {names} FROM "older_{table}" ORDER BY fid'
    )
    connection.exec_driver_sql(f'DROP TABLE "older_{table}"')


def _put_aside(connection: Runs, table: str) -> None:
    """Make a table anew, empty; its rows wait in ``older_TABLE``."""
    indexes = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)
    )
    for (index,) in indexes:
        connection.exec_driver_sql(f'DROP INDEX "{index}"')
    connection.exec_driver_sql(f'ALTER TABLE "{table}" RENAME TO "older_{table}"')
    _create(connection, table)


def _sum_anew(connection: Runs, kind: str, added: frozenset[str]) -> None:
    """Give the rows of a table that gained columns their new checksums; one that did not fit stays so."""
    table, names = KINDS[kind].table, row_names(kind)
    place = names.index("checksum")
    listed = ", ".join(f'"{name}"' for name in names)
    for fid, *row in connection.exec_driver_sql(f'SELECT fid, {listed} FROM "{table}"').all():
        shape = row[place + 1] if len(row) > place + 1 else None
        old = [value for name, value in zip(names[:place], row, strict=False) if name not in added]
        if row_checksum(old, shape) == row[place]:
            connection.exec_driver_sql(
                f'UPDATE "{table}" SET checksum = ? WHERE fid = ?', (row_checksum(row[:place], shape), fid)
            )


def _lean(connection: Runs, number: int) -> None:
    """Write the journal's details anew: of records that a change made many at once, which pack names them."""
    if number > LAST_STRICT:
        connection.exec_driver_sql("DROP TABLE kept")  # what it held is in what was read, and packed anew
        _create(connection, "kept")
    seq_of = dict(connection.exec_driver_sql("SELECT id, seq FROM change"))
    _put_aside(connection, "change_detail")
    columns = ", ".join(OTHER_CHECKED["change_detail"])
    rows = connection.exec_driver_sql(f'SELECT {columns} FROM "older_change_detail" ORDER BY fid')
    for change_id, of_change in groupby(rows, key=lambda row: row[1]):
        alone, many = [], defaultdict(list)
        for row in of_change:
            if row[5] == RECORD and row[6] is None and row[7] is None:
                many[row[2]].append((row[3], row[4]))
            else:
                alone.append(row)
        packs = [
            pack
            for kind, named in many.items()
            for pack in keep_names(connection, kind, named, seq_of[change_id])
        ]
        write_details(connection, change_id, map(detail_of, packs))
        if alone:
            connection.exec_driver_sql(spelled.DETAIL_IN, alone)
    connection.exec_driver_sql("DROP TABLE older_change_detail")
    last = connection.exec_driver_sql(spelled.LAST_DETAIL).scalar() or 0
    write_info(connection, {DETAILS: str(last)})


def _keep_all(connection: Runs, loaded: Loaded) -> None:
    """Pack every record as our last change left it; of those of which that is not known nothing but the journal tells."""
    theirs = {id(edit.theirs) for edit in loaded.foreign}
    records = (record for kind in KINDS for record in loaded.dataset.of(kind).values())
    keep(connection, (record for record in records if id(record) not in theirs), loaded.seq)
