"""What an edit of outlines means for people: who changes side, with how many households, and how coverage moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely

from app.coverage.results import Query
from app.coverage.weights import people
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.jobs import Ticket
from app.services.outlines.words import named
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Figures
    from app.services.outlines.plan import OutlinePlan

_PLACED = ("compounds", "buildings")


@dataclass(frozen=True, slots=True)
class Side:
    """One compound or building that would lie in another unit of a level. ``households``: None where nobody counted."""

    code: str
    name: Text
    level: str
    before: str | None
    after: str | None
    households: int | None


@dataclass(frozen=True, slots=True)
class Beside:
    """One unit's figures before and after."""

    level: str
    unit: str
    name: str
    before: Figures
    after: Figures


@dataclass(frozen=True, slots=True)
class Sides:
    """Who changes side, level by level from the lowest up, and the figures of the units that are redrawn or concerned."""

    moves: tuple[Side, ...]
    figures: tuple[Beside, ...]

    def households(self, level: str) -> int:
        """Return how many households are known to change side at a level."""
        return sum(side.households or 0 for side in self.moves if side.level == level)


def sides_of(plan: OutlinePlan, query: Query | None = None, ticket: Ticket | None = None) -> Sides:
    """Return what a plan means, on a dataset with it; nothing is written.

    ``query``: the measure whose figures are compared; without it only who changes side is told.
    """
    ticket = ticket or Ticket()
    engine = plan.registry.engine
    if engine.dataset is not plan.field.dataset:  # somebody wrote since: the plan is of what was there
        engine = engine.with_dataset(plan.field.dataset)
    changed = [record for _, record in plan.records()]
    if not changed:
        return Sides((), ())
    trial = engine.with_dataset(engine.dataset.with_changes(changed))
    moves = _moves(plan, engine, trial)
    if query is None:
        return Sides(moves, ())
    units: dict[str, set[str]] = {level: set() for level in LEVELS}
    for effect in plan.effects:
        if effect.kind in UNIT_KINDS and effect.is_moved:
            units[LEVELS[UNIT_KINDS.index(effect.kind)]].add(effect.code)
    for side in moves:
        units[side.level] |= {code for code in (side.before, side.after) if code}
    return Sides(moves, _figures(engine, trial, plan, query, units, ticket))


def _moves(plan: OutlinePlan, engine: CoverageEngine, trial: CoverageEngine) -> tuple[Side, ...]:
    grounds = [ground for effect in plan.effects for ground in (effect.effect.gained, effect.effect.lost)]
    there = [ground for ground in grounds if ground.area > 0]
    found: list[Side] = []
    if not there:
        return ()
    answers = engine.book.on(plan.day)
    codes = {
        outline.key: None
        for ground in there
        for outline in plan.field.near(ground.bounds, _PLACED)
        if shapely.intersects(outline.shape, ground)
    }
    for code in codes:
        before, after = engine.derived(code, plan.day), trial.derived(code, plan.day)
        for level in reversed(LEVELS):
            was, now = getattr(before, level), getattr(after, level)
            if was != now:
                households = people(answers, code, "households")
                found.append(Side(code, named(engine.dataset, code), level, was, now, households))
    return tuple(sorted(found, key=lambda side: (-LEVELS.index(side.level), side.code)))


def _figures(
    engine: CoverageEngine,
    trial: CoverageEngine,
    plan: OutlinePlan,
    query: Query,
    units: Mapping[str, set[str]],
    ticket: Ticket,
) -> tuple[Beside, ...]:
    found = []
    for level in reversed(LEVELS):
        if not units[level]:
            continue
        asked = Query(
            measure=query.measure,
            by=level,
            as_of=plan.day,
            weight=query.weight,
            count=query.count,
            kind=query.kind,
        )
        was = {row.unit: row for row in engine.coverage(asked, ticket).rows}
        now = {row.unit: row for row in trial.coverage(asked, ticket).rows}
        found += [
            Beside(level, code, was[code].name, was[code].figures, now[code].figures)
            for code in sorted(units[level])
            if code in was and code in now
        ]
    return tuple(found)
