"""The place tree: where to work, with the current measure's figures beside each unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.domain.kinds import LEVELS, UNIT_KINDS
from app.text import Text
from ui import theme
from ui.models.place_tree import KIND_ROLE, LEAVES, UNPLACED, Node, PlaceTreeModel, build_places
from ui.widgets.coverage_cell import CODE_ROLE, Bar, PlaceCell
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

TITLE: Final = Text("地点", "Places")
_FILTER: Final = Text("筛选地点：名称、代码或首字母", "Filter places: name, code or initials")
_SHAPING: Final = frozenset({*UNIT_KINDS, *LEAVES})


class PlaceTree(QTreeView):
    """A tree that leaves single letters to the window's short cuts."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take arrows and Enter; ignore letters."""
        if event.text() and event.text().isprintable() and event.text() not in {" ", "+", "-", "*"}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class PlacesPanel(QWidget):
    """Title, filter box, tree."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self._is_following = False
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("places")
        title = text_label(context.say(TITLE), "", self)
        title.setProperty("type", "card")
        self.measure = text_label("", "", self)
        self.measure.setProperty("type", "second")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(self.measure)
        self.filter = QLineEdit(self)
        self.filter.setObjectName("places.filter")
        self.filter.setPlaceholderText(context.say(Text("筛选地点", "Filter places")))
        self.filter.setAccessibleName(context.say(_FILTER))
        self.filter.setClearButtonEnabled(True)
        self.filter.addAction(theme.icon("funnel", 15), QLineEdit.ActionPosition.LeadingPosition)
        self.model = PlaceTreeModel(context.lang, self)
        self.tree = PlaceTree(self)
        self.tree.setObjectName("places.tree")
        self.tree.setAccessibleName(
            context.say(Text("地点：区、街道、社区、网格", "Places: district, street, community, grid"))
        )
        self.tree.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(12)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.tree.setModel(self.model)
        self.bars = PlaceCell(self.tree)
        self.tree.setItemDelegate(self.bars)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 10, 0, 0)
        box.setSpacing(8)
        for row in (top, self.filter):
            inner = QHBoxLayout()
            inner.setContentsMargins(12, 0, 12, 0)
            if isinstance(row, QLineEdit):
                inner.addWidget(row)
            else:
                inner.addLayout(row)
            box.addLayout(inner)
        box.addWidget(self.tree, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self._build)
        self.filter.textChanged.connect(self._on_filter)
        self.tree.selectionModel().selectionChanged.connect(self._on_selected)
        self.tree.activated.connect(self._on_activated)
        self.tree.doubleClicked.connect(self._on_activated)
        context.registry_opened.connect(self._clear)
        context.map_shown.connect(self._build)
        context.as_of_changed.connect(self._build)
        context.changed.connect(self._on_changed)
        context.figures_changed.connect(self._on_figures)
        context.selection_changed.connect(self._on_selection)
        self.set_bar_width(40)
        self._build()
        self._on_figures()

    def set_bar_width(self, width: int) -> None:
        """Make the bars wide (40) or narrow (28)."""
        self.bars.width = width
        self.tree.viewport().update()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if not changes.kinds or changes.kinds & _SHAPING:
            self._soon.start()

    @Slot()
    def _clear(self) -> None:
        self.model.show_places(Node("", "", ""))

    @Slot()
    def _build(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry = self._context.registry
        if registry is None:
            self.model.show_places(Node("", "", ""))
            return
        engine = registry.engine
        dataset, day, lang = engine.dataset, self._context.as_of, self._context.lang  # of one moment

        def job(ticket: Ticket) -> Node:
            units = {
                code: place
                for kind in UNIT_KINDS[1:]
                for code, place in engine.derived_many(kind, day).items()
            }
            placed = {kind: engine.derived_many(kind, day) for kind in LEAVES}
            return build_places(dataset, units, placed, day, lang, ticket)

        self._task = self._context.tasks.start(job, on_registry=False)
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, root: Node) -> None:
        self._task = None
        opened = self._opened()
        self.model.show_places(root)
        if opened:
            for code in opened:
                self.tree.setExpanded(self.model.index_of(code), True)
        else:
            self._open_top()
        self._on_selection(self._context.selection)

    def _opened(self) -> list[str]:
        found: list[str] = []
        waiting = [QModelIndex()]
        while waiting:
            above = waiting.pop()
            for row in range(self.model.rowCount(above)):
                index = self.model.index(row, 0, above)
                if self.tree.isExpanded(index):
                    found.append(str(index.data(CODE_ROLE)))
                    waiting.append(index)
        return found

    def _open_top(self) -> None:
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if index.data(CODE_ROLE) != UNPLACED:
                self.tree.setExpanded(index, True)

    @Slot(str)
    def _on_filter(self, typed: str) -> None:
        self.model.filter(typed)
        if typed.strip():
            self.tree.expandAll()
        else:
            self._open_top()
            self._on_selection(self._context.selection)

    @Slot()
    def _on_figures(self) -> None:
        registry, figured = self._context.registry, self._context.figured
        bars: dict[str, Bar] = {}
        for level in LEVELS:
            coverage = figured.coverages.get(level)
            if coverage is None:
                continue
            for row in (*coverage.rows, coverage.unplaced):
                f = row.figures
                code = row.unit if row is not coverage.unplaced else UNPLACED
                bars[code] = Bar(f.covered, f.uncovered, f.unknown)
        self.model.show_figures(bars, figured.statuses)
        self.tree.viewport().update()
        if registry is not None:
            self.measure.setText(self._context.measure_words().in_(self._context.lang))

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, _now: QItemSelection, _gone: QItemSelection) -> None:
        if self._is_following:
            return
        rows = [i for i in self.tree.selectionModel().selectedRows(0) if i.data(CODE_ROLE) != UNPLACED]
        codes = [str(index.data(CODE_ROLE)) for index in rows]
        units = [index for index in rows if index.data(KIND_ROLE) in UNIT_KINDS]
        if len(rows) == 1 and units:
            self._context.set_place(codes[0])
        elif len(rows) == 1 and rows[0].parent().isValid():
            self._context.set_place(str(rows[0].parent().data(CODE_ROLE)))
        self._context.select(codes, "places")
        if units or len(codes) > 1:
            self._context.zoom_to(codes)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        name = index.siblingAtColumn(0)
        if self.model.rowCount(name):
            self.tree.setExpanded(name, not self.tree.isExpanded(name))
        elif (code := str(name.data(CODE_ROLE))) != UNPLACED:
            self._context.zoom_to([code])

    @Slot(list)
    def _on_selection(self, codes: Sequence[str]) -> None:
        if self._context.selection_origin == "places" and self.tree.selectionModel().hasSelection():
            return
        self._is_following = True
        try:
            chosen = QItemSelection()
            last = QModelIndex()
            for code in codes[-500:]:
                index = self.model.index_of(code)
                if index.isValid():
                    chosen.select(index, index)
                    last = index
            self.tree.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            if last.isValid():
                self.tree.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.tree.scrollTo(last)
        finally:
            self._is_following = False
