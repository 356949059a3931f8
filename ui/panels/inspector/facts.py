"""Facts of a record: one choice box each, the survey date at its left, an error under it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from app.text import Text
from ui.models.named import unit_words
from ui.panels.inspector.declared import is_stale, shown_fact
from ui.panels.inspector.parts import clear
from ui.widgets.answer_control import AnswerControl
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.permit import permit, tell
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from ui.panels.inspector.dossier import Held

NOT_SURVEYED: Final = Text("未调查", "never")
_NO_ANSWER: Final = Text("—", "—")
_STALE: Final = Text("过期", "stale")
_STALE_TIP: Final = Text(
    "{} 调查，超过 {} 天，该重新调查了", "surveyed on {}, over {: day|days} ago: survey it again"
)
_RATE_HINT: Final = Text("85% 或 0.85", "85% or 0.85")
_LABEL_W: Final = 84
FactBox = ChoiceBox | QLineEdit


def _nothing() -> None:
    return None


class FactRow(QObject):
    """One fact: its word, since when, its box, and what is wrong with what was typed."""

    answered = Signal(str, str, str)  # whose, key, value
    advance = Signal(str)  # key: go to the next
    taken_back = Signal(str)

    def __init__(self, spec: FactSpec, profile: Profile, lang: str, parent: QWidget, prefix: str) -> None:
        super().__init__(parent)
        self.spec = spec
        self._lang = lang
        self._owner = ""  # the record whose value the box shows, and what is typed belongs to
        self._day: date | None = None
        self._shown = self._sent = ""
        self.begun: Dataset | None = (
            None  # what was shown when typing into the box began, None where it was not typed into
        )
        self.sees: Callable[[], Dataset | None] = _nothing  # what is shown now
        self.label = text_label(spec.words.in_(lang), parent=parent)
        self.since = text_label("", "faint", parent)
        self.since.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.error = text_label("", "error", parent)
        self.error.setObjectName(f"{prefix}{spec.key}.error")
        self.error.setWordWrap(True)
        self.error.hide()
        self.box = self._make_box(profile, parent)
        self.box.setObjectName(f"{prefix}{spec.key}")
        self.box.setFixedHeight(max(26, self.box.sizeHint().height()))  # never squeezed
        if not isinstance(self.box, AnswerControl):
            self.box.setAccessibleName(spec.words.in_(lang))
        self.holder = self._with_unit(parent)

    def _with_unit(self, parent: QWidget) -> QWidget:
        """Return the box with its unit beside it; a rate carries its own."""
        if not isinstance(self.box, QLineEdit) or not self.spec.unit or self.spec.type == "rate":
            return self.box
        holder = QWidget(parent)
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        line.addWidget(self.box, 1)
        unit = unit_words(self.spec.unit, self._lang)
        self.unit = text_label(unit, "second", holder)
        self.unit.setObjectName(f"{self.box.objectName()}.unit")
        line.addWidget(self.unit)
        self.box.setAccessibleName(f"{self.spec.words.in_(self._lang)} {unit}")
        return holder

    def _make_box(self, profile: Profile, parent: QWidget) -> FactBox:
        if self.spec.type == "answer":
            control = AnswerControl(self.spec.words, self._lang, parent)
            control.answered.connect(self._on_answered)
            control.advance.connect(self._on_advance)
            control.taken_back.connect(self._on_taken_back)
            return control
        if self.spec.type == "choice":
            combo = ChoiceBox(parent, writes=True)
            choices = profile.choices[self.spec.choices]
            if "unknown" not in choices:
                combo.addItem(_NO_ANSWER.in_(self._lang), "")
            for value, words in choices.items():
                combo.addItem(words.in_(self._lang), value)
            combo.activated.connect(self._on_chosen)
            combo.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            return combo
        line = QLineEdit(parent)
        hint = _RATE_HINT if self.spec.type == "rate" else NOT_SURVEYED
        line.setPlaceholderText(hint.in_(self._lang))
        line.returnPressed.connect(self._forget_refusal)
        line.editingFinished.connect(self.flush)
        line.textEdited.connect(self._on_typed)
        return line

    def show_held(self, owner: str, held: Held, day: date) -> None:
        """Show what is recorded of a record; what was typed for another is written to that one first."""
        is_other = (owner, day) != (self._owner, self._day)
        if is_other:
            self.flush()
        self._owner, self._day, self._sent = owner, day, ""
        self.show_error("")
        if held.since is None:
            since = NOT_SURVEYED.in_(self._lang)
        else:
            is_near, is_wordy = held.since.year == day.year, self._lang != "zh"  # English needs the room
            since = f"{held.since:%m-%d}" if is_near else f"{held.since:%Y}" if is_wordy else f"{held.since}"
        tip = "" if held.since is None else held.since.isoformat()
        stale = is_stale(self.spec, held.since, day)
        if stale:
            since = f"{held.since:%Y} {_STALE.in_(self._lang)}"
            tip = _STALE_TIP.format(held.since, self.spec.stale_days).in_(self._lang)
        self.since.setText(since)
        set_tip(self.since, tip)
        if self.since.property("type") != ("warning" if stale else "faint"):
            self.since.setProperty("type", "warning" if stale else "faint")
            self.since.style().unpolish(self.since)
            self.since.style().polish(self.since)
        value = shown_fact(self.spec, held.value or "")
        self._shown = value
        if isinstance(self.box, AnswerControl):
            self.box.show_answer(value or "unknown")
        elif isinstance(self.box, ChoiceBox):
            unsaid = "unknown" if self.box.findData("unknown") >= 0 else ""
            self.box.setCurrentIndex(max(0, self.box.findData(value or unsaid)))
        elif is_other or not self.box.hasFocus() or not self.box.isModified():
            self.begun = None
            self.box.setText(value)

    def show_error(self, sentence: str) -> None:
        """Write a sentence under the box; "" takes it away."""
        self.error.setText(sentence)
        self.error.setVisible(bool(sentence))

    def set_read_only(self, reason: str) -> None:
        """Refuse answers, saying why."""
        if isinstance(self.box, AnswerControl):
            self.box.set_read_only(reason)
        elif isinstance(self.box, QLineEdit):
            self.box.setReadOnly(bool(reason))
            tell(self.box, reason)
        else:
            permit(self.box, reason)

    @Slot(str)
    def _on_typed(self, _typed: str) -> None:
        self.begun = self.begun or self.sees()

    @Slot(str)
    def _on_answered(self, value: str) -> None:
        self.answered.emit(self._owner, self.spec.key, value)

    @Slot()
    def _on_advance(self) -> None:
        self.advance.emit(self.spec.key)

    @Slot()
    def _on_taken_back(self) -> None:
        self.taken_back.emit(self.spec.key)

    @Slot(int)
    def _on_chosen(self, _place: int) -> None:
        assert isinstance(self.box, ChoiceBox)
        value = str(self.box.currentData())
        if value:
            self.answered.emit(self._owner, self.spec.key, value)

    @Slot()
    def flush(self) -> None:
        """Hand over what was typed and is neither recorded nor on its way nor known to be wrong."""
        if not isinstance(self.box, QLineEdit) or not self._owner or self.box.isReadOnly():
            return
        typed = self.box.text().strip()
        if typed and typed not in (self._shown, self._sent):
            self._sent = typed
            self.answered.emit(self._owner, self.spec.key, typed)

    @Slot()
    def _forget_refusal(self) -> None:
        """Let Enter try again what was refused: the disk may have been the reason."""
        if not self.error.isHidden():
            self._sent = ""


class FactList(QWidget):
    """Rows of facts, remade only when the facts themselves are others."""

    answered = Signal(str, str, str)  # whose, key, value
    taken_back = Signal(str)

    def __init__(self, lang: str, parent: QWidget | None = None, *, prefix: str = "fact.") -> None:
        super().__init__(parent)
        self._lang, self._prefix = lang, prefix
        self._keys: tuple[str, ...] = ()
        self._profile: Profile | None = None
        self.rows: dict[str, FactRow] = {}
        self.sees: Callable[[], Dataset | None] = _nothing  # what is shown now
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)

    def show_facts(
        self, owner: str, specs: Sequence[FactSpec], profile: Profile, held: Mapping[str, Held], day: date
    ) -> None:
        """Show these facts of a record with their values."""
        keys = tuple(spec.key for spec in specs)
        if keys != self._keys or profile is not self._profile:
            self._remake(specs, profile)
            self._keys, self._profile = keys, profile
        for key, row in self.rows.items():
            row.show_held(owner, held[key], day)
        self.setVisible(bool(keys))

    def set_read_only(self, reason: str) -> None:
        """Refuse answers in every row, saying why; "" takes them again."""
        for row in self.rows.values():
            row.set_read_only(reason)

    def focus_first(self) -> bool:
        """Put the hand on the first fact; False if there is none."""
        for row in self.rows.values():
            row.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        return False

    def focused_key(self) -> str:
        """Return the key of the fact that has the focus, "" if none has."""
        return next((key for key, row in self.rows.items() if row.box.hasFocus()), "")

    def unknown_boxes(self) -> list[QWidget]:
        """Return the answer boxes that still say unknown, in order."""
        return [
            row.box
            for row in self.rows.values()
            if isinstance(row.box, ChoiceBox) and row.box.currentData() in ("unknown", "")
        ]

    def flush(self) -> None:
        """Hand over what was typed and not yet left."""
        for row in self.rows.values():
            row.flush()

    def _seen_now(self) -> Dataset | None:
        return self.sees()

    def _remake(self, specs: Sequence[FactSpec], profile: Profile) -> None:
        self.flush()
        clear(self._grid)
        for row in self.rows.values():
            row.deleteLater()
        self.rows = {}
        for place, spec in enumerate(specs):
            row = FactRow(spec, profile, self._lang, self, self._prefix)
            row.sees = self._seen_now
            row.answered.connect(self.answered)
            row.advance.connect(self._on_advance)
            row.taken_back.connect(self.taken_back)
            self._grid.addWidget(row.label, place * 2, 0)
            self._grid.addWidget(row.since, place * 2, 1)
            self._grid.addWidget(row.holder, place * 2, 2)
            self._grid.addWidget(row.error, place * 2 + 1, 0, 1, 3)
            self.rows[spec.key] = row
            _fill(row.label)

    @Slot(str)
    def _on_advance(self, key: str) -> None:
        keys = list(self.rows)
        after = keys.index(key) + 1
        if after < len(keys):
            self.rows[keys[after]].box.setFocus(Qt.FocusReason.TabFocusReason)


def _fill(label: QLabel) -> None:
    longest = max((label.fontMetrics().horizontalAdvance(word) for word in label.text().split()), default=0)
    label.setMinimumWidth(min(max(56, longest + 2), _LABEL_W))  # an English word is not broken
    label.setWordWrap(True)
    label.setMinimumHeight(26)
