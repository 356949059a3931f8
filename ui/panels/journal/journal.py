"""The journal: named steps, newest first, each with a way to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.services.keeping.since import news_after
from app.services.registry.people_words import PeopleWords
from app.text import Text
from ui import theme, words
from ui.models.change_words import change_words, when_words, why_words
from ui.panels.journal.news import NewsBar
from ui.widgets.empty import EmptyOver, Offer, lacking
from ui.widgets.permit import permit
from ui.widgets.plain import TIP_ROLE, text_label, with_plain_tips
from ui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.services.keeping.since import News
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
CODE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
CHANGE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 5
_HEAD: Final = (
    Text("时间", "When"),
    Text("步骤", "Step"),
    Text("对象", "What"),
    Text("谁", "Who"),
    Text("为什么", "Why"),
    Text("", ""),
)
_TAKEN_BACK: Final = Text("已撤销", "taken back")
_NOTHING_NEW: Final = Text("没有新的改动", "Nothing new")
_ALL_STEPS: Final = Text("看全部步骤", "See all steps")
_NO_STEP: Final = Text("还没有改动", "No change yet")
_BEGIN: Final = Offer(_NO_STEP, Text("搜一个小区来登记", "Find a compound to work on"), "search.focus")
_LIMIT: Final = 500
_DETAILS: Final = 20


class JournalModel(QAbstractTableModel):
    """Steps as rows: when, what, of which record, who, why, and 撤销."""

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._rows: list[tuple[Any, tuple[str, ...], str]] = []
        self._is_locked = False

    def show_changes(self, changes: Sequence[Any], dataset: Dataset | None, profile: Profile | None) -> None:
        """Show other steps."""
        self.beginResetModel()
        self._rows = []
        for change in changes:
            if dataset is None or profile is None:
                break
            codes = change.codes
            first = codes[0] if codes else ""
            named = PeopleWords(dataset, profile, self._lang).named(first)
            if len(codes) > 1:
                named = Text(f"{named} 等 {len(codes)} 个", f"{named} and {len(codes) - 1} more").in_(
                    self._lang
                )
            last = ""
            if change.undone_by is not None:
                last = _TAKEN_BACK.in_(self._lang)
            elif change.verb not in {"undo", "redo"}:
                last = words.UNDO.in_(self._lang)
            said = change_words(change, first, dataset, profile, self._lang)
            why = why_words(change, self._lang)
            cells = (when_words(change.at, self._lang), said, named, change.by, why, last)
            self._rows.append((change, cells, first))
        self.endResetModel()

    def set_locked(self, is_locked: bool) -> None:
        """Show whether any step may be taken back now."""
        if is_locked != self._is_locked:
            self._is_locked = is_locked
            last = len(_HEAD) - 1
            self.dataChanged.emit(self.index(0, last), self.index(len(self._rows) - 1, last))

    def change_at(self, row: int) -> Any | None:
        """Return the step of a row."""
        return self._rows[row][0] if 0 <= row < len(self._rows) else None

    def can_undo(self, row: int) -> bool:
        """Whether a row offers to be taken back."""
        change = self.change_at(row)
        return change is not None and change.undone_by is None and change.verb not in {"undo", "redo"}

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return the steps."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return the columns."""
        return 0 if parent.isValid() else len(_HEAD)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        """Return a column's words."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return _HEAD[section].in_(self._lang)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    @with_plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Return a cell."""
        change, cells, code = self._rows[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, TIP_ROLE}:
            return cells[index.column()]
        if role == CODE_ROLE:
            return code
        if role == CHANGE_ROLE:
            return change.change
        t = theme.current()
        if role == Qt.ItemDataRole.ForegroundRole:
            if index.column() == len(_HEAD) - 1 and self.can_undo(index.row()):
                return QBrush(QColor(t.t3 if self._is_locked else t.accent))
            if index.column() in {0, 3, 4} or change.undone_by is not None:
                return QBrush(QColor(t.t3))
        return None


class JournalTable(RowTable):
    """A table in which U takes the current step back."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the panel."""
        if event.text() and event.text().isprintable() and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)


class JournalPanel(QWidget):
    """Steps, and the button that takes the chosen one back."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self.setObjectName("journal")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.note = text_label("", "", self)
        self.note.setProperty("type", "second")
        self.news = NewsBar(context, self)
        self.news.asked.connect(self.read_again)
        self.news.narrowed.connect(self._on_narrowed)
        self.undo = QPushButton(context.say(Text("撤销这一步  U", "Take this step back  U")), self)
        self.undo.setObjectName("journal.undo")
        self.undo.setAccessibleName(context.say(Text("撤销选中的步骤", "Take the chosen step back")))
        self.undo.setEnabled(False)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 6)
        top.setSpacing(8)
        top.addWidget(self.news.span)
        top.addWidget(self.note, 1)
        top.addWidget(self.undo)
        self.model = JournalModel(context.lang, self)
        self.table = JournalTable(self)
        self.table.setObjectName("journal.table")
        self.table.setAccessibleName(context.say(Text("记录：已做的步骤", "Journal: steps done")))
        self.table.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        head = self.table.horizontalHeader()
        head.setFixedHeight(26)
        head.setHighlightSections(False)
        for column, width in enumerate((104, 320, 180, 90, 140, 64)):
            self.table.setColumnWidth(column, width)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        box.addWidget(self.news)
        box.addWidget(self.table, 1)
        EmptyOver(context, "journal", self.table, self._nothing)
        self.undo.clicked.connect(self.undo_chosen)
        self.table.clicked.connect(self._on_clicked)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        context.map_shown.connect(self.read_again)
        context.changed.connect(self.read_again)
        context.as_of_changed.connect(self._on_day)
        self.read_again()

    def _nothing(self) -> Offer | None:
        """Say that nothing has been done yet, and where to begin."""
        if self._context.registry is None or self._task is not None:
            return None
        if self.news.is_new:
            return Offer(_NOTHING_NEW, _ALL_STEPS, lambda: self.news.span.setCurrentIndex(0))
        return lacking(self._context) or _BEGIN

    @Slot()
    def read_again(self) -> None:
        """Read the newest steps."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry = self._context.registry
        self.news.count_news()
        if registry is None:
            self._take([])
            return
        if self.news.is_new:
            mark = self.news.mark
            self._task = self._context.tasks.start(
                lambda _ticket: news_after(registry, mark), on_registry=True
            )
            self._task.succeeded.connect(self._take_news)
            return
        self._task = self._context.tasks.start(
            lambda _ticket: registry.history(limit=_LIMIT, details=_DETAILS), on_registry=True
        )
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take_news(self, news: News) -> None:
        self.news.show_news(news)
        self._take(self.news.chosen())

    @Slot()
    def _on_narrowed(self) -> None:
        self._take(self.news.chosen())

    @Slot(object)
    def _take(self, changes: Sequence[Any]) -> None:
        self._task = None
        registry = self._context.registry
        if registry is None:
            self.model.show_changes([], None, None)
        else:
            self.model.set_locked(self._context.lock is not None)
            self.model.show_changes(changes, registry.dataset, registry.profile)
        shown = len(changes)
        self.note.setText(
            self._context.say(
                Text(f"{shown} 步，最新在上", f"{shown} steps, newest first")
                if shown
                else _NOTHING_NEW
                if self.news.is_new
                else _NO_STEP
            )
        )
        self.undo.setEnabled(False)

    @Slot(QModelIndex, QModelIndex)
    def _on_row(self, now: QModelIndex, _before: QModelIndex) -> None:
        permit(self.undo, self._context.why_locked, may=self.model.can_undo(now.row()))

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        self.model.set_locked(self._context.lock is not None)
        self._on_row(self.table.currentIndex(), QModelIndex())

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.column() == len(_HEAD) - 1:
            self.undo_chosen()
            return
        change = self.model.change_at(index.row())
        if change is not None:
            self._context.select([c for c in change.codes if self._context.record(c) is not None], "journal")

    @Slot()
    def undo_chosen(self) -> None:
        """Take the step back that is marked; the banner says which later step needs it, if one does."""
        marked = self.table.selectionModel().selectedRows()
        row = marked[0].row() if marked else -1
        change, lock = self.model.change_at(row), self._context.lock
        if change is None or not self.model.can_undo(row):
            return
        if lock is not None:
            self._context.said.emit(lock)
            return
        self._context.undo(str(change.change))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take U."""
        if event.key() == Qt.Key.Key_U and not event.modifiers():
            self.undo_chosen()
        else:
            super().keyPressEvent(event)
