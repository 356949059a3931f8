"""Which days the registry knows anything of: to ask before a day is shown that no record reaches."""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Final

from app.domain.kinds import OFFERED_KINDS
from app.domain.period import today
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.dataset import Dataset

_UNDATED_FROM: Final = date(1949, 10, 1)  # in a registry without any day, earlier ones are slips of the hand


def doubt_about(dataset: Dataset, day: date, now: date | None = None) -> Text | None:
    """Return a question about a day before every day that is recorded, or long after the last; else None.

    ``now`` is the day of the clock. Days up to the end of next year are asked about by nobody.
    """
    now = now or today()
    if day > date(now.year + 1, 12, 31):
        if any(known >= day for known in _days(dataset)):
            return None
        return Text(
            f"{day} 太远，册里没有一条记录写到那时。", f"No record reaches {day}: it is too far ahead."
        )
    if day > now or any(known <= day for known in _days(dataset)):
        return None
    first = min(_days(dataset), default=_UNDATED_FROM)
    if day >= first:
        return None
    return Text(
        f"没有记录早到 {day}，册里最早的日子是 {first}。",
        f"No record reaches back to {day}; the first day written is {first}.",
    )


def _days(dataset: Dataset) -> Iterator[date]:
    """Yield the first and last days of all records, those with few records first."""
    kinds = sorted(OFFERED_KINDS, key=lambda kind: len(dataset.of(kind)))
    for record in chain.from_iterable(dataset.of(kind).values() for kind in kinds):
        if record.valid_from is not None:
            yield record.valid_from
        if record.valid_until is not None:
            yield record.valid_until
