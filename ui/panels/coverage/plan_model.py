"""The acts of a plan as rows: who, what is to be done, what it takes, and how many could take its place."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor
from typing_extensions import override

from app.coverage.work.told import cost_words, steps
from app.domain.vocabulary import UNNAMED
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from app.coverage.work.told import PlanRow

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 40
_NOBODY: Final = "—"
_INSTEAD: Final = Text("{0} 个可替换", "{0} could take its place")
_COVERS: Final = Text("一起覆盖 {0} 个", "covers {0} together")


class Column(IntEnum):
    """Columns from left to right."""

    WHO = 0
    DOING = 1
    COST = 2
    INSTEAD = 3


class PlanModel(ListedModel):
    """Rows of a plan or an alternative."""

    HEADERS = (
        Text("对象", "Who"),
        Text("做什么", "What to do"),
        Text("步数", "Steps"),
        Text("可替换", "Instead"),
    )

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: PlanRow = self._rows[index.row()]
        column = Column(index.column())
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (Column.COST, Column.INSTEAD):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:  # what leads to the map
            is_link = column is Column.WHO or (column is Column.INSTEAD and row.instead)
            return QBrush(QColor(theme.current().accent)) if is_link else None
        if role == TIP_ROLE:
            return self._tip(row, column)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match column:
            case Column.WHO:
                return row.name or UNNAMED.in_(self._lang)
            case Column.DOING:
                return row.doing.in_(self._lang)
            case Column.COST:
                return str(row.cost)
            case Column.INSTEAD:
                return str(len(row.instead)) if row.instead else _NOBODY

    def _tip(self, row: PlanRow, column: Column) -> str:
        said = [f"{row.name or UNNAMED.in_(self._lang)} {row.code}"]
        if column is Column.INSTEAD and row.instead:
            said.append(_INSTEAD.in_(self._lang).format(len(row.instead)))
        if len(row.covers) > 1:
            said.append(_COVERS.in_(self._lang).format(len(row.covers)))
        if column is Column.COST:
            said.append(
                cost_words(row.cost, row.if_yes).in_(self._lang) if row.cost else steps(0).in_(self._lang)
            )
        return "\n".join(said)
