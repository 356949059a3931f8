"""All records of a registry at one moment: immutable, so that any thread may read it."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.domain.record import Record

_NONE: tuple[Record, ...] = ()


class Dataset:
    """Records by kind and code, with the look-ups that rules need.

    A dataset is never changed; ``with_changes`` returns another one that shares whatever did not change.
    """

    def __init__(
        self, records: Mapping[str, Mapping[str, Record]], retired: frozenset[str] = frozenset()
    ) -> None:
        self._records = {name: records.get(name, {}) for name in KINDS}
        self.retired = retired  # codes of records taken out; never used again

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
        found: dict[str, dict[str, list[Record]]] = defaultdict(lambda: defaultdict(list))
        for fact in self._records["facts"].values():
            found[fact.values[0]][fact.values[1]].append(fact)  # type: ignore[index]  # subject, key are required texts
        return {
            subject: {
                key: tuple(sorted(rows, key=lambda r: r.valid_from.toordinal() if r.valid_from else 0))
                for key, rows in keys.items()
            }
            for subject, keys in found.items()
        }

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
        return self._by_field("attachments", "to").get(code, _NONE)

    def attachments_of(self, organisation: str) -> tuple[Record, ...]:
        """Return every attachment, in force or not, of this organisation."""
        return self._by_field("attachments", "organisation").get(organisation, _NONE)

    def engagements_with(self, compound: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, with a compound or scattered building."""
        return self._by_field("engagements", "compound").get(compound, _NONE)

    def engagements_of(self, firm: str) -> tuple[Record, ...]:
        """Return every engagement, in force or not, of a firm."""
        return self._by_field("engagements", "firm").get(firm, _NONE)

    def household_counts(self, subject: str) -> tuple[Record, ...]:
        """Return a subject's household counts in the order of their day."""
        return self._by_field("households", "subject").get(subject, _NONE)

    def children(self, kind: str, field: str, code: str) -> tuple[Record, ...]:
        """Return the records of ``kind`` whose reference ``field`` names ``code``."""
        return self._by_field(kind, field).get(code, _NONE)

    def _by_field(self, kind: str, field: str) -> dict[str, tuple[Record, ...]]:
        name = f"_index_{kind}_{field}"
        index: dict[str, tuple[Record, ...]] | None = self.__dict__.get(name)
        if index is None:
            place = KINDS[kind].index[field]
            grouped: dict[str, list[Record]] = defaultdict(list)
            for record in self._records[kind].values():
                if (value := record.values[place]) is not None:
                    grouped[str(value)].append(record)
            if kind == "households":
                on = KINDS[kind].index["on"]
                for rows in grouped.values():
                    rows.sort(key=lambda r: str(r.values[on]))
            index = {code: tuple(rows) for code, rows in grouped.items()}
            self.__dict__[name] = index
        return index

    def with_changes(self, put: Iterable[Record], removed: Iterable[Record] = ()) -> Dataset:
        """Return the dataset with records put in (new or replaced) and others taken out."""
        changed: dict[str, dict[str, Record]] = {}
        retired: set[str] = set()
        restored: set[str] = set()
        for record in removed:
            rows = changed.get(record.kind)
            if rows is None:
                rows = changed[record.kind] = dict(self._records[record.kind])
            rows.pop(record.code, None)
            if KINDS[record.kind].coded:
                retired.add(record.code)
        for record in put:
            rows = changed.get(record.kind)
            if rows is None:
                rows = changed[record.kind] = dict(self._records[record.kind])
            rows[record.code] = record
            restored.add(record.code)
        still = (
            self.retired
            if not retired and restored.isdisjoint(self.retired)
            else (self.retired | retired) - restored
        )
        return Dataset({**self._records, **changed}, still)
