"""The tool that draws a new outline, corner by corner or after one that is there."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPolygonF
from typing_extensions import override

from app.text import Text
from ui.map.editing.marks import on_screen, paint_body, paint_card, paint_overlap
from ui.map.editing.measures import area_of, area_words, crosses, length_of, side_words
from ui.map.editing.overlaps import Overlap, overlaps, why_not
from ui.map.editing.pointing import (
    ALT,
    BACK,
    CLICK,
    ENTER,
    ESC,
    FOLLOW,
    NUDGE,
    NUMBERS,
    SHIFT,
    PointsTool,
)
from ui.map.editing.tools import Hint, Host

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

_CLOSE_PX: Final = 10  # a click this near the first corner closes the outline
_CROSSES: Final = Text(
    "边界自己相交了，这一点没有收。换个位置", "The outline would cross itself; point not taken"
)
_TOO_FEW: Final = Text("至少三个角点才能闭合", "An outline needs at least three corners")
_OVERLAP: Final = Text("与 {} 重叠 {}", "Shares {1} with {0}")
_CLIPPED: Final = Text(
    "闭合即裁掉，归 {}。按 Tab 归新画的", "Clipped on closing, stays with {}. Tab gives it to the new one"
)
_TAKING: Final = Text(
    "闭合即归新画的，从 {} 裁出。按 Tab 归原来的", "Goes to the new one, cut out of {}. Tab leaves it"
)
_AROUND: Final = Text("面积 {}，周长 {}", "Area {}, around {}")


class DrawTool(PointsTool):
    """Draws the outline of a compound. What is half drawn is kept when the tool is put down.

    ``is_taking``: ground that it shares with a neighbour becomes its own; else the neighbour keeps it.
    """

    name = "draw"
    shows_draft = True

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.closed: list[Point] = []  # an outline that waits for its name
        self.is_taking = False
        self._is_in_hand = False  # what keys do is said only where they do it
        self._shared: tuple[object, tuple[Overlap, ...]] = (None, ())

    @override
    def start(self) -> None:
        self._is_in_hand = True

    @override
    def stop(self) -> None:
        self._is_in_hand = False
        super().stop()

    def set_points(self, points: Sequence[Point]) -> None:
        """Take up a draft kept aside."""
        self.trail.put(points)
        self._begin_anew()

    def take_copy(self, points: Sequence[Point]) -> None:
        """Have other corners in hand, as one act: what was half drawn is one step back."""
        self.trail.replace(points)
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.closed = []
        self._refusal = None
        self.host.tell_hints()
        self.host.update()

    def let_go(self) -> None:
        """Draw the outline no more that waited for its name."""
        self.closed = []
        self.host.update()

    # what the mouse and keys do

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._at = at
        if len(self.points) >= 3 and (at - self.pixels(self.points[:1])[0]).manhattanLength() <= _CLOSE_PX:
            self.finish()
            return
        super().press(at, modifiers)

    @override
    def double_click(self, at: QPointF) -> None:
        self._at = at
        self.finish()

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Tab and self.wants_tab:
            self.is_taking = not self.is_taking
            self.changed()
        else:
            return super().key(event)
        return True

    @property
    @override
    def wants_tab(self) -> bool:
        return bool(self._overlaps())

    @override
    def why_not(self, end: Point) -> Text | None:
        return _CROSSES if crosses(self.points, end) else None

    @override
    def finish(self) -> None:
        if len(self.points) < 3:
            self.refuse(_TOO_FEW)
            return
        if crosses(self.points, self.points[0], is_closing=True) or area_of(self.points) == 0:
            self.refuse(_CROSSES)
            return
        self._at = self._end = None  # what is meant is what was placed
        outline = shapely.Polygon(self.points)
        style = self.host.style_now
        refusal = why_not(style, self.layer, outline, self._overlaps(), is_taking=self.is_taking)
        if refusal is not None:
            self.refuse(refusal)
            return
        drawn, is_taking = list(self.points), self.is_taking
        self.trail.put([])
        self.closed, self.is_taking = drawn, False
        self.changed()
        self.host.take_polygon(outline, is_taking=is_taking)

    # what is said and painted

    def _overlaps(self) -> tuple[Overlap, ...]:
        """Return what the outline, the side under way included, shares with others."""
        end = self.end
        points = [*self.points, end] if end is not None else self.points
        mark = (tuple(points), self.host.style_now.scene)
        if self._shared[0] != mark:
            found: tuple[Overlap, ...] = ()
            if len(points) > 2:
                found = overlaps(self.host.style_now, self.layer, shapely.Polygon(points))
            self._shared = (mark, found)
        return self._shared[1]

    def _lines(self) -> list[str]:
        """Return what the card beside the pointer says: length of the side, area, way around."""
        end, last, lang = self.end, self.trail.last, self.host.lang
        if end is None or last is None:
            return []
        lines = [side_words(math.dist(last, end), lang)]
        if len(self.points) >= 2:
            ring = [*self.points, end]
            around = side_words(length_of([*ring, ring[0]]), lang)
            lines.append(_AROUND.format(area_words(area_of(ring), lang), around).in_(lang))
        return lines

    @override
    def paint(self, painter: QPainter) -> None:
        palette, view = self.host.style_now.palette, self.host.view
        if self.closed:
            paint_body(painter, on_screen(view, shapely.Polygon(self.closed)), palette)
        if not self.points:
            self.paint_aim(painter, ())
            return
        end = self.end
        corners = self.pixels([*self.points, end] if end is not None else self.points)
        ground = QColor(palette.accent)
        ground.setAlpha(40)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawPolygon(QPolygonF(corners))
        shared = self._overlaps()
        for one in shared:
            paint_overlap(painter, on_screen(view, one.shape), palette)
        is_wrong = end is not None and crosses(self.points, end)
        card = partial(self._paint_owner, one=shared[0]) if shared and self._is_in_hand else None
        self.paint_trail(painter, self._lines(), is_wrong=is_wrong, card=card)

    def _paint_owner(self, painter: QPainter, one: Overlap) -> QRectF:
        """Say beside the largest overlap how much it is, and whose it will be; return where."""
        view, lang, palette = self.host.view, self.host.lang, self.host.style_now.palette
        spot = shapely.point_on_surface(one.shape)
        pixel = QPointF(*view.to_px(float(spot.x), float(spot.y)))
        words = _OVERLAP.format(one.name, area_words(one.area, lang)).in_(lang)
        fate = (_TAKING if self.is_taking else _CLIPPED).format(one.name).in_(lang)
        spot_below = pixel + QPointF(0, 30)
        return paint_card(painter, spot_below, [words, fate], palette, self.host.free_room, palette.error)

    @override
    def keys(self) -> list[Hint]:
        if not self.points:
            return [
                Hint(CLICK, Text("放第一个角点", "place the first corner")),
                NUMBERS,
                NUDGE,
                ALT,
                Hint(ESC, Text("不画了", "leave")),
            ]
        owner = [Hint(Text("Tab", "Tab"), Text("重叠归谁", "who gets the overlap"))] if self.wants_tab else []
        return [
            Hint(CLICK, Text("加角点", "add a corner")),
            Hint(BACK, Text("退一点", "take the last back")),
            FOLLOW,
            SHIFT,
            ALT,
            NUMBERS,
            *owner,
            Hint(ENTER, Text("闭合", "close")),
            Hint(ESC, Text("放下，草稿留着", "put down, draft is kept")),
        ]
