"""Tools that cut an outline by a line: in two along it, or a hole out of its middle."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QPointF, Qt
from typing_extensions import override

from app.text import Text
from ui.map.editing.following import follow
from ui.map.editing.marks import (
    paint_length,
    paint_line,
    paint_name,
    paint_squares,
)
from ui.map.editing.measures import area_of, area_words, crosses, squared
from ui.map.editing.numbers import read_point
from ui.map.editing.pointing import ALT, BACK, FOLLOW, NUDGE, NUMBERS, SHIFT, STEP_PX, nudge_of
from ui.map.editing.shaping import ENTER, ESC, LEAVE, ShapeTool
from ui.map.editing.snapping import snap
from ui.map.editing.tools import Hint
from ui.map.editing.trail import Trail
from ui.map.editing.work import Act, Work

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

_NO_WAY: Final = Text(
    "先在同一条边界上放两个点，再按 F 沿着它走", "Place two points on one border; F then goes along it"
)
_CROSSES: Final = Text("这条线自己相交了，这一点没有收", "The line would cross itself; point not taken")
_TOO_FEW: Final = Text(
    "一条线至少两个点：从边界外或边界上画到另一边", "A line has two points at least: from border to border"
)
_RING: Final = Text("洞至少三个角点", "A hole has three corners at least")
BACK_KEY: Final = Hint(BACK, Text("退一点", "take the last back"))
_CLICK: Final = Text("点击", "Click")


class LineTool(ShapeTool):
    """Places points of a line that cuts the outline in hand."""

    def __init__(self, host: object) -> None:
        super().__init__(host)  # type: ignore[arg-type]
        self.trail = Trail()
        self._end: Point | None = None

    @override
    def begun(self) -> None:
        self.trail.put([])
        self._end = None

    @override
    def stop(self) -> None:
        self._end = None
        has_line = bool(self.trail.points)
        kept = self.steps
        super().stop()
        if has_line:
            self.steps = kept

    @property
    @override
    def is_changed(self) -> bool:
        return bool(self.trail.points)

    # the mouse

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        if self.steps is not None:
            self._aim(at, modifiers)
            self.host.update()

    def _aim(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        xy, last = self.host.view.to_xy(at.x(), at.y()), self.trail.last
        self.snapped = None
        if modifiers & Qt.KeyboardModifier.ShiftModifier and last is not None:
            xy = squared(last, self.trail.before, xy)
        elif not modifiers & Qt.KeyboardModifier.AltModifier:
            kind = self.steps.work.kind if self.steps is not None else ""
            self.snapped = snap(self.host.style_now, self.host.view, xy, start=last, first=kind)
            xy = xy if self.snapped is None else self.snapped.at
        self._end = xy

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self.steps is None:
            self.choose(at)
            return
        self._aim(at, modifiers)
        if self._end is not None:
            self._place(self._end)

    @override
    def double_click(self, at: QPointF) -> None:
        self.finish()

    def _place(self, end: Point) -> None:
        last = self.trail.last
        if last is not None and math.dist(end, last) < 0.5 * self.host.view.mpp:
            return
        if crosses(self.trail.points, end):
            self.refuse(_CROSSES)
            return
        self.trail.add(end)
        self.look()

    def look(self) -> None:
        """See what the line, as far as it is drawn, would cut."""
        self.trying = None
        self.changed()
        act = self.whole()
        if act is not None and self.steps is not None:
            self.trying = self.try_act(act)
            self.tell()
            self.host.tell_hints()

    def whole(self) -> Act | None:
        """Return the act that the points make, None as long as they are too few."""
        raise NotImplementedError

    # the keyboard

    @override
    def key(self, event: QKeyEvent) -> bool:
        key, by = event.key(), nudge_of(event, self.host.view.mpp)
        if self.steps is None:
            return super().key(event)
        if key == Qt.Key.Key_Backspace:
            self.trail.drop_last()
            self.look()
        elif key == Qt.Key.Key_F and not event.modifiers():
            self._follow()
        elif key == Qt.Key.Key_N and not event.modifiers():
            self.host.ask_numbers()
        elif key == Qt.Key.Key_Insert:
            last, view = self.trail.last, self.host.view
            self.trail.add((view.x, view.y) if last is None else (last[0] + STEP_PX * view.mpp, last[1]))
            self.look()
        elif by is not None and self.trail.points:
            self.trail.move_last(by)
            self.look()
        else:
            return super().key(event)
        return True

    def _follow(self) -> None:
        before, last = self.trail.before, self.trail.last
        way = None if before is None or last is None else follow(self.host.style_now, before, last)
        if way is None:
            self.refuse(_NO_WAY)
            return
        points = self.trail.points[:-1] if len(way.points) > 1 else self.trail.points
        self.trail.replace([*points, *way.points])
        self.look()

    @override
    def take_numbers(self, text: str) -> Text | None:
        view = self.host.view
        found = read_point(text, self.trail.last, self.host.style_now.scene.zone, (view.x, view.y))
        if isinstance(found, Text):
            return found
        if crosses(self.trail.points, found):
            return _CROSSES
        self.trail.add(found)
        self.look()
        return None

    @property
    @override
    def can_undo(self) -> bool:
        return self.trail.can_undo

    @override
    def undo(self) -> None:
        self.trail.undo()
        self.look()

    @override
    def finish(self) -> None:
        self._finish(())

    def _finish(self, meant: Sequence[str]) -> bool:
        act = self.whole()
        if act is None:
            self.refuse(self.too_few)
            return False
        work = self.try_act(act, meant)
        if work is None:
            return False
        self.trying = work
        if work.refusal is not None:
            self.refuse(work.refusal)
            self.ask(work, self._finish, meant)
            self.host.tell_hints()
        self.tell()
        if work.refusal is None:
            self.host.finish_work(work)
        return work.refusal is None

    @property
    def too_few(self) -> Text:
        """What is said where there are too few points."""
        return _TOO_FEW

    @override
    def let_go(self) -> None:
        self.trail.put([])
        self._end = None
        super().let_go()

    @override
    def leave(self) -> None:
        self.host.finish_tool()

    @override
    def draft(self) -> dict[str, Any] | None:
        if self.steps is None or not self.trail.points:
            return None
        act = Act(self.name, tuple(self.trail.points)).as_draft(self.host.style_now.scene.zone)
        return {"tool": self.name, "code": self.steps.first.code, "acts": [act]}

    @override
    def take_draft(self, kept: dict[str, Any]) -> None:
        if self.begin(str(kept["code"])):
            zone = self.host.style_now.scene.zone
            self.trail.put([point for one in kept["acts"] for point in Act.from_draft(one, zone).points])
            self.look()

    # what is said and painted

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None or self.steps is None:
            return super().hints()
        return [
            *self.keys(),
            BACK_KEY,
            FOLLOW,
            SHIFT,
            ALT,
            NUMBERS,
            NUDGE,
            *([ENTER, ESC] if self.is_changed else [LEAVE]),
        ]

    @override
    def paint_marks(self, painter: QPainter, work: Work) -> None:
        view, palette, lang = self.host.view, self.host.style_now.palette, self.host.lang
        points, end, last = self.trail.points, self._end, self.trail.last
        for piece in work.pieces:
            spot = shapely.point_on_surface(piece)
            pixel = self.pixel((float(spot.x), float(spot.y)))
            paint_name(painter, pixel, area_words(float(piece.area), lang), palette)
        live = [*points, end] if end is not None and points else points
        paint_line(painter, [self.pixel(point) for point in live], palette)
        paint_squares(painter, [self.pixel(point) for point in points], palette)
        if end is not None and last is not None:
            paint_length(painter, view, last, end, palette, lang)


class SplitTool(LineTool):
    """Splits an outline along a line drawn across it, or along a border that is there (F)."""

    name = "split"

    @override
    def whole(self) -> Act | None:
        return Act("split", tuple(self.trail.points)) if len(self.trail.points) > 1 else None

    @override
    def keys(self) -> Sequence[Hint]:
        return [Hint(_CLICK, Text("画分界线，从边到边", "draw the line, from border to border"))]


class HoleTool(LineTool):
    """Cuts a hole: what is inside no longer belongs to the outline."""

    name = "hole"

    @override
    def whole(self) -> Act | None:
        points = self.trail.points
        if len(points) < 3 or crosses(points, points[0], is_closing=True) or not area_of(points):
            return None
        return Act("hole", tuple(points))

    @property
    @override
    def too_few(self) -> Text:
        return _RING

    @override
    def keys(self) -> Sequence[Hint]:
        return [Hint(_CLICK, Text("画洞的边", "draw the hole's border"))]
