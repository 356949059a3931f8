"""Mediation: cases with their filter, counts by unit and category, mediators; and each case's next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Slot
from typing_extensions import override

from app.domain import vocabulary
from app.domain.kinds import LEVELS
from app.services.count.unit_counts import PLACES
from app.services.mediation.cases import levels_in_order
from app.text import Text
from ui import words
from ui.topics.base.lines import CODES_ROLE
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.mediation.lines import OPEN, VIEWS, Asked, Shown, find, places_of
from ui.widgets.empty import Offer
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

_ALL_LEVELS: Final = Text("所有层级", "Every level")
_ALL_STATES: Final = Text("所有状态", "Every state")
_OPEN: Final = Text("未办结", "Open")
_ALL_UNITS: Final = Text("所有街道", "Every street")
_NO_CASE: Final = Text("没有纠纷", "No case")
_CHOOSE: Final = Text("先选一个小区", "Choose a compound first")
_NEW: Final = Text("登记纠纷…", "Open a case…")
_STEP: Final = Text("推进…", "Move on…")
_NEW_TIP: Final = Text("给选中的小区或社区登记一件纠纷", "A case of the selected compound or community")
_STEP_TIP: Final = Text(
    "推进、上交或办结表中选中的纠纷", "Move, hand up or close the case chosen in the table"
)


class MediationTopic(LinesTopic):
    """Four views of one table; Enter on a case shows where it is, ``推进`` takes its next step."""

    KINDS = frozenset(
        {"cases", "facts", "compounds", "communities", "grids", "streets", "districts", "profile"}
    )

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._shown: Shown | None = None
        self.view = add_box(self, "view", Text("看什么", "What to see"), context.lang)
        for view, said in VIEWS.items():
            self.view.addItem(context.say(said), view)
        self.new = add_button(self, "new", _NEW, _NEW_TIP, context.lang)
        self.new.clicked.connect(self.open_case)
        self.step = add_button(self, "step", _STEP, _STEP_TIP, context.lang)
        self.step.clicked.connect(self.move_case)
        self.by = add_box(self, "by", Text("按哪一级", "By which level"), context.lang)
        for level in LEVELS:
            self.by.addItem(context.say(words.LEVELS[level]), level)
        self.by.setCurrentIndex(self.by.findData("street"))
        self.level = add_box(self, "level", Text("层级", "Level"), context.lang)
        self.state = add_box(self, "state", Text("状态", "State"), context.lang)
        self.unit = add_box(self, "unit", vocabulary.LEVELS["street"].heading(), context.lang)
        self.tools.addStretch(1)
        self._fill_filters()
        for box in (self.view, self.by, self.level, self.state, self.unit):
            box.currentIndexChanged.connect(self._on_filter)
        context.selection_changed.connect(self._on_selection)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._enable()

    def _fill_filters(self) -> None:
        context, registry = self._context, self._context.registry
        if registry is None:
            return
        choices = registry.profile.choices
        streets = [
            (street.code, street.text("name") or street.code)
            for street in registry.dataset.in_force("streets", context.as_of)
        ]
        wanted = (
            (
                self.level,
                _ALL_LEVELS,
                [(k, context.say(choices["case_level"][k])) for k in levels_in_order(registry.profile)],
            ),
            (
                self.state,
                _ALL_STATES,
                [
                    (OPEN, context.say(_OPEN)),
                    *((k, context.say(t)) for k, t in choices["case_state"].items()),
                ],
            ),
            (self.unit, _ALL_UNITS, streets),
        )
        for box, everything, items in wanted:
            offer(box, [("", context.say(everything)), *items])

    @override
    def nothing(self) -> Offer:
        if any(box.currentIndex() > 0 for box in (self.level, self.state, self.unit)):
            return super().nothing()
        return Offer(_NO_CASE, *((_NEW, "case.open") if self.new.isEnabled() else (_CHOOSE, "search.focus")))

    @property
    def asked(self) -> Asked:
        """What the tools ask for."""
        return Asked(
            view=str(self.view.currentData()),
            level=str(self.level.currentData() or ""),
            state=str(self.state.currentData() or ""),
            unit=str(self.unit.currentData() or ""),
            by=str(self.by.currentData()),
        )

    @override
    def question(self) -> Callable[[Ticket], Shown] | None:
        registry = self._context.registry
        if registry is None:
            return None
        self._fill_filters()
        engine, day, asked, lang = registry.engine, self._context.as_of, self.asked, self._context.lang

        def job(ticket: Ticket) -> Shown:
            ticket.step(self.WORDS, 0, 1)
            return find(engine, day, asked, lang)

        return job

    @override
    def answer(self, found: Shown) -> None:
        current = self.current_case()
        self._shown = found
        self.show_lines(found.heads, found.lines)
        self.say(found.summary.in_(self._context.lang))
        self.go_to(current if found.asked.view == "cases" else "")
        self._enable()

    @override
    def clear(self) -> None:
        self._shown = None
        super().clear()

    # acting

    def current_case(self) -> str:
        """Return the case of the current row, "" where the table shows none."""
        if self._shown is None or self._shown.asked.view != "cases":
            return ""
        index = self.table.currentIndex()
        return str(self._shown.lines[self.place_of(index)].code) if index.isValid() else ""

    @override
    def activate(self, index: QModelIndex) -> None:
        registry = self._context.registry
        if registry is None or self._shown is None:
            return
        codes: Sequence[str] = index.data(CODES_ROLE) or ()
        if self._shown.asked.view in ("units", "categories"):
            codes = places_of(registry.engine, codes, self._context.as_of)
        if codes:
            self._context.show_compounds(list(codes), self.words_of(self.place_of(index)))

    @Slot()
    def open_case(self) -> None:
        """Ask for a case of the selected compound or community."""
        self._context.wanted.emit("case.open")

    @Slot()
    def move_case(self) -> None:
        """Ask for the next step of the current case."""
        code = self.current_case()
        if code and self.step.isEnabled():
            self._context.step_wanted.emit(code, "")

    @Slot(int)
    def _on_filter(self, _place: int) -> None:
        is_count = self.view.currentData() == "units"
        self.by.setVisible(is_count)
        has_states = self.view.currentData() != "mediators"
        self.level.setVisible(has_states)
        self.state.setVisible(has_states)
        self.ask_again()

    @Slot(list)
    def _on_selection(self, _codes: list[str]) -> None:
        self._enable()

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._enable()

    @override
    def _enable(self) -> None:
        self.by.setVisible(self.view.currentData() == "units")
        reason = self._context.why_locked
        permit(self.new, reason, may=bool(self._context.selected(*PLACES)))
        case = self._context.record(self.current_case()) if self.current_case() else None
        permit(self.step, reason, may=case is not None and case.text("state") != "closed")
