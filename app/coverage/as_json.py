"""Coverage and explanations as the contract prints them (reference 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.coverage.measures import measure_list

if TYPE_CHECKING:
    from app.coverage.results import Coverage, Entry, Explanation, Row


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Return the coverage table, unrounded."""
    query = coverage.query
    top: dict[str, Any] = {
        "measure": query.measure,
        "by": query.by,
        "weight": coverage.weight,
        "count": query.count,
        "as_of": query.as_of.isoformat(),
        "kind": query.kind,
        "profile": coverage.profile,
        "subject": coverage.subject,
        "crs": coverage.crs,
        "rule": coverage.rule,
        "base_unknown": coverage.base_unknown,
    }
    if query.against is not None:
        top["against"] = query.against.isoformat()
    top["rows"] = [{"unit": row.unit, "name": row.name or None, **_figures(row)} for row in coverage.rows]
    top["unplaced"] = {**_figures(coverage.unplaced), "compounds": list(coverage.unplaced_codes)}
    top["total"] = _figures(coverage.total)
    return top


def explanation_json(explanation: Explanation, lang: str) -> dict[str, Any]:
    """Return the subjects behind one row, unrounded."""
    query, row = explanation.query, explanation.row
    return {
        "measure": query.measure,
        "by": query.by,
        "unit": explanation.unit,
        "name": explanation.name or None,
        "as_of": query.as_of.isoformat(),
        "weight": explanation.weight,
        "count": query.count,
        "kind": query.kind,
        "profile": explanation.profile,
        "rule": explanation.rule,
        "definition": explanation.definition.in_(lang),
        "row": {"unit": explanation.unit, "name": explanation.name or None, **_figures(row)},
        "covered": [_entry(entry) for entry in explanation.covered],
        "uncovered": [_entry(entry) for entry in explanation.uncovered],
        "unknown": [_entry(entry) for entry in explanation.unknown],
        "left_out": [_entry(entry) for entry in explanation.left_out],
    }


def _figures(row: Row) -> dict[str, Any]:
    figures = {**row.figures.as_json(), "without_weight": row.figures.without_weight}
    if row.before is not None:
        figures["before"] = row.before.as_json()
    return figures


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "code": entry.code,
        "name": entry.name or None,
        "amount": entry.amount,
        "share": entry.share,
        "placed_by": entry.placed_by,
        "reason": entry.reason,
        "because": list(entry.because),
    }


__all__ = ["coverage_json", "explanation_json", "measure_list"]
