"""The subjects behind one figure: four lists with reasons, and the way from any number to its polygons."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget
from typing_extensions import override

from app.coverage.explain import explain
from app.coverage.measures import measure_words
from app.domain import wording
from app.domain.text.name_order import name_keys
from app.text import Text
from ui import words
from ui.models.listed import ListedModel
from ui.models.on_map import on_map
from ui.panels.coverage import words as said
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import text_label
from ui.widgets.row_table import RowTable
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import Entry, Explanation, Query
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
LISTS: Final = ("covered", "uncovered", "unknown", "left_out")
BASE: Final = ("covered", "uncovered", "unknown")
_ASK: Final = Text(
    "点任何一个数，这里列出它背后的小区", "Click any number: the compounds behind it are listed here"
)


class Column(IntEnum):
    """Columns from left to right."""

    NAME = 0
    AMOUNT = 1
    REASON = 2
    BECAUSE = 3


_HEADERS: Final = {
    Column.NAME: Text("名称", "Name"),
    Column.AMOUNT: Text("计", "Amount"),
    Column.REASON: Text("原因", "Reason"),
    Column.BECAUSE: Text("凭据", "Because of"),
}


class EntryModel(ListedModel):
    """One list of an explanation: rows are its entries."""

    HEADERS = tuple(_HEADERS[column] for column in Column)

    def code(self, place: int) -> str:
        """Return the code at a place."""
        entry: Entry = self._rows[place]
        return entry.code

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry, column = self._rows[index.row()], Column(index.column())
        if role == CODE_ROLE:
            return entry.code
        if role == Qt.ItemDataRole.TextAlignmentRole and column is Column.AMOUNT:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case Column.NAME:
                return entry.name or f"{words.UNNAMED.in_(self._lang)} {entry.code}"
            case Column.AMOUNT:
                return said.amount(entry.amount)
            case Column.REASON:
                return said.reason_words(entry.reason).in_(self._lang)
            case Column.BECAUSE:
                return ", ".join(entry.because)


class ExplainPanel(QWidget):
    """Definition and four lists. A click on a row shows that compound alone."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("explain")
        self._context = context
        self.shown: tuple[Explanation, str] | None = None
        lang = context.lang
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 0, 0)
        box.setSpacing(4)
        self.title = text_label(_ASK.in_(lang), "strong", self)
        self.title.setObjectName("explain.title")
        self.title.setWordWrap(True)
        self.definition = text_label("", "second", self)
        self.definition.setObjectName("explain.definition")
        self.definition.setAccessibleName(Text("定义", "Definition").in_(lang))
        self.definition.setWordWrap(True)
        box.addWidget(self.title)
        box.addWidget(self.definition)
        self.tabs = Tabs(self)
        self.tabs.setObjectName("explain.lists")
        self.tabs.setAccessibleName(Text("名单", "Lists").in_(lang))
        self.tabs.setDocumentMode(True)
        self._models: dict[str, EntryModel] = {}
        for name in LISTS:
            model = EntryModel(lang, self)
            view = make_table(f"explain.{name}", words.STATUS[name].in_(lang), self)
            view.setModel(model)
            header = view.horizontalHeader()
            header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
            view.setColumnWidth(Column.AMOUNT, 64)
            view.setColumnWidth(Column.REASON, 140)
            view.setColumnWidth(Column.BECAUSE, 110)
            view.clicked.connect(self._on_row)
            view.activated.connect(self._on_row)
            self._models[name] = model
            self.tabs.addTab(view, words.STATUS[name].in_(lang))
        box.addWidget(self.tabs, 1)
        context.registry_opened.connect(self._on_registry)

    def show_explanation(self, explanation: Explanation, shown: str) -> None:
        """Show the lists of a figure, the one named ``shown`` in front."""
        lang, registry = self._context.lang, self._context.registry
        if registry is None:
            return
        self.shown = (explanation, shown)
        measure = measure_words(registry.profile, explanation.query.measure).in_(lang)
        unit = {"unplaced": words.UNPLACED.in_(lang), "total": words.TOTAL.in_(lang)}.get(
            explanation.unit, explanation.name or explanation.unit
        )
        figures = explanation.row.figures
        self.title.setText(f"{unit} · {measure} {wording.rate_of(figures).in_(lang)}")
        rule = f"（{explanation.rule}）" if explanation.rule else ""
        self.definition.setText(f"{explanation.definition.in_(lang)}{rule} · {explanation.query.as_of}")
        for place, name in enumerate(LISTS):
            entries = getattr(explanation, name)
            self._models[name].show_rows(entries)
            self.tabs.setTabText(place, f"{words.STATUS[name].in_(lang)} {len(entries)}")
        self.tabs.setCurrentIndex(LISTS.index(shown))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        code = index.data(CODE_ROLE)
        if code:
            self._context.select([str(code)], "explain")
            registry = self._context.registry
            if registry is not None:
                self._context.zoom_to(on_map(registry.dataset, [str(code)], self._context.as_of))

    @Slot()
    def _on_registry(self) -> None:
        self.shown = None
        for model in self._models.values():
            model.show_rows(())
        self.title.setText(_ASK.in_(self._context.lang))
        self.definition.setText("")


class FigureChooser(QObject):
    """From a figure to exactly the compounds that it counts, selected everywhere."""

    explained = Signal(object, tuple)  # Explanation, the lists chosen

    def __init__(self, context: WindowContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None

    def choose(self, query: Query, unit: str, lists: Sequence[str]) -> None:
        """Explain a figure off the GUI thread, then list, select and show what it counts."""
        registry = self._context.registry
        if registry is None:
            return
        chosen = tuple(lists)

        def job(_ticket: Ticket) -> Explanation:
            return _by_name(explain(registry.engine, query, unit))

        def done(explanation: Explanation) -> None:
            self._task = None
            if self._context.registry is registry:
                self._show(registry, explanation, chosen)

        if self._task is not None:
            self._task.cancel()
        self._task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task.succeeded.connect(done)

    def _show(self, registry: Registry, explanation: Explanation, lists: tuple[str, ...]) -> None:
        subjects = [entry.code for name in lists for entry in getattr(explanation, name)]
        codes = on_map(registry.dataset, subjects, explanation.query.as_of)
        if codes:
            unit = {"unplaced": words.UNPLACED, "total": words.TOTAL}.get(
                explanation.unit, Text(explanation.name or explanation.unit, explanation.name)
            )
            names = [words.STATUS[name] for name in lists]
            label = (
                words.TOTAL
                if lists == BASE
                else Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            )
            self._context.show_compounds(codes, Text(f"{unit.zh} · {label.zh}", f"{unit.en} · {label.en}"))
        self.explained.emit(explanation, lists)


def _by_name(explanation: Explanation) -> Explanation:
    """Return an explanation with its lists in the order of names."""
    lists: dict[str, tuple[Entry, ...]] = {}
    for name in LISTS:
        entries: tuple[Entry, ...] = getattr(explanation, name)
        keys = name_keys([entry.name or "" for entry in entries])
        found = sorted(zip(keys, entries, strict=True), key=lambda pair: (pair[0], pair[1].code))
        lists[name] = tuple(entry for _, entry in found)
    return replace(explanation, **lists)  # type: ignore[arg-type]


def make_table(name: str, accessible: str, parent: QWidget) -> QTableView:
    """Return a table in the window's manner: 26-px rows, no vertical lines, whole rows chosen."""
    view = RowTable(parent)
    view.setObjectName(name)
    view.setAccessibleName(accessible)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setMouseTracking(True)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
    view.verticalHeader().hide()
    view.verticalHeader().setMinimumSectionSize(26)
    view.verticalHeader().setDefaultSectionSize(26)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setFixedHeight(26)
    return view
