"""What our last change left of a record, known without its row: packs and whole records of the journal, then each field.

Exact to the checksum: whatever the row says now, the record that is told here is the one that was written.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.persistence.files.checksum import fits
from app.persistence.journal_values import RECORD, from_text, from_whole, with_field
from app.persistence.migrations import LAST_STRICT, LAST_UNNAMED, NEWEST
from app.persistence.packs.kept import packs_of
from app.persistence.row_codec import UNDECODABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.record import Record
    from app.persistence.reading import Runs

_DETAILS: Final = (
    "SELECT id, change_id, kind, row_id, code, field, before, after, checksum FROM change_detail NOT INDEXED"
    " WHERE row_id IN (SELECT value FROM json_each(?)) ORDER BY fid"
)


def known_records(
    connection: Runs, kind_of: Mapping[str, str], step: int = NEWEST
) -> dict[str, Record | None]:
    """Return what our last change left of records, None of one that is not known exactly.

    ``kind_of``: row id → kind, of those that are asked for. A record of which the journal is damaged is not known.
    """
    details = _details_of(connection, kind_of)
    numbers = _numbers(connection)
    bases: dict[str, tuple[int, Record]] = {}
    if step > LAST_STRICT:
        kinds = set(kind_of.values())
        for seq, records in packs_of(connection, kinds, is_named=step > LAST_UNNAMED):
            bases |= {record.id: (seq, record) for record in records if record.id in kind_of}
    return {
        row_id: _known(kind, row_id, details.get(row_id, []), numbers, bases.get(row_id))
        for row_id, kind in kind_of.items()
    }


def known_fields(connection: Runs, row_id: str) -> dict[str, Any]:
    """Return the fields of a record of which the journal tells the last value, as JSON values, by their name."""
    told: dict[str, Any] = {}
    for row in _details_of(connection, {row_id: ""}).get(row_id, []):
        try:
            if row[5] != RECORD and fits(row, 8):
                told[row[5]] = from_text(row[7])
        except UNDECODABLE:
            continue  # `verify` names it
    return told


def _details_of(connection: Runs, kind_of: Mapping[str, str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.exec_driver_sql(_DETAILS, (json.dumps(list(kind_of)),)):
        if row[2] in KINDS:
            found[row[3]].append(row)
    return found


def _numbers(connection: Runs) -> dict[str, int]:
    """Return each change's number by its id, of those that are as they were written."""
    rows = connection.exec_driver_sql(
        "SELECT id, seq, at, by, verb, why, undoes, undone_by, checksum FROM change NOT INDEXED"
    )
    return {row[0]: row[1] for row in rows if fits(row, 8)}


def _known(
    kind: str,
    row_id: str,
    details: Sequence[Any],
    numbers: Mapping[str, int],
    base: tuple[int, Record] | None,
) -> Record | None:
    seq, record = base if base is not None else (0, None)
    changed_by = None
    try:
        for row in details:
            number = numbers.get(row[1])
            if number is None or not fits(row, 8):
                return None
            if number <= seq:
                continue
            field, after = row[5], from_text(row[7])
            if field == RECORD:
                record = None if after is None else from_whole(kind, row_id, after, after.get("version", 1))
                changed_by = row[1]
            elif record is None:
                return None  # made by a bulk change that nothing was packed of
            else:
                if row[1] != changed_by:
                    record, changed_by = record._replace(version=record.version + 1), row[1]
                record = with_field(record, field, after)
    except UNDECODABLE:
        return None
    return record
