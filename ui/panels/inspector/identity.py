"""Who a record is: name, chips, place, figures, and its fields to correct by F2 or Enter."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain.kinds import KINDS, Field, FieldType
from app.domain.vocabulary import ANSWERS
from app.text import Text
from ui import theme
from ui.panels.inspector.parts import ChipFlow, clear
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.permit import permit
from ui.widgets.plain import LinkLabel, set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from ui.panels.inspector.parts import ChipWords

_FIRST_DAY: Final = Field(name="valid_from", type=FieldType.DAY, words=Text("第一天", "First day"))
_LAST_DAY: Final = Field(name="valid_until", type=FieldType.DAY, words=Text("最后一天", "Last day"))
_EMPTY: Final = Text("—", "—")
_EDIT: Final = Text("改字段（F2）", "Edit fields (F2)")
_REMOVE: Final = Text("删除…（Delete）", "Remove… (Delete)")
_SHOW: Final = Text("在地图上看", "Show on map")
_ELSEWHERE: Final = Text("{} 正在改这条", "{} is editing this record")
_CHANGED: Final = Text(
    "别人刚改成“{}”。您正在写的还在；离开这一格时请您定按谁的。",
    "Somebody has just changed this to '{}'. What you type stays; when you leave the field you choose whose holds.",
)
_ANSWERS: Final = {"": _EMPTY, **ANSWERS}
FieldBox = ChoiceBox | QLineEdit


def _nothing() -> None:
    return None


class FieldForm(QWidget):
    """One named box a field; leaving a changed one writes it at once."""

    edited = Signal(str, str, str)  # whose, field, typed

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector.fields")
        self._lang = lang
        self._made_for: tuple[str, str] | None = None
        self._owner = ""  # the record whose fields these are, and what is typed belongs to
        self._shown: dict[str, str] = {}
        self._sent: dict[str, str] = {}  # on its way, or refused and said so
        self._begun: dict[str, Dataset | None] = {}  # what was shown when typing into a field began
        self.sees: Callable[[], Dataset | None] = _nothing  # what is shown now
        self.boxes: dict[str, FieldBox] = {}
        self._errors: dict[str, QWidget] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 6, 0, 6)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_record(self, record: Record, profile: Profile) -> None:
        """Show a record's fields as they are written."""
        fields = [*KINDS[record.kind].fields, _FIRST_DAY, _LAST_DAY]
        is_other = record.code != self._owner
        if is_other:
            self.flush()
            self._owner = record.code
        if self._made_for != (record.kind, profile.label):
            self._make(fields, profile)
            self._made_for = (record.kind, profile.label)
        for field in fields:
            value = (
                getattr(record, field.name) if field in (_FIRST_DAY, _LAST_DAY) else record.get(field.name)
            )
            self._fill(field.name, "" if value is None else str(value), is_other=is_other)

    def set_read_only(self, reason: str) -> None:
        """Refuse edits, saying why."""
        for box in self.boxes.values():
            permit(box, reason)

    def show_error(self, field: str, sentence: str) -> None:
        """Write a sentence under a field; "" takes it away."""
        label = self._errors.get(field)
        box = self.boxes.get(field)
        if label is None or box is None:
            return
        label.setProperty("text", sentence)
        label.setVisible(bool(sentence))
        box.setProperty("state", "error" if sentence else "")
        box.style().unpolish(box)
        box.style().polish(box)

    def _note(self, field: str, sentence: str) -> None:
        """Write a sentence under a field in which nothing is wrong."""
        self.show_error(field, sentence)
        box = self.boxes[field]
        box.setProperty("state", "changed")
        box.style().unpolish(box)
        box.style().polish(box)

    def begun_on(self, field: str) -> Dataset | None:
        """Return the data that were shown when typing into a field began, None where it was not typed into."""
        return self._begun.get(field)

    def focus_first(self) -> None:
        """Put the hand on the first field, its text selected."""
        for box in self.boxes.values():
            box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if isinstance(box, QLineEdit):
                box.selectAll()
            return

    def flush(self) -> None:
        """Hand over what was typed and is neither recorded nor on its way nor known to be wrong."""
        for name, box in self.boxes.items():
            if isinstance(box, QLineEdit):
                self._hand_over(name, box.text().strip())

    def _hand_over(self, name: str, typed: str) -> None:
        if self._owner and name in self._shown and typed not in (self._shown[name], self._sent.get(name)):
            self._sent[name] = typed
            self.edited.emit(self._owner, name, typed)

    def _make(self, fields: Sequence[Field], profile: Profile) -> None:
        clear(self._grid)
        self.boxes, self._errors, self._shown, self._sent = {}, {}, {}, {}
        for place, field in enumerate(fields):
            words = field.words.in_(self._lang)
            box = self._make_box(field, profile)
            box.setObjectName(f"field.{field.name}")
            box.setAccessibleName(words)
            error = text_label("", "error", self)
            error.setObjectName(f"field.{field.name}.error")
            error.setWordWrap(True)
            error.hide()
            label = text_label(words, "second", self)
            self._grid.addWidget(label, place * 2, 0)
            self._grid.addWidget(box, place * 2, 1)
            self._grid.addWidget(error, place * 2 + 1, 0, 1, 2)
            self.boxes[field.name] = box
            self._errors[field.name] = error

    def _make_box(self, field: Field, profile: Profile) -> FieldBox:
        if field.type not in (FieldType.CHOICE, FieldType.ANSWER):
            is_day = field.type is FieldType.DAY
            line = DayField(self._lang, self, may_be_empty=not field.required) if is_day else QLineEdit(self)
            if isinstance(line, DayField):
                line.refused.connect(partial(self.show_error, field.name))
            line.returnPressed.connect(self._on_enter)
            line.editingFinished.connect(self._on_finished)
            line.textEdited.connect(partial(self._on_typed, field.name))
            return line
        combo = ChoiceBox(self, writes=True)
        choices = dict(_ANSWERS) if field.type is FieldType.ANSWER else dict(profile.choices[field.choices])
        if "" not in choices and "unknown" not in choices and not field.required:
            combo.addItem(_EMPTY.in_(self._lang), "")
        for value, words in choices.items():
            combo.addItem(words.in_(self._lang), value)
        combo.activated.connect(self._on_finished)
        return combo

    def _fill(self, name: str, value: str, *, is_other: bool) -> None:
        box = self.boxes[name]
        is_being_typed = (
            not is_other
            and isinstance(box, QLineEdit)
            and box.hasFocus()
            and box.text() != self._shown.get(name, "")
        )
        was, self._shown[name] = self._shown.get(name), value
        self._sent.pop(name, None)
        if is_being_typed and isinstance(box, QLineEdit) and value not in (was, box.text().strip()):
            self._note(name, _CHANGED.in_(self._lang).format(value or "—"))
        if is_being_typed:
            return
        self._begun.pop(name, None)
        self.show_error(name, "")
        if isinstance(box, DayField):
            box.set_day(date.fromisoformat(value) if value else None)
        elif isinstance(box, QLineEdit):
            box.setText(value)
        else:
            box.setCurrentIndex(max(0, box.findData(value or "unknown"), box.findData(value)))

    def _on_typed(self, name: str, _typed: str) -> None:
        self._begun.setdefault(name, self.sees())

    @Slot()
    def _on_finished(self) -> None:
        box = self.sender()
        name = next((name for name, known in self.boxes.items() if known is box), None)
        if name is None:
            return
        known = self.boxes[name]
        self._hand_over(
            name, known.text().strip() if isinstance(known, QLineEdit) else str(known.currentData())
        )

    @Slot()
    def _on_enter(self) -> None:
        """Let Enter try again what was refused: the disk may have been the reason."""
        box = self.sender()
        name = next((name for name, known in self.boxes.items() if known is box), "")
        if name and not self._errors[name].isHidden():
            self._sent.pop(name, None)


class Identity(QWidget):
    """The inspector's head."""

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector.identity")
        self._lang = lang
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 10, 14, 10)
        outer.setSpacing(4)
        self.title = text_label("", "title", self)
        self.title.setObjectName("inspector.title")
        self.title.setWordWrap(True)
        self.locate = self._tool("inspector.locate", "crosshair", _SHOW)
        self.edit_button = self._tool("inspector.edit", "pencil-simple", _EDIT)
        self.edit_button.setCheckable(True)
        self.edit_button.toggled.connect(self._on_edit)
        self.remove = self._tool("inspector.remove", "trash", _REMOVE)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.locate, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(head)
        self.elsewhere = text_label("", "warning", self)
        self.elsewhere.setObjectName("inspector.elsewhere")
        self.elsewhere.setWordWrap(True)
        self.elsewhere.hide()
        outer.addWidget(self.elsewhere)
        self.chips = ChipFlow(self)
        self.chips.setObjectName("inspector.chips")
        outer.addWidget(self.chips)
        self.path = LinkLabel("second", self)
        self.path.setObjectName("inspector.path")
        self.path.setWordWrap(True)
        outer.addWidget(self.path)
        self.line = text_label("", "second", self)
        self.line.setObjectName("inspector.line")
        self.line.setWordWrap(True)
        self.line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        outer.addWidget(self.line)
        self.form = FieldForm(lang, self)
        self.form.hide()
        self.form.installEventFilter(self)
        outer.addWidget(self.form)
        self.setAccessibleName("身份" if lang == "zh" else "Identity")

    def _tool(self, name: str, icon: str, words: Text) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(name)
        button.setProperty("role", "quiet")
        button.setIcon(theme.icon(icon))
        set_tip(button, words.in_(self._lang))
        button.setAccessibleName(words.in_(self._lang))
        button.setFixedSize(28, 26)
        return button

    def show_record(
        self,
        record: Record,
        profile: Profile,
        title: str,
        chips: Sequence[ChipWords],
        path: Sequence[tuple[str, str]],
        line: str,
    ) -> None:
        """Show a record."""
        self.title.setText(title)
        is_layer = KINDS[record.kind].is_layer
        self.chips.keep_lines(2 if record.kind == "compounds" else 1)  # some come later
        self.chips.show_chips(chips)
        self.path.show_links(path)
        self.path.setVisible(bool(path) or is_layer)
        self.path.setMinimumHeight(self.path.fontMetrics().lineSpacing() if is_layer else 0)
        self.line.setText(line)
        self.line.setMinimumHeight(self.line.fontMetrics().lineSpacing() if is_layer else 0)
        self.form.show_record(record, profile)

    def show_elsewhere(self, people: Sequence[str]) -> None:
        """Say who else is editing the record; nothing where nobody is."""
        said = _ELSEWHERE.in_(self._lang).format("、".join(people)) if people else ""
        self.elsewhere.setText(said)
        self.elsewhere.setAccessibleName(said)
        self.elsewhere.setVisible(bool(said))

    def set_read_only(self, reason: str) -> None:
        """Refuse edits, saying why."""
        self.form.set_read_only(reason)
        permit(self.remove, reason)

    def open_fields(self) -> None:
        """Show the fields and put the hand on the first."""
        if self.edit_button.isChecked():
            self.form.focus_first()
        self.edit_button.setChecked(True)

    def close_fields(self) -> None:
        """Hide the fields."""
        self.edit_button.setChecked(False)

    @Slot(bool)
    def _on_edit(self, is_open: bool) -> None:
        if not is_open:
            self.form.flush()
        self.form.setVisible(is_open)
        if is_open:
            self.form.focus_first()  # the hand is where the work is

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.form
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self.close_fields()
            return True
        return super().eventFilter(watched, event)
