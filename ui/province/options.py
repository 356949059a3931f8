"""What is asked of a province: measure, level, weight, how to count, kind, the day and the day compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.coverage.measures import measure_words
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.measures import finest_level, weights_of
from ui.panels.coverage import choices
from ui.widgets.day_field import DayField
from ui.widgets.flow import Flow
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from datetime import date

    from ui.bridge.context import WindowContext
    from ui.province.state import ProvinceState
    from ui.widgets.choice_box import ChoiceBox

_NAMES: Final = {
    "province.measure": Text("指标", "Measure"),
    "province.by": Text("按哪一级", "By unit"),
    "province.weight": Text("按什么计", "Weight"),
    "province.count": Text("怎样归", "Count"),
    "province.kind": Text("类型", "Kind"),
    "province.as_of": Text("截至", "As of"),
    "province.against": Text("对比哪一天，空着是不对比", "Compare with; empty: no comparison"),
}
_AGAINST: Final = Text("对比", "Against")
_DAY_W: Final = 120


class ProvinceOptions(QWidget):
    """A row of choices, in as many lines as their words need; all wait until some registry has answered."""

    def __init__(self, context: WindowContext, state: ProvinceState, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._state = context, state
        lang = context.lang
        self.setObjectName("province.options")
        self.measure, self.by = self._box("province.measure"), self._box("province.by")
        self.weight, self.count = self._box("province.weight"), self._box("province.count")
        self.kind = self._box("province.kind")
        self.as_of = self._day("province.as_of", may_be_empty=False)
        self.against = self._day("province.against", may_be_empty=True)
        self.against.setPlaceholderText(said.NO_COMPARISON.in_(lang))
        self.error = text_label("", "error", self)
        self.error.setObjectName("province.options.error")
        self.error.hide()
        line = QWidget(self)
        row = Flow(line, gap=6)
        as_of, against = (self._caption(said) for said in (_NAMES["province.as_of"], _AGAINST))
        for part in (
            self.measure,
            self.by,
            self.weight,
            self.count,
            self.kind,
            as_of,
            self.as_of,
            against,
            self.against,
        ):
            row.addWidget(part)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        outer.addWidget(line)
        outer.addWidget(self.error)
        choices.fill_levels(self.by, lang)
        choices.fill(self.count, ((told.in_(lang), count) for count, told in words.COUNTS.items()))
        for box in (self.measure, self.by, self.weight, self.count, self.kind):
            box.activated.connect(self._on_activated)
            box.currentIndexChanged.connect(self._on_activated)
        for field in (self.as_of, self.against):
            field.tell_in(self.error)
        self.as_of.day_chosen.connect(context.set_as_of)
        self.against.day_chosen.connect(self._on_against)
        self.show_question()

    def _box(self, name: str) -> ChoiceBox:
        return choices.make_choice(name, self._context.say(_NAMES[name]), self)

    def _caption(self, said: Text) -> QWidget:
        """Return the words before a field, as high as the field, so that both stand on one line."""
        label = text_label(said.in_(self._context.lang), "second", self)
        label.setMinimumHeight(self.as_of.sizeHint().height())
        return label

    def _day(self, name: str, *, may_be_empty: bool) -> DayField:
        field = DayField(self._context.lang, self, may_be_empty=may_be_empty)
        field.setObjectName(name)
        field.setFixedWidth(_DAY_W)
        field.setAccessibleName(self._context.say(_NAMES[name]))
        set_tip(field, self._context.say(_NAMES[name]))
        return field

    def show_question(self) -> None:
        """Show what is asked, and offer what the profile of the registries declares."""
        state, lang = self._state, self._context.lang
        profile, question = state.profile, state.question
        self.setEnabled(profile is not None)
        self.as_of.set_day(state.day)
        self.against.set_day(question.against)
        choices.show(self.by, question.by)
        choices.show(self.count, question.count)
        if profile is None:
            return
        choices.fill_measures(self.measure, profile, lang)
        choices.fill(self.kind, ((told.in_(lang), kind) for kind, told in said.kind_choices(profile)))
        choices.fill_weights(self.weight, profile, question.measure, lang)
        choices.show(self.measure, question.measure, measure_words(profile, question.measure).in_(lang))
        choices.show(self.weight, question.weight or self.weight.itemData(0))
        choices.show(self.kind, question.kind)

    @Slot()
    @Slot(int)
    def _on_activated(self, _place: int = 0) -> None:
        state, measure = self._state, self.measure.currentData()
        profile = state.profile
        if profile is None or not isinstance(measure, str):  # a heading
            return
        by, weight, allowed = (
            str(self.by.currentData()),
            self.weight.currentData(),
            weights_of(profile, measure),
        )
        state.ask(
            measure=measure,
            by=finest_level(profile, measure, by),
            weight=weight if weight in allowed and weight != allowed[0] else None,
            count=str(self.count.currentData()),
            kind=self.kind.currentData(),
        )

    @Slot(object)
    def _on_against(self, day: date | None) -> None:
        self._state.ask(against=day)
