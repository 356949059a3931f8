"""Tasks: who has to do what by when; many at once moved rung by rung, overdue first, each row leading to its polygon."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Slot
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu
from typing_extensions import override

from app.domain import vocabulary
from app.domain.tasks import ACTS
from app.text import Text
from ui import theme
from ui.models.task_ask import TaskAsk
from ui.topics.base.lines import LinesModel
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.deeds.lines import DUE, NEXT, SHOWS, UNSETTLED, Asked, Shown, find
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import Offer
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.jobs import Ticket
    from app.services.tasks.listed import Task
    from ui.bridge.context import WindowContext

Index = QModelIndex | QPersistentModelIndex
_ALL_STATES: Final = Text("所有状态", "Every state")
_ALL_POSTS: Final = Text("所有岗位", "Every post")
_ALL_STREETS: Final = Text("所有街道", "Every street")
_NONE: Final = Text("这个范围没有没结的任务", "No task is open here")
_FROM_GAPS: Final = Text("从缺口出任务", "Make tasks of gaps")
_FROM_TIP: Final = Text("给选中的小区或缺口出任务  Ctrl T", "Tasks of the compounds or gaps chosen  Ctrl T")
_ASSIGN: Final = Text("派给岗位…", "Assign…")
_ASSIGN_TIP: Final = Text(
    "把选中的任务派给一个岗位，算一步  P", "Gives the tasks chosen to a post, as one change  P"
)
_NEXT: Final = Text("下一步…", "Next step…")
_NEXT_TIP: Final = Text("办选中任务的下一步  Enter", "Takes the next step of the tasks chosen  Enter")
_PRINT: Final = Text("任务单…", "Task list…")
_PRINT_TIP: Final = Text(
    "写一本任务单：可以打印，填好了用“导入…”读回来",
    "Writes the list as a workbook, to print or to fill in and bring back with 'Import…'",
)
_NOT: Final = Text(
    "选中的任务这时不能{}；可以：{}", "Those chosen can't take the step '{}' now; they can: {}"
)
_SHOW: Final = Text("在地图上看", "Show on the map")
_KEYS: Final = {Qt.Key.Key_P: "assign", Qt.Key.Key_R: "return", Qt.Key.Key_U: "ask"}
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TasksModel(LinesModel):
    """Rows of tasks; what is overdue has a sign and is bold, and says so in words."""

    tasks: dict[str, Task] = {}  # noqa: RUF012  # replaced as a whole with each answer

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and index.column() == DUE:
            task = self.tasks.get(self.line(index.row()).code)
            if task is not None and task.overdue:
                if role == Qt.ItemDataRole.DecorationRole:
                    return theme.icon("warning", 15, "warning")
                if role == Qt.ItemDataRole.FontRole:
                    font = QFont()
                    font.setBold(True)
                    return font
        return super().data(index, role)


class TasksTopic(LinesTopic):
    """One table; Enter takes the next step of what is chosen, P, R and U assign, return, ask; a click leads to the map."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._shown: Shown | None = None
        self._menu: QMenu | None = None
        self.show_ = add_box(self, "show", Text("看哪些", "Which to see"), lang)
        for name, said in SHOWS.items():
            self.show_.addItem(context.say(said), name)
        self.next = add_button(self, "next", _NEXT, _NEXT_TIP, lang)
        self.assign = add_button(self, "assign", _ASSIGN, _ASSIGN_TIP, lang)
        self.from_gaps = add_button(self, "from_gaps", _FROM_GAPS, _FROM_TIP, lang)
        self.print = add_button(self, "print", _PRINT, _PRINT_TIP, lang)
        self.state = add_box(self, "state", Text("状态", "State"), lang)
        self.post = add_box(self, "post", Text("岗位", "Owner post"), lang)
        self.range = add_box(self, "range", vocabulary.LEVELS["street"].heading(), lang)
        self.tools.addStretch(1)
        self._fill_filters(())
        for box in (self.show_, self.state, self.post, self.range):
            box.currentIndexChanged.connect(self._on_filter)
        self.next.clicked.connect(self.take_next)
        self.assign.clicked.connect(partial(self.do, "assign"))
        self.from_gaps.clicked.connect(self._on_from_gaps)
        self.print.clicked.connect(self._on_print)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._on_menu)
        self.table.selectionModel().selectionChanged.connect(self._on_chosen)
        self.table.installEventFilter(self)
        self._enable()

    @override
    def make_model(self) -> LinesModel:
        return TasksModel(self._context.lang, self)

    def _fill_filters(self, posts: tuple[str, ...]) -> None:
        context, registry = self._context, self._context.registry
        if registry is None:
            return
        states = registry.profile.choices["task_state"]
        streets = [
            (street.code, street.text("name") or street.code)
            for street in registry.dataset.in_force("streets", context.as_of)
        ]
        offer(self.state, [("", context.say(_ALL_STATES)), *((k, context.say(t)) for k, t in states.items())])
        offer(self.post, [("", context.say(_ALL_POSTS)), *((post, post) for post in posts)])
        offer(self.range, [("", context.say(_ALL_STREETS)), *streets])

    @property
    def asked(self) -> Asked:
        """What the tools ask for."""
        return Asked(
            show=str(self.show_.currentData() or UNSETTLED),
            state=str(self.state.currentData() or ""),
            post=str(self.post.currentData() or ""),
            street=str(self.range.currentData() or ""),
        )

    @override
    def question(self) -> Callable[[Ticket], Shown] | None:
        registry = self._context.registry
        if registry is None:
            return None
        day, asked, lang = self._context.as_of, self.asked, self._context.lang

        def job(ticket: Ticket) -> Shown:
            ticket.step(self.WORDS, 0, 1)
            return find(registry, day, asked, lang)

        return job

    @override
    def answer(self, found: Shown) -> None:
        chosen = self.chosen()
        current = str(self.table.currentIndex().data(CODE_ROLE) or "")
        self._shown = found
        model = self.model
        assert isinstance(model, TasksModel)
        model.tasks = found.tasks
        self.show_lines(found.heads, found.lines)
        self.say(found.summary.in_(self._context.lang))
        self._fill_filters(found.posts)
        self.go_to(current)
        self.choose(chosen)
        self._enable()

    @override
    def clear(self) -> None:
        self._shown = None
        super().clear()

    @override
    def nothing(self) -> Offer:
        if any(box.currentIndex() > 0 for box in (self.state, self.post, self.range)):
            return super().nothing()
        return Offer(_NONE, _FROM_GAPS, "mode.review")

    # acting

    def chosen(self) -> list[str]:
        """Return the tasks of the rows chosen, from the top."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [str(self.table.model().index(row, 0).data(CODE_ROLE)) for row in rows]

    def choose(self, codes: list[str]) -> None:
        """Have the rows of some tasks chosen, those that are still shown."""
        wanted, rows = set(codes), self.table.model()
        flags = self.table.selectionModel().SelectionFlag
        for row in range(rows.rowCount() if wanted else 0):
            index = rows.index(row, 0)
            if index.data(CODE_ROLE) in wanted:
                self.table.selectionModel().select(index, flags.Select | flags.Rows)

    def _tasks(self) -> list[Task]:
        shown = self._shown
        return [] if shown is None else [shown.tasks[code] for code in self.chosen() if code in shown.tasks]

    def acts(self) -> list[str]:
        """Return the acts that all tasks chosen allow, in their order."""
        tasks = self._tasks()
        return [name for name, act in ACTS.items() if tasks and all(act in task.acts for task in tasks)]

    def do(self, act: str, _checked: bool = False) -> None:
        """Ask for what an act needs, of all tasks chosen; say why not where one of them does not allow it."""
        context, chosen = self._context, self.chosen()
        if context.lock is not None:
            context.said.emit(context.lock)
        elif act in self.acts():
            context.task_asked.emit(TaskAsk(act, tuple(chosen)))
        elif chosen:
            words, can = ACTS[act].words, [ACTS[name].words for name in self.acts()]
            zh, en = "、".join(one.zh for one in can), ", ".join(one.en for one in can)
            context.said.emit(Text(_NOT.zh.format(words.zh, zh or "—"), _NOT.en.format(words.en, en or "—")))

    @Slot()
    def take_next(self) -> None:
        """Take the next step of the tasks chosen, where it is the same for all."""
        steps = {task.next for task in self._tasks()}
        if len(steps) == 1:
            self.do(steps.pop())

    @override
    def activate(self, index: QModelIndex) -> None:
        if index.column() == NEXT and len(self.chosen()) == 1:
            self.take_next()
        else:
            super().activate(index)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the next step; P, R and U are the table's own while it has the hand."""
        if watched is self.table and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _ENTER and not event.modifiers():
                self.take_next()
                return True
            if key in _KEYS and not event.modifiers():
                self.do(_KEYS[key])
                return True
        return super().eventFilter(watched, event)

    @Slot(QPoint)
    def _on_menu(self, spot: QPoint) -> None:
        index = self.table.indexAt(spot)
        if not index.isValid():
            return
        menu = QMenu(self.table.viewport())
        menu.setObjectName("tasks.menu")
        for name in self.acts():
            action = menu.addAction(self._context.say(ACTS[name].words.heading()) + "…")
            action.setObjectName(f"tasks.act.{name}")
            action.setEnabled(not self._context.why_locked)
            action.triggered.connect(partial(self.do, name))
        menu.addSeparator()
        show = menu.addAction(self._context.say(_SHOW))
        show.setObjectName("tasks.act.show")
        show.triggered.connect(self._on_show)
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self.table.viewport().mapToGlobal(spot))

    @Slot()
    def _on_show(self) -> None:
        subjects = [task.subject for task in self._tasks()]
        self._context.show_compounds(subjects, self.WORDS)

    @Slot()
    def _on_from_gaps(self) -> None:
        self._context.wanted.emit("tasks.add")

    @Slot()
    def _on_print(self) -> None:
        self._context.template_asked.emit("tasks")

    @Slot(int)
    def _on_filter(self, _place: int) -> None:
        self.ask_again()

    @Slot(object, object)
    def _on_chosen(self, _now: object, _before: object) -> None:
        self._enable()

    @override
    def _enable(self) -> None:
        reason, acts = self._context.why_locked, self.acts()
        steps = {task.next for task in self._tasks()}
        permit(self.next, reason, may=len(steps) == 1 and steps <= set(acts))
        permit(self.assign, reason, may="assign" in acts)
        permit(self.from_gaps, reason, may=True)
