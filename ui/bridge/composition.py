"""What is being composed in an input method is never lost, and no key meant for it does anything else.

Qt throws the letters of a composition away when the field loses the focus. Here they are put into the field first,
as its user saw them there. Only the widget that has the focus is watched, whatever its class: each line of text,
spin box, editable list, and those of the system's dialogs.
"""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Composition(QObject):
    """Follows the focus of one application."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._watched: QWidget | None = None
        self._text = ""  # what is composed now
        self._dropped = ""  # what the input method took back within this very event
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(0)
        self._forget.timeout.connect(self._on_forget)
        application.focusChanged.connect(self._on_focus)
        self._on_focus()

    @Slot()
    def _on_focus(self) -> None:
        """Watch the widget that has the focus now. What Qt hands over is not looked at: it may be half gone."""
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._text = self._dropped = ""
        self._watched = None
        focus = QApplication.focusWidget()
        if focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            focus.installEventFilter(self)
            self._watched = focus

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._watched:
            return False
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._follow(event)
        elif kind in (QEvent.Type.FocusAboutToChange, QEvent.Type.FocusOut):
            if text := self._text or self._dropped:
                self._send(watched, text)
        elif (
            self._text
            and kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            and isinstance(event, QKeyEvent)
        ):
            return self._on_key(watched, event)
        return False

    def _follow(self, event: QInputMethodEvent) -> None:
        """Note what is composed.

        Before it moves the focus, Qt asks the input method to commit, and ibus and fcitx take the letters back
        instead. That is no wish of the user's, who ends a composition with a key: that comes as an event of its own.
        """
        is_taken_back = self._text and not event.preeditString() and not event.commitString()
        self._dropped = self._text if is_taken_back else ""
        if is_taken_back:
            self._forget.start()
        self._text = event.preeditString()

    @Slot()
    def _on_forget(self) -> None:
        self._dropped = ""

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        """Take the keys that end a composition: Enter puts it in, Esc throws it away, neither does more."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no short cut acts while composing
            return True
        if event.key() in _ENTER:
            self._send(watched, self._text)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._send(watched, "")
            return True
        return False

    def _send(self, watched: QObject, text: str) -> None:
        self._text = self._dropped = ""
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        QApplication.sendEvent(watched, event)
        QGuiApplication.inputMethod().reset()  # the server need not send it a second time
