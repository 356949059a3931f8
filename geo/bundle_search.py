"""The search behind ``geo.bundling``: how one connected set of polygons is cut into zones of about one size.

It starts from the plain baseline, from zones grown as round as they come, and from polygons alone, and improves each:
a boundary polygon goes over to the next zone, two change places, two zones are joined, one is parted, two are joined
and cut anew along a spanning tree. Every act is taken only where it lowers the cost, so the result is never worse
than the baseline.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from geo.neighbours import compactness

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from geo.neighbours import Moments

    Ints = NDArray[np.int64]

STEP: Final = 1 / 20  # of the wish: how finely a zone that is too small or too large is counted
_TREES: Final = 5  # spanning trees along which two zones are cut anew
_ROUNDS: Final = 40
_EPSILON: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How large a zone should be: ``households``, and the share of it by which a zone may differ."""

    households: int
    tolerance: float = 0.2

    def steps(self, households: int) -> int:
        """Return what a zone of that many households costs: 0 within the tolerance."""
        beyond = abs(households - self.households) - self.tolerance * self.households
        return 0 if beyond <= 0 else math.ceil(beyond / (STEP * self.households) - _EPSILON)


class Sums(NamedTuple):
    """What a set of polygons amounts to; two disjoint sets add up."""

    households: int
    area: float
    x: float
    y: float
    second: float

    def plus(self, other: Sums) -> Sums:
        """Return the sums of both sets together."""
        return Sums(
            self.households + other.households,
            self.area + other.area,
            self.x + other.x,
            self.y + other.y,
            self.second + other.second,
        )

    def minus(self, other: Sums) -> Sums:
        """Return the sums without a part."""
        return Sums(
            self.households - other.households,
            self.area - other.area,
            self.x - other.x,
            self.y - other.y,
            self.second - other.second,
        )


Cost = tuple[int, float]
NOTHING: Final = Sums(0, 0.0, 0.0, 0.0, 0.0)


class Lots:
    """The polygons as the search sees them: sums, neighbours, cost. Plain lists: single numbers are asked for."""

    def __init__(self, moments: Moments, households: Ints, pairs: Ints, wish: Wish) -> None:
        self.wish = wish
        self.own = [
            Sums(*row)
            for row in zip(
                households.tolist(),
                moments.area.tolist(),
                moments.x.tolist(),
                moments.y.tolist(),
                moments.second.tolist(),
                strict=True,
            )
        ]
        self.near: list[list[int]] = [[] for _ in self.own]
        for a, b in pairs.tolist():
            self.near[a].append(b)
            self.near[b].append(a)

    def sums(self, members: Iterable[int]) -> Sums:
        """Return what some polygons amount to."""
        total = NOTHING
        for place in sorted(members):
            total = total.plus(self.own[place])
        return total

    def cost(self, sums: Sums) -> Cost:
        """Return the steps beyond the tolerance, and how far from compact."""
        return self.wish.steps(sums.households), 1 - compactness(*sums[1:])

    def away(self, a: int, b: int) -> float:
        """Return the distance between two middles [m]."""
        one, other = self.own[a], self.own[b]
        east, north = one.x / one.area - other.x / other.area, one.y / one.area - other.y / other.area
        return math.hypot(east, north)

    def hangs_together(self, members: set[int]) -> bool:
        """Whether some polygons, at least one, are connected."""
        waiting = [min(members)]
        seen = set(waiting)
        while waiting:
            for other in self.near[waiting.pop()]:
                if other in members and other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return len(seen) == len(members)


def best_division(lots: Lots, members: Sequence[int]) -> list[set[int]]:
    """Return the zones that the best of the searches found, by lowest member."""
    best: Search | None = None
    for start in (in_order(lots, members), grown(lots, members), [{place} for place in members]):
        search = Search(lots, start)
        search.improve()
        if best is None or _is_less(search.total(), best.total()):
            best = search
    return [] if best is None else sorted(best.zones.values(), key=min)


def _is_less(cost: Cost, than: Cost) -> bool:
    return cost[0] < than[0] or (cost[0] == than[0] and cost[1] < than[1] - _EPSILON)


def in_order(lots: Lots, members: Sequence[int]) -> list[set[int]]:
    """Return zones as they come: breadth first from the first one left, until the wish is reached."""
    left = set(members)
    zones = []
    for seed in members:
        if seed not in left:
            continue
        zone, waiting, households = [seed], [seed], lots.own[seed].households
        left.discard(seed)
        while waiting and households < lots.wish.households:
            for other in lots.near[waiting.pop(0)]:
                if other in left and households < lots.wish.households:
                    left.discard(other)
                    zone.append(other)
                    waiting.append(other)
                    households += lots.own[other].households
        zones.append(set(zone))
    return zones


def grown(lots: Lots, members: Sequence[int]) -> list[set[int]]:
    """Return zones grown from the rim inwards, each taking what keeps it roundest."""
    left = set(members)
    zones = []
    while left:
        seed = min(left, key=lambda place: (sum(other in left for other in lots.near[place]), place))
        zone, sums = {seed}, lots.own[seed]
        left.discard(seed)
        while True:
            rim = sorted({other for place in zone for other in lots.near[place] if other in left})
            if not rim:
                break
            taken = min(rim, key=lambda place: (lots.cost(sums.plus(lots.own[place]))[1], place))
            more = sums.plus(lots.own[taken])
            if abs(more.households - lots.wish.households) > abs(sums.households - lots.wish.households):
                break
            zone.add(taken)
            left.discard(taken)
            sums = more
        zones.append(zone)
    return zones


class Search:
    """Improves one part's zones until no act lowers the cost."""

    def __init__(self, lots: Lots, zones: Sequence[set[int]]) -> None:
        self._lots = lots
        self._dice = random.Random(7)  # noqa: S311 - spanning trees, not secrets; seeded: same input, same zones
        self.zones: dict[int, set[int]] = {}
        self._sums: dict[int, Sums] = {}
        self._of: dict[int, int] = {}
        self._next = 0
        self._tried: set[tuple[int, ...]] = set()
        for zone in zones:
            self._add(zone)

    def total(self) -> Cost:
        """Return the cost of all zones."""
        return self._cost_of(self._sums[key] for key in sorted(self._sums))

    def improve(self) -> None:
        """Go round until a round changes nothing."""
        for _ in range(_ROUNDS):
            before = self._next
            self._shift_all()
            self._swap_all()
            for key in sorted(self.zones):
                if key in self.zones:
                    self._part(key)
            for a, b in self._meeting():
                if a in self.zones and b in self.zones:
                    self._recut(a, b)
            if self._next == before:
                return

    # a changed zone is a new one with a number never used before: what was tried stays tried

    def _add(self, members: set[int]) -> None:
        key = self._next
        self._next += 1
        self.zones[key] = members
        self._sums[key] = self._lots.sums(members)
        for place in members:
            self._of[place] = key

    def _replace(self, old: Sequence[int], new: Sequence[set[int]]) -> None:
        for key in old:
            del self.zones[key], self._sums[key]
        for members in new:
            if members:
                self._add(members)

    def _cost_of(self, sums: Iterable[Sums]) -> Cost:
        costs = [self._lots.cost(each) for each in sums if each.area > 0]
        return sum(steps for steps, _ in costs), sum(loose for _, loose in costs)

    def _meeting(self) -> list[tuple[int, int]]:
        found = {
            (min(mine, theirs), max(mine, theirs))
            for place, mine in self._of.items()
            for other in self._lots.near[place]
            if (theirs := self._of[other]) != mine
        }
        return sorted(found)

    def _beside(self, place: int) -> list[int]:
        mine = self._of[place]
        return sorted({self._of[other] for other in self._lots.near[place]} - {mine})

    def _shift_all(self) -> None:
        """Let boundary polygons go over to a zone beside them."""
        for place in sorted(self._of):
            for other in self._beside(place):
                mine = self._of[place]
                if other not in self.zones or other == mine:
                    continue
                rest = self.zones[mine] - {place}
                own = self._lots.own[place]
                now = (self._sums[mine], self._sums[other])
                then = (now[0].minus(own) if rest else NOTHING, now[1].plus(own))
                if _is_less(self._cost_of(then), self._cost_of(now)) and (
                    not rest or self._lots.hangs_together(rest)
                ):
                    self._replace((mine, other), (rest, self.zones[other] | {place}))
                    break

    def _swap_all(self) -> None:
        """Let two boundary polygons of zones that meet change places."""
        for a, b in self._meeting():
            if a in self.zones and b in self.zones and (a, b, 0) not in self._tried:
                self._tried.add((a, b, 0))
                self._swap(a, b)

    def _swap(self, a: int, b: int) -> None:
        lots = self._lots
        rims = [
            sorted(p for p in self.zones[mine] if any(self._of[o] == theirs for o in lots.near[p]))
            for mine, theirs in ((a, b), (b, a))
        ]
        now = self._cost_of((self._sums[a], self._sums[b]))
        for here in rims[0]:
            for there in rims[1]:
                change = lots.own[there].minus(lots.own[here])
                then = self._cost_of((self._sums[a].plus(change), self._sums[b].minus(change)))
                if _is_less(then, now):
                    mine = (self.zones[a] - {here}) | {there}
                    theirs = (self.zones[b] - {there}) | {here}
                    if lots.hangs_together(mine) and lots.hangs_together(theirs):
                        self._replace((a, b), (mine, theirs))
                        return

    def _part(self, key: int) -> None:
        """Part a zone in two where that is better."""
        if len(self.zones[key]) > 1 and (key,) not in self._tried:
            self._tried.add((key,))
            cut = self._cut(self.zones[key], self._cost_of((self._sums[key],)))
            if cut is not None:
                self._replace((key,), cut)

    def _recut(self, a: int, b: int) -> None:
        """Join two zones, and cut them anew where that is better still."""
        if (a, b) in self._tried:
            return
        self._tried.add((a, b))
        both = self.zones[a] | self.zones[b]
        now = self._cost_of((self._sums[a], self._sums[b]))
        joined = self._cost_of((self._sums[a].plus(self._sums[b]),))
        is_better = _is_less(joined, now)
        cut = self._cut(both, joined if is_better else now)
        if cut is not None:
            self._replace((a, b), cut)
        elif is_better:
            self._replace((a, b), (both,))

    def _cut(self, members: set[int], than: Cost) -> tuple[set[int], set[int]] | None:
        """Return the best of the cuts along some spanning trees, None where none costs less than ``than``."""
        lots, best = self._lots, None
        whole = lots.sums(members)
        edges = [(a, b) for a in sorted(members) for b in lots.near[a] if a < b and b in members]
        for turn in range(_TREES):
            if turn == 0:
                edges.sort(key=lambda edge: (lots.away(*edge), edge))
            else:
                self._dice.shuffle(edges)
            above = _rooted(members, _tree(members, edges))
            below = {place: lots.own[place] for place in above}
            for place in reversed(above):
                if (parent := above[place]) != place:
                    below[parent] = below[parent].plus(below[place])
            for place, parent in above.items():
                if parent == place:
                    continue
                cost = self._cost_of((below[place], whole.minus(below[place])))
                if _is_less(cost, than):
                    than, best = cost, (place, above)
        if best is None:
            return None
        branch = _branch(*best)
        return branch, members - branch


def _tree(members: set[int], edges: Sequence[tuple[int, int]]) -> dict[int, list[int]]:
    """Return the spanning tree that takes the edges in their order, as neighbours."""
    above = {place: place for place in members}

    def root(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    near: dict[int, list[int]] = {place: [] for place in members}
    for a, b in edges:
        if (one := root(a)) != (other := root(b)):
            above[one] = other
            near[a].append(b)
            near[b].append(a)
    return near


def _rooted(members: set[int], near: dict[int, list[int]]) -> dict[int, int]:
    """Return what each member of a tree hangs from, from the root down; the root from itself."""
    first = min(members)
    above = {first: first}
    order = [first]
    for place in order:
        for other in near[place]:
            if other not in above:
                above[other] = place
                order.append(other)
    return above


def _branch(place: int, above: dict[int, int]) -> set[int]:
    """Return a member and all that hangs from it."""
    found: set[int] = set()
    for other, parent in above.items():
        if other == place or parent in found:
            found.add(other)
    return found
