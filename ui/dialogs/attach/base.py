"""Choose a record by typing: initials, Enter. The candidates are found off the GUI thread, nearest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from typing_extensions import override

from app.domain.kinds import KINDS
from app.errors import RegistryError
from app.text import Text
from ui import theme
from ui.dialogs.attach.candidates import matching
from ui.dialogs.base.sheet import Sheet
from ui.widgets import paint
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from PySide6.QtGui import QPainter

    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.dialogs.attach.candidates import Candidate

_NOTE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
_TO: Final = Text("到 {}", "to {}")
_TO_MANY: Final = Text("到选中的 {} 个", "to the {} selected")
_HINT: Final = Text("名称、拼音首字母或代码", "Name, pinyin initials or code")
_NOTHING: Final = Text(
    "没有叫“{}”的。换个写法，或新建。", "Nothing is called '{}'. Try other words, or make it."
)
_UNTIL: Final = Text("不写就是一直有效", "empty: no end")


class _CandidateCell(QStyledItemDelegate):
    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        note = str(index.data(_NOTE_ROLE) or "")
        t = theme.current()
        name = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        bare.text = ""
        widget = option.widget
        if widget is not None:
            widget.style().drawControl(widget.style().ControlElement.CE_ItemViewItem, bare, painter, widget)
        box = option.rect.adjusted(10, 0, -10, 0).toRectF()
        paint.text(painter, box, note, theme.font(12), t.t3, Qt.AlignmentFlag.AlignRight)
        width = painter.fontMetrics().horizontalAdvance(note) + 12
        paint.text(painter, box.adjusted(0, 0, -width, 0), name, theme.font(13), t.t1)

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, 28)


class PickDialog(Sheet):
    """A field to type into, the list of what fits, days and a reason. A subclass says who can be chosen."""

    def __init__(
        self,
        context: WindowContext,
        title: Text,
        commit: Text,
        targets: Sequence[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, "attach", title, commit, parent, width=560)
        self._targets = list(targets)
        self._candidates: list[Candidate] = []
        self._is_ready = False
        self._commits_when_ready = False
        self.title.setText(f"{title.in_(context.lang)} {self._to_words()}")

    def make_choice(self) -> None:
        """Make the field and the list below it."""
        lang = self.context.lang
        self.box = QLineEdit(self)
        self.box.setPlaceholderText(_HINT.in_(lang))
        self.box.textChanged.connect(self._on_typed)
        self.box.installEventFilter(self)
        self.add_field("what", Text("谁", "Who"), self.box)
        self.list = QListWidget(self)
        self.list.setObjectName("attach.list")
        self.list.setAccessibleName(Text("可选的", "Choices").in_(lang))
        self.list.setItemDelegate(_CandidateCell(self.list))
        self.list.setFixedHeight(28 * 7)
        self.list.itemClicked.connect(self._on_clicked)
        self.list.itemActivated.connect(self._on_activated)
        self.form.addWidget(self.list, self.form.rowCount(), 1)

    def make_days(self) -> None:
        """Make first day, last day and reason."""
        self.first = DayField(self.context.lang, self, day=self.context.as_of, may_be_empty=True)
        self.last = DayField(self.context.lang, self, may_be_empty=True)
        self.last.setPlaceholderText(_UNTIL.in_(self.context.lang))
        self.why = QLineEdit(self)
        self.add_field("from", Text("从", "From"), self.first)
        self.add_field("until", Text("到", "Until"), self.last)
        self.add_field("why", Text("为什么", "Why"), self.why)

    def _to_words(self) -> str:
        lang = self.context.lang
        if len(self._targets) != 1:
            return _TO_MANY.format(len(self._targets)).in_(lang)
        record = self.context.record(self._targets[0])
        named = record is not None and "name" in KINDS[record.kind].index and record.text("name")
        return _TO.format(named or self._targets[0]).in_(lang)

    # candidates, found off the GUI thread: initials take a library to read

    def finder(self, registry: Registry) -> Callable[[Ticket], list[Candidate]] | None:
        """Return the job that finds who can be chosen; None where nobody can."""
        raise NotImplementedError

    def look_up(self) -> None:
        """Look for candidates anew."""
        registry = self.context.registry
        self._is_ready = False
        job = None if registry is None or not self._targets else self.finder(registry)
        if job is not None:
            task = self.context.tasks.start(job, on_registry=False, on_failure=self.show_exception)
            task.succeeded.connect(self._on_found)

    @Slot(object)
    def _on_found(self, candidates: list[Candidate]) -> None:
        self._candidates = candidates
        self._is_ready = True
        self._on_typed()
        if self._commits_when_ready:
            self._commits_when_ready = False
            self.on_commit()

    @Slot()
    def _on_typed(self, _text: str = "") -> None:
        lang = self.context.lang
        self.clear_errors()
        self.list.clear()
        for candidate in matching(self._candidates, self.box.text()):
            item = QListWidgetItem(candidate.name)
            item.setData(CODE_ROLE, candidate.code)
            item.setData(_NOTE_ROLE, candidate.note.in_(lang))
            self.list.addItem(item)
        self.add_choices()
        self.list.setCurrentRow(0)

    def add_choices(self) -> None:
        """Add what can be chosen besides the candidates."""

    def chosen(self) -> str:
        """Return the code chosen, "" where there is none."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(CODE_ROLE))

    def chosen_name(self) -> str:
        """Return the name chosen."""
        item = self.list.currentItem()
        return self.chosen() if item is None else item.text()

    def say_nothing_found(self) -> None:
        """Say that nothing has the name typed."""
        self.show_error(_NOTHING.format(self.box.text()).in_(self.context.lang), "what")

    @Slot(QListWidgetItem)
    def _on_clicked(self, _item: QListWidgetItem) -> None:
        """Choose only: Enter or the button commits."""

    @Slot(QListWidgetItem)
    def _on_activated(self, _item: QListWidgetItem) -> None:
        self.on_commit()

    # writing

    def waits(self) -> bool:
        """Whether the candidates are still to come; then it commits when they are there."""
        self._commits_when_ready = not self._is_ready
        return self._commits_when_ready

    def days(self) -> tuple[date | None, date | None] | None:
        """Return first and last day; None where one can't be read, which is said under its field."""
        found: list[date | None] = []
        for key, box in (("from", self.first), ("until", self.last)):
            try:
                found.append(box.read())
            except RegistryError as error:
                self.show_error(self.context.sentence(error), key)
                return None
        return found[0], found[1]

    @Slot(object)
    def _on_written(self, _changes: object) -> None:
        self.accept()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.box
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down)
        ):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
            self.list.setCurrentRow(row)
            return True
        return super().eventFilter(watched, event)
