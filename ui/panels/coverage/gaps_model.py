"""The table of gaps as Qt sees it: units, the most missing first, each unfolding to what is counted in it, by name.

It is one flat table: below an unfolded unit stand a line for each list (covered, uncovered, unknown), with its number, and
below the uncovered and the unknown each subject with the reason and the next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt
from typing_extensions import override

from app.coverage.work.told import headline, steps
from app.domain.looks import wording
from app.text import Text
from ui import words
from ui.models import coverage_words as said
from ui.models.listed import ListedModel
from ui.models.missing import missing_to
from ui.panels.coverage.next_step import next_step
from ui.widgets.coverage_cell import BAR_ROLE, CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from app.coverage.results import Coverage, Entry, Explanation, Row
    from ui.panels.coverage.planning import Planning

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 4  # a Line
OPEN_LISTS: Final = ("uncovered", "unknown")
_LISTS: Final = ("covered", *OPEN_LISTS)
_MOST: Final = 200  # subjects named below one list; all of them are behind its number
_ALL: Final = Text("{}（{}）：选中并在图上看", "{} ({}): select and show on the map")
_MORE: Final = Text("另有 {} 个，列出全部", "{} more: list all")
_PLAN: Final = Text("最省：{}", "Least: {}")
_WAITING: Final = Text("正在列出…", "Listing…")
ASSIGN: Final = Text("指派", "Assign")


class Column(IntEnum):
    """Columns from left to right."""

    UNIT = 0
    MISSING = 1
    RANGE = 2
    UNCOVERED = 3
    UNKNOWN = 4
    COVERED = 5
    STEP = 6


_HEADERS: Final = {
    Column.MISSING: Text("还差", "Missing"),
    Column.RANGE: Text("覆盖率与区间", "Rate range"),
    Column.UNCOVERED: Text(said.UNCOVERED.zh, "Not cov."),
    Column.UNKNOWN: said.UNKNOWN,
    Column.COVERED: said.COVERED,
    Column.STEP: Text("做法", "Work"),
}
COUNTS: Final = {
    Column.UNCOVERED: "uncovered",
    Column.UNKNOWN: "unknown",
    Column.COVERED: "covered",
}
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. ``kind``: unit, plan, list, subject, more or waiting; ``name`` of a unit or of a list."""

    kind: str
    unit: str
    row: Row
    name: str = ""
    entry: Entry | None = None
    is_open: bool = False
    missing: float | None = None  # where it is not what the row's own figures lack: the sum below all units
    count: int = 0

    @property
    def code(self) -> str:
        """The unit or subject that the row is about."""
        return self.unit if self.entry is None else self.entry.code


class GapsModel(ListedModel):
    """Rows of a coverage, the most missing first; what meets the target comes last."""

    HEADERS = tuple(_HEADERS.get(column, words.LEVELS["grid"]) for column in Column)

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._rows: Sequence[Line] = ()
        self._by = "grid"
        self._measure = ""
        self._plans: Planning | None = None
        self._doing: dict[str, dict[str, Text]] = {}  # by unit: what its plan does to whom
        self._target = 1.0

    def show_gaps(
        self,
        coverage: Coverage | None,
        target: float,
        name: Callable[[Row], str],
        unfolded: Mapping[str, Explanation | None],
        plans: Planning,
    ) -> None:
        """Rank another coverage. ``unfolded``: units that stand open, None while their lists are being found."""
        self._plans = plans
        self._target = target
        rows: Sequence[Row] = () if coverage is None else coverage.rows
        if coverage is not None:
            self._by, self._measure = coverage.query.by, coverage.query.measure
        counted = sorted(
            (row for row in rows if row.figures.total),
            key=lambda row: (-missing_to(row.figures, target), row.unit),
        )
        self._doing = {unit: plans.doing(unit) for unit in unfolded}
        self.show_rows([line for row in counted for line in self._lines(row, name(row), unfolded)])

    def show_footer(self, coverage: Coverage | None, target: float, unit: str, plans: Planning) -> None:
        """Show the one row that stands below all units: what lies in none of them, or the sum."""
        self._plans = plans
        self._target = target
        if coverage is None:
            self.show_rows(())
            return
        self._by = coverage.query.by
        row = coverage.unplaced if unit == "unplaced" else coverage.total
        rows = (*coverage.rows, coverage.unplaced)
        lacking = None if unit == "unplaced" else sum(missing_to(each.figures, target) for each in rows)
        label = (words.UNPLACED if unit == "unplaced" else words.TOTAL).in_(self._lang)
        self.show_rows((Line("unit", unit, row, label, missing=lacking),))

    def line(self, place: int) -> Line:
        """Return the row at a place."""
        return self._rows[place]

    def place_of(self, unit: str) -> int | None:
        """Return where a unit stands, None if it isn't here."""
        return next(
            (n for n, line in enumerate(self._rows) if line.kind == "unit" and line.unit == unit), None
        )

    @override
    def header(self, column: int) -> Text:
        return words.LEVELS[self._by] if column == Column.UNIT else super().header(column)

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and section not in (Column.UNIT, Column.RANGE):
            return _RIGHT
        return super().headerData(section, orientation, role)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line, column = self._rows[index.row()], Column(index.column())
        if role == CODE_ROLE:
            return line.code
        if role == LINE_ROLE:
            return line
        if role == BAR_ROLE and line.kind == "unit" and column is Column.RANGE:
            return said.bar_of(line.row.figures, self._target)
        if role in (TIP_ROLE, Qt.ItemDataRole.AccessibleTextRole):
            return self._told(line)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in (Column.UNIT, Column.RANGE):
            return _RIGHT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._figure(line, column) if line.kind == "unit" else self._words(line, column)

    def _figure(self, line: Line, column: Column) -> str:
        figures = line.row.figures
        if column is Column.UNIT:
            return line.name
        if column in COUNTS:
            return said.amount(getattr(figures, COUNTS[column]))
        if column is Column.RANGE:
            return f"{said.percent(figures.rate)} {said.range_words(figures, self._lang)}".strip()
        if column is Column.MISSING:
            missing = missing_to(figures, self._target) if line.missing is None else line.missing
            return said.amount(missing) if missing else "—"
        gap = None if self._plans is None else self._plans.of(line.unit)
        return "" if gap is None or gap.plan is None else steps(gap.plan.cost).in_(self._lang)

    def _words(self, line: Line, column: Column) -> str:
        lang, entry = self._lang, line.entry
        if entry is None:
            if column is not Column.UNIT:
                return ""
            if line.kind == "waiting":
                return _WAITING.in_(lang)
            if line.kind == "plan":
                return _PLAN.in_(lang).format(self._least(line.unit))
            if line.kind == "more":
                return _MORE.format(line.count).in_(lang)
            amount = said.amount(getattr(line.row.figures, line.name))
            return _ALL.in_(lang).format(words.HEADINGS[line.name].in_(lang), amount)
        match column:
            case Column.UNIT:
                return entry.name or f"{words.UNNAMED.in_(lang)} {entry.code}"
            case Column.MISSING:
                return said.reason_words(entry.reason).in_(lang)
            case Column.UNCOVERED:
                planned = self._doing.get(line.unit, {}).get(entry.code)
                usual = next_step(self._measure, line.name, entry.reason).said
                return (usual if planned is None else planned).in_(lang)
            case Column.STEP:
                return ASSIGN.in_(lang)
        return ""

    def _told(self, line: Line) -> str:
        if line.kind != "unit":
            found = (self._words(line, column) for column in Column)
            return " · ".join(part for part in found if part)
        f = line.row.figures
        parts = ((said.COVERED, f.covered), (said.UNCOVERED, f.uncovered), (said.UNKNOWN, f.unknown))
        listed = " · ".join(f"{word.in_(self._lang)} {said.amount(count)}" for word, count in parts)
        missing = self._figure(line, Column.MISSING)
        lacks = f"{_HEADERS[Column.MISSING].in_(self._lang)} {missing}"
        least = self._least(line.unit)
        return "\n".join(
            part
            for part in (line.name, wording.whole(f).in_(self._lang), f"{listed} · {lacks}", least)
            if part
        )

    def _least(self, unit: str) -> str:
        """Return a unit's least work in one line; "" as long as nobody knows."""
        gap = None if self._plans is None else self._plans.of(unit)
        if gap is None:
            return ""
        return headline(gap.plan, has_stations=self._measure.startswith("station:")).in_(self._lang)

    def _lines(self, row: Row, name: str, unfolded: Mapping[str, Explanation | None]) -> Iterator[Line]:
        is_open = row.unit in unfolded
        yield Line("unit", row.unit, row, name, is_open=is_open)
        if not is_open:
            return
        if self._least(row.unit):
            yield Line("plan", row.unit, row)
        told = unfolded[row.unit]
        if told is None:
            yield Line("waiting", row.unit, row)
            return
        planned = self._doing.get(row.unit, {})
        for listed in _LISTS:
            if not getattr(row.figures, listed):
                continue
            yield Line("list", row.unit, row, listed)
            if listed not in OPEN_LISTS:
                continue
            entries: Sequence[Entry] = sorted(getattr(told, listed), key=lambda e: e.code not in planned)
            yield from (Line("subject", row.unit, row, listed, entry) for entry in entries[:_MOST])
            if len(entries) > _MOST:
                yield Line("more", row.unit, row, listed, count=len(entries) - _MOST)


def own_name(row: Row) -> str:
    """Return a unit's own name, its code where it has none."""
    return row.name or row.unit
