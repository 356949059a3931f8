"""Where a point of a gesture is drawn to: corners, middles, feet and edges of what is registered around it.

Pure: arrays of the scene in, a value out. It asks each layer's index, so that it costs the same in a city of three
hundred thousand outlines as in a village.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.text import Text
from ui.map.scene import AREA_LAYERS, UNIT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from ui.map.style import MapStyle
    from ui.map.view import View

Point = tuple[float, float]

SNAP_PX: Final = 12
_FOOT_PX: Final = 6  # a foot takes a point from the rest of its edge only near itself
VERTEX: Final = "vertex"
MIDPOINT: Final = "midpoint"
FOOT: Final = "perpendicular"
EDGE: Final = "edge"
_LINE: Final = Text("{}边界", "border of {}")
_ONTO: Final = {
    VERTEX: Text("吸到 {} 的顶点", "On a corner of the {}"),
    MIDPOINT: Text("吸到 {} 的边中点", "On the middle of a side of the {}"),
    FOOT: Text("吸到 {} 的垂足", "At a right angle on the {}"),
    EDGE: Text("吸到 {}", "On the {}"),
}
_SAME: Final = Text(" · 没有移动", " · not moved")
_METRES: Final = Text("{} {} 米", "{1} m {0}")
_EAST: Final = Text("东偏", "to the east")
_WEST: Final = Text("西偏", "to the west")
_NORTH: Final = Text("北偏", "to the north")
_SOUTH: Final = Text("南偏", "to the south")


class Snap(NamedTuple):
    """What a point was drawn to. ``at``: the point now [m]; ``by``: how far it was moved, east and north [m]."""

    at: Point
    what: str
    kind: str
    code: str
    by: Point

    @property
    def distance(self) -> float:
        """How far the point was moved [m]."""
        return math.hypot(*self.by)


class Edges(NamedTuple):
    """Sides of outlines around a place: from ``a`` to ``b``, shape (n, 2); ``owner``: place in ``owners``."""

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    owner: NDArray[np.intp]
    owners: Sequence[tuple[str, str]]  # kind and code


def snap(
    style: MapStyle,
    view: View,
    at: Point,
    *,
    start: Point | None = None,
    without: Collection[str] = (),
    first: str = "",
) -> Snap | None:
    """Return what lies within 12 px of a point [m], None where nothing does: a corner before a middle, a foot, an edge.

    ``start``: the point from which the new side comes, for the foot of its perpendicular. ``without``: codes whose
    outlines are being changed. ``first``: the layer named where several lie on one another.
    """
    reach = SNAP_PX * view.mpp
    edges = edges_near(style, at, reach, without=without, first=first)
    if not len(edges.a):
        return None
    found = _corner(edges, at, reach) or _middle(edges, at, reach)
    if found is None and start is not None:
        found = _foot(edges, at, start, _FOOT_PX * view.mpp)
    return found or _edge(edges, at, reach)


def edges_near(
    style: MapStyle, at: Point, reach: float, *, without: Collection[str] = (), first: str = ""
) -> Edges:
    """Return the sides that come within ``reach`` [m] of a point's box, of all layers that are switched on."""
    scene, (x, y) = style.scene, at
    starts, ends, counts, owners = [], [], [], []
    for kind in sorted(AREA_LAYERS, key=lambda kind: kind != first):
        if kind in style.hidden:
            continue
        layer = scene.layer(kind)
        for place in layer.near((x - reach, y - reach, x + reach, y + reach)).tolist():
            if layer.codes[place] in without:
                continue
            a, b = _sides(layer.shapes[place], x, y, reach)
            if len(a):
                starts.append(a)
                ends.append(b)
                counts.append(len(a))
                owners.append((kind, layer.codes[place]))
    if not starts:
        return Edges(np.empty((0, 2)), np.empty((0, 2)), np.empty(0, dtype=np.intp), ())
    return Edges(np.vstack(starts), np.vstack(ends), np.repeat(np.arange(len(counts)), counts), owners)


def _sides(
    shape: shapely.Geometry, x: float, y: float, reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sides of an outline whose box comes near a point."""
    starts, ends = [], []
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        xy = shapely.get_coordinates(ring)
        a, b = xy[:-1], xy[1:]
        near = (
            (np.minimum(a[:, 0], b[:, 0]) <= x + reach)
            & (np.maximum(a[:, 0], b[:, 0]) >= x - reach)
            & (np.minimum(a[:, 1], b[:, 1]) <= y + reach)
            & (np.maximum(a[:, 1], b[:, 1]) >= y - reach)
        )
        starts.append(a[near])
        ends.append(b[near])
    if not starts:
        return np.empty((0, 2)), np.empty((0, 2))
    return np.vstack(starts), np.vstack(ends)


def _corner(edges: Edges, at: Point, reach: float) -> Snap | None:
    """Return the nearest corner within reach."""
    return _nearest(edges, np.vstack((edges.a, edges.b)), at, reach, VERTEX)


def _middle(edges: Edges, at: Point, reach: float) -> Snap | None:
    """Return the nearest middle of a side within reach, of sides long enough to have one of their own."""
    is_long = np.hypot(*(edges.b - edges.a).T) > 2 * reach
    return _nearest(edges, np.where(is_long[:, None], (edges.a + edges.b) / 2, np.inf), at, reach, MIDPOINT)


def _foot(edges: Edges, at: Point, start: Point, reach: float) -> Snap | None:
    """Return the nearest foot, on a side, of a perpendicular from ``start``."""
    share = _along(edges, start)
    feet = edges.a + share[:, None] * (edges.b - edges.a)
    is_own = np.hypot(feet[:, 0] - start[0], feet[:, 1] - start[1]) < 1e-9
    feet[(share <= 0) | (share >= 1) | is_own] = np.inf
    return _nearest(edges, feet, at, reach, FOOT)


def _edge(edges: Edges, at: Point, reach: float) -> Snap | None:
    """Return the nearest point of a side within reach."""
    share = np.clip(_along(edges, at), 0, 1)
    return _nearest(edges, edges.a + share[:, None] * (edges.b - edges.a), at, reach, EDGE)


def _along(edges: Edges, point: Point) -> NDArray[np.float64]:
    """Return where the perpendicular from a point meets each side's line, as a share of the side."""
    way = edges.b - edges.a
    length = (way**2).sum(axis=1)
    away = np.asarray(point) - edges.a
    share: NDArray[np.float64] = np.divide(
        (away * way).sum(axis=1), length, out=np.zeros(len(length)), where=length > 0
    )
    return share


def _nearest(edges: Edges, points: NDArray[np.float64], at: Point, reach: float, what: str) -> Snap | None:
    away = np.hypot(points[:, 0] - at[0], points[:, 1] - at[1])
    place = int(away.argmin())
    if not away[place] <= reach:
        return None
    # what lies on one another to a millimetre is named after the layer that comes first
    place = int(np.flatnonzero(away <= away[place] + 1e-3)[0])
    kind, code = edges.owners[int(edges.owner[place % len(edges.owner)])]
    x, y = (float(v) for v in points[place])
    return Snap((x, y), what, kind, code, (x - at[0], y - at[1]))


def said(style: MapStyle, found: Snap, lang: str) -> str:
    """Return what the card beside the ring says: the line's name, and how far and where the point was moved."""
    name = line_name(style, found, lang)
    east, north = found.by
    words = _ONTO[found.what].format(name).in_(lang)
    if found.distance < 0.05:
        return words + _SAME.in_(lang)
    side = (_EAST if east > 0 else _WEST) if abs(east) >= abs(north) else (_NORTH if north > 0 else _SOUTH)
    return words + " · " + _METRES.in_(lang).format(side.in_(lang), f"{found.distance:.1f}")


def line_name(style: MapStyle, found: Snap, lang: str) -> str:
    """Return the name of the line, such as 第六网格边界."""
    label = style.scene.label(found.code) or KINDS[found.kind].words.in_(lang)
    return _LINE.format(label).in_(lang) if found.kind in UNIT_LAYERS else label
