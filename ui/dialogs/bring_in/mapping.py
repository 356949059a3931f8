"""What each column of a file becomes: a table with one choice box a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QHeaderView, QTableView, QTableWidget, QTableWidgetItem, QWidget
from typing_extensions import override

from app.domain.field_words import field_words
from app.text import Text
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.services.bring_in.look import Preview
    from ui.dialogs.bring_in.said import Words

_READABLE: Final = 120  # of a column that takes what the others leave [px]
_NOT_TAKEN: Final = Text("不导入", "not taken")
_PERSONAL: Final = Text("不导入（个人信息）", "not taken (personal data)")
_HEADERS: Final = (
    Text("文件里的列", "Column of the file"),
    Text("登记成", "Becomes"),
    Text("凭什么", "Known by"),
)
_BY_AT: Final = 2
_BESIDE: Final = 28  # left and right of words in a cell [px]
_BY: Final = {
    "user": Text("按你选的", "as you chose"),
    "heading": Text("按列名", "by its heading"),
    "habit": Text("按上次的", "as last time"),
    "content": Text("按内容", "by what it holds"),
}


class MappingTable(QTableWidget):
    """Shows what every column was taken for; what the user chooses for a column is final, the others stay proposals."""

    def __init__(self, lang: str, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_HEADERS), parent)
        self._lang = lang
        self._words = words
        self.setObjectName("import.mapping")
        self.setAccessibleName(Text("列的含义", "Columns").in_(lang))
        self.setHorizontalHeaderLabels([header.in_(lang) for header in _HEADERS])
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_BY_AT, QHeaderView.ResizeMode.Fixed)
        shown = (_HEADERS[_BY_AT], *_BY.values())
        widest = max(self.fontMetrics().horizontalAdvance(one.in_(lang)) for one in shown)
        self.setColumnWidth(_BY_AT, widest + _BESIDE)

    def show_columns(self, kind: str, profile: Profile, preview: Preview) -> None:
        """Show a file's columns, and in each one's box what it was taken for."""
        lang = self._lang
        choices = [(name, field_words(kind, name, profile).in_(lang)) for name in preview.fields]
        self.setRowCount(len(preview.columns))
        for row, column in enumerate(preview.columns):
            self.setItem(row, 0, _plain(column, column))
            by = _BY.get(preview.by.get(column, ""))
            self.setItem(row, _BY_AT, _plain("" if by is None else by.in_(lang), column))
            is_closed = column in preview.closed
            box = self._box(row)
            with QSignalBlocker(box):
                box.clear()
                box.addItem((_PERSONAL if is_closed else _NOT_TAKEN).in_(lang), "")
                for name, words in choices:
                    box.addItem(words, name)
                box.setCurrentIndex(max(0, box.findData(preview.taken.get(column, ""))))
            box.setAccessibleName(column)
            box.setEnabled(not is_closed)

    def _box(self, row: int) -> ChoiceBox:
        """Return a row's box, the one that is there: a box with the focus stays where it is when a plan is made anew."""
        held = self.cellWidget(row, 1)
        if isinstance(held, ChoiceBox):
            return held
        box = ChoiceBox(self)
        box.setObjectName(f"import.mapping.{row}")
        box.currentIndexChanged.connect(self._on_chosen)
        self.setCellWidget(row, 1, box)
        return box

    @Slot(int)
    def _on_chosen(self, _place: int) -> None:
        box = self.sender()
        if isinstance(box, ChoiceBox):
            self._words.choose(box.accessibleName(), str(box.currentData()))


def _plain(text: str, column: str) -> QTableWidgetItem:
    """Return a cell that can be chosen and not typed in. ``column``: which of the file's it is about."""
    item = QTableWidgetItem(text)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
    item.setData(CODE_ROLE, column)
    return item


class PlanView(QTableView):
    """A table for a plan or its problems: whole rows, left headers."""

    def __init__(self, name: str, accessible: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(accessible)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)  # Tab goes on to what follows, not from cell to cell
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )


class _Stretch(QObject):
    """Lets one column take what the others leave, but never less than it needs: then the table scrolls."""

    def __init__(self, table: QTableView, column: int, least: int) -> None:
        super().__init__(table)
        self._table, self._column, self._least = table, column, least
        table.viewport().installEventFilter(self)
        self.fit()

    def fit(self) -> None:
        """Take the mode that the width at hand asks for."""
        header, column = self._table.horizontalHeader(), self._column
        others = sum(header.sectionSize(n) for n in range(header.count()) if n != column)
        least = max(self._least, header.sectionSizeHint(column))
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


def stretch_column(table: QTableView, column: int, least: int = _READABLE) -> None:
    """Give a column what the others leave, at least what it needs to be read [px]."""
    _Stretch(table, column, least)
