"""Units ranked by what is missing, and the fewest subjects that must be covered to reach a target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.coverage.explain import explain
from app.coverage.judging import UNCOVERED, UNKNOWN
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage, Entry, Figures, Query, Row

_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One subject that could be covered: what it adds, and what it is now."""

    code: str
    name: str
    amount: float
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What a unit lacks. ``is_reachable``: covering all of it would do."""

    row: Row
    missing: float
    is_reachable: bool
    least: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The largest gap first; units with nothing in the base are left out."""

    coverage: Coverage
    target: float | None
    rows: tuple[Gap, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the answer as the contract prints it."""
        query = self.coverage.query
        return {
            "measure": query.measure,
            "by": query.by,
            "weight": self.coverage.weight,
            "target": self.target,
            "as_of": query.as_of.isoformat(),
            "rows": [
                {
                    "unit": gap.row.unit,
                    "name": gap.row.name or None,
                    **gap.row.figures.as_json(lang),
                    "missing": gap.missing,
                    "reachable": gap.is_reachable,
                    "least": [
                        {"code": work.code, "name": work.name or None, "amount": work.amount, "now": work.now}
                        for work in gap.least
                    ],
                }
                for gap in self.rows
            ],
        }


def missing_to(figures: Figures, target: float) -> float:
    """Return what must still be covered so that the lowest possible rate reaches a target (0 to 1)."""
    return max(0.0, target * figures.total - figures.covered)


def gaps(engine: CoverageEngine, query: Query, target: float | None = None) -> Gaps:
    """Rank the units of a coverage; ``target`` None asks for everything.

    Raises InvalidInput for what coverage refuses, and for a target that is no rate from 0 to 1.
    """
    if target is not None and not 0 <= target <= 1:
        raise InvalidInput(
            Text(f"目标要在 0 和 1 之间，这里是 {target:g}。", f"A target is from 0 to 1, not {target:g}."),
            (Problem(message=Text("0 到 1", "0 to 1"), column="target", value=f"{target:g}"),),
        )
    query = replace(query, against=None)
    coverage = engine.coverage(query)
    aim = 1.0 if target is None else target
    rows = [
        Gap(
            row=row,
            missing=(missing := missing_to(row.figures, aim)),
            is_reachable=row.figures.uncovered + row.figures.unknown >= missing - _TINY,
            least=_least(engine, query, row.unit, missing),
        )
        for row in coverage.rows
        if row.figures.total
    ]
    rows.sort(key=lambda gap: (-gap.missing, gap.row.unit))
    return Gaps(coverage=coverage, target=target, rows=tuple(rows))


def _least(engine: CoverageEngine, query: Query, unit: str, missing: float) -> tuple[Work, ...]:
    """Return the fewest subjects that add up to what is missing: the largest first, the unknown before the uncovered."""
    if missing <= _TINY:
        return ()
    told = explain(engine, query, unit)
    open_ones = [*_work(told.unknown, UNKNOWN), *_work(told.uncovered, UNCOVERED)]
    open_ones.sort(key=lambda work: (-work.amount, work.now != UNKNOWN, work.code))
    found: list[Work] = []
    for work in open_ones:
        if missing <= _TINY:
            break
        found.append(work)
        missing -= work.amount
    return tuple(found)


def _work(entries: tuple[Entry, ...], now: str) -> list[Work]:
    return [Work(code=e.code, name=e.name, amount=e.amount, now=now) for e in entries if e.amount > 0]
