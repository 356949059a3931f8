"""A small sheet where something ends: Enter takes the day, then the reason, then it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.text import Text
from ui.dialogs.base.step import StepSheet

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from ui.bridge.context import WindowContext
    from ui.models.ending import Ending

NO_WHY: Final = Text(
    "写为什么：结束、删除和替换都要有原因。", "Say why: what ends, goes or is replaced needs a reason."
)
WHY_HINT: Final = Text("必填", "required")
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MARGIN: Final = 12


class ReasonSheet(StepSheet):
    """A sheet with a day and a reason that must be given; it lies below the button that asked for it."""

    _anchor: QPoint | None = None

    def add_day_and_required_reason(self, day: Text) -> None:
        """Add the last two fields."""
        self.add_day_and_reason(day)
        self.why.setPlaceholderText(WHY_HINT.in_(self.context.lang))

    @override
    def open(self) -> None:
        asked, over = QApplication.focusWidget(), self.parentWidget()
        if isinstance(asked, QAbstractButton) and over is not None and over.isAncestorOf(asked):
            self._anchor = asked.mapTo(over, asked.rect().bottomRight())
        super().open()

    @override
    def place(self) -> None:
        super().place()
        over = self.parentWidget()
        if over is None or self._anchor is None:
            return
        left = min(max(_MARGIN, self._anchor.x() - self.width()), over.width() - self.width() - _MARGIN)
        top = min(max(_MARGIN, self._anchor.y() + 6), over.height() - self.height() - _MARGIN)
        self.move(left, max(_MARGIN, top))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        focus = QApplication.focusWidget()
        if event.key() not in _ENTER or event.modifiers() or focus is None:
            super().keyPressEvent(event)
        elif _holds(self.on, focus):
            self._take_day()
        elif _holds(self.why, focus):
            self.commit.click()
        else:
            super().keyPressEvent(event)
        event.accept()

    def _take_day(self) -> None:
        self.clear_errors()
        try:
            self.read_on()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), self.DAY_KEY)
        else:
            self.why.setFocus(Qt.FocusReason.TabFocusReason)

    def has_reason(self) -> bool:
        """Whether a reason is written; without one it is asked for."""
        if self.reason is None:
            self.show_error(NO_WHY.in_(self.context.lang), "why")
        return self.reason is not None


class EndSheet(ReasonSheet):
    """Asks for the day and the reason of one ``Ending``."""

    def __init__(self, context: WindowContext, ending: Ending, parent: QWidget | None = None) -> None:
        super().__init__(context, "end", ending.title, ending.commit, parent, width=400)
        self._ending = ending
        for note in ending.notes:
            self.add_note(note.in_(context.lang))
        self.body.addLayout(self.form)
        self.add_day_and_required_reason(ending.day)

    @override
    def on_commit(self) -> None:
        self.clear_errors()
        if self.has_reason():
            why, act = self.reason or "", self._ending.act
            self.write_on_day(lambda day: act(day, why), self._ending.said)


def _holds(box: QWidget, focus: QWidget) -> bool:
    return focus is box or box.isAncestorOf(focus)
