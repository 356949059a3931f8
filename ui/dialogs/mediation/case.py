"""Open a mediation case of a compound or community; move one on: next state, level above, or closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.services.count.unit_counts import PLACES
from app.services.mediation.cases import (
    CLOSED,
    ESCALATED,
    NEXT,
    OPENED,
    close_case,
    escalate_case,
    level_above,
    levels_in_order,
    move_case,
    open_case,
    steps_of,
)
from app.text import Text
from ui.dialogs.base.step import StepSheet
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("登记纠纷", "Open a case")
_OF: Final = Text("{} 的纠纷", "A case of {}")
_NOTE: Final = Text(
    "只记层级、类别和日期；不记当事人和经过", "Level, category and day only; no parties, no story"
)
_COMMIT: Final = Text("登记", "Open")
_LEVEL: Final = Text("层级", "Level")
_CATEGORY: Final = Text("类别", "Category")
_STEP_TITLE: Final = Text("推进纠纷 {}", "Move case {}")
_STEP: Final = Text("下一步", "Next step")
_STEP_COMMIT: Final = Text("推进", "Move")
_ESCALATE: Final = Text("上交到{}", "Hand up to {}")
_SO_FAR: Final = Text("{}　{} · {}", "{}  {} · {}")


class CaseDialog(StepSheet):
    """A new case: level and category of a place, opened on a day."""

    def __init__(self, context: WindowContext, place: str, parent: QWidget | None = None) -> None:
        super().__init__(context, "case", _TITLE, _COMMIT, parent, width=440, keys={"opened": "on"})
        self._place = place
        lang = context.lang
        self.level = ChoiceBox(self)
        self.category = ChoiceBox(self)
        self.category.setEditable(True)
        record, registry = context.record(place), context.registry
        if record is not None and registry is not None:
            for value in levels_in_order(registry.profile):
                self.level.addItem(registry.profile.choices["case_level"][value].in_(lang), value)
            self.level.setCurrentIndex(max(0, self.level.findData(PLACES.get(record.kind, ""))))
            self.category.addItems(categories(registry))
            self.category.setCurrentIndex(-1)
            self.title.setText(_OF.format(record.text("name") or place).in_(lang))
        self.add_note(_NOTE.in_(lang))
        self.body.addLayout(self.form)
        self.add_field("category", _CATEGORY, self.category)
        self.add_field("level", _LEVEL, self.level)
        self.add_day_and_reason()

    @override
    def on_commit(self) -> None:
        registry, record = self.context.registry, self.context.record(self._place)
        if registry is None or record is None:
            return
        self.clear_errors()
        values: dict[str, object] = {
            PLACES.get(record.kind, "compound"): record.code,
            "level": str(self.level.currentData()),
            "category": self.category.currentText().strip(),
            "opened": self.on.text().strip(),
        }
        why, name = self.reason, record.text("name") or record.code
        self.write_act(
            lambda: open_case(registry, values, why=why),
            lambda changes: Text(
                f"已登记纠纷 {changes.codes[0]}：{name}", f"Case {changes.codes[0]} opened: {name}"
            ),
        )


class CaseStepDialog(StepSheet):
    """What happens next to one case, on a day."""

    def __init__(self, context: WindowContext, code: str, parent: QWidget | None = None) -> None:
        title = Text(_STEP_TITLE.zh.format(code), _STEP_TITLE.en.format(code))
        keys = {"state": "step", "level": "step"}
        super().__init__(context, "case_step", title, _STEP_COMMIT, parent, width=440, keys=keys)
        self._code = code
        lang = context.lang
        self.step = ChoiceBox(self)
        case, registry = context.record(code), context.registry
        if case is not None and registry is not None:
            for day, level, state in steps_of(case):
                said = [registry.profile.choices[name].get(value, Text(value, value)).in_(lang)
                        for name, value in (("case_level", level), ("case_state", state))]  # fmt: skip
                self.add_note(_SO_FAR.format(day, *said).in_(lang))
            for value, words in next_steps(registry.profile, case):
                self.step.addItem(words.in_(lang), value)
        self.body.addLayout(self.form)
        self.add_field("step", _STEP, self.step)
        self.add_day_and_reason()

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None:
            return
        step, why, code = str(self.step.currentData() or ""), self.reason, self._code
        said = Text(f"纠纷 {code}：{self.step.currentText()}", f"Case {code}: {self.step.currentText()}")
        self.write_on_day(lambda day: taken(registry, code, step, day, why), said)


def taken(registry: Registry, code: str, step: str, day: date | None, why: str | None) -> Changes:
    """Take a step of a case: a state, ``escalated`` or ``closed``."""
    if step == ESCALATED:
        return escalate_case(registry, code, on=day, why=why)
    if step == CLOSED:
        return close_case(registry, code, on=day, why=why)
    return move_case(registry, code, step, on=day, why=why)


def next_steps(profile: Profile, case: Record) -> list[tuple[str, Text]]:
    """Return what may happen to a case, the likeliest first; nothing once it is closed."""
    now, level = case.text("state"), case.text("level")
    if now == CLOSED:
        return []
    states = profile.choices["case_state"]
    likeliest = NEXT.get(now, CLOSED)
    others = [state for state in states if state not in (OPENED, ESCALATED, CLOSED, now, likeliest)]
    above = level_above(profile, level)
    found = [(likeliest, states.get(likeliest, Text(likeliest, likeliest)))]
    if above is not None:
        words = profile.choices["case_level"][above]
        found.append((ESCALATED, Text(_ESCALATE.zh.format(words.zh), _ESCALATE.en.format(words.en))))
    found += [(state, states[state]) for state in others]
    if likeliest != CLOSED:
        found.append((CLOSED, states[CLOSED]))
    return found


def categories(registry: Registry) -> list[str]:
    """Return the categories that cases of the registry have, the most frequent first."""
    counts: dict[str, int] = {}
    for case in registry.dataset.of("cases").values():
        if category := case.text("category"):
            counts[category] = counts.get(category, 0) + 1
    return sorted(counts, key=lambda category: (-counts[category], category))
