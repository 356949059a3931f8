"""A small sheet that leaves a finding alone until a day, for a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.domain.period import today
from app.domain.vocabulary import RULES, word_of
from app.services.check.mending import waive
from app.text import Text
from ui.dialogs.edit.ending import ReasonSheet
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.services.check.check import Finding
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("免查：{}", "Waive: {}")
_DO: Final = Text("免查", "Waive")
_UNTIL: Final = Text("到哪天（含）", "Up to and including")
_NOTE: Final = Text(
    "到那天为止不算在内，仍列在最后；过了那天又算。",
    "Up to that day it does not count and stands last; after it, it counts again.",
)
_SAID: Final = Text("免查：{}", "Waived: {}")
_DAYS: Final = 30  # a month, which is how long a street usually asks for


class WaiveSheet(ReasonSheet):
    """Asks until when, and why."""

    DAY_KEY: ClassVar[str] = "until"

    def __init__(self, context: WindowContext, finding: Finding, parent: QWidget | None = None) -> None:
        rule = word_of(RULES, finding.rule)
        title = Text(_TITLE.zh.format(rule.zh), _TITLE.en.format(rule.en))
        super().__init__(context, "waive", title, _DO, parent, width=420)
        self._finding = finding
        self._said = Text(_SAID.zh.format(rule.zh), _SAID.en.format(rule.en))
        self.on.deleteLater()
        self.on = DayField(context.lang, self, day=today() + timedelta(days=_DAYS))
        self.add_note(finding.message.in_(context.lang), "what")
        self.add_note(_NOTE.in_(context.lang))
        self.body.addLayout(self.form)
        self.add_day_and_required_reason(_UNTIL)

    @override
    def on_commit(self) -> None:
        self.clear_errors()
        registry = self.context.registry
        if registry is None or not self.has_reason():
            return
        why, finding = self.reason or "", self._finding

        def act(day: date | None) -> Changes:
            return waive(registry, finding, why=why, until=day or today())

        self.write_on_day(act, self._said)
