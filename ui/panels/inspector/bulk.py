"""Several records selected: how many of which kind, and one fact or one attachment for all as one change."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.domain.kinds import KINDS
from app.services.edit import edit
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui import theme
from ui.models.named import ATTACHABLE, SERVED, display_name, relations_for
from ui.panels.inspector.parts import ChipFlow, ChipWords
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.profile.declared import FactSpec
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("已选 {} 个", "{} selected")
_FACT: Final = Text("给这 {} 个{}设同一项", "Set one fact for these {} ({})")
_HIDDEN: Final = Text("其中 {} 个不在表里：{}", "{} of them are not in the table: {}")
_COMMA: Final = Text("、", ", ")
_NAMED: Final = 8
_SET: Final = Text("全部设为", "Set for all")
_ATTACH: Final = Text("挂接党组织", "Attach organisation")
_FIRM: Final = Text("登记物业", "Engage firm")
_RELATE: Final = Text("登记关系", "Relate")


class BulkInspector(QWidget):
    """What can be done to many records at once; each is one change and one undo."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector.bulk")
        self._context = context
        lang = context.lang
        self._codes: list[str] = []
        self._kind = ""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 10, 14, 10)
        outer.setSpacing(8)
        self.title = text_label("", "title", self)
        self.title.setObjectName("bulk.count")
        self.chips = ChipFlow(self)
        self.chips.setObjectName("bulk.kinds")
        self.note = text_label("", "second", self)
        self.note.setWordWrap(True)
        self.fact = ChoiceBox(self)
        self.fact.setObjectName("bulk.fact")
        self.fact.setAccessibleName("事实" if lang == "zh" else "Fact")
        self.fact.currentIndexChanged.connect(self._show_values)
        self.value = ChoiceBox(self)
        self.value.setObjectName("bulk.value")
        self.value.setAccessibleName("值" if lang == "zh" else "Value")
        self.typed = QLineEdit(self)
        self.typed.setObjectName("bulk.typed")
        self.typed.setAccessibleName("值" if lang == "zh" else "Value")
        self.commit = QPushButton(_SET.in_(lang), self)
        self.commit.setObjectName("bulk.commit")
        self.commit.setProperty("role", "main")
        self.commit.setAccessibleName(_SET.in_(lang))
        self.commit.clicked.connect(self._on_commit)
        self.error = text_label("", "error", self)
        self.error.setObjectName("bulk.error")
        self.error.setWordWrap(True)
        self.error.hide()
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.value, 1)
        line.addWidget(self.typed, 1)
        line.addWidget(self.commit)
        for box in (self.fact, self.value, self.typed):
            box.setMinimumWidth(60)  # the panel may be 312 wide
        self.attach = self._button("bulk.attach_party", _ATTACH, "compound.attach_party", "flag")
        self.engage = self._button("bulk.attach_firm", _FIRM, "compound.attach_firm", "buildings")
        self.relate = self._button("bulk.relate", _RELATE, "compound.relate", "tree-structure")
        acts = QVBoxLayout()
        acts.setSpacing(6)
        acts.addWidget(self.attach)
        acts.addWidget(self.engage)
        acts.addWidget(self.relate)
        self.hidden = text_label("", "warning", self)
        self.hidden.setObjectName("bulk.hidden")
        self.hidden.setWordWrap(True)
        self.hidden.hide()
        context.list_changed.connect(self._on_list)
        for item in (self.title, self.chips, self.hidden, self.note, self.fact):
            outer.addWidget(item)
        outer.addLayout(line)
        outer.addWidget(self.error)
        outer.addLayout(acts)
        outer.addStretch(1)

    def _button(self, name: str, said: Text, action: str, icon: str) -> QPushButton:
        button = QPushButton(theme.icon(icon), said.in_(self._context.lang), self)
        button.setObjectName(name)
        button.setAccessibleName(said.in_(self._context.lang))
        button.setProperty("action", action)
        button.clicked.connect(self._on_action)
        return button

    def show_codes(self, codes: Sequence[str]) -> None:
        """Show a selection of several records."""
        registry = self._context.registry
        if registry is None:
            return
        lang = self._context.lang
        records = [record for code in codes if (record := registry.dataset.find(code)) is not None]
        kinds = Counter(record.kind for record in records)
        self._kind = kinds.most_common(1)[0][0] if kinds else ""
        codes = [record.code for record in records if record.kind == self._kind]
        if codes != self._codes:
            self.typed.clear()  # it was typed for those
        self._codes = codes
        self.title.setText(_TITLE.format(len(records)).in_(lang))
        chips = [ChipWords(f"{KINDS[kind].words.in_(lang)} {count}") for kind, count in kinds.most_common()]
        if self._kind == "compounds":
            compound_kinds = Counter(r.text("kind") or "unknown" for r in records if r.kind == "compounds")
            said = registry.profile.choices["compound_kind"]
            chips += [
                ChipWords(
                    f"{said[kind].in_(lang) if kind in said else kind} {count}",
                    colour=theme.KIND_COLOURS.get(kind, ""),
                )
                for kind, count in compound_kinds.most_common()
            ]
        self.chips.show_chips(chips)
        kind_words = KINDS[self._kind].words.in_(lang) if self._kind else ""
        self.note.setText(_FACT.format(len(self._codes), kind_words).in_(lang))
        specs = registry.profile.facts_of(self._kind) if self._kind else ()
        if [spec.key for spec in specs] != [self.fact.itemData(n) for n in range(self.fact.count())]:
            self.fact.clear()
            for spec in specs:
                self.fact.addItem(spec.words.in_(lang), spec.key)
        self.error.hide()
        self._say_hidden()
        reason = self._context.why_locked
        for widget in (self.fact, self.value, self.typed, self.commit):
            permit(widget, reason, may=bool(specs))
        permit(self.attach, reason, may=self._kind in ATTACHABLE)
        permit(self.engage, reason, may=self._kind in SERVED)
        may = bool(self._kind) and len(kinds) == 1
        permit(
            self.relate,
            reason,
            may=may and bool(relations_for(registry.profile, self._kind, many=True)),
        )

    @Slot(list)
    def _on_list(self, _listed: list[str]) -> None:
        self._say_hidden()

    def _say_hidden(self) -> None:
        """Name those that would be written too although the table's filter hides them."""
        hidden = self._context.hidden(self._codes)
        names = [
            display_name(record, self._context.lang)
            for code in hidden[:_NAMED]
            if (record := self._context.record(code)) is not None
        ]
        said = _HIDDEN.format(len(hidden), self._context.say(_COMMA).join(names)).in_(self._context.lang)
        self.hidden.setText(said + ("…" if len(hidden) > _NAMED else "") if hidden else "")
        self.hidden.setVisible(bool(hidden))

    def _spec(self) -> FactSpec | None:
        registry = self._context.registry
        return None if registry is None else registry.profile.facts.get(str(self.fact.currentData()))

    @Slot(int)
    def _show_values(self, _place: int) -> None:
        registry, spec = self._context.registry, self._spec()
        if registry is None or spec is None:
            return
        choices = registry.profile.fact_choices(spec)
        self.value.clear()
        for value, said in choices.items():
            self.value.addItem(said.in_(self._context.lang), value)
        self.value.setVisible(bool(choices))
        self.typed.setVisible(not choices)

    @Slot()
    def _on_commit(self) -> None:
        registry, spec = self._context.registry, self._spec()
        if registry is None or spec is None or not self._codes:
            return
        self.error.hide()
        by_choice = bool(registry.profile.fact_choices(spec))
        value = str(self.value.currentData()) if by_choice else self.typed.text().strip()
        shown = self.value.currentText() if by_choice else value
        codes = list(self._codes)
        said = Text(
            f"已保存：{len(codes)} 个的{spec.words.zh} → {shown}",
            f"Saved: {spec.words.en} of {len(codes)} → {shown}",
        )
        self._context.edit(
            lambda _ticket: edit.set_values(registry, codes, {spec.key: value}), said, on_error=self._on_error
        )

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, Disagreed):  # that is asked elsewhere
            self.error.setText(self._context.sentence(error))
            self.error.show()

    @Slot()
    def _on_action(self) -> None:
        button = self.sender()
        if button is not None:
            self._context.wanted.emit(str(button.property("action")))

    def focus_first(self) -> None:
        """Put the hand on the fact to set."""
        self.fact.setFocus(Qt.FocusReason.ShortcutFocusReason)
