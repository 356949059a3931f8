"""The tool that moves or turns a whole outline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen
from typing_extensions import override

from app.text import Text
from ui.map.editing.marks import paint_card, paint_diamonds
from ui.map.editing.measures import bearing, side_words
from ui.map.editing.pointing import ALT, nudge_of
from ui.map.editing.shaping import ShapeTool
from ui.map.editing.tools import Hint
from ui.map.editing.work import Act, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

_HANDLE_PX: Final = 34  # above the outline
_GRAB_PX: Final = 12
_TURN: Final = Text("转 {:.1f}°", "turned {:.1f}°")
_KEYS: Final = (
    Hint(Text("拖", "Drag"), Text("整块移动", "move all of it")),
    Hint(Text("拖圆点", "Drag the dot"), Text("旋转，Shift 逢 15°", "turn it, Shift by 15°")),
    Hint(Text("←↑→↓", "←↑→↓"), Text("移 1 像素，Shift 1 米", "move 1 px, Shift 1 m")),
    Hint(Text(", .", ", ."), Text("转 1°", "turn by 1°")),
    ALT,
)


class MoveTool(ShapeTool):
    """Moves or turns an outline as a whole; what shares a border with it stays in touch, or it says why it can't."""

    name = "move"

    def __init__(self, host: object) -> None:
        super().__init__(host)  # type: ignore[arg-type]
        self._from: Point | None = None
        self._grip: Point | None = None  # the corner of the outline that is drawn to what is near
        self._is_turning = False
        self._kind = ""  # of the act that keys go on with

    @override
    def begun(self) -> None:
        self._from = self._grip = None
        self._kind = ""

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._kind = ""
        if self.steps is None:
            self.choose(at)
            return
        view, work = self.host.view, self.steps.work
        xy = view.to_xy(at.x(), at.y())
        self._is_turning = (at - self._handle(work)).manhattanLength() <= _GRAB_PX
        if self._is_turning or shapely.dwithin(work.outline, shapely.Point(xy), _GRAB_PX * view.mpp):
            self._from = xy
            corners = [corner.at for corner in work.corners]
            self._grip = min(corners, key=lambda corner: math.dist(corner, xy))
        else:
            self.choose(at)

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        if not is_down or self._from is None or self.steps is None:
            return
        act = self._act(self.host.view.to_xy(at.x(), at.y()), modifiers)
        said = self._refusal
        self.trying = self.try_act(act) or self.trying
        self.tell()
        if self._refusal != said:
            self.host.tell_hints()

    def _act(self, xy: Point, modifiers: Qt.KeyboardModifier) -> Act:
        assert self.steps is not None
        assert self._from is not None
        assert self._grip is not None
        if self._is_turning:
            about = _middle(self.steps.work)
            degrees = (bearing(about, xy) - bearing(about, self._from) + 180) % 360 - 180
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                degrees = round(degrees / 15) * 15.0
            return Act("turn", (about,), degrees)
        by = (xy[0] - self._from[0], xy[1] - self._from[1])
        spot = self.aim((self._grip[0] + by[0], self._grip[1] + by[1]), modifiers)
        return Act("shift", (self._grip, spot))

    @override
    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if self._from is None or self.trying is None:
            self._from = None
            return
        act = self._act(self.host.view.to_xy(at.x(), at.y()), modifiers)
        self._from = self.snapped = None
        self.act(act)

    @override
    def key(self, event: QKeyEvent) -> bool:
        by = nudge_of(event, self.host.view.mpp)
        if self.steps is None:
            return super().key(event)
        if by is not None:
            self._go_on(Act("shift", (_middle(self.steps.work), _plus(_middle(self.steps.work), by))))
        elif event.text() in (",", "."):
            self._go_on(Act("turn", (_middle(self.steps.work),), 1.0 if event.text() == "." else -1.0))
        else:
            return super().key(event)
        return True

    def _go_on(self, act: Act) -> None:
        """Do what a key means; a key held down is one step."""
        assert self.steps is not None
        if self._kind == act.name and self.steps.acts:
            last = self.steps.acts[-1]
            whole = (
                Act("turn", last.points, last.number + act.number)
                if act.name == "turn"
                else Act(
                    "shift", (last.points[0], _plus(last.points[1], _minus(act.points[1], act.points[0])))
                )
            )
            self.steps.undo()
            self.act(whole)
        else:
            self.act(act)
        self._kind = act.name

    def _handle(self, work: Work) -> QPointF:
        west, _, east, north = work.outline.bounds
        return self.pixel(((west + east) / 2, north)) - QPointF(0, _HANDLE_PX)

    @override
    def leave(self) -> None:
        self._from = None
        super().leave()

    @override
    def keys(self) -> Sequence[Hint]:
        return _KEYS

    @override
    def paint_marks(self, painter: QPainter, work: Work) -> None:
        palette = self.host.style_now.palette
        handle = self._handle(work)
        painter.setPen(QPen(QColor(palette.accent), 1.5))
        painter.drawLine(handle, handle + QPointF(0, _HANDLE_PX))
        painter.setBrush(QColor(palette.casing))
        painter.drawEllipse(handle, 6, 6)
        paint_diamonds(painter, [self.pixel(c.at) for c in work.corners if c.is_shared][:400], palette)
        if self.trying is None or self._from is None:
            return
        was, now = _middle(self.steps.work if self.steps is not None else work), _middle(work)
        words = side_words(math.dist(was, now), self.host.lang)
        if self._is_turning and self.steps is not None:
            words = _TURN.format(self._turned(work)).in_(self.host.lang)
        paint_card(painter, self.pixel(now), [words], palette, self._room)

    def _turned(self, work: Work) -> float:
        """Return by how much the outline is turned just now [degrees]."""
        assert self.steps is not None
        before, after = self.steps.work.corners[0].at, work.corners[0].at
        about = _middle(self.steps.work)
        return (bearing(about, after) - bearing(about, before) + 180) % 360 - 180


def _middle(work: Work) -> Point:
    point = shapely.centroid(work.outline)
    return float(point.x), float(point.y)


def _plus(point: Point, by: Point) -> Point:
    return point[0] + by[0], point[1] + by[1]


def _minus(point: Point, other: Point) -> Point:
    return point[0] - other[0], point[1] - other[1]
