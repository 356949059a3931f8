"""The coverage cell of tables: rate in bold, and a bar from low to high with a tick at the rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from typing_extensions import override

from app.domain.known import Known
from app.domain.looks import wording
from ui import theme
from ui.widgets import paint

CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
BAR_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2  # a Bar

_LONGEST: Final = 11  # letters of two numbers beside a name
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Bar(Known):
    """What a coverage cell shows. All in the unit of the weight; None where there is nothing to divide by."""

    covered: float
    uncovered: float
    unknown: float
    target: float | None = None

    @property
    def is_mostly_unknown(self) -> bool:
        """Whether less than half is known: then the rate turns grey and reads 已知 n/d."""
        return wording.is_mostly_unknown(self)


def rate_words(bar: Bar, known_word: str) -> str:
    """Return the rate as the cell prints it: 82.5%, 已知 1/3, or a dash."""
    if bar.rate is None:
        return wording.NO_RATE
    if bar.is_mostly_unknown:
        return f"{known_word} {wording.amount(bar.covered + bar.uncovered)}/{wording.amount(bar.total)}"
    return wording.percent(bar.rate)


class CoverageCell(QStyledItemDelegate):
    """Paints ``BAR_ROLE`` as rate and range bar."""

    def __init__(self, known_word: str, parent: QWidget | None = None, *, with_rate: bool = True) -> None:
        super().__init__(parent)
        self._known = known_word
        self._with_rate = with_rate
        metrics = QFontMetrics(theme.font(12))  # longer words in English
        self._rate_w = max(64, metrics.horizontalAdvance(f"{known_word} 00/00") + 2)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the cell."""
        t = theme.current()
        bar = index.data(BAR_ROLE)
        painter.save()
        _ground(painter, option)
        if isinstance(bar, Bar):
            box = QRectF(option.rect).adjusted(6, 0, -10, 0)
            if self._with_rate:
                words = rate_words(bar, self._known)
                grey = bar.rate is None or bar.is_mostly_unknown
                paint.text(
                    painter,
                    QRectF(box.left(), box.top(), self._rate_w, box.height()),
                    words,
                    theme.font(12 if grey else 13, bold=not grey),
                    t.t3 if grey else t.t1,
                    Qt.AlignmentFlag.AlignRight,
                )
                box.setLeft(box.left() + self._rate_w + 12)
            line = QRectF(box.left(), box.center().y() - 3, max(20.0, min(box.width(), 150.0)), 7)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            paint.range_bar(painter, line, bar.low, bar.high, bar.rate, bar.target)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """Return the width of rate and bar."""
        return QSize(180 if self._with_rate else 100, 26)


def short_words(bar: Bar) -> str:
    """Return the rate's fraction, or the rate where two long numbers would leave the name no room.

    Nothing known: a question mark and how many there are.
    """
    if not bar.total:
        return wording.NO_RATE
    if bar.rate is None:
        return f"?/{wording.amount(bar.total)}"
    words = wording.fraction(bar)
    return words if len(words) <= _LONGEST else wording.percent(bar.rate)


class PlaceCell(QStyledItemDelegate):
    """The tree's cell: the name, and at right a short bar of the three shares and n/d."""

    def __init__(self, parent: QWidget | None = None, *, width: int = 40) -> None:
        super().__init__(parent)
        self.width = width

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the cell."""
        bar = index.data(BAR_ROLE)
        if not isinstance(bar, Bar):
            super().paint(painter, option, index)
            return
        t = theme.current()
        words = short_words(bar)
        room = max(49, QFontMetrics(theme.font(12)).horizontalAdvance(words) + 6)
        name = QStyleOptionViewItem(option)
        name.rect = option.rect.adjusted(0, 0, -(self.width + room + 1), 0)
        painter.save()
        _ground(painter, option)
        super().paint(painter, name, index)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        box = QRectF(option.rect)
        line = QRectF(box.right() - self.width - room - 7, box.center().y() - 3, self.width, 8)
        paint.share_bar(painter, line, bar.covered, bar.uncovered, bar.unknown)
        paint.text(
            painter,
            QRectF(line.right(), box.top(), room, box.height()),
            words,
            theme.font(12),
            t.t2 if bar.total else t.t3,
            Qt.AlignmentFlag.AlignRight,
            Qt.TextElideMode.ElideNone,
        )
        painter.restore()


def _ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    t = theme.current()
    state = option.state
    rect = option.rect
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, QColor(t.accent_ground))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, QColor(t.hover))


class LinedCell(CoverageCell):
    """A coverage cell with the table's line under it."""

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        super().paint(painter, option, index)
        draw_line(painter, option.rect)


def draw_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Draw the ground of a chosen or hovered row."""
    t = theme.current()
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, QColor(t.accent_ground))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(option.rect, QColor(t.hover))


def draw_line(painter: QPainter, rect: QRect) -> None:
    """Draw the line under a row, as the style sheet does for plain cells."""
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(theme.current().line))
