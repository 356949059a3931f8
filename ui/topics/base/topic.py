"""What every topic is: a question asked off the GUI thread, an answer shown, asked anew when it is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.text.name_order import name_key
from app.errors import RegistryError
from app.text import Text
from ui.topic_list import entry_of
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import EmptyOver, Offer, lacking
from ui.widgets.plain import text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QShowEvent

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.listed import ListedModel

Index = QModelIndex | QPersistentModelIndex
_NONE_SO: Final = Text("这样筛选，没有可列的", "Nothing to list with these filters")
_EVERYTHING: Final = Text("不筛选", "Take the filters off")
_NONE_THEN: Final = Text("截至这一天没有可列的", "Nothing to list as of this day")
_OTHER_DAY: Final = Text("换一天", "Another day")
SORT_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 20  # what a column sorts by, where its words won't do


class Topic(QWidget):
    """One page of the topics tab.

    A subclass stands in ``ui.topic_list`` with its name and words, says in ``question`` what is to be found out, and shows it in ``answer``. What the
    user changes in its own ``tools`` it follows with ``ask_again()``. ``tools`` stands beside the chooser, so
    that a low panel keeps its height for what was found; ``box`` is the page below it.
    """

    NAME: ClassVar[str]  # as ``ui.topic_list`` has it
    WORDS: ClassVar[Text]
    KINDS: ClassVar[frozenset[str]] = frozenset()  # of records whose change makes it stale; empty = any

    def __init_subclass__(cls, **more: Any) -> None:
        """Take name and words from the list of topics: they are said there, where menus offer topics not yet made."""
        super().__init_subclass__(**more)
        entry = entry_of(cls.__module__, cls.__name__)
        if entry is not None:
            cls.NAME, cls.WORDS = entry.name, entry.words

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._is_stale = True
        self.setObjectName(self.NAME)
        self.setAccessibleName(context.say(self.WORDS))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.bar = QWidget(self)
        self.bar.setProperty("room", "panel")
        self.bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tools = QHBoxLayout(self.bar)
        self.tools.setContentsMargins(0, 0, 0, 0)
        self.tools.setSpacing(8)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(4)
        context.changed.connect(self._on_change)
        context.as_of_changed.connect(self._on_day)
        context.registry_opened.connect(self._on_registry)
        context.map_shown.connect(self._ask_if_seen)

    # what a subclass says

    def question(self) -> Callable[[Ticket], Any] | None:
        """Return the job that finds the answer, or None where there is nothing to ask.

        Called in the GUI thread: read the registry, the day and the tools here; the job runs in another.
        """
        raise NotImplementedError

    def answer(self, found: Any) -> None:
        """Show what the job returned."""
        raise NotImplementedError

    def clear(self) -> None:
        """Show nothing: another registry is open, or none."""

    def refuse(self, error: Exception) -> None:
        """Tell of a question that could not be answered."""
        self._context.refused.emit(error)

    @Slot()
    def _enable(self) -> None:
        """Offer what can be done just now."""

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        self._enable()  # at once: nothing is to be written while the answer for the other day is looked for
        self.ask_again()

    def nothing(self) -> Offer:
        """Say why nothing was found and what can be done: take the filters off, or ask of another day."""
        boxes = [box for box in self.bar.findChildren(ChoiceBox) if box.itemData(0) == ""]
        chosen = [box for box in boxes if box.currentIndex() > 0]
        if chosen:

            def take_off() -> None:
                for box in chosen:
                    box.setCurrentIndex(0)

            return Offer(_NONE_SO, _EVERYTHING, take_off)
        return Offer(_NONE_THEN, _OTHER_DAY, "view.as_of")

    def _missing(self) -> Offer | None:
        if self._context.registry is None or self.is_asking:
            return None
        return lacking(self._context) or self.nothing()

    def take_focus(self) -> None:
        """Put the hand where the work begins."""
        self.setFocus()

    # asking

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._task is not None or self._is_stale

    @Slot()
    def ask_again(self) -> None:
        """Find the answer anew: now where it is in sight, else when it comes into sight."""
        self._is_stale = True
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self._ask_if_seen()

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        if not self.KINDS or "profile" in changes.kinds or self.KINDS & set(changes.kinds):
            self.ask_again()

    @Slot()
    def _on_registry(self) -> None:
        self.clear()
        self.ask_again()

    @Slot()
    def _ask_if_seen(self) -> None:
        context = self._context
        if not (
            self._is_stale and self.isVisible() and context.registry is not None and context.is_map_shown
        ):
            return
        self._is_stale = False
        job = self.question()
        if job is None:
            self.clear()
            return
        task = context.tasks.start(job, on_registry=False, words=self.WORDS, on_failure=self._on_failure)
        self._task = task
        task.succeeded.connect(self._on_found)

    @Slot(object)
    def _on_found(self, found: Any) -> None:
        self._task = None
        self.answer(found)

    def _on_failure(self, error: Exception) -> None:
        self._task = None
        self.refuse(error)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Ask when it comes into sight."""
        super().showEvent(event)
        self._ask_if_seen()


class _Sorted(QSortFilterProxyModel):
    """Rows in the order found, or by a column: by ``SORT_ROLE``, else by number, else by words."""

    @override
    def lessThan(self, left: Index, right: Index) -> bool:
        a, b = _sort_key(left), _sort_key(right)
        return a < b


def _sort_key(index: Index) -> tuple[int, float, str]:
    value = index.data(SORT_ROLE)
    if isinstance(value, bool | int | float):
        return (1, float(value), "")
    if value is not None:
        return (2, 0.0, name_key(str(value)))
    shown = str(index.data() or "")
    try:
        return (1, float(shown.replace(",", "").rstrip("%")), "")
    except ValueError:
        return (0 if shown in {"", "—"} else 2, 0.0, name_key(shown))


class TableTopic(Topic):
    """A topic whose answer is a table. A row that is clicked or activated shows its compounds.

    ``make_model`` gives the model; what it holds is addressed by the row's place in the model, however the
    table is sorted.
    """

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self.model = self.make_model()
        self.summary = text_label("", "second", self)
        self.summary.setObjectName(f"{self.NAME}.summary")
        self.summary.setWordWrap(True)
        self.table = make_table(f"{self.NAME}.table", context.say(self.WORDS), self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.model)
        self.table.setModel(self._sorted)
        header = self.table.horizontalHeader()
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.over = EmptyOver(context, self.NAME, self.table, self._missing)
        self.box.addWidget(self.summary)
        self.box.addWidget(self.table, 1)
        self.summary.hide()
        self.table.clicked.connect(self._on_row)
        self.table.activated.connect(self._on_row)

    # what a subclass says

    def make_model(self) -> ListedModel:
        """Return the table's model; called once, before the table is made."""
        raise NotImplementedError

    def codes_of(self, row: int) -> Sequence[str]:
        """Return the compounds (or other records on the map) that a row of the model stands for."""
        code = self.model.index(row, 0).data(CODE_ROLE)
        return [str(code)] if code else []

    def words_of(self, row: int) -> Text:
        """Return what the list of a row's compounds is called."""
        shown = str(self.model.index(row, 0).data() or "")
        return Text(f"{self.WORDS.zh} · {shown}", f"{self.WORDS.en} · {shown}")

    # showing

    def say(self, words: str) -> None:
        """Say a sentence above the table; "" says nothing and takes no room."""
        self.summary.setText(words)
        self.summary.setVisible(bool(words))

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows; the one that was current by its code stays so."""
        current = self.table.currentIndex().siblingAtColumn(0).data(CODE_ROLE)
        self.model.show_rows(rows)
        if current is None:
            return
        for row in range(self._sorted.rowCount()):
            index = self._sorted.index(row, 0)
            if index.data(CODE_ROLE) == current:
                self.table.setCurrentIndex(index)
                return

    def place_of(self, index: QModelIndex) -> int:
        """Return the row of the model behind an index of the table."""
        return self._sorted.mapToSource(index).row()

    @override
    def clear(self) -> None:
        self.model.show_rows(())
        self.say("")

    @override
    def refuse(self, error: Exception) -> None:
        if isinstance(error, RegistryError):
            self.model.show_rows(())
            self.say(self._context.sentence(error))
        else:
            super().refuse(error)

    @override
    def take_focus(self) -> None:
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self._sorted.index(0, 0))
        self.table.setFocus()

    def activate(self, index: QModelIndex) -> None:
        """Do what a click or Enter on a cell of the table means: show the row's compounds."""
        row = self.place_of(index)
        codes = list(self.codes_of(row))
        if codes:
            self._context.show_compounds(codes, self.words_of(row))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        self.activate(index)
