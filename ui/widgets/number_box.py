"""The one box for a number: the wheel counts only in a box that was clicked into, and what is typed counts when it is done."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QDoubleSpinBox, QLineEdit, QSpinBox, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QValidator, QWheelEvent
    from PySide6.QtWidgets import QAbstractSpinBox

    _Base = QAbstractSpinBox
else:
    _Base = object  # a plain mixin: Qt's classes can't be joined twice

_ROOM: Final = 7  # [px] between frame and number: a style sheet's padding does not reach it


class _Counting(_Base):
    """What both boxes share. ``_is_clicked``: a hand has put the cursor into the number and has not left it."""

    _is_clicked = False

    def _set_up(self) -> None:
        self._kept = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setKeyboardTracking(False)
        self.setLocale(QLocale(QLocale.Language.C))  # digits and a point, whatever the system writes
        for line in self.findChildren(QLineEdit):
            line.setTextMargins(_ROOM, 0, _ROOM, 0)
            line.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == event.Type.MouseButtonPress:
            self._is_clicked = True
        return super().eventFilter(watched, event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        """Count only where the hand has clicked; else the panel scrolls."""
        if self._is_clicked and self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._kept = self.text()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_clicked = False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc brings back the number that stood here; the next Esc is the panel's."""
        if event.key() == Qt.Key.Key_Escape and self.hasFocus() and self.text() != self._kept:
            self.lineEdit().setText(self._kept)
            self.interpretText()
            self.selectAll()
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._kept = self.text()


class NumberBox(_Counting, QSpinBox):
    """Whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set_up()

    @override
    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Take the wide digits of a Chinese input method too."""
        return super().validate(_plain(text), place)


class DecimalBox(_Counting, QDoubleSpinBox):
    """Numbers with decimals."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._set_up()

    @override
    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Take the wide digits of a Chinese input method too."""
        return super().validate(_plain(text), place)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("。", ".")
