"""A table as it was published, and what came after it: put right since, then changed (spec of change, 9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.coverage.amounts import Amounts
from app.coverage.change.rows import coverage_apart, explain_apart
from app.coverage.change.states import DayStates, told_state
from app.coverage.explain import TOTAL, UNPLACED
from app.coverage.results import ChangedSubject, ChangePart, Figures, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage, Explanation, Query
    from app.jobs import Ticket

_NOTHING: Final = Figures(covered=0, uncovered=0, unknown=0)


class Stated(NamedTuple):
    """What one subject in the base was when the table was published.

    ``place``: unit's code → share that counts there, ``""`` = in no unit. ``told``: ``{answer, reason, units, weight}``.
    """

    amounts: Amounts
    place: Mapping[str, float]
    told: Mapping[str, Any]

    @property
    def in_rows(self) -> dict[str, Amounts]:
        """What it adds to each row: a unit's code, ``unplaced``, ``total``."""
        rows = {unit or UNPLACED: self.amounts.times(share) for unit, share in self.place.items()}
        return {**rows, TOTAL: self.amounts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A table as it was printed, and every subject in its base. ``left_out``: who was not, and why."""

    coverage: Coverage
    states: Mapping[str, Stated]
    left_out: Mapping[str, str]

    @property
    def query(self) -> Query:
        """What was asked; its day is that of the table."""
        return self.coverage.query

    def told(self, code: str) -> Mapping[str, Any]:
        """Return what a subject was then, as ``explain`` tells it."""
        if code in self.states:
            return self.states[code].told
        reason = self.left_out.get(code, "not_in_force")
        return {"answer": None, "reason": reason, "units": [], "weight": None}


def published(engine: CoverageEngine, query: Query, ticket: Ticket | None = None) -> Published:
    """Return a table as it would be printed now, with what each of its subjects is on its day.

    Raises InvalidInput as ``CoverageEngine.coverage`` does.
    """
    measure, weight = engine.check(query)
    query = replace(query, weight=weight, against=None)
    found = engine.coverage(query, ticket)
    is_whole = engine.is_in_whole_numbers(query, measure, weight)
    states = DayStates(engine, query, measure, weight, query.as_of)
    return Published(
        coverage=found,
        states={
            code: Stated(
                state.amounts,
                state.place,
                told_state(states, code, is_amount=measure.is_amount, is_whole=is_whole),
            )
            for code, state in states.by_code.items()
        },
        left_out=states.left_out,
    )


def coverage_since(
    engine: CoverageEngine,
    then: Published,
    query: Query,
    part_of: Callable[[], str],
    ticket: Ticket | None = None,
) -> Coverage:
    """Return a coverage beside a published table: its figures as ``before``, what was put right since, then the change.

    ``query``: with the table's day as ``against``. ``part_of`` says what the difference on the table's own day is
    called, and is asked only where there is one. Raises InvalidInput as ``CoverageEngine.coverage`` does.
    """
    found = coverage_apart(engine, query, ticket)
    since = _PutRight(engine, then, part_of)
    rows = {row.unit: row for row in found.rows}
    gone = [row for row in then.coverage.rows if row.unit not in rows]
    rows |= {row.unit: Row(unit=row.unit, name=row.name, figures=_NOTHING, parts=()) for row in gone}
    return replace(
        found,
        rows=tuple(since.beside(rows[unit], unit) for unit in sorted(rows)),
        unplaced=since.beside(found.unplaced, UNPLACED),
        total=since.beside(found.total, TOTAL),
    )


def explain_since(
    engine: CoverageEngine, then: Published, query: Query, unit: str, part_of: Callable[[], str]
) -> Explanation:
    """Return what lies behind a row beside a published table: first who was put right since, then who changed."""
    found = explain_apart(engine, query, unit)
    since = _PutRight(engine, then, part_of)
    row = since.beside(found.row, unit)
    return replace(found, row=row, changed=(*since.changed(unit), *(found.changed or ())))


class _PutRight:
    """What a table's own day says now that it did not say when it was published, row by row."""

    def __init__(self, engine: CoverageEngine, then: Published, part_of: Callable[[], str]) -> None:
        self._engine, self._then, self._part_of = engine, then, part_of
        self._now = published(engine, then.query)
        self._printed, self._counted = _by_row(then.coverage), _by_row(self._now.coverage)
        self._codes: dict[str, list[str]] = {}
        for code in sorted({*then.states, *self._now.states}):
            for row in self._rows_of(code):
                self._codes.setdefault(row, []).append(code)
        self._part = part_of() if self._codes else ""

    def beside(self, row: Row, name: str) -> Row:
        """Return a row with the printed figures before it, and the part that comes before all others."""
        codes = self._codes.get(name, [])
        printed, counted = self._figures(self._printed, name), self._figures(self._counted, name)
        own = (
            ChangePart(
                part=self._part,
                covered=counted.covered - printed.covered,
                uncovered=counted.uncovered - printed.uncovered,
                unknown=counted.unknown - printed.unknown,
                codes=tuple(codes),
            ),
        )
        return replace(row, before=printed, parts=(*(own if codes else ()), *(row.parts or ())))

    def changed(self, name: str) -> Iterator[ChangedSubject]:
        """Yield who stands in that part, with what it was when the table was published and what it is of that day now."""
        day = self._then.query.as_of
        for code in self._codes.get(name, ()):
            yield ChangedSubject(
                code=code,
                name=self._engine.name_on(code, day),
                part=self._part,
                amounts=self._told(self._moved(code)[name]),
                was=self._then.told(code),
                now=self._now.told(code),
            )

    def _told(self, amounts: Amounts) -> Amounts:
        query = self._then.query
        is_whole = self._engine.is_in_whole_numbers(query, *self._engine.check(query))
        return Amounts(*(round(a) for a in amounts)) if is_whole else amounts

    def _figures(self, rows: Mapping[str, Figures], name: str) -> Figures:
        return rows.get(name, _NOTHING)

    def _moved(self, code: str) -> dict[str, Amounts]:
        """Return by row how much more a subject adds now than it did."""
        then, now = (
            side.states[code].in_rows if code in side.states else {} for side in (self._then, self._now)
        )
        none = Amounts()
        return {row: now.get(row, none).minus(then.get(row, none)) for row in dict.fromkeys((*then, *now))}

    def _rows_of(self, code: str) -> Iterator[str]:
        sides = [side.states[code].amounts for side in (self._then, self._now) if code in side.states]
        weight = max(sum(amounts) for amounts in sides)
        yield from (row for row, moved in self._moved(code).items() if not moved.is_tiny(weight))


def _by_row(coverage: Coverage) -> dict[str, Figures]:
    rows = {row.unit: row.figures for row in coverage.rows}
    return {**rows, UNPLACED: coverage.unplaced.figures, TOTAL: coverage.total.figures}
