"""The table's view: letters stay short cuts, cells are written as in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QLineEdit,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)
from typing_extensions import override

from ui import theme
from ui.models.compound_table import NEW_ROLE, CompoundTableModel
from ui.widgets.cell_ground import GroundDelegate
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.dataset import Dataset

Index = QModelIndex | QPersistentModelIndex
EDITOR: Final = "table.cell"
_BY_DIGIT: Final = {"1": "yes", "2": "no", "0": "unknown"}  # as in the inspector
_MOVES: Final = {
    Qt.Key.Key_Return: (1, 0),
    Qt.Key.Key_Enter: (1, 0),
    Qt.Key.Key_Tab: (0, 1),
    Qt.Key.Key_Backtab: (0, -1),
}
_BAR: Final = 3  # pixels: beside a name that others changed
_LEAST: Final = 104  # pixels: a long number between the paddings of a line
_CTRL: Final = Qt.KeyboardModifier.ControlModifier


class CellDelegate(GroundDelegate):
    """Editors in the cells: a line, or a box where the cell is chosen. ``moved``: rows and columns to go on."""

    moved = Signal(int, int)

    def __init__(self, choices: Callable[[int], list[tuple[str, str]]], parent: QObject) -> None:
        super().__init__(parent)
        self._choices = choices
        self.typed = ""  # what editing began with
        self.begun: Dataset | None = None  # what was shown when the last editor was opened
        self.sees: Callable[[], Dataset | None] | None = None  # what is shown now

    @override
    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        choices = self._choices(index.column())
        self.begun = None if self.sees is None else self.sees()
        editor: QWidget
        if choices:
            box = ChoiceBox(parent)
            for value, said in choices:
                box.addItem(said, value)
            box.activated.connect(lambda _row: self._leave(box, 1, 0))
            editor = box
        else:
            line = QLineEdit(parent)
            line.setFrame(False)
            line.setAlignment(Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole)))
            editor = line
        editor.setObjectName(EDITOR)
        editor.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal)))
        return editor

    @override
    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if editor.property("filled"):
            return  # other cells were painted anew: what is being typed stays
        editor.setProperty("filled", "true")
        typed, self.typed = self.typed, ""
        if isinstance(editor, ChoiceBox):
            value = _BY_DIGIT.get(typed, "")
            place = editor.findData(value) if value else editor.findText(str(index.data()))
            editor.setCurrentIndex(place)
            if not typed:
                QTimer.singleShot(0, editor, editor.showPopup)
        elif isinstance(editor, QLineEdit):
            editor.setText(typed or str(index.data(Qt.ItemDataRole.EditRole)))
            if not typed:
                editor.selectAll()

    @override
    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Give what is typed or chosen the room to stand whole, inside the table."""
        room = QRect(option.rect)
        least = editor.sizeHint().width() if isinstance(editor, ChoiceBox) else _LEAST
        if room.width() < least:
            room.setLeft(room.right() + 1 - least)
        across = editor.parentWidget()
        if across is not None:
            room.moveLeft(max(0, min(room.left(), across.width() - room.width())))
        editor.setGeometry(room)

    @override
    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, ChoiceBox):
            said = editor.currentText()
            if editor.currentIndex() >= 0:
                model.setData(index, said)
        elif isinstance(editor, QLineEdit):
            model.setData(index, editor.text().strip())

    def _leave(self, editor: QWidget, rows: int, columns: int) -> None:
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.moved.emit(rows, columns)

    @override
    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and isinstance(editor, QWidget)
        ):
            move = _MOVES.get(Qt.Key(event.key()))
            if move is not None:
                self._leave(editor, *move)
                return True
        return super().eventFilter(editor, event)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.data(NEW_ROLE):
            box = option.rect
            painter.fillRect(
                box.left(), box.top() + 4, _BAR, box.height() - 9, QColor(theme.current().accent)
            )
        view = self.parent()
        if isinstance(view, QTableView) and view.hasFocus() and index == view.currentIndex():
            painter.save()
            painter.setPen(QPen(QColor(theme.current().accent), 1.5))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
            painter.restore()


class CompoundTable(QTableView):
    """Copies with its header, pastes, fills down; F2, a double click or a digit writes into a cell.

    Letters are short cuts of the window; Enter outside a cell shows the compound on the map.
    """

    entered_row = Signal()
    pasted = Signal(str)
    filled = Signal()
    cleared = Signal()
    edit_refused = Signal()  # a cell that can't be written was asked for
    left_cell = Signal()  # an editor was closed

    def set_choices(self, choices: Callable[[int], list[tuple[str, str]]]) -> None:
        """Say what the cells of a column are chosen from; empty where they are typed."""
        delegate = CellDelegate(choices, self)
        delegate.moved.connect(self._move)
        delegate.closeEditor.connect(self.left_cell)
        self.setItemDelegate(delegate)
        self._delegate = delegate
        # of the keys, F2 and digits are told below: by itself Qt would let Space write over a name
        self.setEditTriggers(QTableView.EditTrigger.DoubleClicked)

    _delegate: CellDelegate

    def begin_on(self, sees: Callable[[], Dataset | None]) -> None:
        """Ask ``sees``, whenever a cell is opened, for the data that are shown then."""
        self._delegate.sees = sees

    @property
    def begun(self) -> Dataset | None:
        """The data that were shown when the last cell was opened to be written."""
        return self._delegate.begun

    @property
    def is_editing(self) -> bool:
        """Whether a cell is being written."""
        return self.state() == QTableView.State.EditingState

    def write_in(self, typed: str = "") -> None:
        """Open the current cell, with what was typed already."""
        index = self.currentIndex()
        if not index.isValid() or self.is_editing:
            return
        if not index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit_refused.emit()
            return
        self._delegate.typed = typed
        self.edit(index)
        line = self.findChild(QLineEdit, EDITOR)
        if typed and line is not None:
            line.end(False)  # Qt marks all of it: the next digit would take the place of the first

    def finish(self) -> None:
        """Take what is being typed, as if the cell had been left."""
        if self.is_editing:
            editor = self.findChild(QWidget, EDITOR)
            if editor is not None:
                self._delegate.commitData.emit(editor)
                self._delegate.closeEditor.emit(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def _move(self, rows: int, columns: int) -> None:
        """Go to the next cell that can be written, down or to the side."""
        model, index = self.model(), self.currentIndex()
        row, column = index.row() + rows, index.column() + columns
        while columns and 0 <= column < model.columnCount():
            if model.index(row, column).flags() & Qt.ItemFlag.ItemIsEditable:
                break
            column += columns
        target = model.index(row, column)
        if target.isValid():
            self.setCurrentIndex(target)
        self.setFocus()

    @override
    def event(self, event: QEvent) -> bool:
        """Keep the keys of a spreadsheet from the window's short cuts while the table has the hand."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_ours(event):
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        typed = event.text()
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.key() == Qt.Key.Key_D and event.modifiers() == _CTRL:
            self.filled.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.write_in()
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            if self._is_in_value():
                self.cleared.emit()
            else:
                event.ignore()  # the row is meant: by Delete the window asks whether the record goes
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.entered_row.emit()
        elif (
            typed.isdigit()
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            and not self._is_in_name()
        ):
            self.write_in(typed)
        elif typed and typed.isprintable() and typed != " " and not event.modifiers():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _is_in_name(self) -> bool:
        """Whether the current cell is what the row is called by: no single key writes over that."""
        model, column = self.model(), self.currentIndex().column()
        return isinstance(model, CompoundTableModel) and model.column_id(column) == "name"

    def _is_in_value(self) -> bool:
        """Whether the current cell holds a value that may be emptied."""
        model, column = self.model(), self.currentIndex().column()
        return isinstance(model, CompoundTableModel) and model.is_editable(column) and not self._is_in_name()

    def _copy(self) -> None:
        model = self.model()
        columns = range(model.columnCount())
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        head = [str(model.headerData(c, Qt.Orientation.Horizontal)) for c in columns]
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter="\t", lineterminator="\n")
        writer.writerow(head)
        writer.writerows([str(model.index(r, c).data() or "") for c in columns] for r in rows)
        QGuiApplication.clipboard().setText(text.getvalue().removesuffix("\n"))


def _is_ours(event: QKeyEvent) -> bool:
    return (
        event.matches(QKeySequence.StandardKey.Copy)
        or event.matches(QKeySequence.StandardKey.Paste)
        or (event.key() == Qt.Key.Key_D and event.modifiers() == _CTRL)
        or event.key() in {Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace}
    )
