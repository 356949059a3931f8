"""What is said without being asked: a toast that can be taken back, and a banner that needs a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from app.text import Text
from ui import theme, words
from ui.models.change_words import step_words
from ui.widgets.mark import Mark
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect

    from ui.bridge.context import WindowContext

_ACT: Final = Text("去处理", "Deal with it")
_UNDO: Final = Text("撤销刚才这一步", "Take this step back")
_NO_ACTION: Final = Text("", "")
_MS: Final = 6000
_MARGIN: Final = 14
_WIDEST, _LEAST, _BESIDE = 520, 120, 260  # words; icon, button and margins beside them [px]


def float_over(widget: QWidget) -> None:
    """Give a widget the shadow of what floats over the map."""
    widget.setGraphicsEffect(theme.Shadow(widget))


class Toast(QFrame):
    """Dark, 6 s, stays while hovered, at most one, bottom right of the map."""

    def __init__(
        self,
        context: WindowContext,
        over: QWidget,
        place: Callable[[QRect], QRect],
        edge: Callable[[], int],
    ) -> None:
        """Float over a widget; ``place`` moves a rectangle in its pixels to where nothing else lies, left of ``edge``."""
        super().__init__(over)
        self._context, self._over, self._free_spot, self._edge = context, over, place, edge
        self._change: str | None = None
        self.setObjectName("toast")
        self.setProperty("room", "toast")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.said = text_label("", "", self)
        self.said.setObjectName("toast.text")
        self._words: Text | None = None
        self.undo = QPushButton(self)
        self.undo.setObjectName("toast.undo")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(Mark("check-circle", "toast_link", self))
        row.addWidget(self.said)
        row.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_MS)
        self._timer.timeout.connect(self.hide)
        self.undo.clicked.connect(self._on_undo)
        over.installEventFilter(self)
        context.saved.connect(self.show_saved)
        context.said.connect(self.show_said)
        context.travelled.connect(self.show_step)
        self.speak()
        self.hide()

    def speak(self) -> None:
        """Take the words of the window's language; what is being said is said in it."""
        self.undo.setText(f"{self._context.say(words.UNDO)}  Ctrl+Z")
        self.undo.setAccessibleName(self._context.say(_UNDO))
        if self._words is not None:
            self._write(self._words)

    @Slot(object, object)
    def show_saved(self, said: Text, change: str) -> None:
        """Say what was saved, with a way to take it back."""
        self._change = change
        is_told = said.zh.startswith(words.SAVED.zh)
        saved = words.SAVED
        full = said if is_told else Text(f"{saved.zh}：{said.zh}", f"{saved.en}: {said.en}")
        self._show(full)
        self.undo.setVisible(True)
        self.place()

    @Slot(object)
    def show_said(self, said: Text) -> None:
        """Say something that is not taken back here."""
        self._change = None
        self.undo.setVisible(False)
        self._show(said)

    @Slot(object, object)
    def show_step(self, said: Text, change: Any) -> None:
        """Say which step was taken back, or done again."""
        registry = self._context.registry
        if change is None or registry is None:
            self.show_said(said)
            return
        zh, en = (step_words(change, registry.dataset, registry.profile, lang) for lang in ("zh", "en"))
        self.show_said(Text(f"{said.zh}：{zh}", f"{said.en}: {en}"))

    def _show(self, said: Text) -> None:
        self._words = said
        self._write(said)
        self.show()
        self.raise_()
        self._timer.start()

    def _write(self, said: Text) -> None:
        text = self._context.say(said)
        set_tip(self.said, text)
        self.setAccessibleName(text)
        self.place()

    @Slot()
    def place(self) -> None:
        """Lie at the lower right, over nothing else that floats there."""
        over, right = self._over, self._edge()
        room = min(_WIDEST, max(_LEAST, right - _BESIDE))
        text = "" if self._words is None else self._context.say(self._words)
        self.said.setText(self.said.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room))
        self.adjustSize()
        spot = self.rect()
        spot.moveTo(
            max(4, right - self.width() - _MARGIN - 52),
            max(4, over.height() - self.height() - _MARGIN),
        )
        self.move(self._free_spot(spot).topLeft())

    @Slot()
    def _on_undo(self) -> None:
        change = self._change
        self.hide()
        if change is not None:
            self._context.undo(change)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while hovered."""
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Go on counting."""
        self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner when the map is resized."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)


class Banner(QFrame):
    """In the panel it concerns: says what stands in the way, offers at most one way on, blocks nothing."""

    closed = Signal()

    def __init__(self, name: str, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._act: Callable[[], object] | None = None
        self._shown: tuple[Text, Text] | None = None
        self._lang = lang
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.said = text_label("", "", self)
        self.said.setObjectName(f"{name}.text")
        self.said.setWordWrap(True)
        self.action = QPushButton(self)
        self.action.setObjectName(f"{name}.action")
        self.action.setProperty("role", "link")
        self.close_button = QPushButton(self)
        self.close_button.setObjectName(f"{name}.close")
        self.close_button.setProperty("role", "link")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 5, 6, 5)
        row.setSpacing(10)
        self._marks = {
            "warning": Mark("warning", "warning", self),
            "error": Mark("warning-octagon", "error", self),
            "note": Mark("polygon", "accent", self),
        }
        for mark in self._marks.values():
            row.addWidget(mark)
        row.addWidget(self.said, 1)
        row.addWidget(self.action)
        row.addWidget(self.close_button)
        self.action.clicked.connect(self._on_action)
        self.close_button.clicked.connect(self._on_close)
        self.speak(lang)
        self.hide()

    def speak(self, lang: str) -> None:
        """Take the words of another language; what is being said is said in it."""
        self._lang = lang
        self.close_button.setText(words.CLOSE.in_(lang))
        self.close_button.setAccessibleName(words.CLOSE.in_(lang))
        said, action = self._shown or (Text("", ""), _ACT)
        self.said.setText(said.in_(lang))
        self.setAccessibleName(said.in_(lang))
        self.action.setText(action.in_(lang))
        self.action.setAccessibleName(action.in_(lang))

    def says(self, sentence: Text) -> bool:
        """Whether this sentence is what it shows."""
        return self.isVisible() and self._shown is not None and self._shown[0] == sentence

    def show_words(
        self, tone: str, said: Text, action: Text = _NO_ACTION, act: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence: ``tone`` is warning, error or note."""
        self._act = act
        self._shown = (said, action)
        self.setProperty("banner", tone)
        self.style().unpolish(self)
        self.style().polish(self)
        for name, mark in self._marks.items():
            mark.setVisible(name == tone)
        self.speak(self._lang)
        self.action.setVisible(bool(action.zh))
        self.show()

    @Slot()
    def _on_action(self) -> None:
        act = self._act
        self.hide()
        if act is not None:
            act()

    @Slot()
    def _on_close(self) -> None:
        self.hide()
        self.closed.emit()
