"""Plans for thousands of acts, none of which covers what another does: a dynamic programme over whole costs.

Acts of one cost are taken from the largest gain down, so a plan is how many of each cost. The relaxed programme says
how far these numbers can lie from its own in a plan that costs no more than one that is known: only those are tried.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.coverage.work.programme import MOST_PLANS, Solved, kind_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.coverage.work.programme import Picked, Programme

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_MOST: Final = 3_000_000  # numbers tried at once
_SPARE: Final = 1e-6
_LAST: Final = 50  # acts that are tried to be exchanged


class _Class(NamedTuple):
    """Acts of one cost and one cost if visits find yes, the largest gain first; ``sums[k]`` is what k of them gain."""

    cost: int
    weight: int
    places: Ints
    gains: Floats
    sums: Floats


def solve_large(programme: Programme) -> Solved | None:
    """Return the plan, proven, and plans that lie next to it; None where too many numbers would have to be tried.

    Of plans of one cost that take different numbers of each, the one with the largest gain goes on; its acts are then
    exchanged for those with the first ids.
    """
    classes = _classes(programme)
    counts = _counts(programme, classes)
    if counts is None:
        return None
    best = _first_ids(programme, classes, counts)
    return Solved((best, *_beside(programme, classes, best)), programme.order(best)[0])


def _classes(programme: Programme) -> list[_Class]:
    acts = programme.acts
    gains = np.array([act.gain for act in acts], dtype=np.float64)
    weights = np.array(programme.weights, dtype=np.int64)
    found = []
    for weight in np.unique(weights).tolist():
        places = np.flatnonzero(weights == weight)
        places = places[np.argsort(-gains[places], kind="stable")]
        sums = np.concatenate([[0.0], np.cumsum(gains[places])])
        found.append(_Class(acts[int(places[0])].cost, weight, places, gains[places], sums))
    return found


def _counts(programme: Programme, classes: list[_Class]) -> list[int] | None:
    """Return how many acts of each class the lightest plan takes."""
    need = programme.need
    price, room = _relaxed(programme, classes)
    spans = [_span(one, price, room) for one in classes]
    low = [first for first, _ in spans]
    weights = np.array([sum(one.weight * k for one, k in zip(classes, low, strict=True))])
    gains = np.array([sum(float(one.sums[k]) for one, k in zip(classes, low, strict=True))])
    costs = np.array([sum(one.cost * k for one, k in zip(classes, low, strict=True))])
    best = sum(float(np.maximum(one.gains - price * one.cost, 0).sum()) for one in classes)
    steps: list[tuple[Ints, Ints]] = []
    reached = [_most(one, price, first) for one, first in zip(classes, low, strict=True)]
    still = sum(top - at for top, at in reached)  # what later classes may yet add over their first numbers
    for one, (first, last), (top, at) in zip(classes, spans, reached, strict=True):
        more = np.arange(last - first + 1)
        if len(more) * len(weights) > _MOST:
            return None
        still -= top - at
        w = (weights[:, None] + one.weight * more).ravel()
        g = (gains[:, None] + (one.sums[first : last + 1] - one.sums[first])).ravel()
        c = (costs[:, None] + one.cost * more).ravel()
        near = np.flatnonzero(g - price * c + still >= best - room)
        order = near[np.lexsort((-g[near], w[near]))]
        most = np.maximum.accumulate(g[order])
        keep = np.ones(len(order), dtype=bool)
        keep[1:] = g[order][1:] > most[:-1]
        order = order[keep]
        weights, gains, costs = w[order], g[order], c[order]
        steps.append((order // len(more), order % len(more) + first))
    at_place = int(np.searchsorted(gains, need))
    if at_place == len(gains):
        return None
    counts = []
    for origin, numbers in reversed(steps):
        counts.append(int(numbers[at_place]))
        at_place = int(origin[at_place])
    return counts[::-1]


def _relaxed(programme: Programme, classes: list[_Class]) -> tuple[float, float]:
    """Return the gain that one step buys at the margin of the relaxed programme, and how much of it a plan may lose."""
    gains = np.concatenate([one.gains for one in classes])
    costs = np.concatenate([np.full(len(one.gains), one.cost, dtype=np.float64) for one in classes])
    order = np.argsort(-gains / costs, kind="stable")
    gains, costs = gains[order], costs[order]
    sums = np.cumsum(gains)
    last = min(int(np.searchsorted(sums, programme.need)), len(sums) - 1)
    price = float(gains[last] / costs[last])
    before = float(sums[last] - gains[last])
    spent = float(costs[:last].sum())
    lowest = spent + (programme.need - before) / price
    enough = costs[last:][gains[last:] >= programme.need - before]
    known = spent + float(enough.min() if len(enough) else costs[last])  # the last one is enough itself
    return price, price * max(0.0, known - lowest) + _SPARE * max(1.0, programme.need)


def _most(one: _Class, price: float, first: int) -> tuple[float, float]:
    """Return the most that a class can add beyond what its cost is worth, and what its first number does."""
    over = float(np.maximum(one.gains - price * one.cost, 0).sum())
    return over, float(one.sums[first]) - price * one.cost * first


def _span(one: _Class, price: float, room: float) -> tuple[int, int]:
    """Return the fewest and the most acts of a class that a plan may take."""
    over = one.sums - price * one.cost * np.arange(len(one.sums))
    there = np.flatnonzero(over >= float(over.max()) - room)
    return int(there[0]), int(there[-1])


def _first_ids(programme: Programme, classes: list[_Class], counts: list[int]) -> Picked:
    """Return the plan that takes so many of each class, with the first ids that still gain enough."""
    picked: set[int] = set()
    for one, count in zip(classes, counts, strict=True):
        picked.update(one.places[:count].tolist())
    spare = programme.gained(sorted(picked)) - programme.need
    near: list[tuple[int, int]] = []
    later: list[list[tuple[float, int]]] = []
    for number, (one, count) in enumerate(zip(classes, counts, strict=True)):
        later.append([])
        if 0 < count < len(one.gains):
            edge = float(one.gains[count - 1])
            inside = np.flatnonzero(one.gains[:count] <= edge + spare)
            outside = count + np.flatnonzero(one.gains[count:] >= edge - spare)
            near += [(int(one.places[p]), number) for p in (*inside, *outside)]
            later[-1] = [(float(one.gains[p]), -int(one.places[p])) for p in inside]
            heapq.heapify(later[-1])
    passed: set[int] = set()
    for place, number in sorted(near):
        if place in picked:
            passed.add(place)
            continue
        heap = later[number]
        while heap and (-heap[0][1] in passed or -heap[0][1] not in picked):
            heapq.heappop(heap)
        loss = heap[0][0] - programme.acts[place].gain if heap else None
        if loss is not None and loss <= spare:
            picked.remove(-heapq.heappop(heap)[1])
            picked.add(place)
            passed.add(place)
            spare -= loss
    return tuple(sorted(picked))


def _beside(programme: Programme, classes: list[_Class], best: Picked) -> list[Picked]:
    """Return up to three plans of other recipes that differ from the best in one of its last acts."""
    acts = programme.acts
    spare = programme.gained(best) - programme.need
    of_class = {place: one for one in classes for place in one.places.tolist()}
    taken = set(best)
    found: dict[object, Picked] = {}
    for place in best[: -_LAST - 1 : -1]:
        places = of_class[place].places
        for other in np.sort(places[places > place]).tolist():
            if other in taken or acts[place].gain - acts[other].gain > spare:
                continue
            exchange = kind_of(acts[place]), kind_of(acts[other])
            if exchange[0] != exchange[1]:
                found.setdefault(exchange, tuple(sorted((taken - {place}) | {other})))
            if len(found) == MOST_PLANS - 1:
                return sorted(found.values())
    return sorted(found.values())
