"""The marks of editing (ux 5): corners, middles, the ring of a snap, what was before, overlaps, lengths of sides."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ui import theme
from ui.map.chunks import path_of_shape
from ui.map.editing.measures import side_words
from ui.map.frame import draw_card, outline_pen, world_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from PySide6.QtGui import QPainterPath
    from shapely.geometry.base import BaseGeometry

    from ui.map.editing.snapping import Point
    from ui.map.palette import MapPalette
    from ui.map.view import View

CORNER_PX: Final = 4.0  # half a square's side
_DIAMOND_PX: Final = 6.5
_MIDDLE_PX: Final = 3.0
_RING_PX: Final = 13.0
_TICK_PX: Final = 7.0
_CARD: Final = 26.0  # height of a line of words
_GROUND: Final = 40  # of 255
_AWAY: Final = 14.0  # of a card from its pixel
_LABELLED_PX: Final = 40.0  # a shorter side has no room for its length


def on_screen(view: View, shape: BaseGeometry) -> QPainterPath:
    """Return an outline or line as a path in the window's pixels."""
    return world_of(view).map(path_of_shape(shape))


def paint_body(painter: QPainter, path: QPainterPath, palette: MapPalette) -> None:
    """Paint an outline under the hand: its ground faintly, its line in the accent on a casing."""
    ground = QColor(palette.accent)
    ground.setAlpha(_GROUND)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(palette.casing, 5))
    painter.drawPath(path)
    painter.setPen(outline_pen(palette.accent, 2.5))
    painter.drawPath(path)


def paint_neighbour(painter: QPainter, path: QPainterPath, palette: MapPalette) -> None:
    """Paint a neighbour's outline as it will be."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(palette.casing, 4))
    painter.drawPath(path)
    painter.setPen(outline_pen(palette.accent, 1.6))
    painter.drawPath(path)


def paint_before(painter: QPainter, path: QPainterPath, palette: MapPalette) -> None:
    """Paint in grey dashes what was before."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = outline_pen(palette.t2, 1.4)
    pen.setDashPattern([4.0, 3.0])
    painter.setPen(pen)
    painter.drawPath(path)


def paint_overlap(painter: QPainter, path: QPainterPath, palette: MapPalette) -> None:
    """Paint ground that two would have: red dashes around red hatching."""
    painter.setBrush(QBrush(QColor(palette.error), Qt.BrushStyle.BDiagPattern))
    pen = outline_pen(palette.error, 1.8)
    pen.setDashPattern([4.0, 2.5])
    painter.setPen(pen)
    painter.drawPath(path)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_line(
    painter: QPainter, pixels: Sequence[QPointF], palette: MapPalette, *, is_wrong: bool = False
) -> None:
    """Paint a line under the hand; one that can't be taken in red dashes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(outline_pen(palette.casing, 5))
    painter.drawPolyline(QPolygonF(pixels))
    pen = outline_pen(palette.error if is_wrong else palette.accent, 2)
    if is_wrong:
        pen.setDashPattern([4.0, 2.5])
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF(pixels))


def paint_squares(painter: QPainter, pixels: Iterable[QPointF], palette: MapPalette) -> None:
    """Paint corners that are nobody else's."""
    painter.setPen(QPen(QColor(palette.accent), 1.8))
    painter.setBrush(QColor(palette.casing))
    side = CORNER_PX
    for pixel in pixels:
        painter.drawRect(QRectF(pixel.x() - side, pixel.y() - side, 2 * side, 2 * side))


def paint_diamonds(painter: QPainter, pixels: Iterable[QPointF], palette: MapPalette) -> None:
    """Paint corners that a neighbour shares: it moves with them."""
    painter.setPen(QPen(QColor(palette.casing), 1.4))
    painter.setBrush(QColor(palette.accent))
    d = _DIAMOND_PX
    for p in pixels:
        painter.drawPolygon(
            QPolygonF([p + QPointF(0, -d), p + QPointF(d, 0), p + QPointF(0, d), p + QPointF(-d, 0)])
        )


def paint_middles(painter: QPainter, pixels: Iterable[QPointF], palette: MapPalette) -> None:
    """Paint the middles of sides: a corner can be added there."""
    painter.setPen(QPen(QColor(palette.accent), 1.3))
    painter.setBrush(QColor(palette.casing))
    for pixel in pixels:
        painter.drawEllipse(pixel, _MIDDLE_PX, _MIDDLE_PX)


def paint_current(painter: QPainter, pixel: QPointF, palette: MapPalette) -> None:
    """Paint which corner the keys move."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(palette.casing), 4))
    painter.drawRect(QRectF(pixel.x() - 9, pixel.y() - 9, 18, 18))
    painter.setPen(QPen(QColor(palette.accent), 2))
    painter.drawRect(QRectF(pixel.x() - 9, pixel.y() - 9, 18, 18))


def paint_ring(painter: QPainter, pixel: QPointF, palette: MapPalette) -> None:
    """Paint the ring that says where a point was drawn to."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((palette.casing, 4.0), (palette.snap, 2.0)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(pixel, _RING_PX, _RING_PX)
        for side in (-1, 1):
            inner = pixel + QPointF(side * _RING_PX, 0)
            painter.drawLine(inner, inner + QPointF(side * _TICK_PX, 0))


def paint_dark_card(
    painter: QPainter, pixel: QPointF, words: str, palette: MapPalette, room: QRectF
) -> QRectF:
    """Write light words on dark at the left of a ring, at its right where there is no room; return where."""
    painter.setFont(theme.font(12, bold=True))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 20
    away = _RING_PX + _TICK_PX + 4
    left = pixel.x() - away - width
    if left < room.left() + 4:
        left = pixel.x() + away
    box = QRectF(left, pixel.y() - _CARD / 2, width, _CARD)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(palette.bar))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor(palette.bar_text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    return box


def paint_card(
    painter: QPainter,
    pixel: QPointF,
    lines: Sequence[str],
    palette: MapPalette,
    room: QRectF,
    colour: str = "",
    taken: Sequence[QRectF] = (),
) -> QRectF:
    """Write a few lines in a light card beside a pixel, inside ``room``, over none ``taken``; the first in ``colour``."""
    bold, plain = theme.font(12, bold=bool(colour)), theme.font(12)
    widths = [
        QFontMetricsF(bold if not place else plain).horizontalAdvance(words)
        for place, words in enumerate(lines)
    ]
    size = QSizeF(max(widths) + 20, 20.0 * len(lines) + (6 if len(lines) == 1 else 12))
    box = _spot(pixel, size, room, taken)
    draw_card(painter, box, palette)
    top = box.top() + (3 if len(lines) == 1 else 6)
    for place, words in enumerate(lines):
        painter.setFont(plain if place else bold)
        painter.setPen(QColor(colour if colour and not place else palette.t1))
        row = QRectF(box.left() + 10, top + 20.0 * place, box.width() - 20, 20)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, words)
    return box


def _spot(pixel: QPointF, size: QSizeF, room: QRectF, taken: Sequence[QRectF]) -> QRectF:
    """Return where a card has room: right or left of a pixel, below or above it, the first that lies over nothing."""
    found = []
    for down in (_AWAY, -_AWAY - size.height(), 3 * _AWAY + size.height(), -4 * _AWAY - 2 * size.height()):
        for aside in (_AWAY, -_AWAY - size.width()):
            box = QRectF(pixel + QPointF(aside, down), size)
            box.moveLeft(round(min(max(box.left(), room.left() + 4), room.right() - size.width() - 4)))
            box.moveTop(round(min(max(box.top(), room.top() + 4), room.bottom() - size.height() - 4)))
            found.append(box)
    free = [box for box in found if not any(box.intersects(other) for other in taken)]
    return free[0] if free else found[0]


def paint_name(painter: QPainter, pixel: QPointF, words: str, palette: MapPalette) -> None:
    """Write words in a light card in the middle of a piece of ground."""
    painter.setFont(theme.font(12))
    width = QFontMetricsF(painter.font()).horizontalAdvance(words) + 16
    box = QRectF(round(pixel.x() - width / 2), round(pixel.y() - 11), round(width), 22)
    draw_card(painter, box, palette)
    painter.setPen(QColor(palette.t1))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def paint_length(painter: QPainter, view: View, a: Point, b: Point, palette: MapPalette, lang: str) -> None:
    """Write the length of a side in its middle, where the side is long enough on screen."""
    start, end = QPointF(*view.to_px(*a)), QPointF(*view.to_px(*b))
    if math.hypot(end.x() - start.x(), end.y() - start.y()) >= _LABELLED_PX:
        paint_name(painter, (start + end) / 2, side_words(math.dist(a, b), lang), palette)
