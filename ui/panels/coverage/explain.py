"""The subjects behind one figure: four lists with reasons, and the way from any number to its polygons."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QHeaderView, QVBoxLayout, QWidget
from typing_extensions import override

from app.coverage.measures import measure_words
from app.domain.looks import wording
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.figure_chooser import LISTS
from ui.models.listed import ListedModel
from ui.models.on_map import on_map
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import text_label
from ui.widgets.row_table import make_table
from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from app.coverage.results import Entry, Explanation
    from ui.bridge.context import WindowContext

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
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
