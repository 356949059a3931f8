"""Area that pairs of polygons have in common, by signed trapezoids instead of a topology.

With s = +1 for an edge that bounds a polygon from above and -1 from below, a point lies in the polygon as often as
the sum of s over the edges above it. So the common area of A and B is the sum, over all pairs of edges, of
s_a * s_b * integral of min(y_a, y_b) over the x that both edges span. No pair of edges needs another one, which
suits arrays; shared borders need no special case. Both polygons must be valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_AT_ONCE: Final = 200_000  # pairs of edges, so that the arrays stay in the cache


class Edges:
    """The edges of polygons from left to right, by polygon; upright ones are left out, having no width."""

    def __init__(self, polygons: Geometries) -> None:
        parts, part_of = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
        rings, ring_of = shapely.get_rings(parts, return_index=True)
        points, point_of = shapely.get_coordinates(rings, return_index=True)
        polygon = part_of[ring_of][point_of]
        x, y = points[:, 0].copy(), points[:, 1].copy()
        kept = np.flatnonzero((point_of[1:] == point_of[:-1]) & (x[1:] != x[:-1]))
        is_upper = x[kept] > x[kept + 1]  # outer rings run anticlockwise
        left, right = kept + is_upper, kept + ~is_upper
        self.x1, self.y1, self.x2 = x[left], y[left], x[right]
        self.slope: Floats = (y[right] - self.y1) / (self.x2 - self.x1)
        self.sign: Floats = np.where(is_upper, 1.0, -1.0)
        self.number: Ints = np.bincount(polygon[kept], minlength=len(polygons)).astype(np.int64)
        self.first: Ints = np.cumsum(self.number) - self.number
        self.bounds: Floats = shapely.bounds(polygons)


def common_areas(a: Edges, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    """Return the area [m²] that polygon ``pairs_a[i]`` of ``a`` has in common with ``pairs_b[i]`` of ``b``."""
    area = np.zeros(len(pairs_a))
    work = np.cumsum(a.number[pairs_a] * b.number[pairs_b])
    start = 0
    while start < len(pairs_a):
        done = work[start - 1] if start else 0
        end = max(int(np.searchsorted(work, done + _AT_ONCE, side="right")), start + 1)
        area[start:end] = _some_areas(a, b, pairs_a[start:end], pairs_b[start:end])
        start = end
    return np.maximum(area, 0.0)


def _some_areas(a: Edges, b: Edges, pairs_a: Ints, pairs_b: Ints) -> Floats:
    # Edges of b above or below a polygon of a; places count from its lower left corner, which keeps digits
    pair, edge_b = _expanded(b.number[pairs_b], b.first[pairs_b])
    west, south, east = a.bounds[pairs_a, 0][pair], a.bounds[pairs_a, 1][pair], a.bounds[pairs_a, 2][pair]
    near = np.flatnonzero((b.x1[edge_b] < east) & (b.x2[edge_b] > west))
    pair, edge_b, west, south = pair[near], edge_b[near], west[near], south[near]
    b_x1, b_x2, b_y1 = b.x1[edge_b] - west, b.x2[edge_b] - west, b.y1[edge_b] - south
    b_slope, b_sign = b.slope[edge_b], b.sign[edge_b]
    mine = pairs_a[pair]
    row, edge_a = _expanded(a.number[mine], a.first[mine])
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


def _expanded(number: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return, for each of ``number`` things in each group, the group and the thing."""
    group = np.repeat(np.arange(len(number), dtype=np.int64), number)
    thing = np.arange(len(group)) + np.repeat(first - (np.cumsum(number) - number), number)
    return group, thing
