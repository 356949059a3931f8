"""An edit of outlines under the hand, as tools see it: what it is of, what it does so far, what one more act would do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.text import Text
    from geo.crs import Zone
    from ui.map.editing.snapping import Point


@dataclass(frozen=True, slots=True)
class Act:
    """One step of a gesture; what was done, in points [m] and a number.

    ``move`` a corner (from, to) · ``add`` a corner (on a side, to) · ``delete`` a corner · ``shift`` the outline
    (from, to) · ``turn`` it (about, number = degrees, clockwise) · ``hole`` (its corners) · ``split`` (a line) ·
    ``simplify`` (number = metres) · ``square``.
    """

    name: str
    points: tuple[Point, ...] = ()
    number: float = 0.0

    def as_draft(self, zone: Zone) -> dict[str, Any]:
        """Return it as a draft keeps it, in degrees."""
        import numpy as np

        lonlat = zone.lonlat(np.array(self.points).reshape(-1, 2)).tolist()
        return {"act": self.name, "points": lonlat, "number": self.number}

    @staticmethod
    def from_draft(kept: dict[str, Any], zone: Zone) -> Act:
        """Return what a draft keeps."""
        import numpy as np

        xy = zone.xy(np.array(kept["points"], dtype=float).reshape(-1, 2)).tolist()
        return Act(str(kept["act"]), tuple((float(x), float(y)) for x, y in xy), float(kept["number"]))


class Corner(NamedTuple):
    """A corner of an outline. ``is_shared``: a neighbour has it too, and moves with it."""

    at: Point
    ring: int
    place: int
    is_shared: bool


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """Another record whose outline changes with it [m]."""

    kind: str
    code: str
    name: str
    before: BaseGeometry
    now: BaseGeometry
    given: float  # m² that it gives away
    taken: float  # m² that it gets


@dataclass(frozen=True, slots=True, eq=False)
class Shared:
    """Ground that two would have, and who keeps it."""

    shape: BaseGeometry
    code: str
    name: str
    area: float


class Work(Protocol):
    """An edit under way. Immutable: each act returns another."""

    @property
    def kind(self) -> str:
        """The kind of the record whose outline it is."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def before(self) -> BaseGeometry:
        """Its outline as registered [m]."""

    @property
    def outline(self) -> BaseGeometry:
        """Its outline as it would be [m]."""

    @property
    def corners(self) -> tuple[Corner, ...]:
        """Its corners, ring by ring."""

    @property
    def pieces(self) -> tuple[BaseGeometry, ...]:
        """What a split makes of it [m]; empty where it is not split."""

    @property
    def changed(self) -> tuple[Changed, ...]:
        """What else changes."""

    @property
    def shared(self) -> tuple[Shared, ...]:
        """Ground that it would share with others."""

    @property
    def bare(self) -> float:
        """Ground that would be nobody's [m²]."""

    @property
    def is_taking(self) -> bool:
        """Whether shared ground becomes its own."""

    @property
    def refusal(self) -> Text | None:
        """Why it can't be written as it is; None where it can."""

    @property
    def asked(self) -> str:
        """What it is refused for that may be meant; empty where there is no such thing."""

    def acted(self, act: Act, meant: Sequence[str] = ()) -> Work:
        """Return the edit with one more act, of which ``meant`` may come about.

        Raises ``InvalidInput`` with the reason where that can't be done.
        """

    @property
    def how(self) -> dict[str, Any]:
        """How its last act is meant, as a draft keeps it: ``alone``, ``taking``, ``meant``."""

    def going_on(self, how: dict[str, Any]) -> Work:
        """Return the edit as it is, its next act to be planned with ``alone`` and ``taking`` as a draft keeps them."""

    def allowing(self, meant: Sequence[str]) -> Work:
        """Return the edit with its last act planned again, of which ``meant`` may come about."""

    def owned(self, *, is_taking: bool) -> Work:
        """Return the edit with shared ground given to the other side."""

    def alone(self, *, is_alone: bool) -> Work:
        """Return the edit with neighbours left alone, or moving along."""


@dataclass(slots=True)
class Steps:
    """A gesture: the edit after each of its acts, and which acts those were."""

    first: Work
    acts: list[Act] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)

    @property
    def work(self) -> Work:
        """The edit as it stands."""
        return self.works[-1] if self.works else self.first

    def take(self, act: Act, work: Work, *, is_same: bool = False) -> None:
        """Note an act and what came of it; ``is_same``: it goes on with the last, and both are one step."""
        if is_same and self.acts:
            self.acts.pop()
            self.works.pop()
        self.acts.append(act)
        self.works.append(work)

    def put(self, work: Work) -> None:
        """Have the edit as it stands be meant otherwise."""
        if self.works:
            self.works[-1] = work
        else:
            self.first = work

    def undo(self) -> None:
        """Take back the last act."""
        if self.acts:
            self.acts.pop()
            self.works.pop()
