"""What is asked of a coverage and what it answers: values, as the contract's JSON has them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from app.domain.known import Known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.coverage.amounts import Amounts
    from app.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question. ``weight`` None = the measure's default; ``kind`` None = the counted kinds (reference 4.1)."""

    measure: str
    by: str  # district, street, community, grid
    as_of: date
    weight: str | None = None
    count: str = "whole"
    kind: str | None = None
    against: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures(Known):
    """Sums of one row. ``total`` = covered + uncovered + unknown."""

    covered: float
    uncovered: float
    unknown: float
    without_weight: float = 0

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the figures as the contract prints them."""
        return {
            "covered": self.covered,
            "uncovered": self.uncovered,
            "unknown": self.unknown,
            "total": self.total,
            "rate": self.rate,
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePart:
    """One part of a row's change, and whose it is."""

    part: str
    covered: float
    uncovered: float
    unknown: float
    codes: tuple[str, ...]

    @property
    def total(self) -> float:
        """The sum of the three columns."""
        return self.covered + self.uncovered + self.unknown

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{part, covered, uncovered, unknown, total, codes}``."""
        return {
            "part": self.part,
            "covered": self.covered,
            "uncovered": self.uncovered,
            "unknown": self.unknown,
            "total": self.total,
            "codes": list(self.codes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedSubject:
    """What one subject adds to one part of a row, and what it was and is: ``{answer, reason, units, weight}`` each."""

    code: str
    name: str
    part: str
    amounts: Amounts
    was: Mapping[str, Any]
    now: Mapping[str, Any]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the subject as the reference has it."""
        return {
            "code": self.code,
            "name": self.name or None,
            "part": self.part,
            **self.amounts._asdict(),
            "total": sum(self.amounts),
            "from": dict(self.was),
            "to": dict(self.now),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One unit's figures; ``before`` only where two days were asked for, ``parts`` where the change was taken apart."""

    unit: str
    name: str
    figures: Figures
    before: Figures | None = None
    parts: tuple[ChangePart, ...] | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the row's figures."""
        figures = {**self.figures.as_json(lang), "without_weight": self.figures.without_weight}
        if self.before is not None:
            figures["before"] = self.before.as_json(lang)
        if self.parts is not None:
            figures["parts"] = [part.as_json(lang) for part in self.parts]
        return figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The answer to a Query: rows by code, then what lies in no unit, then all. Σ rows + unplaced = total."""

    query: Query
    weight: str
    subject: str
    profile: str
    crs: str
    rule: str | None
    base_unknown: int
    rows: tuple[Row, ...]
    unplaced: Row
    unplaced_codes: tuple[str, ...]
    total: Row
    snapshot: Mapping[str, Any] | None = None  # the kept table whose figures stand as ``before``

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the coverage table, unrounded."""
        query = self.query
        top: dict[str, Any] = {
            "measure": query.measure,
            "by": query.by,
            "weight": self.weight,
            "count": query.count,
            "as_of": query.as_of.isoformat(),
            "kind": query.kind,
            "profile": self.profile,
            "subject": self.subject,
            "crs": self.crs,
            "rule": self.rule,
            "base_unknown": self.base_unknown,
        }
        if query.against is not None:
            top["against"] = query.against.isoformat()
        if self.snapshot is not None:
            top["snapshot"] = dict(self.snapshot)
        top["rows"] = [{"unit": row.unit, "name": row.name or None, **row.as_json(lang)} for row in self.rows]
        top["unplaced"] = {**self.unplaced.as_json(lang), "compounds": list(self.unplaced_codes)}
        top["total"] = self.total.as_json(lang)
        return top


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One subject behind a figure. ``amount`` adds up to the row's number; ``share`` is its share in the unit."""

    code: str
    name: str
    amount: float
    share: float
    placed_by: str | None  # "outline", "record" or None
    reason: str
    because: tuple[str, ...] = ()

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the subject, unrounded."""
        return {
            "code": self.code,
            "name": self.name or None,
            "amount": self.amount,
            "share": self.share,
            "placed_by": self.placed_by,
            "reason": self.reason,
            "because": list(self.because),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The subjects behind one row of a coverage. ``unit``: a code, ``unplaced`` or ``total``."""

    query: Query
    weight: str
    unit: str
    name: str
    profile: str
    rule: str | None
    definition: Text
    row: Row
    covered: tuple[Entry, ...]
    uncovered: tuple[Entry, ...]
    unknown: tuple[Entry, ...]
    left_out: tuple[Entry, ...]
    changed: tuple[ChangedSubject, ...] | None = None  # where another day was asked for
    snapshot: Mapping[str, Any] | None = None  # the kept table that it is compared with

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the subjects behind one row, unrounded."""
        query, row = self.query, self.row
        told: dict[str, Any] = {
            "measure": query.measure,
            "by": query.by,
            "unit": self.unit,
            "name": self.name or None,
            "as_of": query.as_of.isoformat(),
            "weight": self.weight,
            "count": query.count,
            "kind": query.kind,
            "profile": self.profile,
            "rule": self.rule,
            "definition": self.definition.in_(lang),
            "row": {"unit": self.unit, "name": self.name or None, **row.as_json(lang)},
            "covered": [entry.as_json(lang) for entry in self.covered],
            "uncovered": [entry.as_json(lang) for entry in self.uncovered],
            "unknown": [entry.as_json(lang) for entry in self.unknown],
            "left_out": [entry.as_json(lang) for entry in self.left_out],
        }
        if self.changed is not None and query.against is not None:
            told |= {
                "against": query.against.isoformat(),
                "changed": [entry.as_json(lang) for entry in self.changed],
            }
        if self.snapshot is not None:
            told["snapshot"] = dict(self.snapshot)
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of the three-no rule for one compound: present (YES), absent (NO) or unknown, and why."""

    part: str
    answer: str
    reason: str
    because: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeNo:
    """The derived status of one compound on one day: "yes", "no" or "unknown", with its parts."""

    status: str
    rule: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What is never typed in: where a record lies on a day and what follows (reference 6, ``derived``)."""

    three_no: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    area_m2: float | None = None
    lon: float | None = None
    lat: float | None = None


DERIVED: Final = tuple(part.name for part in fields(Derived))
