"""The inks of the map: what colour a class has, its hatch, the pens of its lines."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from ui.map.style import NO_DATA, STATUS_CLASS, WHOLLY_UNKNOWN

if TYPE_CHECKING:
    from ui.map.palette import MapPalette

_THICK_PX: Final = 2.1
_STATUS_OF: Final = {number: status for status, number in STATUS_CLASS.items()}


def unit_colour(palette: MapPalette, sequence: str, unit_class: int) -> str:
    """Return the fill of a unit's class."""
    if unit_class == NO_DATA:
        return palette.no_data
    if unit_class >= WHOLLY_UNKNOWN:
        return palette.paper
    return palette.sequence(sequence)[unit_class]


def compound_colours(palette: MapPalette, status: int) -> tuple[str, str]:
    """Return fill and edge of a compound's status."""
    found = palette.of_status(_STATUS_OF.get(status, ""))
    return found.fill, found.edge


@cache
def hatch_image(rgba: int, step: int, width: float) -> QImage:
    """Return one period of a 45° hatch."""
    image = QImage(step, step, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(rgba), width))
    for shift in (-step, 0, step):
        painter.drawLine(shift - step, 2 * step, shift + 2 * step, -step)
    painter.end()
    return image


def line_pen(colour: QColor, width: float) -> QPen:
    """Return a pen of constant width in pixels of the image."""
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    # round joins of thin lines cost much and show nothing
    is_thick = width > _THICK_PX
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin if is_thick else Qt.PenJoinStyle.BevelJoin)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap if is_thick else Qt.PenCapStyle.FlatCap)
    return pen


def mixed(colour: QColor, ground: QColor, share: float) -> QColor:
    """Return ``colour`` at an opacity over ``ground``, as an opaque colour."""
    return QColor(
        round(colour.red() * share + ground.red() * (1 - share)),
        round(colour.green() * share + ground.green() * (1 - share)),
        round(colour.blue() * share + ground.blue() * (1 - share)),
    )
