"""Steps of what is handled one step after another, a case or a list entry: each has its day, none precedes the last."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.domain.dated import with_value_from
from app.domain.edits import Put
from app.domain.period import ONE_DAY
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.record import Record


def check_day(record: Record, day: date, fields: Sequence[str]) -> None:
    """Raise InvalidInput for a day before the record was opened or one of its ``fields`` changed last."""
    days = [last + ONE_DAY for field in fields for last, _ in record.past.get(field, ())]
    opened = record.get("opened")
    latest = max([*days, *([opened] if isinstance(opened, date) else [])], default=day)
    if day < latest:
        raise refused(
            Text(
                f"{day} 早于 {record.code} 的上一步（{latest}）。写 {latest} 或以后的一天。",
                f"{day} is before the latest step of {record.code} ({latest}). Give that day or a later one.",
            ),
            record.code,
            "on",
            str(day),
        )


def stepped(record: Record, day: date, **values: str | None) -> Put:
    """Return the edit that gives a record other values from a day on; what stood before stays true of before."""
    changed = record
    for field, value in values.items():
        if record.get(field) != value:
            changed = with_value_from(changed, field, value, day)
    return Put(changed._replace(version=record.version + 1), record)


def closed(record: Record, day: date, state: str) -> Put:
    """Return the edit by which a record comes to its last state on a day."""
    return Put(stepped(record, day, state=state).record.with_values(closed=day), record)


def refused(message: Text, code: str, column: str | None = None, value: str | None = None) -> InvalidInput:
    """Return a refusal with its place."""
    return InvalidInput(message, (Problem(message=message, code=code or None, column=column, value=value),))
