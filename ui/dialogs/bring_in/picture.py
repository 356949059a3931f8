"""The sheet's own picture: what was recognised is drawn over it, and put right by a click or by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QModelIndex, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QHeaderView,
    QMenu,
    QTableView,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.domain.field_words import field_words
from app.services.bring_in.look import APART, HEADING, RECORD
from app.text import Text
from ui import theme
from ui.dialogs.bring_in.picture_model import Marks, PictureModel
from ui.widgets.cell_ground import GroundDelegate
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import plain_caption, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPaintEvent

    from app.services.bring_in.look import SeenSheet, SeenTable

_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WIDE: Final = 108  # of a column, before anybody pulls it [px]
_SPANS: Final = 500  # merged cells that are drawn as one
_NAME: Final = Text("原表", "The sheet as it stands")
_WHICH: Final = Text("工作表", "Sheet")
_PARTS: Final = {
    HEADING: Text("这一行是列名", "This row holds headings"),
    RECORD: Text("这一行是记录", "This row is a record"),
    APART: Text("这一行不读", "This row is not read"),
    "": Text("这一行照程序认的", "This row as the program takes it"),
}
_COLUMN_IS: Final = Text("{} 列是…", "Column {} is…")
_LEFT: Final = Text("不导入", "not taken")
_ONE_VALUE: Final = Text("不用这一列，所有行用一个值…", "Not this column but one value for all rows…")
_TYPE: Final = Text("改这一格… (F2)", "Type something else here… (F2)")
_READ_THIS: Final = Text("读这张表", "Read this table")
_HINT: Final = Text(
    "点行号或列头改它是什么；Enter 一样，F2 改一格。",
    "Click a row number or a column's head to say what it is; Enter does the same, F2 types a cell.",
)
_SHOWN: Final = Text("只画前 {} 行，共 {} 行。", "The first {} of {: row is|rows are} drawn.")
_RECORDS: Final = Text("记录 {} 行，不读 {} 行", "{: record|records}, {: row|rows} not read")
_HIDDEN: Final = Text("藏起的 {} 行也读", "{: hidden row is|hidden rows are} read too")
_WHICH_TABLE: Final = Text(
    "这里有几张表：点一张里的行号选它。", "There are several tables: click a row of the one you mean."
)


class _Choice(NamedTuple):
    """An entry of a menu: its words, what it does (a menu of its own too), and whether it is what holds."""

    words: str
    deed: tuple[Any, ...] | None
    is_on: bool | None = None


class PictureView(QTableView):
    """The cells; rows and columns are said by their heads, cells by typing into them."""

    part_said = Signal(int, str)  # row as the sheet counts it, part
    field_said = Signal(str, str)  # column, field
    value_wanted = Signal(str)  # column that is not to be used
    layer_said = Signal(str)

    def __init__(self, lang: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lang = lang
        self._marks = Marks("compounds", None, None, {}, {})
        self.menu: QMenu | None = None
        self.cells = PictureModel(lang, self)
        self.setModel(self.cells)
        self.setItemDelegate(GroundDelegate(self))
        self.setObjectName("import.sheet")
        self.setAccessibleName(_NAME.in_(lang))
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.EditKeyPressed | QTableView.EditTrigger.DoubleClicked)
        across, down = self.horizontalHeader(), self.verticalHeader()
        across.setDefaultSectionSize(_WIDE)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        down.setDefaultSectionSize(24)
        down.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for header in (across, down):
            header.setSectionsClickable(True)
            header.setHighlightSections(True)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.sectionClicked.connect(self._on_column)
        down.sectionClicked.connect(self._on_row)

    def show_sheet(self, sheet: SeenSheet | None, marks: Marks) -> None:
        """Show a sheet; where the hand was in the same sheet it stays."""
        self._marks = marks
        if self.cells.show_sheet(sheet, marks):
            self._span(sheet)
        self.viewport().update()

    def _span(self, sheet: SeenSheet | None) -> None:
        """Draw merged cells as one; ranges that lie over another, as only a broken file has them, stay apart."""
        self.clearSpans()
        taken: set[tuple[int, int]] = set()
        for block in () if sheet is None else sheet.merged[:_SPANS]:
            right = min(block.right, sheet.width - 1) if sheet is not None else 0
            cells = {
                (row, c) for row in range(block.top, block.bottom + 1) for c in range(block.left, right + 1)
            }
            if len(cells) > 1 and taken.isdisjoint(cells):
                taken |= cells
                self.setSpan(block.top - 1, block.left, block.bottom - block.top + 1, right - block.left + 1)

    # asking

    @Slot(int)
    def _on_row(self, row: int) -> None:
        below = self.rowViewportPosition(row) + self.rowHeight(row)
        self._open(self._row_choices(row, 0), self.verticalHeader(), QPoint(0, below))

    @Slot(int)
    def _on_column(self, column: int) -> None:
        label = self.cells.column_label(column)
        if label is not None and not self.cells.is_closed(label):
            place = QPoint(self.columnViewportPosition(column), self.horizontalHeader().height())
            self._open(self._column_choices(label), self.horizontalHeader(), place)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.key() in _ENTER:
            event.ignore()  # it commits the sheet
        elif event.key() in _ENTER and self.state() != QTableView.State.EditingState:
            self._ask(self.currentIndex())
            event.accept()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._ask(self.indexAt(event.pos()) if event.reason() == event.Reason.Mouse else self.currentIndex())

    def _ask(self, index: QModelIndex) -> None:
        """Ask what a cell's row and column are, and offer to type into it."""
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        choices = self._row_choices(index.row(), index.column())
        label = self.cells.label(index.row(), index.column())
        if label is not None and not self.cells.is_closed(label):
            choices.append(_Choice("", None))
            choices.append(_Choice(_COLUMN_IS.format(label).in_(self._lang), ("menu", label)))
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            choices.append(_Choice(_TYPE.in_(self._lang), ("type", index.row(), index.column())))
        self._open(choices, self.viewport(), self.visualRect(index).bottomLeft())

    def _row_choices(self, row: int, column: int) -> list[_Choice]:
        part = self.cells.part(row)
        name = "" if part is None else "heading" if part.part == "units" else part.part
        found: list[_Choice] = []
        table = self.cells.table(row, column)
        if table is not None and not table.is_read and table.layer is not None:
            found.append(_Choice(f"{_READ_THIS.in_(self._lang)}（{table.layer}）", ("layer", table.layer)))
        for said, words in _PARTS.items():
            is_on = said == name if said else None
            found.append(_Choice(words.in_(self._lang), ("part", row + 1, said), is_on))
        return found

    def _column_choices(self, label: str) -> list[_Choice]:
        preview, chosen = self._marks.preview, self.cells.field_of(label)
        fields: Sequence[str] = () if preview is None else preview.fields
        found = [
            _Choice(_LEFT.in_(self._lang), ("field", label, ""), not chosen),
            _Choice(_ONE_VALUE.in_(self._lang), ("value", label)),
        ]
        for name in fields:
            words = field_words(self._marks.kind, name, self._marks.profile).in_(self._lang)
            found.append(_Choice(words, ("field", label, name), name == chosen))
        return found

    def _open(self, choices: Sequence[_Choice], over: QWidget, spot: QPoint) -> None:
        if not choices:
            return
        menu = QMenu(self)
        menu.setObjectName("import.sheet.menu")
        menu.setAccessibleName(_NAME.in_(self._lang))
        self._fill(menu, choices)
        menu.triggered.connect(self._on_chosen)
        menu.aboutToHide.connect(menu.deleteLater)
        self.menu = menu
        menu.popup(over.mapToGlobal(spot))

    def _fill(self, menu: QMenu, choices: Sequence[_Choice]) -> None:
        for words, deed, is_on in choices:
            if deed is None:
                menu.addSeparator()
                continue
            if deed[0] == "menu":
                below = menu.addMenu(plain_caption(words))
                below.setObjectName("import.sheet.menu.column")
                self._fill(below, self._column_choices(deed[1]))
                continue
            action = QAction(plain_caption(words), menu)
            action.setData(deed)
            if is_on is not None:
                action.setCheckable(True)
                action.setChecked(is_on)
            menu.addAction(action)

    @Slot(QAction)
    def _on_chosen(self, action: QAction) -> None:
        match action.data():
            case ("part", row, part):
                self.part_said.emit(row, part)
            case ("field", label, name):
                self.field_said.emit(label, name)
            case ("value", label):
                self.value_wanted.emit(label)
            case ("layer", layer):
                self.layer_said.emit(layer)
            case ("type", row, column):
                self.edit(self.cells.index(row, column))

    # painting

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        sheet = self.cells.sheet
        if sheet is None:
            return
        painter = QPainter(self.viewport())
        for table in sheet.tables:
            box = self._box(table, sheet)
            t = theme.current()
            pen = QPen(QColor(t.accent if table.is_read else t.ctl), 2 if table.is_read else 1)
            if not table.is_read:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        painter.end()

    def _box(self, table: SeenTable, sheet: SeenSheet) -> QRect:
        """Return where a table lies in the viewport: from its headings to its last row that says anything."""
        first, last = table.headings
        top = first if last >= first else last + 1
        filled = [row for row in sheet.parts if top <= row <= table.bottom]
        bottom = min(max(filled, default=top), len(sheet.rows))
        right = min(table.right, sheet.width - 1)
        y, x = self.rowViewportPosition(top - 1), self.columnViewportPosition(table.left)
        height = self.rowViewportPosition(bottom - 1) + self.rowHeight(bottom - 1) - y
        width = self.columnViewportPosition(right) + self.columnWidth(right) - x
        return QRect(x, y, width, height)


class PicturePage(QWidget):
    """The picture, which of several sheets it shows, and in a line what was made of it."""

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._sheets: tuple[SeenSheet, ...] = ()
        self._marks = Marks("compounds", None, None, {}, {})
        self.view = PictureView(lang, self)
        self.which = ChoiceBox(self)
        self.which.setObjectName("import.sheet.which")
        self.which.setAccessibleName(_WHICH.in_(lang))
        self.which.currentIndexChanged.connect(self._on_which)
        self.line = text_label("", "second", self)
        self.line.setObjectName("import.sheet.line")
        self.line.setWordWrap(True)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(4)
        body.addWidget(self.which, 0, Qt.AlignmentFlag.AlignLeft)
        body.addWidget(self.line)
        body.addWidget(self.view, 1)

    @property
    def sheet(self) -> SeenSheet | None:
        """The sheet that is shown."""
        return self.view.cells.sheet

    def show_sheets(self, sheets: tuple[SeenSheet, ...], marks: Marks) -> None:
        """Show the sheets of a file; the one that was looked at stays."""
        names = [sheet.name or "" for sheet in sheets]
        if names != [sheet.name or "" for sheet in self._sheets]:
            self.which.blockSignals(True)
            self.which.clear()
            for name in names:
                self.which.addItem(name, name)
            self.which.blockSignals(False)
        self._sheets, self._marks = sheets, marks
        self.which.setVisible(len(sheets) > 1)
        self._on_which(0)

    @Slot(int)
    def _on_which(self, _place: int) -> None:
        at = max(0, self.which.currentIndex())
        sheet = self._sheets[at] if at < len(self._sheets) else None
        self.view.show_sheet(sheet, self._marks)
        self.line.setText("" if sheet is None else self._said(sheet))

    def _said(self, sheet: SeenSheet) -> str:
        lang = self._lang
        kinds = [part.part for part in sheet.parts.values()]
        said = []
        if sheet.tables and not any(table.is_read for table in sheet.tables):
            said.append(_WHICH_TABLE.in_(lang))
        else:
            counted = _RECORDS.format(kinds.count(RECORD), kinds.count(APART) + kinds.count("other")).in_(
                lang
            )
            hidden = len([row for row in sheet.hidden_rows if row <= len(sheet.rows)])
            more = ["" if not hidden else _HIDDEN.format(hidden).in_(lang)]
            stop, comma = ("。", "，") if lang == "zh" else (". ", ", ")
            said.append(comma.join(one for one in (counted, *more) if one) + stop)
        if sheet.height > len(sheet.rows):
            said.append(_SHOWN.format(f"{len(sheet.rows):,}", f"{sheet.height:,}").in_(lang))
        said.append(_HINT.in_(lang))
        return (" " if lang == "en" else "").join(one.strip() for one in said)
