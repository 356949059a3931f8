"""What the columns of a file mean, one value for all rows, and which rows are wanted: the sheet's page of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.field_words import field_words
from app.text import Text
from ui.dialogs.bring_in.mapping import MappingTable
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.flow import Flow
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile.profile import Profile
    from app.services.bring_in.look import Preview
    from ui.dialogs.bring_in.said import Words

_VALUE: Final = Text("没写的都是", "Where nothing is written")
_ONLY: Final = Text("只要这些行", "Only the rows with")
_FIELD: Final = Text("字段", "Field")
_COLUMN: Final = Text("列", "Column")
_IS: Final = Text("值", "Value")
_LETTERS: Final = 9  # of a choice, before it is elided
_TYPED: Final = 92  # [px]
_EACH_ROW: Final = ("code", "wkt", "lon", "lat")  # another for every row


class _Pairs(QWidget):
    """A box and a field beside it: what was typed for each choice is kept, and shown when it is chosen again.

    ``what``: which of the user's words it is about, constants or only.
    """

    def __init__(
        self,
        said: str,
        names: tuple[str, str],
        about: tuple[str, str],
        words: Words,
        what: str,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.box, self.line = ChoiceBox(self), QLineEdit(self)
        self._words, self._what = words, what
        for part, name, word in zip((self.box, self.line), names, about, strict=True):
            part.setObjectName(f"import.{name}")
            part.setAccessibleName(f"{said} {word}")
        self.line.setPlaceholderText(about[1])
        self.box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(_LETTERS)
        self.line.setFixedWidth(_TYPED)
        self.box.currentIndexChanged.connect(self._on_choice)
        self.line.editingFinished.connect(self._on_typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(text_label(said, "second", self))
        row.addWidget(self.box, 1)
        row.addWidget(self.line)

    def offer(self, choices: Sequence[tuple[str, str]]) -> None:
        """Offer these choices (value, words); the one that was chosen stays, where it is among them."""
        chosen = self.box.currentData()
        with QSignalBlocker(self.box):
            self.box.clear()
            for value, words in choices:
                self.box.addItem(words, value)
            self.box.setCurrentIndex(max(0, self.box.findData(chosen)))
        self._on_choice(0)

    @Slot(int)
    def _on_choice(self, _place: int) -> None:
        self.line.setText(self._typed.get(str(self.box.currentData()), ""))

    @Slot()
    def _on_typed(self) -> None:
        choice, said = str(self.box.currentData() or ""), self.line.text().strip()
        if choice and self._typed.get(choice, "") != said:
            self._words.put(self._what, choice, said or None)

    @property
    def _typed(self) -> Mapping[str, str]:
        return self._words.now.constants if self._what == "constants" else self._words.now.only

    def ask(self, choice: str) -> None:
        """Lead the hand to where a value for a choice is typed."""
        place = self.box.findData(choice)
        if place >= 0:
            self.box.setCurrentIndex(place)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)


class ColumnsPage(QWidget):
    """The table of columns, and below it what holds for all rows and which rows are wanted."""

    def __init__(self, lang: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self.table = MappingTable(lang, words, self)
        names = ("value.field", "value.value"), ("only.column", "only.value")
        is_what = _IS.in_(lang)
        self.value = _Pairs(_VALUE.in_(lang), names[0], (_FIELD.in_(lang), is_what), words, "constants", self)
        self._only = _Pairs(_ONLY.in_(lang), names[1], (_COLUMN.in_(lang), is_what), words, "only", self)
        below = QWidget(self)
        flow = Flow(below)
        for pairs in (self.value, self._only):
            flow.addWidget(pairs)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.table, 1)
        body.addWidget(below)

    def show_columns(self, kind: str, profile: Profile, preview: Preview) -> None:
        """Show a file's columns and what there is to choose."""
        self.table.show_columns(kind, profile, preview)
        self.value.offer(
            [
                (name, field_words(kind, name, profile).in_(self._lang))
                for name in preview.fields
                if name not in _EACH_ROW
            ]
        )
        self._only.offer([(column, column) for column in preview.columns])
