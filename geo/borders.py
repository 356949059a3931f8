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
_AT_ONCE: Final = 50_000  # edges, so that the arrays stay in the cache


class Strays:
    """The edges that are not, reversed, the edge of exactly one other polygon of the same set."""

    def __init__(self, rings: Rings) -> None:
        edge = np.flatnonzero(~_is_shared(rings))
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


def _is_shared(rings: Rings) -> Flags:
    """Whether each edge is, reversed, the edge of exactly one other polygon.

    Edges of like ends are looked up by a number made of them, and then compared digit by digit.
    """
    shared = np.zeros(len(rings.x1), dtype=bool)
    key = _numbered(rings.x1, rings.y1) + _numbered(rings.x2, rings.y2)
    order = np.argsort(key)
    ranked = key[order]
    is_same = np.zeros(len(key) + 1, dtype=bool)
    is_same[1:-1] = ranked[1:] == ranked[:-1]
    place = np.flatnonzero(is_same[1:-1] & ~is_same[:-2] & ~is_same[2:])  # two, not three or more
    one, other = order[place], order[place + 1]
    is_back = (rings.x1[one] == rings.x2[other]) & (rings.y1[one] == rings.y2[other])
    is_back &= (rings.x2[one] == rings.x1[other]) & (rings.y2[one] == rings.y1[other])
    is_back &= rings.owner[one] != rings.owner[other]
    shared[one[is_back]] = True
    shared[other[is_back]] = True
    return shared


def _numbered(x: Floats, y: Floats) -> NDArray[np.uint64]:
    """Return the same number for the same point, and most likely another for every other."""
    first, second, third = _MIX
    mixed = (x + 0.0).view(np.uint64) * first + (y + 0.0).view(np.uint64) * second  # + 0.0: one zero, not two
    mixed ^= mixed >> np.uint64(29)
    mixed *= third
    mixed ^= mixed >> np.uint64(32)
    return mixed
