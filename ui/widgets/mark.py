"""Marks that stand alone and follow the theme: an icon, or the hatching of what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui import theme
from ui.widgets import paint

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class Mark(QWidget):
    """A square icon, 16 px by default; ``token`` names its colour."""

    def __init__(self, icon: str, token: str, parent: QWidget, size: int = 16) -> None:
        super().__init__(parent)
        self._icon, self._token = icon, token
        self.setFixedSize(size, size)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme.draw_icon(painter, self._icon, QRectF(self.rect()), getattr(theme.current(), self._token))


class UnknownMark(QWidget):
    """A hatched square: what is not known is drawn so everywhere, on the map as in a form."""

    def __init__(self, parent: QWidget, size: int = 16) -> None:
        super().__init__(parent)
        self.setFixedSize(size, size)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, t = QPainter(self), theme.current()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(box, QColor(t.unknown_ground))
        paint.hatch(painter, box, t.unknown, step=4)
        painter.setPen(QPen(QColor(t.unknown), 1))
        painter.drawRect(box)
