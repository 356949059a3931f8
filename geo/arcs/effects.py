"""What an edit does to outlines, and why one can't be done: values, in metres."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import shapely

from geo.noding import NOWHERE, polygons_of

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.arcs.net import Xy

NARROW: Final = 0.5  # [m] mean width below which a part is a sliver


class Reason(StrEnum):
    """Why an edit is refused."""

    CROSSES = "crosses"  # a border would cross another or itself
    OVERLAPS = "overlaps"  # ground that another outline of a layer that tiles keeps
    GAP = "gap"  # ground in a layer that tiles would be nobody's
    BEYOND = "beyond"  # ground outside of the unit above
    BARE = "bare"  # ground that the units below do not have
    VANISHES = "vanishes"  # nothing would be left of an outline
    PARTS = "parts"  # an outline would fall into more parts
    HOLES = "holes"  # a hole would come about
    SLIVERS = "slivers"  # a part would be a sliver
    JUNCTION = "junction"  # three borders meet at a vertex that should go
    FEW = "few"  # a ring would keep fewer than three vertices
    MISSED = "missed"  # nothing of the outline lies where it was pointed at
    CUTS = "cuts"  # the line cuts an outline of a lower level
    OUTSIDE = "outside"  # what should lie within an outline does not
    LINE = "line"  # the line does not cross the outline as it must
    APART = "apart"  # outlines that do not touch
    POINT = "point"  # outlines that touch at a point only
    LAYERS = "layers"  # outlines of different layers
    DIVIDED = "divided"  # whose the ground becomes can't be told
    NOTHING = "nothing"  # nothing would change


ASKED: Final = frozenset(
    {Reason.PARTS, Reason.HOLES, Reason.SLIVERS, Reason.GAP}
)  # may be meant, if one says so


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing can be done: where [m], whose outlines, and how much ground it is about [m²]."""

    reason: Reason
    at: Xy | None = None
    keys: tuple[str, ...] = ()
    area: float = 0.0


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground of ``key`` that ``other`` has as well, in metres, and which of them keeps it."""

    key: str
    other: str
    ground: BaseGeometry
    keeper: str

    @property
    def area(self) -> float:
        """Its area [m²]."""
        return float(self.ground.area)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What becomes of one outline.

    Attributes
    ----------
    before, after
        In metres; ``before`` is None for a new one, ``after`` for one of which nothing is left.
    gained, lost
        Ground given and taken, in metres; empty polygons where there is none.
    inserted
        Vertices that it got only because a neighbour's border ends there, or a border goes on there.

    """

    key: str
    layer: str
    before: BaseGeometry | None
    after: BaseGeometry | None
    gained: BaseGeometry = field(default=NOWHERE)
    lost: BaseGeometry = field(default=NOWHERE)
    inserted: int = 0

    @property
    def gained_m2(self) -> float:
        """Ground that it gets [m²]."""
        return float(self.gained.area)

    @property
    def lost_m2(self) -> float:
        """Ground that it loses [m²]."""
        return float(self.lost.area)

    @property
    def parts(self) -> tuple[int, int]:
        """How many parts it has, before and after."""
        return len(polygons_of(self.before)), len(polygons_of(self.after))

    @property
    def holes(self) -> tuple[int, int]:
        """How many holes it has, before and after."""
        return _holes(self.before), _holes(self.after)

    @property
    def slivers(self) -> tuple[shapely.Polygon, ...]:
        """Parts of what it becomes that are slivers and were no parts of it before."""
        narrow = [part for part in polygons_of(self.after) if 2 * part.area < NARROW * part.length]
        had = {part.normalize().wkb for part in polygons_of(self.before)} if narrow else set()
        return tuple(part for part in narrow if part.normalize().wkb not in had)


def _holes(shape: BaseGeometry | None) -> int:
    return sum(len(part.interiors) for part in polygons_of(shape))


@dataclass(frozen=True, slots=True)
class Result:
    """What an edit does to every outline, or would do if it were not refused.

    Attributes
    ----------
    effects
        The edited outline first, then its neighbours.
    refusal
        Why it can't be; None if it can.
    overlaps
        Ground that two would have, and who keeps it: it is clipped already.
    uncovered
        Ground that would be nobody's, though a unit above it has it; empty as a rule.

    """

    effects: tuple[Effect, ...] = ()
    refusal: Refusal | None = None
    overlaps: tuple[Overlap, ...] = ()
    uncovered: BaseGeometry = field(default=NOWHERE)


def refused(reason: Reason, at: Xy | None = None, *keys: str) -> Result:
    """Return the result of an edit that does nothing."""
    return Result(refusal=Refusal(reason, at, keys))
