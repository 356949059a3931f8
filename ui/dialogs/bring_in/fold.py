"""The form of the import folded into one line once a plan stands, so that the rows have the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.text import Text
from ui.widgets.chip import elided
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QLayout

_OPEN: Final = Text("文件和读法…", "File and reading…")
_FOLD: Final = Text("收起", "Fold")


class FoldedForm(QWidget):
    """A form, or one line that says what was chosen in it, with a button that opens it.

    It folds by itself at the first plan of a table, unless the hand is busy in it, and never again once
    somebody opened it.
    """

    folded = Signal()  # by itself, and the hand was in it

    def __init__(self, form: QLayout, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._is_left_open = False  # somebody opened it
        self._is_first = True  # no plan of this table was shown yet
        self._form = QWidget(self)
        self._form.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        self._line = QWidget(self)
        self._words = ""
        self._summary = text_label("", "", self._line)
        self._summary.setObjectName("import.summary")
        self._summary.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._summary.installEventFilter(self)
        self.button = QPushButton(self._line)
        self.button.setObjectName("import.form")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(self._on_button)
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._summary, 1)
        row.addWidget(self.button)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self._form)
        body.addWidget(self._line)
        self.open_again()

    @property
    def is_open(self) -> bool:
        """Whether the form is shown rather than its line alone."""
        return not self._form.isHidden()

    @Slot()
    def open_again(self) -> None:
        """Show the form alone: no plan stands."""
        self._is_first = True
        self._line.hide()
        self._show_form(is_open=True)

    def follow(self, words: str, chooses: Sequence[QWidget | None]) -> None:
        """Say what a plan was made of; ``chooses``: what the hand is done with once a plan stands."""
        self._words = words
        set_tip(self._summary, words)
        self._line.show()
        self._fit_words()
        if not self._is_first or self._is_left_open:
            return
        self._is_first = False
        hand = QApplication.focusWidget()
        is_inside = hand is not None and self._form.isAncestorOf(hand)
        if QApplication.activePopupWidget() is not None or (is_inside and hand not in chooses):
            return
        self._show_form(is_open=False)
        if is_inside:
            self.folded.emit()

    @Slot()
    def another_table(self) -> None:
        """Let the next plan fold it."""
        self._is_first = True

    @Slot()
    def _on_button(self) -> None:
        self._is_left_open = not self.is_open
        self._show_form(is_open=self._is_left_open)

    def _show_form(self, *, is_open: bool) -> None:
        self._form.setVisible(is_open)
        self._summary.setVisible(not is_open)
        said = (_FOLD if is_open else _OPEN).in_(self._lang)
        self.button.setText(said)
        self.button.setAccessibleName(said)

    def _fit_words(self) -> None:
        self._summary.setText(elided(self._words, self._summary.width()))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._summary and event.type() == QEvent.Type.Resize:
            self._fit_words()
        return super().eventFilter(watched, event)
