"""A text taken out of the records that stand: the edits that a purge makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS, FieldType
from app.domain.values import read_fact, read_field
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.kind import Field
    from app.domain.profile import Profile
    from app.domain.purging import Sought
    from app.domain.record import Record

_NUMBERS = (FieldType.COUNT, FieldType.NUMBER, FieldType.YEAR)


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
