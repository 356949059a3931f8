"""A map over the tiled town, with a hand that works in metres from the town's corner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.domain.period import today
from tests.app.outlines.tiles import EAST, NORTH, at, metres
from ui.map.build_scene import build_scene
from ui.map.canvas import MapCanvas
from ui.shell.editing.works import Ground, works_on

if TYPE_CHECKING:
    from app.services.registry.registry import Registry

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Town:
    """A canvas that shows the registry, and what its tools finished."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.canvas = MapCanvas()
        self.canvas.resize(1000, 800)
        self.finished: list = []
        self.canvas.works = lambda codes: works_on(Ground(registry, today(), "zh"), codes)
        self.canvas.work_finished.connect(self.finished.append)
        self.show()

    def show(self) -> None:
        """Show the registry as it is now."""
        self.canvas.set_scene(build_scene(self.registry.dataset, self.registry.zone, today()))

    def px(self, x: float, y: float) -> QPoint:
        """Return the pixel of a place in metres from the town's corner."""
        left, top = self.canvas.view.to_px(*at(x, y))
        return QPoint(round(left), round(top))

    def take(self, tool: str, *codes: str) -> object:
        """Select, and take a tool in hand."""
        self.canvas.set_selection(codes)
        self.canvas.set_tool(tool)
        return self.canvas.held

    def click(self, x: float, y: float, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Click a place."""
        QTest.mouseClick(self.canvas, LEFT, modifiers, self.px(x, y))

    def hover(self, x: float, y: float) -> None:
        """Rest over a place."""
        QTest.mouseMove(self.canvas, self.px(x, y))

    def drag(
        self, start: tuple[float, float], end: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        """Drag from a place to a place."""
        self.hold(start, end, modifiers)
        QTest.mouseRelease(self.canvas, LEFT, modifiers, self.px(*end))

    def hold(
        self, start: tuple[float, float], end: tuple[float, float], modifiers: Qt.KeyboardModifier = NONE
    ) -> None:
        """Drag, and do not let go."""
        QTest.mousePress(self.canvas, LEFT, modifiers, self.px(*start))
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        for spot in (middle, end):
            move(self.canvas, self.px(*spot), modifiers)

    def press(self, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """Press keys."""
        for key in keys:
            QTest.keyClick(self.canvas, key, modifiers)

    def type(self, *letters: str) -> None:
        """Press keys that are letters or signs."""
        for letter in letters:
            QTest.keyClick(self.canvas, letter)

    def outline(self, code: str):
        """Return a record's outline in metres from the corner."""
        return metres(self.registry.find(code).geometry)

    def corners(self) -> list[tuple[float, float]]:
        """Return the corners of the outline in hand, in metres from the town's corner, to the metre."""
        return [(round(c.at[0] - EAST), round(c.at[1] - NORTH)) for c in self.canvas.held.work.corners]

    @property
    def hint(self) -> str:
        """What the hint bar says."""
        return self.canvas.hint_bar.accessibleName()


def move(canvas: MapCanvas, spot: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Move the mouse with its left button down, and modifiers held, which QTest.mouseMove can't."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    place = QPointF(spot)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), Qt.MouseButton.NoButton, LEFT, modifiers
    )
    QApplication.sendEvent(canvas, event)
