"""Tables of the boundary fusion: compounds that a line cuts, and figures before and after."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from typing_extensions import override

from app.domain import vocabulary
from app.domain.looks import wording
from app.services.fusion.cuts import OUTSIDE
from app.text import Text
from ui import words
from ui.models.listed import ListedModel
from ui.models.sketch import Sketch
from ui.topics.base.topic import SORT_ROLE
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QObject

    from app.coverage.results import Figures
    from app.services.fusion.cuts import Cut
    from app.services.fusion.fuse import Beside, Proposal
    from geo.crs import Zone

Index = QModelIndex | QPersistentModelIndex
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BEYOND: Final = Text("界外", "outside")
_AND: Final = Text("、", ", ")
_MOST: Final = 3


class CutColumn(IntEnum):
    """Columns of the cuts."""

    NAME = 0
    AFFECTED = 1
    AREA = 2
    LINES = 3
    SIDES = 4


class BesideColumn(IntEnum):
    """Columns of the figures."""

    UNIT = 0
    GAIN = 1
    BEFORE = 2
    AFTER = 3


class CutModel(ListedModel):
    """One row a compound, gravest first."""

    HEADERS = (
        vocabulary.PLACES["compound"].heading(),
        Text("小边户数", "Homes beyond"),
        Text("小边 m²", "m² beyond"),
        Text("切开它的界线", "Lines that cut it"),
        Text("各边面积占比", "Sides by area"),
    )

    def __init__(self, lang: str, name_of: Callable[[str], str], parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._name_of = name_of

    def cut(self, row: int) -> Cut:
        """Return a row."""
        found: Cut = self._rows[row]
        return found

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cut, column = self.cut(index.row()), CutColumn(index.column())
        if role == CODE_ROLE:
            return cut.code
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column in (CutColumn.AFFECTED, CutColumn.AREA) else None
        if role == SORT_ROLE:
            return self._number(cut, column)
        if role == TIP_ROLE:
            return "\n".join(
                f"{words.LEVELS[level].in_(self._lang)}: {self._sides(cut, level, 12)}" for level in cut.sides
            )
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case CutColumn.NAME:
                return cut.name or f"{words.UNNAMED.in_(self._lang)} {cut.code}"
            case CutColumn.LINES:
                return _AND.in_(self._lang).join(words.LEVELS[level].in_(self._lang) for level in cut.sides)
            case CutColumn.AFFECTED:
                return "—" if cut.affected is None else f"{cut.affected:,.1f}"
            case CutColumn.AREA:
                return f"{cut.affected_m2:,.0f}"
            case CutColumn.SIDES:
                return self._sides(cut, next(iter(cut.sides)))

    def _sides(self, cut: Cut, level: str, most: int = _MOST) -> str:
        sides = cut.sides[level]
        outside = _BEYOND.in_(self._lang)
        shown = [
            f"{outside if unit == OUTSIDE else self._name_of(unit)} {share:.1%}"
            for unit, share in sides[:most]
        ]
        return "  ".join([*shown, "…"] if len(sides) > most else shown)

    @staticmethod
    def _number(cut: Cut, column: CutColumn) -> float | None:
        if column is CutColumn.AFFECTED:
            return -1.0 if cut.affected is None else cut.affected
        return cut.affected_m2 if column is CutColumn.AREA else None


class BesideModel(ListedModel):
    """One row a unit concerned: what it gains, and its figures before and after."""

    HEADERS = (
        Text("单元", "Unit"),
        Text("增减 m²", "Gains m²"),
        Text("之前", "Before"),
        Text("之后", "After"),
    )

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = BesideColumn(index.column())
        row: Beside
        row, gain = self._rows[index.row()]
        if role == CODE_ROLE:
            return row.unit
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return None if column is BesideColumn.UNIT else _RIGHT
        if role == TIP_ROLE:
            return f"{words.LEVELS[row.level].in_(self._lang)} {row.unit} {row.name}"
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case BesideColumn.UNIT:
                return row.name or row.unit
            case BesideColumn.GAIN:
                return "" if gain is None else f"{gain:+,.0f}"
            case BesideColumn.BEFORE:
                return _figures(row.before, self._lang)
            case BesideColumn.AFTER:
                return _figures(row.after, self._lang)


def _figures(figures: Figures, lang: str) -> str:
    return wording.rate_of(figures).in_(lang)


def sketch_of(proposal: Proposal, zone: Zone, name_of: Callable[[str], str]) -> Sketch | None:
    """Return the new outline of the unit that takes the compound, at the lowest level drawn; None: nothing moves."""
    if not proposal.moves:
        return None
    lowest = proposal.moves[-1].level
    taker = next((m for m in proposal.moves if m.level == lowest and m.gained_m2 > 0), None)
    outline = proposal.ground if taker is None else taker.outline
    name = "" if taker is None else f"{name_of(taker.record.code)} +{taker.gained_m2:,.0f} m²"
    return Sketch(zone=zone, shapes=zone.to_metres([outline]), names=(name,), is_proposed=True)
