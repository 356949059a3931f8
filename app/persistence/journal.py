"""Reading the journal: what was changed, and the edits that take a change back."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.rules.rules import OWNED
from app.errors import Conflict, IntegrityFault, InvalidInput
from app.persistence import spelled
from app.persistence.damage import damaged_step
from app.persistence.files.checksum import fits
from app.persistence.journal_values import (
    BY_HAND,
    PROFILE,
    PURGE,
    RECORD,
    SETTINGS,
    TURNED_BACK,
    ZONE,
    Change,
    Detail,
    ProfileText,
    ZoneChange,
    field_json,
    from_text,
    from_whole,
    profile_text_of,
    with_field,
    zone_change_of,
)
from app.persistence.loading import DETAILS, details_gone
from app.persistence.packs.told import changes_that_made, codes_made, is_of_pack, made, made_of_codes
from app.persistence.row_codec import UNDECODABLE
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.persistence.protocol import Store
    from app.persistence.reading import Runs

_LONGEST_NUMBER: Final = 9  # digits that every store keeps as a whole number


def read_history(
    store: Store,
    *,
    code: str | None = None,
    owned: Sequence[str] = (),
    limit: int | None = None,
    details: int | None = None,
    after: int = 0,
    not_by: str = "",
) -> list[Change]:
    """Return changes newest first: all but somebody's, or those that touch ``code`` or a row about it; after a number.

    ``owned``: the codes of such rows (attachments, engagements, relations, scores) that are there now; those
    that are gone are found by what the journal keeps of them. ``details`` limits how many details of a change are read (a bulk change names thousands of records).
    """
    most = spelled.NO_LIMIT if limit is None else limit
    with store.reading() as connection:
        if code is None:
            rows = connection.exec_driver_sql(spelled.HISTORY, (after, not_by, most)).all()
            return [_change(connection, row, details) for row in rows]
        codes = sorted({code, *owned, *once_owned(connection, code)})
        _must_be_whole(connection)
        making = made_of_codes(connection, codes)
        asked = (after, json.dumps(codes), json.dumps(list(making)), most)
        rows = connection.exec_driver_sql(spelled.HISTORY_OF, asked).all()
        return [_change_about(connection, row, codes, making.get(row[0], []), details) for row in rows]


def brought_by(store: Store, name: str, kind: str) -> frozenset[str]:
    """Return the codes of the records of a kind that imports of files called ``name`` made or changed, and that hold.

    Raises IntegrityFault where details are gone from the journal.
    """
    with store.reading() as connection:
        by_hand = name + BY_HAND
        found = connection.exec_driver_sql(spelled.IMPORTS_OF, (name, len(by_hand), by_hand)).all()
        if not found:
            return frozenset()
        _must_be_whole(connection)
        changes = [row[0] for row in found]
        rows = connection.exec_driver_sql(spelled.CODES_BY, (kind, json.dumps(changes)))
        alone = {str(row[0]) for row in rows if row[0]}  # not of the detail that says which pack names many
        return frozenset(alone | codes_made(connection, kind, changes))


def last_before(store: Store, moment: str) -> int:
    """Return the number of the last change written before a moment (UTC, as the file writes it); 0 if there is none."""
    with store.reading() as connection:
        found = connection.exec_driver_sql(spelled.LAST_BEFORE, (moment,)).scalar_one()
    return int(found)


def once_owned(connection: Runs, code: str) -> list[str]:
    """Return the codes of rows that were about a record when they were made or taken out."""
    quoted = f'"{code}"'
    rows = connection.exec_driver_sql(spelled.ONCE_OWNED, (json.dumps(list(OWNED)), quoted, quoted))
    return [str(row[0]) for row in rows]


def read_change(store: Store, change_id: str, details: int | None = None) -> Change:
    """Return one change by its id or its number; raise InvalidInput if there is none.

    ``details`` limits how many of its details are read.
    """
    with store.reading() as connection:
        row = connection.exec_driver_sql(spelled.CHANGE_CALLED, (change_id, _number(change_id))).first()
        if row is None:
            raise InvalidInput(
                Text(
                    f"没有这一步：{change_id}。history 列出每一步。",
                    f"There is no change {change_id}; history lists them.",
                )
            )
        return _change(connection, row, details)


def _number(called: str) -> int | None:
    """Return the number that a change is called by, None where it is called by its id."""
    is_number = called.isascii() and called.isdecimal() and len(called) <= _LONGEST_NUMBER
    return int(called) if is_number else None


def next_undo(store: Store) -> str | None:
    """Return the id of the latest step that still holds."""
    with store.reading() as connection:
        row = connection.exec_driver_sql(spelled.NEXT_UNDO).first()
    return None if row is None else str(row[0])


def next_redo(store: Store) -> tuple[str, str] | None:
    """Return (the undo, the step it took back) that a redo would bring back: the latest, if nothing was done since."""
    with store.reading() as connection:
        row = connection.exec_driver_sql(spelled.NEXT_REDO).first()
    return None if row is None else (str(row[0]), str(row[1]))


def inverse(store: Store, dataset: Dataset, change: Change) -> list[Edit]:
    """Return the edits that take ``change`` back.

    Raises
    ------
    Conflict
        If a later step changed the same thing: it names that step, which must be taken back first. Or if something
        was taken out of this step for good.

    """
    must_not_be_purged(store, change)
    by_row: dict[str, list[Detail]] = defaultdict(list)
    for detail in change.details:
        if detail.kind not in SETTINGS:
            by_row[detail.row_id].append(detail)
    standing = _Standing(dataset)
    edits: list[Edit] = []
    for row_id, details in by_row.items():
        record = standing.record(details[0].kind, row_id, details[0].code)
        # a row that left or came with another one may have been edited in the same step: the whole of it decides
        first = next((detail for detail in details if detail.field == RECORD), details[0])
        if first.field == RECORD and first.before is None:
            if record is None:
                raise _needed(store, change, first)
            if record.version > 1 and _touched_later(store, change, row_id):
                raise _needed(store, change, first)
            edits.append(Remove(record))
        elif first.field == RECORD:
            if record is not None:
                raise _needed(store, change, first)
            version = first.before.get("version", 1) if isinstance(first.before, dict) else 1
            back = from_whole(first.kind, row_id, first.before, version + 1)
            if store.was_given(back.code, row_id):  # also one turned back that an undo brought in before
                back = back._replace(version=max(back.version, 2))
            edits.append(Put(back))
        else:
            edits.append(_fields_back(store, change, record, details))
    return edits


def must_not_be_purged(store: Store, change: Change) -> None:
    """Raise Conflict if something was taken out of a step for good: what was there before is not known any more.

    What a later step finds standing in place of what was taken out is no less true than any other value.
    """
    if not any(detail.is_purged for detail in change.details):
        return
    with store.reading() as connection:
        last = connection.exec_driver_sql(spelled.LAST_OF_VERB, (PURGE,)).scalar()
    if last is not None and last > change.seq:
        raise Conflict(
            Text(
                f"第 {change.seq} 步里有内容已彻底清除，当时的值没有了，这一步撤不回。要改就直接改记录。",
                f"Something in step {change.seq} was removed for good, so what was there before is not known and the "
                "step can't be taken back. Edit the record instead.",
            )
        )


def inverse_profile(store: Store, current: str, change: Change) -> ProfileText | None:
    """Return what takes back a change's profile, None where it changed none.

    Raises Conflict, naming the later step, if the profile is no longer as the change left it.
    """
    done = profile_text_of(change)
    if done is None:
        return None
    must_not_be_purged(store, change)
    if current != done.after:
        raise _needed(store, change, next(d for d in change.details if d.kind == PROFILE))
    sections = tuple((name, after, before) for name, before, after in done.sections)
    return ProfileText(before=done.after, after=done.before, sections=sections)


def inverse_zone(store: Store, current: str, change: Change) -> ZoneChange | None:
    """Return what takes back a change's working zone, None where it changed none.

    Raises Conflict, naming the later step, if the zone is no longer as the change left it.
    """
    done = zone_change_of(change)
    if done is None:
        return None
    if current != done.after:
        raise _needed(store, change, next(d for d in change.details if d.kind == ZONE))
    return ZoneChange(before=done.after, after=done.before)


def _fields_back(store: Store, change: Change, record: Record | None, details: list[Detail]) -> Edit:
    if record is None:
        raise _needed(store, change, details[0])
    back = record
    for detail in details:
        if field_json(record, detail.field) != detail.after:
            raise _needed(store, change, detail)
        back = with_field(back, detail.field, detail.before)
    return Put(back._replace(version=record.version + 1), record)


class _Standing:
    """The records of a dataset by what the journal calls them; only for a row without a code all may be looked at."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._of_kind: dict[str, dict[str, Record]] = {}

    def record(self, kind: str, row_id: str, code: str) -> Record | None:
        """Return the record that stands for a row, None if there is none. ``code``: its own, else its subject's."""
        if KINDS[kind].coded:  # a code is one record's for good
            found = self._dataset.of(kind).get(code)
            return found if found is not None and found.id == row_id else None
        about = self._dataset.children(kind, KINDS[kind].fields[0].name, code)
        found = next((record for record in about if record.id == row_id), None)
        return found if found is not None else self._anywhere(kind).get(row_id)

    def _anywhere(self, kind: str) -> dict[str, Record]:
        """Return all of a kind by row: the journal may name the subject that a row had once."""
        if kind not in self._of_kind:
            self._of_kind[kind] = {record.id: record for record in self._dataset.of(kind).values()}
        return self._of_kind[kind]


def _touched_later(store: Store, change: Change, row_id: str) -> Change | None:
    """Return the latest step after ``change`` that still bears on a row; an undo and its redo cancel out."""
    with store.reading() as connection:
        making = json.dumps(changes_that_made(connection, row_id))
        asked = (change.seq, change.seq, row_id, TURNED_BACK, making)
        row = connection.exec_driver_sql(spelled.TOUCHED_LATER, asked).first()
        return None if row is None else _change(connection, row, 20)


def _needed(store: Store, change: Change, detail: Detail) -> Conflict:
    later = _touched_later(store, change, detail.row_id)
    if later is None:
        return Conflict(
            Text(
                f"{detail.code} 已经不是当时的样子，这一步撤不回。",
                f"{detail.code} is no longer as that step left it; it can't be taken back.",
            )
        )
    if later.verb == PURGE:
        return Conflict(
            Text(
                f"撤不回：后面的第 {later.seq} 步（{later.at[:10]}）彻底清除了 {detail.code} 的一部分内容。要改就直接改记录。",
                f"It can't be taken back: step {later.seq} ({later.at[:10]}) removed part of {detail.code} for good. "
                "Edit the record instead.",
            )
        )
    return Conflict(
        Text(
            f"撤不回：后面的第 {later.seq} 步（{later.by}，{later.at[:10]}）又改了 {detail.code}。先撤那一步，或者直接改记录。",
            f"It can't be taken back: step {later.seq} ({later.by}, {later.at[:10]}) changed {detail.code} since. Take that one back first, or edit the record.",
        )
    )


def _change(connection: Runs, row: Any, limit: int | None) -> Change:
    """Return a change from its row; IntegrityFault that names it where it or a detail is not as it was written."""
    most = spelled.NO_LIMIT if limit is None else limit
    rows = connection.exec_driver_sql(spelled.DETAILS_OF, (row[0], most)).all()
    if not _is_all(connection, row[0], [d[9] for d in rows], limit):
        raise damaged_step(row[1])
    return _with_details(connection, row, [], rows, limit)


def _change_about(
    connection: Runs, row: Any, codes: Sequence[str], making: list[Detail], limit: int | None
) -> Change:
    """Return what a change did to some codes. ``making``: the records of theirs that it made among many."""
    most = spelled.NO_LIMIT if limit is None else limit
    rows = connection.exec_driver_sql(spelled.DETAILS_OF_CODES, (row[0], json.dumps(codes), most)).all()
    return _with_details(connection, row, making, rows, limit)


def _with_details(
    connection: Runs, row: Any, details: list[Detail], rows: Sequence[Any], limit: int | None
) -> Change:
    change_id, seq, at, by, verb, why, undoes, undone_by, _ = row
    if not fits(row, 8):
        raise damaged_step(seq)
    try:
        for one in map(_detail, rows):
            if limit is not None and len(details) >= limit:
                break
            details += made(connection, one) if is_of_pack(one) else [one]
    except UNDECODABLE as error:
        raise damaged_step(seq) from error
    return Change(
        change=change_id,
        seq=seq,
        at=at,
        by=by,
        verb=verb,
        why=why,
        undoes=undoes,
        undone_by=undone_by,
        details=tuple(details[:limit]),
    )


def _detail(row: Any) -> Detail:
    if not fits(row[:9], 8):
        raise ValueError(row[0])
    return Detail(
        kind=row[2],
        row_id=row[3],
        code=row[4],
        field=row[5],
        before=from_text(row[6]),
        after=from_text(row[7]),
    )


def _is_all(connection: Runs, change_id: str, numbers: list[int], limit: int | None) -> bool:
    """Whether these are all the details of a change (the first of them up to ``limit``), whatever an index says.

    They are written at once and only ever added, so they stand in one row of numbers: none is left out between
    them, and the rows before and behind are there and are another change's. A change without a detail is sought
    row by row, and no detail at all may be gone.
    """
    if connection.keeps_itself:
        return True
    kept = _details_kept(connection)
    if not numbers:
        sought = "SELECT 1 FROM change_detail NOT INDEXED WHERE change_id = ? LIMIT 1"
        return limit == 0 or (
            connection.exec_driver_sql(sought, (change_id,)).first() is None
            and not details_gone(connection, kept)
        )
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return False
    ends = [numbers[0] - 1] if len(numbers) == limit else [numbers[0] - 1, numbers[-1] + 1]
    beside = dict(connection.exec_driver_sql(spelled.DETAILS_AT, (json.dumps(ends),)).all())
    last = int(kept) if kept is not None and kept.isdecimal() else numbers[-1]
    must = {end for end in ends if 1 <= end <= last}
    return must <= beside.keys() and change_id not in beside.values()


def _details_kept(connection: Runs) -> str | None:
    """Return how many details the journal must have, None where an older program wrote last."""
    row = connection.exec_driver_sql(spelled.INFO_OF, (DETAILS,)).first()
    return None if row is None else row[1]


def _must_be_whole(connection: Runs) -> None:
    """Raise IntegrityFault where details are gone from the journal; for whoever does not read whole steps."""
    for gone in details_gone(connection, _details_kept(connection)):
        raise IntegrityFault(
            Text(
                f"{gone.message.zh}verify 逐处列出。",
                f"{gone.message.en} `verify` lists each place.",
            )
        )
