"""Area that pairs of polygons have in common, by signed trapezoids instead of a topology.

With s = +1 for an edge that bounds a polygon from above and -1 from below, a point lies in the polygon as often as
the sum of s over the edges above it. So the common area of A and B is the sum, over all pairs of edges, of
s_a * s_b * integral of min(y_a, y_b) over the x that both edges span. No pair of edges needs another one, which
suits arrays; shared borders need no special case. Both polygons must be valid.
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

_AT_ONCE: Final = 200_000  # pairs of edges, so that the arrays stay in the cache


class Edges:
    """The edges of polygons from left to right, by polygon; upright ones are left out, having no width."""

    def __init__(self, rings: Rings, bounds: Floats) -> None:
        kept = np.flatnonzero(rings.x1 != rings.x2)
        is_upper = rings.x1[kept] > rings.x2[kept]  # outer rings run anticlockwise
        x1, y1, x2, y2 = rings.x1[kept], rings.y1[kept], rings.x2[kept], rings.y2[kept]
        self.x1, self.y1 = np.where(is_upper, x2, x1), np.where(is_upper, y2, y1)
        self.x2, y2 = np.where(is_upper, x1, x2), np.where(is_upper, y1, y2)
        self.slope: Floats = (y2 - self.y1) / (self.x2 - self.x1)
        self.sign: Floats = np.where(is_upper, 1.0, -1.0)
        self.number: Ints = np.bincount(rings.owner[kept], minlength=len(rings.number)).astype(np.int64)
        self.first: Ints = np.cumsum(self.number) - self.number
        self.bounds = bounds


def common_areas(a: Edges, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    """Return the area [m²] that polygon ``pairs_a[i]`` of ``a`` has in common with ``pairs_b[i]`` of ``b``."""
    area = np.zeros(len(pairs_a))
    for some in batches(a.number[pairs_a] * b.number[pairs_b], _AT_ONCE):
        area[some] = _some_areas(a, b, pairs_a[some], pairs_b[some])
    return np.maximum(area, 0.0)


def _some_areas(a: Edges, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    # Edges of b above or below a polygon of a; places count from its lower left corner, which keeps digits
    pair, edge_b = expanded(b.number[pairs_b], b.first[pairs_b])
    west, south, east = a.bounds[pairs_a, 0][pair], a.bounds[pairs_a, 1][pair], a.bounds[pairs_a, 2][pair]
    near = np.flatnonzero((b.x1[edge_b] < east) & (b.x2[edge_b] > west))
    pair, edge_b, west, south = pair[near], edge_b[near], west[near], south[near]
    b_x1, b_x2, b_y1 = b.x1[edge_b] - west, b.x2[edge_b] - west, b.y1[edge_b] - south
    b_slope, b_sign = b.slope[edge_b], b.sign[edge_b]
    mine = pairs_a[pair]
    row, edge_a = expanded(a.number[mine], a.first[mine])
    a_x1 = a.x1[edge_a] - west[row]
    low = np.maximum(a_x1, b_x1[row])
    high = np.minimum(a.x2[edge_a] - west[row], b_x2[row])
    wide = np.flatnonzero(high > low)
    row, edge_a, a_x1, low, high = row[wide], edge_a[wide], a_x1[wide], low[wide], high[wide]
    a_y1, a_slope = a.y1[edge_a] - south[row], a.slope[edge_a]
    a_low, a_high = a_y1 + (low - a_x1) * a_slope, a_y1 + (high - a_x1) * a_slope
    b_x1, b_y1, b_slope = b_x1[row], b_y1[row], b_slope[row]
    b_low, b_high = b_y1 + (low - b_x1) * b_slope, b_y1 + (high - b_x1) * b_slope
    gap_low, gap_high = a_low - b_low, a_high - b_high
    between = np.abs(gap_low) + np.abs(gap_high)  # twice the mean of |y_a - y_b|, if they don't cross
    crossing = np.flatnonzero(gap_low * gap_high < 0)
    between[crossing] = (gap_low[crossing] ** 2 + gap_high[crossing] ** 2) / between[crossing]
    lower = (a_low + a_high + b_low + b_high - between) * (high - low)  # 4 * integral of the lower one
    signed = lower * a.sign[edge_a] * b_sign[row]
    return np.bincount(pair[row], weights=signed, minlength=len(pairs_a)) / 4.0
