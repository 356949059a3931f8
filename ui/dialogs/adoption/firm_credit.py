"""A firm's red or black list and its credit grade, from a day on and with a reason; one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.services.edit import edit
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.models.named import display_name
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("红黑榜与信用等级", "Lists and credit grade")
_COMMIT: Final = Text("存", "Keep")
_NO_WHY: Final = Text("写因由：红黑榜要有依据。", "Give the reason: a list needs its grounds.")
_SAID: Final = Text("已登记：{} {}", "Recorded: {} {}")


class CreditDialog(Sheet):
    """The old value stays true before the day."""

    def __init__(self, context: WindowContext, firm: str, parent: QWidget | None = None) -> None:
        super().__init__(context, "credit", _TITLE, _COMMIT, parent, width=480)
        self._firm = firm
        registry, record, lang = context.registry, context.record(firm), context.lang
        self.listed = ChoiceBox(self)
        self.grade = QLineEdit(self)
        self.first = DayField(lang, self, day=context.as_of)
        self.why = QLineEdit(self)
        if registry is not None and record is not None:
            self.title.setText(f"{_TITLE.in_(lang)} · {display_name(record, lang)}")
            for value, said in registry.profile.choices["firm_list"].items():
                self.listed.addItem(said.in_(lang), value)
            self.listed.setCurrentIndex(max(0, self.listed.findData(record.text("list") or "none")))
            self.grade.setText(record.text("grade"))
        self.add_field("list", Text("榜", "List"), self.listed)
        self.add_field("grade", Text("信用等级", "Credit grade"), self.grade)
        self.add_field("from", Text("从", "From"), self.first)
        self.add_field("why", Text("因由", "Reason"), self.why)
        self.body.addLayout(self.form)

    @override
    def on_commit(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        record = self.context.record(self._firm)
        if registry is None or record is None:
            return
        why = self.why.text().strip()
        if not why:
            self.show_error(_NO_WHY.in_(lang), "why")
            return
        try:
            since = self.first.needed()
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "from")
            return
        firm = self._firm
        typed = {"list": str(self.listed.currentData()), "grade": self.grade.text().strip()}
        values = {name: value for name, value in typed.items() if value != record.text(name)}

        def job(_ticket: Ticket) -> Changes:
            return edit.set_values(registry, [firm], values, since=since, why=why)

        shown = f"{self.listed.currentText()} {typed['grade']}".strip()
        name = display_name(record, lang)
        words = Text(_SAID.zh.format(name, shown), _SAID.en.format(name, shown))
        task = self.write(job, words, on_error=self.show_exception)
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()
