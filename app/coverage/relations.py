"""Attachments, engagements and links by whom they concern, with the days on which they do."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.kinds import UNIT_KINDS

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record

BEGINNING: Final = 0
FOREVER: Final = 10**7
_PARTNER_KIND: Final = {
    "organisation": "organisations",
    "firm": "firms",
}  # the ends of a link may be any kind


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

    def attachments_to(self, code: str) -> tuple[Span, ...]:
        """Return attachments, in force or not, to this record itself, by code."""
        return self._attachments.get(code, ())

    def engagements_with(self, code: str) -> tuple[Span, ...]:
        """Return engagements, in force or not, with this compound or building, by code."""
        return self._engagements.get(code, ())

    @cached_property
    def _attachments(self) -> dict[str, tuple[Span, ...]]:
        return _spans(self._dataset, "attachments", "to", "organisation")

    @cached_property
    def _engagements(self) -> dict[str, tuple[Span, ...]]:
        return _spans(self._dataset, "engagements", "compound", "firm")

    def links_with(self, code: str) -> tuple[Span, ...]:
        """Return links, in force or not, of which this record is either end, by code."""
        return self._links_to.get(code, ()) + self._links_of.get(code, ())

    @cached_property
    def _links_to(self) -> dict[str, tuple[Span, ...]]:
        return _spans(self._dataset, "links", "to", "subject")

    @cached_property
    def _links_of(self) -> dict[str, tuple[Span, ...]]:
        return _spans(self._dataset, "links", "subject", "to")

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
            units = [self._dataset.of(kind) for kind in UNIT_KINDS]
            named = {str(f.values[0]) for f in self._dataset.of("facts").values() if f.values[1] == key}
            found = tuple(sorted(code for code in named if any(code in rows for rows in units)))
            self._units_with[key] = found
        return found


def first_day(record: Record) -> int:
    """Return the first day as an ordinal; BEGINNING where it is open."""
    return BEGINNING if record.valid_from is None else record.valid_from.toordinal()


def last_day(record: Record) -> int:
    """Return the last day as an ordinal; FOREVER where it is open."""
    return FOREVER if record.valid_until is None else record.valid_until.toordinal()


def _spans(dataset: Dataset, kind: str, field: str, partner: str) -> dict[str, tuple[Span, ...]]:
    found: dict[str, list[Span]] = {}
    for record in dataset.of(kind).values():
        first, last = first_day(record), last_day(record)
        for until, value in record.past.get(field, ()):
            if (target := value) is not None and first <= min(until.toordinal(), last):
                end = min(until.toordinal(), last)
                found.setdefault(str(target), []).append(Span(record, first, end, partner))
            first = max(first, until.toordinal() + 1)
        target = record.get(field)
        if target is not None and (first <= last or not record.past.get(field)):
            found.setdefault(str(target), []).append(Span(record, first, last, partner))
    return {code: tuple(sorted(spans, key=lambda s: s.record.code)) for code, spans in found.items()}
