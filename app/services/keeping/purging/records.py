"""The edits that a purge makes of records: a text taken out of them; in a backup, what is no longer so of one record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.purging import PURGED
from app.domain.record import NO_PAST
from app.domain.rules.rules import owned_by
from app.domain.values import read_fact, read_field
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.kind import Field
    from app.domain.profile.profile import Profile
    from app.domain.purging import Sought
    from app.domain.record import Record

_NUMBERS: Final = (FieldType.COUNT, FieldType.NUMBER, FieldType.YEAR)
_ABOUT: Final = ("facts", "households", "assessments")  # rows that nothing else refers to


def edits_without(dataset: Dataset, profile: Profile, sought: Sought) -> list[Edit]:
    """Return what takes a text out of every record of every kind, past values included.

    A fact whose value can only be read with the text in it goes as a whole.
    """
    edits: list[Edit] = []
    for kind in KINDS:
        for record in dataset.of(kind).values():
            new = _without(record, profile, sought)
            if new is record:
                continue
            edits.append(
                Put(new._replace(version=record.version + 1), record)
                if _is_readable(new, profile)
                else Remove(record)
            )
    return edits


def _without(record: Record, profile: Profile, sought: Sought) -> Record:
    fields = KINDS[record.kind].fields
    values = tuple(
        _value(field, value, profile, sought) for field, value in zip(fields, record.values, strict=True)
    )
    by_name = KINDS[record.kind].by_name
    past: dict[str, Any] = {
        name: tuple(
            (last, _value(by_name[name], value, profile, sought) if name in by_name else _said(value, sought))
            for last, value in periods
        )
        for name, periods in record.past.items()
    }
    source = None if record.source is None else sought.without(record.source)
    if values == record.values and source == record.source and past == dict(record.past):
        return record
    return record._replace(values=values, source=source, past=past)


def _value(field: Field, value: Any, profile: Profile, sought: Sought) -> Any:
    if field.is_structure or not sought.is_in(value):
        return value
    if field.type in _NUMBERS:
        return None
    if field.type is not FieldType.TEXT:
        return value
    kept = sought.without(value)
    try:
        read_field(field, kept, profile)
    except InvalidInput:  # a text with a check of its own
        return kept if field.required else None
    return kept


def _said(value: Any, sought: Sought) -> Any:
    return sought.without(value) if isinstance(value, str) else value


def _is_readable(record: Record, profile: Profile) -> bool:
    spec = profile.facts.get(record.text("key")) if record.kind == "facts" else None
    if spec is None:
        return True
    try:
        read_fact(spec, record.text("value"), profile)
    except InvalidInput:
        return False
    return True


def edits_like(dataset: Dataset, live: Dataset, code: str) -> list[Edit]:
    """Return what makes a record of a backup, and the rows about it, say what they say today.

    What is there no more leaves a shell: what it was about, so that nothing that refers to it goes astray.
    """
    now = {row.id: row for row in rows_of(live, code)}
    edits: list[Edit] = []
    for row in rows_of(dataset, code):
        there = now.get(row.id)
        if there is None and row.kind in _ABOUT:
            edits.append(Remove(row))
            continue
        new = _shell(row) if there is None else _like(row, there)
        if new != row:
            edits.append(Put(new._replace(version=row.version + 1), row))
    return edits


def rows_of(dataset: Dataset, code: str) -> list[Record]:
    """Return a record that stands, and the rows about it."""
    record = dataset.find(code)
    return owned_by(dataset, code) if record is None else [record, *owned_by(dataset, code)]


def _shell(row: Record) -> Record:
    values = tuple(
        _bare(field, value) for field, value in zip(KINDS[row.kind].fields, row.values, strict=True)
    )
    shape = row.geometry if row.kind in UNIT_KINDS else None
    return row._replace(values=values, source=None, geometry=shape, past=NO_PAST)


def _bare(field: Field, value: Any) -> Any:
    if value is None or field.is_structure:
        return value
    if field.type is FieldType.TEXT:
        return PURGED
    return value if field.required else None


def _like(row: Record, there: Record) -> Record:
    values = tuple(
        value if field.is_structure else now
        for field, value, now in zip(KINDS[row.kind].fields, row.values, there.values, strict=True)
    )
    return row._replace(values=values, source=there.source, geometry=there.geometry, past=there.past)
