"""What is being composed in an input method is never lost, and no key meant for it does anything else.

Qt throws the letters of a composition away when the field loses the focus. Here they are put into the field first,
as its user saw them there. Only the widget that has the focus is watched, whatever its class: each line of text,
spin box, editable list, and those of the system's dialogs.
"""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Composition(QObject):
    """Follows the focus of one application."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._watched: QWidget | None = None
        self._text = ""
        application.focusChanged.connect(self._on_focus)
        self._on_focus()

    @Slot()
    def _on_focus(self) -> None:
        """Watch the widget that has the focus now. What Qt hands over is not looked at: it may be half gone."""
        if self._watched is not None and shiboken6.isValid(self._watched):
            self._watched.removeEventFilter(self)
        self._text = ""
        self._watched = None
        focus = QApplication.focusWidget()
        if focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled):
            focus.installEventFilter(self)
            self._watched = focus

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            self._text = event.preeditString()
        elif not self._text or watched is not self._watched:
            return False
        elif kind == QEvent.Type.FocusOut:
            self._commit(watched)
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride) and isinstance(event, QKeyEvent):
            return self._on_key(watched, event)
        return False

    def _on_key(self, watched: QObject, event: QKeyEvent) -> bool:
        """Take the keys that end a composition: Enter puts it in, Esc throws it away, neither does more."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # no short cut acts while composing
            return True
        if event.key() in _ENTER:
            self._commit(watched)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._send(watched, "")
            return True
        return False

    def _commit(self, watched: QObject) -> None:
        self._send(watched, self._text)

    def _send(self, watched: QObject, text: str) -> None:
        self._text = ""
        event = QInputMethodEvent("", [])
        event.setCommitString(text)
        QApplication.sendEvent(watched, event)
        QGuiApplication.inputMethod().reset()  # the server need not send it a second time
