"""Plans where every act gains the same and none covers what another does: how many is known, so the cheapest do."""

from __future__ import annotations

import heapq
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Final

from app.coverage.work.programme import MOST_PLANS, Solved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.coverage.work.programme import Picked, Programme

_MOST_TIES: Final = 500  # recipes of one cost that are laid side by side
Kind = tuple[int, int, str]  # cost, if_yes, act
Counts = tuple[int, ...]


def is_even(programme: Programme) -> bool:
    """Whether every act gains the same."""
    gains = [act.gain for act in programme.acts]
    return programme.is_plain and bool(gains) and max(gains) == min(gains)


def solve_even(programme: Programme) -> Solved:
    """Return the plan and its alternatives; all acts together must be enough."""
    gain = programme.acts[0].gain
    number = max(1, int(programme.need / gain) - 1)
    while number * gain < programme.need:
        number += 1
    acts = programme.acts
    best = sorted(range(len(acts)), key=lambda place: (acts[place].cost, acts[place].if_yes, place))[:number]
    plan = tuple(sorted(best))
    others = islice(_next(programme, plan), MOST_PLANS - 1)
    return Solved((plan, *others), programme.order(plan)[0])


def _next(programme: Programme, best: Picked) -> Iterator[Picked]:
    """Give the plans of other recipes that follow, each with the first ids: one act less of a kind, one more of another."""
    there: dict[Kind, list[int]] = {}
    for place, act in enumerate(programme.acts):
        there.setdefault((act.cost, act.if_yes, act.act), []).append(place)
    kinds = sorted(there)
    taken = Counter((a.cost, a.if_yes, a.act) for a in (programme.acts[place] for place in best))
    given = tuple(taken[kind] for kind in kinds)
    rooms = [len(there[kind]) for kind in kinds]
    filled: list[int] = []
    for room in rooms:
        filled.append(min(room, len(best) - sum(filled)))
    start = tuple(filled)

    def sums(counts: Counts) -> tuple[int, int]:
        pairs = list(zip(kinds, counts, strict=True))
        return sum(kind[0] * n for kind, n in pairs), sum(kind[1] * n for kind, n in pairs)

    def plan_of(counts: Counts) -> Picked:
        return tuple(sorted(p for kind, n in zip(kinds, counts, strict=True) for p in there[kind][:n]))

    heap, seen = [(sums(start), start)], {start}
    while heap:
        cost = heap[0][0]
        alike: list[Counts] = []
        while heap and heap[0][0] == cost and len(alike) < _MOST_TIES:
            counts = heapq.heappop(heap)[1]
            alike.append(counts)
            for moved in _one_up(counts, rooms):
                if moved not in seen:
                    seen.add(moved)
                    heapq.heappush(heap, (sums(moved), moved))
        yield from sorted(plan_of(counts) for counts in alike if counts != given)


def _one_up(counts: Counts, rooms: list[int]) -> Iterator[Counts]:
    """Give what comes of taking one act less of a kind, and one more of the next kind of which there is one left.

    From the cheapest plan every other one is reached so, and no step makes a plan cheaper.
    """
    for fewer, count in enumerate(counts):
        more = next((at for at in range(fewer + 1, len(counts)) if counts[at] < rooms[at]), None)
        if count and more is not None:
            yield tuple(n - (at == fewer) + (at == more) for at, n in enumerate(counts))
