"""What the columns of a file mean, one value for all rows, and which rows are wanted: the sheet's page of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.field_words import field_words
from app.text import Text
from ui.dialogs.bring_in.mapping import MappingTable
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.flow import Flow
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.profile import Profile
    from app.services.bring_in.look import Preview

_VALUE: Final = Text("没写的都是", "Where nothing is written")
_ONLY: Final = Text("只要这些行", "Only the rows with")
_FIELD: Final = Text("字段", "Field")
_COLUMN: Final = Text("列", "Column")
_IS: Final = Text("值", "Value")
_LETTERS: Final = 9  # of a choice, before it is elided
_TYPED: Final = 92  # [px]
_EACH_ROW: Final = ("code", "wkt", "lon", "lat")  # another for every row


class _Pairs(QWidget):
    """A box and a field beside it: what was typed for each choice is kept, and shown when it is chosen again."""

    changed = Signal()

    def __init__(self, said: str, names: tuple[str, str], about: tuple[str, str], parent: QWidget) -> None:
        super().__init__(parent)
        self.box, self.line = ChoiceBox(self), QLineEdit(self)
        self.typed: dict[str, str] = {}
        for part, name, words in zip((self.box, self.line), names, about, strict=True):
            part.setObjectName(f"import.{name}")
            part.setAccessibleName(f"{said} {words}")
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
        self.line.setText(self.typed.get(str(self.box.currentData()), ""))

    @Slot()
    def _on_typed(self) -> None:
        choice, said = str(self.box.currentData() or ""), self.line.text().strip()
        if not choice or self.typed.get(choice, "") == said:
            return
        if said:
            self.typed[choice] = said
        else:
            del self.typed[choice]
        self.changed.emit()


class ColumnsPage(QWidget):
    """The table of columns, and below it what holds for all rows and which rows are wanted."""

    changed = Signal()

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self.table = MappingTable(lang, self)
        self.table.changed.connect(self.changed)
        self._value = _Pairs(
            _VALUE.in_(lang), ("value.field", "value.value"), (_FIELD.in_(lang), _IS.in_(lang)), self
        )
        self._only = _Pairs(
            _ONLY.in_(lang), ("only.column", "only.value"), (_COLUMN.in_(lang), _IS.in_(lang)), self
        )
        below = QWidget(self)
        flow = Flow(below)
        for pairs in (self._value, self._only):
            pairs.changed.connect(self.changed)
            flow.addWidget(pairs)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.table, 1)
        body.addWidget(below)

    @property
    def constants(self) -> dict[str, str]:
        """Field → what it is where no cell says otherwise."""
        return dict(self._value.typed)

    @property
    def only(self) -> tuple[tuple[str, str], ...]:
        """Column and value: rows without it stay out."""
        return tuple(self._only.typed.items())

    @Slot()
    def forget(self) -> None:
        """Take proposals again: another file, or another table of it."""
        self.table.forget()
        for pairs in (self._value, self._only):
            pairs.typed.clear()
            pairs.line.clear()

    def show_columns(self, kind: str, profile: Profile, preview: Preview) -> None:
        """Show a file's columns and what there is to choose."""
        self.table.show_columns(kind, profile, preview)
        self._value.offer(
            [
                (name, field_words(kind, name, profile).in_(self._lang))
                for name in preview.fields
                if name not in _EACH_ROW
            ]
        )
        self._only.offer([(column, column) for column in preview.columns])
