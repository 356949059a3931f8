"""Draws what lies over the map beside its records: a wash under the compounds, a line over them, a name each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from ui.map.chunks import LayerPaths
from ui.map.inks import line_pen
from ui.map.labels import selected_label
from ui.map.scene import as_areas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPainterPath

    from ui.map.palette import MapPalette
    from ui.map.style import MapStyle
    from ui.map.view import Bounds, View
    from ui.models.sketch import Sketch

_WASH: Final = 0.10
_LINES: Final = ((20_000, 2.2, 5.0), (60_000, 1.6, 0.0))  # up to a scale: width and casing [px]
_FAR: Final = (1.0, 0.0)
_DASH: Final = (4.0, 2.5)
_MOST_NAMES: Final = 60


class SketchPaths:
    """The paths of sketches, kept as long as the same ones are shown."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Sketch, LayerPaths]] = {}

    def paths(self, sketch: Sketch, bounds: Bounds, level: int) -> list[QPainterPath]:
        """Return the paths of what is in sight."""
        kept = self._kept.get(id(sketch))
        if kept is None:
            if len(self._kept) > 8:
                self._kept.clear()
            kept = self._kept[id(sketch)] = (sketch, LayerPaths(as_areas(sketch.shapes), per_chunk=2))
        layer = kept[1]
        classes = np.zeros(len(layer.order), dtype=np.uint8)
        return [
            path for chunk in layer.visible(bounds) for _, path in layer.paths(int(chunk), level, classes)
        ]


def shown(style: MapStyle) -> list[Sketch]:
    """Return the sketches that are switched on and of the scene's own zone."""
    return [
        sketch
        for sketch in style.sketches
        if sketch.layer not in style.hidden and sketch.zone == style.scene.zone and len(sketch.shapes)
    ]


def ink_of(sketch: Sketch, palette: MapPalette) -> str:
    """Return the colour of a sketch's lines and names."""
    return {"base": palette.t3, "mine": palette.accent, "theirs": palette.warning}.get(
        sketch.tone, palette.ink
    )


def paint_wash(painter: QPainter, paths: Sequence[QPainterPath], style: MapStyle) -> None:
    """Paint the ground of outlines, faintly."""
    colour = QColor(style.palette.ink)
    colour.setAlphaF(_WASH)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for path in paths:
        painter.drawPath(path)


def paint_lines(
    painter: QPainter,
    paths: Sequence[QPainterPath],
    style: MapStyle,
    ratio: float,
    *,
    denominator: float,
    sketch: Sketch,
) -> None:
    """Paint the border of outlines, finer from afar: dashed where nothing is written yet."""
    width, casing = next(((w, c) for limit, w, c in _LINES if denominator <= limit), _FAR)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if casing:
        painter.setPen(line_pen(QColor(style.palette.casing), casing * ratio))
        for path in paths:
            painter.drawPath(path)
    pen = line_pen(QColor(ink_of(sketch, style.palette)), width * ratio)
    if sketch.is_proposed:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(list(_DASH))
    painter.setPen(pen)
    for path in paths:
        painter.drawPath(path)


def names(view: View, style: MapStyle, taken: Sequence[tuple[QRectF, QImage]]) -> list[tuple[QRectF, QImage]]:
    """Return the names that have room on their own outline, none over another or over those ``taken``."""
    found: list[tuple[QRectF, QImage]] = []
    palette = style.palette
    for sketch in reversed(shown(style)):
        west, south, east, north = view.bounds
        box = sketch.boxes
        near = np.flatnonzero(
            (box[:, 0] < east) & (box[:, 2] > west) & (box[:, 1] < north) & (box[:, 3] > south)
        )
        wide = (box[near, 2] - box[near, 0]) / view.mpp
        for place, room in zip(near.tolist(), wide.tolist(), strict=True):
            words = sketch.names[place]
            if len(found) >= _MOST_NAMES or not words or room < 60:
                continue
            image = selected_label(words, ink_of(sketch, palette), palette.casing, view.ratio)
            size = image.deviceIndependentSize()
            if size.width() > 1.25 * room:
                continue
            px, py = view.to_px(*sketch.anchors[place])
            spot = QRectF(px - size.width() / 2, py - size.height() / 2, size.width(), size.height())
            if not any(spot.intersects(other) for other, _ in (*taken, *found)):
                found.append((spot, image))
    return found
