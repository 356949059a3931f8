"""Area that pairs of polygons have in common, by signed trapezoids instead of a topology.

With s = +1 for an edge that bounds a polygon from above and -1 from below, a point lies in the polygon as often as
the sum of s over the edges above it. So the common area of A and B is the sum, over all pairs of edges, of
s_a * s_b * integral of min(y_a, y_b) over the x that both edges span. No pair of edges needs another one, which
suits arrays; shared borders need no special case. Both polygons must be valid.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.rings import batches, expanded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.rings import Rings

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_AT_ONCE: Final = 200_000  # pairs of edges, so that the arrays stay in the cache


class Edges:
    """The edges of polygons from left to right, by polygon; upright ones are left out, having no width."""

    def __init__(self, rings: Rings) -> None:
        x1, y1, x2, y2, self.number = rings.x1, rings.y1, rings.x2, rings.y2, rings.number
        upright = x1 == x2
        if upright.any():
            x1, y1, x2, y2 = (side[~upright] for side in (x1, y1, x2, y2))
            self.number = rings.number - np.bincount(rings.owner[upright], minlength=len(rings.number))
        is_upper = x1 > x2  # outer rings run anticlockwise
        self.x1, self.x2 = np.minimum(x1, x2), np.maximum(x1, x2)
        self.y1: Floats = np.where(is_upper, y2, y1)
        self.slope: Floats = (np.where(is_upper, y1, y2) - self.y1) / (self.x2 - self.x1)
        self.sign: Floats = np.where(is_upper, 1.0, -1.0)
        self.first: Ints = np.cumsum(self.number) - self.number

    def moved(self, boxes: Floats) -> Edges:
        """Return the same with places counted from the lower left corner of each polygon's box, which keeps digits."""
        near = copy(self)
        west, south = np.repeat(boxes[:, 0], self.number), np.repeat(boxes[:, 1], self.number)
        near.x1, near.x2, near.y1 = self.x1 - west, self.x2 - west, self.y1 - south
        return near


def common_areas(a: Edges, boxes: Floats, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    """Return the area [m²] that polygon ``pairs_a[i]`` of ``a`` has in common with ``pairs_b[i]`` of ``b``.

    ``boxes``: those of the polygons of ``a``, west, south, east, north.
    """
    area = np.zeros(len(pairs_a))
    near = a.moved(boxes)
    for some in batches(a.number[pairs_a] * b.number[pairs_b], _AT_ONCE):
        area[some] = _some_areas(near, boxes, b, pairs_a[some], pairs_b[some])
    return np.maximum(area, 0.0)


def _some_areas(a: Edges, boxes: Floats, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    # Edges of b above or below a polygon of a
    number = b.number.take(pairs_b)
    pair, edge_b = expanded(number, b.first.take(pairs_b))
    west, east = (np.repeat(boxes[pairs_a, side], number) for side in (0, 2))
    near = np.flatnonzero((b.x1.take(edge_b) < east) & (b.x2.take(edge_b) > west))
    pair, edge_b, west = pair.take(near), edge_b.take(near), west.take(near)
    mine = pairs_a.take(pair)
    b_x1, b_x2, b_y1 = b.x1.take(edge_b) - west, b.x2.take(edge_b) - west, b.y1.take(edge_b) - boxes[mine, 1]
    b_slope, b_sign = b.slope.take(edge_b), b.sign.take(edge_b)
    number = a.number.take(mine)
    row, edge_a = expanded(number, a.first.take(mine))
    low = np.maximum(a.x1.take(edge_a), np.repeat(b_x1, number))
    high = np.minimum(a.x2.take(edge_a), np.repeat(b_x2, number))
    wide = np.flatnonzero(high > low)
    row, edge_a, low, high = row.take(wide), edge_a.take(wide), low.take(wide), high.take(wide)
    a_x1, a_y1, a_slope = a.x1.take(edge_a), a.y1.take(edge_a), a.slope.take(edge_a)
    a_low, a_high = a_y1 + (low - a_x1) * a_slope, a_y1 + (high - a_x1) * a_slope
    b_x1, b_y1, b_slope = b_x1.take(row), b_y1.take(row), b_slope.take(row)
    b_low, b_high = b_y1 + (low - b_x1) * b_slope, b_y1 + (high - b_x1) * b_slope
    gap_low, gap_high = a_low - b_low, a_high - b_high
    between = np.abs(gap_low) + np.abs(gap_high)  # twice the mean of |y_a - y_b|, if they don't cross
    crossing = np.flatnonzero(gap_low * gap_high < 0)
    between[crossing] = (gap_low[crossing] ** 2 + gap_high[crossing] ** 2) / between[crossing]
    lower = (a_low + a_high + b_low + b_high - between) * (high - low)  # 4 * integral of the lower one
    signed = lower * a.sign.take(edge_a) * b_sign.take(row)
    return np.bincount(pair.take(row), weights=signed, minlength=len(pairs_a)) / 4.0
