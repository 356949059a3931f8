"""Small labels: a status chip with an icon, a kind with its square, a key cap."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets.plain import one_line, text_label

_ICONS: Final = {
    "yes": "check",
    "no": "x",
    "unknown": "question",
    "warning": "warning",
    "error": "warning-octagon",
}


class Chip(QWidget):
    """20 high, full radius. ``tone``: yes, no, unknown, warning, error, accent or "" (only the word)."""

    def __init__(
        self,
        words: str = "",
        tone: str = "",
        *,
        icon: str | None = None,
        colour: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_words(words, tone, icon=icon, colour=colour)

    def show_words(self, words: str, tone: str = "", *, icon: str | None = None, colour: str = "") -> None:
        """Show other words. ``icon`` "" hides the icon of the tone; ``colour`` draws a kind's square instead."""
        self.words, self._tone, self._square = words, tone, colour
        self._icon = _ICONS.get(tone, "") if icon is None else icon
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the words' width and 20."""
        width = QFontMetricsF(theme.font(12)).horizontalAdvance(self.words)
        return QSize(round(width) + 16 + (16 if self._icon or self._square else 0), 20)

    def minimumSizeHint(self) -> QSize:
        """Return the same: a chip is never cut off."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip."""
        t = theme.current()
        ink, ground = {
            "yes": (t.yes, t.yes_ground),
            "no": (t.no, t.no_ground),
            "unknown": (t.unknown, t.unknown_ground),
            "warning": (t.warning, t.warning_ground),
            "error": (t.error, t.error_ground),
            "accent": (t.accent, t.accent_ground),
        }.get(self._tone, (t.t2, t.unknown_ground))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, 10, 10)
        left = 8.0
        if self._square:
            painter.setBrush(QColor(self._square))
            painter.drawRoundedRect(QRectF(left, 5, 10, 10), 2, 2)
            left += 16
        elif self._icon:
            theme.draw_icon(painter, self._icon, QRectF(left, 4, 12, 12), ink)
            left += 16
        paint.text(painter, box.adjusted(left, 0, -7, 0), self.words, theme.font(12), ink)


def key_cap(keys: str, parent: QWidget | None = None) -> QLabel:
    """Return a label that teaches a short cut."""
    label = text_label(keys, "", parent)
    label.setProperty("type", "cap")
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return label


def elided(words: str, width: int, pixels: int = 13) -> str:
    """Return words in one line, elided in the middle to a width."""
    return QFontMetricsF(theme.font(pixels)).elidedText(one_line(words), Qt.TextElideMode.ElideMiddle, width)
