"""Plans found in their order by looking at one act after the other, with an exact bound on what the rest can do.

For every tail of the acts, the pairs of weight and gain that no other pair beats are known (a dynamic programme over
whole costs). So the best end of a beginning is read off, where no act covers what another does; else it is a bound.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.coverage.work.programme import MOST_PLANS, Solved, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.coverage.work.programme import Clock, Picked, Programme

MOST_ACTS: Final = 400
_MOST_STEPS: Final = 60_000
_LONGEST: Final = 40_000  # pairs of one tail
_OFTEN: Final = 512  # steps between two looks at the clock
_TINY: Final = 1e-9


class _Node(NamedTuple):
    """A beginning: its best end weighs ``least``; ``left_out`` has a bit for each act not taken, the first the highest."""

    least: int
    left_out: int
    at: int
    weight: int
    gain: float
    picked: Picked
    smallest: float  # gain of one picked
    covered: int  # a bit for each subject, where acts cover the same


def solve_by_search(programme: Programme, clock: Clock) -> Solved | None:
    """Return the plan and its alternatives, proven; None where that takes too many steps. All acts must be enough."""
    tails = _tails(programme)
    if tails is None:
        return None
    plans: list[Picked] = []
    recipes = set()
    for picked in _plans(programme, tails, clock):
        if picked is None:
            return None
        recipe = programme.recipe(picked)
        if recipe not in recipes:
            recipes.add(recipe)
            plans.append(picked)
        if len(plans) == MOST_PLANS:
            break
    return Solved(tuple(plans), programme.order(plans[0])[0])


def _tails(programme: Programme) -> list[tuple[list[int], list[float]]] | None:
    """Return for each act the pairs of weight and gain that it and those after it can have, both rising."""
    weights = np.zeros(1, dtype=np.int64)
    gains = np.zeros(1)
    found = [(weights, gains)]
    for place in range(len(programme.acts) - 1, -1, -1):
        both = np.concatenate([weights, weights + programme.weights[place]])
        added = np.concatenate([gains, gains + programme.acts[place].gain])
        weights, gains = _unbeaten(both, added)
        enough = int(np.searchsorted(gains, programme.need)) + 1  # what gains more is never needed
        weights, gains = weights[:enough], gains[:enough]
        if len(weights) > _LONGEST:
            return None
        found.append((weights, gains))
    return [(w.tolist(), g.tolist()) for w, g in reversed(found)]


def _unbeaten(
    weights: NDArray[np.int64], gains: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    order = np.lexsort((-gains, weights))
    weights, gains = weights[order], gains[order]
    most = np.maximum.accumulate(gains)
    keep = np.ones(len(gains), dtype=bool)
    keep[1:] = gains[1:] > most[:-1]
    return weights[keep], gains[keep]


def _plans(
    programme: Programme, tails: list[tuple[list[int], list[float]]], clock: Clock
) -> Iterator[Picked | None]:
    """Give plans from which no act can be left out, in their order; None where it would take too long."""
    acts, size = programme.acts, len(programme.acts)
    is_plain = programme.is_plain
    bits, gain_of = ({}, []) if is_plain else _bits(programme)
    before = _alike_before(programme) if is_plain else [None] * size
    slack = _TINY * max(1.0, programme.need)

    def best_end(at: int, need: float) -> int | None:
        weights, gains = tails[at]
        found = bisect_left(gains, need - slack)
        return None if found == len(gains) else weights[found]

    end = best_end(0, programme.need)
    heap = [] if end is None else [_Node(end, 0, 0, 0, 0.0, (), inf, 0)]
    steps = 0
    while heap:
        node = heapq.heappop(heap)
        steps += 1
        if steps > _MOST_STEPS or (steps % _OFTEN == 0 and clock.left < 0):
            yield None
            return
        if node.at == size or node.gain >= programme.need:
            if programme.is_enough(node.picked) and _is_needed(programme, node.picked):
                yield node.picked
            continue
        place, bit = node.at, 1 << (size - 1 - node.at)
        rest = best_end(place + 1, programme.need - node.gain)
        if rest is not None:
            heapq.heappush(
                heap, node._replace(least=node.weight + rest, left_out=node.left_out | bit, at=place + 1)
            )
        earlier = before[place]
        if earlier is not None and node.left_out >> (size - 1 - earlier) & 1:
            continue  # of acts that are alike, the first ids are taken
        if is_plain:
            gain, covered = node.gain + acts[place].gain, 0
        else:
            new = bits[place] & ~node.covered
            if not new:
                continue  # others cover all of it
            gain, covered = node.gain + _sum_of(new, gain_of), node.covered | bits[place]
        picked = (*node.picked, place)
        smallest = min(node.smallest, acts[place].gain)
        if is_plain and gain - smallest >= programme.need:
            continue  # one of them could be left out
        weight = node.weight + programme.weights[place]
        rest = 0 if gain >= programme.need else best_end(place + 1, programme.need - gain)
        if rest is None:
            continue
        left_out = node.left_out | (bit - 1) if gain >= programme.need else node.left_out
        heapq.heappush(
            heap, _Node(weight + rest, left_out, place + 1, weight, gain, picked, smallest, covered)
        )


def _is_needed(programme: Programme, picked: Picked) -> bool:
    """Whether no act can be left out."""
    return not any(programme.is_enough([p for p in picked if p != place]) for place in picked)


def _alike_before(programme: Programme) -> list[int | None]:
    """Return for each act the one before it that is alike in all but its id."""
    last: dict[object, int] = {}
    found: list[int | None] = []
    for place, act in enumerate(programme.acts):
        kind = kind_of(act)
        found.append(last.get(kind))
        last[kind] = place
    return found


def _bits(programme: Programme) -> tuple[dict[int, int], list[float]]:
    """Return a bit for each subject that an act covers, and what each bit gains."""
    codes = sorted({code for act in programme.acts for code in act.covers})
    at = {code: place for place, code in enumerate(codes)}
    bits = {place: sum(1 << at[code] for code in act.covers) for place, act in enumerate(programme.acts)}
    return bits, [programme.gains[code] for code in codes]


def _sum_of(bits: int, gains: list[float]) -> float:
    total: float = 0
    while bits:
        low = bits & -bits
        total += gains[low.bit_length() - 1]
        bits ^= low
    return total
