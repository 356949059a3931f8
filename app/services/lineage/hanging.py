"""What hangs on a record from a day on: rows about it, rows that tie something to it, records that name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS, FieldType
from app.domain.record import Record
from app.domain.tasks import SETTLED, state_of
from app.services.lineage.numbers import COUNTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from app.domain.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Hanging:
    """What holds of a record on the day or begins later.

    ``facts``, ``scores``: by key and by scheme. ``tied``, ``naming``: (field that names the record, row).
    """

    facts: dict[str, list[Record]] = field(default_factory=dict)
    scores: dict[str, list[Record]] = field(default_factory=dict)
    counts: list[Record] = field(default_factory=list)
    tied: list[tuple[str, Record]] = field(default_factory=list)
    naming: list[tuple[str, Record]] = field(default_factory=list)
    waivers: list[Record] = field(default_factory=list)

    def rows(self) -> Iterator[Record]:
        """Yield every row."""
        for rows in (*self.facts.values(), *self.scores.values(), self.counts, self.waivers):
            yield from rows
        for _, row in (*self.tied, *self.naming):
            yield row


def hanging_from(dataset: Dataset, record: Record, day: date) -> Hanging:
    """Return what hangs on a record on ``day`` and later; what ended before is history and stays with it."""
    found = Hanging()
    for key in dataset.facts(record.code):
        rows = facts_from(dataset, record.code, key, day)
        if rows:
            found.facts[key] = rows
    found.scores.update(_scores(dataset, record.code, day))
    found.counts.extend(_counts(dataset, record.code, day))
    for kind in KINDS.values():
        if not kind.coded or kind.name == "assessments":
            continue  # told by themselves
        for one in kind.fields:
            if one.type is not FieldType.REFERENCE or record.kind not in one.to or one.name == kind.chain:
                continue
            into = found.tied if one.name in kind.leaves_with else found.naming
            rows = list(dataset.children(kind.name, one.name, record.code))
            rows += _once_named(dataset.of(kind.name).values(), one.name, record.code, day)
            into.extend((one.name, row) for row in rows if _goes_on(row, day))
    found.waivers.extend(
        row
        for row in dataset.of("waivers").values()
        if record.code in row.text("codes").split() and _goes_on(row, day)
    )
    return found


def facts_from(dataset: Dataset, subject: str, key: str, day: date) -> list[Record]:
    """Return the fact of a key that holds on ``day``, and those that begin later."""
    now = dataset.fact_on(subject, key, day)
    later = [
        fact
        for fact in dataset.facts(subject).get(key, ())
        if fact.valid_from is not None and fact.valid_from > day
    ]
    return later if now is None else [now, *later]


def _scores(dataset: Dataset, code: str, day: date) -> dict[str, list[Record]]:
    """Return by scheme the scores given on ``day`` or later; where none was, those of the latest assessment before."""
    found: dict[str, list[Record]] = {}
    rows = dataset.children("assessments", "subject", code)
    for scheme in dict.fromkeys(row.text("scheme") for row in rows):
        mine = [row for row in rows if row.get("scheme") == scheme]
        latest = min(max(row.text("on") for row in mine), day.isoformat())
        found[scheme] = [row for row in mine if row.text("on") >= latest]
    return found


def _counts(dataset: Dataset, code: str, day: date) -> list[Record]:
    """Return the latest row that has each count, and later ones."""
    kept = {row.id: row for name in COUNTS if (row := dataset.latest_count(code, name, day)) is not None}
    rows = dataset.household_counts(code)
    return [row for row in rows if row.id in kept or row.text("on") > day.isoformat()]


def _goes_on(row: Record, day: date) -> bool:
    """Whether a row holds on ``day`` or later."""
    if row.valid_until is not None and row.valid_until < day:
        return False
    if row.kind == "tasks" and state_of(row) in SETTLED:
        return False
    closed = row.get("closed") if "closed" in KINDS[row.kind].index else None
    return closed is None or str(closed) >= day.isoformat()


def _once_named(rows: Iterable[Record], name: str, code: str, day: date) -> list[Record]:
    """Return the rows whose field named the record on some day from ``day`` on, and names another one now."""
    return [
        row
        for row in rows
        if row.past
        and row.get(name) != code
        and any(value == code and last >= day for last, value in row.past.get(name, ()))
    ]


def seen(records: Sequence[Record], hanging: Iterable[Hanging]) -> frozenset[tuple[str, int]]:
    """Return id and version of records and of all that hangs on them."""
    rows = (row for one in hanging for row in one.rows())
    return frozenset((row.id, row.version) for row in (*records, *rows))
