"""Two outlines of one place, one over the other: then dashed, now solid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.text import Text
from ui import theme

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from shapely.geometry.base import BaseGeometry

    from geo.crs import Zone

_HEIGHT: Final = 112
_MARGIN: Final = 10.0
_DOT: Final = 4.0
_SAID: Final = Text("边界：当时是虚线，现在是实线", "Outline: dashed then, solid now")
_LEGEND: Final = (Text("当时", "then"), Text("现在", "now"))


class Outlines(QWidget):
    """Paints a record's outlines; ``is_peeking`` leaves only the one of then."""

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._then: BaseGeometry | None = None
        self._now: BaseGeometry | None = None
        self.is_peeking = False
        self.setObjectName("backups.outlines")
        self.setAccessibleName(_SAID.in_(lang))
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_outlines(self, then: BaseGeometry | None, now: BaseGeometry | None, zone: Zone) -> None:
        """Show the outlines of a record (degrees), each None where there is none, in metres of a zone."""
        self._then, self._now = (None if s is None else zone.to_metres([s])[0] for s in (then, now))
        self.setVisible(then is not None or now is not None)
        self.update()

    def peek(self, *, is_on: bool) -> None:
        """Show the outline of then alone, or both again."""
        self.is_peeking = is_on
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(t.paper))
        shapes = [shape for shape in (self._then, self._now) if shape is not None]
        if shapes:
            bounds = shapely.total_bounds(shapes)
            if self._now is not None and not self.is_peeking:
                painter.setBrush(QColor(t.accent_ground))
                painter.setPen(QPen(QColor(t.accent), 2))
                painter.drawPath(self._path(self._now, bounds))
            if self._then is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(t.t2), 1.5, Qt.PenStyle.DashLine))
                painter.drawPath(self._path(self._then, bounds))
        self._draw_legend(painter)
        painter.end()

    def _draw_legend(self, painter: QPainter) -> None:
        t = theme.current()
        styles = ((t.t2, Qt.PenStyle.DashLine), (t.accent, Qt.PenStyle.SolidLine))
        for place, (said, (colour, style)) in enumerate(zip(_LEGEND, styles, strict=True)):
            base = 16.0 + 18.0 * place
            painter.setPen(QPen(QColor(colour), 2, style))
            painter.drawLine(QPointF(10, base), QPointF(34, base))
            painter.setPen(QColor(t.t2))
            painter.drawText(
                QRectF(40, base - 9, 90, 18), Qt.AlignmentFlag.AlignVCenter, said.in_(self._lang)
            )

    def _path(self, shape: BaseGeometry, bounds: object) -> QPainterPath:
        west, south, east, north = (float(value) for value in bounds)  # type: ignore[attr-defined]
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        scale = min(room.width() / max(east - west, 1.0), room.height() / max(north - south, 1.0))
        centre = room.center()

        def point(x: float, y: float) -> QPointF:
            return QPointF(
                centre.x() + (x - (west + east) / 2) * scale, centre.y() - (y - (south + north) / 2) * scale
            )

        path = QPainterPath()
        path.setFillRule(Qt.FillRule.OddEvenFill)
        for part in shapely.get_parts([shape]):
            if isinstance(part, shapely.Point):
                path.addEllipse(point(part.x, part.y), _DOT, _DOT)
                continue
            for ring in shapely.get_rings([part]):
                corners = [point(x, y) for x, y in shapely.get_coordinates(ring)]
                path.moveTo(corners[0])
                for corner in corners[1:]:
                    path.lineTo(corner)
                path.closeSubpath()
        return path
