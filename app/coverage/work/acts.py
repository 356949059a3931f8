"""Values of least work: what would have to be done for one subject, an act, and a plan made of acts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from app.text import Text
ATTACH: Final = "attach"
FOUND: Final = "found"
EXTEND: Final = "extend"
ENGAGE: Final = "engage"
SETTLE: Final = "settle"
COUNT: Final = "count"
OPTIMAL: Final = "optimal"
BOUNDED: Final = "bounded"


class Step(NamedTuple):
    """One thing to do: which act, of what the measure asks (its words), with which organisation or firm."""

    act: str
    about: Text
    partner: str | None = None


class Way(NamedTuple):
    """How one subject comes to be covered: ``cost`` and ``if_yes`` without the visit, and whether it needs one."""

    steps: tuple[Step, ...]
    cost: int
    if_yes: int
    needs_visit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is done to one subject or firm, ``on``: it covers the open subjects ``covers`` wholly and for certain.

    ``cost``: where every visit finds no; ``if_yes``: where every visit finds yes. ``gain``: what it adds in its row.
    """

    act: str
    on: str
    partner: str | None
    cost: int
    if_yes: int
    covers: tuple[str, ...]
    gain: float
    steps: tuple[Step, ...] = ()
    needs_visit: bool = False

    @property
    def order(self) -> tuple[str, int, str]:
        """Its id, and what comes first of two with one."""
        return self.on, self.cost, self.act

    @property
    def kind(self) -> tuple[str, int, int, float]:
        """What it has in common with those that could take its place."""
        return self.act, self.cost, self.if_yes, self.gain


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An act of a plan, and who could take its place at the same act, costs and gain."""

    act: Act
    instead: tuple[str, ...] = ()

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the act as the reference has it."""
        act = self.act
        return {
            "act": act.act,
            "on": act.on,
            "with": act.partner,
            "cost": act.cost,
            "if_yes": act.if_yes,
            "covers": list(act.covers),
            "gain": act.gain,
            "instead": list(self.instead),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Another plan that reaches the target, and costs no less."""

    cost: int
    if_yes: int
    acts: tuple[Chosen, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the alternative as the reference has it."""
        return {
            "cost": self.cost,
            "if_yes": self.if_yes,
            "acts": [chosen.as_json(lang) for chosen in self.acts],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """The fewest visits that would do if all of them found yes: a hope, and no part of the plan."""

    codes: tuple[str, ...]
    gain: float
    chance: float | None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the visits as the reference has them."""
        return {"codes": list(self.codes), "gain": self.gain, "chance": self.chance}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The cheapest acts after which the lowest possible rate reaches the target, whatever the visits find.

    ``status``: ``optimal``, or ``bounded`` where time ran out; no plan costs less than ``bound``.
    """

    cost: int
    if_yes: int
    status: str
    bound: int
    acts: tuple[Chosen, ...]
    alternatives: tuple[Alternative, ...]
    visits: Visits | None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the plan as the reference has it."""
        return {
            "cost": self.cost,
            "if_yes": self.if_yes,
            "status": self.status,
            "bound": self.bound,
            "acts": [chosen.as_json(lang) for chosen in self.acts],
            "alternatives": [one.as_json(lang) for one in self.alternatives],
            "visits": None if self.visits is None else self.visits.as_json(lang),
        }
