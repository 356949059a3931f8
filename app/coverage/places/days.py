"""The days on which something about units changes, and the stretches between them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.kinds import UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.domain.dataset import Dataset
    from app.domain.record import Record

_NEVER: Final = date.max.toordinal() + 2
_FIELDS: Final = (
    "geometry",
    "successor",
    "district",
    "street",
    "community",
)  # of units that matter to placing


def day_starts(record: Record, fields: Sequence[str]) -> set[int]:
    """Return the days, as ordinals, on which a record begins, has ended, or one of its fields changes."""
    days: set[int] = set()
    if record.valid_from is not None:
        days.add(record.valid_from.toordinal())
    if record.valid_until is not None:
        days.add(record.valid_until.toordinal() + 1)
    if record.past:
        for field in fields:
            days.update(last.toordinal() + 1 for last, _ in record.past.get(field, ()))
    return days


class UnitDays:
    """The days on which anything about units that matters to placing changes, and how many units each is of."""

    def __init__(self, units: Counter[int]) -> None:
        self._units = units
        self.starts = sorted(units)

    @classmethod
    def of(cls, dataset: Dataset) -> UnitDays:
        """Return the days of a dataset."""
        units: Counter[int] = Counter()
        for kind in UNIT_KINDS:
            for record in dataset.of(kind).values():
                if record.past or record.valid_from is not None or record.valid_until is not None:
                    units.update(day_starts(record, _FIELDS))
        return cls(units)

    def moved(self, pairs: Iterable[tuple[Record | None, Record | None]]) -> UnitDays:
        """Return the days once units changed from the first of each pair to the second."""
        units = self._units.copy()
        for before, after in pairs:
            if before is not None:
                units.subtract(day_starts(before, _FIELDS))
            if after is not None:
                units.update(day_starts(after, _FIELDS))
        return self if units == self._units else UnitDays(+units)

    def stretch(self, day: date) -> tuple[int, int]:
        """Return the first day of the stretch without change that ``day`` belongs to, and the first day after it."""
        place = bisect_right(self.starts, day.toordinal())
        end = self.starts[place] if place < len(self.starts) else _NEVER
        return (self.starts[place - 1] if place else 0), end
