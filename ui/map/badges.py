"""The badges of service stations: one ink colour, round for places of rest, square for offices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui import theme

if TYPE_CHECKING:
    from ui.map.palette import MapPalette

BADGE_PX: Final = 19
_OTHER: Final = ("map-pin", True)


@cache
def badge(kind: str, palette: MapPalette, ratio: float) -> QImage:
    """Return the badge of a kind of station, 23 px square with its casing."""
    side = BADGE_PX + 4
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    icon, is_round = theme.STATION_ICONS.get(kind, _OTHER)
    box = QRectF(2, 2, BADGE_PX, BADGE_PX)
    painter.setPen(QPen(QColor(palette.casing), 1.5))
    painter.setBrush(QColor(palette.ink))
    if is_round:
        painter.drawEllipse(box)
    else:
        painter.drawRoundedRect(box, 3, 3)
    theme.draw_icon(painter, icon, QRectF(5, 5, 13, 13), palette.casing)
    painter.end()
    return image
