"""Attachments, engagements and links by whom they concern, with the days on which they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.patched import Patched
from app.domain.kinds import UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.dataset_steps import Pair
    from app.domain.record import Record

BEGINNING: Final = 0
FOREVER: Final = 10**7
_PARTNER_KIND: Final = {
    "organisation": "organisations",
    "firm": "firms",
}  # the ends of a link may be any kind
_PARTNER_FIELD: Final = {  # kind and the field of one end → that of the other
    ("attachments", "to"): "organisation",
    ("engagements", "compound"): "firm",
    ("links", "to"): "subject",
    ("links", "subject"): "to",
}


class Span(NamedTuple):
    """A relation to one target from ``first`` to ``last`` day, as ordinals, both included.

    ``partner`` is the field that names the other end.
    """

    record: Record
    first: int
    last: int
    partner: str


class Relations:
    """Look-ups over one dataset that the rules need on any day."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._units_with: dict[str, tuple[str, ...]] = {}
        # kind and field → whom it named earlier → codes of those that did, and perhaps of some more
        self._earlier: dict[tuple[str, str], Patched[str, tuple[str, ...]]] = {}

    def for_dataset(self, dataset: Dataset, pairs: Sequence[Pair]) -> Relations:
        """Return the look-ups of a dataset that came from this one by some pairs of records, mended where they stand."""
        new = Relations(dataset)
        said = {str(record.values[0]) for record in _of_kind("facts", pairs)}
        said |= {record.code for pair in pairs if are_other_units(*pair) for record in pair if record}
        units = [dataset.of(kind) for kind in UNIT_KINDS]
        for key, declaring in list(self._units_with.items()):
            has = {c: any(c in rows for rows in units) and key in dataset.facts(c) for c in said}
            differ = {code for code, is_there in has.items() if is_there != (code in declaring)}
            new._units_with[key] = (
                tuple(sorted(differ.symmetric_difference(declaring))) if differ else declaring
            )
        for (kind, field), known in list(self._earlier.items()):
            added: dict[str, tuple[str, ...]] = {}
            for record in _of_kind(kind, pairs):
                for named in _earlier(record, field):
                    codes = added.get(named, known.get(named, ()))
                    if record.code not in codes:
                        added[named] = (*codes, record.code)
            new._earlier[kind, field] = known.with_changes(added)
        return new

    def attachments_to(self, code: str) -> tuple[Span, ...]:
        """Return attachments, in force or not, to this record itself, by code."""
        return self._spans_at("attachments", "to", code)

    def engagements_with(self, code: str) -> tuple[Span, ...]:
        """Return engagements, in force or not, with this compound or building, by code."""
        return self._spans_at("engagements", "compound", code)

    def links_with(self, code: str) -> tuple[Span, ...]:
        """Return links, in force or not, of which this record is either end, by code."""
        return self._spans_at("links", "to", code) + self._spans_at("links", "subject", code)

    def attached_ever(self, organisation: str) -> set[str]:
        """Return what an organisation is or was attached to, and perhaps some more."""
        return self._others("attachments", "organisation", organisation, "to")

    def served_ever(self, firm: str) -> set[str]:
        """Return the compounds and buildings that a firm serves or served, and perhaps some more."""
        return self._others("engagements", "firm", firm, "compound")

    def linked_ever(self, code: str) -> set[str]:
        """Return both ends of all links of which a record is or was an end."""
        return {
            end
            for span in self.links_with(code)
            for field in ("subject", "to")
            for end in ever(span.record, field)
        }

    def _spans_at(self, kind: str, field: str, code: str) -> tuple[Span, ...]:
        return tuple(
            [
                span
                for record in self._naming(kind, field, code)
                for target, span in _spans_of(record, field)
                if target == code
            ]
        )

    def _others(self, kind: str, field: str, partner: str, target: str) -> set[str]:
        return {code for record in self._naming(kind, field, partner) for code in ever(record, target)}

    def _naming(self, kind: str, field: str, code: str) -> Sequence[Record]:
        """Return the records whose field names a code, or named it, by their own; perhaps some more."""
        records = self._dataset.children(kind, field, code)
        earlier = self._named_earlier(kind, field).get(code)
        if earlier:
            table = self._dataset.of(kind)
            known = {record.code: record for record in records}
            known |= {name: table[name] for name in earlier if name in table}
            records = tuple(known.values())
        return records if len(records) < 2 else sorted(records, key=lambda record: record.code)

    def _named_earlier(self, kind: str, field: str) -> Patched[str, tuple[str, ...]]:
        known = self._earlier.get((kind, field))
        if known is None:
            found: dict[str, tuple[str, ...]] = {}
            for record in self._dataset.with_past(kind):
                for named in _earlier(record, field):
                    found[named] = (*found.get(named, ()), record.code)
            known = self._earlier[kind, field] = Patched(found)
        return known

    def partner(self, span: Span, day: date) -> str:
        """Return the code of the other end of a relation: its organisation, its firm, …."""
        return str(span.record.on(span.partner, day))

    def _find(self, field: str, code: str) -> Record | None:
        kind = _PARTNER_KIND.get(field)
        return self._dataset.find(code) if kind is None else self._dataset.of(kind).get(code)

    def _partner_record(self, span: Span, day: date) -> Record | None:
        return self._find(span.partner, str(span.record.on(span.partner, day)))

    def partner_runs(self, span: Span, day: date) -> bool:
        """Whether the other end itself is in force."""
        partner = self._partner_record(span, day)
        return partner is not None and partner.is_in_force(day)

    def partner_last(self, span: Span, day: date) -> int:
        """Return the last day of the other end, as an ordinal."""
        partner = self._partner_record(span, day)
        return FOREVER if partner is None else last_day(partner)

    def days_of(self, span: Span) -> set[int]:
        """Return the days, as ordinals, on which a relation may begin or end, or its stage or partner change."""
        field = span.partner
        days = {span.first, span.last + 1}
        names = {span.record.get(field), *(value for _, value in span.record.past.get(field, ()))}
        for name in names:
            partner = self._find(field, str(name))
            if partner is not None:
                days |= {first_day(partner), last_day(partner) + 1}
        for changes in span.record.past.values():
            days.update(last.toordinal() + 1 for last, _ in changes)
        return days

    def units_with(self, key: str) -> tuple[str, ...]:
        """Return the units that have, or had, a fact of this key."""
        found = self._units_with.get(key)
        if found is None:
            units = (code for kind in UNIT_KINDS for code in self._dataset.of(kind))
            found = tuple(sorted(code for code in units if key in self._dataset.facts(code)))
            self._units_with[key] = found
        return found


def first_day(record: Record) -> int:
    """Return the first day as an ordinal; BEGINNING where it is open."""
    return BEGINNING if record.valid_from is None else record.valid_from.toordinal()


def last_day(record: Record) -> int:
    """Return the last day as an ordinal; FOREVER where it is open."""
    return FOREVER if record.valid_until is None else record.valid_until.toordinal()


def are_other_units(before: Record | None, after: Record | None) -> bool:
    """Whether a change of one record makes a unit or takes one away."""
    record = before or after
    return record is not None and record.kind in UNIT_KINDS and (before is None or after is None)


def ever(record: Record, field: str) -> set[str]:
    """Return every code that a field of a record names or named."""
    values = {record.get(field), *(value for _, value in record.past.get(field, ()))}
    return {str(value) for value in values if value is not None}


def _earlier(record: Record, field: str) -> set[str]:
    """Return every code that a field of a record named."""
    return {str(value) for _, value in record.past.get(field, ()) if value is not None}


def _of_kind(kind: str, pairs: Sequence[Pair]) -> list[Record]:
    return [record for pair in pairs for record in pair if record is not None and record.kind == kind]


def _spans_of(record: Record, field: str) -> list[tuple[str, Span]]:
    """Return each target of a relation with the span in which it is the target."""
    partner = _PARTNER_FIELD[record.kind, field]
    found = []
    first, last = first_day(record), last_day(record)
    for until, value in record.past.get(field, ()):
        if (target := value) is not None and first <= min(until.toordinal(), last):
            end = min(until.toordinal(), last)
            found.append((str(target), Span(record, first, end, partner)))
        first = max(first, until.toordinal() + 1)
    target = record.get(field)
    if target is not None and (first <= last or not record.past.get(field)):
        found.append((str(target), Span(record, first, last, partner)))
    return found
