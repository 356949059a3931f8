"""The tool that moves, adds and deletes corners: of a border that neighbours share, theirs move along."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PySide6.QtCore import Qt
from typing_extensions import override

from app.text import Text
from ui.map.editing.marks import (
    paint_current,
    paint_diamonds,
    paint_length,
    paint_middles,
    paint_squares,
)
from ui.map.editing.measures import squared
from ui.map.editing.numbers import read_point
from ui.map.editing.pointing import ALT, NUMBERS, SHIFT, nudge_of
from ui.map.editing.shaping import ShapeTool
from ui.map.editing.tools import Hint
from ui.map.editing.work import Act, Corner, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

_GRAB_PX: Final = 10
_MIDDLE_PX: Final = 9
_SIDE_PX: Final = 6
_MOST: Final = 400  # corners in sight: beyond, the map is too far away to tell one from another
_SPREAD_PX: Final = 26  # sides shorter than this get no mark in their middle
_NO_CORNER: Final = Text("先点一个顶点，或按 ] 选一个", "Click a corner first, or choose one with ]")
_CLOSER: Final = Text("放大一些：这里的顶点挤在一起", "Zoom in: the corners lie on one another here")
_KEYS: Final = (
    Hint(Text("拖", "Drag"), Text("移顶点", "move a corner")),
    Hint(Text("点边", "Click a side"), Text("加顶点", "add a corner")),
    Hint(Text("Del", "Del"), Text("删顶点", "delete it")),
    Hint(Text("[ ]", "[ ]"), Text("选顶点", "choose one")),
    Hint(Text("Ins", "Ins"), Text("在其后加", "add after it")),
    Hint(Text("←↑→↓", "←↑→↓"), Text("移 1 像素，Shift 1 米", "move 1 px, Shift 1 m")),
    NUMBERS,
    ALT,
)


class ReshapeTool(ShapeTool):
    """Moves, adds and deletes corners. The current corner is the one that keys act on."""

    name = "reshape"

    def __init__(self, host: object) -> None:
        super().__init__(host)  # type: ignore[arg-type]
        self._current: Point | None = None
        self._held: Point | None = None  # where the corner lay that the mouse holds
        self._is_nudging = False

    @override
    def begun(self) -> None:
        self._current = self._held = None
        self._is_nudging = False

    # the mouse

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._is_nudging = False
        if self.steps is None:
            self.choose(at)
            return
        view = self.host.view
        xy = view.to_xy(at.x(), at.y())
        corners = self.steps.work.corners
        found = _nearest([corner.at for corner in corners], xy, _GRAB_PX * view.mpp)
        if found is not None:
            self._held = self._current = corners[found].at
            self.changed()
            return
        side = self._side_at(xy)
        if side is not None:
            if self.act(Act("add", (side, side))):
                self._held = self._current = side
                self.host.update()
            return
        self.choose(at)

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        if not is_down or self._held is None:
            return
        xy = self.host.view.to_xy(at.x(), at.y())
        if modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.snapped = None
            spot = squared(self._held, None, xy)
        else:
            spot = self.aim(xy, modifiers)
        said = self._refusal
        self.trying = self.try_act(Act("move", (self._held, spot))) or self.trying
        self.spot = spot
        self.tell()
        if self._refusal != said:  # the bars are laid out anew only where they say something else
            self.host.tell_hints()

    @override
    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        held, spot, trying = self._held, self.spot, self.trying
        self._held = self.spot = self.snapped = None
        if held is None or spot is None or trying is None or self.steps is None:
            self.trying = None
            return
        refusal = self._refusal
        # a corner added and dragged in one go is one step
        was_added = bool(self.steps.acts) and self.steps.acts[-1] == Act("add", (held, held))
        if was_added:
            self.steps.undo()
            done = self.act(Act("add", (held, spot)))
        else:
            done = self.act(Act("move", (held, spot)))
        self._current = spot if done else held
        self._refusal = self._refusal or refusal
        self.host.tell_hints()

    def _side_at(self, xy: Point) -> Point | None:
        """Return the place on a side of the outline that is pointed at, its middle where that is near."""
        work, mpp = self.work, self.host.view.mpp
        if work is None:
            return None
        middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in _sides(work)]
        found = _nearest(middles, xy, _MIDDLE_PX * mpp)
        if found is not None:
            return middles[found]
        line = shapely.shortest_line(shapely.boundary(work.outline), shapely.Point(xy))
        x, y = shapely.get_coordinates(line)[0].tolist()
        return (x, y) if math.dist((x, y), xy) <= _SIDE_PX * mpp else None

    # the keyboard

    @override
    def key(self, event: QKeyEvent) -> bool:
        by = nudge_of(event, self.host.view.mpp)
        text = event.text()
        if self.steps is None:
            return super().key(event)
        if text in ("[", "]"):
            self._step(1 if text == "]" else -1)
        elif event.key() == Qt.Key.Key_Delete:
            self._delete()
        elif event.key() == Qt.Key.Key_Insert:
            self._add_after()
        elif event.key() == Qt.Key.Key_N and not event.modifiers():
            self._ask_numbers()
        elif by is not None and self._current is not None:
            self._nudge(by)
        else:
            return super().key(event)
        return True

    def _place(self) -> int | None:
        """Return the current corner's place among all."""
        if self.steps is None or self._current is None:
            return None
        return _nearest([corner.at for corner in self.steps.work.corners], self._current, 0.05)

    def _step(self, by: int) -> None:
        assert self.steps is not None
        corners, place = self.steps.work.corners, self._place()
        place = (0 if by > 0 else -1) if place is None else place + by
        self._current = corners[place % len(corners)].at
        self._is_nudging = False
        self.host.show_point(self._current)
        self.changed()

    def _nudge(self, by: Point) -> None:
        if self._place() is None or self.steps is None or self._current is None:
            self.refuse(_NO_CORNER)
            return
        start = self._current
        if self._is_nudging and self.steps.acts and self.steps.acts[-1].name == "move":
            start = self.steps.acts[-1].points[0]
        to = (self._current[0] + by[0], self._current[1] + by[1])
        act = Act("move", (start, to))
        if start != self._current:  # keys held down are one step: from where the corner lay at first
            self.steps.undo()
            if not self.act(act):
                return
        elif not self.act(act):
            return
        self._current, self._is_nudging = to, True
        self.host.update()

    @override
    def undo(self) -> None:
        if self.steps is not None and self.steps.acts:
            last = self.steps.acts[-1]
            self._current = None if last.name == "add" else last.points[0]
            self._is_nudging = False
        super().undo()

    @override
    def allowed(self, act: Act) -> None:
        self._current = None if act.name == "delete" else act.points[-1]
        self.host.update()

    def _delete(self) -> None:
        if self._current is None or self._place() is None:
            self.refuse(_NO_CORNER)
        elif self.act(Act("delete", (self._current,))):
            self._current = None

    def _add_after(self) -> None:
        place = self._place()
        if place is None or self.steps is None:
            self.refuse(_NO_CORNER)
            return
        corners = self.steps.work.corners
        here = corners[place]
        ring = [corner for corner in corners if corner.ring == here.ring]
        following = ring[(ring.index(here) + 1) % len(ring)].at
        middle = ((here.at[0] + following[0]) / 2, (here.at[1] + following[1]) / 2)
        if self.act(Act("add", (middle, middle))):
            self._current, self._is_nudging = middle, False
            self.host.update()

    def _ask_numbers(self) -> None:
        if self._current is None:
            self.refuse(_NO_CORNER)
        else:
            self.host.ask_numbers()

    @override
    def take_numbers(self, text: str) -> Text | None:
        view, start = self.host.view, self._current
        found = read_point(text, start, self.host.style_now.scene.zone, (view.x, view.y))
        if isinstance(found, Text):
            return found
        if start is None:
            return _NO_CORNER
        if self.act(Act("move", (start, found))):
            self._current = found
            return None
        return self._refusal

    # painting

    @override
    def keys(self) -> Sequence[Hint]:
        return [*_KEYS[:-1], SHIFT, _KEYS[-1]] if self._held is not None else _KEYS

    @override
    def leave(self) -> None:
        self._held = None
        super().leave()

    @override
    def paint_marks(self, painter: QPainter, work: Work) -> None:
        palette, view = self.host.style_now.palette, self.host.view
        west, south, east, north = view.bounds
        seen = [c for c in work.corners if west <= c.at[0] <= east and south <= c.at[1] <= north]
        if len(seen) > _MOST:
            return
        least = _SPREAD_PX * view.mpp
        middles = [
            self.pixel(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2))
            for a, b in _sides(work)
            if math.dist(a, b) > least
        ]
        paint_middles(painter, middles, palette)
        paint_squares(painter, [self.pixel(c.at) for c in seen if not c.is_shared], palette)
        paint_diamonds(painter, [self.pixel(c.at) for c in seen if c.is_shared], palette)
        if self.spot is not None:
            self._paint_sides(painter, work, self.spot)
        elif self._current is not None:
            paint_current(painter, self.pixel(self._current), palette)

    def _paint_sides(self, painter: QPainter, work: Work, spot: Point) -> None:
        """Write the lengths of the two sides that move."""
        view, lang = self.host.view, self.host.lang
        for a, b in _sides(work):
            if math.dist(a, spot) < 0.02 or math.dist(b, spot) < 0.02:
                paint_length(painter, view, a, b, self.host.style_now.palette, lang)


def _sides(work: Work) -> list[tuple[Point, Point]]:
    """Return the sides between the corners of an outline, ring by ring."""
    found: list[tuple[Point, Point]] = []
    ring: list[Corner] = []
    for corner in (*work.corners, None):
        if ring and (corner is None or corner.ring != ring[0].ring):
            found += [(a.at, b.at) for a, b in pairwise([*ring, ring[0]])]
            ring = []
        if corner is not None:
            ring.append(corner)
    return found


def _nearest(points: Sequence[Point], at: Point, reach: float) -> int | None:
    """Return which point lies nearest within reach [m]; None where none does."""
    if not points:
        return None
    away = np.hypot(*(np.asarray(points) - np.asarray(at)).T)
    place = int(away.argmin())
    return place if away[place] <= reach else None
