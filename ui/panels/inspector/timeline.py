"""Who served a compound over four years: bars by stage, gaps in days, a line at the day shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui import theme
from ui.panels.inspector.dossier import YEARS, gaps_between, timeline_span
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QPaintEvent

    from app.text import Text
    from ui.panels.inspector.dossier import Gap, Link

_AXIS_H: Final = 18
_ROW_H: Final = 22
_BAR_H: Final = 16
_ROWS: Final = 4  # the newest engagements; older ones stay in the list below
_PAD: Final = 4


class Timeline(QWidget):
    """Paints ``Link`` bars; read aloud as a sentence."""

    def __init__(self, lang: str, stages: Mapping[str, Text], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector.timeline")
        self._lang, self._stages = lang, stages
        self._links: list[Link] = []
        self._gaps: list[Gap] = []
        self._day = date.min
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_links(self, links: Sequence[Link], day: date, stages: Mapping[str, Text]) -> None:
        """Show the engagements of a compound as of ``day``."""
        first, last = timeline_span(day)
        self._stages = stages
        self._day = day
        self._gaps = gaps_between(links, day)
        seen = [k for k in links if (k.first or first) <= last and (k.last or last) >= first]
        seen.sort(key=lambda k: (k.first or date.min, k.code))
        self._links = seen[-_ROWS:]
        self.setAccessibleName(self._sentence())
        set_tip(self, self._sentence() if links else "")
        self.updateGeometry()
        self.update()

    def _sentence(self) -> str:
        parts = []
        for link in self._links:
            stage = self._stages.get(link.detail)
            shown = link.detail if stage is None else stage.in_(self._lang)
            parts.append(f"{link.name} · {shown} {link.first or '…'} – {link.last or '…'}")
        parts += [self._gap_words(gap) for gap in self._gaps]
        return "\n".join(parts[-4:])

    def _gap_words(self, gap: Gap) -> str:
        return f"空缺 {gap.days} 天" if self._lang == "zh" else f"{gap.days} days without"

    @override
    def sizeHint(self) -> QSize:
        return QSize(240, _AXIS_H + _ROW_H * max(1, len(self._links)) + _PAD)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        first, last = timeline_span(self._day)
        days = (last - first).days + 1
        width = float(self.width() - 2)

        def x(day: date) -> float:
            return 1 + width * min(max((day - first).days / days, 0.0), 1.0)

        painter.setFont(theme.font(11))
        bottom = float(self.height() - 1)
        for year in range(self._day.year - YEARS + 1, self._day.year + 1):
            left = x(date(year, 1, 1))
            painter.setPen(QPen(QColor(t.line), 1))
            painter.drawLine(QPointF(left, _AXIS_H - 2), QPointF(left, bottom))
            painter.setPen(QColor(t.t3))
            painter.drawText(QPointF(left + 2, 12), str(year))
        for place, link in enumerate(self._links):
            top = _AXIS_H + place * _ROW_H + (_ROW_H - _BAR_H) / 2
            left = x(link.first or first)
            right = x((link.last or last) + timedelta(days=1))
            self._paint_bar(painter, QRectF(left, top, max(right - left, 3.0), _BAR_H), link)
        if self._gaps and self._gaps[-1].last == self._day:
            self._paint_open_gap(painter, self._gaps[-1], x)
        painter.setPen(QPen(QColor(t.accent), 2))
        at = x(self._day)
        painter.drawLine(QPointF(at, _AXIS_H - 4), QPointF(at, bottom))
        painter.end()

    def _paint_bar(self, painter: QPainter, bar: QRectF, link: Link) -> None:
        t = theme.current()
        ground, edge, text = (
            (t.yes_ground, t.yes, t.yes) if link.is_running else (t.unknown_ground, t.ctl, t.t2)
        )
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(bar, 2, 2)
        stage = self._stages.get(link.detail)
        shown = link.detail if stage is None else stage.in_(self._lang)
        label = f"{link.name} · {shown}"
        painter.setFont(theme.font(12))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(text))
        if metrics.horizontalAdvance(shown) + 8 <= bar.width():
            inner = bar.adjusted(4, 0, -4, 0)
            painter.drawText(
                inner,
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, inner.width()),
            )
            return
        room_right = self.width() - bar.right() - 6
        room_left = bar.left() - 4
        if room_right >= room_left:
            where = QRectF(bar.right() + 4, bar.top(), room_right, bar.height())
            align = Qt.AlignmentFlag.AlignLeft
        else:
            where = QRectF(2, bar.top(), room_left - 2, bar.height())
            align = Qt.AlignmentFlag.AlignRight
        painter.drawText(
            where,
            Qt.AlignmentFlag.AlignVCenter | align,
            metrics.elidedText(label, Qt.TextElideMode.ElideMiddle, where.width()),
        )

    def _paint_open_gap(self, painter: QPainter, gap: Gap, x: object) -> None:
        assert callable(x)
        t = theme.current()
        painter.setFont(theme.font(12, bold=True))
        words = self._gap_words(gap)
        width = QFontMetricsF(painter.font()).horizontalAdvance(words)
        row = max(0, len(self._links) - 1)
        top = _AXIS_H + row * _ROW_H + (_ROW_H - _BAR_H) / 2
        left, right = float(x(gap.first)), float(x(gap.last))
        if width + 10 > right - left and self._links:
            return  # the list below says it too
        painter.setPen(QColor(t.no))
        painter.drawText(
            QRectF(left + 6, top, right - left - 8, _BAR_H), Qt.AlignmentFlag.AlignVCenter, words
        )
