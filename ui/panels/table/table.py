"""The attribute table of all compounds, with its filter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.text import Text
from ui import theme
from ui.models.columns import Columns, build_columns, editable_columns
from ui.models.compound_table import CODE_ROLE, CompoundTableModel
from ui.panels.table.columns import ColumnChooser
from ui.panels.table.edit import TableEditor
from ui.panels.table.refused import RefusedBar
from ui.panels.table.view import CompoundTable
from ui.widgets.empty import EmptyOver, Offer, lacking
from ui.widgets.hint import hint_at
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_SHORT_FILTER: Final = Text("筛选", "Filter")
_FILTER: Final = Text("筛选小区：名称、首字母、编码、网格…", "Filter: name, initials, code, grid…")
_COUNT: Final = Text("{} / {} 个", "{} of {}")
_COLUMNS: Final = Text("列…", "Columns…")
_NONE_SO: Final = Text("没有这样的小区", "No such compound")
_ALL: Final = Text("看全部", "Show all")
_MOST_SELECTED: Final = 5000
_LOOKED_AT: Final = 300  # rows, to fit a column
_WIDEST: Final = 200


class TablePanel(QWidget):
    """Filter above, table below. What is in sight is the list that ``[`` and ``]`` step through."""

    counted = Signal(int)

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._only: list[str] | None = None
        self._only_said: Text | None = None
        self._is_filled = False
        self._is_following = False
        self.setObjectName("table")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.filter = QLineEdit(self)
        self.filter.setObjectName("table.filter")
        hint_at(self.filter, context.say(_FILTER), context.say(_SHORT_FILTER))
        self.filter.setAccessibleName(context.say(_FILTER))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(360)
        self.filter.addAction(theme.icon("funnel", 15), QLineEdit.ActionPosition.LeadingPosition)
        self.only = text_label("", "", self)
        self.only.setProperty("type", "second")
        self.show_all = QPushButton(context.say(_ALL), self)
        self.show_all.setObjectName("table.show_all")
        self.show_all.setAccessibleName(context.say(_ALL))
        self.show_all.setProperty("role", "link")
        self.columns = QToolButton(self)
        self.columns.setObjectName("table.columns")
        self.columns.setProperty("role", "quiet")
        self.columns.setText(context.say(_COLUMNS))
        self.columns.setAccessibleName(context.say(_COLUMNS))
        self.columns.clicked.connect(self._on_columns)
        self.chooser = ColumnChooser(context, self)
        self.chooser.changed.connect(self._later)
        self.count = text_label("", "", self)
        self.count.setProperty("type", "second")
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 6)
        top.setSpacing(8)
        top.addWidget(self.filter, 1)
        top.addWidget(self.only)
        top.addWidget(self.show_all)
        top.addStretch(1)
        top.addWidget(self.columns)
        top.addWidget(self.count)
        self.model = CompoundTableModel(context.lang, self)
        self.table = CompoundTable(self)
        self.table.setObjectName("table.compounds")
        self.table.setAccessibleName(context.say(Text("小区表", "Table of compounds")))
        self.table.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setIconSize(QSize(13, 13))
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.verticalHeader().setMinimumSectionSize(26)
        head = self.table.horizontalHeader()
        head.setObjectName("table.header")
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.setSortIndicatorShown(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setFixedHeight(26)
        head.sectionClicked.connect(self._on_head)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(top)
        self.refused = RefusedBar(context, self)
        box.addWidget(self.refused)
        box.addWidget(self.table, 1)
        EmptyOver(context, "table", self.table, self._nothing)
        self.editor = TableEditor(context, self.table, self.model, self.refused)
        self.editor.writing.connect(self._hold)
        self._holds = False  # rows stay where they are: cells of theirs are being written
        self._waiting: Columns | None = None  # rows made while a cell was open
        self._current = ""  # column of the current cell
        self._sorted: tuple[int, Qt.SortOrder] | None = None
        self._shown: list[str] = []  # columns by id
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(60)
        self._soon.timeout.connect(self._build)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(60)
        self._typing.timeout.connect(self._filter)
        self.filter.textChanged.connect(self._on_typed)
        self.show_all.clicked.connect(self.show_everything)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.selectionModel().currentChanged.connect(self._on_current)
        self.table.doubleClicked.connect(self._on_double_click)
        self.table.left_cell.connect(self._on_left_cell, Qt.ConnectionType.QueuedConnection)
        self.table.entered_row.connect(self._on_entered)
        context.registry_opened.connect(self._on_opened)
        context.figures_changed.connect(self._later)
        context.as_of_changed.connect(self._on_day)
        context.selection_changed.connect(self._on_selection)
        context.filter_asked.connect(self.show_only)
        context.others.news_changed.connect(self._on_news)
        self._on_news()
        self._said()
        if context.is_map_shown:
            self._later()

    def _nothing(self) -> Offer | None:
        """Say why no row is there: no compound at all, or none behind the filter."""
        return lacking(self._context) or (
            Offer(_NONE_SO, _ALL, self.show_everything) if self._is_filled else None
        )

    def state(self) -> dict[str, Any]:
        """Return the list asked for, what it is called, and the order."""
        return {"only": self._only, "said": self._only_said, "keys": self.model.keys()}

    def restore(self, state: dict[str, Any]) -> None:
        """Have the same list in the same order."""
        self._only, self._only_said = state["only"], state["said"]
        self.model.set_keys(state["keys"])
        self._said()

    @Slot()
    def _on_opened(self) -> None:
        self._only = self._only_said = None
        self._holds, self._waiting = False, None
        self.filter.clear()
        self.model.show_columns(Columns())
        self.model.set_keys(())
        self._is_filled = True  # with nothing: so the list is empty, and the tab says so
        self._said()
        self._is_filled = False
        if self._context.is_map_shown:
            self._later()

    @Slot()
    def _on_news(self) -> None:
        self.model.mark_new(self._context.others.unseen)

    @Slot()
    def _later(self) -> None:
        self._soon.start()

    @Slot()
    def _build(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry, context = self._context.registry, self._context
        if registry is None:
            return
        engine, profile = registry.engine, registry.profile
        dataset, day, lang = engine.dataset, context.as_of, context.lang  # of one moment
        statuses, measure = context.figured.statuses, context.measure_words()
        chosen = self.chooser.chosen(profile)

        def job(ticket: Ticket) -> Columns:
            derived = engine.derived_many("compounds", day)
            return build_columns(
                engine, dataset, profile, derived, statuses, measure, day, lang, chosen, ticket
            )

        self._task = context.tasks.start(job, on_registry=False)
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, rows: Columns) -> None:
        self._task = None
        if self.table.is_editing:
            self._waiting = rows  # a model made anew would close the cell that is being written
            return
        self._waiting = None
        self._let_edit()
        self._is_filled = True
        shown = [column.id for column in rows.columns]
        is_first = not self.model.all_count() or shown != self._shown
        self._shown = shown
        top = self.table.indexAt(self.table.rect().topLeft()).row()
        self._is_following = True
        self.model.show_columns(rows, keeps=self._holds and not is_first)
        self._is_following = False
        if is_first:
            self._fit_columns(rows)
            self._sorted = self.model.sorted_by()
            place, order = self._sorted or (-1, Qt.SortOrder.AscendingOrder)
            self.table.horizontalHeader().setSortIndicator(place, order)
        elif top > 0:
            self.table.scrollTo(self.model.index(top, 0), QAbstractItemView.ScrollHint.PositionAtTop)
        self._said()
        self._on_selection(self._context.selection)

    def _let_edit(self) -> None:
        """Let cells be written where and when records may be."""
        registry = self._context.registry
        may = registry is not None and self._context.lock is None
        columns = editable_columns(registry.profile) if registry is not None and may else frozenset[str]()
        self.model.let_edit(columns)

    @Slot()
    def _on_day(self) -> None:
        self._holds = False
        self._let_edit()

    @Slot()
    def _hold(self) -> None:
        self._holds = True

    @Slot()
    def _on_left_cell(self) -> None:
        if self._waiting is not None and not self.table.is_editing:
            self._take(self._waiting)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, now: QModelIndex, _before: QModelIndex) -> None:
        if now.isValid():
            self._current = self.model.column_id(now.column())

    @Slot(QModelIndex)
    def _on_double_click(self, index: QModelIndex) -> None:
        if self.model.is_editable(index.column()):
            self.table.write_in()
        else:
            self._on_entered()

    def _fit_columns(self, rows: Columns) -> None:
        """Make each column as wide as its head and most of its words."""
        metrics = self.table.fontMetrics()
        for place, column in enumerate(rows.columns):
            head = metrics.horizontalAdvance(column.words.in_(self._context.lang)) + 28
            mark = 20 if column.tones is not None else 0
            said = max((metrics.horizontalAdvance(t) for t in set(column.texts[:_LOOKED_AT])), default=0)
            self.table.setColumnWidth(place, max(head, min(said + mark + 18, _WIDEST)))

    @Slot()
    def _on_columns(self) -> None:
        self.chooser.open_at(self.columns.mapToGlobal(self.columns.rect().bottomLeft()))

    @Slot(str)
    def _on_typed(self, _typed: str) -> None:
        self._typing.start()

    @Slot()
    def _filter(self) -> None:
        self._holds = False
        self.model.filter(self.filter.text(), self._only)
        self._said()
        self._on_selection(self._context.selection)

    @Slot(list, object)
    def show_only(self, codes: Sequence[str], said: Text | None) -> None:
        """List exactly these compounds; ``said`` names the figure they are behind."""
        self._only, self._only_said = list(codes), said
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.blockSignals(False)
        self._filter()

    @Slot()
    def show_everything(self) -> None:
        """Take every filter off."""
        self._only = self._only_said = None
        self.filter.clear()
        self._filter()

    def _said(self) -> None:
        self.show_all.setVisible(self._only is not None)
        self.only.setVisible(self._only is not None)
        self.only.setText("" if self._only_said is None else self._context.say(self._only_said))
        shown, everything = self.model.rowCount(), self.model.all_count()
        self.count.setText(self._context.say(_COUNT).format(f"{shown:,}", f"{everything:,}"))
        if self._is_filled:  # else what is listed is not known yet
            self.counted.emit(everything)
            self._context.set_list(self.model.codes(), is_filtered=shown < everything)

    @Slot(int)
    def _on_head(self, column: int) -> None:
        falls = Qt.SortOrder.DescendingOrder
        order = Qt.SortOrder.AscendingOrder
        if self._sorted is not None and self._sorted == (column, order):
            order = falls
        self._sorted = (column, order)
        self._holds = False
        self.table.horizontalHeader().setSortIndicator(column, order)
        adds = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._is_following = True
        self.model.sort_by(column, order, adds=adds)
        self._is_following = False
        self._context.set_list(self.model.codes(), is_filtered=self.model.rowCount() < self.model.all_count())

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, _now: QItemSelection, _gone: QItemSelection) -> None:
        if self._is_following:
            return
        picked = self.table.selectionModel()
        rows: list[int] = []
        blocks = picked.selection()
        for block in (blocks.at(place) for place in range(blocks.count())):
            rows += range(block.top(), block.bottom() + 1)
        shown = self.model.codes()
        codes = [shown[row] for row in sorted(rows) if row < len(shown)]
        current = picked.currentIndex()
        if current.isValid() and (code := str(current.data(CODE_ROLE))) in codes:
            codes.remove(code)
            codes.append(code)
        self._context.select(codes, "table")

    @Slot()
    def _on_entered(self) -> None:
        codes = self._context.selected("compounds")
        if codes:
            self._context.zoom_to(codes)

    def _column(self) -> int:
        """Return the column of the current cell, also of what it was before the rows were made anew."""
        ids = [self.model.column_id(place) for place in range(self.model.columnCount())]
        return ids.index(self._current) if self._current in ids else 0

    @Slot(list)
    def _on_selection(self, codes: Sequence[str]) -> None:
        self.model.mark(codes)
        self._is_following = True
        try:
            chosen = QItemSelection()
            last = QModelIndex()
            right = self.model.columnCount() - 1
            for code in codes[-_MOST_SELECTED:]:
                row = self.model.row_of(code)
                if row >= 0:
                    last = self.model.index(row, self._column())
                    chosen.select(self.model.index(row, 0), self.model.index(row, right))
            picked = self.table.selectionModel()
            picked.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if last.isValid():
                picked.setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
                if self._context.selection_origin != "table":
                    self.table.scrollTo(last)
        finally:
            self._is_following = False
        self.table.viewport().update()
