"""The tables of a split or merge: the records that go on, and everything that goes to one of them or stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont
from typing_extensions import override

from app.domain import vocabulary
from app.errors import InvalidInput
from app.services.lineage.plan import Item, Number, Plan, numbers_in
from app.text import Text
from ui import theme
from ui.models.listed import ListedModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.models.listed import Index

NAME, WHERE = 2, 2  # the column that can be typed into, of either table
_STAYS: Final = Text("留在原来那条", "stays with the old one")
_MARK: Final = "●"
_SHOWN: Final = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, TIP_ROLE)
_METRES: Final = Text("{:,.0f} 平方米", "{:,.0f} m²")
_ASKED: Final = Text("要看", "To look at")


class PartsModel(ListedModel):
    """The records that go on; their names can be typed.

    Signals
    -------
    named
        ``(place, name)``

    """

    HEADERS = (
        Text("份", "Part"),
        Text("代码", "Code"),
        Text("名称", "Name"),
        vocabulary.DERIVED["area_m2"],
        Text("占比", "Share"),
        Text("归它的", "Goes to it"),
    )
    named = Signal(int, str)

    def show_plan(self, plan: Plan) -> None:
        """Show the parts of a plan."""
        rows = [
            (
                str(place + 1),
                target.code,
                target.record.text("name"),
                _METRES.in_(self._lang).format(target.area_m2),
                f"{target.share:.1%}",
                str(plan.counted(place)),
            )
            for place, target in enumerate(plan.targets)
        ]
        if len(rows) == len(self._rows):
            self._rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.HEADERS) - 1))
        else:
            self.show_rows(rows)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | (
            Qt.ItemFlag.ItemIsEditable if index.column() == NAME else Qt.ItemFlag.NoItemFlags
        )

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self.named.emit(index.row(), str(value))
        return True

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == CODE_ROLE:
            return self._rows[index.row()][1]
        return self._rows[index.row()][index.column()] if role in _SHOWN else None


class ItemsModel(ListedModel):
    """Everything that goes somewhere, what is to be looked at first. Counts can be typed, one for each part.

    Signals
    -------
    counted
        ``(key, numbers)``: a count was typed.
    refused
        ``Text``: what was typed is none.

    """

    HEADERS = (Text("", ""), Text("什么", "What"), Text("归", "Goes to"), Text("为什么", "Why"))
    counted = Signal(str, object)
    refused = Signal(object)

    def show_plan(self, plan: Plan) -> None:
        """Show a plan; rows stay where they are as long as they are the same things."""
        rows: list[Item | Number] = [*plan.numbers, *plan.items]
        found = {one.key: one for one in rows}
        keys = [one.key for one in self._rows]
        if sorted(keys) == sorted(found):
            self._rows = tuple(found[key] for key in keys)
            if keys:
                self.dataChanged.emit(self.index(0, 0), self.index(len(keys) - 1, len(self.HEADERS) - 1))
        else:
            self.show_rows(sorted(found.values(), key=lambda one: not one.is_asked))

    def at(self, row: int) -> Item | Number | None:
        """Return what stands in a row."""
        found: Item | Number | None = self._rows[row] if 0 <= row < len(self._rows) else None
        return found

    def first_asked(self) -> int:
        """Return the first row that is to be looked at, -1 where there is none."""
        return next((row for row, one in enumerate(self._rows) if one.is_asked), -1)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        may = index.column() == WHERE and isinstance(self.at(index.row()), Number)
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if may else Qt.ItemFlag.NoItemFlags)

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        one = self.at(index.row())
        if not isinstance(one, Number) or str(value) == _numbers(one.after):
            return False
        try:
            self.counted.emit(one.key, numbers_in(str(value), one.key))
        except InvalidInput as error:
            self.refused.emit(error.message)
            return False
        return True

    def where(self, one: Item | Number) -> str:
        """Return where something goes, as the table says it."""
        if isinstance(one, Number):
            return _numbers(one.after)
        if not one.to:
            return _STAYS.in_(self._lang)
        if len(one.choices) > 1 and one.choices == self.parts:
            return ("、" if self._lang == "zh" else ", ").join(str(place + 1) for place in one.to)
        if len(one.choices) > 1:  # of a merge: whose value is taken
            return f"{one.to[0] + 1} {one.choices[one.to[0]]}"
        return one.choices[one.to[0]]

    parts: Sequence[str] = ()  # codes of the parts of a split, which the table calls by their place

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        one = self.at(index.row())
        if one is None:
            return None
        column = index.column()
        if role in _SHOWN:
            if column == 0:
                return (
                    (_MARK if role == Qt.ItemDataRole.DisplayRole else _ASKED.in_(self._lang))
                    if one.is_asked
                    else ""
                )
            return (one.said.in_(self._lang), self.where(one), one.reason.in_(self._lang))[column - 1]
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0 and one.is_asked:
            return _ASKED.in_(self._lang)
        if role == Qt.ItemDataRole.ForegroundRole and column == 0:
            return QColor(theme.current().warning)
        if (
            role == Qt.ItemDataRole.ForegroundRole
            and column == WHERE
            and isinstance(one, Item)
            and not one.to
        ):
            return QColor(theme.current().t3)
        if role == Qt.ItemDataRole.FontRole and column == WHERE:
            font = QFont()
            font.setBold(True)
            return font
        return None


def _numbers(values: Sequence[int | None]) -> str:
    return " / ".join("?" if value is None else str(value) for value in values)
