"""Tools that write no outline: measure a way, place a station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF
from typing_extensions import override

from app.text import Text
from ui.map.badges import badge
from ui.map.editing.marks import paint_card, paint_line, paint_squares
from ui.map.editing.measures import area_of, area_words, length_of
from ui.map.editing.pointing import BACK, CLICK, ENTER, ESC, NUMBERS, PointsTool
from ui.map.editing.tools import Hint, Host, Tool
from ui.map.frame import metres_words

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point


class MeasureTool(PointsTool):
    """Measures a way, and the area inside it."""

    name = "measure"

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._is_done = False

    @override
    def stop(self) -> None:
        super().stop()
        self._begin_again()

    def _begin_again(self) -> None:
        self.trail.put([])
        self._is_done = False

    @override
    def place(self, end: Point) -> None:
        if self._is_done:
            self._begin_again()
        super().place(end)

    @override
    def double_click(self, at: QPointF) -> None:
        self.finish()

    @override
    def finish(self) -> None:
        self._is_done = True
        self.host.update()

    @override
    def leave(self) -> None:
        if not self.points:
            self.host.finish_tool()
        self._begin_again()
        self.host.update()

    @override
    def changed(self) -> None:
        self._refusal = None
        self.host.tell_hints()
        self.host.update()

    def measured(self) -> tuple[float, float]:
        """Return the length of the way [m] and the area inside it [m²]."""
        return length_of(self.points), area_of(self.points) if len(self.points) > 2 else 0.0

    @override
    def paint(self, painter: QPainter) -> None:
        if not self.points:
            self.paint_aim(painter, ())
            return
        palette, lang, end = self.host.style_now.palette, self.host.lang, self.end
        points = [*self.points, end] if end is not None and not self._is_done else self.points
        pixels = self.pixels(points)
        if len(pixels) > 2:
            ground = QColor(palette.accent)
            ground.setAlpha(26)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ground)
            painter.drawPolygon(QPolygonF(pixels))
        paint_line(painter, pixels, palette)
        paint_squares(painter, pixels, palette)
        words = metres_words(length_of(points), lang)
        if len(points) > 2:
            words += " · " + area_words(area_of(points), lang)
        if self._is_done:
            paint_card(painter, pixels[-1], [words], palette, self.host.free_room)
        else:
            self.paint_aim(painter, [words])

    @override
    def keys(self) -> list[Hint]:
        return [
            Hint(CLICK, Text("加一点", "add a point")),
            Hint(BACK, Text("退一点", "take the last back")),
            NUMBERS,
            Hint(ENTER, Text("量完", "done")),
            Hint(ESC, Text("清除", "clear")),
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
            Hint(CLICK, Text("放一个站点", "place a station")),
            Hint(ESC, Text("不放了", "leave")),
        ]
