"""Tools that change an outline at one stroke: simpler, at right angles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from typing_extensions import override

from app.text import Text
from ui.map.editing.marks import paint_diamonds, paint_squares
from ui.map.editing.shaping import ESC, LEAVE, ShapeTool
from ui.map.editing.tools import Hint
from ui.map.editing.work import Act, Work

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QKeyEvent, QPainter

_FIRST_M: Final = 1.0
_LEAST_M: Final = 0.1
_MOST_M: Final = 50.0
_MOST_MARKS: Final = 400


class StrokeTool(ShapeTool):
    """Does one act to the outline chosen, shows what comes of it, and waits for Enter."""

    def stroke(self) -> Act:
        """Return the act."""
        raise NotImplementedError

    @override
    def begun(self) -> None:
        self.do()

    def do(self) -> None:
        """Do the act, instead of the one done before."""
        if self.steps is not None:
            self.steps.undo()
            self.act(self.stroke())

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        code = self.host.feature_at(at.x(), at.y())
        if code is not None and (self.steps is None or code != self.steps.work.code):
            self.steps = None  # a stroke nobody has finished is no work to lose
            self.choose(at)

    @override
    def stop(self) -> None:
        self.steps = None
        super().stop()
        self.host.tell_draft()

    @override
    def hints(self) -> list[Hint]:
        return [LEAVE if hint == ESC else hint for hint in super().hints()]  # nothing of a stroke is kept

    @override
    def paint_marks(self, painter: QPainter, work: Work) -> None:
        palette = self.host.style_now.palette
        corners = work.corners[:_MOST_MARKS]
        paint_squares(painter, [self.pixel(c.at) for c in corners if not c.is_shared], palette)
        paint_diamonds(painter, [self.pixel(c.at) for c in corners if c.is_shared], palette)


class SimplifyTool(StrokeTool):
    """Takes away corners that bend a border by less than a tolerance; corners where borders meet stay."""

    name = "simplify"

    def __init__(self, host: object) -> None:
        super().__init__(host)  # type: ignore[arg-type]
        self._metres = _FIRST_M

    @override
    def stroke(self) -> Act:
        return Act("simplify", (), self._metres)

    @override
    def key(self, event: QKeyEvent) -> bool:
        factor = {"+": 2.0, "=": 2.0, "-": 0.5}.get(event.text())
        if factor is None or self.steps is None:
            return super().key(event)
        self._metres = min(max(self._metres * factor, _LEAST_M), _MOST_M)
        self.do()
        return True

    @override
    def keys(self) -> Sequence[Hint]:
        words = Text("容差 {:g} 米，改松改紧", "tolerance {:g} m, looser or tighter").format(self._metres)
        return [Hint(Text("+ −", "+ −"), words)]


class SquareTool(StrokeTool):
    """Turns corners that are nearly right angles into right angles."""

    name = "square"

    @override
    def stroke(self) -> Act:
        return Act("square")
