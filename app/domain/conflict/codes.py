"""Codes that were given at two desks at once: the later record gets another, and what leads to it follows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.record import own_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record

_DIGITS: Final = re.compile(r"\d{6}")
_THE_THING: Final = ("districts", "streets", "communities")  # two that were made with one code are one


def taken(edits: Iterable[Edit], seen: Dataset, now: Dataset) -> list[Record]:
    """Return the new records of ``edits`` whose code was given to another record since ``seen``."""
    used, known = now.used_codes, seen.used_codes
    found = []
    for edit in edits:
        record = edit.record
        is_new = isinstance(edit, Put) and edit.before is None and KINDS[record.kind].coded
        if not is_new or record.kind in _THE_THING or record.code not in used or record.code in known:
            continue
        there = now.find(record.code)
        is_mine = (
            now.unmade.get(record.code, ("", ""))[0] == record.kind
            if there is None
            else there.id == record.id
        )
        if not is_mine:  # else it was brought back before, or may be
            found.append(record)
    return found


def is_made(record: Record) -> bool:
    """Whether a record's code has the form that the program gives."""
    letter = KINDS[record.kind].letter
    return (
        bool(letter)
        and record.code.startswith(letter)
        and bool(_DIGITS.fullmatch(record.code[len(letter) :]))
    )


def codes_for(records: Sequence[Record], edits: Iterable[Edit], now: Dataset) -> dict[str, str]:
    """Return a free code for each of these records by the one that it can't have."""
    if not records:
        return {}
    maker = CodeMaker(now.with_changes([edit.record for edit in edits if isinstance(edit, Put)]))
    return {
        record.code: maker.make(record.kind, record.text("community") if record.kind == "grids" else None)
        for record in records
    }


def without(edits: Iterable[Edit], codes: Collection[str]) -> list[Edit]:
    """Return edits without the new records of these codes and all that would hang on them."""
    return [
        edit
        for edit in edits
        if not (isinstance(edit, Put) and edit.before is None and _hangs_on(edit.record, codes))
    ]


def _hangs_on(record: Record, codes: Collection[str]) -> bool:
    fields = KINDS[record.kind].fields
    return record.code in codes or any(field.to and record.text(field.name) in codes for field in fields)


def following(edits: Iterable[Edit], codes: Mapping[str, str]) -> list[Edit]:
    """Return edits in which new records have other codes, and all that leads to them those too."""
    return [
        Put(renamed(edit.record, codes), edit.before) if isinstance(edit, Put) else edit for edit in edits
    ]


def renamed(record: Record, codes: Mapping[str, str]) -> Record:
    """Return a record under the code that it has now, and with those of what it leads to."""
    kind = KINDS[record.kind]
    leads = {field.name: record.text(field.name) for field in kind.fields if field.to}
    said = {name: codes[code] for name, code in leads.items() if code in codes}
    changed = record.with_values(**said) if said else record
    if kind.coded:
        return changed._replace(code=codes.get(record.code, record.code))
    return (
        changed._replace(code=own_code(record.kind, changed.values, changed.valid_from)) if said else record
    )
