"""The edits that bring what hung on a record to those that go on. Nothing before the day moves."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from app.domain.codes.maker import CodeMaker
from app.domain.dated import with_value_from
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.domain.record import NO_PAST, Record, Value, count_code, fact_code
from app.services.lineage.hanging import facts_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit


class Mover:
    """Collects the edits of one split or merge; a record that several things change is put once."""

    def __init__(self, dataset: Dataset, day: date) -> None:
        self._dataset, self._day = dataset, day
        self._maker = CodeMaker(dataset)
        self._puts: dict[str, Put] = {}
        self._removed: list[Edit] = []

    def edits(self) -> list[Edit]:
        """Return the edits, each record once."""
        return [*self._puts.values(), *self._removed]

    def put(self, record: Record, before: Record | None = None) -> None:
        """Put a record in; a second change of the same one adds to the first."""
        if before is not None:
            record = record._replace(version=before.version + 1)
        self._puts[record.id] = Put(record, before)

    def as_it_is(self, record: Record) -> Record:
        """Return a record as this change has it so far."""
        put = self._puts.get(record.id)
        return record if put is None else put.record

    def end_and_begin(self, row: Record, field: str, targets: Sequence[str]) -> None:
        """Let what ties something to the old record end the day before, and begin on each target.

        One that begins on the day or later goes over as it is, and goes where nothing takes it.
        """
        begins_later = row.valid_from is not None and row.valid_from >= self._day
        others = list(targets)
        if not begins_later:
            self.put(self.as_it_is(row)._replace(valid_until=self._day - ONE_DAY), row)
        elif others:
            self.put(self.as_it_is(row).with_values(**{field: others.pop(0)}), row)
        else:
            self._removed.append(Remove(row))
            self._removed += [
                Remove(fact) for rows in self._dataset.facts(row.code).values() for fact in rows
            ]
        for target in others:
            made = row.with_values(**{field: target})
            first = row.valid_from if begins_later else self._day
            made = _new(made, self._maker.make(row.kind))._replace(valid_from=first, past=NO_PAST)
            self.put(made)
            for key in self._dataset.facts(
                row.code
            ):  # of an engagement: its fee was agreed, its firm was asked
                self.copy_facts(facts_from(self._dataset, row.code, key, self._day), made.code)

    def copy_facts(self, rows: Iterable[Record], subject: str, not_before: date | None = None) -> None:
        """Give a record facts of another with the day on which each was found out, or ``not_before``."""
        for row in rows:
            first = row.valid_from
            if not_before is not None and (first is None or first < not_before):
                first = not_before
            old = self._dataset.of("facts").get(fact_code(subject, row.get("key"), first))
            if old is not None:
                values = old.with_values(value=row.get("value"))
                self.put(values._replace(valid_until=row.valid_until, source=row.source), old)
                continue
            made = row.with_values(subject=subject)._replace(valid_from=first)
            self.put(_new(made, fact_code(subject, row.get("key"), first)))

    def hand_over(self, rows: Iterable[Record], subject: str) -> None:
        """Let scores given on the day or later be those of another record."""
        for row in rows:
            self.put(self.as_it_is(row).with_values(subject=subject), row)

    def count(self, row: Record, subject: str, on: Value, counts: dict[str, int | None]) -> None:
        """Give a record a row of household counts of a day."""
        code = count_code(subject, on)
        old = self._dataset.of("households").get(code)
        made = row.with_values(subject=subject, on=on, **counts)
        if old is not None:
            self.put(old.with_values(**counts), old)
        else:
            self.put(_new(made, code))

    def rename(self, row: Record, field: str, old: str, target: str) -> None:
        """Let a record name the target instead of the old record from the day on, wherever it named that."""
        now = self.as_it_is(row)
        if row.valid_from is not None and row.valid_from >= self._day:
            steps = tuple(
                (last, target if value == old else value) for last, value in now.past.get(field, ())
            )
            changed = now.with_values(**{field: target}) if now.get(field) == old else now
            if steps:
                changed = changed._replace(past={**now.past, field: steps})
            self.put(changed, row)
            return
        begin: date | None = None
        changed = now
        for last, value in (*now.past.get(field, ()), (None, now.get(field))):
            if value == old and (last is None or last >= self._day):
                first = self._day if begin is None else max(begin, self._day)
                changed = with_value_from(changed, field, target, first, last)
            begin = None if last is None else last + ONE_DAY
        self.put(changed, row)


def lineage_row(before: str, after: str, day: date) -> Record:
    """Return the row that says which record came of which."""
    values: list[str] = [before, after]
    assert tuple(KINDS["lineage"].index) == ("before", "after")  # noqa: S101
    return Record("lineage", str(uuid.uuid4()), count_code(before, after), tuple(values), valid_from=day)


def _new(row: Record, code: str) -> Record:
    return row._replace(id=str(uuid.uuid4()), code=code, version=1)
