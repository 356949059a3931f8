"""What this program is, and which libraries open files here: for whoever answers for the machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import VERSION
from app.bench.libraries import WORDS, libraries
from app.text import Text
from ui import words
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

ABOUT: Final = Text("关于本程序", "About this program")
_VERSION: Final = Text("版本", "Version")
_LOOKING: Final = "…"


class AboutDialog(QDialog):
    """Versions, each a text that can be selected; GDAL is asked in the background, for it takes a while to load."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("about.dialog")
        self.setWindowTitle(context.say(ABOUT))
        self.setAccessibleName(context.say(ABOUT))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        self._values: dict[str, QLabel] = {}
        rows = {"version": _VERSION, **WORDS}
        for line, (name, said) in enumerate(rows.items()):
            value = text_label(_LOOKING, "", self)
            value.setObjectName(f"about.{name}")
            value.setAccessibleName(context.say(said))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._values[name] = value
            grid.addWidget(text_label(context.say(said), "", self), line, 0)
            grid.addWidget(value, line, 1)
        self._values["version"].setText(f"{context.say(words.APP)} {VERSION}")
        close = QPushButton(context.say(words.CLOSE), self)
        close.setObjectName("about.close")
        close.setAccessibleName(context.say(words.CLOSE))
        close.clicked.connect(self.close)
        box = QVBoxLayout(self)
        box.addLayout(grid)
        box.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        task = context.tasks.start(
            lambda _ticket: libraries(), on_registry=False, on_failure=context.refused.emit
        )
        task.succeeded.connect(self._show)

    @Slot(object)
    def _show(self, found: dict[str, str]) -> None:
        for name in WORDS:
            self._values[name].setText(found.get(name, "—"))
