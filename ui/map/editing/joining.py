"""The tool that makes several outlines one, and the one that begins a new outline as a copy of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely
from PySide6.QtCore import QPointF, Qt
from typing_extensions import override

from app.errors import RegistryError
from app.text import Text
from ui.map.editing.marks import on_screen, paint_body
from ui.map.editing.shaping import ENTER, LEAVE
from ui.map.editing.tools import Hint, Host, Tool

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.work import Work

_TWO: Final = Text("选两个以上相邻的，再按 Enter 合并", "Choose two or more that touch, then Enter")
_NOTHING: Final = Text("这里没有能合并的记录", "There is nothing here that can be merged")
_NOTHING_THERE: Final = Text("指针下面没有可照描的边界", "There is no outline under the pointer to copy")
_PARTS: Final = Text(
    "{} 有 {} 块，照描只能照一整块", "{} has {: part|parts}; only an outline in one part can be copied"
)
_HOLES: Final = Text(
    "{} 中间有 {} 个洞，照描不带洞，所以没有照", "{} has {: hole|holes}, which a copy would lose; not copied"
)


class MergeTool(Tool):
    """Merges what is selected: a click adds to it or takes from it, Enter asks what goes where."""

    name = "merge"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.work: Work | None = None
        self._refusal: Text | None = None

    @override
    def start(self) -> None:
        self._look()

    @override
    def stop(self) -> None:
        self.work = None
        self.host.tell_work(None)

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        code = self.host.feature_at(at.x(), at.y())
        if code is None:
            self._refuse(_NOTHING)
            return
        self.host.select([code], Qt.KeyboardModifier.ControlModifier)
        self._look()

    def look(self) -> None:
        """Look anew at what is selected."""
        self._look()

    def _look(self) -> None:
        self.work, self._refusal = None, None
        codes = self.host.selection()
        if len(codes) > 1:
            try:
                self.work = self.host.begin_join(codes)
                self._refusal = self.work.refusal
            except RegistryError as error:
                self._refusal = error.message
        self.host.tell_work(self.work)
        self.host.tell_hints()
        self.host.update()

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.host.finish_tool()
        else:
            return False
        return True

    def finish(self) -> None:
        """Ask what goes where."""
        if len(self.host.selection()) < 2:
            self._refuse(_TWO)
            return
        self._look()
        if self.work is not None and self._refusal is None:
            self.host.finish_work(self.work)

    def let_go(self) -> None:
        """Have nothing in hand any more."""
        self.stop()

    def _refuse(self, why: Text) -> None:
        self._refusal = why
        self.host.tell_hints()

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None:
            return [Hint(Text("", ""), self._refusal, is_error=True)]
        keys = [Hint(Text("点击", "Click"), Text("加选或去掉一个", "add one or take it out"))]
        return [*keys, ENTER if self.work is not None else Hint(Text("", ""), _TWO), LEAVE]

    @override
    def paint(self, painter: QPainter) -> None:
        if self.work is not None:
            paint_body(painter, on_screen(self.host.view, self.work.outline), self.host.style_now.palette)


class CopyTool(Tool):
    """Begins a new outline as a copy of one of another layer: a building's, a zone's, a unit's."""

    name = "copy"
    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._at: QPointF | None = None
        self._found: tuple[str, Any] | None = None
        self._refusal: Text | None = None

    @override
    def stop(self) -> None:
        self._at = self._found = self._refusal = None

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        self._at = at
        self._found = self.host.outline_at(*self.host.view.to_xy(at.x(), at.y()))
        self.host.update()

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._take(at)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(
                QPointF(self.host.width() / 2, self.host.height() / 2) if self._at is None else self._at
            )
        elif event.key() == Qt.Key.Key_Escape:
            self.host.finish_tool()
        else:
            return False
        return True

    def _take(self, at: QPointF) -> None:
        found = self.host.outline_at(*self.host.view.to_xy(at.x(), at.y()))
        if found is None:
            self._refuse(_NOTHING_THERE)
            return
        name, shape = found
        parts = shapely.get_parts(shape)
        if len(parts) > 1:
            self._refuse(_PARTS.format(name, len(parts)))
        elif holes := int(shapely.get_num_interior_rings(parts[0])):
            self._refuse(_HOLES.format(name, holes))
        else:
            ring = shapely.get_coordinates(shapely.get_exterior_ring(parts[0]))[:-1]
            self.host.hand_over([(float(x), float(y)) for x, y in ring])

    def _refuse(self, why: Text) -> None:
        self._refusal = why
        self.host.tell_hints()

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None:
            return [Hint(Text("", ""), self._refusal, is_error=True)]
        words = Text("照描这条边界，再改", "copy this outline, then change it")
        return [Hint(Text("点击 Enter", "Click, Enter"), words), LEAVE]

    @override
    def paint(self, painter: QPainter) -> None:
        if self._found is not None:
            paint_body(painter, on_screen(self.host.view, self._found[1]), self.host.style_now.palette)
