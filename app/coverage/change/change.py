"""Taking the change between two days apart, subject by subject, in the steps of the specification."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.amounts import Amounts
from app.coverage.change.arithmetic import (
    COVERED,
    UNCOVERED,
    UNKNOWN,
    Step,
    flows,
    is_same_place,
    place_steps,
    weight_of_amounts,
)
from app.coverage.change.between import places_between
from app.coverage.change.record_made import Side, is_made_by_record
from app.coverage.change.states import DayStates
from app.coverage.stations import reach_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from app.coverage.change.arithmetic import Flow
    from app.coverage.change.states import State
    from app.coverage.engine import CoverageEngine
    from app.coverage.measures import Measure
    from app.coverage.results import Query

_GAIN: Final = COVERED
_PLAIN: Final = {  # flows whose name does not depend on a record: what a survey found out, or forgot
    (UNKNOWN, COVERED): "settled_yes",
    (UNCOVERED, COVERED): "settled_yes",
    (COVERED, UNCOVERED): "settled_no",
    (UNKNOWN, UNCOVERED): "settled_no",
    (COVERED, UNKNOWN): "unsettled",
    (UNCOVERED, UNKNOWN): "unsettled",
}
_BY_RECORD: Final = {COVERED: "attached", UNCOVERED: "ended", UNKNOWN: "ended"}  # by the column flowed to
_BY_STATION: Final = {(UNCOVERED, COVERED): "attached", (COVERED, UNCOVERED): "ended"}


class Taken:
    """The change of a query from its earlier to its later day, as steps of each subject.

    ``earlier``, ``later``: the states of all subjects on the two days. ``sign`` is −1 where the day compared with is the later.
    """

    def __init__(self, engine: CoverageEngine, query: Query, against: date) -> None:
        self._engine, self._query = engine, query
        self._measure, weight = engine.check(query)
        first, last = sorted((query.as_of, against))
        self.sign = 1 if against <= query.as_of else -1
        self.earlier = DayStates(engine, query, self._measure, weight, first)
        self.later = DayStates(engine, query, self._measure, weight, last)
        self.is_amount = self._measure.is_amount
        self.steps: dict[str, list[Step]] = {}
        if first != last:
            self._take_apart()

    def _take_apart(self) -> None:
        before, after = self.earlier.by_code, self.later.by_code
        stay = [code for code in before if code in after]
        between = self._between([code for code in stay if self._asks_between(before[code], after[code])])
        answer = _Answering(self._engine, self._query, self._measure, self.earlier, self.later)
        self._answering = answer
        for code in dict.fromkeys((*before, *after)):
            if code not in before:
                steps: Iterable[Step] = [Step("new", after[code].place, after[code].amounts)]
            elif code not in after:
                steps = [Step("removed", before[code].place, before[code].amounts.times(-1))]
            elif before[code] == after[code] and not self._measure.station_kind:
                continue
            else:
                steps = self._changed(code, before[code], after[code], between.get(code, {}))
            weight = max(state.amounts_weight for state in (before.get(code), after.get(code)) if state)
            kept = [step for step in steps if not step.amounts.is_tiny(weight)]
            if kept:
                self.steps[code] = kept

    def _asks_between(self, before: State, after: State) -> bool:
        return not is_same_place(before.place, after.place) and not self._is_new_division(before, after)

    def _is_new_division(self, before: State, after: State) -> bool:
        """Whether a unit in which the subject lies on either day is in force on one of them alone."""
        lies_in = {unit for unit in (*before.place, *after.place) if unit}
        return any((unit in self.earlier.in_force) != (unit in self.later.in_force) for unit in lies_in)

    def _between(self, codes: list[str]) -> Mapping[str, dict[str, float]]:
        if not codes:
            return {}
        subject = self._measure.spec.subject
        return places_between(self._engine, self._query, subject, codes, self.earlier.day, self.later.day)

    def _changed(self, code: str, before: State, after: State, between: dict[str, float]) -> Iterator[Step]:
        yield from place_steps(
            before.place,
            between,
            after.place,
            is_new_division=self._is_new_division(before, after),
            amounts=before.amounts,
        )
        weight = self._weight_step(before, after)
        yield Step("weight", after.place, weight)
        found: dict[str, Amounts] = {}
        for part, flow in self._answering.flows(code, after, before.amounts.plus(weight)):
            found[part] = found.get(part, Amounts()).plus(flow.amounts)
        yield from (Step(part, after.place, amounts) for part, amounts in found.items())

    def _weight_step(self, before: State, after: State) -> Amounts:
        if self._measure.is_amount:
            return weight_of_amounts(
                before.amounts,
                after.amounts,
                unknown_before=before.is_unknown,
                unknown_after=after.is_unknown,
            )
        return before.parts.times(after.weight - before.weight)


class _Answering:
    """Names the flows of a subject's answer."""

    def __init__(
        self, engine: CoverageEngine, query: Query, measure: Measure, earlier: DayStates, later: DayStates
    ) -> None:
        self._measure = measure
        subject = measure.spec.subject
        self._earlier, self._later = (
            Side(engine.book, engine.book.on(states.day), subject, query.kind) for states in (earlier, later)
        )
        self._reach: dict[str, float] = {}
        if measure.station_kind:
            codes = [code for code in earlier.by_code if code in later.by_code]
            found = reach_by(
                self._later.answers, codes, measure.station_kind, measure.metres, self._earlier.answers
            )
            self._reach = dict(zip(codes, found, strict=True))

    def flows(self, code: str, after: State, amounts: Amounts) -> Iterator[tuple[str, Flow]]:
        """Yield the flows from ``amounts`` to those of the later day, each with the part that it belongs to."""
        if self._measure.station_kind:
            yield from self._station_flows(code, after, amounts)
            return
        condition = self._measure.spec.covered
        for flow in flows(amounts, after.amounts):
            part = _PLAIN[flow.source, flow.target]
            if condition is not None and COVERED in (flow.source, flow.target):
                is_gain = flow.target == _GAIN
                covered, other = (self._later, self._earlier) if is_gain else (self._earlier, self._later)
                if is_made_by_record(condition, code, covered, other):
                    part = _BY_RECORD[flow.target]
            yield part, flow

    def _station_flows(self, code: str, after: State, amounts: Amounts) -> Iterator[tuple[str, Flow]]:
        """First the outline of the later day with the stations of the earlier, then the stations of the later."""
        share = self._reach[code]
        drawn = Amounts(0, 0, 1) if np.isnan(share) else Amounts(share, 1 - share, 0)
        half = drawn.times(after.weight)
        for flow in flows(amounts, half):
            yield _PLAIN[flow.source, flow.target], flow
        for flow in flows(half, after.amounts):
            yield _BY_STATION[flow.source, flow.target], flow
