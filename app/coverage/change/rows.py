"""The parts of a change, row by row, and the tables and explanations that hold them."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from app.coverage.amounts import Amounts
from app.coverage.change.change import Taken
from app.coverage.change.states import told_state
from app.coverage.explain import TOTAL, UNPLACED, explain
from app.coverage.results import ChangedSubject, ChangePart
from app.domain.vocabulary import CHANGE_PARTS
from geo.exact import sliced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.coverage.change.arithmetic import Step
    from app.coverage.engine import CoverageEngine
    from app.coverage.mending.slices import Cell
    from app.coverage.results import Coverage, Explanation, Query, Row
    from app.jobs import Ticket

_ORDER: Final = {part: place for place, part in enumerate(CHANGE_PARTS)}


def coverage_apart(engine: CoverageEngine, query: Query, ticket: Ticket | None = None) -> Coverage:
    """Return a coverage table; where it is asked for against another day, each row with the parts of its change.

    Raises InvalidInput as ``CoverageEngine.coverage`` does.
    """
    found = engine.coverage(query, ticket)
    if query.against is None:
        return found
    return with_parts(found, Change(engine, query))


def with_parts(found: Coverage, change: Change) -> Coverage:
    """Return a coverage table with the parts of a change in each row."""

    def apart(row: Row, name: str) -> Row:
        return replace(row, parts=change.parts(name))

    return replace(
        found,
        rows=tuple(apart(row, row.unit) for row in found.rows),
        unplaced=apart(found.unplaced, UNPLACED),
        total=apart(found.total, TOTAL),
    )


def explain_apart(engine: CoverageEngine, query: Query, unit: str) -> Explanation:
    """Return what lies behind a row; where it is asked for against another day, also who changed and how.

    Raises InvalidInput as ``explain`` does.
    """
    found = explain(engine, query, unit)
    if query.against is None:
        return found
    change = Change(engine, query)
    return replace(found, row=replace(found.row, parts=change.parts(unit)), changed=change.changed(unit))


class _Summands(NamedTuple):
    """What a part of a row is the sum of, and whose it is."""

    amounts: list[Amounts]
    codes: list[str]


class Change:
    """A query's change against another day, asked row by row: a unit's code, ``unplaced`` or ``total``."""

    def __init__(self, engine: CoverageEngine, query: Query) -> None:
        assert query.against is not None  # noqa: S101  # narrows the type
        self._engine, self._query, self._against = engine, query, query.against
        self._taken = Taken(engine, query, query.against)
        measure, weight = engine.check(query)
        self._is_whole = engine.is_in_whole_numbers(query, measure, weight)
        self._by_row: dict[str, dict[str, _Summands]] = {}
        for code, steps in self._taken.steps.items():
            for step in steps:
                for row in self._rows_of(step):
                    parts = self._by_row.setdefault(row, {})
                    found = parts.setdefault(step.part, _Summands([], []))
                    found.amounts.append(self._in_row(step, row))
                    if found.codes[-1:] != [code]:
                        found.codes.append(code)

    def slices(self) -> dict[str, dict[str, Cell]]:
        """Return by row and part covered, uncovered and unknown, each as numbers whose exact sum it is."""
        return {
            row: {
                part: tuple(_sliced(column) for column in zip(*one.amounts, strict=True))
                for part, one in parts.items()
            }
            for row, parts in self._by_row.items()
        }

    def parts(self, row: str) -> tuple[ChangePart, ...]:
        """Return the parts of a row, in their order; none where nothing moved."""
        found = self._by_row.get(row, {})
        return tuple(
            ChangePart(
                part=part,
                **self._told(Amounts(*map(fsum, zip(*found[part].amounts, strict=True))))._asdict(),
                codes=tuple(sorted(found[part].codes)),
            )
            for part in sorted(found, key=_ORDER.__getitem__)
        )

    def changed(self, row: str) -> tuple[ChangedSubject, ...]:
        """Return the subjects behind the parts of a row, in the order of parts, then of codes."""
        entries = [
            ChangedSubject(
                code=code,
                name=self._engine.name_on(code, self._query.as_of)
                or self._engine.name_on(code, self._against),
                part=step.part,
                amounts=self._told(self._in_row(step, row)),
                was=self._state(code, is_now=False),
                now=self._state(code, is_now=True),
            )
            for code, steps in self._taken.steps.items()
            for step in steps
            if row in self._rows_of(step)
        ]
        return tuple(sorted(entries, key=lambda entry: (_ORDER[entry.part], entry.code)))

    def _rows_of(self, step: Step) -> Iterator[str]:
        yield from (unit or UNPLACED for unit in step.rows)
        if step.is_in_total:
            yield TOTAL

    def _in_row(self, step: Step, row: str) -> Amounts:
        factor = 1.0 if row == TOTAL else step.rows["" if row == UNPLACED else row]
        return step.amounts.times(factor * self._taken.sign)

    def _told(self, amounts: Amounts) -> Amounts:
        return (
            Amounts(*(round(a) for a in amounts)) if self._is_whole else Amounts(*(a + 0.0 for a in amounts))
        )

    def _state(self, code: str, *, is_now: bool) -> dict[str, Any]:
        later_is_now = self._taken.sign > 0
        states = self._taken.later if is_now == later_is_now else self._taken.earlier
        return told_state(states, code, is_amount=self._taken.is_amount, is_whole=self._is_whole)


def _sliced(column: Sequence[float]) -> tuple[float, ...]:
    found = sliced(np.array(column), np.zeros(len(column), dtype=np.int64), 1)
    return tuple(found[:, 0].tolist())
