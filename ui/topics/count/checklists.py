"""Every checklist side by side: how far the units of a level meet each, and what they still lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Slot
from typing_extensions import override

from app.coverage.results import Query
from app.domain.kinds import LEVELS
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.figure_chooser import FigureChooser
from ui.models.listed import ROOT, ListedModel
from ui.topics.base.topic import SORT_ROLE, TableTopic
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE, LinedCell
from ui.widgets.plain import TIP_ROLE, text_label, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.coverage.results import Coverage, Row
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

Index = QModelIndex | QPersistentModelIndex
_UNIT_W: Final = 150
_CELL_W: Final = 176
_BY: Final = Text("按", "By")
_BY_SAYS: Final = Text("按哪一级", "By which level")
_NONE: Final = Text(
    "本口径没有声明清单。在口径文件里加一节 [[checklists]]，这里就有一列。",
    "The profile declares no checklist. Add a [[checklists]] section to it, and a column appears here.",
)
_HINT: Final = Text(
    "点一格：选中这里还没达标或未查清的；清单项目见左侧列名的提示",
    "Click a cell: what does not meet it yet, or is not known, is selected; the items are in the column's tip",
)


@dataclass(frozen=True, slots=True)
class _Line:
    """One unit's figures, a figure for each checklist."""

    unit: str
    name: str
    figures: tuple[Row, ...]


class _Model(ListedModel):
    """Units by checklists."""

    HEADERS = (words.LEVELS["grid"],)

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(lang, parent)
        self._columns: tuple[tuple[Text, Text], ...] = ()  # words, definition

    def show_checklists(self, by: str, columns: tuple[tuple[Text, Text], ...]) -> None:
        """Have other columns."""
        self.beginResetModel()
        self._by, self._columns, self._rows = by, columns, ()
        self.endResetModel()

    _by = "grid"

    def line(self, row: int) -> _Line:
        """Return a row's unit and figures."""
        found: _Line = self._rows[row]
        return found

    @override
    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else 1 + len(self._columns)

    @override
    def header(self, column: int) -> Text:
        return words.LEVELS[self._by] if not column else self._columns[column - 1][0]

    @override
    @with_plain_tips
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == TIP_ROLE and orientation == Qt.Orientation.Horizontal and section:
            return self._columns[section - 1][1].in_(self._lang)
        return super().headerData(section, orientation, role)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, column = self.line(index.row()), index.column()
        if role == CODE_ROLE:
            return line.unit
        if not column:
            return line.name if role == Qt.ItemDataRole.DisplayRole else None
        figures = line.figures[column - 1].figures
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{said.percent(figures.rate)} {said.range_words(figures, self._lang)}".strip()
        if role == TIP_ROLE:
            parts = (
                (said.COVERED, figures.covered),
                (said.UNCOVERED, figures.uncovered),
                (said.UNKNOWN, figures.unknown),
            )
            return " · ".join(f"{word.in_(self._lang)} {said.amount(count)}" for word, count in parts)
        if role == BAR_ROLE:
            return said.bar_of(figures)
        if role == SORT_ROLE:
            return -1.0 if figures.low is None else figures.low
        return None


class ChecklistsTopic(TableTopic):
    """Columns come from the profile's declaration: a checklist that a city adds is a column here."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._coverages: tuple[Coverage, ...] = ()
        self._chooser = FigureChooser(context, self)
        self.by = ChoiceBox(self)
        self.by.setObjectName("checklists.by")
        self.by.setAccessibleName(_BY_SAYS.in_(lang))
        for level in LEVELS:
            self.by.addItem(words.LEVELS[level].in_(lang), level)
        self.by.setCurrentIndex(self.by.findData("street"))
        self.by.currentIndexChanged.connect(self._on_by)
        hint = text_label(_HINT.in_(lang), "faint", self)
        self.tools.addWidget(text_label(_BY.in_(lang), "second", self))
        self.tools.addWidget(self.by)
        self.tools.addWidget(hint, 1)
        self._cell = LinedCell(words.KNOWN.in_(lang), self.table)

    @override
    def make_model(self) -> _Model:
        return _Model(self._context.lang, self)

    @override
    def question(self) -> Callable[[Ticket], tuple[Coverage, ...]] | None:
        registry = self._context.registry
        if registry is None:
            return None
        by, day, engine = str(self.by.currentData()), self._context.as_of, registry.engine
        names = tuple(registry.profile.checklists)

        def job(ticket: Ticket) -> tuple[Coverage, ...]:
            found = []
            for step, name in enumerate(names):
                ticket.step(self.WORDS, step, len(names))
                found.append(engine.coverage(Query(measure=name, by=by, as_of=day), ticket))
            return tuple(found)

        return job

    @override
    def answer(self, found: tuple[Coverage, ...]) -> None:
        registry = self._context.registry
        if registry is None:
            return
        self._coverages = found
        specs = [registry.profile.checklists[coverage.query.measure] for coverage in found]
        model = self.model
        if not found or not isinstance(model, _Model):
            model.show_rows(())
            self.say(_NONE.in_(self._context.lang))
            return
        self.say("")
        columns = tuple((spec.words, spec.definition) for spec in specs)
        model.show_checklists(found[0].query.by, columns)
        lines = [_line(rows) for rows in zip(*(coverage.rows for coverage in found), strict=True)]
        for name, label in (("unplaced", words.UNPLACED), ("total", words.TOTAL)):
            rows = tuple(getattr(coverage, name) for coverage in found)
            if name == "total" or any(row.figures.total for row in rows):
                lines.append(_Line(name, label.in_(self._context.lang), rows))
        self.show_rows(lines)
        self.table.setColumnWidth(0, _UNIT_W)
        for column in range(1, model.columnCount()):
            self.table.setItemDelegateForColumn(column, self._cell)
            head = (
                self.table.horizontalHeader()
                .fontMetrics()
                .horizontalAdvance(model.header(column).in_(self._context.lang))
            )
            self.table.setColumnWidth(column, max(_CELL_W, head + 24))

    @override
    def activate(self, index: QModelIndex) -> None:
        place, column = self.place_of(index), index.column()
        if column and self._coverages:
            lists = ("uncovered", "unknown")
            self._chooser.choose(
                self._coverages[column - 1].query, self.model.index(place, 0).data(CODE_ROLE), lists
            )
        else:
            code = str(index.siblingAtColumn(0).data(CODE_ROLE))
            if self._context.record(code) is not None:
                self._context.select([code], self.NAME)
                self._context.zoom_to([code])

    @Slot(int)
    def _on_by(self, _place: int) -> None:
        self.ask_again()


def _line(rows: tuple[Row, ...]) -> _Line:
    return _Line(rows[0].unit, rows[0].name or rows[0].unit, rows)
