"""What lies under a pixel, and where on screen a feature is: for the mouse, robots and screen readers alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PySide6.QtCore import QPoint

from ui.map.badges import BADGE_PX
from ui.map.palette import PLAIN_DOT_PX, PLAIN_LIMIT, STATION_LIMIT
from ui.map.scene import PLAIN_LAYERS, UNIT_LAYERS

if TYPE_CHECKING:
    from ui.map.scene import Layer
    from ui.map.style import MapStyle
    from ui.map.view import Bounds, View

_BUILDING_LIMIT: Final = 5_000  # buildings are drawn, and can be pointed at, up to this scale
_TINY_PX: Final = 8.0
_MOST_TRIES: Final = 80


def feature_at(style: MapStyle, view: View, px: float, py: float) -> str | None:
    """Return the top-most feature: station, compound, building, then the coloured unit, grid and so on up."""
    scene, hidden = style.scene, style.hidden
    x, y = view.to_xy(px, py)
    if "stations" not in hidden and view.denominator <= STATION_LIMIT and len(scene.stations.codes):
        away = np.hypot(scene.stations.xy[:, 0] - x, scene.stations.xy[:, 1] - y)
        nearest = int(away.argmin())
        if away[nearest] <= BADGE_PX / 2 * view.mpp:
            return scene.stations.codes[nearest]
    for name in reversed(PLAIN_LAYERS) if view.denominator <= PLAIN_LIMIT else ():
        if name not in hidden and (plain := _plain_at(scene.layer(name), view, x, y)) is not None:
            return plain
    if "compounds" not in hidden:
        compounds = scene.layer("compounds")
        found = compounds.at(x, y)
        if not found and view.denominator > STATION_LIMIT:
            # far out a compound is a few pixels: near enough counts
            found = [i for i in compounds.at(x, y, 3 * view.mpp) if compounds.sizes[i] < _TINY_PX * view.mpp]
        if found:
            return compounds.codes[found[0]]
    if "buildings" not in hidden and view.denominator <= _BUILDING_LIMIT:
        buildings = scene.layer("buildings")
        if found := buildings.at(x, y):
            return buildings.codes[found[0]]
    for kind in (style.filled_layer, *reversed(UNIT_LAYERS)):
        if kind is not None and kind not in hidden:
            layer = scene.layer(kind)
            if found := layer.at(x, y):
                return layer.codes[found[0]]
    return None


def _plain_at(layer: Layer, view: View, x: float, y: float) -> str | None:
    """Return the feature at a point, or the dot that stands for one which is too small to be drawn."""
    found = layer.at(x, y)
    if not found and len(layer):
        side = PLAIN_DOT_PX * view.mpp
        found = [i for i in layer.at(x, y, side / 2) if layer.sizes[i] < side]
    return layer.codes[found[0]] if found else None


def position_of(style: MapStyle, view: View, code: str) -> QPoint | None:
    """Return a pixel inside the feature where ``feature_at`` finds it, if there is one; else its anchor."""
    scene = style.scene
    found = scene.find(code)
    if found is None:
        return None
    kind, place = found
    if kind == "stations":
        px, py = view.to_px(*scene.stations.xy[place])
        return QPoint(round(px), round(py))
    layer = scene.layer(kind)
    px, py = view.to_px(*layer.anchors[place])
    anchor = QPoint(round(px), round(py))
    if feature_at(style, view, anchor.x(), anchor.y()) == code:
        return anchor
    west, south, east, north = layer.bounds[place]
    left, top = view.to_px(west, north)
    right, bottom = view.to_px(east, south)
    across = np.unique(np.round(np.linspace(left, right, 17)))
    down = np.unique(np.round(np.linspace(top, bottom, 17)))
    grid_x, grid_y = (axis.ravel() for axis in np.meshgrid(across, down))
    ground = np.array([view.to_xy(x, y) for x, y in zip(grid_x, grid_y, strict=True)])
    inside = np.flatnonzero(shapely.intersects_xy(layer.shapes[place], ground[:, 0], ground[:, 1]))
    order = inside[np.argsort(np.hypot(grid_x[inside] - px, grid_y[inside] - py), kind="stable")]
    for i in order[:: max(1, len(order) // _MOST_TRIES)]:
        if feature_at(style, view, grid_x[i], grid_y[i]) == code:
            return QPoint(int(grid_x[i]), int(grid_y[i]))
    return anchor


def in_rectangle(style: MapStyle, bounds: Bounds) -> list[str]:
    """Return the compounds and loose buildings that meet a rectangle of ground; stations where there is none."""
    scene, found = style.scene, []
    box = shapely.box(*bounds)
    for kind in ("compounds", "buildings"):
        layer = scene.layer(kind)
        if kind in style.hidden or not len(layer):
            continue
        near = layer.within(bounds)
        near = near[shapely.intersects(layer.shapes[near], box)]
        found += [layer.codes[i] for i in near if kind == "compounds" or not layer.parents[i]]
    for kind in PLAIN_LAYERS if not found else ():
        if kind not in style.hidden:
            found += [scene.layer(kind).codes[i] for i in scene.layer(kind).within(bounds)]
    if not found and "stations" not in style.hidden:
        found = [scene.stations.codes[i] for i in scene.stations.within(bounds)]
    return found


def nearest_towards(style: MapStyle, code: str, dx: int, dy: int) -> str | None:
    """Return the compound next to ``code`` in a direction (right, down positive): for stepping by keys."""
    scene = style.scene
    layer = scene.layer("compounds")
    start = layer.index.get(code)
    if start is None or len(layer) < 2:
        return None
    away = layer.anchors - layer.anchors[start]
    ahead = away[:, 0] * dx - away[:, 1] * dy
    aside = np.abs(away[:, 0] * dy + away[:, 1] * dx)
    cost = np.where(ahead > aside * 0.5, ahead + 1.5 * aside, np.inf)
    cost[start] = np.inf
    best = int(cost.argmin())
    return layer.codes[best] if np.isfinite(cost[best]) else None


def outline_at(style: MapStyle, x: float, y: float) -> tuple[str, shapely.Geometry] | None:
    """Return name and outline of the smallest area at a point [m], of whatever layer or sketch is switched on."""
    found: list[tuple[float, str, shapely.Geometry]] = []
    for kind, layer in style.scene.layers.items():
        if kind in style.hidden or not len(layer):
            continue
        for place in layer.at(x, y)[:1]:
            name = layer.labels[place] or layer.codes[place]
            found.append((float(layer.areas[place]), name, layer.shapes[place]))
    for sketch in style.sketches:
        if sketch.layer in style.hidden or sketch.zone != style.scene.zone or not len(sketch.shapes):
            continue
        places = np.flatnonzero(shapely.intersects_xy(sketch.shapes, x, y)).tolist()
        found += [(float(sketch.shapes[i].area), sketch.names[i], sketch.shapes[i]) for i in places]
    if not found:
        return None
    _, name, shape = min(found, key=lambda one: one[0])
    return name, shape
