"""Which borders of a set of polygons are shared, edge by edge: where all are, the polygons tile.

Walking over an edge that two polygons share, one the other way round than the other, one leaves as many as one
enters: how many lie on top of one another can't change there. It changes at stray edges alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.rings import batches, expanded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.rings import Rings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_MIX: Final = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0xD6E8FEB86659FD93))
NO_TWIN: Final = -1
_AT_ONCE: Final = 50_000  # edges, so that the arrays stay in the cache


class Strays:
    """The edges that are not, reversed, the edge of exactly one other polygon of the same set."""

    def __init__(self, rings: Rings, twin: Ints) -> None:
        edge = np.flatnonzero(twin == NO_TWIN)
        self._boxes = tuple(side[edge] for side in rings.boxes)
        self._number: Ints = np.bincount(rings.owner[edge], minlength=len(rings.number)).astype(np.int64)
        self._first: Ints = np.cumsum(self._number) - self._number

    def are_near(self, boxes: Floats, pair_box: Ints, pair_polygon: Ints) -> Flags:
        """Return for each box (west, south, east, north) whether a stray edge of a polygon paired with it meets it."""
        near = np.zeros(len(boxes), dtype=bool)
        has_any = np.flatnonzero(self._number[pair_polygon])
        box, polygon = pair_box[has_any], pair_polygon[has_any]
        for some in batches(self._number[polygon], _AT_ONCE):
            pair, edge = expanded(self._number[polygon[some]], self._first[polygon[some]])
            mine = box[some][pair]
            west, south, east, north = (boxes[mine, side] for side in range(4))
            low_x, low_y, high_x, high_y = (side[edge] for side in self._boxes)
            meets = (low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south)
            near[mine[meets]] = True
        return near


def twins(rings: Rings) -> Ints:
    """Return for each edge the one that is, reversed, the same, of another polygon; NO_TWIN unless there is just one.

    Edges of like ends are looked up by a number made of them, and then compared digit by digit.
    """
    twin = np.full(len(rings.x1), NO_TWIN, dtype=np.int64)
    one, other = _alike(_numbered(rings.x1, rings.y1) + _numbered(rings.x2, rings.y2))
    is_back = (rings.x1[one] == rings.x2[other]) & (rings.y1[one] == rings.y2[other])
    is_back &= (rings.x2[one] == rings.x1[other]) & (rings.y2[one] == rings.y1[other])
    is_back &= rings.owner[one] != rings.owner[other]
    twin[one[is_back]] = other[is_back]
    twin[other[is_back]] = one[is_back]
    return twin


def are_made_of(parents: Rings, children: Rings, twin: Ints, parent: Ints) -> Flags:
    """Return for each parent whether it is, exactly, all of its children and nothing else.

    ``parent``: of each child, -1 for none; ``twin``: of the children's edges. Where the borders between children
    of one parent cancel, what is left of their edges must be its own, each once and the same way round.
    """
    above = parent[children.owner]
    beyond = np.where(twin == NO_TWIN, -1, above[twin])
    left = np.flatnonzero((above >= 0) & (beyond != above))
    own = len(parents.x1)
    x1, y1 = np.concatenate([parents.x1, children.x1[left]]), np.concatenate([parents.y1, children.y1[left]])
    x2, y2 = np.concatenate([parents.x2, children.x2[left]]), np.concatenate([parents.y2, children.y2[left]])
    whose = np.concatenate([parents.owner, above[left]])
    ahead = _numbered(x1, y1) + (_numbered(x2, y2) << np.uint64(1))
    one, other = _alike(_mixed(whose.astype(np.uint64), ahead))
    same = (x1[one] == x1[other]) & (y1[one] == y1[other]) & (x2[one] == x2[other]) & (y2[one] == y2[other])
    same &= (whose[one] == whose[other]) & ((one < own) != (other < own))
    lacks = np.ones(len(x1), dtype=bool)
    lacks[one[same]] = False
    lacks[other[same]] = False
    made: Flags = np.bincount(whose[lacks], minlength=len(parents.number)) == 0
    return made & (parents.number > 0)


def _alike(keys: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Return the places of keys of which there are just two; of many, a few may be left out.

    Each key gives up its last digits for its place: numbers alone are sorted far faster than with their order.
    """
    digits = np.uint64(max(len(keys), 1).bit_length())
    place = np.arange(len(keys), dtype=np.uint64)
    ranked = np.sort(((keys >> digits) << digits) | place)
    kept = ranked >> digits
    is_same = np.zeros(len(keys) + 1, dtype=bool)
    is_same[1:-1] = kept[1:] == kept[:-1]
    pair = np.flatnonzero(is_same[1:-1] & ~is_same[:-2] & ~is_same[2:])  # two, not three or more
    at = (ranked & ((np.uint64(1) << digits) - np.uint64(1))).astype(np.int64)
    return at[pair], at[pair + 1]


def _numbered(x: Floats, y: Floats) -> NDArray[np.uint64]:
    """Return the same number for the same point, and most likely another for every other."""
    return _mixed((x + 0.0).view(np.uint64), (y + 0.0).view(np.uint64))  # + 0.0: one zero, not two


def _mixed(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> NDArray[np.uint64]:
    first, second, third = _MIX
    mixed = one * first + other * second
    mixed ^= mixed >> np.uint64(29)
    mixed *= third
    mixed ^= mixed >> np.uint64(32)
    return mixed
