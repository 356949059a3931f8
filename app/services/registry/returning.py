"""What was written while the server was away, done again on what the server holds by now: cell by cell, each once.

A cell that stands as the change had found it is changed; one that stands as the change left it is done already. Where it is
neither, somebody else changed it meanwhile: that change waits for the user's word, and so does what builds upon it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.errors import Busy, RegistryError
from app.persistence.journal_values import (
    RECORD,
    Change,
    Detail,
)
from app.persistence.shared.refusals import Unreachable
from app.services.registry.again import Again, new_change
from app.services.registry.disagreed import Disagreed, wanted_from
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.persistence.shared.mirror.news import Kept
    from app.services.registry.again import Done
    from app.services.registry.disagreed import Wanted
    from app.services.registry.stepping import Stepping

_LEANS: Final = Text(
    "前面有一步还等您定，这一步在它之上", "an earlier step that this one builds upon waits for you"
)


def brought(there: Stepping, waiting: Sequence[Done], kept: Sequence[Kept]) -> list[Kept]:
    """Do again on the server what waits, and return what can't be and waits for the user's word, ``kept`` before it.

    ``there``: the registry on the server itself. What it has under the same id is done. Raises Unreachable and Busy, after
    which all of it may be asked again.
    """
    done = {one.change.change for one in waiting if there.has_step(one.change.change)}
    again, blocked, left = Again(there.was_given), _Blocked(), list(kept)
    for earlier in kept:
        blocked.add(question(earlier.told)[0])
    live = live_of([one.change for one in waiting], done)
    for one in waiting:
        if one.change.change in done:
            again.learn(there.dataset, one.change)
        elif one.change.change in live:
            why = _LEANS if blocked.holds(one.change) else _done_again(there, again, one)
            if why is not None:
                blocked.add(one.change)
                again_wanted = again.named_now(one.wanted) if _is_shown(there, one.change) else None
                left.append(kept_of(one.change, again_wanted, why))
    return left


def _is_shown(there: Stepping, change: Change) -> bool:
    """Whether this login sees all that a change is about; else no more of it stays here than what it wrote."""
    made = {detail.code for detail in change.details if detail.field == RECORD and detail.before is None}
    return all(
        detail.code in made
        or there.dataset.find(detail.code) is not None
        or there.was_given(detail.code, detail.row_id)
        for detail in change.details
        if detail.kind in KINDS
    )


def _done_again(there: Stepping, again: Again, done: Done) -> Text | None:
    """Do a change again; return why it can't be, None where it is done."""
    try:
        there.bring(
            lambda dataset: again.edits(done.wanted, dataset, there.profile)[0],
            new_change(there, done.change),
        )
    except (Unreachable, Busy):
        raise
    except Disagreed as error:
        return error.problems[0].message if error.problems else error.message
    except RegistryError as error:
        return error.message
    again.learn(there.dataset, done.change)
    return None


def live_of(waiting: Sequence[Change], done: set[str]) -> set[str]:
    """Return what is left to do, by id: not what is done, nor what was taken back again before anybody else saw it."""
    there = {change.change for change in waiting}
    vanished: set[str | None] = set()
    for change in waiting:
        if change.undone_by in there and change.change not in done:
            vanished |= {change.change, change.undone_by}
    return there - done - vanished


class _Blocked:
    """What waits for the user's word: its changes, cells and new codes; what builds upon any of it waits too."""

    def __init__(self) -> None:
        self._changes: set[str] = set()
        self._cells: set[tuple[str, str]] = set()
        self._rows: set[str] = set()
        self._whole: set[str] = set()
        self._codes: set[str] = set()

    def add(self, change: Change) -> None:
        self._changes.add(change.change)
        for detail in change.details:
            self._cells.add((detail.row_id, detail.field))
            self._rows.add(detail.row_id)
            if detail.field == RECORD:
                self._whole.add(detail.row_id)
                if detail.before is None:
                    self._codes.add(detail.code if KINDS[detail.kind].coded else "")
        self._codes.discard("")

    def holds(self, change: Change) -> bool:
        if change.undoes in self._changes:
            return True
        for detail in change.details:
            is_whole = detail.field == RECORD
            if detail.row_id in (self._rows if is_whole else self._whole):
                return True
            if (detail.row_id, detail.field) in self._cells or not self._codes.isdisjoint(_codes_in(detail)):
                return True
        return False


def _codes_in(detail: Detail) -> set[str]:
    """Return the codes that a detail names: whose it is, and what it refers to."""
    if detail.kind not in KINDS:
        return set()
    found = {detail.code}
    references = {field.name for field in KINDS[detail.kind].fields if field.type is FieldType.REFERENCE}
    if detail.field in references:
        found.add(str(detail.after))
    if detail.field == RECORD and isinstance(detail.after, dict):
        fields = detail.after["fields"]
        found |= {str(fields[name]) for name in references & fields.keys()}
    return found


def kept_of(change: Change, decided: Wanted | None, why: Text) -> Kept:
    """Return a change as it is kept until the user says what is to become of it."""
    from app.persistence.shared.mirror.keeping import told
    from app.persistence.shared.mirror.news import Kept

    said = {**told(change), "wanted": None if decided is None else decided.as_kept()}
    reason = json.dumps({"zh": why.zh, "en": why.en}, ensure_ascii=False)
    return Kept(change.change, json.dumps(said, ensure_ascii=False), reason)


def leans(kept: Kept) -> bool:
    """Whether a change waits only because it builds upon another that does."""
    return bool(json.loads(kept.why)["zh"] == _LEANS.zh)


def question(text: str) -> tuple[Change, Wanted | None]:
    """Return a change from how it is kept, and what it was decided as; None where it is about what is not shown any more."""
    said = json.loads(text)
    decided = said.pop("wanted")
    details = tuple(Detail(**detail) for detail in said.pop("details"))
    change = Change(change=said.pop("id"), seq=0, undone_by=None, details=details, **said)
    return change, None if decided is None else wanted_from(decided)
