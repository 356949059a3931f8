"""The two days of a change: from, to, and the days that people often compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain.period import half_year_before
from app.services.snapshots.snapshots import snapshots
from app.text import Text
from ui.models.usual_days import usual_days
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.day_field import DayField
from ui.widgets.flow import Flow
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

_FROM: Final = Text("从哪一天", "From which day")
_TO: Final = Text("到哪一天", "To which day")
_USUAL: Final = Text("常比的日子和存下的表", "Days often compared, and kept tables")
_KEPT: Final = Text("比存下的表：{}（{}）", "the kept table {} ({})")


class Days(QWidget):
    """Shows and changes the day of the window and the day it is compared with."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        lang = context.lang
        self.from_ = DayField(lang, self, may_be_empty=True, doubt=context.doubt)
        self.to = DayField(lang, self, day=context.as_of, doubt=context.doubt)
        self.error = text_label("", "error", self)
        self.error.setObjectName("compare.error")
        self.error.setWordWrap(True)
        self.error.hide()
        for field, name, said, chosen in (
            (self.from_, "compare.from", _FROM, self._on_from),
            (self.to, "compare.to", _TO, self._on_to),
        ):
            field.setObjectName(name)
            field.setAccessibleName(said.in_(lang))
            field.setFixedWidth(122)
            field.tell_in(self.error)
            field.day_chosen.connect(chosen)
        self.usual = ChoiceBox(self)
        self.usual.setObjectName("compare.usual")
        self.usual.setAccessibleName(_USUAL.in_(lang))
        self.usual.setMaximumWidth(300)
        self.usual.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.usual.activated.connect(self._on_usual)
        row = QWidget(self)
        flow = Flow(row, gap=6)
        for part in (self.from_, text_label("→", "second", row), self.to, self.usual):
            flow.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 12, 0)
        box.setSpacing(4)
        box.addWidget(row)
        box.addWidget(self.error)
        context.measure_changed.connect(self._on_question)
        context.as_of_changed.connect(self._on_question)
        context.registry_opened.connect(self._on_question)
        context.comparing.taken.connect(self._on_question)
        context.changed.connect(self._on_change)
        self._on_question()

    def take_focus(self) -> None:
        """Put the hand on the day compared with; where none is, on the last half-year's end."""
        if self._context.registry is not None and self._context.question.against is None:
            self.compare_half_year()
        self.from_.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.from_.selectAll()

    def compare_half_year(self) -> None:
        """Compare with the end of the half-year before."""
        self._context.ask(against=half_year_before(self._context.as_of))

    @Slot()
    def _on_question(self, *_changed: object) -> None:
        context = self._context
        against, day = context.question.against, context.as_of
        self.setEnabled(context.registry is not None)
        if self.from_.day() != against:
            self.from_.set_day(against)
        if self.to.day() != day:
            self.to.set_day(day)
        with QSignalBlocker(self.usual):
            self.usual.clear()
            for when, said in usual_days(day, against).items():
                self.usual.addItem(said.in_(context.lang), when)
            for table in () if context.registry is None else snapshots(context.registry):
                self.usual.addItem(_KEPT.in_(context.lang).format(table.name, table.query.as_of), table.code)
            kept = context.comparing.kept
            shown = against if kept is None or kept.query.as_of != against else kept.code
            self.usual.setCurrentIndex(max(0, self.usual.findData(shown)))

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        """Offer the tables that are kept now."""
        if "snapshots" in changes.kinds:
            self._on_question()

    @Slot(object)
    def _on_from(self, day: date | None) -> None:
        self._context.comparing.compare_day(day)

    @Slot(object)
    def _on_to(self, day: date) -> None:
        self._context.set_as_of(day)

    @Slot(int)
    def _on_usual(self, place: int) -> None:
        chosen = self.usual.itemData(place)
        if isinstance(chosen, str):
            self._context.comparing.compare_kept(chosen)
        else:
            self._context.comparing.compare_day(chosen)
