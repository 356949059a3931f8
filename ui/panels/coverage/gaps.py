"""Units ranked by what is missing to a target; a click selects what is not covered or not known."""

from __future__ import annotations

import math
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.looks import wording
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.figure_chooser import FigureChooser
from ui.models.listed import ListedModel
from ui.panels.coverage.model import unit_name
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE, LinedCell
from ui.widgets.empty import NONE_ASKED, EmptyOver, Offer, lacking
from ui.widgets.number_box import DecimalBox
from ui.widgets.plain import TIP_ROLE, text_label, with_plain_tips
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent, QShowEvent

    from app.coverage.results import Coverage, Figures, Row
    from ui.bridge.context import WindowContext

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_NAME_W: Final = 150  # a grid's name with its community's
_FRAME: Final = 40  # margins and scroll bar
_TARGET: Final = Text("目标", "Target")
_SUMMARY: Final = Text(
    "{figures}，{lowest}，到 {target:g}% 最少再覆盖 {missing}",
    "{figures}, {lowest}; {missing} more to reach {target:g}%",
)
_NOTE: Final = Text("按最低可能算：未知不算已覆盖", "by the lowest possible rate: unknown does not count")


class Column(IntEnum):
    """Columns from left to right."""

    UNIT = 0
    MISSING = 1
    RANGE = 2
    UNCOVERED = 3
    UNKNOWN = 4
    TOTAL = 5


_HEADERS: Final = {
    Column.MISSING: Text("还差", "Missing"),
    Column.RANGE: Text("覆盖率与区间", "Rate and range"),
    Column.UNCOVERED: said.UNCOVERED,
    Column.UNKNOWN: said.UNKNOWN,
    Column.TOTAL: words.TOTAL,
}


def missing_to(figures: Figures, target: float) -> float:
    """Return what must still be covered so that the lowest possible rate reaches ``target`` (0 to 1)."""
    lacking = target * figures.total - figures.covered
    if isinstance(figures.total, int):
        return max(0, math.ceil(lacking - 1e-9))
    return max(0.0, lacking)


class GapsModel(ListedModel):
    """Rows of a coverage, the most missing first; what meets the target comes last."""

    HEADERS = tuple(_HEADERS.get(column, words.LEVELS["grid"]) for column in Column)

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._by = "grid"
        self._target = 1.0
        self._name: Callable[[Row], str] = _own_name

    def show_gaps(self, coverage: Coverage | None, target: float, name: Callable[[Row], str]) -> None:
        """Rank another coverage."""
        self._target = target
        self._name = name
        rows: Sequence[Row] = () if coverage is None else coverage.rows
        if coverage is not None:
            self._by = coverage.query.by
        self.show_rows(
            sorted(
                (row for row in rows if row.figures.total),
                key=lambda row: (-missing_to(row.figures, target), row.unit),
            )
        )

    @override
    def header(self, column: int) -> Text:
        return words.LEVELS[self._by] if column == Column.UNIT else super().header(column)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and section not in (Column.UNIT, Column.RANGE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().headerData(section, orientation, role)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == CODE_ROLE:
            return row.unit
        if role == BAR_ROLE and column is Column.RANGE:
            return said.bar_of(row.figures, self._target)
        if role == TIP_ROLE:
            f = row.figures
            parts = ((said.COVERED, f.covered), (said.UNCOVERED, f.uncovered), (said.UNKNOWN, f.unknown))
            listed = " · ".join(f"{word.in_(self._lang)} {said.amount(count)}" for word, count in parts)
            return f"{self._name(row)}\n{listed}"
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in (Column.UNIT, Column.RANGE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case Column.UNIT:
                return self._name(row)
            case Column.MISSING:
                missing = missing_to(row.figures, self._target)
                return said.amount(missing) if missing else "—"
            case Column.RANGE:
                return f"{said.percent(row.figures.rate)} {said.range_words(row.figures, self._lang)}".strip()
            case Column.UNCOVERED:
                return said.amount(row.figures.uncovered)
            case Column.UNKNOWN:
                return said.amount(row.figures.unknown)
            case Column.TOTAL:
                return said.amount(row.figures.total)


def _own_name(row: Row) -> str:
    return row.name or row.unit


class GapsPanel(QWidget):
    """Follows the window's question; has a target of its own."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gaps")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._context = context
        self._coverage: Coverage | None = None
        self._least: dict[Column, int] = {}  # [px] of a column with small numbers
        lang = context.lang
        self.setAccessibleName(Text("缺口", "Gaps").in_(lang))
        self._chooser = FigureChooser(context, self)
        self.target = DecimalBox(self)
        self.target.setObjectName("gaps.target")
        self.target.setAccessibleName(_TARGET.in_(lang))
        self.target.setRange(0, 100)
        self.target.setDecimals(1)
        self.target.setValue(100)
        self.target.setSuffix("%")
        self.target.setFixedWidth(84)
        self.target.valueChanged.connect(self._on_target)
        self.summary = text_label("", "strong", self)
        self.summary.setObjectName("gaps.summary")
        self.summary.setWordWrap(True)
        self._model = GapsModel(lang, self)
        self.table = make_table("gaps.table", Text("缺口表", "Gaps table").in_(lang), self)
        self.table.setModel(self._model)
        self.table.setItemDelegateForColumn(Column.RANGE, LinedCell(words.KNOWN.in_(lang), self.table))
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(Column.UNIT, QHeaderView.ResizeMode.Stretch)
        for column, width in (
            (Column.MISSING, 44),
            (Column.RANGE, 136),
            (Column.UNCOVERED, 44),
            (Column.UNKNOWN, 40),
            (Column.TOTAL, 40),
        ):
            head = header.fontMetrics().horizontalAdvance(_HEADERS[column].in_(lang)) + 12
            self._least[column] = max(width, head)
            self.table.setColumnWidth(column, self._least[column])
        EmptyOver(context, "gaps", self.table, self._nothing)
        self.table.clicked.connect(self._on_row)
        self.table.activated.connect(self._on_row)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(text_label(_TARGET.in_(lang), "second", self))
        top.addWidget(self.target)
        top.addWidget(self.summary, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 12, 6)
        box.setSpacing(6)
        box.addLayout(top)
        note = text_label(_NOTE.in_(lang), "faint", self)
        note.setWordWrap(True)
        box.addWidget(note)
        box.addWidget(self.table, 1)
        context.figures_changed.connect(self._on_figures)
        self._on_figures()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the names their room."""
        super().resizeEvent(event)
        self._fit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Fit what came while it was out of sight."""
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give numbers their room; where names lack it, what is missing is one number: bar and tip tell the parts.

        Out of sight it waits: measuring every cell takes longer than all else that the panel does.
        """
        if not self.isVisible():
            return
        parts = (Column.UNCOVERED, Column.UNKNOWN)
        for column in parts:
            self.table.setColumnHidden(column, False)
        for column, least in self._least.items():
            if column is not Column.RANGE:
                self.table.setColumnWidth(column, max(least, self.table.sizeHintForColumn(column) + 4))
        needed = sum(self.table.columnWidth(c) for c in Column if c is not Column.UNIT)
        is_narrow = self.width() - _FRAME - needed < _NAME_W
        for column in parts:
            self.table.setColumnHidden(column, is_narrow)

    def _nothing(self) -> Offer | None:
        """Say why no unit is there: no compound at all, or none that is asked about."""
        return lacking(self._context) or (None if self._coverage is None else NONE_ASKED)

    def take_focus(self) -> None:
        """Put the hand on the worst unit."""
        if not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self._model.index(0, 0))
        self.table.setFocus()

    @Slot()
    def _on_figures(self) -> None:
        self._coverage = self._context.figured.coverages.get(self._context.question.by)
        self._show()

    @Slot(float)
    def _on_target(self, _value: float) -> None:
        self._show()

    def _show(self) -> None:
        target = self.target.value() / 100
        registry = self._context.registry
        name = _own_name if registry is None else partial(unit_name, registry.dataset)
        self._model.show_gaps(self._coverage, target, name)
        self._fit()
        if self._coverage is None:
            self.summary.setText("")
            return
        figures = self._coverage.total.figures
        say = self._context.say
        known = (
            wording.known(figures) if figures.unknown and figures.rate is not None else wording.span(figures)
        )
        rate = say(wording.rate_of(figures, said.unit_after(self._context)))
        filled = {
            "figures": " · ".join(part for part in dict.fromkeys((rate, say(known))) if part),
            "lowest": say(wording.lowest(figures)),
            "target": self.target.value(),
            "missing": said.amount(missing_to(figures, target)),
        }
        self.summary.setText(say(_SUMMARY.format(**filled)))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        unit = index.data(CODE_ROLE)
        if self._coverage is None or not unit:
            return
        column = Column(index.column())
        lists = {Column.UNCOVERED: ("uncovered",), Column.UNKNOWN: ("unknown",)}.get(
            column, ("uncovered", "unknown")
        )
        self._chooser.choose(self._coverage.query, str(unit), lists)
