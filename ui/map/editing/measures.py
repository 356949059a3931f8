"""Lengths and areas of what is being drawn, in metres on the ground, and whether a line crosses itself. Pure."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.map.editing.snapping import Point


def area_of(points: Sequence[Point]) -> float:
    """Return the area inside corners given in metres [m²]."""
    ring = list(points)
    return (
        abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2
    )


def length_of(points: Sequence[Point]) -> float:
    """Return the length of a line through points in metres [m]."""
    return sum(math.dist(a, b) for a, b in pairwise(points))


def area_words(area_m2: float, lang: str) -> str:
    """Return an area as people say it."""
    if area_m2 >= 1e6:
        return f"{area_m2 / 1e6:.2f} km²"
    if area_m2 >= 1e4:
        return f"{area_m2 / 1e4:.2f}" + (" ha" if lang == "en" else " 公顷")
    return f"{area_m2:,.0f} m²"


def side_words(metres: float, lang: str) -> str:
    """Return the length of a side to a decimetre: what a tape on the ground says."""
    return f"{metres:,.1f}" + (" m" if lang == "en" else " 米")


def crosses(points: Sequence[Point], end: Point, *, is_closing: bool = False) -> bool:
    """Return whether the edge from the last point to ``end`` meets an earlier edge of the line."""
    if len(points) < 2 or (is_closing and len(points) < 3):
        return False
    last = points[-1]
    if not is_closing and math.dist(last, end) == 0:
        return True
    edges = list(pairwise(points))
    earlier = edges[1:-1] if is_closing else edges[:-1]
    if any(_meet(last, end, a, b) for a, b in earlier):
        return True
    before = points[-2]  # straight back along the last edge
    turn = (last[0] - before[0]) * (end[1] - last[1]) - (last[1] - before[1]) * (end[0] - last[0])
    along = (last[0] - before[0]) * (end[0] - last[0]) + (last[1] - before[1]) * (end[1] - last[1])
    return turn == 0 and along < 0


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    def side(p: Point, q: Point, r: Point) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


def squared(start: Point, before: Point | None, at: Point) -> Point:
    """Return ``at`` brought onto a right angle: to the side before where there is one, else to east or north."""
    way = (1.0, 0.0)
    if before is not None and (length := math.dist(before, start)):
        way = ((start[0] - before[0]) / length, (start[1] - before[1]) / length)
    dx, dy = at[0] - start[0], at[1] - start[1]
    along, across = dx * way[0] + dy * way[1], dy * way[0] - dx * way[1]
    if abs(along) >= abs(across):
        return start[0] + along * way[0], start[1] + along * way[1]
    return start[0] - across * way[1], start[1] + across * way[0]


def from_bearing(start: Point, metres: float, degrees: float) -> Point:
    """Return the point so many metres away; ``degrees`` clockwise from north."""
    turn = math.radians(degrees)
    return start[0] + metres * math.sin(turn), start[1] + metres * math.cos(turn)


def bearing(start: Point, end: Point) -> float:
    """Return the direction from one point to another [degrees clockwise from north, 0 to 360]."""
    return math.degrees(math.atan2(end[0] - start[0], end[1] - start[1])) % 360
