"""Units ranked by what is missing, and the least work to reach a target: for each unit by itself, and for all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.coverage.judging import UNCOVERED, UNKNOWN
from app.coverage.work.openings import Openings
from app.coverage.work.plans import need_of, plan_of
from app.coverage.work.programme import Clock
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage, Figures, Query, Row
    from app.coverage.work.acts import Plan
    from app.coverage.work.openings import Open
    from app.jobs import Ticket

SECONDS: Final = 20.0  # for all proofs together, each row at most a part of what is left
_PLANNING: Final = Text("求最少的活", "Seeking the least work")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One subject that the plan covers: what it adds, and what it is now."""

    code: str
    name: str
    amount: float
    now: str

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the subject as the contract prints it."""
        return {"code": self.code, "name": self.name or None, "amount": self.amount, "now": self.now}


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What a unit lacks. ``is_reachable``: all acts together would do; only then is there a plan.

    ``least``: the subjects that the plan covers, by its acts.
    """

    row: Row
    missing: float
    is_reachable: bool
    has_target: bool
    plan: Plan | None
    least: tuple[Work, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return figures and what is missing, as the contract prints them; the plan where a target was given."""
        told = {
            **self.row.figures.as_json(lang),
            "missing": self.missing,
            "reachable": self.is_reachable,
            "least": [work.as_json(lang) for work in self.least],
        }
        if self.has_target:
            told["plan"] = None if self.plan is None else self.plan.as_json(lang)
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """The largest gap first; units with nothing in the base are left out. ``total`` has a plan of its own."""

    coverage: Coverage
    target: float | None
    rows: tuple[Gap, ...]
    total: Gap

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the answer as the contract prints it."""
        query = self.coverage.query
        told: dict[str, Any] = {
            "measure": query.measure,
            "by": query.by,
            "weight": self.coverage.weight,
            "target": self.target,
            "as_of": query.as_of.isoformat(),
            "rows": [
                {
                    "unit": gap.row.unit,
                    "name": gap.row.name or None,
                    **gap.as_json(lang),
                }
                for gap in self.rows
            ],
        }
        if self.target is not None:
            told["unplaced"] = self.coverage.unplaced.figures.as_json(lang)
            told["total"] = self.total.as_json(lang)
        return told


def missing_to(figures: Figures, target: float) -> float:
    """Return what must still be covered so that the lowest possible rate reaches a target (0 to 1)."""
    return max(0.0, target * figures.total - figures.covered)


def gaps(
    engine: CoverageEngine,
    query: Query,
    target: float | None = None,
    *,
    chance: float | None = None,
    ticket: Ticket | None = None,
) -> Gaps:
    """Rank the units of a coverage; ``target`` None asks for everything, ``chance``: that a visit finds yes.

    Raises InvalidInput for what coverage refuses, and for a target or a chance that is no rate from 0 to 1; Cancelled
    where the ticket says so.
    """
    _check_rate("target", target, Text("目标", "A target"))
    _check_rate("chance", chance, Text("走访查实为“有”的可能", "A chance"))
    query = replace(query, against=None)
    coverage = engine.coverage(query)
    planner = _Planner(engine, query, target, chance, ticket)
    units = [row for row in coverage.rows if row.figures.total]
    rows = []
    for number, row in enumerate(units):
        if ticket is not None:
            ticket.step(_PLANNING, number, len(units) + 1)
        rows.append(planner.gap(row, planner.openings.of_unit(row.unit)))
    rows.sort(key=lambda gap: (-gap.missing, gap.row.unit))
    total = planner.gap(coverage.total, planner.openings.of_total())
    return Gaps(coverage=coverage, target=target, rows=tuple(rows), total=total)


def gap_of(
    engine: CoverageEngine,
    query: Query,
    unit: str | None,
    target: float,
    *,
    chance: float | None = None,
    ticket: Ticket | None = None,
) -> Gap:
    """Return what one unit lacks, with its plan; ``unit`` None = all together. Raises as ``gaps``, and for no such unit."""
    query = replace(query, against=None)
    coverage = engine.coverage(query)
    planner = _Planner(engine, query, target, chance, ticket)
    if unit is None:
        return planner.gap(coverage.total, planner.openings.of_total())
    row = next((row for row in coverage.rows if row.unit == unit), None)
    if row is None:
        raise InvalidInput(
            Text(f"{query.as_of} 没有单元 {unit!r}。", f"There is no unit {unit!r} on {query.as_of}.")
        )
    return planner.gap(row, planner.openings.of_unit(unit))


def _check_rate(column: str, value: float | None, words: Text) -> None:
    if value is None or 0 <= value <= 1:
        return
    raise InvalidInput(
        Text(f"{words.zh}要在 0 和 1 之间，这里是 {value:g}。", f"{words.en} is from 0 to 1, not {value:g}."),
        (Problem(message=Text("0 到 1", "0 to 1"), column=column, value=f"{value:g}"),),
    )


class _Planner:
    """Plans of rows of one coverage, within one stretch of time."""

    def __init__(
        self,
        engine: CoverageEngine,
        query: Query,
        target: float | None,
        chance: float | None,
        ticket: Ticket | None,
    ) -> None:
        self._engine = engine
        self._day = query.as_of
        self._target = 1.0 if target is None else target
        self._has_target = target is not None
        self._chance = chance
        self._clock = Clock.of(SECONDS, ticket)
        self.openings = Openings(engine, query)

    def gap(self, row: Row, opens: Sequence[Open]) -> Gap:
        """Return what a row lacks, and its plan."""
        figures = row.figures
        need = need_of(figures.covered, figures.total, self._target)
        acts = self.openings.acts_for(opens) if need > 0 else ()
        plan = plan_of(opens, acts, need, self._chance, self._clock)
        return Gap(
            row=row,
            missing=missing_to(figures, self._target),
            is_reachable=plan is not None,
            has_target=self._has_target,
            plan=plan,
            least=() if plan is None else self._least(plan, opens),
        )

    def _least(self, plan: Plan, opens: Sequence[Open]) -> tuple[Work, ...]:
        """Return the subjects that a plan covers, by the order of its acts, then by code."""
        open_ones = {one.code: one for one in opens}
        codes = dict.fromkeys(code for chosen in plan.acts for code in sorted(chosen.act.covers))
        return tuple(
            Work(
                code=code,
                name=self._engine.name_on(code, self._day),
                amount=open_ones[code].gain,
                now=UNKNOWN if open_ones[code].unknown > 0 else UNCOVERED,
            )
            for code in codes
        )
