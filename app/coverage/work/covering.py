"""Plans where acts may cover the same subjects: an integer programme, solved cost by cost and then id by id.

Once a plan is known, whatever holds all of its acts is cut off: from such a set one could be left out. So the next
best set that is not cut off is the next plan, and none of its acts can be left out either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.coverage.work.programme import MOST_PLANS, Solved, kind_of
from app.solver import Programme as Rows
from app.solver import rows_of, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.coverage.work.programme import Clock, Picked, Programme

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_AT_ONCE: Final = 24  # ids decided by one programme, each worth twice the next
_MOST_TRIES: Final = 40  # plans of a recipe that was there already
_MOST_WEIGHT: Final = 1e8  # what the solver's tolerances still tell apart
_ROUND: Final = 1e-6


class _Row(NamedTuple):
    """One line of the programme: the sum of ``values`` of some columns lies between two numbers."""

    columns: Ints
    values: Floats
    least: float
    most: float


def solve_covering(programme: Programme, clock: Clock) -> Solved | None:
    """Return the plan, its proven bound and its alternatives, as far as time goes; None where there was none for any."""
    model = _Model(programme, clock)
    first = model.cheapest()
    if first is None:
        return None
    picked, bound, is_proven = first
    if not is_proven:
        return Solved((_thinned(programme, picked),), bound, is_proven=False)
    plans = [model.settled(picked)]
    recipes = {programme.recipe(plans[0])}
    last = plans[0]
    for _ in range(_MOST_TRIES):
        if len(plans) == MOST_PLANS or clock.left < 0:
            break
        model.cut_off(last)
        following = model.cheapest()
        if following is None or not following[2]:
            break
        last = model.settled(following[0])
        recipe = programme.recipe(last)
        if recipe not in recipes:
            recipes.add(recipe)
            plans.append(last)
    return Solved(tuple(plans), bound)


def _thinned(programme: Programme, picked: Picked) -> Picked:
    """Return a plan without the acts that it doesn't need, the dearest left out first."""
    kept = list(picked)
    for place in sorted(picked, key=lambda p: (-programme.weights[p], -p)):
        fewer = [p for p in kept if p != place]
        if programme.is_enough(fewer):
            kept = fewer
    return tuple(kept)


class _Model:
    """The programme in rows: a column for each act, and one for all subjects that the same acts cover."""

    def __init__(self, programme: Programme, clock: Clock) -> None:
        self._programme = programme
        self._clock = clock
        acts = programme.acts
        self._size = len(acts)
        covering: dict[str, list[int]] = {}
        for place, act in enumerate(acts):
            for code in act.covers:
                covering.setdefault(code, []).append(place)
        together: dict[tuple[int, ...], float] = {}
        for code, places in covering.items():
            together[tuple(places)] = together.get(tuple(places), 0.0) + programme.gains[code]
        gains = np.zeros(self._size)
        rows = []
        shared: list[float] = []
        for those, gain in together.items():
            if len(those) == 1:
                gains[those[0]] += gain
                continue
            column = self._size + len(shared)
            shared.append(gain)
            columns = np.array([*those, column], dtype=np.int64)
            rows.append(_Row(columns, np.array([1.0] * len(those) + [-1.0]), 0.0, np.inf))
        self._gains = np.concatenate([gains, shared])
        scale = max(1.0, float(np.abs(self._gains).max(initial=0.0)))
        used = np.flatnonzero(self._gains)
        rows.append(_Row(used, self._gains[used] / scale, programme.need / scale, np.inf))
        self._rows = rows + self._alike(together)

    def _alike(self, together: dict[tuple[int, ...], float]) -> list[_Row]:
        """Return that of acts alike in all but their ids the first are taken."""
        with_: dict[int, list[tuple[tuple[int, ...], float]]] = {}
        for places, gain in together.items():
            for place in places:
                with_.setdefault(place, []).append((tuple(p for p in places if p != place), gain))
        last: dict[object, int] = {}
        rows = []
        for place, act in enumerate(self._programme.acts):
            kind = kind_of(act), tuple(sorted(with_.get(place, ())))
            earlier = last.get(kind)
            if earlier is not None and len(act.covers) == 1:
                rows.append(_Row(np.array([earlier, place]), np.array([1.0, -1.0]), 0.0, np.inf))
            last[kind] = place
        return rows

    def cut_off(self, picked: Picked) -> None:
        """Leave out whatever holds all acts of a plan."""
        self._rows.append(_Row(np.array(picked), np.ones(len(picked)), -np.inf, len(picked) - 1.0))

    def cheapest(self) -> tuple[Picked, int, bool] | None:
        """Return acts of the least cost, the proven bound of it, and whether it is reached."""
        programme = self._programme
        weights = np.array(programme.weights, dtype=np.float64)
        is_all_at_once = float(weights.max()) <= _MOST_WEIGHT
        if not is_all_at_once:
            weights = np.array([act.cost for act in programme.acts], dtype=np.float64)
        found = self._solved(weights, [])
        if found is None:
            return None
        picked, bound, is_proven = found
        cost, *_ = programme.order(picked)
        if is_proven:
            return picked, cost, True
        lowest = (
            int((bound + _ROUND) // programme.step**2) if is_all_at_once else int(np.ceil(bound - _ROUND))
        )
        return picked, max(0, lowest), False

    def settled(self, picked: Picked) -> Picked:
        """Return the first of the plans of a cost: the least if visits find yes, the fewest acts, the first ids.

        Where time runs out, what was found by then.
        """
        acts = self._programme.acts
        values = [[float(act.cost) for act in acts], [float(act.if_yes) for act in acts], [1.0] * len(acts)]
        sums: list[float] = [float(n) for n in self._programme.order(picked)[:3]]
        limits: list[_Row] = []
        for place, value in enumerate(values):
            weights = np.array(value)
            if place and max(self._programme.weights) > _MOST_WEIGHT:  # else it is the least already
                found = self._solved(weights, limits)
                if found is None or not found[2]:
                    return _thinned(self._programme, picked)
                picked = found[0]
                sums[place] = float(round(weights[list(picked)].sum()))
            columns = np.flatnonzero(weights)
            limits.append(_Row(columns, weights[columns], -np.inf, sums[place]))
        return self._first_ids(picked, limits)

    def _first_ids(self, picked: Picked, limits: list[_Row]) -> Picked:
        """Return of the plans within limits the one whose ids come first, some ids at a time."""
        for start in range(0, self._size, _AT_ONCE):
            ids = np.arange(start, min(start + _AT_ONCE, self._size))
            taken = set(picked)
            if all(int(place) in taken for place in ids):
                limits = [*limits, *_fixed(ids, taken)]
                continue
            worth = np.zeros(self._size)
            worth[ids] = -(2.0 ** np.arange(len(ids) - 1, -1, -1))
            found = self._solved(worth, limits)
            if found is None or not found[2]:
                break
            picked = found[0]
            limits = [*limits, *_fixed(ids, set(picked))]
        return picked

    def _solved(self, costs: Floats, limits: Sequence[_Row]) -> tuple[Picked, float, bool] | None:
        rows = [*self._rows, *limits]
        count = len(self._gains)
        starts, columns, values = rows_of(
            np.repeat(np.arange(len(rows)), [len(row.columns) for row in rows]),
            np.concatenate([row.columns for row in rows]),
            np.concatenate([row.values for row in rows]),
            len(rows),
        )
        whole = np.zeros(count, dtype=bool)
        whole[: self._size] = True
        left = self._clock.left
        if left <= 0:
            return None
        solved = solve(
            Rows(
                np.concatenate([costs, np.zeros(count - self._size)]),
                np.zeros(count),
                np.ones(count),
                whole,
                starts,
                columns,
                values,
                np.array([row.least for row in rows]),
                np.array([row.most for row in rows]),
            ),
            left,
            lambda: self._clock.ticket.is_cancelled,
        )
        if solved.x is None:
            return None
        picked = tuple(np.flatnonzero(solved.x[: self._size] > 0.5).tolist())
        return picked, solved.bound, solved.is_proven


def _fixed(ids: Ints, taken: set[int]) -> list[_Row]:
    return [
        _Row(np.array([place]), np.ones(1), float(place in taken), float(place in taken))
        for place in ids.tolist()
    ]
