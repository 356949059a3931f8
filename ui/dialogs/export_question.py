"""What an export asks: the question of the screen as its default, each part of it in a field of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from app.domain import vocabulary
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS
from app.domain.weights import WEIGHTS
from app.text import Text
from ui import words
from ui.models.coverage_words import kind_choices
from ui.models.measures import measure_choices, weights_of
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext
    from ui.dialogs.base.sheet import Sheet

_ALL: Final = Text("全部", "All")
_ALSO: Final = Text("同一份里也给 {0}（正在对比的一天）", "In the same file also {0}, the day compared with")
_MOST_UNITS: Final = 2000  # of more, those of the lowest level are not offered one by one


class QuestionFields(QObject):
    """The fields of a sheet that say what is asked; ``changed`` when one of them is another."""

    changed = Signal()

    def __init__(self, sheet: Sheet, context: WindowContext) -> None:
        super().__init__(sheet)
        self._context = context
        lang, asked = context.lang, context.question
        profile = None if context.registry is None else context.registry.profile
        measures = [] if profile is None else measure_choices(profile)
        self.measure = combo(sheet, [(said.in_(lang), name) for name, said in measures], asked.measure)
        levels = [(said.in_(lang), name) for name, said in words.LEVELS.items()]
        self.by = combo(sheet, levels, asked.by)
        self.unit = combo(sheet, self._units(lang), context.place)
        self.as_of = DayField(lang, sheet, day=context.as_of, doubt=context.doubt)
        self.weight = combo(sheet, [], "")
        kinds = [] if profile is None else kind_choices(profile)
        self.kind = combo(sheet, [(said.in_(lang), name or "") for name, said in kinds], asked.kind or "")
        counts = [(said.in_(lang), name) for name, said in vocabulary.COUNTS.items()]
        self.count = combo(sheet, counts, asked.count)
        self.also = QCheckBox(sheet)
        self.also.setChecked(asked.against is not None)
        if asked.against is not None:
            self.also.setText(_ALSO.format(asked.against.isoformat()).in_(lang))
        self._offer_weights(asked.weight)
        for box in (self.measure, self.by, self.unit, self.weight, self.kind, self.count):
            box.currentIndexChanged.connect(self._on_changed)
        self.as_of.textChanged.connect(self._on_changed)
        self.also.toggled.connect(self._on_changed)
        self.measure.currentIndexChanged.connect(self._on_measure)

    def add_to(self, sheet: Sheet) -> None:
        """Put the fields into the sheet's form."""
        sheet.add_field("measure", Text("指标", "Measure"), self.measure)
        sheet.add_field("by", Text("按", "By"), self.by)
        sheet.add_field("unit", Text("范围", "Area"), self.unit)
        sheet.add_field("as_of", Text("截至", "As of"), self.as_of)
        sheet.add_field("weight", Text("计量", "Weight"), self.weight)
        sheet.add_field("kind", Text("类型", "Kind"), self.kind)
        sheet.add_field("count", Text("计数方式", "Counting"), self.count)
        sheet.add_field("also", Text("对比", "Compared"), self.also)
        sheet.show_field("also", is_shown=self._context.question.against is not None)

    def given(self) -> dict[str, Any]:
        """Return what was chosen, as a request takes it; raises InvalidInput for a day that is none."""
        against = self._context.question.against
        return {
            "measure": str(self.measure.currentData()),
            "by": str(self.by.currentData()),
            "unit": str(self.unit.currentData() or "") or None,
            "as_of": self.as_of.needed(),
            "weight": str(self.weight.currentData() or "") or None,
            "kind": str(self.kind.currentData() or "") or None,
            "count": str(self.count.currentData()),
            "days": (against,) if against is not None and self.also.isChecked() else (),
            "against": against,
        }

    def _units(self, lang: str) -> list[tuple[str, str]]:
        """Return the units that a file can be cut to, from the district down, with the one that is chosen on screen."""
        found, registry = [(_ALL.in_(lang), "")], self._context.registry
        if registry is None:
            return found
        for kind in UNIT_KINDS:
            records = list(registry.dataset.in_force(kind, self._context.as_of))
            if KINDS[kind].table == LEVELS[-1]:
                records = [record for record in records if record.code == self._context.place]
            if len(records) <= _MOST_UNITS:
                found += [(f"{record.text('name')} · {record.code}", record.code) for record in records]
        return found

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()

    @Slot(int)
    def _on_measure(self, _place: int) -> None:
        self._offer_weights(str(self.weight.currentData() or "") or None)

    def _offer_weights(self, chosen: str | None) -> None:
        """Offer the weights that the measure allows; its own stands first."""
        registry = self._context.registry
        if registry is None:
            return
        allowed = weights_of(registry.profile, str(self.measure.currentData()))
        self.weight.blockSignals(True)
        self.weight.clear()
        for weight in allowed:
            self.weight.addItem(WEIGHTS[weight].words.in_(self._context.lang), weight)
        self.weight.setCurrentIndex(max(0, self.weight.findData(chosen)))
        self.weight.blockSignals(False)


def combo(parent: QWidget, rows: list[tuple[str, str]], chosen: str = "") -> ChoiceBox:
    """Return a choice box of words and values."""
    box = ChoiceBox(parent)
    for said, value in rows:
        box.addItem(said, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
