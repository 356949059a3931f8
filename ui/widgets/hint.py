"""Placeholders that are whole: the longest of several wordings that has room in its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QStyle, QStyleOptionFrame
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLineEdit

_CURSOR: Final = 6  # [px] that a line keeps free beside its words


class _Hint(QObject):
    def __init__(self, line: QLineEdit, wordings: tuple[str, ...]) -> None:
        super().__init__(line)
        self._line, self._wordings = line, wordings
        line.installEventFilter(self)
        self.fit()

    def say(self, wordings: tuple[str, ...]) -> None:
        """Take other wordings, as in another language."""
        self._wordings = wordings
        self.fit()

    def fit(self) -> None:
        """Take the first wording that has room, else none."""
        line = self._line
        option = QStyleOptionFrame()
        line.initStyleOption(option)
        inner = line.style().subElementRect(QStyle.SubElement.SE_LineEditContents, option, line)
        margins = line.textMargins()
        room = inner.width() - _CURSOR - margins.left() - margins.right()
        metrics = line.fontMetrics()
        fitting = (words for words in self._wordings if metrics.horizontalAdvance(words) <= room)
        line.setPlaceholderText(next(fitting, ""))

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.FontChange}:
            self.fit()
        return False


def hint_at(line: QLineEdit, *wordings: str) -> None:
    """Hint at what a line is for in the longest wording that it has room for; the longest comes first."""
    held = line.findChild(_Hint)
    if held is None:
        _Hint(line, wordings)
    else:
        held.say(wordings)
