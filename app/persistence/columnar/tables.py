"""All tables of a file as columns, where every row is as it was written and the tally fits them all: nearly always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.domain.tables.table import Plain
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.columnar.making import made_table
from app.persistence.columns import row_names
from app.persistence.row_codec import to_records
from app.persistence.tally import Tally, entry_checksum

if TYPE_CHECKING:
    from app.domain.tables.table import Table
    from app.persistence.columnar.entries import Entries
    from app.persistence.reading import Runs


def read_tables(connection: Runs, entries: Entries, kept_tally: str | None) -> dict[str, Table] | None:
    """Return the tables by kind; None where not every row is as it was written, or the tally does not fit."""
    tables: dict[str, Table] = {}
    tally = Tally()
    for kind in KINDS:
        try:
            tables[kind], total = made_table(connection, kind, entries)
            tally.add_sum(len(tables[kind]), total)
        except NotAsWrittenError:
            table = _read_by_rows(connection, kind, entries, tally)
            if table is None:
                return None
            tables[kind] = table
    coded = sum(len(table) for kind, table in tables.items() if KINDS[kind].coded)
    if coded != entries.count:  # codes of records that are gone
        given = {record_id for table in tables.values() for (record_id,) in table.columns("id")}
        tally.add(entry_checksum(row) for row_id, row in entries.by_id.items() if row_id not in given)
    return tables if tally.text == kept_tally else None


def _read_by_rows(connection: Runs, kind: str, entries: Entries, tally: Tally) -> Table | None:
    """Return a kind's table of which columns can't say for certain that it is as written; None where it is not."""
    spec, names = KINDS[kind], row_names(kind)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{spec.table}" NOT INDEXED ORDER BY fid').all()
    decoded = to_records(kind, rows, entries.code_of)
    if decoded.damaged or decoded.edited:
        return None
    if spec.coded and not entries.are(kind, [row[0] for row in rows], [row[1] for row in rows]):
        return None
    check = names.index("checksum")
    tally.add([row[check] for row in rows])
    return Plain(kind, [(record.code, record) for record in decoded.records if record is not None])
