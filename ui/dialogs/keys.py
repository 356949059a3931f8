"""The list of short cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.text import Text
from ui import words
from ui.actions import ACTIONS, keys_of
from ui.widgets.chip import key_cap
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_WIDGET_KEYS: Final = (
    ("1 2 0", Text("这一项：有、无、未知", "This fact: yes, no, unknown")),
    ("F2", Text("改选中的记录", "Edit the record selected")),
    ("Delete", Text("删除或结束选中的记录", "Remove or end the record selected")),
    ("Ctrl V", Text("表里：把复制的一列贴进来", "In the table: paste what was copied")),
    ("Ctrl D", Text("表里：往下填", "In the table: fill down")),
    ("F6", Text("下一个面板", "Next panel")),
    ("Shift F6", Text("上一个面板", "Previous panel")),
    ("Tab", Text("下一个控件", "Next control")),
    ("Esc", Text("退一步，回到地图", "One step back, to the map")),
    ("←↑→↓", Text("地图上那个方向的小区；表里换行", "The compound that way on the map; rows in a table")),
)
_KEYS: Final = Text("键盘一览", "Keyboard")


def known_keys(lang: str) -> list[tuple[str, str]]:
    """Return every key that does something, and what: those of the actions that are built, then the widgets'."""
    built = [spec for spec in ACTIONS if keys_of(spec)]
    mine = [(keys_of(spec), spec.text.in_(lang).rstrip("…")) for spec in built]
    return mine + [(keys, said.in_(lang)) for keys, said in _WIDGET_KEYS]


class KeysDialog(QDialog):
    """Every key beside what it does, in two columns."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("keys.dialog")
        self.setWindowTitle(context.say(_KEYS))
        self.setAccessibleName(context.say(_KEYS))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        rows = known_keys(context.lang)
        half = (len(rows) + 1) // 2
        for place, (keys, said) in enumerate(rows):
            column = 2 * (place // half)
            grid.addWidget(key_cap(keys, self), place % half, column)
            grid.addWidget(text_label(said, "", self), place % half, column + 1)
        close = QPushButton(words.CLOSE.in_(context.lang), self)
        close.setObjectName("keys.close")
        close.setAccessibleName(words.CLOSE.in_(context.lang))
        close.clicked.connect(self.close)
        box = QVBoxLayout(self)
        box.addLayout(grid)
        box.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
