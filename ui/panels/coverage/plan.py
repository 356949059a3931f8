"""The least work of one unit: what it takes, act by act, with who could take an act's place, other plans and visits.

How it is used: ``PlanView(context, parent)`` and ``show_unit(coverage, unit, name, gap)`` whenever another row is at hand;
``unit`` "total" is all together, None nothing. The plan is sought beside the window, only while the view is open and in
sight. ``tasks_asked`` hands the codes of the acts marked, of all where none is marked: make tasks of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from app.coverage.gaps import gap_of
from app.coverage.work.told import cost_in_short, costs_note, headline, hope, plan_rows, recipe
from app.text import Text
from ui.models.on_map import on_map
from ui.panels.coverage.plan_model import ROW_ROLE, Column, PlanModel
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import plain_caption, set_tip, text_label
from ui.widgets.row_table import make_table
from ui.widgets.section_header import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QShowEvent

    from app.coverage.gaps import Gap
    from app.coverage.results import Coverage
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

TOTAL: Final = "total"
_TITLE: Final = Text("最省的做法", "Least work")
_SEEKING: Final = Text("正在求…", "Seeking…")
_CHOICE: Final = Text("哪一种做法", "Which plan")
_BEST: Final = Text("最省：{0}", "Least: {0}")
_OTHER: Final = Text("另一种：{0}", "Another: {0}")
_TASKS: Final = Text("出任务单", "Make tasks")
_TASKS_TIP: Final = Text(
    "把标出的做法作为任务指派；没有标出时是全部",
    "Give the acts marked as tasks; all of them where none is marked",
)
_WIDTHS: Final = {Column.COST: 44, Column.INSTEAD: 52}
_HEIGHT: Final = 132  # [px] of the rows
_LOW: Final = 79  # of them where the panel is low


class PlanView(QWidget):
    """The plan of the row at hand.

    Signals
    -------
    tasks_asked
        Codes of subjects and firms whose acts somebody is to be given as tasks.

    """

    tasks_asked = Signal(list)

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gaps.plan")
        lang = context.lang
        self.setAccessibleName(_TITLE.in_(lang))
        self._context = context
        self._asked: tuple[Coverage, str, str, float] | None = None
        self._shown: tuple[Coverage, str, str, float] | None = None
        self._task: Task | None = None
        self._is_low = False
        self.gap: Gap | None = None
        self.section = Section("gaps.plan.section", _TITLE.in_(lang), self)
        self.headline = text_label("", "strong", self)
        self.headline.setObjectName("gaps.plan.headline")
        self.headline.setWordWrap(True)
        self.choice = ChoiceBox(self)
        self.choice.setObjectName("gaps.plan.choice")
        self.choice.setAccessibleName(_CHOICE.in_(lang))
        self.choice.setMinimumContentsLength(8)
        self.choice.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.choice.currentIndexChanged.connect(self._on_choice)
        self.tasks = QPushButton(plain_caption(_TASKS.in_(lang)), self)
        self.tasks.setObjectName("gaps.plan.tasks")
        self.tasks.setAccessibleName(_TASKS.in_(lang))
        set_tip(self.tasks, _TASKS_TIP.in_(lang))
        self.tasks.clicked.connect(self._on_tasks)
        self._model = PlanModel(lang, self)
        self.table = make_table("gaps.plan.acts", _TITLE.in_(lang), self)
        self.table.setSelectionMode(self.table.SelectionMode.ExtendedSelection)
        self.table.setModel(self._model)
        self.table.setFixedHeight(_HEIGHT)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(Column.DOING, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(Column.WHO, 120)
        for column, width in _WIDTHS.items():
            head = header.fontMetrics().horizontalAdvance(PlanModel.HEADERS[column].in_(lang)) + 14
            self.table.setColumnWidth(column, max(width, head))
        self.table.clicked.connect(self._on_cell)
        self.table.activated.connect(self._on_cell)
        self.visits = text_label("", "second", self)
        self.visits.setObjectName("gaps.plan.visits")
        self.visits.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choice, 1)
        row.addWidget(self.tasks)
        self.section.body.addWidget(self.headline)
        self.section.body.addLayout(row)
        self.section.body.addWidget(self.table)
        self.section.body.addWidget(self.visits)
        self.section.header.toggled.connect(self._seek)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.section)
        context.target_changed.connect(self._on_target)
        self._fill(None)

    def show_unit(
        self, coverage: Coverage | None, unit: str | None, name: str = "", gap: Gap | None = None
    ) -> None:
        """Show the plan of a row of a coverage: a unit's code, ``TOTAL`` for all together, None for nothing.

        ``gap``: its plan where somebody has it already.
        """
        if coverage is None or unit is None or not coverage.total.figures.total:
            self._asked = self._shown = None
            self._fill(None)
            return
        self._asked = (coverage, unit, name, self._context.target)
        if gap is None or gap is self.gap:
            self._seek()
            return
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._shown = self._asked
        self._fill(gap)

    @Slot()
    def _on_target(self) -> None:
        if self._asked is not None:
            self._asked = (*self._asked[:3], self._context.target)
            self._seek()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Seek what was asked for while it was out of sight."""
        super().showEvent(event)
        self._seek()

    @Slot()
    def _seek(self) -> None:
        registry, asked = self._context.registry, self._asked
        if registry is None or asked is None or asked == self._shown:
            return
        if not self.isVisible() or not self.section.header.isChecked():
            return
        coverage, unit, _, target = self._shown = asked
        engine = registry.engine

        def job(ticket: Ticket) -> Gap:
            return gap_of(engine, coverage.query, None if unit == TOTAL else unit, target, ticket=ticket)

        def done(gap: Gap) -> None:
            self._task = None
            if self._asked == asked:
                self._fill(gap)

        if self._task is not None:
            self._task.cancel()
        self._fill(None, said=_SEEKING)
        self._task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task.succeeded.connect(done)

    def _fill(self, gap: Gap | None, said: Text | None = None) -> None:
        self.gap = gap
        say = self._context.say
        plan = None if gap is None else gap.plan
        name = "" if self._asked is None else self._asked[2]
        self.section.note.setText(name)
        if said is None and gap is not None:
            has_stations = self._asked is not None and self._asked[0].query.measure.startswith("station:")
            said = headline(plan, has_stations=has_stations)
        self.headline.setText("" if said is None else say(said))
        self.choice.blockSignals(True)
        self.choice.clear()
        sums: list[tuple[int, int]] = []
        if plan is not None and plan.acts:
            sums = [(plan.cost, plan.if_yes), *((one.cost, one.if_yes) for one in plan.alternatives)]
        for place, (cost, if_yes) in enumerate(sums):
            self.choice.addItem(say(_OTHER if place else _BEST).format(say(cost_in_short(cost, if_yes))))
        self.choice.blockSignals(False)
        has_acts = plan is not None and bool(plan.acts)
        for part in (self.choice, self.tasks, self.table):
            part.setVisible(has_acts)
        may = hope(plan)
        self.visits.setText("" if may is None else say(may))
        self._say_visits()
        self._show_acts()

    def set_low(self, *, is_low: bool) -> None:
        """Take less of a low panel: fewer rows at once; what visits might do stands in the headline's tip."""
        self._is_low = is_low
        self.table.setFixedHeight(_LOW if is_low else _HEIGHT)
        self._say_visits()

    def _say_visits(self) -> None:
        may, registry = self.visits.text(), self._context.registry
        note = "" if registry is None else self._context.say(costs_note(registry.profile.work))
        set_tip(self.headline, "\n".join(part for part in (may if self._is_low else "", note) if part))
        self.visits.setVisible(bool(may) and not self._is_low)

    @Slot()
    def _on_choice(self) -> None:
        self._show_acts()

    def _show_acts(self) -> None:
        """Show the acts of the plan chosen."""
        plan, registry = (None if self.gap is None else self.gap.plan), self._context.registry
        if plan is None or registry is None or self._asked is None:
            self._model.show_rows(())
            return
        plans = [plan.acts, *(one.acts for one in plan.alternatives)]
        acts = plans[max(0, self.choice.currentIndex())]
        day, engine = self._asked[0].query.as_of, registry.engine
        set_tip(self.choice, self._context.say(recipe(acts)))
        self._model.show_rows(plan_rows(acts, lambda code: engine.name_on(code, day)))

    @Slot(QModelIndex)
    def _on_cell(self, index: QModelIndex) -> None:
        """Show whom an act covers, or who could take its place."""
        row = index.data(ROW_ROLE)
        if row is not None:
            is_instead = Column(index.column()) is Column.INSTEAD and row.instead
            self._show_on_map(row.instead if is_instead else (row.code, *row.covers))

    def _show_on_map(self, codes: Sequence[str]) -> None:
        registry = self._context.registry
        if registry is not None:
            found = on_map(registry.dataset, codes, self._context.as_of)
            self._context.select(found, "figure")
            self._context.zoom_to(found)

    def marked(self) -> list[str]:
        """Return the codes of the acts marked; of all of the plan where none is marked."""
        places = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        chosen = places or range(self._model.rowCount())
        return [self._model.index(place, Column.WHO).data(ROW_ROLE).code for place in chosen]

    @Slot()
    def _on_tasks(self) -> None:
        self.tasks_asked.emit(self.marked())
