"""All records of a registry at one moment: immutable, so that any thread may read it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain import dataset_steps
from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.domain.dataset_steps import Pair, Step
    from app.domain.record import Record

_NONE: tuple[Record, ...] = ()


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
        self._records = {name: records.get(name, {}) for name in KINDS}
        self.retired = retired  # codes of records taken out; never used again
        self.unmade = (
            unmade or {}
        )  # of those, codes whose making was undone: (kind, id) that they come back as
        self._indexes: dict[tuple[str, str], dict[str, tuple[Record, ...]]] = {}
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
        kind = self._kind_of.get(code)
        return None if kind is None else self._records[kind][code]

    @cached_property
    def _kind_of(self) -> dict[str, str]:
        return {code: name for name, rows in self._records.items() for code in rows}

    def facts(self, subject: str) -> Mapping[str, tuple[Record, ...]]:
        """Return a subject's facts by key, each in the order of their first day."""
        return self._facts.get(subject, {})

    @cached_property
    def _facts(self) -> dict[str, dict[str, tuple[Record, ...]]]:
        return {subject: _by_key(rows) for subject, rows in self._index("facts", "subject").items()}

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
        return self._index("attachments", "to").get(code, _NONE)

    def attachments_of(self, organisation: str) -> tuple[Record, ...]:
        """Return every attachment, in force or not, of this organisation."""
        return self._index("attachments", "organisation").get(organisation, _NONE)

    def engagements_with(self, compound: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, with a compound or scattered building."""
        return self._index("engagements", "compound").get(compound, _NONE)

    def engagements_of(self, firm: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, of a firm."""
        return self._index("engagements", "firm").get(firm, _NONE)

    def household_counts(self, subject: str) -> tuple[Record, ...]:
        """Return a subject's household counts in the order of their day."""
        return self._index("households", "subject").get(subject, _NONE)

    def latest_count(self, subject: str, number: str, day: date) -> Record | None:
        """Return a subject's latest household count, on or before ``day``, that has a ``number`` (reference 4.8)."""
        for row in reversed(self.household_counts(subject)):
            if row.get(number) is not None and str(row.get("on")) <= day.isoformat():
                return row
        return None

    def links_to(self, code: str, relation: str | None = None) -> tuple[Record, ...]:
        """Return every relation, in force or not, that leads to this record; of one sort if given."""
        return _of_relation(self._index("links", "to").get(code, _NONE), relation)

    def links_of(self, code: str, relation: str | None = None) -> tuple[Record, ...]:
        """Return every relation, in force or not, that this record has with others; of one sort if given."""
        return _of_relation(self._index("links", "subject").get(code, _NONE), relation)

    def children(self, kind: str, field: str, code: str) -> tuple[Record, ...]:
        """Return the records of ``kind`` whose reference ``field`` names ``code``."""
        return self._index(kind, field).get(code, _NONE)

    def _index(self, kind: str, field: str) -> dict[str, tuple[Record, ...]]:
        index = self._indexes.get((kind, field))
        if index is None:
            place = KINDS[kind].index[field]
            grouped: dict[str, list[Record]] = defaultdict(list)
            for record in self._records[kind].values():
                if (value := record.values[place]) is not None:
                    grouped[str(value)].append(record)
            index = {code: _in_order(kind, rows) for code, rows in grouped.items()}
            self._indexes[kind, field] = index
        return index

    def with_changes(
        self, put: Iterable[Record], removed: Iterable[Record] = (), *, is_undo: bool = False
    ) -> Dataset:
        """Return the dataset with records put in (new or replaced) and others taken out.

        Costs one copy of the tables it touches, no more: whatever was looked up before stays known.
        """
        changed: dict[str, dict[str, Record]] = {}
        pairs: dict[tuple[str, str], Pair] = {}
        before: list[Record] = []
        after: list[Record] = []
        retired: set[str] = set()
        unmade = dict(self.unmade)
        for record in removed:
            old = self._rows_of(changed, record.kind).pop(record.code, None)
            if old is not None:
                before.append(old)
                pairs[record.kind, record.code] = (old, None)
            if KINDS[record.kind].coded:
                retired.add(record.code)
                unmade.pop(record.code, None)
                if is_undo:
                    unmade[record.code] = (record.kind, record.id)
        for record in put:
            rows = self._rows_of(changed, record.kind)
            old = rows.get(record.code)
            if old is not None:
                before.append(old)
            rows[record.code] = record
            after.append(record)
            first, _ = pairs.get((record.kind, record.code), (old, None))
            pairs[record.kind, record.code] = (first, record)
        given = {record.code for record in after}
        still = self.retired
        if retired or not given.isdisjoint(still):
            still = (still | retired) - given
        dataset = Dataset(
            {**self._records, **changed}, still, {c: u for c, u in unmade.items() if c not in given}
        )
        self._hand_on(dataset, before, after)
        dataset._steps = dataset_steps.steps_after(self, self._steps, tuple(pairs.values()))
        return dataset

    def since(self, old: Dataset) -> tuple[Pair, ...] | None:
        """Return each record that changed since ``old`` as (before, after), None where there was or is none.

        None where it is not known how this dataset came from ``old``: read anew, another file, too long ago.
        """
        return () if old is self else dataset_steps.since(self._steps, old)

    def _rows_of(self, changed: dict[str, dict[str, Record]], kind: str) -> dict[str, Record]:
        if kind not in changed:
            changed[kind] = dict(self._records[kind])
        return changed[kind]

    def _hand_on(self, dataset: Dataset, before: list[Record], after: list[Record]) -> None:
        """Give ``dataset`` the look-ups of this one, mended where the changed records stand."""
        touched = {record.kind for record in (*before, *after)}
        for (kind, field), index in list(self._indexes.items()):
            dataset._indexes[kind, field] = (
                _mended(index, kind, field, before, after) if kind in touched else index
            )
        known = self.__dict__
        if "_facts" in known:
            facts = self._facts
            if "facts" in touched:
                subjects = {str(record.values[0]) for record in (*before, *after) if record.kind == "facts"}
                index = dataset._index("facts", "subject")
                facts = {**facts, **{subject: _by_key(index.get(subject, ())) for subject in subjects}}
            dataset.__dict__["_facts"] = facts
        if "_kind_of" in known and {r.code for r in before} == {r.code for r in after}:
            dataset.__dict__["_kind_of"] = self._kind_of


def _of_relation(rows: tuple[Record, ...], relation: str | None) -> tuple[Record, ...]:
    return rows if relation is None else tuple(row for row in rows if row.get("relation") == relation)


def _by_key(rows: Iterable[Record]) -> dict[str, tuple[Record, ...]]:
    keys: dict[str, list[Record]] = defaultdict(list)
    for fact in rows:
        keys[str(fact.values[1])].append(fact)
    return {
        key: tuple(sorted(found, key=lambda r: r.valid_from.toordinal() if r.valid_from else 0))
        for key, found in keys.items()
    }


def _in_order(kind: str, rows: list[Record]) -> tuple[Record, ...]:
    if kind == "households":
        place = KINDS[kind].index["on"]
        rows.sort(key=lambda r: str(r.values[place]))
    return tuple(rows)


def _mended(
    index: dict[str, tuple[Record, ...]], kind: str, field: str, before: list[Record], after: list[Record]
) -> dict[str, tuple[Record, ...]]:
    place = KINDS[kind].index[field]
    mended = dict(index)
    gone = {record.code for record in before if record.kind == kind}
    for record in before:
        if record.kind == kind and (key := str(record.values[place])) in mended:
            mended[key] = tuple(row for row in mended[key] if row.code not in gone)
    for record in after:
        value = record.values[place] if record.kind == kind else None
        if value is not None:
            mended[str(value)] = _in_order(kind, [*mended.get(str(value), ()), record])
    return mended
