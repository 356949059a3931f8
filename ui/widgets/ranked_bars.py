"""Ranked bars: counts, not percentages. The longest unit fills the width; bars start at zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets.coverage_cell import Bar, rate_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROW = 22
_TOP = 4


class RankedBars(QWidget):
    """One row a unit: name, bar, rate. A click sends (code, "covered" | "uncovered" | "unknown" | "")."""

    clicked = Signal(str, str)

    def __init__(self, known_word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = known_word
        self._rows: list[tuple[str, str, Bar]] = []
        self._current = -1
        self._chosen: set[str] = set()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[str, str, Bar]], chosen: Sequence[str] = ()) -> None:
        """Show (code, name, bar) in the given order."""
        self._rows, self._chosen = list(rows), set(chosen)
        self._current = min(self._current, len(self._rows) - 1)
        self.updateGeometry()
        self.update()

    def rows(self) -> list[tuple[str, str, Bar]]:
        """Return what is shown, for robots and screen readers."""
        return list(self._rows)

    def sizeHint(self) -> QSize:
        """Return room for all rows; the panel scrolls."""
        return QSize(260, len(self._rows) * _ROW + 2 * _TOP)

    def minimumSizeHint(self) -> QSize:
        """Return the height of all rows."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows in sight."""
        t = theme.current()
        painter = QPainter(self)
        longest = max((bar.total for _, _, bar in self._rows), default=0)
        first = max(0, (event.rect().top() - _TOP) // _ROW)
        last = min(len(self._rows), (event.rect().bottom() - _TOP) // _ROW + 1)
        for place in range(first, last):
            code, name, bar = self._rows[place]
            top = _TOP + place * _ROW
            chosen = code in self._chosen
            paint.text(
                painter,
                QRectF(0, top, self._label - 8, _ROW),
                name,
                theme.font(12, bold=chosen),
                t.accent if chosen else t.t2,
                Qt.AlignmentFlag.AlignRight,
            )
            line = self._line(top)
            if bar.total:
                paint.share_bar(painter, line, bar.covered, bar.uncovered, bar.unknown, whole=longest)
            else:
                painter.fillRect(QRectF(line.left(), line.top(), 12, line.height()), QColor(t.no_data))
            end = line.left() + (line.width() * bar.total / longest if longest and bar.total else 12)
            grey = bar.rate is None or bar.is_mostly_unknown
            words = rate_words(bar, self._known)
            if bar.rate is None and bar.total:
                words = f"{self._known} 0/{bar.total:,.0f}"
            paint.text(
                painter,
                QRectF(end + 8, top, self.width() - end - 8, _ROW),
                words,
                theme.font(12),
                t.t3 if grey else t.t1,
            )
            if place == self._current and self.hasFocus():
                paint.focus_ring(painter, QRectF(0, top, self.width(), _ROW), 3)

    @property
    def _label(self) -> float:
        return min(120.0, self.width() * 0.34)

    def _line(self, top: float) -> QRectF:
        return QRectF(self._label, top + 5, max(20.0, self.width() - self._label - 84), 12)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which part of which bar was clicked."""
        place = int((event.position().y() - _TOP) // _ROW)
        if not 0 <= place < len(self._rows):
            return
        self._current = place
        code, _, bar = self._rows[place]
        line = self._line(_TOP + place * _ROW)
        longest = max(row.total for _, _, row in self._rows)
        at = (event.position().x() - line.left()) / line.width() * longest if longest else -1
        part = ""
        if 0 <= at < bar.covered:
            part = "covered"
        elif bar.covered <= at < bar.covered + bar.uncovered:
            part = "uncovered"
        elif bar.covered + bar.uncovered <= at < bar.total:
            part = "unknown"
        self.update()
        self.clicked.emit(code, part)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk with the arrow keys, list with Enter."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down} and self._rows:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._current = min(max(self._current + step, 0), len(self._rows) - 1)
            self.update()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._current >= 0:
            self.clicked.emit(self._rows[self._current][0], "uncovered")
        else:
            super().keyPressEvent(event)
