"""The programme of least work: acts, what each covers, how much must be gained, and which plan comes before which."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from math import fsum
from typing import TYPE_CHECKING, Final

from app.jobs import Cancelled, Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.work.acts import Act

MOST_PLANS: Final = 4  # the plan and three alternatives
Picked = tuple[int, ...]  # the places of acts, rising


@dataclass(frozen=True, slots=True)
class Clock:
    """How long one may look for a proof, and whether somebody asked to stop."""

    until: float  # [s] of time.monotonic
    ticket: Ticket = field(default_factory=Ticket)

    @classmethod
    def of(cls, seconds: float, ticket: Ticket | None = None) -> Clock:
        """Return a clock that runs out after some seconds."""
        return cls(time.monotonic() + seconds, ticket or Ticket())

    @property
    def left(self) -> float:
        """Seconds that are left; raises Cancelled where somebody asked to stop."""
        if self.ticket.is_cancelled:
            raise Cancelled
        return self.until - time.monotonic()


@dataclass(frozen=True, slots=True)
class Solved:
    """The best plan and the next ones. ``bound``: no plan costs less; ``is_proven``: nor does any cost less than the first."""

    plans: tuple[Picked, ...]
    bound: int
    is_proven: bool = True


class Programme:
    """Acts in the order of their ids; ``gains`` of the open subjects; ``need`` is to be gained, its tolerance taken off."""

    def __init__(self, acts: Sequence[Act], gains: Mapping[str, float], need: float) -> None:
        self.acts = tuple(sorted(acts, key=lambda act: act.order))
        self.gains = gains
        self.need = need

    @cached_property
    def is_plain(self) -> bool:
        """Whether no subject is covered by two acts, so that what they gain adds up."""
        return sum(len(act.covers) for act in self.acts) == len(
            {code for act in self.acts for code in act.covers}
        )

    @cached_property
    def weights(self) -> list[int]:
        """Cost, cost if every visit finds yes, and one for the act, as one number each: sums are ordered as plans are."""
        return [(act.cost * self.step + act.if_yes) * self.step + 1 for act in self.acts]

    @cached_property
    def step(self) -> int:
        """What one step of cost if visits find yes is worth in ``weights``; one of cost is worth its square."""
        return 1 + max(len(self.acts), sum(act.if_yes for act in self.acts))

    def gained(self, picked: Sequence[int]) -> float:
        """Return what some acts gain together."""
        if self.is_plain:
            return fsum(self.acts[place].gain for place in picked)
        covered = {code for place in picked for code in self.acts[place].covers}
        return fsum(self.gains[code] for code in covered)

    def is_enough(self, picked: Sequence[int]) -> bool:
        """Whether some acts reach the target."""
        return self.gained(picked) >= self.need

    def order(self, picked: Picked) -> tuple[int, int, int, Picked]:
        """Return what plans are ordered by; acts stand in the order of their ids."""
        acts = [self.acts[place] for place in picked]
        return sum(act.cost for act in acts), sum(act.if_yes for act in acts), len(acts), picked

    def recipe(self, picked: Picked) -> tuple[tuple[str, int, int, float], ...]:
        """Return how many of each act, cost and gain a plan takes."""
        return tuple(sorted(kind_of(self.acts[place]) for place in picked))


def kind_of(act: Act) -> tuple[str, int, int, float]:
    """Return what an act has in common with those that could take its place; gains within a billionth are one."""
    gain = act.gain
    return act.act, act.cost, act.if_yes, gain if isinstance(gain, int) else float(f"{gain:.9g}")
