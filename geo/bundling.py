"""Adjoining polygons bundled to a wished size: contiguous, near the size, compact. Own search, the same each time.

The polygons are a graph (an edge = nearest edges within reach). Each of its parts is cut into connected zones.
A zone whose households lie within the tolerance of the wish costs nothing; beyond it every started twentieth of
the wish costs one step. Fewer steps come first, then compactness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.bundle_search import Lots, Wish, best_division, in_order
from geo.neighbours import adjoining, moments_of, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

__all__ = ["Bundles", "Score", "Wish", "baseline", "bundle", "score"]


@dataclass(frozen=True, slots=True)
class Bundles:
    """A division into zones.

    Attributes
    ----------
    zone
        Number of each polygon's zone, numbered by lowest member.
    part
        Number of the part of the neighbour graph that it lies in.
    pairs
        The pairs that adjoin, shape (n, 2).

    """

    zone: Ints
    part: Ints
    pairs: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How good a division is, as numbers to compare. ``off``: mean |households − wish| over the zones."""

    zones: int
    within: int  # zones within the tolerance
    steps: int
    off: float
    compactness: float  # mean over the zones


def _silent(_done: int, _total: int) -> None:
    """Take a report and show it to nobody."""


def bundle(
    outlines: Geometries,
    households: Ints,
    wish: Wish,
    *,
    reach: float,
    group: Sequence[object] | None = None,
    on_step: Callable[[int, int], None] = _silent,
) -> Bundles:
    """Divide polygons into zones of adjoining ones, each in exactly one; the same input gives the same zones.

    Parameters
    ----------
    outlines
        Polygons or points in metres; one that is None is a zone of its own.
    households
        Households of each; 0 where nobody counted: it then goes with a neighbour.
    wish
        The size that a zone should have.
    reach
        Nearest edges at most this many metres apart adjoin: the width of a road.
    group
        No zone holds polygons of two groups.
    on_step
        Told how many of the polygons are done; may raise to stop.

    """
    pairs = adjoining(outlines, reach, group)
    part = parts(len(outlines), pairs)
    lots = Lots(moments_of(outlines), households, pairs, wish)
    zone = np.full(len(outlines), -1, dtype=np.int64)
    done, given = 0, 0
    for members in _members(part):
        on_step(done, len(outlines))
        for place, cut in enumerate(best_division(lots, members)):
            zone[list(cut)] = given + place
        given = int(zone.max()) + 1
        done += len(members)
    on_step(done, len(outlines))
    return Bundles(_numbered(zone), part, pairs)


def baseline(
    outlines: Geometries,
    households: Ints,
    wish: Wish,
    *,
    reach: float,
    group: Sequence[object] | None = None,
) -> Bundles:
    """Return what a clerk gets by going down the list: the next one left and its neighbours until there are enough."""
    pairs = adjoining(outlines, reach, group)
    part = parts(len(outlines), pairs)
    lots = Lots(moments_of(outlines), households, pairs, wish)
    zone = np.full(len(outlines), -1, dtype=np.int64)
    given = 0
    for members in _members(part):
        for cut in in_order(lots, members):
            zone[list(cut)] = given
            given += 1
    return Bundles(_numbered(zone), part, pairs)


def score(outlines: Geometries, households: Ints, wish: Wish, zone: Ints) -> Score:
    """Return how good a division is."""
    lots = Lots(moments_of(outlines), households, np.empty((0, 2), dtype=np.int64), wish)
    sums = [lots.sums(members) for members in _members(zone)]
    costs = [lots.cost(each) for each in sums]
    off = [abs(each.households - wish.households) for each in sums]
    return Score(
        zones=len(sums),
        within=sum(steps == 0 for steps, _ in costs),
        steps=sum(steps for steps, _ in costs),
        off=float(np.mean(off)) if off else 0.0,
        compactness=float(np.mean([1 - loose for _, loose in costs])) if costs else 1.0,
    )


def _members(number: Ints) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for place, one in enumerate(number.tolist()):
        found.setdefault(one, []).append(place)
    return list(found.values())


def _numbered(zone: Ints) -> Ints:
    number: dict[int, int] = {}
    return np.array([number.setdefault(one, len(number)) for one in zone.tolist()], dtype=np.int64)
