"""One frame of the window: tiles below, then what is drawn live: badges, selection, hover, labels, scale bar."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from ui import theme
from ui.map.badges import BADGE_PX, badge, dot_colour
from ui.map.chunks import path_of_shape
from ui.map.labels import Label, selected_label
from ui.map.palette import STATION_LIMIT
from ui.map.style import OPACITY_COMPOUND_OUTSIDE
from ui.map.tiles import TILE_PX, visible_tiles

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from PySide6.QtGui import QPainterPath

    from app.text import Text
    from ui.map.palette import MapPalette
    from ui.map.scene import MapScene
    from ui.map.style import MapStyle
    from ui.map.tiles import Key
    from ui.map.view import View

_DOTS_LIMIT: Final = 60_000
_MANY: Final = 40  # selected features: beyond, their outlines are painted into a picture and that is moved
_SELECTED_NAMES: Final = 24
_MARGIN_PX: Final = 256
_LEAST_NOTED: Final = 8  # pixels of what gets a dot
_SHADOW_PX: Final = 5


def draw_tiles(painter: QPainter, view: View, tiles: Mapping[Key, QImage]) -> bool:
    """Copy the tiles that are there. Returns whether none was missing."""
    is_whole = True
    for key in visible_tiles(view):
        image = tiles.get(key)
        if image is None:
            is_whole = False
            continue
        painter.drawImage(
            QPointF((key[0] * TILE_PX - view.left) / view.ratio, (key[1] * TILE_PX - view.top) / view.ratio),
            image,
        )
    return is_whole


def draw_scaled(painter: QPainter, view: View, image: QImage, was: View) -> None:
    """Draw the frame of another view where its ground lies now."""
    west, south, east, north = was.bounds
    left, top = view.to_px(west, north)
    right, bottom = view.to_px(east, south)
    painter.drawImage(QRectF(left, top, right - left, bottom - top), image)


def draw_stations(painter: QPainter, view: View, style: MapStyle) -> None:
    """Draw the badges, dots where they would lie upon one another."""
    stations = style.scene.stations
    if "stations" in style.hidden or not len(stations.codes) or view.denominator > _DOTS_LIMIT:
        return
    west, south, east, north = view.bounds
    reach = BADGE_PX * view.mpp
    near = stations.within((west - reach, south - reach, east + reach, north + reach))
    palette = style.palette
    if view.denominator > STATION_LIMIT:
        painter.setPen(QPen(QColor(palette.casing), 1))
        for i in near:
            painter.setBrush(QColor(dot_colour(palette, style.statuses.get(stations.codes[i], ""))))
            painter.drawEllipse(QPointF(*view.to_px(*stations.xy[i])), 2.5, 2.5)
        return
    half = (BADGE_PX + 4) / 2
    for i in near:
        px, py = view.to_px(*stations.xy[i])
        status = style.statuses.get(stations.codes[i], "")
        painter.drawImage(
            QPointF(round(px - half), round(py - half)),
            badge(stations.kinds[i], palette, view.ratio, status),
        )


def world_of(view: View) -> QTransform:
    """Return the transform from metres to logical pixels."""
    return QTransform(1 / view.mpp, 0, 0, -1 / view.mpp, -view.left / view.ratio, -view.top / view.ratio)


def outline_pen(colour: str, width: float) -> QPen:
    """Return a pen of constant width on screen."""
    pen = QPen(QColor(colour), width)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class Marks:
    """Selection and hover, drawn live over the tiles; keeps the paths of what is marked."""

    def __init__(self) -> None:
        self._scene: MapScene | None = None
        self._paths: dict[str, QPainterPath] = {}
        self._codes: tuple[str, ...] = ()
        self._boxes = np.empty((0, 4))
        self._picture: QImage | None = None
        self._picture_for: tuple[View, int] | None = None
        self._turn = 0

    def set_selection(self, scene: MapScene, codes: Sequence[str]) -> None:
        """Take note of what is selected."""
        if scene is not self._scene:
            self._scene, self._paths = scene, {}
        self._codes = tuple(code for code in codes if scene.find(code) is not None)
        boxes = [scene.bounds_of([code]) for code in self._codes]
        self._boxes = np.array([box for box in boxes if box is not None]).reshape(-1, 4)
        self._picture = None
        self._turn += 1

    def draw_noted(self, painter: QPainter, view: View, palette: MapPalette, codes: Iterable[str]) -> None:
        """Draw a dot at the upper right of each of these, where it is large enough to be told from others."""
        scene = self._scene
        if scene is None:
            return
        painter.setPen(QPen(QColor(palette.casing), 1.5))
        painter.setBrush(QColor(palette.accent))
        for code in codes:
            box = scene.bounds_of([code])
            if box is not None and max(box[2] - box[0], box[3] - box[1]) >= _LEAST_NOTED * view.mpp:
                east, north = box[0] + 0.8 * (box[2] - box[0]), box[1] + 0.8 * (box[3] - box[1])
                painter.drawEllipse(QPointF(*view.to_px(east, north)), 4.5, 4.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def draw(self, painter: QPainter, view: View, palette: MapPalette, hovered: str | None) -> None:
        """Draw hover, then the selection: the last one thick, the others thin."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if hovered and hovered not in self._codes and (path := self._path(hovered)) is not None:
            self._stroke(painter, view, [path], palette, 2, 0)
        if not self._codes:
            return
        if len(self._codes) > _MANY:
            self._draw_many(painter, view, palette)
        else:
            others = [p for code in self._codes[:-1] if (p := self._path(code)) is not None]
            self._stroke(painter, view, others, palette, 2, 5)
        last = self._codes[-1]
        if (path := self._path(last)) is not None:
            self._stroke(painter, view, [path], palette, 3, 7)
        self._ring_stations(painter, view, palette)

    def _draw_many(self, painter: QPainter, view: View, palette: MapPalette) -> None:
        kept = self._picture_for
        is_stale = (
            self._picture is None
            or kept is None
            or kept[1] != self._turn
            or kept[0].mpp != view.mpp
            or (kept[0].width, kept[0].height, kept[0].ratio) != (view.width, view.height, view.ratio)
            or abs(view.left - kept[0].left) > _MARGIN_PX * view.ratio
            or abs(view.top - kept[0].top) > _MARGIN_PX * view.ratio
        )
        if is_stale:
            self._picture = self._paint_many(view, palette)
            self._picture_for = (view, self._turn)
        assert self._picture is not None
        assert self._picture_for is not None
        was = self._picture_for[0]
        painter.drawImage(
            QPointF(
                (was.left - view.left) / view.ratio - _MARGIN_PX,
                (was.top - view.top) / view.ratio - _MARGIN_PX,
            ),
            self._picture,
        )

    def _paint_many(self, view: View, palette: MapPalette) -> QImage:
        width, height = view.width + 2 * _MARGIN_PX, view.height + 2 * _MARGIN_PX
        image = QImage(
            round(width * view.ratio), round(height * view.ratio), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(view.ratio)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(_MARGIN_PX, _MARGIN_PX)
        west, south, east, north = view.bounds
        reach = _MARGIN_PX * view.mpp
        box = self._boxes
        near = np.flatnonzero(
            (box[:, 0] <= east + reach)
            & (box[:, 2] >= west - reach)
            & (box[:, 1] <= north + reach)
            & (box[:, 3] >= south - reach)
        )
        # tiny ones get a thinner line: else a screen full of them would be all line
        sizes = np.maximum(box[near, 2] - box[near, 0], box[near, 3] - box[near, 1]) / view.mpp
        for small in (True, False):
            codes = [self._codes[i] for i in near[(sizes < 12) == small]]
            paths = [p for code in codes if (p := self._path(code)) is not None]
            self._stroke(painter, view, paths, palette, 1.2 if small else 2, 0 if small else 5)
        painter.end()
        return image

    def _stroke(
        self,
        painter: QPainter,
        view: View,
        paths: list[QPainterPath],
        palette: MapPalette,
        width: float,
        casing: float,
    ) -> None:
        painter.save()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setTransform(world_of(view), combine=True)
        if casing:
            painter.setPen(outline_pen(palette.casing, casing))
            for path in paths:
                painter.drawPath(path)
        painter.setPen(outline_pen(palette.accent, width))
        for path in paths:
            painter.drawPath(path)
        painter.restore()

    def _ring_stations(self, painter: QPainter, view: View, palette: MapPalette) -> None:
        assert self._scene is not None
        stations = self._scene.stations
        for code in self._codes[-_MANY:]:
            if (place := stations.index.get(code)) is not None:
                middle = QPointF(*view.to_px(*stations.xy[place]))
                painter.setPen(QPen(QColor(palette.casing), 5))
                painter.drawEllipse(middle, 13, 13)
                painter.setPen(QPen(QColor(palette.accent), 3))
                painter.drawEllipse(middle, 13, 13)

    def _path(self, code: str) -> QPainterPath | None:
        kept = self._paths.get(code)
        if kept is None and self._scene is not None:
            found = self._scene.find(code)
            if found is None or found[0] == "stations":
                return None
            kept = path_of_shape(self._scene.layer(found[0]).shapes[found[1]])
            self._paths[code] = kept
        return kept

    def hover_in(self, scene: MapScene) -> None:
        """Take note of the scene that hovered codes belong to."""
        if scene is not self._scene:
            self.set_selection(scene, self._codes)

    def names(self, view: View, palette: MapPalette) -> list[tuple[QRectF, QImage]]:
        """Return the names of what is selected and in view, none over another, the last one surely."""
        found: list[tuple[QRectF, QImage]] = []
        assert self._scene is not None
        # of a crowd only the current one is named: the names would hide the map
        named = self._codes if len(self._codes) <= _SELECTED_NAMES else self._codes[-1:]
        for code in reversed(named):
            kind_place = self._scene.find(code)
            words = self._scene.label(code)
            if kind_place is None or not words:
                continue
            kind, place = kind_place
            if kind == "stations":
                px, py = view.to_px(*self._scene.stations.xy[place])
                py += 24
            else:
                px, py = view.to_px(*self._scene.layer(kind).anchors[place])
            if not (-100 < px < view.width + 100 and -30 < py < view.height + 30):
                continue
            image = selected_label(words, palette.accent, palette.casing, view.ratio)
            size = image.deviceIndependentSize()
            box = QRectF(px - size.width() / 2, py - size.height() / 2, size.width(), size.height())
            if not any(box.intersects(other) for other, _ in found):
                found.append((box, image))
        return found


class PlacedLabels:
    """The labels of one scale, with their boxes as arrays: most of them are out of view."""

    def __init__(self, labels: Sequence[Label], mpp: float) -> None:
        self.labels = labels
        self.mpp = mpp
        self._boxes = np.array([(x.left, x.top, x.width, x.height) for x in labels]).reshape(-1, 4)

    def draw(
        self, painter: QPainter, view: View, style: MapStyle, selected: Sequence[tuple[QRectF, QImage]]
    ) -> None:
        """Draw them, but for those under a selected name; then the selected names."""
        ratio = view.ratio
        grow = self.mpp / view.mpp
        box = self._boxes
        width, height = box[:, 2], box[:, 3]
        x = (box[:, 0] + width / 2) * grow - width / 2 - view.left / ratio
        y = (box[:, 1] + height / 2) * grow - height / 2 - view.top / ratio
        near = (x < view.width) & (y < view.height) & (x + width > 0) & (y + height > 0)
        for name, _ in selected:
            near &= ~(
                (x + 2 < name.right())
                & (x + width - 2 > name.left())
                & (y + 2 < name.bottom())
                & (y + height - 2 > name.top())
            )
        seen = np.flatnonzero(near)
        x, y = np.round(x * ratio) / ratio, np.round(y * ratio) / ratio
        for i, px, py in zip(seen.tolist(), x[seen].tolist(), y[seen].tolist(), strict=True):
            label = self.labels[i]
            if label.kind and style.place and style.is_outside(label.kind, label.index):
                painter.setOpacity(OPACITY_COMPOUND_OUTSIDE)
                painter.drawImage(QPointF(px, py), label.image)
                painter.setOpacity(1)
            else:
                painter.drawImage(QPointF(px, py), label.image)
        for name, image in selected:
            painter.drawImage(QPointF(_snapped(name.x(), ratio), _snapped(name.y(), ratio)), image)


def _snapped(value: float, ratio: float) -> float:
    return round(value * ratio) / ratio


def scale_bar_length(mpp: float, widest_px: float = 120) -> tuple[int, float]:
    """Return a round number of metres and its length in pixels, at most ``widest_px``."""
    most = mpp * widest_px
    power = 10 ** math.floor(math.log10(most))
    metres = max(step * power for step in (1, 2, 5) if step * power <= most)
    return max(round(metres), 1), metres / mpp


def metres_words(metres: float, lang: str) -> str:
    """Return a length as people say it."""
    if metres >= 1000:
        number = f"{metres / 1000:g}" if metres % 1000 == 0 else f"{metres / 1000:.2f}"
        return number + (" km" if lang == "en" else " 公里")
    return f"{metres:.0f}" + (" m" if lang == "en" else " 米")


def draw_card(painter: QPainter, box: QRectF, palette: MapPalette, ground: str = "") -> None:
    """Draw the rounded ground of something that floats over the map, with its shadow."""
    image = _card(
        round(box.width()), round(box.height()), palette, ground, painter.device().devicePixelRatio()
    )
    painter.drawImage(QPointF(round(box.x()) - _SHADOW_PX, round(box.y()) - _SHADOW_PX), image)


@lru_cache(maxsize=64)
def _card(width: int, height: int, palette: MapPalette, ground: str, ratio: float) -> QImage:
    size = (round((width + 2 * _SHADOW_PX) * ratio), round((height + 2 * _SHADOW_PX) * ratio))
    image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    box = QRectF(_SHADOW_PX, _SHADOW_PX, width, height)
    shadow = QColor(palette.shadow)
    painter.setPen(Qt.PenStyle.NoPen)
    for grow, alpha in ((3, 10), (2, 14), (1, 22)):
        shadow.setAlpha(alpha)
        painter.setBrush(shadow)
        painter.drawRoundedRect(box.adjusted(-grow, 1 - grow, grow, 1 + grow), 6 + grow, 6 + grow)
    painter.setPen(QPen(QColor(palette.line), 1))
    painter.setBrush(QColor(ground or palette.panel))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
    painter.end()
    return image


def draw_scale_bar(
    painter: QPainter, view: View, palette: MapPalette, lang: str, at: QPointF, synthetic: Text | None
) -> None:
    """Draw the scale bar with its lower left corner at a point; beside it, that the data are made up."""
    metres, length = scale_bar_length(view.mpp)
    words = metres_words(metres, lang)
    painter.setFont(theme.font(12))
    width = length + 12 * 2 + 8 + painter.fontMetrics().horizontalAdvance(words)
    box = QRectF(at.x(), at.y() - 24, width, 24)
    draw_card(painter, box, palette)
    painter.setPen(QPen(QColor(palette.t1), 1.4))
    left, base = box.left() + 12, box.bottom() - 8
    painter.drawPolyline(
        [
            QPointF(left, base - 5),
            QPointF(left, base),
            QPointF(left + length, base),
            QPointF(left + length, base - 5),
        ]
    )
    painter.drawText(QRectF(left + length + 8, box.top(), width, 24), Qt.AlignmentFlag.AlignVCenter, words)
    if synthetic is not None:
        note = synthetic.in_(lang)
        chip = QRectF(box.right() + 8, box.top(), painter.fontMetrics().horizontalAdvance(note) + 20, 24)
        draw_card(painter, chip, palette, palette.warning_ground)
        painter.setPen(QColor(palette.warning))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, note)
