"""All that a shared registry shows a login at one moment, read whole or taken on from what was read before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from app.domain.dataset import Dataset
from app.domain.kinds import KINDS, FieldType
from app.persistence import spelled
from app.persistence.columns import column_of, row_names
from app.persistence.damage import CHANGED, Damage
from app.persistence.files.checksum import fits
from app.persistence.journal_values import RECORDS
from app.persistence.loading import BackdropShape, Loaded, last_seq
from app.persistence.row_codec import read_shapes, to_records
from app.persistence.shared.rows import columns_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from app.domain.record import Record
    from app.persistence.shared.runs import SharedRuns

MANY: Final = 2_000  # rows of others after which all is read anew
# whose record an undo took out: made by mistake, the code may be made again
_UNMADE: Final = text(
    """SELECT code, kind, id FROM (
        SELECT DISTINCT ON (e.id) e.code, e.kind, e.id, c.verb, d.before, d.after FROM entity e
        JOIN change_detail d ON d.code = e.code AND d.row_id = e.id AND d.field = 'record'
        JOIN change c ON c.id = d.change_id
        WHERE e.code = ANY(:codes) ORDER BY e.id, c.seq DESC
    ) latest WHERE verb = 'undo' AND after IS NULL AND before IS NOT NULL"""
)
TAKEN: Final = text("SELECT taken_codes() WHERE NOT has_all()")
_CODES: Final = text("SELECT id, code FROM entity WHERE id = ANY(:ids)")
_TOUCHED: Final = text(
    """SELECT d.kind, d.row_id, max(d.code), bool_or(d.code = '' AND d.field = :records)
    FROM change_detail d JOIN change c ON c.id = d.change_id WHERE c.seq > :after GROUP BY d.kind, d.row_id LIMIT :most"""
)


def load_all(runs: SharedRuns) -> Loaded:
    """Return all that there is to see, and every row that is not as it was written."""
    damaged: list[Damage] = []
    entries = runs.exec_driver_sql(spelled.ENTITIES)
    code_of = {row[0]: row[1] for row in entries}
    records = {kind: _records(runs, kind, code_of, damaged) for kind in KINDS}
    shown = Dataset(records)
    gone = _gone(shown, code_of)
    retired = frozenset(gone) | _taken(runs, shown)
    dataset = Dataset(records, retired, _unmade(runs, gone) if gone else None)
    info, backdrop = _info(runs, damaged), _backdrop(runs, damaged)
    return Loaded(dataset, info, backdrop, last_seq(runs), tuple(damaged), is_tallied=True, gone=gone)


def touched_since(runs: SharedRuns, seq: int) -> list[tuple[str, str, str, bool]]:
    """Return the rows that the journal names since a step: kind, id, code, whether many were made at once; not all past ``MANY``."""
    asked = {"after": seq, "records": RECORDS, "most": MANY + 1}
    return [(row[0], row[1], row[2], row[3]) for row in runs.connection.execute(_TOUCHED, asked)]


def load_on(runs: SharedRuns, before: Loaded) -> Loaded | None:
    """Return what there is now, with only those rows read that the journal names since; None where too many are.

    The dataset is a layer over the one before, so that figures are mended and not counted again.
    """
    seq = last_seq(runs)
    touched = touched_since(runs, before.seq)
    if seq < before.seq or before.damaged or len(touched) > MANY or any(row[3] for row in touched):
        return None
    ids: dict[str, dict[str, str]] = {}
    for kind, row_id, code, _ in touched:
        if kind in KINDS:
            ids.setdefault(kind, {})[row_id] = code
    damaged: list[Damage] = []
    put: list[Record] = []
    removed: list[Record] = []
    gone = dict(before.gone)
    for kind, named in ids.items():
        now = {record.id: record for record in _records(runs, kind, None, damaged, named).values()}
        old = _standing(before.dataset, kind, named)
        put += now.values()
        removed += [record for row_id, record in old.items() if row_id not in now]
        # a row without a code of its own is called by what it says: under another name it is another one
        removed += [old[row_id] for row_id in old.keys() & now.keys() if old[row_id].code != now[row_id].code]
        if KINDS[kind].coded:  # also what came and went unseen
            gone.update({code: row_id for row_id, code in named.items() if row_id not in now})
            for record in now.values():
                gone.pop(record.code, None)
    dataset = before.dataset
    taken = _taken(runs, dataset)
    if ids or not taken <= dataset.retired:  # also where a code was given to what is not shown
        dataset = dataset.with_changes(put, removed)
        dataset.retired = frozenset(gone) | taken
        dataset.unmade = _unmade(runs, gone) if gone else {}
    info = _info(runs, damaged)
    return Loaded(dataset, info, before.backdrop, seq, tuple(damaged), is_tallied=True, gone=gone)


def _records(
    runs: SharedRuns,
    kind: str,
    code_of: Mapping[str, str] | None,
    damaged: list[Damage],
    ids: Collection[str] | None = None,
) -> dict[str, Record]:
    """Return the records of a kind, or those of some rows. ``code_of``: the codes by id, None: to be asked for."""
    table = KINDS[kind].table
    rows = rows_of(runs.connection, table, ids)
    if code_of is None:
        code_of = _codes_in(runs, kind, rows)
    decoded = to_records(kind, rows, code_of)
    named = 1 if KINDS[kind].coded else 0
    damaged += [Damage(table, str(rows[at][named]), said) for at, said in decoded.damaged.items()]
    damaged += [Damage(table, str(rows[at][named]), said) for at, said in decoded.edited.items()]
    return {record.code: record for record in decoded.records if record is not None}


def _codes_in(runs: SharedRuns, kind: str, rows: Sequence[Sequence[Any]]) -> dict[str, str]:
    """Return the codes of what some rows refer to, by id."""
    names = row_names(kind)
    places = [names.index(column_of(f)) for f in KINDS[kind].fields if f.type is FieldType.REFERENCE]
    named = {row[place] for row in rows for place in places} - {None}
    return {row[0]: row[1] for row in runs.connection.execute(_CODES, {"ids": list(named)})} if named else {}


def _standing(dataset: Dataset, kind: str, named: Mapping[str, str]) -> dict[str, Record]:
    """Return the records of a dataset that stand for some rows, by row. ``named``: row → its code, or its subject's."""
    if KINDS[kind].coded:
        found = (dataset.of(kind).get(code) for code in named.values())
        return {record.id: record for record in found if record is not None}
    subject = KINDS[kind].fields[0].name
    about = (record for code in set(named.values()) for record in dataset.children(kind, subject, code))
    found_ids = {record.id: record for record in about if record.id in named}
    if len(found_ids) < len(named):  # new ones, or such as were about another subject before
        found_ids |= {record.id: record for record in dataset.of(kind).values() if record.id in named}
    return found_ids


def _gone(dataset: Dataset, code_of: Mapping[str, str]) -> dict[str, str]:
    """Return the codes that were given and have no record, with the id of the one that they were given to."""
    in_use = {code for kind in KINDS if KINDS[kind].coded for code in dataset.of(kind)}
    return {code: row_id for row_id, code in code_of.items() if code not in in_use}


def _taken(runs: SharedRuns, dataset: Dataset) -> frozenset[str]:
    """Return the last codes of what is not shown to this login: whoever gives the next one goes on from there."""
    taken = (str(row[0]) for row in runs.connection.execute(TAKEN))
    return frozenset(code for code in taken if dataset.find(code) is None)


def _unmade(runs: SharedRuns, retired: Collection[str]) -> dict[str, tuple[str, str]]:
    rows = runs.connection.execute(_UNMADE, {"codes": list(retired)})
    return {row[0]: (row[1], row[2]) for row in rows}


def _info(runs: SharedRuns, damaged: list[Damage]) -> dict[str, str]:
    return {row[1]: row[2] for row in _fitting(runs, "registry_info", "key", damaged)}


def _backdrop(runs: SharedRuns, damaged: list[Damage]) -> tuple[BackdropShape, ...]:
    rows = _fitting(runs, "backdrop", "id", damaged)
    shapes = read_shapes([row[4] for row in rows])
    return tuple(
        BackdropShape(row[1], row[2], shape)
        for row, shape in zip(rows, shapes, strict=True)
        if shape is not None
    )


def _fitting(runs: SharedRuns, table: str, named: str, damaged: list[Damage]) -> list[tuple[Any, ...]]:
    """Return the rows of a table that is no kind's; those that don't fit their checksum are named."""
    rows, names = rows_of(runs.connection, table), columns_of(table)
    check, name = names.index("checksum"), names.index(named)
    damaged += [Damage(table, str(row[name]), CHANGED) for row in rows if not fits(row, check)]
    return rows
