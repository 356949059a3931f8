"""The plan of an import as a table to work on: ticks, answers chosen from a list, and the record on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from typing_extensions import override

from app.services.bring_in.import_data import choices_of
from app.text import Text
from ui.dialogs.bring_in.cell_edit import CellEdit, cells_of
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.dialogs.bring_in.models import Only, PlanModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import plain_caption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent
    from PySide6.QtWidgets import QWidget

    from app.domain.profile.profile import Profile
    from app.services.bring_in.import_data import Plan
    from ui.dialogs.bring_in.said import Words

_WIDTHS: Final = (112, 46, 140, 102, 300, 140)
_CODE, _CHANGES, _TO_DO = 3, 4, 5
_NARROW: Final = 640  # [px] below which a row's code has no room
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAN: Final = Text("计划", "Plan")
_CELLS: Final = Text("改哪一格", "Which cell to type")
_TYPE: Final = Text("改“{}”：{}", "Type {}: {}")
_ANSWERS: Final = Text("这一行怎么办", "What to do about this row")


class PlanTable(PlanView):
    """Space ticks, Enter or a click on the last column asks what a refused row means, Enter on others shows it on the map.

    F2 types a cell of the row anew.
    """

    answered = Signal(str, str)  # what was asked, the answer
    wanted = Signal(str)  # the code of a record to be shown

    def __init__(self, lang: str, words: Words, parent: QWidget) -> None:
        super().__init__("import.plan", _PLAN.in_(lang), parent)
        self._lang = lang
        self._plan: Plan | None = None
        self._only = Only()
        self.menu: QMenu | None = None
        self.rows = PlanModel(lang, words, self)
        self.cell = CellEdit(lang, self.viewport())
        self.cell.typed.connect(words.edit)
        self.cell.left.connect(self.setFocus)
        self.setModel(self.rows)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        stretch_column(self, _CHANGES)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_entered)

    def show_plan(self, plan: Plan | None, profile: Profile | None, only: Only) -> None:
        """Show a plan, or the rows of it that are looked for; the row that the hand was on stays under it."""
        self.cell.hide()
        at = self.currentIndex()
        held = self.rows.row_at(at.row()) if at.isValid() else None
        is_same_list = only == self._only
        self._plan, self._only = plan, only
        self.rows.show_plan(plan, profile, only)
        if held is None or not is_same_list:
            return
        place = self.rows.place_of(held.key)
        last = self.rows.rowCount() - 1
        stays = place >= 0 and (row := self.rows.row_at(place)) is not None and row.action == held.action
        place = place if stays else min(at.row(), last)  # what was settled is left for the next
        if place >= 0:
            self.setCurrentIndex(self.rows.index(place, at.column()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setColumnHidden(_CODE, event.size().width() < _NARROW)  # what there is to do has the room
        super().resizeEvent(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.rows.toggle(self.currentIndex().row())
            event.accept()
        elif event.key() == Qt.Key.Key_F2 and self.currentIndex().isValid():
            self._type(self.currentIndex().row())
            event.accept()
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in _ENTER:
            event.ignore()  # it commits the sheet and asks nothing of the row
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index.row())
        if index.column() == _TO_DO and row is not None and row.action == "refuse":
            self._ask(index)
        elif index.column() != 0:
            self.wanted.emit(str(index.data(CODE_ROLE) or ""))

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        row = self.rows.row_at(index.row())
        if row is not None and row.action == "refuse":
            self._ask(index)
        else:
            self.wanted.emit(str(index.data(CODE_ROLE) or ""))

    def _ask(self, index: QModelIndex) -> None:
        """Open the answers that a refused row can have, the likeliest first."""
        row = self.rows.row_at(index.row())
        if self._plan is None or row is None:
            return
        menu = QMenu(self)
        menu.setObjectName("import.choices")
        menu.setAccessibleName(_ANSWERS.in_(self._lang))
        for choice in choices_of(self._plan, row):
            action = QAction(choice.words.in_(self._lang).replace("&", "&&"), menu)
            action.setData((choice.asked, choice.value))
            menu.addAction(action)
        self._add_cells(menu, index.row(), [p.column for p in row.problems if p.column])
        self._show(menu, index.row())

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        match action.data():
            case (int(place), str(column)):
                self._open(place, column)
            case (str(asked), str(answer)):
                self.answered.emit(asked, answer)

    def _type(self, place: int) -> None:
        """Let a cell of a row be typed anew: the one that is wrong, or one that is chosen."""
        row = self.rows.row_at(place)
        if self._plan is None or row is None or row.action == "skip":
            return
        columns = list(cells_of(self._plan, row))
        wrong = [column for column in columns if any(p.column == column for p in row.problems)]
        if len(wrong) == 1:
            self._open(place, wrong[0])
            return
        menu = QMenu(self)
        menu.setObjectName("import.cells")
        menu.setAccessibleName(_CELLS.in_(self._lang))
        self._add_cells(menu, place, columns)
        self._show(menu, place)

    def _add_cells(self, menu: QMenu, place: int, columns: Sequence[str]) -> None:
        row = self.rows.row_at(place)
        cells = {} if self._plan is None or row is None else cells_of(self._plan, row)
        for column in dict.fromkeys(columns):
            if column in cells:
                said = _TYPE.format(column, cells[column] or "–").in_(self._lang)
                action = QAction(plain_caption(said), menu)
                action.setData((place, column))
                menu.addAction(action)

    def _open(self, place: int, column: str) -> None:
        """Lay the field for a cell over its row."""
        row = self.rows.row_at(place)
        if self._plan is None or row is None:
            return
        self.setCurrentIndex(self.rows.index(place, _CHANGES))
        box = self.visualRect(self.rows.index(place, _CHANGES)).adjusted(0, 0, 0, 1)
        box.setRight(min(box.right(), self.viewport().width() - 1))
        self.cell.ask(row, column, cells_of(self._plan, row).get(column, ""), box)

    def _show(self, menu: QMenu, place: int) -> None:
        menu.triggered.connect(self._on_chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        spot = self.visualRect(self.rows.index(place, _CHANGES)).bottomLeft()
        menu.popup(self.viewport().mapToGlobal(spot + QPoint(0, 1)))
