"""One sheet for tasks: makes them of what is chosen, or does one act with several; always as one change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from typing_extensions import override

from app.coverage.measures import measure_words
from app.domain.period import today
from app.domain.tasks import ACTS
from app.domain.vocabulary import ANSWERS
from app.errors import RegistryError
from app.services.registry.people_words import PeopleWords
from app.services.tasks import acts
from app.services.tasks.listed import posts_of
from app.text import Text
from ui.dialogs.base.step import StepSheet
from ui.dialogs.edit.ending import WHY_HINT
from ui.models.task_ask import ADD
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.models.task_ask import TaskAsk

_TITLES: Final = {
    ADD: Text("出任务：{} 处", "Make tasks: {}"),
    "assign": Text("派给岗位：{} 件任务", "Assign tasks: {}"),
    "report": Text("报：{} 件任务", "Report tasks: {}"),
    "verify": Text("核：{} 件任务", "Verify tasks: {}"),
    "close": Text("结：{} 件任务", "Close tasks: {}"),
    "return": Text("退回：{} 件任务", "Return tasks: {}"),
    "ask": Text("申请够不着：{} 件任务", "Ask to count as out of reach: {}"),
    "grant": Text("准许够不着：{} 件任务", "Grant as out of reach: {}"),
}
_COMMITS: Final = {
    ADD: Text("出任务", "Make tasks"),
    **{name: act.words.heading() for name, act in ACTS.items()},
}
_OWNER: Final = Text("派给哪个岗位", "Owner post")
_BY: Final = Text("由哪个岗位", "By which post")
_DUE: Final = Text("到期", "Due")
_RESULT: Final = Text("查到的结果", "What was found")
_POST_HINT: Final = Text("岗位，不是人名", "a post, not a person")
_NOT_SAID: Final = Text("没写", "not said")
_GAP: Final = Text("{}的缺口", "Gap of {}")
_SAID: Final = Text("{} {} 件", "{}: {}")
_HELD: Final = Text("出任务 {} 件；另 {} 处已有没结的任务", "Made {}; {} have an unsettled task already")
_SHOWN: Final = 3
_MORE: Final = Text("{}等 {} 处", "{} and more, {} in all")
_DAYS: Final = 14  # two weeks, which a street usually gives
_OWNED: Final = (ADD, "assign")
_SIGNED: Final = ("verify", "grant")
_NEEDS_WHY: Final = (ADD, *(name for name, act in ACTS.items() if act.needs_why))


class TaskSheet(StepSheet):
    """Asks what one act needs: a post, a due day, what was found, a reason. Posts that had a task are offered."""

    def __init__(self, context: WindowContext, asked: TaskAsk, parent: QWidget | None = None) -> None:
        title = _TITLES[asked.act].format(len(asked.codes))
        keys = {"granted_by": "by", "subject": "owner", "state": "owner"}
        super().__init__(context, "task", title, _COMMITS[asked.act], parent, width=440, keys=keys)
        self._asked = asked
        self._boxes: dict[str, ChoiceBox | DayField] = {}
        self.add_note(self._about(), "what")
        self.body.addLayout(self.form)
        if asked.act in _OWNED:
            self._add("owner", _OWNER, self._posts())
            due = today() + timedelta(days=_DAYS) if asked.act == ADD else None
            self._add("due", _DUE, DayField(context.lang, self, day=due, may_be_empty=True))
        elif asked.act == "report":
            self._add("result", _RESULT, self._answers())
        elif asked.act in _SIGNED:
            self._add("by", _BY, self._posts())
        self.add_day_and_reason()
        if asked.act == ADD:
            self.why.setText(asked.why or self._gap())
        if asked.act in _NEEDS_WHY:
            self.why.setPlaceholderText(WHY_HINT.in_(context.lang))

    def _add(self, key: str, label: Text, box: ChoiceBox | DayField) -> None:
        self._boxes[key] = box
        self.add_field(key, label, box)

    def _posts(self) -> ChoiceBox:
        box = ChoiceBox(self)
        box.setEditable(True)
        registry = self.context.registry
        box.addItems([] if registry is None else posts_of(registry))
        box.setCurrentIndex(-1)
        line = box.lineEdit()
        if line is not None:
            line.setPlaceholderText(_POST_HINT.in_(self.context.lang))
        return box

    def _answers(self) -> ChoiceBox:
        box = ChoiceBox(self)
        box.addItem(_NOT_SAID.in_(self.context.lang), "")
        for answer, words in ANSWERS.items():
            box.addItem(words.in_(self.context.lang), answer)
        return box

    def _written(self, key: str) -> str:
        """Return what stands in a box, its value where it has one; "" where the act has no such box."""
        box = self._boxes.get(key)
        if not isinstance(box, ChoiceBox):
            return ""
        return box.currentText().strip() if box.isEditable() else str(box.currentData() or "")

    def _about(self) -> str:
        """Return what the sheet is about: the first names, how many in all, and the measure."""
        context, asked = self.context, self._asked
        registry = context.registry
        if registry is None:
            return ""
        people = PeopleWords(registry.dataset, registry.profile, context.lang)
        subjects = asked.codes if asked.act == ADD else _subjects(registry, asked.codes)
        named = "、".join(people.named(code) for code in subjects[:_SHOWN])
        if len(subjects) > _SHOWN:
            named = _MORE.format(named, len(subjects)).in_(context.lang)
        measure = measure_words(registry.profile, asked.measure).in_(context.lang) if asked.measure else ""
        return f"{named} · {measure}" if measure else named

    def _gap(self) -> str:
        registry, measure = self.context.registry, self._asked.measure
        if registry is None or not measure:
            return ""
        words = measure_words(registry.profile, measure)
        return Text(_GAP.zh.format(words.zh), _GAP.en.format(words.en)).in_(self.context.lang)

    @override
    def on_commit(self) -> None:
        registry, due_box = self.context.registry, self._boxes.get("due")
        if registry is None:
            return
        self.clear_errors()
        try:
            due = due_box.read() if isinstance(due_box, DayField) else None
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "due")
            return
        asked = self._asked
        said = self._made if asked.act == ADD else lambda changes: said_of(asked.act, changes)
        self.write_on_day(self._act(registry, due), said)

    def _made(self, changes: Changes) -> Text:
        made, asked = len(changes.codes), len(self._asked.codes)
        if made == asked:
            return said_of(ADD, changes)
        return _HELD.format(made, asked - made)

    def _act(self, registry: Registry, due: date | None) -> Callable[[date | None], Changes]:
        """Return the write of the act, with what the fields say now."""
        asked, why = self._asked, self.reason or ""
        codes, by, owner = asked.codes, self._written("by"), self._written("owner")
        result = self._written("result") or None
        gap = acts.Gap(
            why=why, measure=asked.measure or None, finding=asked.finding or None, owner=owner, due=due
        )
        writes: dict[str, Callable[[date | None], Changes]] = {
            ADD: lambda on: acts.add_tasks(registry, codes, gap, on=on, leaves_held=True),
            "assign": lambda on: acts.assign(registry, codes, owner, due=due, on=on, why=why),
            "report": lambda on: acts.report(registry, codes, result=result, on=on, why=why),
            "verify": lambda on: acts.verify(registry, codes, by=by or None, on=on, why=why),
            "close": lambda on: acts.close(registry, codes, on=on, why=why),
            "return": lambda on: acts.send_back(registry, codes, why=why, on=on),
            "ask": lambda on: acts.ask_unreachable(registry, codes, why=why, on=on),
            "grant": lambda on: acts.grant_unreachable(registry, codes, by=by, why=why, on=on),
        }
        return writes[asked.act]


def said_of(act: str, changes: Changes) -> Text:
    """Return what a toast says of an act that was done."""
    words, count = _COMMITS[act], len(changes.codes)
    return Text(_SAID.zh.format(words.zh, count), _SAID.en.format(words.en, count))


def _subjects(registry: Registry, tasks: Sequence[str]) -> list[str]:
    held = registry.dataset.of("tasks")
    return [held[code].text("subject") for code in tasks if code in held]
