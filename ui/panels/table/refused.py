"""Above the table: which cells could not be written, why, and what to do. Blocks nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.text import Text
from ui import words
from ui.widgets.plain import TIP_ROLE, plain_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.errors import Problem
    from ui.bridge.context import WindowContext

_LIST: Final = Text("没写进去的格", "Cells that were refused")
_REST: Final = Text("只写其余的格", "Write the others")
_ROW: Final = Text("第 {} 行", "row {}")
_CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
_COLUMN_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
_ROW_H, _MOST_ROWS, _MOST = 24, 4, 500


class RefusedBar(QFrame):
    """A sentence, the refused cells, and at most one way on."""

    closed = Signal()
    chosen = Signal(str, str)  # code, column's words

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self.setObjectName("table.refused")
        self.setProperty("banner", "warning")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.said = text_label("", "", self)
        self.said.setObjectName("table.refused.text")
        self.said.setWordWrap(True)
        self.rest = self._button("table.refused.rest", _REST)
        self.close_button = self._button("table.refused.close", words.CLOSE)
        self.close_button.clicked.connect(self._on_close)
        self.list = QListWidget(self)
        self.list.setObjectName("table.refused.list")
        self.list.setAccessibleName(context.say(_LIST))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._on_item)
        self.list.itemActivated.connect(self._on_item)
        head = QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.rest)
        head.addWidget(self.close_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 5, 12, 6)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.list)
        self.hide()

    def _button(self, name: str, said: Text) -> QPushButton:
        button = QPushButton(self._context.say(said), self)
        button.setObjectName(name)
        button.setAccessibleName(self._context.say(said))
        button.setProperty("role", "link")
        return button

    def show_problems(self, sentence: str, problems: Sequence[Problem], *, has_rest: bool) -> None:
        """Show what was refused; ``has_rest``: the others can still be written."""
        self.said.setText(sentence)
        self.list.clear()
        for problem in problems[:_MOST]:
            said = self._line(problem)
            item = QListWidgetItem(said)
            item.setData(TIP_ROLE, plain_tip(said))
            item.setData(_CODE_ROLE, problem.code or "")
            item.setData(_COLUMN_ROLE, problem.column or "")
            self.list.addItem(item)
        self.list.setVisible(bool(problems))
        self.list.setFixedHeight(_ROW_H * min(_MOST_ROWS, max(1, len(problems))) + 4)
        self.rest.setVisible(has_rest)
        self.setAccessibleName(sentence)
        self.show()

    def _line(self, problem: Problem) -> str:
        lang = self._context.lang
        place = [] if problem.row is None else [_ROW.format(problem.row).in_(lang)]
        record = None if problem.code is None else self._context.record(problem.code)
        if record is not None:
            place.append(record.text("name") or record.code)
        place += [] if problem.column is None else [problem.column]
        value = "" if problem.value is None else f" “{problem.value}”"
        mark = "：" if lang == "zh" else ": "
        said = problem.message.in_(lang)
        return f"{' · '.join(place)}{value}{mark}{said}" if place else said

    @Slot(QListWidgetItem)
    def _on_item(self, item: QListWidgetItem) -> None:
        self.chosen.emit(str(item.data(_CODE_ROLE)), str(item.data(_COLUMN_ROLE)))

    @Slot()
    def _on_close(self) -> None:
        self.hide()
        self.closed.emit()
