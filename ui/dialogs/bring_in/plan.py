"""The plan of an import as a table to work on: ticks, answers chosen from a list, and the record on the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu
from typing_extensions import override

from app.services.bring_in.import_data import choices_of
from app.text import Text
from ui.dialogs.bring_in.mapping import PlanView, stretch_column
from ui.dialogs.bring_in.models import PlanModel
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from app.domain.profile.profile import Profile
    from app.services.bring_in.import_data import Plan

_WIDTHS: Final = (112, 46, 140, 102, 300, 140)
_CHANGES, _TO_DO = 4, 5
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_PLAN: Final = Text("计划", "Plan")
_ANSWERS: Final = Text("这一行怎么办", "What to do about this row")


class PlanTable(PlanView):
    """Space ticks, Enter or a click on the last column asks what a refused row means, Enter on others shows it on the map."""

    answered = Signal(str, str)  # what was asked, the answer
    wanted = Signal(str)  # the code of a record to be shown
    ticked = Signal()

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__("import.plan", _PLAN.in_(lang), parent)
        self._lang = lang
        self._plan: Plan | None = None
        self._only = ""
        self.menu: QMenu | None = None
        self.rows = PlanModel(lang, self)
        self.setModel(self.rows)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        stretch_column(self, _CHANGES)
        self.rows.ticked.connect(self.ticked)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_entered)

    @property
    def unticked(self) -> frozenset[str]:
        """The rows that are not to be taken, as answers name them."""
        return frozenset(self.rows.unticked)

    def forget(self) -> None:
        """Give every row its tick back: another file."""
        self.rows.unticked.clear()

    def show_plan(self, plan: Plan | None, profile: Profile | None, only: str) -> None:
        """Show a plan, or its rows of one action; the row that the hand was on stays under it."""
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
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.rows.toggle(self.currentIndex().row())
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
        menu.triggered.connect(self._on_chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        spot = self.visualRect(self.rows.index(index.row(), _CHANGES)).bottomLeft()
        menu.popup(self.viewport().mapToGlobal(spot + QPoint(0, 1)))

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        asked, answer = action.data()
        self.answered.emit(asked, answer)
