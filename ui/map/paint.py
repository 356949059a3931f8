"""Paints the ground of one tile or one page: everything that lies under stations, selection and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QTransform

from ui.map import sketches
from ui.map.chunks import LayerPaths, detail_level
from ui.map.inks import compound_colours, hatch_image, line_pen, mixed, unit_colour
from ui.map.palette import PLAIN_DOT_PX, PLAIN_LIMIT, SMALL_COMPOUND_PX, SMALL_GRID_PX, weights
from ui.map.scene import PLAIN_LAYERS, UNIT_LAYERS
from ui.map.style import (
    CLASS_MASK,
    COVERED,
    HATCHED,
    OPACITY_COMPOUND_OUTSIDE,
    OPACITY_UNIT_OUTSIDE,
    OUTSIDE,
    UNCOVERED,
    UNKNOWN,
)
from ui.map.view import DENOMINATOR_PER_MPP

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PySide6.QtGui import QPainterPath

    from ui.map.palette import LineWeights, MapPalette
    from ui.map.scene import MapScene
    from ui.map.style import MapStyle
    from ui.map.view import Bounds

_REACH_PX: Final = 8  # how far a line's width may reach into the next tile
_DOT_PX: Final = 3
_MANY: Final = 20_000  # features: from here on larger chunks, for making them costs more than drawing them
_HATCH_UNIT: Final = 0.28  # strength of the hatch over a class


class GroundPainter:
    """Paints pieces of one scene. Not to be shared between threads: it keeps paths."""

    def __init__(self, scene: MapScene, before: GroundPainter | None = None) -> None:
        """Begin with the paths that the painter of the scene before has of what is the same in this one."""
        self.scene = scene
        self._paths = {} if before is None else before.paths_for(scene)
        self._dots: tuple[MapStyle, float, NDArray[np.float64]] | None = None
        self.sketches = sketches.SketchPaths()

    def paths_for(self, scene: MapScene) -> dict[str, LayerPaths]:
        """Return the paths of what is the same in a scene that was made of this one; none for any other scene."""
        if scene.mended is None or not scene.mended.is_of(self.scene):
            return {}
        return {name: made for name, made in self._paths.items() if scene.has_same(name, self.scene)}

    def paint(
        self, image: QImage, left: int, top: int, mpp: float, style: MapStyle, *, ratio: float = 1.0
    ) -> None:
        """Paint the ground whose north-west corner lies ``left``, ``top`` pixels from the zone's origin.

        ``mpp``: metres to a pixel of the image; ``ratio``: its pixels to a logical one, by which lines grow.
        """
        image.fill(QColor(style.palette.paper))
        painter = QPainter(image)
        try:
            _Piece(self, painter, image, left, top, mpp, style, ratio).paint()
        finally:
            painter.end()

    def paths(self, name: str) -> LayerPaths:
        """Return the paths of an area layer, of ``borders:KIND``, of the backdrop's water, green or roads."""
        made = self._paths.get(name)
        if made is None:
            made = self._paths[name] = self._make(name)
        return made

    def dots(self, style: MapStyle, smallest_m: float) -> NDArray[np.float64]:
        """Return the middles of the uncovered compounds below a size, shape (n, 2)."""
        if self._dots is None or self._dots[0] is not style or self._dots[1] != smallest_m:
            layer = self.scene.layer("compounds")
            is_mine = (style.classes["compounds"] & CLASS_MASK) == UNCOVERED
            box = layer.bounds[is_mine & (layer.sizes < smallest_m)]
            self._dots = (style, smallest_m, (box[:, :2] + box[:, 2:]) / 2)
        return self._dots[2]

    def _make(self, name: str) -> LayerPaths:
        ground = self.scene.ground
        if name.startswith("borders:"):
            lines = self.scene.borders.get(name.partition(":")[2])
            return LayerPaths(
                np.empty(0, dtype=object) if lines is None else lines, per_chunk=1, is_area=False
            )
        if name == "roads":
            return LayerPaths(ground.roads, is_area=False)
        if name in ("water", "green"):
            return LayerPaths(ground.water if name == "water" else ground.green, per_chunk=2)
        layer = self.scene.layer(name)
        if name in UNIT_LAYERS:
            return LayerPaths(layer.shapes, per_chunk=2)
        return LayerPaths(layer.shapes, per_chunk=8 if len(layer) < _MANY else 16)


class _Piece:
    """One call of ``paint``: what all its steps share."""

    def __init__(
        self,
        owner: GroundPainter,
        painter: QPainter,
        image: QImage,
        left: int,
        top: int,
        mpp: float,
        style: MapStyle,
        ratio: float,
    ) -> None:
        self.owner, self.painter, self.image, self.style = owner, painter, image, style
        self.left, self.top, self.mpp, self.ratio = left, top, mpp, ratio
        self.palette: MapPalette = style.palette
        self.denominator = mpp * ratio * DENOMINATOR_PER_MPP
        self.lines: LineWeights = weights(self.denominator)
        self.level = detail_level(mpp)
        reach = _REACH_PX * ratio * mpp
        self.bounds: Bounds = (
            left * mpp - reach,
            -(top + image.height()) * mpp - reach,
            (left + image.width()) * mpp + reach,
            -top * mpp + reach,
        )
        self.world = QTransform(1 / mpp, 0, 0, -1 / mpp, -left, -top)

    def paint(self) -> None:
        painter, lines, hidden = self.painter, self.lines, self.style.hidden
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self.world)
        if "ground" not in hidden:
            self._areas("green", self.palette.green)
        filled = self.style.filled_layer
        if filled is not None and "fills" not in hidden:
            self._units(filled)
        if "ground" not in hidden:
            self._areas("water", self.palette.water)
            self._roads()
        if "grids" not in hidden:
            self._grids()
        if "communities" not in hidden and lines.community:
            self._communities()
        if "streets" not in hidden:
            self._borders("streets", lines.street, lines.street_casing)
        if "districts" not in hidden:
            self._borders("districts", lines.district, lines.street_casing)
        over = [
            (self.owner.sketches.paths(sketch, self.bounds, self.level), sketch)
            for sketch in sketches.shown(self.style)
        ]
        for paths, _ in over:
            sketches.paint_wash(painter, paths, self.style)
        if "compounds" not in hidden:
            self._compounds("compounds")
        if "buildings" not in hidden and lines.building:
            self._buildings("buildings", lines.building)
        for kind in PLAIN_LAYERS:
            if kind not in hidden and self.denominator <= PLAIN_LIMIT:
                self._buildings(kind, lines.building or 1.0)
                self._small_ones(kind)
        for paths, sketch in over:
            sketches.paint_lines(
                painter, paths, self.style, self.ratio, denominator=self.denominator, sketch=sketch
            )

    # -- units ---------------------------------------------------------------------------------

    def _units(self, kind: str) -> None:
        painter, palette = self.painter, self.palette
        paths = self.owner.paths(kind)
        classes = self.style.classes[kind][paths.order]
        found = self._collect(paths, classes)
        # hard edges: neighbours meet without a seam, and the borders drawn over them hide the steps
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for one in sorted(found):
            colour = QColor(unit_colour(palette, self.style.sequence, one & CLASS_MASK))
            if one & OUTSIDE:
                colour = mixed(colour, QColor(palette.paper), OPACITY_UNIT_OUTSIDE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for path in found[one]:
                painter.drawPath(path)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        period = 7 if self.denominator > 20_000 else 10
        for one in sorted(found):
            if one & HATCHED:
                strength = _HATCH_UNIT * (OPACITY_UNIT_OUTSIDE if one & OUTSIDE else 1)
                self._hatch(found[one], QColor(palette.t1), strength, period)

    def _grids(self) -> None:
        layer = self.owner.scene.layer("grids")
        if not len(layer):
            return
        paths = self.owner.paths("grids")
        smallest = SMALL_GRID_PX * self.mpp * self.ratio
        if self.denominator > 60_000 and float(np.median(layer.sizes)) < smallest:
            return
        # on bare paper the casing colour would be all but invisible
        colour = self.palette.casing if self.style.filled_layer else self.palette.line
        self.painter.setPen(line_pen(QColor(colour), self.lines.grid * self.ratio))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        # asked for by the same classes as the fill: the kept paths serve both
        for found in self._collect(paths, self.style.classes["grids"][paths.order]).values():
            for path in found:
                self.painter.drawPath(path)

    def _communities(self) -> None:
        palette, lines = self.palette, self.lines
        found = self._line_paths("communities")
        if self.style.filled_layer:
            self.painter.setPen(line_pen(QColor(palette.casing), (lines.community + 0.8) * self.ratio))
            for path in found:
                self.painter.drawPath(path)
        pen = line_pen(QColor(palette.t3), lines.community * self.ratio)
        if lines.is_community_dashed:
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            pen.setDashPattern([5 / lines.community, 3 / lines.community])
        self.painter.setPen(pen)
        for path in found:
            self.painter.drawPath(path)

    def _borders(self, kind: str, width: float, casing: float) -> None:
        found = self._line_paths(kind)
        if not found:
            return
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        if casing:
            self.painter.setPen(line_pen(QColor(self.palette.casing), casing * self.ratio))
            for path in found:
                self.painter.drawPath(path)
        self.painter.setPen(line_pen(QColor(self.palette.street), width * self.ratio))
        for path in found:
            self.painter.drawPath(path)

    def _line_paths(self, kind: str) -> list[QPainterPath]:
        paths = self.owner.paths("borders:" + kind)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        return self._collect(paths, np.zeros(len(paths.order), dtype=np.uint8)).get(0, [])

    # -- backdrop ------------------------------------------------------------------------------

    def _areas(self, name: str, colour: str) -> None:
        paths = self.owner.paths(name)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(colour))
        for path in self._collect(paths, np.zeros(len(paths.order), dtype=np.uint8)).get(0, ()):
            self.painter.drawPath(path)

    def _roads(self) -> None:
        paths = self.owner.paths("roads")
        if not len(paths.order):
            return
        ranks = np.minimum(self.owner.scene.ground.road_ranks, 2).astype(np.uint8)[paths.order]
        found = self._collect(paths, ranks)
        colour = QColor(self.palette.road)
        if self.style.filled_layer and "fills" not in self.style.hidden:
            colour.setAlphaF(0.55)  # over a theme the roads only hint at where one is
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        for rank in sorted(found, reverse=True):
            metres = (24.0, 14.0, 8.0)[rank]
            width = min(max(metres / self.mpp / self.ratio, 0.0), 14.0)
            if width < 0.5 and rank:
                continue
            pen = line_pen(colour, max(width, 1.0) * self.ratio)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)  # round caps would show twice where roads meet
            self.painter.setPen(pen)
            for path in found[rank]:
                self.painter.drawPath(path)

    # -- compounds -----------------------------------------------------------------------------

    def _compounds(self, kind: str) -> None:
        layer = self.owner.scene.layer(kind)
        if not len(layer):
            return
        painter, palette, lines = self.painter, self.palette, self.lines
        paths = self.owner.paths(kind)
        classes = self.style.classes[kind]
        is_far = self.denominator > 60_000
        # the bound lasts for the whole level of detail, else kept paths would depend on who asked first
        smallest = SMALL_COMPOUND_PX * 2.0**self.level * 1.41 if is_far else 0.0
        found = self._collect(paths, classes[paths.order], smallest)
        if lines.compound_casing:
            for one, chunk in found.items():
                painter.setOpacity(OPACITY_COMPOUND_OUTSIDE if one & OUTSIDE else 1)
                painter.setPen(line_pen(QColor(palette.casing), lines.compound_casing * self.ratio))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for path in chunk:
                    painter.drawPath(path)
        for one in sorted(found, key=lambda c: (not c & OUTSIDE, c & CLASS_MASK)):
            painter.setOpacity(OPACITY_COMPOUND_OUTSIDE if one & OUTSIDE else 1)
            fill, edge = compound_colours(palette, one & CLASS_MASK)
            width = lines.compound_edge * (0.75 if one & CLASS_MASK == UNKNOWN else 1)
            painter.setBrush(QColor(fill))
            is_hatched = one & CLASS_MASK == UNKNOWN
            painter.setPen(Qt.PenStyle.NoPen if is_hatched else line_pen(QColor(edge), width * self.ratio))
            for path in found[one]:
                painter.drawPath(path)
            if is_hatched:
                self._hatch(found[one], QColor(edge), 1.0, 7)
                painter.setPen(line_pen(QColor(edge), width * self.ratio))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                for path in found[one]:
                    painter.drawPath(path)
        painter.setOpacity(1)
        if is_far:
            self._dots(self.owner.dots(self.style, smallest))

    def _dots(self, middle: NDArray[np.float64]) -> None:
        """Stamp a dot for each uncovered compound too small to be drawn, straight into the image."""
        west, south, east, north = self.bounds
        near = (
            (middle[:, 0] >= west)
            & (middle[:, 0] <= east)
            & (middle[:, 1] >= south)
            & (middle[:, 1] <= north)
        )
        if not near.any():
            return
        side = round(_DOT_PX * self.ratio)
        x = np.floor(middle[near, 0] / self.mpp - self.left).astype(np.intp) - side // 2
        y = np.floor(-middle[near, 1] / self.mpp - self.top).astype(np.intp) - side // 2
        self.painter.end()
        pixels = np.frombuffer(self.image.bits(), dtype=np.uint32)
        pixels = pixels.reshape(self.image.height(), self.image.bytesPerLine() // 4)
        colour = np.uint32(QColor(self.palette.uncovered_edge).rgb())
        for dx in range(side):
            for dy in range(side):
                px, py = x + dx, y + dy
                ok = (px >= 0) & (px < self.image.width()) & (py >= 0) & (py < self.image.height())
                pixels[py[ok], px[ok]] = colour
        self.painter.begin(self.image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.setTransform(self.world)

    def _buildings(self, kind: str, width: float) -> None:
        paths = self.owner.paths(kind)
        if not len(paths.order):
            return
        palette = self.palette
        found = self._collect(paths, self.style.classes[kind][paths.order])
        for one in sorted(found):
            self.painter.setOpacity(OPACITY_COMPOUND_OUTSIDE if one & OUTSIDE else 0.85)
            status = one & CLASS_MASK
            if status in (COVERED, UNCOVERED, UNKNOWN):
                fill, edge = compound_colours(palette, status)
            else:
                fill, edge = palette.line, palette.control
            self.painter.setBrush(QColor(fill))
            self.painter.setPen(line_pen(QColor(edge), width * self.ratio))
            for path in found[one]:
                self.painter.drawPath(path)
            if status == UNKNOWN:
                self._hatch(found[one], QColor(edge), 1.0, 7)
        self.painter.setOpacity(1)

    def _small_ones(self, kind: str) -> None:
        """Draw a dot for each feature that would be lost at this scale, a point first of all."""
        layer = self.owner.scene.layer(kind)
        near = layer.within(self.bounds)
        side = PLAIN_DOT_PX * self.ratio * self.mpp
        box = layer.bounds[near[layer.sizes[near] < side]]
        self.painter.setPen(line_pen(QColor(self.palette.casing), self.ratio))
        self.painter.setBrush(QColor(self.palette.ink))
        for x, y in ((box[:, :2] + box[:, 2:]) / 2).tolist():
            self.painter.drawEllipse(QPointF(x, y), side / 2, side / 2)

    # -- shared --------------------------------------------------------------------------------

    def _collect(
        self, paths: LayerPaths, classes: NDArray[np.uint8], smallest: float = 0.0
    ) -> dict[int, list[QPainterPath]]:
        found: dict[int, list[QPainterPath]] = {}
        for chunk in paths.visible(self.bounds, smallest):
            for one, path in paths.paths(int(chunk), self.level, classes, smallest_m=smallest):
                found.setdefault(one, []).append(path)
        return found

    def _hatch(self, paths: list[QPainterPath], colour: QColor, strength: float, period: int) -> None:
        """Hatch in pixels of the ground: the pattern starts at the zone's origin, so it does not swim."""
        colour.setAlphaF(strength)
        step = round(period * self.ratio)
        painter = self.painter
        painter.save()
        painter.resetTransform()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(hatch_image(colour.rgba(), step, 1.2 * self.ratio)))
        painter.setBrushOrigin(QPoint(-(self.left % step), -(self.top % step)))
        for path in paths:
            painter.drawPath(self.world.map(path))
        painter.restore()
