"""The plan of one row: the cheapest acts, who could take their place, what comes next, and what visits alone might do."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Final

from app.coverage.work.acts import BOUNDED, OPTIMAL, Alternative, Chosen, Plan, Visits
from app.coverage.work.programme import Programme, kind_of
from app.coverage.work.solve import solve_programme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.work.acts import Act
    from app.coverage.work.openings import Open
    from app.coverage.work.programme import Clock, Picked

_TINY: Final = 1e-9
_MOST_INSTEAD: Final = (
    200_000  # codes in one plan: where acts times codes are more, each act names the first of them
)
_LEAST_INSTEAD: Final = 20


def is_met(covered: float, total: float, target: float) -> bool:
    """Whether a row reaches a target: unknown never helps."""
    return need_of(covered, total, target) <= 0


def need_of(covered: float, total: float, target: float) -> float:
    """Return what must be gained, the tolerance of the target taken off."""
    return target * total - covered - _TINY * max(1.0, total)


def plan_of(
    opens: Sequence[Open], acts: Sequence[Act], need: float, chance: float | None, clock: Clock
) -> Plan | None:
    """Return the plan that gains ``need`` from the open subjects of a row; None where all acts are not enough.

    ``chance``: of each visit that it finds yes, where somebody states it. Raises Cancelled if the clock's ticket does.
    """
    visits = _visits(opens, need, chance)
    if need <= 0:
        return Plan(cost=0, if_yes=0, status=OPTIMAL, bound=0, acts=(), alternatives=(), visits=visits)
    programme = Programme(acts, {one.code: one.gain for one in opens}, need)
    solved = solve_programme(programme, clock)
    if solved is None:
        return None
    best, *others = solved.plans
    cost, if_yes, *_ = programme.order(best)
    return Plan(
        cost=cost,
        if_yes=if_yes,
        status=OPTIMAL if solved.is_proven else BOUNDED,
        bound=solved.bound,
        acts=_chosen(programme, best),
        alternatives=tuple(_alternative(programme, other) for other in others),
        visits=visits,
    )


def _alternative(programme: Programme, picked: Picked) -> Alternative:
    cost, if_yes, *_ = programme.order(picked)
    return Alternative(cost=cost, if_yes=if_yes, acts=_chosen(programme, picked))


def _chosen(programme: Programme, picked: Picked) -> tuple[Chosen, ...]:
    """Return the acts of a plan with whoever could take the place of each: alike, not in the plan, and enough."""
    acts, taken = programme.acts, set(picked)
    alike: dict[object, list[int]] = {}
    for place, act in enumerate(acts):
        if place not in taken:
            alike.setdefault(kind_of(act), []).append(place)
    most = max(_LEAST_INSTEAD, _MOST_INSTEAD // max(1, len(picked)))
    names = {kind: tuple(acts[place].on for place in places[:most]) for kind, places in alike.items()}
    found = []
    for place in picked:
        kind = kind_of(acts[place])
        instead = names.get(kind, ())
        if not programme.is_plain:
            rest = [other for other in picked if other != place]
            instead = tuple(
                acts[other].on for other in alike.get(kind, ())[:most] if programme.is_enough([*rest, other])
            )
        found.append(Chosen(act=acts[place], instead=instead))
    return tuple(found)


def _visits(opens: Sequence[Open], need: float, chance: float | None) -> Visits | None:
    """Return the fewest visits that would do if all found yes: the largest gain first; None where all would not."""
    unknown = sorted((one for one in opens if one.unknown > 0), key=lambda one: (-one.unknown, one.code))
    if fsum(one.unknown for one in unknown) < need:
        return None
    gain: float = 0
    codes: list[str] = []
    for one in unknown:
        if gain >= need:
            break
        codes.append(one.code)
        gain += one.unknown
    return Visits(codes=tuple(codes), gain=gain, chance=None if chance is None else chance ** len(codes))
