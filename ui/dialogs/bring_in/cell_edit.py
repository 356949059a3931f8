"""A cell of the file typed anew in the plan: a field that lies over its row as long as somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit
from typing_extensions import override

from app.text import Text

if TYPE_CHECKING:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

    from app.services.bring_in.import_data import Plan, PlanRow

_SAID: Final = Text("第 {} 行，{}", "Row {}, {}")


def cells_of(plan: Plan, row: PlanRow) -> dict[str, str]:
    """Return column → what it says, of the columns of a row that can be typed anew: the wrong ones first."""
    fields = plan.taken
    said = {cell.field: "" if cell.after is None else str(cell.after) for cell in row.cells}
    taken = set(fields.values())
    found: dict[str, str] = {p.column: p.value or "" for p in row.problems if p.column in taken}
    for field, column in fields.items():
        found.setdefault(column, said.get(field, ""))
    found.update({cell.column: cell.after for cell in plan.edited if cell.row == row.key})
    return found


class CellEdit(QLineEdit):
    """Enter says what was typed, Esc leaves the cell as it was."""

    typed = Signal(str, str, str)  # row, column, value
    left = Signal()  # the hand goes back to the row

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._cell = ("", "", "")
        self.setObjectName("import.cell")
        self.hide()

    def ask(self, row: PlanRow, column: str, value: str, box: QRect) -> None:
        """Lie over a row with the words that a cell has now."""
        self._cell = (row.key, column, value)
        said = _SAID.format(row.number, column).in_(self._lang)
        self.setAccessibleName(said)
        self.setPlaceholderText(said)
        self.setText(value)
        self.selectAll()
        self.setGeometry(box)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (row, column, before), said = self._cell, self.text().strip()
            self._leave()
            if said != before:
                self.typed.emit(row, column, said)
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.hide()

    def _leave(self) -> None:
        """Give the hand back to the row."""
        self.hide()
        self.left.emit()
