"""The rows of all records, compared with their checksums, the list of codes and the journal: ours, theirs, damaged."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.kinds import KINDS
from app.persistence import damage
from app.persistence.columnar.tables import read_tables
from app.persistence.columns import row_names
from app.persistence.damage import Damage
from app.persistence.foreign.found import ADDED, CHANGED, DELETED, Foreign
from app.persistence.foreign.known import known_fields, known_records
from app.persistence.journal_values import RECORD, RECORDS
from app.persistence.migrations import NEWEST, columns_since, tables_since
from app.persistence.packs.told import named_in
from app.persistence.row_codec import to_records
from app.persistence.tally import Tally, entry_checksum

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.record import Record
    from app.persistence.columnar.entries import Entries
    from app.persistence.reading import Runs
    from app.persistence.row_codec import Decoded


class _Told(NamedTuple):
    """A record that the journal knows: its kind, its code, and whether it is there or was taken out."""

    row_id: str
    kind: str
    code: str
    is_there: bool
    was_made: bool  # no row that another program added and that was turned back


@dataclass(frozen=True, slots=True)
class Read:
    """The records by kind and code as our last change left them, the edits of other programs, and damage.

    A record that another program changed and that is not known exactly stands as it is now. ``is_tallied``: whether
    the registry's tally fits the rows. ``gone``: codes that were given and have no record, with the id of the one they were given to.
    """

    records: Mapping[str, Mapping[str, Record]]
    foreign: tuple[Foreign, ...]
    damaged: list[Damage]
    is_tallied: bool
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Found:
    """What is found of the rows while they are looked at, kind by kind."""

    rows: dict[str, list[Record]] = field(default_factory=dict)  # kind → as they stand, in the file's order
    changed: dict[str, tuple[str, int, Record]] = field(
        default_factory=dict
    )  # row id → kind, place, as it stands
    added: list[tuple[str, int, Record]] = field(default_factory=list)
    damaged: list[Damage] = field(default_factory=list)
    seen: dict[str, str] = field(
        default_factory=dict
    )  # row id → kind, of the rows that stand for a record of ours


def read_records(
    connection: Runs,
    step: int,
    listed: Entries,
    kept_tally: str | None,
    *,
    is_thorough: bool = False,
) -> Read:
    """Return what the tables of the records hold.

    ``listed``: all codes that were ever given. Where each row fits and the tally that the registry keeps fits them
    all, the journal is not asked, unless the look is to be thorough; rows are read one by one only where one does not.
    """
    if step == NEWEST and not is_thorough:
        tables = read_tables(connection, listed, kept_tally)
        if tables is not None:
            coded = sum(len(tables[kind]) for kind in tables if KINDS[kind].coded)  # each is listed
            gone = {} if coded == listed.count else _gone(tables, listed)
            return Read(tables, (), [], is_tallied=True, gone=gone)
    read = _read_row_by_row(connection, step, listed.by_id, kept_tally, is_thorough=is_thorough)
    return replace(read, gone=_gone(read.records, listed))


def _gone(records: Mapping[str, Mapping[str, Record]], listed: Entries) -> dict[str, str]:
    tables = [rows for kind, rows in records.items() if KINDS[kind].coded]
    in_use = {code for rows in tables for code in rows}
    return {code: row_id for code, row_id in listed.ids().items() if code not in in_use}


def _read_row_by_row(
    connection: Runs,
    step: int,
    entries: Mapping[str, Sequence[Any]],
    kept_tally: str | None,
    *,
    is_thorough: bool,
) -> Read:
    code_of = {row_id: row[1] for row_id, row in entries.items()}
    tables: dict[str, tuple[list[Any], Decoded]] = {}
    tally = Tally()
    given: set[str] = set()
    for kind in KINDS:
        rows, lacking = _rows(connection, kind, step)
        tables[kind] = rows, to_records(kind, rows, code_of, lacking)
        check = row_names(kind).index("checksum")
        tally.add([row[check] for row in rows])
        given.update([row[0] for row in rows])
    tally.add([entry_checksum(entry) for row_id, entry in entries.items() if row_id not in given])
    is_tallied = kept_tally == tally.text
    is_fitting = not any(decoded.damaged or decoded.edited for _, decoded in tables.values())
    if is_tallied and is_fitting and not is_thorough:
        return _as_they_stand(tables, entries)
    found = _Found()
    told = _told_by_journal(connection, found.damaged)
    if found.damaged:  # what a damaged pack named stands as ours: nobody can tell it from what others added
        for kind, (rows, _) in tables.items():
            for row in rows:
                code = code_of.get(row[0], "")
                told.setdefault(row[0], _Told(row[0], kind, code, is_there=True, was_made=True))
    for kind, (rows, decoded) in tables.items():
        _look_at(kind, rows, decoded, told, entries, found)
    gone = {row_id for row_id in told.keys() - found.seen.keys() if told[row_id].is_there}
    absent = {row_id: record for row_id, record in told.items() if row_id in gone} if gone else {}
    _pair_by_code(found, absent)
    foreign = _foreign(connection, step, found, absent)
    found.damaged += _strange_entries(entries, told, found)
    return Read(_by_code(found, foreign), foreign, found.damaged, is_tallied)


def standing_records(connection: Runs) -> list[Record]:
    """Return every record as its row stands, for a write in whose middle neither tally nor journal fits yet."""
    entries = connection.exec_driver_sql("SELECT id, code FROM entity").all()
    code_of = {row[0]: row[1] for row in entries}
    read = (to_records(kind, _rows(connection, kind, NEWEST)[0], code_of).records for kind in KINDS)
    return [record for records in read for record in records if record is not None]


def _as_they_stand(
    tables: Mapping[str, tuple[list[Any], Decoded]], entries: Mapping[str, Sequence[Any]]
) -> Read:
    """Return rows that all fit, as nearly always; only their codes are left to be compared."""
    records: dict[str, dict[str, Record]] = {}
    damaged: list[Damage] = []
    for kind, (rows, decoded) in tables.items():
        records[kind] = {record.code: record for record in decoded.records if record is not None}
        damaged += _wrong_entries(kind, rows, entries)
    return Read(records, (), damaged, is_tallied=True)


def _wrong_entries(kind: str, rows: Sequence[Any], entries: Mapping[str, Sequence[Any]]) -> list[Damage]:
    """Return the rows of a kind that the list of codes does not have, or has otherwise."""
    if not KINDS[kind].coded:
        return []
    return [
        Damage(KINDS[kind].table, str(row[1]), damage.NO_ENTRY)
        for row in rows
        if (entry := entries.get(row[0])) is None or entry[1] != row[1] or entry[2] != kind
    ]


def _told_by_journal(connection: Runs, damaged: list[Damage]) -> dict[str, _Told]:
    """Return the records of which the journal tells that they were made, in its own order; name the packs that are damaged."""
    rows = connection.exec_driver_sql(
        "SELECT row_id, kind, code, before IS NULL, field, after FROM change_detail NOT INDEXED"
        f" WHERE field IN ('{RECORD}', '{RECORDS}') AND kind IN {tuple(KINDS)} ORDER BY fid"
    )
    told: dict[str, _Told] = {}
    for row_id, kind, code, is_new, field_, after in rows:
        if not (isinstance(row_id, str) and isinstance(code, str)):
            continue  # named as damage elsewhere
        if field_ == RECORD:
            was_made = is_new or (row_id in told and told[row_id].was_made)
            told[row_id] = _Told(row_id, kind, code, bool(is_new), bool(was_made))
            continue
        names, damage_there = named_in(connection, row_id, after)
        damaged += [] if damage_there is None else [damage_there]
        told |= {
            one: _Told(one, kind, its, True, True) for one, its in ([] if names is None else names.all())
        }
    return told


def _look_at(
    kind: str,
    rows: Sequence[Any],
    decoded: Decoded,
    told: Mapping[str, _Told],
    entries: Mapping[str, Sequence[Any]],
    found: _Found,
) -> None:
    """Sort the rows of a kind into ours, changed, added and damaged."""
    spec = KINDS[kind]
    if not decoded.damaged and not decoded.edited and _are_ours(kind, rows, told, entries):
        found.rows[kind] = [record for record in decoded.records if record is not None]
        found.seen |= dict.fromkeys([row[0] for row in rows], kind)
        return
    records = found.rows[kind] = []
    for at, (row, record) in enumerate(zip(rows, decoded.records, strict=True)):
        row_id = row[0]
        known = told.get(row_id)
        is_ours = known is not None and known.is_there and known.kind == kind
        if is_ours:
            found.seen[row_id] = kind
        if record is None or at in decoded.damaged:
            found.damaged.append(
                Damage(spec.table, _name(row, entries, coded=spec.coded), decoded.damaged[at])
            )
            if record is not None:
                records.append(record)
        elif not is_ours:
            found.added.append((kind, at, record))
        else:
            records.append(record)
            if at in decoded.edited:
                found.changed[row_id] = kind, at, record
        if is_ours and at not in decoded.edited:
            found.damaged += _wrong_entries(kind, [row], entries)


def _are_ours(
    kind: str, rows: Sequence[Any], told: Mapping[str, _Told], entries: Mapping[str, Sequence[Any]]
) -> bool:
    """Whether every row stands for a record of the journal, under the code that it was given: nearly always."""
    is_known = all((t := told.get(row[0])) is not None and t.is_there and t.kind == kind for row in rows)
    return is_known and not _wrong_entries(kind, rows, entries)


def _name(row: Sequence[Any], entries: Mapping[str, Sequence[Any]], *, coded: bool) -> str:
    """Return what a row is called: its code, else its id."""
    if not coded:
        return str(row[0])
    return str(row[1] if row[1] is not None or row[0] not in entries else entries[row[0]][1])


def _rows(connection: Runs, kind: str, step: int) -> tuple[list[Any], tuple[int, ...]]:
    """Return a kind's rows and the places of the columns that a file of an older step lacks (None in each row)."""
    table = KINDS[kind].table
    if table in tables_since(step):
        return [], ()
    names, newer = row_names(kind), columns_since(step, table)
    columns = ", ".join("NULL" if name in newer else f'"{name}"' for name in names)
    rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{table}" NOT INDEXED ORDER BY fid').all()
    return rows, tuple(place for place, name in enumerate(names) if name in newer)


def _pair_by_code(found: _Found, absent: dict[str, _Told]) -> None:
    """Take a row whose id alone another program changed for the record whose code it bears."""
    by_code = {
        (known.kind, known.code): row_id for row_id, known in absent.items() if KINDS[known.kind].coded
    }
    left = []
    for kind, at, record in found.added:
        row_id = by_code.pop((kind, record.code), None)
        if row_id is None:
            left.append((kind, at, record))
        else:
            del absent[row_id]
            found.seen[row_id] = kind
            found.changed[row_id] = kind, at, record
            found.rows[kind].append(record)
    found.added[:] = left


def _foreign(connection: Runs, step: int, found: _Found, absent: Mapping[str, _Told]) -> tuple[Foreign, ...]:
    """Return the edits of other programs, each with what our last change left, as far as that is known."""
    if not (found.changed or found.added or absent):
        return ()
    asked = {row_id: kind for row_id, (kind, _, _) in found.changed.items()}
    asked |= {row_id: gone.kind for row_id, gone in absent.items()}
    known = known_records(connection, asked, step)
    fids = {
        kind: _fids(connection, kind) for kind in {row[0] for row in (*found.changed.values(), *found.added)}
    }
    edits: list[Foreign] = []
    for row_id, (kind, at, theirs) in found.changed.items():
        ours = known[row_id]
        told = {} if ours is not None else known_fields(connection, row_id)
        code = str(theirs.code) if ours is None else ours.code
        edits.append(Foreign(kind, CHANGED, code, damage.CHANGED, ours, theirs, fids[kind][at], told, row_id))
    for kind, at, theirs in found.added:
        edits.append(
            Foreign(kind, ADDED, str(theirs.code or ""), damage.FOREIGN, None, theirs, fids[kind][at])
        )
    for row_id, gone in absent.items():
        ours = known[row_id]
        code = gone.code if ours is None else ours.code
        edits.append(Foreign(gone.kind, DELETED, code, damage.GONE, ours, None, None, {}, row_id))
    return tuple(edits)


def _fids(connection: Runs, kind: str) -> list[int]:
    """Return the numbers of a kind's rows, in the order in which they are read."""
    rows = connection.exec_driver_sql(f'SELECT fid FROM "{KINDS[kind].table}" NOT INDEXED ORDER BY fid')
    return [row[0] for row in rows]


def _by_code(found: _Found, foreign: Sequence[Foreign]) -> dict[str, dict[str, Record]]:
    """Return the records by kind and code, each as our last change left it; where that is not known, as it stands."""
    ours = {
        id(edit.theirs): edit.ours for edit in foreign if edit.theirs is not None and edit.ours is not None
    }
    records = {
        kind: {record.code: record for record in (ours.get(id(row), row) for row in rows)}
        for kind, rows in found.rows.items()
    }
    for edit in foreign:
        if edit.what == DELETED and edit.ours is not None:
            records[edit.kind][edit.ours.code] = edit.ours
    return records


def _strange_entries(
    entries: Mapping[str, Sequence[Any]], told: Mapping[str, _Told], found: _Found
) -> list[Damage]:
    """Return the codes that neither stand for a row nor for a record that the journal took out, and those missing."""
    damaged = [
        Damage("entity", known.code, damage.MISSING)
        for row_id, known in told.items()
        if row_id not in entries and known.was_made and KINDS[known.kind].coded and row_id not in found.seen
    ]
    for row_id in entries.keys() - found.seen.keys():
        _, code, kind = entries[row_id]
        maker = told.get(row_id)
        if maker is None or (maker.kind, maker.code) != (kind, code):
            damaged.append(Damage("entity", str(code), damage.STRANGE_ENTRY))
    return damaged
