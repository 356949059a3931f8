"""What totals answer: sums and records by unit, each with how many are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from app.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What totals are asked for. No ``kind``: everything in force, offices, parks and scattered buildings too."""

    by: str
    as_of: date
    facts: tuple[str, ...] = ()
    kind: str | None = None
    stage: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """What is added up. ``type``: count, money or rate; a rate is a mean, weighted by households."""

    key: str
    words: Text
    type: str
    unit: str
    of: tuple[str, ...]
    group: str = ""


@dataclass(slots=True)
class Sum:
    """One quantity in one unit: of how many subjects how many are known, and which they are."""

    total: float = 0
    known: int = 0
    of: int = 0
    weight: float = 0  # of a mean: Σ weight of the known
    codes: list[str] = field(default_factory=list)  # of the known
    by_kind: dict[str, float] = field(default_factory=dict)

    @property
    def mean(self) -> float | None:
        """Return the weighted mean of a rate; None where nothing known has a weight."""
        return self.total / self.weight if self.weight else None


@dataclass(slots=True)
class Tallied:
    """Records of one kind in one unit, by each combination of the fields that tell them apart."""

    codes: list[str] = field(default_factory=list)
    each: Counter[tuple[str, ...]] = field(default_factory=Counter)


@dataclass(slots=True)
class TotalsRow:
    """All of one unit."""

    unit: str
    name: str
    sums: dict[str, Sum] = field(default_factory=dict)
    records: dict[str, Tallied] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Rows by code; Σ rows + unplaced = total, of sums, of what is known, and of records."""

    asked: Asked
    profile: str
    quantities: tuple[Quantity, ...]
    choices: Mapping[str, tuple[str, ...]]  # kinds of records counted → the fields that tell them apart
    rows: tuple[TotalsRow, ...]
    unplaced: TotalsRow
    total: TotalsRow

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the whole answer, unrounded."""
        asked = self.asked
        kinds = {quantity.key: quantity for quantity in self.quantities}
        choices = self.choices
        groups = groups_of(self)

        def row(one: TotalsRow) -> dict[str, Any]:
            added = {name: {"sum": sum_of(one, keys), "keys": len(keys)} for name, keys in groups.items()}
            return {**_row(one, kinds, choices), "groups": added}

        return {
            "by": asked.by,
            "as_of": asked.as_of.isoformat(),
            "kind": asked.kind,
            "stage": asked.stage,
            "profile": self.profile,
            "quantities": [
                {
                    "key": q.key,
                    "words": q.words._asdict(),
                    "type": q.type,
                    "unit": q.unit or None,
                    "of": list(q.of),
                    "group": q.group or None,
                }
                for q in self.quantities
            ],
            "rows": [{"unit": one.unit, "name": one.name or None, **row(one)} for one in self.rows],
            "unplaced": row(self.unplaced),
            "total": row(self.total),
        }


def groups_of(found: Totals) -> dict[str, tuple[str, ...]]:
    """Return the groups of facts that may be added up: counts of one unit, more than one of them."""
    groups: dict[str, list[Quantity]] = {}
    for quantity in found.quantities:
        if quantity.group:
            groups.setdefault(quantity.group, []).append(quantity)
    return {
        name: tuple(q.key for q in members)
        for name, members in groups.items()
        if len(members) > 1 and {(q.type, q.unit) for q in members} == {("count", members[0].unit)}
    }


def sum_of(row: TotalsRow, keys: Iterable[str]) -> float | None:
    """Return several quantities of a row added up; None where none of them is known."""
    cells = [row.sums[key] for key in keys if key in row.sums]
    return sum(cell.total for cell in cells) if any(cell.known for cell in cells) else None


def _row(row: TotalsRow, quantities: dict[str, Quantity], choices: Any) -> dict[str, Any]:
    return {
        "sums": {key: _cell(row.sums.get(key), quantity) for key, quantity in quantities.items()},
        "records": {kind: _records(row.records.get(kind), fields) for kind, fields in choices.items()},
    }


def _cell(cell: Sum | None, quantity: Quantity) -> dict[str, Any]:
    if cell is None:
        return {"mean" if quantity.type == "rate" else "sum": None, "known": 0, "of": 0}
    known = {"known": cell.known, "of": cell.of}
    if quantity.type == "rate":
        return {"mean": cell.mean, **known}
    by_kind = {"by_kind": dict(sorted(cell.by_kind.items()))} if len(quantity.of) > 1 else {}
    return {"sum": cell.total if cell.known else None, **known, **by_kind}


def _records(tallied: Tallied | None, fields: tuple[str, ...]) -> dict[str, Any]:
    if tallied is None:
        return {"count": 0}
    found: dict[str, Any] = {"count": len(tallied.codes)}
    for place, name in enumerate(fields):
        one: Counter[str] = Counter()
        for values, count in tallied.each.items():
            one[values[place]] += count
        found[name] = dict(sorted(one.items()))
    if len(fields) > 1:
        found["each"] = [
            {**dict(zip(fields, values, strict=True)), "count": count}
            for values, count in sorted(tallied.each.items())
        ]
    return found
