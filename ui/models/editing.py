"""What an edit of outlines would do, as the panel beside the map shows it. Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.text import Text


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that comes of it: an icon, a fact, what more there is to say. ``tone``: "", warning or error."""

    icon: str
    title: Text
    detail: Text
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFacts:
    """An edit under the hand.

    Attributes
    ----------
    title
        What is done to what.
    areas, lengths
        Before and now [m², m]; the border's length all around.
    outcomes
        What it does to neighbours, grids and coverage.
    is_alone
        Whether neighbours are left alone; None where that is no question.
    is_changed
        Whether there is anything to finish.
    asks_day
        Whether it is asked if it was wrong all along or is other from a day on.
    is_asked
        Whether what was refused is done once it is said to be meant.
    may_drop
        Whether there are steps that can be given up; what is only selected is put down.

    """

    title: Text
    areas: tuple[float, float]
    lengths: tuple[float, float]
    outcomes: tuple[Outcome, ...] = ()
    is_alone: bool | None = None
    is_changed: bool = False
    asks_day: bool = True
    is_asked: bool = False
    may_drop: bool = True
