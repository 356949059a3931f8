"""The badges of service stations: one ink colour, round for places of rest, square for offices.

Where a measure is about the stations themselves, a badge shows its own status as a compound would: by its ground
and by its edge.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui import theme
from ui.map.inks import compound_colours
from ui.map.style import COVERED, LEFT_OUT, PLAIN, STATUS_CLASS, UNKNOWN

if TYPE_CHECKING:
    from ui.map.palette import MapPalette

BADGE_PX: Final = 19
_OTHER: Final = ("map-pin", True)


_DASHES: Final = (2.0, 1.6)  # the edge of what is not known, in widths of the pen


@cache
def badge(kind: str, palette: MapPalette, ratio: float, status: str = "") -> QImage:
    """Return the badge of a kind of station, 23 px square with its casing; ``status`` "" = no measure is about it."""
    side = BADGE_PX + 4
    image = QImage(round(side * ratio), round(side * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    icon, is_round = theme.STATION_ICONS.get(kind, _OTHER)
    box = QRectF(2, 2, BADGE_PX, BADGE_PX)
    ground, pen, ink = badge_inks(palette, status)
    painter.setPen(pen)
    painter.setBrush(QColor(ground))
    if is_round:
        painter.drawEllipse(box)
    else:
        painter.drawRoundedRect(box, 3, 3)
    theme.draw_icon(painter, icon, QRectF(5, 5, 13, 13), ink)
    painter.end()
    return image


def badge_inks(palette: MapPalette, status: str) -> tuple[str, QPen, str]:
    """Return the ground, the edge and the ink of a badge of some status."""
    number = STATUS_CLASS.get(status, PLAIN)
    if number == PLAIN:
        return palette.ink, QPen(QColor(palette.casing), 1.5), palette.casing
    ground, edge = compound_colours(palette, number)
    pen = QPen(QColor(edge), 1.5 if number in (COVERED, LEFT_OUT) else 2)
    if number == UNKNOWN:
        pen.setDashPattern(_DASHES)
    return ground, pen, palette.casing if number == COVERED else palette.ink


def dot_colour(palette: MapPalette, status: str) -> str:
    """Return the colour of a station seen from afar."""
    return palette.of_status(status).dot
