"""What every chart of the change is: rows that keys, clicks and screen readers reach, drawn by pyqtgraph when in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.widgets import paint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QResizeEvent, QShowEvent

ROW: Final = 26  # [px] height of a row
_STEPS: Final = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Home: -1_000_000,
    Qt.Key.Key_End: 1_000_000,
}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_RING: Final = 2  # [px] around the picture: where the focus shows


class ChartRow(NamedTuple):
    """One thing that a chart draws: what it stands for, and what it says to who doesn't see it."""

    key: str
    said: str


class Chart(QWidget):
    """Rows, one of them under the hand. A subclass says where a row lies and draws them.

    Signals
    -------
    chosen
        The key of a row: it was clicked, or Enter was pressed on it.

    """

    chosen = Signal(str)

    def __init__(self, name: str, said: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(said)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.rows: tuple[ChartRow, ...] = ()
        self.current = 0
        self.marked = ""  # the key of the row that the panel shows more of
        self._canvas: Any = None  # ui.panels.change.plots.Canvas, from when it is first seen

    # for the panel

    def show_rows(self, rows: Sequence[ChartRow]) -> None:
        """Show other rows; the hand stays on the one with the same key."""
        key = self.rows[self.current].key if self.current < len(self.rows) else ""
        self.rows = tuple(rows)
        places = [place for place, row in enumerate(self.rows) if row.key == key]
        self.current = places[0] if places else 0
        self.setFixedHeight(max(1, round(self.needed_height(self.width()))) + 2 * _RING)
        self._look()

    def take_row(self, key: str) -> None:
        """Mark a row, with the hand on it; no row where it isn't here."""
        places = [place for place, row in enumerate(self.rows) if row.key == key]
        self.current = places[0] if places else self.current
        self.marked = key if places else ""
        self._look()

    def is_lit(self, place: int) -> bool:
        """Whether a row has the ground of what is chosen: marked, or under the hand that is in the chart."""
        return (self.hasFocus() and place == self.current) or self.rows[place].key == self.marked != ""

    # for a chart

    def needed_height(self, width: int) -> float:  # noqa: ARG002  # of charts whose rows stand side by side
        """Return how high the picture is."""
        return len(self.rows) * ROW

    def row_at(self, x: float, y: float) -> int:  # noqa: ARG002
        """Return the place of the row at a spot of the picture, which may be none."""
        return int(y // ROW)

    def draw(self, canvas: Any, width: float) -> None:
        """Draw the rows on a ``ui.panels.change.plots.Canvas``; the one under the hand is ``current``."""
        raise NotImplementedError

    # drawing

    def _look(self) -> None:
        """Draw, where it is seen, and tell the accessible layer."""
        told = [row.said for row in self.rows]
        if self.current < len(told):
            told = [told[self.current], *told[: self.current], *told[self.current + 1 :]]
        self.setAccessibleDescription("; ".join(told))
        if not self.isVisible():
            return
        if self._canvas is None:
            from ui.panels.change.plots import Canvas

            self._canvas = Canvas(self)
            self._canvas.show()
        width, height = self.width() - 2 * _RING, self.height() - 2 * _RING
        self._canvas.setGeometry(_RING, _RING, width, height)
        self._canvas.begin(width, height)
        if self.rows:
            self.draw(self._canvas, float(width))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.setFixedHeight(max(1, round(self.needed_height(self.width()))) + 2 * _RING)
        self._look()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._look()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.hasFocus():
            painter = QPainter(self)
            paint.focus_ring(painter, self.rect().toRectF(), 4)

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._look()
        self.update()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._look()
        self.update()

    # hands

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = event.position()
        place = self.row_at(spot.x() - _RING, spot.y() - _RING)
        if event.button() == Qt.MouseButton.LeftButton and 0 <= place < len(self.rows):
            self.current = place
            self._look()
            self.chosen.emit(self.rows[place].key)
        else:
            super().mousePressEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from row to row; Enter chooses."""
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not self.rows:
            super().keyPressEvent(event)
        elif key in _STEPS:
            self.current = min(max(self.current + _STEPS[key], 0), len(self.rows) - 1)
            self._look()
        elif key in _ENTER:
            self.chosen.emit(self.rows[self.current].key)
        else:
            super().keyPressEvent(event)
