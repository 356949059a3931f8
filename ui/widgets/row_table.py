"""A table of whole rows: the row that a key would act on is the row that is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent


class RowTable(QTableView):
    """Marks its first row when the keyboard brings the hand into it.

    Qt makes the first row the current one without marking it; a letter then acts on a row nobody chose.
    """

    @override
    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        chosen, current = self.selectionModel(), self.currentIndex()
        if (
            chosen is not None
            and current.isValid()
            and not chosen.hasSelection()
            and event.reason() != Qt.FocusReason.MouseFocusReason  # the press that follows chooses
            and self.selectionMode() == QAbstractItemView.SelectionMode.SingleSelection
        ):
            flags = QItemSelectionModel.SelectionFlag
            chosen.select(current, flags.ClearAndSelect | flags.Rows)
