"""What each column of a file becomes: a table with one choice box a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QHeaderView, QTableView, QTableWidget, QTableWidgetItem, QWidget
from typing_extensions import override

from app.domain.field_words import field_words
from app.text import Text
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile import Profile

_READABLE: Final = 120  # of a column that takes what the others leave [px]
_NOT_TAKEN: Final = Text("不导入", "not taken")
_HEADERS: Final = (Text("文件里的列", "Column of the file"), Text("登记成", "Becomes"))


class MappingTable(QTableWidget):
    """Shows what was proposed; once the user changes a box, the whole table is the user's word."""

    changed = Signal()

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self._lang = lang
        self._is_users = False
        self.setObjectName("import.mapping")
        self.setAccessibleName(Text("列的含义", "Columns").in_(lang))
        self.setHorizontalHeaderLabels([header.in_(lang) for header in _HEADERS])
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def forget(self) -> None:
        """Take proposals again: another file."""
        self._is_users = False

    def chosen(self) -> dict[str, str]:
        """Return field → heading as the user chose, empty where the proposal stands."""
        found: dict[str, str] = {}
        for row in range(self.rowCount() if self._is_users else 0):
            box, heading = self.cellWidget(row, 1), self.item(row, 0)
            if isinstance(box, ChoiceBox) and heading is not None and box.currentData():
                found[str(box.currentData())] = heading.text()
        return found

    def show_columns(
        self,
        kind: str,
        profile: Profile,
        headings: Sequence[str],
        taken: Mapping[str, str],
        fields: Sequence[str],
    ) -> None:
        """Show headings; ``taken``: field → heading as understood; ``fields``: what there is to choose."""
        by_heading = {heading: field for field, heading in taken.items()}
        self.setRowCount(len(headings))
        for row, heading in enumerate(headings):
            item = QTableWidgetItem(heading)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setData(CODE_ROLE, heading)
            self.setItem(row, 0, item)
            box = ChoiceBox(self)
            box.setObjectName(f"import.mapping.{row}")
            box.setAccessibleName(heading)
            box.addItem(_NOT_TAKEN.in_(self._lang), "")
            for name in fields:
                box.addItem(field_words(kind, name, profile).in_(self._lang), name)
            box.setCurrentIndex(max(0, box.findData(by_heading.get(heading, ""))))
            box.currentIndexChanged.connect(self._on_chosen)
            self.setCellWidget(row, 1, box)

    @Slot(int)
    def _on_chosen(self, _place: int) -> None:
        self._is_users = True
        self.changed.emit()


def plan_table(name: str, accessible: str, parent: QWidget) -> QTableView:
    """Return a table for a plan or its problems: whole rows, left headers."""
    view = QTableView(parent)
    view.setObjectName(name)
    view.setAccessibleName(accessible)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
    view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(26)
    view.horizontalHeader().setHighlightSections(False)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return view


class _Stretch(QObject):
    """Lets one column take what the others leave, but never less than it needs: then the table scrolls."""

    def __init__(self, table: QTableView, column: int) -> None:
        super().__init__(table)
        self._table, self._column = table, column
        table.viewport().installEventFilter(self)
        self.fit()

    def fit(self) -> None:
        """Take the mode that the width at hand asks for."""
        header, column = self._table.horizontalHeader(), self._column
        others = sum(header.sectionSize(n) for n in range(header.count()) if n != column)
        least = max(_READABLE, header.sectionSizeHint(column))
        is_wide = self._table.viewport().width() - others >= least
        mode = QHeaderView.ResizeMode.Stretch if is_wide else QHeaderView.ResizeMode.Interactive
        if header.sectionResizeMode(column) != mode:
            header.setSectionResizeMode(column, mode)
        if not is_wide:
            header.resizeSection(column, least)

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.fit()
        return False


def stretch_column(table: QTableView, column: int) -> None:
    """Give a column what the others leave, at least what it needs to be read."""
    _Stretch(table, column)
