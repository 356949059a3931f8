"""Of a street, community or grid: answer "no" for every compound in it that nobody has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.services.edit import edit
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui.models.named import display_name
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.domain.record import Record
    from ui.bridge.context import WindowContext

_HINT: Final = Text(
    "这里没有调查或未知的小区，这一项都记为“无”。", "Compounds here without an answer get 'no'."
)
_DO: Final = Text("其余都为无", "The rest: no")


class RestNo(QWidget):
    """One fact, one button, one change."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._unit = ""
        lang = context.lang
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        hint = text_label(_HINT.in_(lang), "second", self)
        hint.setWordWrap(True)
        box.addWidget(hint)
        line = QHBoxLayout()
        self.fact = ChoiceBox(self)
        self.fact.setObjectName("rest.fact")
        self.fact.setAccessibleName("事实" if lang == "zh" else "Fact")
        self.fact.setMinimumWidth(60)
        self.commit = QPushButton(_DO.in_(lang), self)
        self.commit.setObjectName("rest.commit")
        self.commit.setAccessibleName(_DO.in_(lang))
        self.commit.clicked.connect(self._on_commit)
        line.addWidget(self.fact, 1)
        line.addWidget(self.commit)
        box.addLayout(line)
        self.error = text_label("", "error", self)
        self.error.setObjectName("rest.error")
        self.error.setWordWrap(True)
        self.error.hide()
        box.addWidget(self.error)

    def show_unit(self, record: Record, reason: str) -> None:
        """Offer it for a unit; ``reason`` says why it can't be done now."""
        registry = self._context.registry
        if registry is None:
            return
        self._unit = record.code
        keys = [s for s in registry.profile.facts_of("compounds") if s.type == "answer"]
        if self.fact.count() != len(keys):
            self.fact.clear()
            for spec in keys:
                self.fact.addItem(spec.words.in_(self._context.lang), spec.key)
        self.error.hide()
        for widget in (self.fact, self.commit):
            permit(widget, reason)

    @Slot()
    def _on_commit(self) -> None:
        registry, unit = self._context.registry, self._context.record(self._unit)
        if registry is None or unit is None:
            return
        key, code = str(self.fact.currentData()), unit.code
        spec = registry.profile.facts[key]
        where = display_name(unit, self._context.lang)
        self._context.edit(
            lambda _ticket: edit.rest_no(registry, code, key),
            Text(
                f"已保存：{where}其余小区{spec.words.zh} → 无",
                f"Saved: {spec.words.en} → no for the rest of {where}",
            ),
            on_error=self._on_error,
        )

    def _on_error(self, error: Exception) -> None:
        if not isinstance(error, Disagreed):  # that is asked elsewhere
            self.error.setText(self._context.sentence(error))
            self.error.show()
