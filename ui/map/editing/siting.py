"""Places of new stations over the map: drawn with their reach, dragged, and the figure beside the hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter

from ui import theme
from ui.map.editing.marks import paint_card
from ui.map.frame import outline_pen

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from ui.map.palette import MapPalette
    from ui.map.view import View
    from ui.models.sites import Sites

_PIN_PX: Final = 10.0  # of half a pin
_DOT_PX: Final = 2.5
_WASH: Final = 26  # of 255
_DASH: Final = (5.0, 3.0)


class SiteMarks(QObject):
    """What is sited; knows the place under the hand and tells where it is dragged."""

    moved = Signal(int, float, float, bool)  # which place, longitude, latitude; whether it was let go there
    chosen = Signal(int)  # which place was clicked

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._sites: Sites | None = None
        self._held: int | None = None
        self._spot = (0.0, 0.0)  # of the place under the hand [m]

    @property
    def sites(self) -> Sites | None:
        """What is shown."""
        return self._sites

    def show(self, sites: Sites | None) -> None:
        """Show other places, None = none. A place under the hand stays there."""
        self._sites = sites
        if sites is None or self._held is None or self._held >= len(sites.places):
            self._held = None
        self._canvas.update()

    def place_at(self, view: View, at: QPointF) -> int | None:
        """Return the place whose pin lies under a pixel, the last one drawn first."""
        if self._sites is None:
            return None
        for place in reversed(range(len(self._sites.places))):
            x, y = view.to_px(*self._sites.places[place])
            if (QPointF(x, y) - at).manhattanLength() <= 2 * _PIN_PX and abs(x - at.x()) <= _PIN_PX + 1:
                return place
        return None

    def drag(self, view: View, place: int, at: QPointF, *, is_done: bool) -> None:
        """Take a place along to a pixel, and tell where that is."""
        sites = self._sites
        if sites is None or sites.is_fixed or place >= len(sites.places):
            return
        self._spot = view.to_xy(at.x(), at.y())
        self._held = None if is_done else place
        lon, lat = sites.zone.lonlat(np.array([self._spot]))[0]
        self.moved.emit(place, float(lon), float(lat), is_done)
        self._canvas.update()

    def let_go(self) -> None:
        """Have the place back where it was."""
        self._held = None
        self._canvas.update()

    def paint(self, painter: QPainter, view: View, palette: MapPalette, room: QRectF) -> None:
        """Draw candidates, reach, pins, and the figure beside the place under the hand."""
        sites = self._sites
        if sites is None:
            return
        self._paint_candidates(painter, view, palette, sites)
        spots = [tuple(spot) for spot in sites.places.tolist()]
        if self._held is not None:
            spots[self._held] = self._spot
        pixels = [QPointF(*view.to_px(*spot)) for spot in spots]
        self._paint_reach(painter, pixels, sites.radius / view.mpp, palette)
        painter.setFont(theme.font(12, bold=True))
        for place, pixel in enumerate(pixels):
            box = QRectF(pixel.x() - _PIN_PX, pixel.y() - _PIN_PX, 2 * _PIN_PX, 2 * _PIN_PX)
            painter.setPen(outline_pen(palette.casing, 2))
            painter.setBrush(QColor(palette.accent))
            painter.drawEllipse(box)
            painter.setPen(QColor(palette.casing))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(place + 1))
        if self._held is not None and sites.said:
            paint_card(painter, pixels[self._held], sites.said, palette, room, palette.accent)

    def _paint_candidates(self, painter: QPainter, view: View, palette: MapPalette, sites: Sites) -> None:
        west, south, east, north = view.bounds
        spots = sites.candidates
        seen = (spots[:, 0] >= west) & (spots[:, 0] <= east) & (spots[:, 1] >= south) & (spots[:, 1] <= north)
        painter.setPen(outline_pen(palette.casing, 1))
        painter.setBrush(QColor(palette.accent))
        for spot in spots[seen].tolist():
            painter.drawEllipse(QPointF(*view.to_px(*spot)), _DOT_PX, _DOT_PX)

    def _paint_reach(
        self, painter: QPainter, pixels: list[QPointF], radius: float, palette: MapPalette
    ) -> None:
        if radius <= 0:
            return
        wash = QColor(palette.accent)
        wash.setAlpha(_WASH)
        pen = outline_pen(palette.accent, 1.5)
        pen.setDashPattern(list(_DASH))
        painter.setPen(pen)
        painter.setBrush(wash)
        for pixel in pixels:
            painter.drawEllipse(pixel, radius, radius)
