"""The one field for a day: typed as people write days, read when it is left, never turned into another day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.days.typed_day import read_typed_day
from app.domain.period import today
from app.errors import InvalidInput, RegistryError
from app.text import Text
from ui import theme
from ui.bridge.errors import words_of
from ui.widgets.calendar import Calendar, Floating
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent

_OPEN: Final = Text("打开日历", "Open the calendar")
_NONE: Final = Text("要写日期，例如 2026-11-01。", "Write a day, like 2026-11-01.")
_ANYWAY: Final = Text("{}再按 Enter 就按这一天。", "{} Press Enter again to take this day.")
_MOVES: Final = {
    Qt.Key.Key_Up: (-7, 0),
    Qt.Key.Key_Down: (7, 0),
    Qt.Key.Key_PageUp: (0, -1),
    Qt.Key.Key_PageDown: (0, 1),
}
_SIDEWAYS: Final = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0)}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SET_FROM_OUTSIDE: Final = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)


def ask_again(question: Text) -> Text:
    """Return a question about a day, with how to say yes to it."""
    return _ANYWAY.format(question)


class DayField(QLineEdit):
    """A line for one day; the calendar beside it only helps.

    A click or Tab into it selects all, so what is typed replaces the day wherever the cursor stood. Enter, or
    leaving the field, reads what stands there and writes it as 2026-07-01; Esc brings back the day before. What
    is no day stays as typed, with a sentence that names the likely right one. ``doubt`` may ask about a day
    (return a question, or None): a second Enter takes it.

    Signals
    -------
    day_chosen
        ``date``, or None where the field may be empty: another day was chosen.
    refused
        The sentence to show beside the field, "" when there is nothing wrong any more.

    """

    day_chosen = Signal(object)
    refused = Signal(str)

    def __init__(
        self,
        lang: str,
        parent: QWidget | None = None,
        *,
        day: date | None = None,
        may_be_empty: bool = False,
        doubt: Callable[[date], Text | None] | None = None,
        calendar: Calendar | None = None,
    ) -> None:
        super().__init__(parent)
        self._lang, self._may_be_empty, self._doubt = lang, may_be_empty, doubt
        self._day: date | None = None
        self._doubted: date | None = None
        self._floating: Floating | None = None
        self._calendar = calendar  # stands open beside the field all the time
        self._selects_on_release = False
        self._is_marking = False  # the text shows the calendar's mark
        self.setMaxLength(40)
        if calendar is None:
            act = self.addAction(theme.icon("calendar-blank", 15), QLineEdit.ActionPosition.TrailingPosition)
            act.setText(_OPEN.in_(lang))
            set_tip(act, _OPEN.in_(lang))
            act.triggered.connect(self._on_button)
            for button in self.findChildren(QToolButton):
                button.setObjectName("day.open")
                button.setAccessibleName(_OPEN.in_(lang))
        else:
            calendar.day_chosen.connect(self._on_calendar)
        self.returnPressed.connect(self._on_enter)
        self.editingFinished.connect(self._on_left)
        self.textEdited.connect(self._on_edited)
        self.set_day(day)

    # reading and showing

    def day(self) -> date | None:
        """Return the day last chosen or set."""
        return self._day

    def set_day(self, day: date | None) -> None:
        """Show a day, quietly."""
        self._day, self._doubted, self._is_marking = day, None, False
        self.setText(self._written())
        self.setModified(False)
        self._refuse("")
        if self._calendar is not None and day is not None:
            self._calendar.show_day(day)

    def read(self) -> date | None:
        """Return the day that stands in the field, None where it is empty.

        Raises
        ------
        InvalidInput
            If what stands there is no day, or one that nobody has said yes to yet.

        """
        typed = self.text().strip()
        day = read_typed_day(typed) if typed else None
        question = self._question(day)
        if question is not None:
            raise InvalidInput(question)
        return day

    def needed(self) -> date:
        """Return the day that stands in the field; raise InvalidInput where there is none, too."""
        day = self.read()
        if day is None:
            raise InvalidInput(_NONE)
        return day

    def _question(self, day: date | None) -> Text | None:
        """Return what to ask about a day before it is taken."""
        question = None if day is None or day == self._day or self._doubt is None else self._doubt(day)
        return None if question is None else ask_again(question)

    def tell_in(self, label: QLabel) -> None:
        """Show what is wrong in a label, and hide the label when nothing is."""
        self._label = label
        self.refused.connect(self._on_refused)

    _label: QLabel | None = None

    def _written(self) -> str:
        return "" if self._day is None else self._day.isoformat()

    # choosing

    def _commit(self, *, by_enter: bool) -> bool:
        """Take the day that stands there; return whether it is one."""
        typed = self.text().strip()
        if typed == self._written() or (not typed and not self._may_be_empty):
            self.set_day(self._day)
            return True
        try:
            day = read_typed_day(typed) if typed else None
        except RegistryError as error:
            self._refuse(words_of(error).in_(self._lang))
            return False
        question = self._question(day)
        if question is not None and not (by_enter and self._doubted == day):
            self._doubted = day
            self._refuse(question.in_(self._lang))
            return False
        changed = day != self._day
        self.set_day(day)
        if changed:
            self.day_chosen.emit(day)
        return True

    def _refuse(self, sentence: str) -> None:
        state = "error" if sentence else ""
        if (self.property("state") or "") != state:
            self.setProperty("state", state)
            self.style().unpolish(self)
            self.style().polish(self)
        self.setAccessibleDescription(sentence)
        self.refused.emit(sentence)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        if self._label is not None:
            self._label.setText(sentence)
            self._label.setVisible(bool(sentence))

    @Slot()
    def _on_enter(self) -> None:
        self._commit(by_enter=True)

    @Slot()
    def _on_left(self) -> None:
        if not self.isReadOnly() and not (self._doubted is not None and self._reads(self._doubted)):
            self._commit(by_enter=False)

    def _reads(self, day: date) -> bool:
        try:
            return read_typed_day(self.text()) == day
        except RegistryError:
            return False

    @Slot(str)
    def _on_edited(self, _text: str) -> None:
        """Take the sentence away with its cause, and let the calendar follow what is typed."""
        self._is_marking, self._doubted = False, None
        self._refuse("")
        calendar = self._open_calendar()
        if calendar is not None:
            try:
                calendar.show_day(read_typed_day(self.text()))
            except RegistryError:
                return  # still being typed

    # the calendar

    def _open_calendar(self) -> Calendar | None:
        if self._calendar is not None:
            return self._calendar
        return None if self._floating is None else self._floating.findChild(Calendar)

    def open_calendar(self) -> None:
        """Show the month of the day beside the field."""
        if self._calendar is not None or self._floating is not None or self.isReadOnly():
            return
        name = self.objectName() or "day"
        floating = Floating(f"{name}.popup", self.window())
        calendar = Calendar(name, self._lang, floating)
        calendar.name_for_ears(self.accessibleName())
        calendar.show_day(self._day or today())
        calendar.day_chosen.connect(self._on_calendar)
        inside = QVBoxLayout(floating)
        inside.setContentsMargins(8, 8, 8, 8)
        inside.addWidget(calendar)
        self._floating = floating
        self.destroyed.connect(floating.deleteLater)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        floating.pressed_outside.connect(self.close_calendar)
        floating.open_beside(self)

    @Slot()
    def close_calendar(self) -> bool:
        """Take the calendar away; return whether one was open."""
        if self._floating is None:
            return False
        floating, self._floating = self._floating, None
        floating.hide()
        floating.setParent(None)
        floating.deleteLater()
        return True

    @Slot()
    def _on_button(self) -> None:
        if not self.close_calendar():
            self.open_calendar()

    @Slot(object)
    def _on_calendar(self, day: date) -> None:
        self.close_calendar()
        self.setText(day.isoformat())
        self._commit(by_enter=False)

    # Qt

    @override
    def sizeHint(self) -> QSize:
        """Return room for a day and the button."""
        hint = super().sizeHint()
        return QSize(self.fontMetrics().horizontalAdvance("2026-00-00") + 52, hint.height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._selects_on_release = event.reason() == Qt.FocusReason.MouseFocusReason
        if not self._selects_on_release and event.reason() not in _SET_FROM_OUTSIDE:
            self.selectAll()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        if event.reason() not in _SET_FROM_OUTSIDE:
            self.close_calendar()
        super().focusOutEvent(event)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        self.close_calendar()
        super().hideEvent(event)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._selects_on_release and not self.hasSelectedText():
            self.selectAll()
        self._selects_on_release = False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            if not self._bring_back():
                event.ignore()
        elif key in _ENTER:
            self.close_calendar()
            if self._commit(by_enter=True):
                super().keyPressEvent(event)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_F4) and self._open_calendar() is None:
            self.open_calendar()
        elif (step := self._step_of(event)) is not None:
            self._mark(*step)
        else:
            super().keyPressEvent(event)

    def _bring_back(self) -> bool:
        """Close the calendar and bring back the day that stood here; return whether there was anything to do."""
        was_open, is_changed = self.close_calendar(), self.text() != self._written()
        if is_changed and not (was_open and not self._is_marking):
            self.set_day(self._day)
            self.selectAll()
        return was_open or is_changed

    def _step_of(self, event: QKeyEvent) -> tuple[int, int] | None:
        """Return the days and months by which a key moves the calendar's mark."""
        key = Qt.Key(event.key())
        if self._open_calendar() is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return None
        if key in _SIDEWAYS and self._floating is None and not self._is_marking:
            return None  # the calendar stands there all the time: the cursor moves
        is_typing = self.isModified() and not self._is_marking
        return _MOVES.get(key) or (None if is_typing else _SIDEWAYS.get(key))

    def _mark(self, days: int, months: int) -> None:
        calendar = self._open_calendar()
        assert calendar is not None
        self.setText(calendar.step(days, months).isoformat())
        self.selectAll()
        self._is_marking = True
        self._refuse("")
