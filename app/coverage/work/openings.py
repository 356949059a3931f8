"""What is open in each row of a coverage: the subjects not covered or not known, and the acts that would cover them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.coverage.places.units import NOWHERE
from app.coverage.work.acts import COUNT, ENGAGE, FOUND, SETTLE, Act, Step, Way
from app.coverage.work.nearby import Nearby
from app.coverage.work.ways import PARTY, SERVICE, ways_of
from app.domain.answer import Answer
from app.domain.profile.condition import Term
from geo.shares import SLIVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.engine import CoverageEngine
    from app.coverage.measures import Measure
    from app.coverage.results import Query

_WAYS: Final = "ways to cover"  # what is kept of them; after any change they are found anew
_COUNTS: Final = frozenset({"platform", "survey", "survey_buildings"})


class Open(NamedTuple):
    """An open subject in a row: ``gain`` is what is uncovered and unknown of it there, ``unknown`` a part of that."""

    code: str
    gain: float
    unknown: float


class Openings:
    """The open subjects of every row of a query's coverage, and what could be done for each of them."""

    def __init__(self, engine: CoverageEngine, query: Query) -> None:
        self._engine = engine
        self._query = query
        self.measure, weight = engine.check(query)
        self._is_whole = engine.is_in_whole_numbers(query, self.measure, weight)
        columns, seats = engine.amounts_and_seats(query, self.measure, weight)
        self._uncovered, self._unknown = columns[1], columns[2]
        self._codes = seats.everybody.codes
        self._open = np.flatnonzero(self._uncovered + self._unknown > 0)
        is_open = np.zeros(len(self._codes), dtype=bool)
        is_open[self._open] = True
        pairs = np.flatnonzero(is_open[seats.subject] & (seats.counted >= SLIVER))
        order = pairs[np.lexsort((seats.subject[pairs], seats.unit[pairs]))]
        self._subject, self._counted = seats.subject[order], seats.counted[order]
        units = seats.unit[order]
        starts = np.flatnonzero(np.diff(units, prepend=NOWHERE)).tolist()
        ends = [*starts[1:], len(units)]
        self._at = {
            seats.units.codes[int(units[start])]: (start, end)
            for start, end in zip(starts, ends, strict=False)
        }
        self._doing = _doing(engine, query, self.measure)

    def of_unit(self, unit: str) -> list[Open]:
        """Return the open subjects of a unit, by code."""
        start, stop = self._at.get(unit, (0, 0))
        return self._listed(self._subject[start:stop], self._counted[start:stop])

    def of_total(self) -> list[Open]:
        """Return the open subjects of all, by code."""
        return self._listed(self._open, np.ones(len(self._open)))

    def _listed(self, places: np.ndarray, counted: np.ndarray) -> list[Open]:
        unknown = self._unknown[places] * counted
        gains = self._uncovered[places] * counted + unknown
        if self._is_whole:
            gains, unknown = np.rint(gains).astype(np.int64), np.rint(unknown).astype(np.int64)
        codes = self._codes
        each = zip(places.tolist(), gains.tolist(), unknown.tolist(), strict=True)
        return [Open(codes[place], gain, not_known) for place, gain, not_known in each if gain > 0]

    def acts_for(self, opens: Sequence[Open]) -> tuple[Act, ...]:
        """Return every act that covers open subjects of a row, by id."""
        return self._doing.acts_for(opens, self._wholes)

    @cached_property
    def _wholes(self) -> dict[str, float]:
        """What is open of each subject, wherever it lies; only of measures that hold numbers of their own."""
        if not self.measure.is_amount:
            return {}
        amounts = (self._uncovered + self._unknown)[self._open].tolist()
        return dict(zip([self._codes[place] for place in self._open.tolist()], amounts, strict=True))


def _doing(engine: CoverageEngine, query: Query, measure: Measure) -> _Doing:
    """Return what is done for whom: the same for every target, until something is changed."""
    found: _Doing = engine.book.on(query.as_of).common.of(
        _WAYS, (measure.id, query.as_of, query.kind), lambda: _Doing(engine, query, measure)
    )
    return found


class _Doing:
    """What is done for subjects of a measure; found once for each, whatever the row."""

    def __init__(self, engine: CoverageEngine, query: Query, measure: Measure) -> None:
        self._measure = measure
        self._costs = engine.profile.work
        answers = engine.book.on(query.as_of)
        self._nearby = Nearby(answers, query.kind)
        covered = measure.spec.covered
        self._is_of_firms = covered == Term("firm_party")
        self._ask = (
            None
            if covered is None
            else ways_of(covered, engine.book, answers, measure.spec.subject, query.kind, self._nearby)
        )
        self._known: dict[str, tuple[Answer, Way | None]] = {}

    def acts_for(self, opens: Sequence[Open], wholes: Mapping[str, float]) -> tuple[Act, ...]:
        if self._measure.station_kind:
            return ()
        if self._measure.spec.subject == "compound" and self._ask is not None:
            self._nearby.place([one.code for one in opens])
        if self._is_of_firms:
            return tuple(sorted(self._of_firms(opens), key=lambda act: act.order))
        found = [self._own(one, wholes) for one in opens]
        return tuple(act for act in found if act is not None)

    def _own(self, one: Open, wholes: Mapping[str, float]) -> Act | None:
        """Return the act of a subject itself."""
        if self._ask is not None:
            told = self._known.get(one.code)
            if told is None:
                told = self._known[one.code] = self._ask(one.code)
            return None if told[1] is None else self._made(one, told[1])
        if self._measure.id in _COUNTS:
            households = wholes[one.code]
            cost = self._costs.count * -int(-households // self._costs.count_households)
            return self._made(one, Way((Step(COUNT, self._measure.words),), cost, cost, needs_visit=False))
        cost = self._costs.settle
        is_unknown = one.unknown > 0
        if_yes = 0 if one.unknown >= one.gain else cost
        return self._made(
            one, Way((Step(SETTLE, self._measure.words),), cost, if_yes, needs_visit=is_unknown)
        )

    def _made(self, one: Open, way: Way) -> Act:
        return self._act(one.code, way, (one.code,), one.gain)

    def _act(self, on: str, way: Way, covers: tuple[str, ...], gain: float) -> Act:
        visit = self._costs.visit if way.needs_visit else 0
        partners = dict.fromkeys(step.partner for step in way.steps if step.partner is not None)
        return Act(
            act="+".join(dict.fromkeys(step.act for step in way.steps)),
            on=on,
            partner="+".join(partners) or None,
            cost=visit + way.cost,
            if_yes=visit + way.if_yes,
            covers=covers,
            gain=gain,
            steps=way.steps,
            needs_visit=way.needs_visit,
        )

    def _of_firms(self, opens: Sequence[Open]) -> list[Act]:
        """Return for each serving firm the founding that covers all whom it serves, and for each compound another firm."""
        nearby, costs = self._nearby, self._costs
        served: dict[str, list[Open]] = {}
        acts = []
        other = nearby.firm_with_party()
        for one in opens:
            for firm in nearby.firms_without_party(one.code):
                served.setdefault(firm, []).append(one)
            if other is not None:
                is_unknown = one.unknown > 0
                step = Step(ENGAGE, SERVICE, other)
                if_yes = 0 if is_unknown else costs.engage
                acts.append(self._made(one, Way((step,), costs.engage, if_yes, needs_visit=is_unknown)))
        for firm, there in served.items():
            is_unknown = nearby.party_of(firm) is Answer.UNKNOWN
            way = Way(
                (Step(FOUND, PARTY),), costs.found, 0 if is_unknown else costs.found, needs_visit=is_unknown
            )
            acts.append(
                self._act(firm, way, tuple(one.code for one in there), sum(one.gain for one in there))
            )
        return acts
