"""What every tool has in common that places points: by the mouse drawn to what is near, by keys, or in numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from typing_extensions import override

from app.text import Text
from ui.map.editing.following import follow
from ui.map.editing.marks import (
    paint_card,
    paint_dark_card,
    paint_length,
    paint_line,
    paint_ring,
    paint_squares,
)
from ui.map.editing.measures import squared
from ui.map.editing.numbers import read_point
from ui.map.editing.snapping import Snap, said, snap
from ui.map.editing.tools import Hint, Host, Tool
from ui.map.editing.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

CLICK: Final = Text("点击", "Click")
ENTER: Final = Text("Enter", "Enter")
BACK: Final = Text("Backspace", "Backspace")
ESC: Final = Text("Esc", "Esc")
ALT: Final = Hint(Text("Alt", "Alt"), Text("不吸附", "no snapping"))
SHIFT: Final = Hint(Text("Shift", "Shift"), Text("直角", "right angle"))
FOLLOW: Final = Hint(Text("F", "F"), Text("沿邻居的边走", "follow the neighbour"))
NUMBERS: Final = Hint(Text("N", "N"), Text("填数", "in numbers"))
NUDGE: Final = Hint(Text("Ins ←↑→↓", "Ins ←↑→↓"), Text("用键盘加点、挪点", "add and move by keys"))
_NO_WAY: Final = Text(
    "先在同一个邻居的边界上放两个点，再按 F 沿着它走",
    "Place two points on one neighbour's border; F then goes along it",
)
STEP_PX: Final = 24  # a corner added by key begins this far from the one before
_STEPS: Final = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, 1.0),
    Qt.Key.Key_Down: (0.0, -1.0),
}


def nudge_of(event: QKeyEvent, mpp: float) -> Point | None:
    """Return how far an arrow key moves a corner [m]: a pixel, with Shift a metre; None for any other key."""
    step = _STEPS.get(Qt.Key(event.key()))
    if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return None
    far = 1.0 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else mpp
    return step[0] * far, step[1] * far


class PointsTool(Tool):
    """A tool that collects points. ``trail`` holds them, in metres."""

    cursor = Qt.CursorShape.CrossCursor
    draws_to = True  # whether points are drawn to what is near

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.trail = Trail()
        self.snapped: Snap | None = None
        self._at: QPointF | None = None
        self._end: Point | None = None  # where a click would place a point
        self._refusal: Text | None = None

    @property
    def points(self) -> list[Point]:
        """The points placed."""
        return self.trail.points

    # the mouse

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        self._aim(at, modifiers)
        self.host.update()

    @override
    def stop(self) -> None:
        self._at = self._end = self.snapped = None

    def _aim(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Find where a click would place a point: drawn to what is near unless Alt is held, square with Shift."""
        self._at = at
        end = self.host.view.to_xy(at.x(), at.y())
        last = self.trail.last
        self.snapped = None
        if modifiers & Qt.KeyboardModifier.ShiftModifier and last is not None:
            end = squared(last, self.trail.before, end)
        elif self.draws_to and not modifiers & Qt.KeyboardModifier.AltModifier:
            self.snapped = snap(self.host.style_now, self.host.view, end, start=last, first=self.layer)
            end = end if self.snapped is None else self.snapped.at
        self._end = end

    @property
    def layer(self) -> str:
        """The kind of record that the points are for: its own line is named where several lie on one another."""
        return "compounds"

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._aim(at, modifiers)
        if self._end is not None:
            self.place(self._end)

    def place(self, end: Point) -> None:
        """Place a point, unless it lies on the last or is refused."""
        last = self.trail.last
        if last is not None and math.dist(end, last) < self.host.view.mpp:
            return
        refusal = self.why_not(end)
        if refusal is not None:
            self.refuse(refusal)
            return
        self.trail.add(end)
        self.changed()

    def why_not(self, end: Point) -> Text | None:
        """Return why a point can't be placed; None where it can."""
        del end
        return None

    # the keyboard

    @override
    def key(self, event: QKeyEvent) -> bool:
        key, view = event.key(), self.host.view
        by = nudge_of(event, view.mpp)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif key == Qt.Key.Key_Backspace:
            self.trail.drop_last()
            self.changed()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_F and not event.modifiers():
            self._follow()
        elif key == Qt.Key.Key_N and not event.modifiers():
            self.host.ask_numbers()
        elif key == Qt.Key.Key_Insert:
            self._add_by_key()
        elif by is not None and self.points:
            self.trail.move_last(by)
            self.changed()
        else:
            return False
        return True

    def _add_by_key(self) -> None:
        """Add a point beside the last, or in the middle of the map: the arrow keys take it where it belongs."""
        view, last = self.host.view, self.trail.last
        self.trail.add((view.x, view.y) if last is None else (last[0] + STEP_PX * view.mpp, last[1]))
        self.changed()

    def _follow(self) -> None:
        before, last = self.trail.before, self.trail.last
        way = None if before is None or last is None else follow(self.host.style_now, before, last)
        if way is None:
            self.refuse(_NO_WAY)
            return
        points = [*self.points]
        if len(way.points) > 1:  # the turns between the two come before the last
            points.pop()
        for point in way.points:
            if (refusal := self.why_not(point)) is not None and point != last:
                self.refuse(refusal)
                return
        if len(way.points) > 1:
            self.trail.replace([*points, *way.points])
        else:
            self.trail.add(*way.points)
        self.changed()

    @override
    def take_numbers(self, text: str) -> Text | None:
        view = self.host.view
        found = read_point(text, self.trail.last, self.host.style_now.scene.zone, (view.x, view.y))
        if isinstance(found, Text):
            return found
        if (refusal := self.why_not(found)) is not None:
            return refusal
        self.trail.add(found)
        self.changed()
        return None

    @property
    @override
    def can_undo(self) -> bool:
        return self.trail.can_undo

    @override
    def undo(self) -> None:
        self.trail.undo()
        self.changed()

    # what follows

    def finish(self) -> None:
        """Take what was placed as whole."""

    def leave(self) -> None:
        """Go back to selecting; what was placed stays."""
        self.host.finish_tool()

    def refuse(self, why: Text) -> None:
        """Say in the hint bar why nothing was done."""
        self._refusal = why
        self.host.tell_hints()
        self.host.update()

    def changed(self) -> None:
        """Tell that something was placed or taken away."""
        self._refusal = None
        self.host.tell_hints()
        self.host.tell_draft()
        self.host.update()

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None:
            return [Hint(Text("", ""), self._refusal, is_error=True)]
        return self.keys()

    def keys(self) -> list[Hint]:
        """Return the keys that do something now."""
        return []

    # painting

    @property
    def end(self) -> Point | None:
        """Where a click would place a point; None while the mouse is elsewhere."""
        return self._end if self._at is not None else None

    def pixels(self, points: Sequence[Point]) -> list[QPointF]:
        """Return points of the ground as pixels."""
        return [QPointF(*self.host.view.to_px(*point)) for point in points]

    def paint_trail(
        self,
        painter: QPainter,
        lines: Sequence[str],
        *,
        is_wrong: bool = False,
        card: Callable[[QPainter], QRectF] | None = None,
    ) -> None:
        """Paint the points, the side under way with its length, the ring of a snap, and what is said of it.

        ``card``: paints what is said of something else, over the line and beside what is said of the point.
        """
        view, palette, lang = self.host.view, self.host.style_now.palette, self.host.lang
        end, last = self.end, self.trail.last
        live = [end] if end is not None and last is not None else []
        paint_line(painter, self.pixels(self.points), palette)
        if live and last is not None:
            paint_line(painter, self.pixels([last, *live]), palette, is_wrong=is_wrong)
        paint_squares(painter, self.pixels(self.points), palette)
        if live and last is not None and end is not None:
            paint_length(painter, view, last, end, palette, lang)
        self.paint_aim(painter, lines, [card(painter)] if card is not None else ())

    def paint_aim(self, painter: QPainter, lines: Sequence[str], taken: Sequence[QRectF] = ()) -> None:
        """Paint the ring where the next point would be drawn to, and a card beside the pointer."""
        view, style, end = self.host.view, self.host.style_now, self.end
        if end is None:
            return
        pixel = QPointF(*view.to_px(*end))
        room = self.host.free_room
        if self.snapped is not None:
            paint_ring(painter, pixel, style.palette)
            words = said(style, self.snapped, self.host.lang)
            taken = [*taken, paint_dark_card(painter, pixel, words, style.palette, room)]
        if lines:
            paint_card(painter, pixel, lines, style.palette, room, taken=taken)
