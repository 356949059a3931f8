"""Which way a programme is solved: by counting, by search, by a programme over costs, or by the integer programme."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from app.coverage.work.covering import solve_covering
from app.coverage.work.even import is_even, solve_even
from app.coverage.work.large import solve_large
from app.coverage.work.programme import Clock, Solved
from app.coverage.work.search import MOST_ACTS, solve_by_search

if TYPE_CHECKING:
    from app.coverage.work.programme import Programme

_FEW_THAT_OVERLAP: Final = 16


def solve_programme(programme: Programme, clock: Clock) -> Solved | None:
    """Return the best plans; None where all acts together are not enough, or time ran out before any was found.

    Raises Cancelled where the clock's ticket says so.
    """
    everything = range(len(programme.acts))
    if not programme.is_enough(everything):
        return None
    if programme.need <= 0:
        return Solved(((),), 0)
    if is_even(programme):
        return solve_even(programme)
    found = None
    if len(everything) <= (MOST_ACTS if programme.is_plain else _FEW_THAT_OVERLAP):
        found = solve_by_search(programme, clock)
    elif programme.is_plain:
        found = solve_large(programme)
    if found is None:
        found = solve_covering(programme, clock)
    return _anything(programme) if found is None else found


def _anything(programme: Programme) -> Solved:
    """Return a plan that is enough, where there was no time to look for the best: the most gain for a step first."""
    acts = programme.acts
    order = sorted(
        range(len(acts)), key=lambda place: (acts[place].cost / max(acts[place].gain, 1e-9), place)
    )
    enough = bisect_left(range(len(order)), True, key=lambda number: programme.is_enough(order[:number]))
    return Solved((tuple(sorted(order[:enough])),), 0, is_proven=False)
