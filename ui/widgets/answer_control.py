"""Yes, no, unknown: three segments that a robot and a screen reader find as one choice box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.domain.vocabulary import ANSWERS
from app.text import Text
from ui import theme
from ui.widgets import paint
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Mapping

_ICONS: Final = {"yes": "check", "no": "x", "unknown": "question"}
_KEYS: Final = {Qt.Key.Key_1: "yes", Qt.Key.Key_2: "no", Qt.Key.Key_0: "unknown"}
_RING: Final = 3
_HEIGHT: Final = 26


class AnswerControl(ChoiceBox):
    """``currentData()`` is "yes", "no" or "unknown"; unknown by default, never empty.

    A user's choice (keys 1, 2, 0, arrows, a click) sends ``activated`` as any combo box does, and ``answered``;
    1, 2 and 0 also send ``advance``, so that the panel moves the focus to the next fact. Setting
    ``setCurrentIndex`` from a robot sends ``answered`` too; panels fill the control with ``show_answer``.
    """

    answered = Signal(str)
    advance = Signal()
    taken_back = Signal()  # Backspace: take this fact's last step back

    def __init__(
        self,
        words: Text,
        lang: str,
        parent: QWidget | None = None,
        *,
        choices: Mapping[str, Text] = ANSWERS,
    ) -> None:
        super().__init__(parent)
        self.words = words
        self._lang = lang
        self._reason = ""
        for value, said in choices.items():
            self.addItem(said.in_(lang), value)
        self._is_shown = False
        self._recorded = "unknown"
        self.setCurrentIndex(self.findData("unknown"))
        self._is_shown = True
        self._name()
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.currentIndexChanged.connect(self._on_index)

    def show_answer(self, value: str) -> None:
        """Show what is recorded, without answering."""
        self._is_shown = False
        self._recorded = value
        self.setCurrentIndex(max(0, self.findData(value)))
        self._is_shown = True
        self._name()
        self.update()

    def set_read_only(self, reason: str) -> None:
        """Show at half strength with a reason; "" makes it writable again."""
        self._reason = reason
        set_tip(self, reason)
        self._name()
        self.update()

    @property
    def is_read_only(self) -> bool:
        """Whether answers are refused just now."""
        return bool(self._reason)

    def sizeHint(self) -> QSize:
        """Return segments 46-46-54, or wider for longer words, with room for the ring."""
        return QSize(round(sum(self._widths())) + 2 * _RING, _HEIGHT + 2 * _RING)

    def minimumSizeHint(self) -> QSize:
        """Return the same: segments are never squeezed."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the segments."""
        t = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_read_only or not self.isEnabled():
            painter.setOpacity(0.5)
        boxes = self._boxes()
        frame = QRectF(boxes[0].topLeft(), boxes[-1].bottomRight())
        painter.setPen(QPen(QColor(t.ctl), 1))
        painter.setBrush(QColor(t.sunk))
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        for place, box in enumerate(boxes):
            chosen = place == self.currentIndex()
            if not chosen:
                if place and place - 1 != self.currentIndex():
                    painter.setPen(QPen(QColor(t.line), 1))
                    painter.drawLine(
                        QPointF(box.left(), box.top() + 5), QPointF(box.left(), box.bottom() - 5)
                    )
                paint.text(
                    painter, box, self.itemText(place), theme.font(13), t.t2, Qt.AlignmentFlag.AlignHCenter
                )
                continue
            self._paint_chosen(painter, box, str(self.itemData(place)), self.itemText(place))
        painter.setOpacity(1)
        if self.hasFocus():
            paint.focus_ring(painter, QRectF(self.rect()), 6)

    def _paint_chosen(self, painter: QPainter, box: QRectF, value: str, words: str) -> None:
        t = theme.current()
        ink = {"yes": t.yes, "no": t.no}.get(value, t.t1)
        edge = {"yes": t.yes, "no": t.no}.get(value, t.unknown)
        ground = {"yes": t.yes_ground, "no": t.no_ground}.get(value, t.unknown_ground)
        inner = box.adjusted(0.75, 0.75, -0.75, -0.75)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(inner, 4, 4)
        if value not in {"yes", "no"}:
            painter.save()
            painter.setOpacity(painter.opacity() * 0.45)
            paint.hatch(painter, inner.adjusted(1, 1, -1, -1), t.unknown, step=4)
            painter.restore()
        painter.setPen(QPen(QColor(edge), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(inner, 4, 4)
        face = theme.font(13, bold=True)
        painter.setFont(face)
        width = painter.fontMetrics().horizontalAdvance(words)
        left = box.center().x() - (12 + 3 + width) / 2
        theme.draw_icon(painter, _ICONS.get(value, "check"), QRectF(left, box.center().y() - 6, 12, 12), ink)
        paint.text(painter, QRectF(left + 15, box.top(), width + 2, box.height()), words, face, ink)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the segment under the mouse; no list drops down."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        for place, box in enumerate(self._boxes()):
            if box.contains(event.position()):
                self._choose(place)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do nothing: the press has chosen."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take 1, 2, 0 (set and go on), arrows (set) and Backspace (take back)."""
        value = _KEYS.get(Qt.Key(event.key()))
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif value is not None:
            if not self.is_read_only:
                self._choose(self.findData(value))
                self.advance.emit()
        elif event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._choose(min(max(self.currentIndex() + step, 0), self.count() - 1))
        elif event.key() == Qt.Key.Key_Backspace:
            self.taken_back.emit()
        else:  # letters are the panel's short cuts, not a search in three words
            event.ignore()

    def event(self, event: QEvent) -> bool:
        """Claim the digits before a short cut of the window does."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            and Qt.Key(event.key()) in {*_KEYS, Qt.Key.Key_Backspace}
        ):
            event.accept()
            return True
        return super().event(event)

    def showPopup(self) -> None:
        """Show no list: all choices are in sight."""

    def shown_words(self) -> str:
        """Return the words chosen: segments are never cut."""
        return self.currentText()

    def _choose(self, place: int) -> None:
        if self.is_read_only or place < 0:
            return
        if place == self.currentIndex():  # saying "unknown" about an unknown is an answer too
            self.answered.emit(str(self.currentData()))
        else:
            self.setCurrentIndex(place)
        self.activated.emit(place)

    def _on_index(self, _place: int) -> None:
        if self._is_shown and self.is_read_only:
            self.show_answer(self._recorded)
            return
        self._name()
        self.update()
        if self._is_shown:
            self.answered.emit(str(self.currentData()))

    def _name(self) -> None:
        said = Text(
            f"{self.words.zh}，{self.currentText()}，{self.count()} 选 1",
            f"{self.words.en}, {self.currentText()}, one of {self.count()}",
        ).in_(self._lang)
        self.setAccessibleName(said + (f"，{self._reason}" if self._reason else ""))

    def _widths(self) -> list[float]:
        self.ensurePolished()
        face = theme.font(13, bold=True)
        from PySide6.QtGui import QFontMetricsF

        metrics = QFontMetricsF(face)
        return [
            max(46.0 if self.itemData(place) != "unknown" else 54.0, metrics.horizontalAdvance(text) + 26)
            for place, text in ((i, self.itemText(i)) for i in range(self.count()))
        ]

    def _boxes(self) -> list[QRectF]:
        left, boxes = float(_RING), []
        for width in self._widths():
            boxes.append(QRectF(left, _RING, width, _HEIGHT))
            left += width
        return boxes
