"""The field over the map in which a corner is said in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from app.text import Text
from ui.map.editing.numbers import ASKED
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from PySide6.QtCore import QRect

_NAME: Final = Text("角点的坐标，或长度和方位角", "The corner's coordinates, or length and bearing")
_WIDTH: Final = 380
_GAP: Final = 8


class NumberField(QFrame):
    """Asks for one corner after another; Enter tells it as ``typed``, Esc gives the hand back to the map."""

    typed = Signal(str)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("map.numbers.card")
        self.setProperty("room", "float")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.box = QLineEdit(self)
        self.box.setObjectName("map.numbers")
        self.box.returnPressed.connect(self._on_enter)
        self.error = text_label("", "error", self)
        self.error.setObjectName("map.numbers.error")
        self.error.setWordWrap(True)
        self.error.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(4)
        column.addWidget(self.box)
        column.addWidget(self.error)
        self.setFixedWidth(_WIDTH)
        self.hide()

    def speak(self, lang: str) -> None:
        """Take the words of a language."""
        self.box.setPlaceholderText(ASKED.in_(lang))
        self.box.setAccessibleName(_NAME.in_(lang))

    def open(self) -> None:
        """Ask for a corner."""
        self.box.clear()
        self.error.hide()
        self.adjustSize()
        self.show()
        self.raise_()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def answer(self, wrong: str | None) -> None:
        """Say below the field what is wrong; where nothing is, the hand goes back to the map."""
        self.error.setText(wrong or "")
        self.error.setVisible(wrong is not None)
        self.adjustSize()
        if wrong is None:
            self._leave()

    def place(self, room: QRect, below: QRect) -> None:
        """Stand in the middle of the map, above the hint bar."""
        self.adjustSize()
        top = min(below.top(), room.bottom()) - self.height() - _GAP
        self.move((room.width() - self.width()) // 2, max(top, _GAP))

    @Slot()
    def _on_enter(self) -> None:
        self.typed.emit(self.box.text())

    def _leave(self) -> None:
        self.hide()
        canvas = self.parentWidget()
        if canvas is not None:
            canvas.setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
