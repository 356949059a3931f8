"""Totals as the verb prints them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from app.coverage.totals.totals import groups_of, sum_of

if TYPE_CHECKING:
    from app.coverage.totals.totals import Quantity, Sum, Tallied, Totals, TotalsRow


def totals_json(found: Totals) -> dict[str, Any]:
    """Return the whole answer, unrounded."""
    asked = found.asked
    kinds = {quantity.key: quantity for quantity in found.quantities}
    choices = found.choices
    groups = groups_of(found)

    def row(one: TotalsRow) -> dict[str, Any]:
        added = {name: {"sum": sum_of(one, keys), "keys": len(keys)} for name, keys in groups.items()}
        return {**_row(one, kinds, choices), "groups": added}

    return {
        "by": asked.by,
        "as_of": asked.as_of.isoformat(),
        "kind": asked.kind,
        "stage": asked.stage,
        "profile": found.profile,
        "quantities": [
            {
                "key": q.key,
                "words": q.words._asdict(),
                "type": q.type,
                "unit": q.unit or None,
                "of": list(q.of),
                "group": q.group or None,
            }
            for q in found.quantities
        ],
        "rows": [{"unit": one.unit, "name": one.name or None, **row(one)} for one in found.rows],
        "unplaced": row(found.unplaced),
        "total": row(found.total),
    }


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
