"""A derived status: never typed in, always with its rule and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import theme
from ui.widgets import paint
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEFT: Final = 14  # beside the words [px]
_RIGHT: Final = 8


class DerivedCard(QWidget):
    """Left edge in the status's colour, an equals sign, the verdict, and why. Enter or a click opens the rule."""

    opened = Signal()

    def __init__(self, derived_words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = "unknown"
        self._possible: tuple[str, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.verdict = text_label("", "", self)
        self.verdict.setProperty("type", "strong")
        self.verdict.setWordWrap(True)
        self.derived = text_label(derived_words, "", self)
        self.derived.setProperty("type", "second")
        self.why = text_label("", "", self)
        self.why.setProperty("type", "second")
        self.why.setWordWrap(True)
        self.why.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addSpacing(20)
        top.addWidget(self.verdict, 1)
        top.addWidget(self.derived, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(_LEFT, 7, _RIGHT, 8)
        box.setSpacing(3)
        box.addLayout(top)
        box.addWidget(self.why)

    def show_verdict(self, tone: str, verdict: str, why: str) -> None:
        """Show a status: ``tone`` is yes, no or unknown in the sense of good, bad, not known."""
        self._tone = tone
        self.verdict.setText(verdict)
        self.why.setText(why)
        self.why.setVisible(bool(why))
        self.setAccessibleName(f"{verdict}，{self.derived.text()}。{why}")
        self.update()

    def reserve(self, possible: Iterable[str]) -> None:
        """Keep room for each of these reasons, so that nothing below moves when one follows another."""
        self._possible = tuple(possible)
        self._keep_room()

    def _keep_room(self) -> None:
        metrics, wrapped = self.why.fontMetrics(), int(Qt.TextFlag.TextWordWrap)
        room = QRect(0, 0, max(1, self.width() - _LEFT - _RIGHT), 10_000)
        heights = (metrics.boundingRect(room, wrapped, words).height() for words in self._possible)
        self.why.setMinimumHeight(max(heights, default=0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the room that the reasons need at this width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._keep_room()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground, edge and equals sign."""
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor({"yes": t.yes_ground, "no": t.no_ground}.get(self._tone, t.sunk)))
        painter.drawRoundedRect(box, 4, 4)
        edge = QRectF(0, 0, 5, box.height())
        if self._tone == "unknown":
            painter.fillRect(edge, QColor(t.unknown_ground))
            paint.hatch(painter, edge, t.unknown, step=3, width=1.2)
        else:
            painter.fillRect(edge, QColor(t.yes if self._tone == "yes" else t.no))
        theme.draw_icon(painter, "equals", QRectF(14, 9, 14, 14), t.t2)
        if self.hasFocus():
            paint.focus_ring(painter, box, 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the rule on Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the rule."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit()

    def event(self, event: QEvent) -> bool:
        """Repaint the ring when the focus comes or goes."""
        if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
            self.update()
        return super().event(event)
