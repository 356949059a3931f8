"""The map as a picture: title above, legend, scale, date, source and review number below."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from app.text import Text
from ui import theme
from ui.map.badges import badge
from ui.map.controls import BAND_WORDS, paint_legend
from ui.map.frame import PlacedLabels, draw_stations, metres_words, scale_bar_length
from ui.map.labels import LabelBook
from ui.map.paint import GroundPainter
from ui.map.palette import palette
from ui.map.style import MapStyle
from ui.map.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ui.map.palette import MapPalette
    from ui.map.scene import MapScene
    from ui.map.style import UnitFill

_MARGIN: Final = 24
_HEAD: Final = 72
_FOOT: Final = 122
_LEGEND: Final = 300  # room for the legend, then for scale, source and review number
_FACTS: Final = 400
_AS_OF: Final = Text("截至 {}", "As of {}")
_SOURCE: Final = Text("来源：{}", "Source: {}")
_DATUM: Final = Text("坐标基准：CGCS2000，比例尺 1:{}", "Datum: CGCS2000, scale 1:{}")
_REVIEW: Final = Text("审图号：{}", "Map review number: {}")
_NORTH: Final = Text("北", "N")
_NO_REVIEW: Final = "＿＿＿＿＿＿＿＿"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """What a picture says of itself. ``figures``: rate, fraction and range of all it shows; ``synthetic``: None = real data. An empty review number leaves a line."""

    title: str
    subtitle: str = ""
    figures: str = ""
    as_of: date
    source: str
    review_number: str = ""
    synthetic: str | None = None
    bands: Sequence[str] = BAND_WORDS
    stations: Sequence[tuple[str, str]] = ()  # the kinds drawn, each with its words


def write_map_png(
    path: Path,
    scene: MapScene,
    caption: Caption,
    *,
    statuses: Mapping[str, str] | None = None,
    fills: Mapping[str, UnitFill] | None = None,
    level: str = "grid",
    sequence: str = "wash",
    size: tuple[int, int] = (1400, 1050),
    ratio: float = 2.0,
    lang: str = "zh",
    is_dark: bool = False,
) -> None:
    """Paint the map that the window shows into a PNG; no window is needed, only a QGuiApplication.

    ``size`` in logical pixels, ``ratio`` pixels of the file to one of them. Raises OSError where the file does
    not arrive.
    """
    image = paint_picture(
        scene,
        caption,
        MapStyle(
            scene,
            palette(is_dark=is_dark),
            dict(statuses or {}),
            dict(fills or {}),
            level,
            sequence,
        ),
        size=size,
        ratio=ratio,
        lang=lang,
    )
    if not image.save(str(path), "PNG"):  # type: ignore[call-overload]  # the stub knows bytes only
        raise OSError(errno.EIO, "the picture could not be written", str(path))


def paint_picture(
    scene: MapScene, caption: Caption, style: MapStyle, *, size: tuple[int, int], ratio: float, lang: str
) -> QImage:
    """Return the picture; the map fits the ground of the districts."""
    width, height = size
    colours = style.palette
    page = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    page.setDevicePixelRatio(ratio)
    page.fill(QColor(colours.panel))
    frame = QRectF(_MARGIN, _HEAD, width - 2 * _MARGIN, height - _HEAD - _FOOT)
    view = View(width=round(frame.width()), height=round(frame.height()), ratio=ratio)
    if scene.bounds is not None:
        view = view.fitted(scene.bounds, margin=0.03)
    painter = QPainter(page)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.drawImage(frame.topLeft(), _map_image(view, style))
    painter.setPen(QPen(QColor(colours.control), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(frame)
    _north(painter, frame, colours, lang)
    _head(painter, caption, colours, width, lang)
    _foot(
        painter, caption, style, view, QRectF(_MARGIN, frame.bottom() + 10, frame.width(), _FOOT - 16), lang
    )
    painter.end()
    return page


def _map_image(view: View, style: MapStyle) -> QImage:
    image = QImage(
        round(view.width * view.ratio), round(view.height * view.ratio), QImage.Format.Format_RGB32
    )
    GroundPainter(style.scene).paint(
        image, view.left, view.top, view.mpp / view.ratio, style, ratio=view.ratio
    )
    image.setDevicePixelRatio(view.ratio)
    labels = LabelBook(view.mpp, view.ratio).lay_out(view.bounds, style)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_stations(painter, view, style)
    PlacedLabels(labels, view.mpp).draw(painter, view, style, ())
    painter.end()
    return image


def _head(painter: QPainter, caption: Caption, colours: MapPalette, width: int, lang: str) -> None:
    painter.setPen(QColor(colours.t1))
    painter.setFont(theme.font(22, bold=True))
    painter.drawText(QRectF(_MARGIN, 12, width - 260, 32), Qt.AlignmentFlag.AlignVCenter, caption.title)
    painter.setFont(theme.font(13))
    painter.setPen(QColor(colours.t2))
    said = " · ".join(part for part in (caption.subtitle, caption.figures) if part)
    painter.drawText(QRectF(_MARGIN, 44, width - 260, 20), Qt.AlignmentFlag.AlignVCenter, said)
    painter.drawText(
        QRectF(width - 260 - _MARGIN, 44, 260, 20),
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
        _AS_OF.in_(lang).format(caption.as_of.isoformat()),
    )


def _north(painter: QPainter, frame: QRectF, colours: MapPalette, lang: str) -> None:
    x, y = frame.right() - 26, frame.top() + 14
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.t1))
    arrow = [QPointF(x, y), QPointF(x + 7, y + 22), QPointF(x, y + 17), QPointF(x - 7, y + 22)]
    painter.drawPolygon(QPolygonF(arrow))
    painter.setPen(QColor(colours.t1))
    painter.setFont(theme.font(12, bold=True))
    painter.drawText(QRectF(x - 15, y + 23, 30, 18), Qt.AlignmentFlag.AlignCenter, _NORTH.in_(lang))


def _stations(painter: QPainter, caption: Caption, colours: MapPalette, at: QPointF, ratio: float) -> None:
    """Paint which badge stands for which kind of station, in one line."""
    painter.setFont(theme.font(12))
    x = at.x()
    for kind, said in caption.stations:
        painter.drawImage(QPointF(x, at.y()), badge(kind, colours, ratio))
        painter.setPen(QColor(colours.t2))
        width = QFontMetricsF(painter.font()).horizontalAdvance(said)
        painter.drawText(QRectF(x + 26, at.y(), width + 2, 23), Qt.AlignmentFlag.AlignVCenter, said)
        x += 26 + width + 14


def _foot(painter: QPainter, caption: Caption, style: MapStyle, view: View, box: QRectF, lang: str) -> None:
    colours = style.palette
    paint_legend(
        painter,
        box.topLeft(),
        colours,
        lang,
        caption.subtitle or caption.title,
        caption.bands if style.fills else (),
        style.sequence,
        has_statuses=bool(style.statuses),
        is_open=True,
    )
    left = box.left() + _LEGEND
    metres, length = scale_bar_length(view.mpp, 160)
    painter.setPen(QPen(QColor(colours.t1), 1.4))
    base = box.top() + 14
    painter.drawPolyline(
        [
            QPointF(left, base - 5),
            QPointF(left, base),
            QPointF(left + length, base),
            QPointF(left + length, base - 5),
        ]
    )
    painter.setFont(theme.font(12))
    painter.drawText(QPointF(left + length + 8, base), metres_words(metres, lang))
    lines = [
        _DATUM.in_(lang).format(f"{view.denominator:,}"),
        _SOURCE.in_(lang).format(caption.source),
        _REVIEW.in_(lang).format(caption.review_number or _NO_REVIEW),
    ]
    painter.setPen(QColor(colours.t2))
    for row, line in enumerate(lines):
        painter.drawText(
            QRectF(left, box.top() + 22 + 20 * row, _FACTS - 12, 20),
            Qt.AlignmentFlag.AlignVCenter,
            line,
        )
    _stations(painter, caption, colours, QPointF(left, box.top() + 84), view.ratio)
    if caption.synthetic is not None:
        painter.setFont(theme.font(12))
        painter.setPen(QColor(colours.warning))
        room = QRectF(left + _FACTS, box.top() + 2, box.right() - left - _FACTS, box.height())
        flags = int(Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(room, flags, caption.synthetic)
