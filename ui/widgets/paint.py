"""Brushwork shared by the painted widgets: hatch, bars, text in a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from ui import theme
from ui.widgets.plain import one_line

if TYPE_CHECKING:
    from PySide6.QtGui import QFont


def hatch(painter: QPainter, rect: QRectF, colour: str, *, step: float = 4.0, width: float = 1.2) -> None:
    """Draw 45° lines over a box, anchored to the painter's origin so that neighbours join."""
    if rect.width() <= 0 or rect.height() <= 0:
        return
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(colour), width))
    gap = step * 1.4142
    start = int((rect.left() + rect.top()) / gap) * gap
    while start < rect.right() + rect.bottom():
        painter.drawLine(
            QPointF(start - rect.top(), rect.top()), QPointF(start - rect.bottom(), rect.bottom())
        )
        start += gap
    painter.restore()


def share_bar(
    painter: QPainter,
    rect: QRectF,
    covered: float,
    uncovered: float,
    unknown: float,
    *,
    whole: float | None = None,
) -> None:
    """Draw covered solid, uncovered in ochre outline, unknown hatched. ``whole`` = what full width stands for."""
    t = theme.current()
    total = covered + uncovered + unknown
    whole = total if whole is None else whole
    if whole <= 0 or total <= 0:
        painter.fillRect(rect, QColor(t.no_data))
        return
    unit = rect.width() / whole
    left = rect.left()
    if covered > 0:
        painter.fillRect(QRectF(left, rect.top(), covered * unit, rect.height()), QColor(t.covered_fill))
        left += covered * unit
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if uncovered > 0:
        box = QRectF(left, rect.top(), uncovered * unit, rect.height())
        painter.fillRect(box, QColor(t.no_ground))
        painter.setPen(QPen(QColor(t.no), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        left += uncovered * unit
    if unknown > 0:
        box = QRectF(left, rect.top(), unknown * unit, rect.height())
        painter.fillRect(box, QColor(t.panel))
        hatch(painter, box, t.unknown, step=2.8, width=1.0)
        painter.setPen(QPen(QColor(t.unknown), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


def range_bar(
    painter: QPainter,
    rect: QRectF,
    low: float | None,
    high: float | None,
    rate: float | None,
    target: float | None = None,
) -> None:
    """Draw the rate's bar: solid up to low, hatched up to high, a tick at the rate, a dashed line at the target."""
    t = theme.current()
    if low is None or high is None:
        painter.fillRect(rect, QColor(t.no_data))
        return
    painter.fillRect(rect, QColor(t.win))
    left, width = rect.left(), rect.width()
    painter.fillRect(QRectF(left, rect.top(), width * low, rect.height()), QColor(t.covered_fill))
    if high > low:
        hatch(
            painter,
            QRectF(left + width * low, rect.top(), width * (high - low), rect.height()),
            t.unknown,
            step=2.8,
            width=1.0,
        )
    if rate is not None:
        spot = min(left + width * rate, rect.right() - 1)
        painter.setPen(QPen(QColor(t.t1), 2))
        painter.drawLine(QPointF(spot, rect.top() - 3), QPointF(spot, rect.bottom() + 3))
    if target is not None:
        spot = left + width * target
        painter.setPen(QPen(QColor(t.accent), 1.4, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(spot, rect.top() - 4), QPointF(spot, rect.bottom() + 4))


def text(
    painter: QPainter,
    rect: QRectF,
    words: str,
    font: QFont,
    colour: str,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> None:
    """Draw one line, elided in the middle where names differ at the end."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = QFontMetricsF(font).elidedText(one_line(words), elide, rect.width())
    painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, shown)


def focus_ring(painter: QPainter, rect: QRectF, radius: float = 5.0) -> None:
    """Draw the 2-px ring of whatever has the focus."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.current().accent), 2))
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()
