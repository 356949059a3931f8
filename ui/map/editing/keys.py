"""The keys of the map that belong to no tool: arrows pan or step, plus, minus and 0 zoom, Space pans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import Qt

from ui.map.picking import nearest_towards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint, QRect
    from PySide6.QtGui import QKeyEvent

    from ui.map.style import MapStyle
    from ui.map.view import View


_STEP: Final = 1.5
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Keyed(Protocol):
    """What the keys ask of the map."""

    @property
    def view(self) -> View:
        """The ground in the window."""

    @property
    def style_now(self) -> MapStyle:
        """Scene and colours."""

    def width(self) -> int:
        """Return the window's width [px]."""

    def height(self) -> int:
        """Return the window's height [px]."""

    def rect(self) -> QRect:
        """Return the window [px]."""

    def tool(self) -> str:
        """Return the name of the tool in hand."""

    def finish_tool(self) -> None:
        """Go back to selecting."""

    def lend_pan(self, is_lent: bool) -> None:  # as the canvas has it
        """Pan while a key is held."""

    def selection(self) -> list[str]:
        """Return the codes selected."""

    def select(self, codes: Sequence[str]) -> None:
        """Select records."""

    def position_of(self, code: str) -> QPoint | None:
        """Return where a record lies in the window."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Drag the ground."""

    def move_view(self, view: View) -> None:
        """Show other ground."""

    def zoom_fit(self) -> None:
        """Show everything."""


def handle_key(canvas: Keyed, event: QKeyEvent) -> bool:
    """Do what a key means on the map; return whether it means anything."""
    key = Qt.Key(event.key())
    is_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    if key in _ARROWS:
        dx, dy = _ARROWS[key]
        if is_ctrl:
            _step(canvas, dx, dy)
        else:
            canvas.pan_by(-dx * canvas.width() / 8, -dy * canvas.height() / 8)
        return True
    if is_ctrl:
        return False
    if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        step_zoom(canvas, _STEP)
    elif key == Qt.Key.Key_Minus:
        step_zoom(canvas, 1 / _STEP)
    elif key == Qt.Key.Key_0:
        canvas.zoom_fit()
    elif key == Qt.Key.Key_Space and not event.isAutoRepeat():
        canvas.lend_pan(True)
    elif key == Qt.Key.Key_Escape and canvas.tool() != "select":
        canvas.finish_tool()
    elif key == Qt.Key.Key_Escape and canvas.selection():
        canvas.select([])
    else:
        return False
    return True


def step_zoom(canvas: Keyed, factor: float) -> None:
    """Zoom about the middle of the window."""
    canvas.move_view(canvas.view.zoomed(factor, canvas.width() / 2, canvas.height() / 2))


def _step(canvas: Keyed, dx: int, dy: int) -> None:
    """Select the next compound in a direction; without one selected, the one nearest the middle."""
    selected = canvas.selection()
    scene = canvas.style_now.scene
    code = nearest_towards(canvas.style_now, selected[-1], dx, dy) if selected else None
    if code is None and not selected and len(layer := scene.layer("compounds")):
        x, y = canvas.view.x, canvas.view.y
        away = (layer.anchors[:, 0] - x) ** 2 + (layer.anchors[:, 1] - y) ** 2
        code = layer.codes[int(away.argmin())]
    if code is None:
        return
    canvas.select([code])
    point = canvas.position_of(code)
    if point is not None and not canvas.rect().contains(point):
        canvas.pan_by(canvas.width() / 2 - point.x(), canvas.height() / 2 - point.y())
