"""What is asked of coverage: measure, unit, weight, count, kind, day, comparison. Shows and changes the question."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.coverage.measures import measure_words
from app.domain.days.typed_day import read_typed_day
from app.errors import InvalidInput, RegistryError
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.usual_days import usual_days
from ui.panels.coverage import choices
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField, ask_again
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

_NAMES: Final = {
    "coverage.measure": Text("指标", "Measure"),
    "coverage.by": Text("按哪一级", "By unit"),
    "coverage.weight": Text("按什么计", "Weight"),
    "coverage.count": Text("怎样归", "Count"),
    "coverage.kind": Text("类型", "Kind"),
    "coverage.as_of": Text("截至", "As of"),
    "coverage.against": Text("对比哪一天", "Compare with"),
}
_BEFORE_DAY: Final = re.compile(r"^(?:对?比|与|vs\.?|with)\s*", re.IGNORECASE)
_SPACING: Final = 6


class CoverageOptions(QWidget):
    """A row of choices. Weight choices follow the measure; the day is the window's day."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        lang = context.lang
        self.measure = self._combo("coverage.measure")
        self.by = self._combo("coverage.by")
        self.weight = self._combo("coverage.weight")
        self.count = self._combo("coverage.count")
        self.kind = self._combo("coverage.kind")
        self.against = self._combo("coverage.against")
        self.against.setEditable(True)
        self.against.setMaximumWidth(210)
        self.against.setInsertPolicy(ChoiceBox.InsertPolicy.NoInsert)
        self.as_of = DayField(lang, self, day=context.as_of, doubt=context.doubt)
        self.as_of.setObjectName("coverage.as_of")
        self._name(self.as_of, "coverage.as_of")
        self.error = text_label("", "error", self)
        self.error.setObjectName("coverage.error")
        self.error.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(2)
        as_of_words = text_label(_NAMES["coverage.as_of"].in_(lang), "second", self)
        self._parts: tuple[QWidget, ...] = (
            self.measure,
            self.by,
            self.weight,
            self.count,
            self.kind,
            as_of_words,
            self.as_of,
            self.against,
        )
        self._rows = (QHBoxLayout(), QHBoxLayout(), QHBoxLayout())
        for row in self._rows:
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(_SPACING)
            row.addStretch(1)
            outer.addLayout(row)
        self._placed: list[int] = []  # the row of each part
        self._doubted: date | None = None  # asked about; the same day again is meant
        self._arrange()
        outer.addWidget(self.error)
        choices.fill_levels(self.by, lang)
        for count, count_words in words.COUNTS.items():
            self.count.addItem(count_words.in_(lang), count)
        for box in (self.measure, self.by, self.weight, self.count, self.kind):
            box.activated.connect(self._on_activated)
            box.currentIndexChanged.connect(self._on_activated)
        self.against.activated.connect(self._on_against)
        line = self.against.lineEdit()
        assert line is not None
        line.editingFinished.connect(self._on_against)
        line.textEdited.connect(self.error.hide)
        self.as_of.tell_in(self.error)
        self.as_of.day_chosen.connect(self._on_day)
        context.measure_changed.connect(self._on_question)
        context.as_of_changed.connect(self._on_question)
        context.registry_opened.connect(self._on_registry)
        context.changed.connect(self._on_change)
        self._on_registry()

    def _arrange(self) -> None:
        """Put the choices into as many rows as their words need."""
        placed, row, used = [], 0, 0
        for part in self._parts:
            needed = part.sizeHint().width() + _SPACING
            if used and used + needed > self.width() + _SPACING and row < len(self._rows) - 1:
                row, used = row + 1, 0
            placed.append(row)
            used += needed
        if placed == self._placed:
            return
        self._placed = placed
        for part in self._parts:
            for line in self._rows:
                line.removeWidget(part)
        for part, row in zip(self._parts, placed, strict=True):
            self._rows[row].insertWidget(self._rows[row].count() - 1, part)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another row where the words would be cut off."""
        super().resizeEvent(event)
        self._arrange()

    def _combo(self, name: str) -> ChoiceBox:
        return choices.make_choice(name, _NAMES[name].in_(self._context.lang), self)

    def _name(self, widget: QWidget, name: str) -> None:
        widget.setAccessibleName(_NAMES[name].in_(self._context.lang))
        set_tip(widget, _NAMES[name].in_(self._context.lang))

    @Slot()
    def _on_registry(self) -> None:
        registry, lang = self._context.registry, self._context.lang
        self.setEnabled(registry is not None)
        if registry is not None:
            choices.fill_measures(self.measure, registry.profile, lang)
            choices.fill(self.kind, ((w.in_(lang), k) for k, w in said.kind_choices(registry.profile)))
        self._on_question(None)

    @Slot(object)
    def _on_question(self, _changed: object) -> None:
        registry, question, day = self._context.registry, self._context.question, self._context.as_of
        if registry is None:
            return
        choices.fill_weights(self.weight, registry.profile, question.measure, self._context.lang)
        for combo, value in (
            (self.by, question.by),
            (self.weight, question.weight or self.weight.itemData(0)),
            (self.count, question.count),
            (self.kind, question.kind),
        ):
            choices.show(combo, value)
        named = measure_words(registry.profile, question.measure).in_(self._context.lang)
        choices.show(self.measure, question.measure, named)
        if self.as_of.day() != day:
            self.as_of.set_day(day)
        self._fill_against(question.against, day)

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        """Offer what another profile declares."""
        if "profile" in changes.kinds:
            self._on_registry()

    def _fill_against(self, against: date | None, day: date) -> None:
        rows = [(label.in_(self._context.lang), when) for when, label in usual_days(day, against).items()]
        choices.fill(self.against, rows)
        choices.show(self.against, against)
        line = self.against.lineEdit()
        if line is not None and not line.hasFocus():
            line.setCursorPosition(0)

    @Slot()
    @Slot(int)
    def _on_activated(self, _place: int = 0) -> None:
        choices.ask(
            self._context,
            self.measure.currentData(),
            str(self.by.currentData()),
            self.weight.currentData(),
            count=str(self.count.currentData()),
            kind=self.kind.currentData(),
        )

    @Slot()
    @Slot(int)
    def _on_against(self, _place: int = 0) -> None:
        typed = self.against.currentText().strip()
        place = self.against.findText(typed)
        try:
            day = self.against.itemData(place) if place >= 0 else self._typed_day(typed)
        except RegistryError as error:
            self.error.setText(self._context.sentence(error))
            self.error.show()
            return
        self.error.hide()
        self._context.ask(against=day)

    def _typed_day(self, typed: str) -> date | None:
        """Return the day typed to compare with, with or without the word before it."""
        written = _BEFORE_DAY.sub("", typed)
        day = read_typed_day(written) if written else None
        question = None if day is None or day == self._doubted else self._context.doubt(day)
        self._doubted = day
        if question is not None:
            raise InvalidInput(ask_again(question))
        return day

    @Slot(object)
    def _on_day(self, chosen: date) -> None:
        self._context.set_as_of(chosen)
