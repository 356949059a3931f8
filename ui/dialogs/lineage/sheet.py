"""What goes where when a record is split or several are merged: looked at, said otherwise, written as one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QHeaderView, QTableView, QWidget
from typing_extensions import override

from app.errors import InvalidInput, RegistryError
from app.services.lineage.plan import Item, Number
from app.services.lineage.write import write_plan
from app.text import Text
from ui.dialogs.base.listing import rows_view
from ui.dialogs.base.step import StepSheet
from ui.dialogs.lineage.models import NAME, WHERE, ItemsModel, PartsModel
from ui.models.ending import FROM
from ui.models.sketch import Sketch
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.services.lineage.plan import Plan
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.listed import ListedModel

_PARTS: Final = Text("接着用的记录", "Records that go on")
_ITEMS: Final = Text("什么归哪份", "What goes where")
_TO: Final = Text("这一样归", "This goes to")
_PART: Final = Text("第 {} 份", "part {}")
_ALL: Final = Text("每一份", "every part")
_STAYS: Final = Text("留在原来那条", "stay with the old one")
_KEYS: Final = Text(
    "1–9 归哪份，A 每一份都归，0 留在原来那条；Enter 或 F2 改数、改名",
    "1–9: which part; A: every part; 0: stays; Enter or F2: type a number or name",
)
_LOOKING: Final = Text("正在看挂着什么…", "Looking at what hangs on it…")
_SUM: Final = Text("{} 样：{}，留在原来那条 {}。", "{: thing|things}: {}, {} stay with the old one.")
_EACH: Final = Text("归第 {} 份 {}", "{1} to part {0}")
_ONE: Final = Text("归它 {}", "{} to it")
_TO_LOOK: Final = Text("要看的 {} 样（●）。", "{} to look at (●).")
_LOOK: Final = Text(
    "还有 {} 样没有来源能定（●）。看一遍；再按一次，就照提议的写。",
    "Of {} no source can say (●). Look at them; press again to write them as proposed.",
)
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST: Final = 9  # parts that have a key


class PartingSheet(StepSheet):
    """Shows a plan, lets each thing go elsewhere, and writes it. It plans anew when the day or the registry changes.

    A subclass says what is planned. ``accepted``: it is written, ``codes`` holds what goes on; ``rejected``: nothing is.
    """

    def __init__(
        self, context: WindowContext, name: str, words: tuple[Text, Text], parent: QWidget | None = None
    ) -> None:
        super().__init__(context, name, *words, parent, width=780)
        self._at_right = True
        self.codes: tuple[str, ...] = ()
        self.plan: Plan | None = None
        self._chosen: dict[str, Any] = {}  # key → what the user said, kept when it is planned anew
        self._names: dict[int, str] = {}
        self._is_warned = False
        self._is_writing = False
        self._drawn: list[Any] = []  # outlines that lie over the map
        self._planning: Task | None = None
        self.parts, self.items = PartsModel(context.lang), ItemsModel(context.lang)
        self.parts_view = self._view("parts", _PARTS, self.parts, NAME)
        self.table = self._view("items", _ITEMS, self.items, 1)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.horizontalHeader().setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.sums = text_label(_LOOKING.in_(context.lang), "second", self)
        self.sums.setObjectName(f"{name}.sums")
        self.sums.setWordWrap(True)
        self.to = ChoiceBox(self)

    def make_rows(self) -> None:
        """Make the rows, and begin to plan."""
        self.body.addLayout(self.form)
        self.body.addWidget(self.parts_view)
        self.body.addWidget(self.sums)
        self.body.addWidget(self.table, 1)
        self.to.setObjectName(f"{self.name}.to")
        self.to.setAccessibleName(_TO.in_(self.context.lang))
        self.to.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.to.activated.connect(self._on_to)
        line = QHBoxLayout()
        line.addWidget(text_label(_TO.in_(self.context.lang), "second", self))
        line.addWidget(self.to)
        hint = text_label(_KEYS.in_(self.context.lang), "faint", self)
        hint.setObjectName(f"{self.name}.keys")
        hint.setWordWrap(True)
        line.addWidget(hint, 1)
        self.body.addLayout(line)
        self.add_day_and_reason(FROM)
        self.on.day_chosen.connect(self.plan_again)
        self.context.changed.connect(self.plan_again)
        self.items.counted.connect(self._on_counted)
        self.items.refused.connect(self._on_refused)
        self.parts.named.connect(self._on_named)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.installEventFilter(self)
        self.parts_view.installEventFilter(self)
        self.plan_again()

    def planner(self, registry: Registry, day: date) -> Callable[[], Plan]:
        """Return what makes the plan of a day; it is called in a worker."""
        raise NotImplementedError

    def said(self, plan: Plan) -> Text:
        """Return what is told when it is written."""
        raise NotImplementedError

    @override
    def first_box(self) -> QWidget | None:
        return self.table

    def _view(self, key: str, said: Text, model: ListedModel, stretched: int) -> QTableView:
        view = rows_view(self, key, said, model, stretched=stretched)
        view.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        return view

    # the plan

    @Slot()
    def plan_again(self, *_changed: object) -> None:
        """Plan with the registry as it is and the day that stands there; what the user said stays."""
        registry = self.context.registry
        if registry is None or self._is_writing:
            return
        self.see_anew()
        if self._planning is not None:
            self._planning.cancel()
        make = self.planner(registry, self.on.day() or self.context.as_of)
        chosen, names = dict(self._chosen), dict(self._names)
        self._planning = self.context.tasks.start(
            lambda _ticket: _with(make(), chosen, names), on_registry=False, on_failure=self._on_not_planned
        )
        self._planning.succeeded.connect(self._on_planned)

    @Slot(object)
    def _on_planned(self, plan: Plan) -> None:
        if self._is_over:
            return
        self.clear_errors()
        is_first = self.plan is None
        self._show(plan)
        permit(self.commit, self.context.why_locked)
        if is_first:
            self.go_to(max(0, self.items.first_asked()))

    def _on_not_planned(self, error: Exception) -> None:
        if self._is_over:
            return
        self.plan = None
        permit(self.commit, "", may=False)
        self.sums.setText("")
        if isinstance(error, RegistryError):
            self.show_exception(error)
        else:
            self.context.refused.emit(error)

    def _show(self, plan: Plan) -> None:
        self.plan = plan
        self.items.parts = tuple(t.code for t in plan.targets) if plan.verb == "split" else ()
        self.parts.show_plan(plan)
        self.items.show_plan(plan)
        rows = min(len(plan.targets), 5)
        view = self.parts_view
        view.setFixedHeight(view.horizontalHeader().sizeHint().height() + rows * view.rowHeight(0) + 6)
        self._sum_up(plan)
        self._draw(plan)
        self._on_row()

    def _draw(self, plan: Plan) -> None:
        """Lay what would be over the map, each part with its number."""
        registry = self.context.registry
        outlines = [target.record.geometry for target in plan.targets]
        if registry is not None and outlines != self._drawn:
            self._drawn = outlines
            names = [str(place) for place in range(1, len(outlines) + 1)] if plan.verb == "split" else [""]
            shapes = registry.zone.to_metres(outlines)
            sketch = Sketch(zone=registry.zone, shapes=shapes, names=tuple(names), is_proposed=True)
            self.context.sketch_asked.emit(sketch)

    def _sum_up(self, plan: Plan) -> None:
        lang = self.context.lang
        each = [_EACH.format(place + 1, plan.counted(place)) for place in range(len(plan.targets))]
        if plan.verb == "merge":
            each = [_ONE.format(plan.counted(0))]
        said = _SUM.format(
            len(plan.items),
            ("，" if lang == "zh" else ", ").join(one.in_(lang) for one in each),
            plan.counted(None),
        )
        parts = [said, *([_TO_LOOK.format(plan.asked)] if plan.asked else []), *plan.notes]
        self.sums.setText(("" if lang == "zh" else " ").join(one.in_(lang) for one in parts))

    # what is chosen

    def go_to(self, row: int) -> None:
        """Take one row alone, whatever keys are held just now."""
        flag = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().setCurrentIndex(self.items.index(row, 0), flag.ClearAndSelect | flag.Rows)

    def _rows(self) -> list[int]:
        return sorted(index.row() for index in self.table.selectionModel().selectedRows())

    def _choose(self, to: Callable[[Item], tuple[int, ...]]) -> None:
        """Let the things that are selected go elsewhere; what can't is told."""
        plan = self.plan
        if plan is None:
            return
        self.clear_errors()
        for row in self._rows():
            one = self.items.at(row)
            if not isinstance(one, Item):
                continue
            try:
                plan = plan.with_choice(one.key, to(one))
            except InvalidInput as error:
                self.show_exception(error)
                continue
            self._chosen[one.key] = to(one)
        self._show(plan)

    @Slot(int)
    def _on_to(self, place: int) -> None:
        value = self.to.itemData(place)
        self._choose(lambda _item: tuple(value))

    @Slot(str, object)
    def _on_counted(self, key: str, numbers: Sequence[int | None]) -> None:
        if self.plan is None:
            return
        self.clear_errors()
        try:
            plan = self.plan.with_number(key, numbers)
        except InvalidInput as error:
            self.show_exception(error)
            return
        self._chosen[key] = numbers
        self._show(plan)

    @Slot(object)
    def _on_refused(self, said: Text) -> None:
        self.show_error(self.context.say(said))

    @Slot(int, str)
    def _on_named(self, place: int, name: str) -> None:
        if self.plan is not None:
            self._names[place] = name
            self._show(self.plan.with_name(place, name))

    @Slot()
    def _on_row(self, *_rows: object) -> None:
        """Offer where the thing under the hand may go."""
        one, lang = self.items.at(self.table.currentIndex().row()), self.context.lang
        self.to.clear()
        if isinstance(one, Item):
            is_split = bool(self.items.parts) and len(one.choices) == len(self.items.parts)
            for place, choice in enumerate(one.choices):
                said = f"{_PART.format(place + 1).in_(lang)} {choice}" if is_split else choice
                self.to.addItem(said, (place,))
            if one.may_share and len(one.choices) > 1:
                self.to.addItem(_ALL.in_(lang), tuple(range(len(one.choices))))
            if one.may_stay:
                self.to.addItem(_STAYS.in_(lang), ())
            offered = [self.to.itemData(place) for place in range(self.to.count())]
            # findData takes two equal tuples for two things
            self.to.setCurrentIndex(offered.index(one.to) if one.to in offered else -1)
        permit(self.to, "", may=self.to.count() > 1)

    # writing

    @override
    def on_commit(self) -> None:
        registry, plan = self.context.registry, self.plan
        if registry is None or plan is None or self._is_writing:
            return
        self.clear_errors()
        if plan.asked and not self._is_warned:
            self._is_warned = True
            self.go_to(max(0, self.items.first_asked()))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)
            self.show_error(_LOOK.format(plan.asked).in_(self.context.lang))
            return
        self.codes = tuple(target.code for target in plan.targets)
        why = self.reason
        self._is_writing = True
        self.write_act(lambda: write_plan(registry, plan, why=why).changes, self.said(plan))

    @override
    def _on_error(self, error: Exception) -> None:
        self._is_writing = False
        super()._on_error(error)

    @override
    def done(self, result: int) -> None:
        if self._planning is not None:
            self._planning.cancel()
        if self._drawn:
            self.context.sketch_asked.emit(None)
        if result:
            self.context.select(list(self.codes), self.name)
        super().done(result)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the tables before they search among their rows."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and not event.modifiers()
            and isinstance(watched, QTableView)
        ):
            is_enter = event.key() in _ENTER
            if not watched.hasFocus():
                return is_enter  # of a cell that is typed into, and no word to commit
            if watched is self.table and self._take_key(event.key()):
                return True
            if watched is self.parts_view and is_enter:
                self._edit(self.parts_view, NAME)
                return True
        return super().eventFilter(watched, event)

    def _take_key(self, key: int) -> bool:
        if Qt.Key.Key_1 <= key < Qt.Key.Key_1 + _MOST:
            self._choose(lambda _item: (key - Qt.Key.Key_1,))
        elif key == Qt.Key.Key_A:
            self._choose(lambda item: tuple(range(len(item.choices))))
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Backspace):
            self._choose(lambda _item: ())
        elif key in (*_ENTER, Qt.Key.Key_F2):
            one = self.items.at(self.table.currentIndex().row())
            if isinstance(one, Number):
                self._edit(self.table, WHERE)
        else:
            return False
        return True

    def _edit(self, view: QTableView, column: int) -> None:
        index = view.model().index(view.currentIndex().row(), column)
        if index.isValid():
            view.setCurrentIndex(index)
            view.edit(index)


def _with(plan: Plan, chosen: dict[str, Any], names: dict[int, str]) -> Plan:
    """Return a plan with what the user said before, as far as it still can be."""
    for place, name in names.items():
        if place < len(plan.targets):
            plan = plan.with_name(place, name)
    numbers = {number.key for number in plan.numbers}
    items = {item.key for item in plan.items}
    for key, value in chosen.items():
        if key in numbers:
            plan = plan.with_number(key, value)
        elif key in items:
            plan = plan.with_choice(key, value)
    return plan
