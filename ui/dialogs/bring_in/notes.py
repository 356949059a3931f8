"""What was noticed of a file: the first sentences, and the rest for whoever asks, so that the rows have the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.text import Text
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIRST: Final = 2  # sentences that are always shown
_MORE: Final = Text("还有 {} 条", "{} more")
_LESS: Final = Text("收起", "Fold")


class Notes(QWidget):
    """Sentences in their order, the weightiest first."""

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._said: tuple[str, ...] = ()
        self._is_open = False
        self.label = text_label("", "second", self)
        self.label.setObjectName("import.notes")
        self.label.setWordWrap(True)
        self.more = QPushButton(self)
        self.more.setObjectName("import.notes.more")
        self.more.setProperty("role", "link")
        self.more.setAutoDefault(False)
        self.more.clicked.connect(self._on_more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.label, 1)
        row.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        self.say(())

    def say(self, said: Sequence[str]) -> None:
        """Show other sentences; who opened them has them open."""
        self._said = tuple(said)
        self._show()

    @Slot()
    def _on_more(self) -> None:
        self._is_open = not self._is_open
        self._show()

    def _show(self) -> None:
        left = len(self._said) - _FIRST
        is_long = left > 1  # one line more takes no more room than the button
        shown = self._said if self._is_open or not is_long else self._said[:_FIRST]
        self.label.setText("\n".join(shown))
        words = (_LESS if self._is_open else _MORE.format(left)).in_(self._lang)
        self.more.setText(words)
        self.more.setAccessibleName(words)
        self.more.setVisible(is_long)
        self.setVisible(bool(self._said))
