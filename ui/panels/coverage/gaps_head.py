"""The head of the gaps: what is asked, and how far the whole is from the target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.coverage.measures import measure_words
from app.domain.looks import wording
from app.text import Text
from ui.models import coverage_words as said
from ui.models.missing import missing_to
from ui.panels.coverage import choices
from ui.widgets.flow import Flow
from ui.widgets.number_box import DecimalBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.coverage.results import Coverage
    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

_NAMES: Final = {
    "gaps.measure": Text("指标", "Measure"),
    "gaps.by": Text("按哪一级", "By unit"),
    "gaps.weight": Text("按什么计", "Weight"),
}
_TARGET: Final = Text("目标", "Target")
_NOW: Final = Text("全部现在", "Now, all together")
_TO_TARGET: Final = Text("到 {target:g}% 最少再覆盖", "At least to reach {target:g}%")
_EACH: Final = Text("每一行都到是 {}", "{} for every row")
_UNKNOWN: Final = Text("未知，不算已覆盖", "Unknown: not counted")
_LOWEST: Final = Text("可能 {}", "possible {}")


class GapsHead(QWidget):
    """Choosers of measure, unit, weight and target; below them the figures of the whole."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._has_figures = self._is_low = False
        lang = context.lang
        self.measure, self.by, self.weight = (
            choices.make_choice(name, name_said.in_(lang), self) for name, name_said in _NAMES.items()
        )
        choices.fill_levels(self.by, lang)
        self.target = DecimalBox(self)
        self.target.setObjectName("gaps.target")
        self.target.setAccessibleName(_TARGET.in_(lang))
        self.target.setRange(0, 100)
        self.target.setDecimals(1)
        self.target.setSuffix("%")
        self.target.setFixedWidth(84)
        self.target.setValue(context.target * 100)
        asked = QWidget(self)
        row = Flow(asked, gap=6)
        aimed = QWidget(asked)
        aim = QHBoxLayout(aimed)
        aim.setContentsMargins(0, 0, 0, 0)
        aim.addWidget(text_label(_TARGET.in_(lang), "second", aimed))
        aim.addWidget(self.target)
        for part in (self.measure, self.by, self.weight, aimed):
            row.addWidget(part)
        self._card = QWidget(self)
        self._card.setProperty("room", "sunk")
        self._card.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        cells = QHBoxLayout(self._card)
        cells.setContentsMargins(12, 6, 12, 6)
        cells.setSpacing(12)
        self._now, self.summary, self._range = self._cell(cells, "gaps.summary", 4)
        self._aim, self.missing, self._each = self._cell(cells, "gaps.missing", 4)
        self._open, self.unknown, self._span = self._cell(cells, "gaps.unknown", 3)
        self._aim.setObjectName("gaps.aim")
        self._now.setText(_NOW.in_(lang))
        self._open.setText(_UNKNOWN.in_(lang))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(asked)
        box.addWidget(self._card)
        for combo in (self.measure, self.by, self.weight):
            combo.activated.connect(self._on_chosen)
            combo.currentIndexChanged.connect(self._on_chosen)
        self.target.valueChanged.connect(self._on_target)
        context.measure_changed.connect(self._on_question)
        context.registry_opened.connect(self._on_registry)
        context.target_changed.connect(self._on_target_asked)
        context.changed.connect(self._on_change)
        self._on_registry()

    def _cell(self, row: QHBoxLayout, name: str, stretch: int) -> tuple[QLabel, QLabel, QLabel]:
        """Return three lines one below the other: what it is, the figure, what belongs beside it."""
        found = (
            text_label("", "second", self._card),
            text_label("", "card", self._card),
            text_label("", "second", self._card),
        )
        found[1].setObjectName(name)
        column = QVBoxLayout()
        column.setSpacing(0)
        for label in found:
            label.setWordWrap(True)
            label.setMinimumWidth(60)
            column.addWidget(label)
        column.addStretch(1)
        row.addLayout(column, stretch)
        return found

    def set_low(self, *, is_low: bool) -> None:
        """Leave the figures of the whole out where the rows have no room below them: the sum says them."""
        self._is_low = is_low
        self._card.setVisible(self._has_figures and not is_low)

    def show_figures(self, coverage: Coverage | None, target: float) -> None:
        """Say how far the whole is from the target (0 to 1)."""
        self._has_figures = coverage is not None
        self._card.setVisible(self._has_figures and not self._is_low)
        if coverage is None:
            self.summary.setText("")
            return
        say, figures = self._context.say, coverage.total.figures
        self.summary.setText(say(wording.rate_of(figures, said.unit_after(self._context))))
        self._range.setText(say(wording.lowest(figures)))
        self._aim.setText(say(_TO_TARGET).format(target=round(target * 100, 1)))
        self.missing.setText(said.amount(missing_to(figures, target)))
        rows = (*coverage.rows, coverage.unplaced)
        self._each.setText(
            say(_EACH).format(said.amount(sum(missing_to(row.figures, target) for row in rows)))
        )
        self.unknown.setText(said.amount(figures.unknown))
        self._span.setText(
            say(_LOWEST).format(say(wording.span(figures))) if figures.unknown else say(wording.span(figures))
        )

    @Slot()
    def _on_registry(self) -> None:
        registry = self._context.registry
        self.setEnabled(registry is not None)
        if registry is not None:
            choices.fill_measures(self.measure, registry.profile, self._context.lang)
        self._on_target_asked(self._context.target)
        self._on_question(None)

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        """Offer what another profile declares."""
        if "profile" in changes.kinds:
            self._on_registry()

    @Slot(object)
    def _on_question(self, _changed: object) -> None:
        registry, question = self._context.registry, self._context.question
        if registry is None:
            return
        choices.fill_weights(self.weight, registry.profile, question.measure, self._context.lang)
        choices.show(self.by, question.by)
        choices.show(self.weight, question.weight or self.weight.itemData(0))
        named = measure_words(registry.profile, question.measure).in_(self._context.lang)
        choices.show(self.measure, question.measure, named)

    @Slot()
    @Slot(int)
    def _on_chosen(self, _place: int = 0) -> None:
        by = str(self.by.currentData())
        if by != self._context.question.by:
            self._context.settings.review_level = by
        choices.ask(self._context, self.measure.currentData(), by, self.weight.currentData())

    @Slot(float)
    def _on_target(self, percent: float) -> None:
        self._context.set_target(percent / 100)

    @Slot(float)
    def _on_target_asked(self, target: float) -> None:
        with QSignalBlocker(self.target):
            self.target.setValue(target * 100)
