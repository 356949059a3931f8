"""A sheet: a dialog of our own that lies over the window and blocks nothing, not even the map under it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.errors import RegistryError
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui import theme, words
from ui.dialogs.base.deciding import Deciding
from ui.dialogs.base.hand import mark, paint_ground, put_last, with_holders
from ui.dialogs.base.picker import make_picker
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.number_box import DecimalBox, NumberBox
from ui.widgets.over_map import cover_map
from ui.widgets.permit import tell
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QPaintEvent

    from ui.bridge.context import WindowContext
    from ui.dialogs.base.picker import Picks

_PICK: Final = Text("用系统的窗口选文件", "Choose with the system's window")
_TOP: Final = 64
_MARGIN: Final = 12


class Sheet(Deciding):
    """``open`` shows it inside its parent window; Esc closes it, Enter commits, from a table only with Ctrl.

    ``name`` begins the names of its widgets: ``name.dialog``, ``name.commit``, ``name.cancel``. One that
    ``WRITES`` commits only where the registry may be written on the day shown, and says why not.
    """

    WRITES: ClassVar[bool] = True

    def __init__(
        self,
        context: WindowContext,
        name: str,
        title: Text,
        commit: Text,
        parent: QWidget | None = None,
        *,
        width: int = 520,
        at_right: bool = False,
    ) -> None:
        super().__init__(parent)
        if parent is not None:
            self.setWindowFlags(Qt.WindowType.Widget)  # part of the window: moves with it, blocks nothing
            parent.installEventFilter(self)
            cover_map(self)
        self.setObjectName(f"{name}.dialog")
        self.setModal(False)
        self.context = context
        self.seen = context.shown
        self.name = name
        self._wide, self._at_right = width, at_right
        self.setProperty("is_at_right", at_right)  # for what floats beside it
        self._fields: dict[str, tuple[QWidget, QLabel]] = {}
        self._labels: dict[str, QLabel] = {}
        self._focus_before: list[QWidget] = []
        self._has_hand = True  # whether the hand was in the sheet when it ended
        self._is_over = False
        lang = context.lang
        self.setWindowTitle(title.in_(lang))
        self.setAccessibleName(title.in_(lang))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 14)
        outer.setSpacing(10)
        self.title = text_label(title.in_(lang), "title", self)
        close = QToolButton(self)
        close.setObjectName(f"{name}.close")
        close.setProperty("role", "quiet")
        close.setIcon(theme.icon("x"))
        close.setAccessibleName(words.CLOSE.in_(lang))
        set_tip(close, words.CLOSE.in_(lang))
        close.setFixedSize(28, 26)
        close.clicked.connect(self.reject)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(close)
        outer.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        outer.addLayout(self.body, 1)
        self.form = QGridLayout()
        self.form.setHorizontalSpacing(10)
        self.form.setVerticalSpacing(4)
        self.form.setColumnStretch(1, 1)
        self.error = text_label("", "error", self)
        self.error.setObjectName(f"{name}.error")
        self.error.setWordWrap(True)
        self.error.hide()
        outer.addWidget(self.error)
        self.commit = QPushButton(commit.in_(lang), self)
        self.commit.setObjectName(f"{name}.commit")
        self.commit.setProperty("role", "main")
        self.commit.setAccessibleName(commit.in_(lang))
        self.commit.setDefault(True)
        self.commit.clicked.connect(self._on_commit_asked)
        if self.WRITES:
            tell(self.commit, context.why_locked)
            context.as_of_changed.connect(self._on_as_of)
        self.cancel = QPushButton(words.CANCEL.in_(lang), self)
        self.cancel.setObjectName(f"{name}.cancel")
        self.cancel.setAccessibleName(words.CANCEL.in_(lang))
        self.cancel.setAutoDefault(False)
        self.cancel.clicked.connect(self.reject)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addWidget(self.commit)
        self.foot.addWidget(self.cancel)
        self.foot.addStretch(1)
        outer.addLayout(self.foot)
        self.finished.connect(self._on_finished)

    # making

    def add_field(self, key: str, label: Text, box: QWidget, *, beside: QWidget | None = None) -> None:
        """Add a row: label, box, and under it room for what is wrong. ``key`` names the box: ``name.key``."""
        lang = self.context.lang
        box.setObjectName(f"{self.name}.{key}")
        box.setAccessibleName(label.in_(lang))
        error = text_label("", "error", self)
        error.setObjectName(f"{self.name}.{key}.error")
        error.setWordWrap(True)
        error.hide()
        said = text_label(label.in_(lang), "second", self)
        row = self.form.rowCount()
        self.form.addWidget(said, row, 0)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(box, 1)
        if beside is not None:
            line.addWidget(beside)
            QWidget.setTabOrder(box, beside)
        self.form.addLayout(line, row, 1)
        self.form.addWidget(error, row + 1, 1)
        self._fields[key] = (box, error)
        self._labels[key] = said
        self._follow(key, box)

    def label(self, key: str) -> QLabel:
        """Return the label before a field."""
        return self._labels[key]

    def show_field(self, key: str, *, is_shown: bool) -> None:
        """Show a row or leave it out, label and box alike; a caller refits when it is done."""
        box, error = self._fields[key]
        self._labels[key].setVisible(is_shown)
        box.setVisible(is_shown)
        error.setVisible(is_shown and bool(error.text()))

    def _follow(self, key: str, box: QWidget) -> None:
        """Take the sentence under a field away as soon as anything in the field changes."""
        forget = partial(self._forget, key)
        if isinstance(box, DayField):
            box.refused.connect(partial(self._tell, key))
        if isinstance(box, QLineEdit | QPlainTextEdit):
            box.textChanged.connect(forget)
        elif isinstance(box, ChoiceBox):
            box.currentTextChanged.connect(forget)
        elif isinstance(box, NumberBox | DecimalBox):
            box.valueChanged.connect(forget)
        elif isinstance(box, QAbstractButton):
            box.toggled.connect(forget)
        elif isinstance(box, QAbstractItemView):
            box.selectionModel().selectionChanged.connect(forget)

    def _forget(self, key: str, *_changed: object) -> None:
        self._tell(key, "")
        if not self.error.isHidden():
            self.error.hide()
            self.refit()

    def _tell(self, key: str, sentence: str) -> None:
        """Write under a field what is wrong with it, or nothing, without taking the hand away."""
        box, label = self._fields[key]
        if label.text() == sentence and label.isHidden() is not bool(sentence):
            return
        label.setText(sentence)
        label.setVisible(bool(sentence))
        mark(box, "error" if sentence else "")
        self.refit()

    def make_button(self, key: str, said: Text, do: Callable[[], None] | None = None) -> QPushButton:
        """Return a button beside the main one: ``name.key``; without ``do`` its maker connects it."""
        button = QPushButton(said.in_(self.context.lang), self)
        button.setObjectName(f"{self.name}.{key}")
        button.setAccessibleName(said.in_(self.context.lang))
        button.setAutoDefault(False)
        if do is not None:
            button.clicked.connect(do)
        return button

    def add_path(self, key: str, label: Text, box: QLineEdit, picks: Callable[[], Picks]) -> None:
        """Add a path to type into, with the system's picker behind "…"; ``picks`` says what is picked just now."""
        pick = QPushButton("…", self)
        pick.setObjectName(f"{self.name}.pick")
        pick.setAccessibleName(_PICK.in_(self.context.lang))
        set_tip(pick, _PICK.in_(self.context.lang))
        pick.setAutoDefault(False)
        pick.setFixedWidth(46)
        pick.clicked.connect(self._on_pick)
        self.add_field(key, label, box, beside=pick)
        self._path_box, self._picks, self.pick = box, picks, pick

    pick: QPushButton | None = None  # "…" beside the path, once there is one
    _path_box: QLineEdit | None = None
    _picks: Callable[[], Picks] | None = None

    @Slot()
    def _on_pick(self) -> None:
        if self._picks is None or self._path_box is None:
            return
        typed = self._path_box.text().strip().strip('"')
        picker = make_picker(self.context, self._picks(), typed, self)
        picker.setObjectName(f"{self.name}.picker")
        picker.fileSelected.connect(self._on_picked)
        picker.open()

    @Slot(str)
    def _on_picked(self, path: str) -> None:
        if self._path_box is not None and self._picks is not None:
            self.context.settings.keep_folder(self._picks().purpose, Path(path).parent)
            self._path_box.setText(path)
            self._path_box.editingFinished.emit()

    # showing

    @override
    def open(self) -> None:
        """Show it, non-modal, and put the hand on its first field."""
        self._focus_before = with_holders(QApplication.focusWidget())
        feet = [self.foot.itemAt(n) for n in range(self.foot.count())]
        put_last(
            self, [widget for item in feet if item is not None and (widget := item.widget()) is not None]
        )
        self.place()
        self.show()
        self.raise_()
        first = self.first_box()
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def first_box(self) -> QWidget | None:
        """Return where the hand goes first."""
        return next((box for box, _ in self._fields.values()), None)

    def place(self) -> None:
        """Lie where a sheet lies: at the right over the whole height, or in the upper middle."""
        parent = self.parentWidget()
        if parent is None:
            self.resize(self._wide, self.sizeHint().height())
            return
        room = parent.rect()
        if self._at_right:
            width = min(room.width(), max(560, min(self._wide, round(room.width() * 0.5875))))
            self.setGeometry(room.right() - width, 44, width, max(320, room.height() - 44 - 26))
            return
        width = min(self._wide, room.width() - 2 * _MARGIN)
        needed = max(self.sizeHint().height(), self.heightForWidth(width))
        top = max(_MARGIN, min(_TOP, room.height() - needed - _MARGIN))  # higher up where the window is low
        height = min(needed, room.height() - top - _MARGIN)
        self.setGeometry((room.width() - width) // 2, top, width, height)

    def show_error(self, sentence: str, key: str = "") -> None:
        """Write what is wrong under a field, or above the buttons; the sheet stays."""
        self.clear_errors()
        box, label = self._fields.get(key, (None, self.error))
        label.setText(sentence)
        label.setVisible(bool(sentence))
        if box is not None:
            mark(box, "error")
            box.setFocus(Qt.FocusReason.OtherFocusReason)
        self.refit()

    def show_exception(self, error: Exception, keys: Mapping[str, str] | None = None) -> None:
        """Write an error under the field that it concerns; ``keys``: column of the problem → field here.

        What somebody else changed meanwhile is decided elsewhere, with all that stands here: then the sheet is done.
        """
        if isinstance(error, Disagreed):
            self.reject()
            return
        if self._is_over:
            self.context.refused.emit(error)
            return
        column = error.problems[0].column if isinstance(error, RegistryError) and error.problems else None
        key = (keys or {}).get(column or "", column or "")
        self.show_error(self.context.sentence(error), key)

    def clear_errors(self) -> None:
        """Take every sentence away."""
        for box, label in self._fields.values():
            label.hide()
            mark(box, "")
        self.error.hide()

    def refit(self) -> None:
        """Take the height that the content needs now."""
        if not self._at_right and self.isVisible():
            layout = self.layout()
            if layout is not None:
                layout.activate()
            self.place()

    def on_commit(self) -> None:
        """Do what the sheet is for."""
        raise NotImplementedError

    @Slot()
    def _on_commit_asked(self) -> None:
        reason = self.context.why_locked if self.WRITES else ""
        if reason:
            self.show_error(reason)
        else:
            self.on_commit()

    @Slot(object)
    def _on_as_of(self, _day: object) -> None:
        reason = self.context.why_locked
        tell(self.commit, reason)
        self.show_error(reason)

    @Slot()
    def _on_finished(self) -> None:
        for before in (
            self._focus_before if self._has_hand else ()
        ):  # it may be gone by now: then what held it
            if shiboken6.isValid(before) and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
                break
        self._is_over = True
        self.hide()
        self.setParent(None)  # nobody finds it any more, whenever Qt gets round to deleting it
        self.deleteLater()

    # Qt

    @override
    def done(self, result: int) -> None:
        focus = QApplication.focusWidget()  # asked first: hiding gives the focus to whoever is next in line
        self._has_hand = focus is None or focus is self or self.isAncestorOf(focus)
        super().done(result)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self.place()
        return super().eventFilter(watched, event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.commit.click()
        elif is_enter and isinstance(self.focusWidget(), QTableView):
            event.accept()  # it was for the row, and a view hands it on all the same
        else:
            super().keyPressEvent(event)
            event.accept()  # nothing typed here is a short cut of the window

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_ground(self, 0 if self._at_right else 8)
