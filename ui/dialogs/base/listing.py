"""Sheets that list what waits for a word: a sentence above, a table of whole rows, and a way out that loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLabel, QTableView, QWidget
from typing_extensions import override

from ui.dialogs.base.sheet import Sheet
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.text import Text
    from ui.bridge.context import WindowContext
    from ui.models.listed import ListedModel


def rows_view(
    sheet: Sheet,
    key: str,
    said: Text,
    model: ListedModel,
    *,
    sizes: QHeaderView.ResizeMode = QHeaderView.ResizeMode.ResizeToContents,
    stretched: int | None = None,
) -> QTableView:
    """Return a read-only table of whole rows, ``sheet.key``; ``sizes`` of its columns but of the ``stretched`` one."""
    view = QTableView(sheet)
    view.setObjectName(f"{sheet.name}.{key}")
    view.setAccessibleName(sheet.context.say(said))
    view.setModel(model)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    header = view.horizontalHeader()
    header.setSectionResizeMode(sizes)
    header.setMinimumSectionSize(28)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    if stretched is not None:
        header.setSectionResizeMode(stretched, QHeaderView.ResizeMode.Stretch)
    return view


class ListingSheet(Sheet):
    """Lies at the right over the whole height, and the hand goes to its ``table`` first.

    ``tone``: of the sentence above; ``leave``: what the way out is called.
    """

    table: QTableView

    def __init__(
        self,
        context: WindowContext,
        name: str,
        title: Text,
        commit: Text,
        parent: QWidget | None,
        *,
        width: int,
        tone: str,
        leave: Text,
    ) -> None:
        super().__init__(context, name, title, commit, parent, width=width, at_right=True)
        self.cancel.setText(context.say(leave))
        self.cancel.setAccessibleName(context.say(leave))
        self.banner = self.add_line("banner", tone)

    def add_line(self, key: str, role: str) -> QLabel:
        """Add a sentence that may take several lines: ``name.key``, empty as yet."""
        label = text_label("", role, self)
        label.setObjectName(f"{self.name}.{key}")
        label.setWordWrap(True)
        self.body.addWidget(label)
        return label

    @override
    def first_box(self) -> QWidget | None:
        return self.table
