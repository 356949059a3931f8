"""Tools that make something new: draw an outline, place a station, measure."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from typing_extensions import override

from app.text import Text
from ui import theme
from ui.map.badges import badge
from ui.map.editing.tools import Hint, Host, Tool
from ui.map.frame import draw_card, metres_words, outline_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

Point = tuple[float, float]

_CLOSE_PX: Final = 10  # a click this near the first corner closes the outline
_CLICK: Final = Text("点击", "Click")
_ENTER: Final = Text("Enter", "Enter")
_BACK: Final = Text("Backspace", "Backspace")
_ESC: Final = Text("Esc", "Esc")
_CROSSES: Final = Text(
    "边界自己相交了，这一点没有收。换个位置", "The outline would cross itself; point not taken"
)
_TOO_FEW: Final = Text("至少三个角点才能闭合", "An outline needs at least three corners")


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


class _PointsTool(Tool):
    """A tool that collects points by clicking."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.points: list[Point] = []
        self._at: QPointF | None = None

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        self._at = at
        if self.points:
            self.host.update()

    @override
    def stop(self) -> None:
        self._at = None

    def _pixels(self) -> list[QPointF]:
        return [QPointF(*self.host.view.to_px(*point)) for point in self.points]

    def _note(self, painter: QPainter, at: QPointF, words: str) -> None:
        """Draw a small card beside the cursor."""
        palette = self.host.style_now.palette
        painter.setFont(theme.font(12))
        width = painter.fontMetrics().horizontalAdvance(words) + 16
        box = QRectF(at.x() + 14, at.y() + 14, width, 22)
        draw_card(painter, box, palette)
        painter.setPen(QColor(palette.t1))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def _corners(self, painter: QPainter, pixels: Sequence[QPointF]) -> None:
        palette = self.host.style_now.palette
        painter.setPen(QPen(QColor(palette.accent), 1.6))
        painter.setBrush(QColor(palette.casing))
        for pixel in pixels:
            painter.drawRect(QRectF(pixel.x() - 3.5, pixel.y() - 3.5, 7, 7))


class DrawTool(_PointsTool):
    """Draws the outline of a compound, corner by corner. What is half drawn is kept when the tool is put down."""

    name = "draw"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._refusal: Text | None = None
        self.closed: list[Point] = []  # an outline that waits for its name

    def set_points(self, points: Sequence[Point]) -> None:
        """Take up a draft kept aside."""
        self.points, self.closed = list(points), []
        self._refusal = None
        self.host.update()

    def let_go(self) -> None:
        """Draw the outline no more that waited for its name."""
        self.closed = []
        self.host.update()

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._at = at
        if len(self.points) >= 3 and (at - self._pixels()[0]).manhattanLength() <= _CLOSE_PX:
            self._close()
            return
        end = self.host.view.to_xy(at.x(), at.y())
        if self.points and math.dist(end, self.points[-1]) < self.host.view.mpp:
            return
        if crosses(self.points, end):
            self._refuse(_CROSSES)
            return
        self.points.append(end)
        self._changed()

    @override
    def double_click(self, at: QPointF) -> None:
        self._at = at
        self._close()

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
        elif event.key() == Qt.Key.Key_Backspace:
            if self.points:
                self.points.pop()
                self._changed()
        elif event.key() == Qt.Key.Key_Escape:
            self.host.finish_tool()
        else:
            return False
        return True

    def _close(self) -> None:
        if len(self.points) < 3:
            self._refuse(_TOO_FEW)
        elif crosses(self.points, self.points[0], is_closing=True) or area_of(self.points) == 0:
            self._refuse(_CROSSES)
        else:
            drawn, self.points = self.points, []
            self.closed = drawn
            self._changed()
            self.host.take_polygon(drawn)

    def _refuse(self, why: Text) -> None:
        self._refusal = why
        self.host.tell_hints()
        self.host.update()

    def _changed(self) -> None:
        self._refusal = None
        self.host.tell_hints()
        self.host.tell_draft()
        self.host.update()

    def _paint_closed(self, painter: QPainter) -> None:
        palette = self.host.style_now.palette
        shape = QPolygonF([QPointF(*self.host.view.to_px(*point)) for point in self.closed])
        ground = QColor(palette.accent)
        ground.setAlpha(40)
        painter.setBrush(ground)
        painter.setPen(outline_pen(palette.casing, 5))
        painter.drawPolygon(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(outline_pen(palette.accent, 2))
        painter.drawPolygon(shape)

    @override
    def paint(self, painter: QPainter) -> None:
        if self.closed:
            self._paint_closed(painter)
        if not self.points:
            return
        palette = self.host.style_now.palette
        pixels = self._pixels()
        is_live = self._at is not None
        shape = QPolygonF([*pixels, self._at] if self._at is not None else pixels)
        ground = QColor(palette.accent)
        ground.setAlpha(40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(shape)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(outline_pen(palette.casing, 5))
        painter.drawPolyline(QPolygonF(pixels))
        pen = outline_pen(palette.accent, 2)
        if not is_live:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(pixels))
        if self._at is not None:
            end = self.host.view.to_xy(self._at.x(), self._at.y())
            is_wrong = crosses(self.points, end)
            pen = outline_pen(palette.error if is_wrong else palette.accent, 1.5)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(pixels[-1], self._at)
            if len(pixels) > 1:
                painter.drawLine(self._at, pixels[0])
            words = metres_words(math.dist(self.points[-1], end), self.host.lang)
            if len(self.points) >= 2:
                words += " · " + area_words(area_of([*self.points, end]), self.host.lang)
            self._note(painter, self._at, words)
        self._corners(painter, pixels)

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None:
            return [Hint(Text("", ""), self._refusal, is_error=True)]
        return [
            Hint(_CLICK, Text("加角点", "add a corner")),
            Hint(_BACK, Text("退一点", "take the last back")),
            Hint(_ENTER, Text("闭合", "close")),
            Hint(_ESC, Text("放下，草稿留着", "put down, draft is kept")),
        ]


class MeasureTool(_PointsTool):
    """Measures a way, and the area inside it."""

    name = "measure"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._is_done = False

    @override
    def stop(self) -> None:
        super().stop()
        self.points = []
        self._is_done = False

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._is_done:
            self.points, self._is_done = [], False
        self.points.append(self.host.view.to_xy(at.x(), at.y()))
        self._at = at
        self.host.update()

    @override
    def double_click(self, at: QPointF) -> None:
        self._is_done = True
        self.host.update()

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._is_done = True
        elif event.key() == Qt.Key.Key_Backspace and self.points:
            self.points.pop()
        elif event.key() == Qt.Key.Key_Escape:
            if not self.points:
                self.host.finish_tool()
            self.points, self._is_done = [], False
        else:
            return False
        self.host.update()
        return True

    def measured(self) -> tuple[float, float]:
        """Return the length of the way [m] and the area inside it [m²]."""
        return length_of(self.points), area_of(self.points) if len(self.points) > 2 else 0.0

    @override
    def paint(self, painter: QPainter) -> None:
        if not self.points:
            return
        palette, lang = self.host.style_now.palette, self.host.lang
        pixels = self._pixels()
        is_live = not self._is_done and self._at is not None
        if is_live and self._at is not None:
            pixels = [*pixels, self._at]
        points = [self.host.view.to_xy(p.x(), p.y()) for p in pixels]
        if len(pixels) > 2:
            ground = QColor(palette.accent)
            ground.setAlpha(26)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawPolygon(QPolygonF(pixels))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(outline_pen(palette.casing, 4))
        painter.drawPolyline(QPolygonF(pixels))
        painter.setPen(outline_pen(palette.accent, 2))
        painter.drawPolyline(QPolygonF(pixels))
        self._corners(painter, pixels)
        words = metres_words(length_of(points), lang)
        if len(points) > 2:
            words += " · " + area_words(area_of(points), lang)
        self._note(painter, pixels[-1], words)

    @override
    def hints(self) -> list[Hint]:
        return [
            Hint(_CLICK, Text("加一点", "add a point")),
            Hint(_BACK, Text("退一点", "take the last back")),
            Hint(_ENTER, Text("量完", "done")),
            Hint(_ESC, Text("清除", "clear")),
        ]


class AddStationTool(Tool):
    """Puts a service station where the user clicks."""

    name = "add_station"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._at: QPointF | None = None

    @override
    def stop(self) -> None:
        self._at = None

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        self._at = at
        self.host.update()

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.host.place_station(at)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        self.host.finish_tool()
        return True

    @override
    def paint(self, painter: QPainter) -> None:
        if self._at is not None:
            painter.setOpacity(0.7)
            image = badge("", self.host.style_now.palette, self.host.view.ratio)
            painter.drawImage(self._at - QPointF(11.5, 11.5), image)
            painter.setOpacity(1)

    @override
    def hints(self) -> list[Hint]:
        return [
            Hint(_CLICK, Text("放一个站点", "place a station")),
            Hint(_ESC, Text("不放了", "leave")),
        ]
