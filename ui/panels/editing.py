"""The panel beside the map while an outline is edited: what the edit does, to whom, from which day, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain import vocabulary
from app.errors import InvalidInput
from app.text import Text
from ui.bridge.errors import words_of
from ui.widgets.day_field import DayField
from ui.widgets.mark import Mark
from ui.widgets.plain import text_label
from ui.widgets.section_header import Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtGui import QKeyEvent

    from ui.bridge.context import WindowContext
    from ui.models.editing import EditFacts, Outcome

WRONG, FROM = "wrong", "from"
_ROOM: Final = Text("改边界", "Edit of an outline")
_CHANGE: Final = Text("变化", "Change")
_AROUND: Final = Text("周长", "Around")
_COMES: Final = Text("这一改会带来什么", "What this edit does")
_NOTHING: Final = Text("还没有改动", "Nothing is changed yet")
_NOBODY: Final = Text("邻居的边界都不变", "No neighbour's border changes")
_SAME: Final = Text("不变", "none")
_FOLLOW: Final = Text("跟着动", "Moves along")
_NEIGHBOURS: Final = Text("共用这条边的邻居", "Neighbours that share the border")
_WHY: Final = Text("为什么改", "Why")
_CASES: Final = {
    WRONG: Text("原来画错了（更正，不算变化）", "It was drawn wrongly (a correction, no change)"),
    FROM: Text("从某天起真的变了", "It really changed, from a day on"),
}
_DAY: Final = Text("从哪天起", "From which day")
_REASON: Final = Text("理由（可以不写）", "Reason (may be left out)")
_FINISH: Final = Text("完成  Enter", "Finish  Enter")
_PUT_DOWN: Final = Text("放下  Esc", "Put down  Esc")
_MEANT: Final = Text("就要这样  Y", "It is meant  Y")
_DROP: Final = Text("放弃这些改动", "Give these changes up")
_KEPT: Final = Text(
    "草稿自动留着；完成后 Ctrl+Z 可撤。", "A draft is kept by itself; Ctrl+Z takes it back once finished."
)
_TOKENS: Final = {"": "t2", "warning": "warning", "error": "error"}


class _Row(QWidget):
    """One thing that comes of the edit."""

    def __init__(self, outcome: Outcome, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        title = text_label(outcome.title.in_(lang), "error" if outcome.tone == "error" else "strong", self)
        title.setWordWrap(True)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addWidget(title)
        detail = outcome.detail.in_(lang)
        if detail:
            more = text_label(detail, "second", self)
            more.setWordWrap(True)
            words.addWidget(more)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 3, 0, 3)
        row.setSpacing(8)
        mark = Mark(outcome.icon, _TOKENS[outcome.tone], self)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class EditingPanel(QWidget):
    """Shows an edit under the hand. Its buttons do what Enter and Esc do on the map."""

    finish_asked = Signal()
    put_down_asked = Signal()
    drop_asked = Signal()
    meant_asked = Signal()
    alone_changed = Signal(bool)

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("editing")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAccessibleName(_ROOM.in_(context.lang))
        self._context = context
        self._shown: Sequence[object] = ()
        self._is_changed = False
        lang = context.lang
        self.title = text_label("", "title", self)
        self.title.setObjectName("editing.title")
        self.title.setWordWrap(True)
        body = QWidget(self)
        body.setProperty("room", "panel")
        body.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 12, 0, 12)
        column.setSpacing(8)
        head = QVBoxLayout()
        head.setContentsMargins(14, 0, 14, 0)
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addLayout(self._figures(lang))
        column.addLayout(head)
        self.outcomes = Section("editing.outcomes", _COMES.in_(lang), body)
        column.addWidget(self.outcomes)
        column.addWidget(self._follow(lang, body))
        column.addWidget(self._why(lang, body))
        column.addStretch(1)
        scroll = QScrollArea(self)
        scroll.setObjectName("editing.scroll")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(body)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._foot(lang))

    def _figures(self, lang: str) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        self.area, self.change, self.around = (text_label("", "", self) for _ in range(3))
        for row, (words, label) in enumerate(
            ((vocabulary.DERIVED["area_m2"], self.area), (_CHANGE, self.change), (_AROUND, self.around))
        ):
            grid.addWidget(text_label(words.in_(lang), "", self), row, 0)
            grid.addWidget(label, row, 1, Qt.AlignmentFlag.AlignRight)
        self.area.setObjectName("editing.area")
        self.change.setObjectName("editing.change")
        self.around.setObjectName("editing.around")
        return grid

    def _follow(self, lang: str, parent: QWidget) -> Section:
        self.follow = Section("editing.follow", _FOLLOW.in_(lang), parent)
        self.neighbours = QCheckBox(_NEIGHBOURS.in_(lang), self.follow)
        self.neighbours.setObjectName("editing.follow.neighbours")
        self.neighbours.setAccessibleName(_NEIGHBOURS.in_(lang))
        self.neighbours.setChecked(True)
        self.neighbours.clicked.connect(self._on_neighbours)
        self.follow.body.addWidget(self.neighbours)
        return self.follow

    def _why(self, lang: str, parent: QWidget) -> Section:
        self.why = Section("editing.why", _WHY.in_(lang), parent)
        self.cases = {case: QRadioButton(said.in_(lang), self.why) for case, said in _CASES.items()}
        for case, button in self.cases.items():
            button.setObjectName(f"editing.case.{case}")
            button.setAccessibleName(_CASES[case].in_(lang))
            self.why.body.addWidget(button)
        self.day = DayField(lang, self.why, day=self._context.as_of, doubt=self._context.doubt)
        self.day.setObjectName("editing.day")
        self.day.setAccessibleName(_DAY.in_(lang))
        self.problem = text_label("", "error", self.why)
        self.problem.setObjectName("editing.problem")
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.day.tell_in(self.problem)
        self.reason = QLineEdit(self.why)
        self.reason.setObjectName("editing.reason")
        self.reason.setAccessibleName(_REASON.in_(lang))
        self.reason.setPlaceholderText(_REASON.in_(lang))
        self.why.body.addWidget(self.day)
        self.why.body.addWidget(self.problem)
        self.why.body.addWidget(self.reason)
        self.cases[self._context.settings.outline_case].setChecked(True)
        self.cases[FROM].toggled.connect(self.day.setVisible)
        self.day.setVisible(self.cases[FROM].isChecked())
        return self.why

    def _foot(self, lang: str) -> QVBoxLayout:
        self.finish, self.put_down, self.drop, self.meant = (QPushButton(self) for _ in range(4))
        for name, button, words, asked in (
            ("commit", self.finish, _FINISH, self.finish_asked),
            ("leave", self.put_down, _PUT_DOWN, self.put_down_asked),
            ("drop", self.drop, _DROP, self.drop_asked),
            ("meant", self.meant, _MEANT, self.meant_asked),
        ):
            button.setObjectName(f"editing.{name}")
            button.setText(words.in_(lang))
            button.setAccessibleName(words.in_(lang))
            button.clicked.connect(asked)
        self.finish.setProperty("role", "main")
        self.drop.setProperty("role", "link")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.finish, 1)
        row.addWidget(self.put_down)
        self.note = text_label(_KEPT.in_(lang), "faint", self)
        self.note.setWordWrap(True)
        foot = QVBoxLayout()
        foot.setContentsMargins(14, 8, 14, 10)
        foot.setSpacing(6)
        foot.addWidget(self.meant)
        foot.addLayout(row)
        foot.addWidget(self.drop, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addWidget(self.note)
        return foot

    # showing

    def show_facts(self, facts: EditFacts) -> None:
        """Show an edit."""
        lang = self._context.lang
        self.title.setText(facts.title.in_(lang))
        (was, now), (was_around, now_around) = facts.areas, facts.lengths
        metres = "m" if lang == "en" else "米"
        self.area.setText(f"{was:,.0f} → {now:,.0f} m²" if facts.is_changed else f"{was:,.0f} m²")
        self.change.setText(_change(was, now, lang) if facts.is_changed else "–")
        around = f"{was_around:,.0f} → {now_around:,.0f}" if facts.is_changed else f"{was_around:,.0f}"
        self.around.setText(f"{around} {metres}")
        self.follow.setVisible(facts.is_alone is not None)
        self.neighbours.setChecked(not facts.is_alone)
        self.why.setVisible(facts.asks_day)
        self._is_changed = facts.is_changed
        self.finish.setEnabled(facts.is_changed)
        self.meant.setVisible(facts.is_asked)
        self.drop.setVisible(facts.is_changed and facts.may_drop)
        self.show_outcomes(facts.outcomes)

    def show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Show what comes of it; where nothing does, whether that is because nothing was done."""
        shown = (self._is_changed, *outcomes)
        if shown == self._shown and self.outcomes.body.count():
            return
        self._shown = shown
        while (item := self.outcomes.body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        lang = self._context.lang
        for outcome in outcomes:
            self.outcomes.body.addWidget(_Row(outcome, lang, self.outcomes.content))
        if not outcomes:
            words = _NOBODY if self._is_changed else _NOTHING
            self.outcomes.body.addWidget(text_label(words.in_(lang), "second", self.outcomes.content))

    # what was answered

    @property
    def case(self) -> str:
        """Whether it was wrong all along or is other from a day on."""
        return FROM if self.cases[FROM].isChecked() else WRONG

    def since(self) -> date | None:
        """Return the day from which it is so, None for a correction; raises InvalidInput where no day stands there."""
        if self.case == WRONG:
            return None
        try:
            return self.day.needed()
        except InvalidInput as error:
            self.problem.setText(self._context.say(words_of(error)))
            self.problem.show()
            raise

    @property
    def why_words(self) -> str | None:
        """The reason typed, None where none was."""
        return self.reason.text().strip() or None

    def begin_anew(self) -> None:
        """Ask afresh, as for another edit."""
        self.cases[self._context.settings.outline_case].setChecked(True)
        self.day.set_day(self._context.as_of)
        self.reason.clear()
        self.problem.hide()

    @Slot()
    def _on_neighbours(self) -> None:
        self.alone_changed.emit(not self.neighbours.isChecked())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what Enter and Esc do on the map."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._is_changed:
            self.finish_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.put_down_asked.emit()
        else:
            super().keyPressEvent(event)


def _change(was: float, now: float, lang: str) -> str:
    """Return how much larger an area is [m²]; what rounds to nothing is none."""
    more = round(now - was)
    if not more:
        return _SAME.in_(lang)
    share = f"{(now - was) / was:+.1%}" if was else ""
    brackets = "（{}）" if lang == "zh" else " ({})"
    return f"{more:+,} m²" + (brackets.format(share) if share else "")
