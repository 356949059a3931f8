"""All records of a registry at one moment: immutable, so that any thread may read it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.domain import dataset_steps
from app.domain.kinds import KINDS
from app.domain.tables.overlaid import with_changes
from app.domain.tables.table import Plain, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from app.domain.dataset_steps import Pair, Step
    from app.domain.record import Record

_NONE: tuple[Record, ...] = ()
_CODED: Final = tuple(name for name, kind in KINDS.items() if kind.coded)


class Dataset:
    """Records by kind and code, with the look-ups that rules need.

    A dataset is never changed; ``with_changes`` returns another one that shares whatever did not change.
    """

    def __init__(
        self,
        records: Mapping[str, Mapping[str, Record]],
        retired: frozenset[str] = frozenset(),
        unmade: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        self._records = {name: _table(name, records.get(name)) for name in KINDS}
        self.retired = retired  # codes of records taken out; never used again
        self.unmade = (
            unmade or {}
        )  # of those, codes whose making was undone: (kind, id) that they come back as
        self._steps: tuple[Step, ...] = ()

    @cached_property
    def used_codes(self) -> frozenset[str]:
        """Every code that is or was in use."""
        return self.retired.union(*self._records.values())

    def of(self, kind: str) -> Mapping[str, Record]:
        """Return the records of a plural kind by code, in force or not, in the file's order."""
        return self._records[kind]

    def in_force(self, kind: str, day: date) -> list[Record]:
        """Return the records of a kind that run on ``day``, by code as text."""
        return sorted((r for r in self._records[kind].values() if r.is_in_force(day)), key=lambda r: r.code)

    def find(self, code: str) -> Record | None:
        """Return the record with this code, of whatever kind."""
        for name in _CODED if ":" not in code else KINDS:  # a row of no code of its own is called subject:…
            if (found := self._records[name].get(code)) is not None:
                return found
        return None

    def facts(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key, each in the order of their first day."""
        return self._records["facts"].by_key(subject)

    def fact_on(self, subject: str, key: str, day: date) -> Record | None:
        """Return the fact of a key that holds on ``day``.

        A fact holds until its last day or until the next of its key begins, whichever is first; nothing
        older comes back (reference 3).
        """
        latest = None
        for fact in self.facts(subject).get(key, _NONE):
            if fact.valid_from is None or fact.valid_from <= day:
                latest = fact
        if latest is None or (latest.valid_until is not None and latest.valid_until < day):
            return None
        return latest

    def attachments_to(self, code: str) -> tuple[Record, ...]:
        """Return every attachment, in force or not, of an organisation to this record itself."""
        return self._records["attachments"].group("to", code)

    def attachments_of(self, organisation: str) -> tuple[Record, ...]:
        """Return every attachment, in force or not, of this organisation."""
        return self._records["attachments"].group("organisation", organisation)

    def engagements_with(self, compound: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, with a compound or scattered building."""
        return self._records["engagements"].group("compound", compound)

    def engagements_of(self, firm: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, of a firm."""
        return self._records["engagements"].group("firm", firm)

    def household_counts(self, subject: str) -> tuple[Record, ...]:
        """Return a subject's household counts in the order of their day."""
        return self._records["households"].group("subject", subject)

    def latest_count(self, subject: str, number: str, day: date) -> Record | None:
        """Return a subject's latest household count, on or before ``day``, that has a ``number`` (reference 4.8)."""
        for row in reversed(self.household_counts(subject)):
            if row.get(number) is not None and str(row.get("on")) <= day.isoformat():
                return row
        return None

    def links_to(self, code: str, relation: str | None = None) -> tuple[Record, ...]:
        """Return every relation, in force or not, that leads to this record; of one sort if given."""
        return _of_relation(self._records["links"].group("to", code), relation)

    def links_of(self, code: str, relation: str | None = None) -> tuple[Record, ...]:
        """Return every relation, in force or not, that this record has with others; of one sort if given."""
        return _of_relation(self._records["links"].group("subject", code), relation)

    def children(self, kind: str, field: str, code: str) -> tuple[Record, ...]:
        """Return the records of ``kind`` whose reference ``field`` names ``code``."""
        return self._records[kind].group(field, code)

    def with_past(self, kind: str) -> Iterator[Record]:
        """Give the records of ``kind`` of which something was otherwise earlier."""
        return self._records[kind].with_past()

    def with_changes(
        self, put: Iterable[Record], removed: Iterable[Record] = (), *, is_undo: bool = False
    ) -> Dataset:
        """Return the dataset with records put in (new or replaced) and others taken out.

        Costs what it changes, however many records there are: it lies as a layer over the tables it touches.
        """
        put, removed = list(put), list(removed)
        pairs: dict[tuple[str, str], Pair] = {}
        gone: dict[str, list[str]] = {}
        given: dict[str, list[Record]] = {}
        for record in removed:
            if (old := self._records[record.kind].get(record.code)) is not None:
                pairs[record.kind, record.code] = (old, None)
            gone.setdefault(record.kind, []).append(record.code)
        for record in put:
            key = (record.kind, record.code)
            first = pairs[key][0] if key in pairs else self._records[record.kind].get(record.code)
            pairs[key] = (first, record)
            given.setdefault(record.kind, []).append(record)
        changed = {
            kind: with_changes(self._records[kind], given.get(kind, ()), gone.get(kind, ()))
            for kind in dict.fromkeys((*gone, *given))
        }
        dataset = Dataset({**self._records, **changed}, *self._codes_gone(put, removed, is_undo=is_undo))
        dataset._steps = dataset_steps.steps_after(self, self._steps, tuple(pairs.values()))
        return dataset

    def _codes_gone(
        self, put: Iterable[Record], removed: Iterable[Record], *, is_undo: bool
    ) -> tuple[frozenset[str], Mapping[str, tuple[str, str]]]:
        """Return ``retired`` and ``unmade`` after a change."""
        gone = {record.code: record for record in removed if KINDS[record.kind].coded}
        given = {record.code for record in put}
        retired, unmade = self.retired, self.unmade
        if gone or not given.isdisjoint(retired):
            retired = (retired | gone.keys()) - given
        if gone or not given.isdisjoint(unmade):
            unmade = {code: as_what for code, as_what in unmade.items() if code not in gone}
            if is_undo:
                unmade |= {code: (record.kind, record.id) for code, record in gone.items()}
            unmade = {code: as_what for code, as_what in unmade.items() if code not in given}
        return retired, unmade

    def since(self, old: Dataset) -> tuple[Pair, ...] | None:
        """Return each record that changed since ``old`` as (before, after), None where there was or is none.

        None where it is not known how this dataset came from ``old``: read anew, another file, too long ago.
        """
        return () if old is self else dataset_steps.since(self._steps, old)


def _table(kind: str, rows: Mapping[str, Record] | None) -> Table:
    return rows if isinstance(rows, Table) else Plain(kind, rows or ())


def _of_relation(rows: tuple[Record, ...], relation: str | None) -> tuple[Record, ...]:
    return rows if relation is None else tuple(row for row in rows if row.get("relation") == relation)
