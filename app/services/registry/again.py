"""Changes done before, as they were decided: found in the journal, to be decided again on data that others changed since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from app.domain.codes.maker import CodeMaker
from app.domain.conflict.codes import codes_for, is_made, renamed
from app.domain.dataset import Dataset
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.record import own_code
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import RECORD, SETTINGS, from_whole, with_field
from app.services.registry.disagreed import Wanted, disagreed, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.journal_values import Change, Detail
    from app.services.registry.stepping import Stepping


class Done(NamedTuple):
    """A change that was done: the journal's, and what it was decided as."""

    change: Change
    wanted: Wanted


def done_before(changes: Sequence[Change], after: Dataset) -> list[Done]:
    """Return changes as they were decided, in their order. ``after``: the data once all of them, the last of a journal, were done."""
    found: list[Done] = []
    for change in reversed(changes):
        edits = _edits_of(change, after)
        back = [
            edit.record if isinstance(edit, Remove) else edit.before
            for edit in edits
            if isinstance(edit, Remove) or edit.before is not None
        ]
        made = [edit.record for edit in edits if isinstance(edit, Put) and edit.before is None]
        after = after.with_changes([record for record in back if record is not None], made)
        found.append(Done(change, wanted(edits, after, verb=change.verb, why=change.why, recodes=True)))
    return found[::-1]


def _edits_of(change: Change, after: Dataset) -> list[Edit]:
    rows: dict[str, list[Detail]] = {}
    for detail in change.details:
        if detail.kind not in SETTINGS:
            rows.setdefault(detail.row_id, []).append(detail)
    edits: list[Edit] = []
    for row_id, details in rows.items():
        first = next((one for one in details if one.field == RECORD), details[0])
        if first.field == RECORD and first.after is None:
            edits.append(Remove(from_whole(first.kind, row_id, first.before, first.before.get("version", 1))))
            continue
        record = _standing(after, first)
        if first.field == RECORD:
            edits.append(Put(record))
            continue
        before = record._replace(version=record.version - 1)
        for detail in details:
            before = with_field(before, detail.field, detail.before)
        if not KINDS[record.kind].coded:
            before = renamed_row(before)
        edits.append(Put(record, before))
    return edits


def renamed_row(record: Record) -> Record:
    """Return a row that has no code of its own under the one that stands for it."""
    return record._replace(code=own_code(record.kind, record.values, record.valid_from))


def _standing(dataset: Dataset, detail: Detail) -> Record:
    """Return the record that a detail tells of; raises LookupError where the journal and the rows are not of one piece."""
    if KINDS[detail.kind].coded:
        return dataset.of(detail.kind)[detail.code]
    about = dataset.children(detail.kind, KINDS[detail.kind].fields[0].name, detail.code)
    rows = [*about, *dataset.of(detail.kind).values()]
    return next(record for record in rows if record.id == detail.row_id)


class Again:
    """Decides changes again on other data, one after the other; a code that somebody else took meanwhile is given anew."""

    def __init__(self, was_given: Callable[[str, str], bool]) -> None:
        """``was_given``: whether a code was given to the record of an id, which is gone."""
        self._was_given = was_given
        self._named: dict[str, str] = {}  # the code given while the server was away → the one that it has

    def learn(self, dataset: Dataset, change: Change) -> None:
        """Learn from a change that is done which codes its new records have."""
        for detail in change.details:
            is_new = detail.kind in KINDS and detail.field == RECORD and detail.before is None
            if is_new and KINDS[detail.kind].coded:
                there = dataset.of(detail.kind)
                found = there.get(self._named.get(detail.code, detail.code))
                if found is None or found.id != detail.row_id:
                    found = next((one for one in there.values() if one.id == detail.row_id), None)
                if found is not None and found.code != detail.code:
                    self._named[detail.code] = found.code

    def named_now(self, change: Wanted) -> Wanted:
        """Return a change in which records have the codes that they have by now."""
        if not self._named:
            return change
        edits = tuple(_edit_named(edit, self._named) for edit in change.edits)
        records = [renamed(record, self._named) for kind in KINDS for record in change.seen.of(kind).values()]
        return replace(change, edits=edits, seen=Dataset({}).with_changes(records))

    def split(self, change: Wanted, now: Dataset) -> tuple[Wanted, list[Edit]]:
        """Return what has to be decided again of a change, and records brought back that keep the code they had."""
        back = [
            edit
            for edit in change.edits
            if isinstance(edit, Put)
            and edit.before is None
            and now.find(edit.record.code) is None
            and self._was_given(edit.record.code, edit.record.id)
        ]
        rest = tuple(edit for edit in change.edits if edit not in back)
        past = {edit.record.code: edit.record for edit in rest if _is_past(edit, now)}
        codes = codes_for(list(past.values()), rest, now)
        self._named |= codes
        named = tuple(_edit_named(edit, codes) for edit in rest) if codes else rest
        return replace(change, edits=named), list(back)

    def edits(
        self, change: Wanted, now: Dataset, profile: Profile, choices: Mapping[str, str] | None = None
    ) -> tuple[Sequence[Edit], Wanted]:
        """Return what a change does to data, and the change as it is called there; raises ``Disagreed`` where a side is to be chosen."""
        rest, back = self.split(self.named_now(change), now)
        merged = rest.on(now, profile, choices)
        if merged.disagreements:
            raise disagreed(merged.disagreements, rest, now, profile)
        return [*back, *merged.edits], rest


def _edit_named(edit: Edit, codes: Mapping[str, str]) -> Edit:
    if isinstance(edit, Remove):
        return Remove(renamed(edit.record, codes))
    return Put(renamed(edit.record, codes), None if edit.before is None else renamed(edit.before, codes))


def _is_past(edit: Edit, now: Dataset) -> bool:
    """Whether a code that the program made is behind those made since: it may be of one that this login is not shown."""
    record = edit.record
    if not isinstance(edit, Put) or edit.before is not None or not KINDS[record.kind].coded:
        return False
    if not is_made(record) or record.code in now.used_codes:
        return False
    following = CodeMaker(now).make(record.kind)
    return (len(record.code), record.code) < (len(following), following)


def new_change(there: Stepping, change: Change) -> NewChange:
    """Return the head of a change as it is written again."""
    revives = None
    if change.verb == "redo" and change.undoes is not None:
        revives = there.step(change.undoes).undoes
    return NewChange(
        by=there.by,
        verb=change.verb,
        why=change.why,
        undoes=change.undoes,
        revives=revives,
        details=[detail for detail in change.details if detail.kind in SETTINGS],
        id=change.change,
        at=change.at,
    )
