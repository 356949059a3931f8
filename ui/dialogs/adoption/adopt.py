"""Adopt a three-no compound from the keyboard: its way so far, the next step at hand, each written as one change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QListWidget, QWidget
from typing_extensions import override

from app.errors import InvalidInput, Problem, RegistryError
from app.services.adoption import adoption
from app.services.adoption.rules import trial_last
from app.services.adoption.stages import SERVED, STEP_WORDS, way_of
from app.text import Text
from ui import words
from ui.dialogs.adoption.adopt_words import DONE, STEPS, amounts_in, line_of, plan_words, proposal
from ui.dialogs.attach.firm_search import FirmSearch
from ui.dialogs.base.sheet import Sheet
from ui.widgets.answer_control import AnswerControl
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.edits import Changes
    from app.services.adoption.stages import Moment
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("接管 {}", "Adopt {}")
_COMMIT: Final = Text("记下这一步", "Record this step")
_STEP: Final = Text("这一步", "Step")
_FIRM: Final = Text("企业", "Firm")
_FROM: Final = Text("从哪天", "From")
_DAYS: Final = {
    "visit": Text("走访那天", "Day of the visit"),
    "end_subsidy": Text("从哪天起不补", "No subsidy from"),
    "end": Text("从哪天起没有", "First day without"),
}
_UNTIL: Final = Text("到哪天", "Until")
_FEE: Final = Text("物业费（元/㎡·月）", "Fee (yuan per m² and month)")
_WITHOUT: Final = Text("不经体验，直接签", "No trial leads to it")
_YUAN: Final = Text("第一年补贴（元）", "Subsidy in the first year (yuan)")
_PLAN: Final = Text("逐年补贴", "Year by year")
_WHY: Final = Text("为什么", "Why")
_NOTHING_YET: Final = Text("还没有走过一步", "No step taken yet")
_NO_NEXT: Final = Text("走完了，没有下一步", "Nothing comes next")
_WAY: Final = Text("走过的步骤", "The way so far")
_NO_FIRM: Final = Text("没有叫“{}”的企业。换个写法，或先登记企业。", "No firm is called '{}'.")
_NO_AMOUNT: Final = Text("“{}”不是金额。", "'{}' is no amount.")
_OPEN_END: Final = Text("不写就是一直有效", "empty: no end")
_FIELDS: Final = {
    "visit": ("from", "why"),
    "trial": ("firm", "from", "until", "why"),
    "subsidy": ("yuan", "plan", "from", "why"),
    "end_subsidy": ("from", "why"),
    "end": ("from", "why"),
    DONE: (),
    **dict.fromkeys(SERVED, ("firm", "from", "until", "fee", "without_trial", "why")),
}
_FIRST: Final = {"trial": "firm", "subsidy": "yuan"}
_Empty = TypeVar("_Empty")
_PLACES: Final = {
    "stage": "step",
    "subsidy": "plan",
    "on": "from",
    "valid_from": "from",
    "valid_until": "until",
}


class AdoptDialog(Sheet):
    """One compound. After a step is written the next one is offered; Esc leaves."""

    def __init__(self, context: WindowContext, compound: str, parent: QWidget | None = None) -> None:
        super().__init__(context, "adopt", _TITLE, _COMMIT, parent, width=600)
        self._compound = compound
        self._answered: dict[str, str] = {}
        self._shown_way: list[Moment] = []
        self._asked = ""  # the step that was written last
        self._day, self._firm = context.as_of, ""
        self._commits_when_ready = False
        lang = context.lang
        record = context.record(compound)
        name = self._name = compound if record is None else record.text("name") or compound
        self.title.setText(_TITLE.format(name).in_(lang))
        self.setWindowTitle(_TITLE.format(name).in_(lang))
        self.way = QListWidget(self)
        self.way.setObjectName("adopt.way")
        self.way.setAccessibleName(_WAY.in_(lang))
        self.way.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self.way)
        self.body.addLayout(self.form)
        self.step = ChoiceBox(self)
        self.step.addItem(_NO_NEXT.in_(lang), DONE)
        for step in STEPS:
            self.step.addItem(STEP_WORDS[step].in_(lang), step)
        self.add_field("step", _STEP, self.step)
        self.facts: dict[str, AnswerControl] = {}
        self._add_facts()
        self.firm = FirmSearch(context, "adopt", self)
        self.add_field("firm", _FIRM, self.firm.line)
        self.form.addWidget(self.firm.list, self.form.rowCount(), 1)
        self.yuan = QLineEdit(self)
        self.plan = QLineEdit(self)
        self.note = text_label("", "faint", self)
        self.note.setObjectName("adopt.note")
        self.note.setWordWrap(True)
        self.add_field("yuan", _YUAN, self.yuan)
        self.add_field("plan", _PLAN, self.plan)
        self.form.addWidget(self.note, self.form.rowCount(), 1)
        self.first = DayField(lang, self, may_be_empty=True)
        self.last = DayField(lang, self, may_be_empty=True)
        self.fee = QLineEdit(self)
        self.without_trial = QCheckBox(self)
        self.why = QLineEdit(self)
        for key, label, box in (
            ("from", _FROM, self.first),
            ("until", _UNTIL, self.last),
            ("fee", _FEE, self.fee),
            ("without_trial", _WITHOUT, self.without_trial),
            ("why", _WHY, self.why),
        ):
            self.add_field(key, label, box)
        for before, after in ((self.why, self.commit), (self.commit, self.cancel)):
            QWidget.setTabOrder(before, after)
        self.step.currentIndexChanged.connect(self._on_step)
        self.first.textEdited.connect(self._on_first)
        self.first.day_chosen.connect(self._on_first)
        self.yuan.textEdited.connect(self._on_yuan)
        self.plan.textEdited.connect(self._show_plan)
        self.firm.ready.connect(self._on_firms)
        context.changed.connect(self._on_change)
        self.firm.find(compound)
        self._offer()

    def _add_facts(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            return
        for key in registry.profile.three_no.fact_keys:
            box = AnswerControl(registry.profile.facts[key].words, lang, self)
            self.add_field(f"fact.{key}", registry.profile.facts[key].words, box)
            for line in self.form.children():
                if isinstance(line, QHBoxLayout):
                    line.setAlignment(box, Qt.AlignmentFlag.AlignLeft)
            box.answered.connect(partial(self._on_answer, key))
            box.advance.connect(partial(self._on_advance, key))
            self.facts[key] = box

    # what is shown

    def _offer(self) -> None:
        """Show the way so far and put the hand on the step that comes next."""
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            return
        before, way = self._shown_way, way_of(registry.dataset, self._compound)
        self._shown_way = way
        self.way.clear()
        self.way.addItems([line_of(moment, registry.dataset, lang) for moment in way])
        if not way:
            self.way.addItem(_NOTHING_YET.in_(lang))
        self.way.setFixedHeight(min(6, self.way.count()) * 26 + 8)
        self.way.scrollToBottom()
        next_one = proposal(way, registry.profile.adoption, self.context.as_of)
        is_over = self._asked == "end_subsidy" and way != before
        place = self.step.findData(DONE if is_over else next_one.step)
        self._day, self._firm = next_one.day, next_one.firm
        if place != self.step.currentIndex():
            self.step.setCurrentIndex(place)  # shows the fields
        else:
            self._on_step(place)

    @Slot(int)
    def _on_step(self, _place: int) -> None:
        """Fill the fields of the step with what makes sense."""
        registry, step = self.context.registry, str(self.step.currentData())
        if registry is None:
            return
        self.clear_errors()
        self._answered.clear()
        for key, box in self.facts.items():
            fact = registry.dataset.fact_on(self._compound, key, self.context.as_of)
            box.show_answer("unknown" if fact is None else fact.text("value"))
        self.first.set_day(self._day)
        self.last.set_day(None)
        self.last.setPlaceholderText("" if step == "trial" else _OPEN_END.in_(self.context.lang))
        for line in (self.fee, self.why, self.yuan, self.plan):
            line.clear()
        self.without_trial.setChecked(False)
        self.firm.choose(self._firm if step in SERVED else "")
        self._label_day(step)
        self._show_fields(step)
        self._on_first()
        self.commit.setEnabled(step != DONE)
        self.refit()
        first = self.first_box()
        if first is not None and self.isVisible() and not self.step.hasFocus():
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _label_day(self, step: str) -> None:
        label = _DAYS.get(step, _FROM).in_(self.context.lang)
        self.first.setAccessibleName(label)
        self._labels["from"].setText(label)

    def _show_fields(self, step: str) -> None:
        shown = {"step", *_FIELDS[step]}
        if step == "visit":
            shown |= {f"fact.{key}" for key in self.facts}
        for key in self._fields:
            self.show_field(key, is_shown=key in shown)
        self.firm.list.setVisible("firm" in shown)
        self.note.setVisible(False)

    @override
    def first_box(self) -> QWidget | None:
        step = str(self.step.currentData())
        if step == DONE:
            return self.cancel
        if step == "visit" and self.facts:
            return next(iter(self.facts.values()))
        return self._box_of(_FIRST.get(step, "from"))

    @Slot(str)
    @Slot(object)
    def _on_first(self, _text: object = None) -> None:
        """Fill in a trial's last day, which follows from its first; show a plan's years."""
        registry, day = self.context.registry, self._day_in(self.first)
        if registry is None or day is None:
            return
        if self.step.currentData() == "trial":
            last = trial_last(registry.profile.adoption, day)
            self.last.set_day(last)
        self._show_plan()

    @Slot(str)
    def _on_yuan(self, _text: str) -> None:
        """Propose a taper from the first year's amount."""
        registry = self.context.registry
        amounts = amounts_in(self.yuan.text())
        if registry is None or amounts is None or len(amounts) != 1:
            self.plan.clear()
        else:
            years = registry.profile.adoption.taper_years
            self.plan.setText(" ".join(f"{yuan:g}" for yuan in adoption.proposed_taper(amounts[0], years)))
        self._show_plan()

    @Slot()
    def _show_plan(self, _text: str = "") -> None:
        amounts, day = amounts_in(self.plan.text()), self._day_in(self.first)
        is_shown = self.step.currentData() == "subsidy" and bool(amounts) and day is not None
        if amounts and day is not None:
            self.note.setText(plan_words(day, amounts, self.context.lang))
        if self.note.isHidden() is is_shown:
            self.note.setVisible(is_shown)
            self.refit()

    @Slot(object)
    def _on_change(self, _changes: object) -> None:
        registry = self.context.registry
        if registry is None or not self.isVisible():
            return
        self.see_anew()
        if way_of(registry.dataset, self._compound) != self._shown_way:
            self._offer()

    # answering

    def _on_answer(self, key: str, value: str) -> None:
        self._answered[key] = value

    def _on_advance(self, key: str) -> None:
        keys = list(self.facts)
        after = keys.index(key) + 1
        box = self.facts[keys[after]] if after < len(keys) else self.first
        box.setFocus(Qt.FocusReason.TabFocusReason)

    # writing

    @Slot()
    def _on_firms(self) -> None:
        if self._commits_when_ready:
            self._commits_when_ready = False
            self.on_commit()

    @override
    def on_commit(self) -> None:
        registry, step = self.context.registry, str(self.step.currentData())
        if registry is None or step == DONE:
            return
        if "firm" in _FIELDS[step] and not self.firm.is_ready:
            self._commits_when_ready = True
            return
        self.clear_errors()
        try:
            act = self._act(registry, step)
        except RegistryError as error:
            self.show_exception(error, _PLACES)
            return
        said = Text(
            f"{STEP_WORDS[step].zh}：{self._name} {self.first.text().strip()}",
            f"{STEP_WORDS[step].en}: {self._name} {self.first.text().strip()}",
        )
        self._asked = step
        self.commit.setEnabled(False)
        task = self.write(lambda _ticket: act(), said, on_error=self._on_error)
        task.ended.connect(self._on_ended)
        task.succeeded.connect(self._on_written)

    def _act(self, registry: Registry, step: str) -> Callable[[], Changes]:
        """Return what writes the step; raise InvalidInput for a field that can't be read."""
        compound, why = self._compound, self.why.text().strip() or None
        day = self._read_day(self.first, "from", self._day)
        match step:
            case "visit":
                answers = dict(self._answered)
                return lambda: adoption.visit(registry, compound, day, answers, why=why)
            case "subsidy":
                yuan = self._read_plan()
                return lambda: adoption.set_subsidy(registry, compound, yuan, first=day, why=why)
            case "end_subsidy":
                return lambda: adoption.end_subsidy(registry, compound, day, why=why)
            case "end":
                return lambda: adoption.end(registry, compound, day, why=why)
        firm = self.firm.code
        if not firm:
            raise _wrong("firm", _NO_FIRM.format(self.firm.line.text()))
        until = self._read_day(self.last, "until", None)
        if step == "trial":
            return lambda: adoption.begin_trial(registry, compound, firm, day, until=until, why=why)
        fee = self.fee.text().strip() or None
        without = self.without_trial.isChecked()
        return lambda: adoption.conclude(
            registry, compound, step, day, firm=firm, until=until, fee=fee, without_trial=without, why=why
        )

    def _on_error(self, error: Exception) -> None:
        self.show_exception(error, _PLACES)

    @Slot()
    def _on_ended(self) -> None:
        self.commit.setEnabled(self.step.currentData() != DONE)

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        close = words.CLOSE.in_(self.context.lang)
        self.cancel.setText(close)
        self.cancel.setAccessibleName(close)

    # reading the fields

    def _day_in(self, box: DayField) -> date | None:
        try:
            return box.read()
        except InvalidInput:
            return None

    def _read_day(self, box: DayField, key: str, empty: _Empty) -> date | _Empty:
        try:
            return box.read() or empty
        except InvalidInput as error:
            raise _wrong(key, error.message) from error

    def _read_plan(self) -> list[float]:
        amounts = amounts_in(self.plan.text())
        if amounts is None:
            raise _wrong("plan", _NO_AMOUNT.format(self.plan.text()))
        return amounts

    # fields that come and go

    def _box_of(self, key: str) -> QWidget:
        return self._fields[key][0]


def _wrong(key: str, message: Text) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, column=key),))
