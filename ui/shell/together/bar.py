"""The part of the status bar that tells of others: who is here, what they changed, whether they can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.text import Text
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_NAME: Final = Text("与别人一起", "Together with others")
_HIGH, _ICON = 22, 14


class TogetherBar(QWidget):
    """A row of small buttons, each there only while it has something to say. Whoever tells something adds its own."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("together.bar")
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(2)
        self.speak()

    def speak(self) -> None:
        """Take the words of the window's language; what its parts say they say again themselves."""
        self.setAccessibleName(self._context.say(_NAME))

    def add(self, name: str) -> QToolButton:
        """Return a new button behind the others, hidden until ``say`` gives it words. ``name``: ``together.…``."""
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "bar")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFixedHeight(_HIGH)
        button.setAccessibleName(self._context.say(_NAME))  # until it says something
        button.hide()
        self._line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button


def say(button: QToolButton, said: str, tip: str = "") -> None:
    """Let a button of the bar say something, with all of it as its tip and its accessible name; hide it for ""."""
    button.setText(said)
    button.setVisible(bool(said))
    if said:
        button.setAccessibleName(tip or said)
        set_tip(button, tip or said)
