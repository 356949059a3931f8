"""What every subject of a measure is on one day: in the base or not, where, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.coverage.amounts import Amounts
from app.coverage.judging import COVERED, UNCOVERED, UNKNOWN
from app.domain.kinds import LEVELS
from geo.shares import SLIVER

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.assignment import Assignment
    from app.coverage.engine import CoverageEngine
    from app.coverage.judging import Pieces
    from app.coverage.measures import Measure
    from app.coverage.results import Query

PARTLY = "partly"


@dataclass(frozen=True, slots=True)
class State:
    """One subject in the base on a day.

    ``parts``: of the whole subject (0 to 1), or its own amounts where the measure counts those; times ``weight`` they are its
    amounts. ``place``: unit's code → share of it that counts there, ``""`` = in no unit.
    """

    pieces: Pieces
    parts: Amounts
    weight: float
    place: dict[str, float]

    @property
    def amounts(self) -> Amounts:
        """What the subject adds, over all its units together."""
        return self.parts.times(self.weight)

    @property
    def amounts_weight(self) -> float:
        """What is small beside it is nothing: the weight, or all that a subject counts itself."""
        return max(self.weight, sum(self.amounts))

    @property
    def answer(self) -> str:
        """Covered, uncovered, unknown, or partly where it has both of the first two."""
        found = {piece.where for piece in self.pieces if piece.amount}
        if {COVERED, UNCOVERED} <= found:
            return PARTLY
        return next(where for where in (COVERED, UNCOVERED, UNKNOWN) if where in found or not found)

    @property
    def reason(self) -> str:
        """Why, of the larger part."""
        return max(self.pieces, key=lambda piece: piece.amount).reason

    @property
    def is_unknown(self) -> bool:
        """Whether a part of it is not known, even where that is a part of nothing."""
        return any(piece.where == UNKNOWN for piece in self.pieces)


class DayStates:
    """The subjects in the base of a measure on a day, by code."""

    def __init__(
        self, engine: CoverageEngine, query: Query, measure: Measure, weight: str, day: date
    ) -> None:
        tally = engine.tally(query, measure, weight, day)
        self.day = day
        self.units = engine.places.units(day).levels[LEVELS.index(query.by)].codes
        self.in_force = frozenset(self.units)
        judgement = engine.judgement(measure, day, query.kind)
        self.left_out = judgement.left_out
        places = places_of(tally.assignment, self.units, len(tally.codes))
        self.by_code = {
            code: State(pieces, _parts(pieces), float(tally.weights[at]), places[at])
            for at, code in enumerate(tally.codes)
            if (pieces := judgement.pieces[code])
        }


def told_state(states: DayStates, code: str, *, is_amount: bool, is_whole: bool) -> dict[str, Any]:
    """Return a subject on a day as ``explain`` tells it: ``{answer, reason, units, weight}`` (spec of change, 7)."""
    state = states.by_code.get(code)
    if state is None:
        reason = states.left_out.get(code, "not_in_force")
        return {"answer": None, "reason": reason, "units": [], "weight": None}
    weight = sum(state.amounts) if is_amount else state.weight
    return {
        "answer": state.answer,
        "reason": state.reason,
        "units": sorted(unit for unit in state.place if unit),
        "weight": round(weight) if is_whole else weight,
    }


def places_of(held: Assignment, units: list[str], count: int) -> list[dict[str, float]]:
    """Return for each subject how much of it counts in each unit, ``""`` for what lies in none."""
    places: list[dict[str, float]] = [{} for _ in range(count)]
    pairs = zip(held.subject.tolist(), held.unit.tolist(), held.counted.tolist(), strict=True)
    for subject, unit, counted in pairs:
        places[subject][units[unit]] = counted
    for subject, outside in enumerate(held.outside.tolist()):
        if outside >= SLIVER:
            places[subject][""] = outside
    return places


def _parts(pieces: Pieces) -> Amounts:
    amounts: dict[str, Any] = {COVERED: 0, UNCOVERED: 0, UNKNOWN: 0}
    for piece in pieces:
        amounts[piece.where] += piece.amount
    return Amounts(amounts[COVERED], amounts[UNCOVERED], amounts[UNKNOWN])
