"""Tables of whole rows in the window's manner: the row that a key would act on is the row that is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent
    from PySide6.QtWidgets import QWidget

_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


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

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave letters to the window, where each stands for an act; Qt would search the rows for them."""
        typed = event.text()
        if typed.strip() and typed.isprintable() and not event.modifiers() & ~_SHIFT:
            event.ignore()
        else:
            super().keyPressEvent(event)


def make_table(name: str, accessible: str, parent: QWidget) -> RowTable:
    """Return a table in the window's manner: 26-px rows, no vertical lines, whole rows chosen."""
    view = RowTable(parent)
    view.setObjectName(name)
    view.setAccessibleName(accessible)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setMouseTracking(True)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
    view.verticalHeader().hide()
    view.verticalHeader().setMinimumSectionSize(26)
    view.verticalHeader().setDefaultSectionSize(26)
    header = view.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setFixedHeight(26)
    return view
