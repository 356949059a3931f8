"""Drives the whole window as a user would: by object names, keys and clicks only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QTableView,
    QTreeView,
    QWidget,
)

from tests.ui.robots.find import the

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow
    from pytestqt.qtbot import QtBot

CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1


class ShellRobot:
    """What a grid worker can do and see."""

    def __init__(self, window: QMainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.keys = 0

    # waiting

    def until(self, true: Any, limit: int = 60_000) -> None:
        """Wait for what is to come; the limit [ms] only ends what will never come, however busy the machine is."""
        self.qtbot.waitUntil(true, timeout=limit)

    def wait_for_registry(self) -> ShellRobot:
        """Wait until places, table and map show the registry."""
        self.until(lambda: bool(self.canvas.visible_codes()) and self.table.model().rowCount() > 0)
        self.until(lambda: self.places.model().rowCount() > 0)
        return self

    # keys

    def press(self, *keys: str) -> None:
        """Press keys on whatever has the focus; "Ctrl+K", "Enter", or a single character. A chord counts one."""
        named = {
            "Enter": Qt.Key.Key_Return,
            "Esc": Qt.Key.Key_Escape,
            "Down": Qt.Key.Key_Down,
            "F6": Qt.Key.Key_F6,
        }
        for key in keys:
            self.keys += 1
            target = QApplication.focusWidget() or self.window
            if key in named:
                QTest.keyClick(target, named[key])
            elif key.startswith("Ctrl+"):
                QTest.keyClick(target, Qt.Key[f"Key_{key[-1]}"], Qt.KeyboardModifier.ControlModifier)
            else:
                QTest.keyClicks(target, key)
            QApplication.processEvents()

    def focus(self) -> str:
        """Return the object name of what has the focus."""
        found = QApplication.focusWidget()
        return "" if found is None else found.objectName()

    # parts

    @property
    def canvas(self) -> Any:
        return the(QWidget, "map.canvas", inside=self.window)

    @property
    def table(self) -> QTableView:
        return the(QTableView, "table.compounds", inside=self.window)

    @property
    def places(self) -> QTreeView:
        return the(QTreeView, "places.tree", inside=self.window)

    def view(self, name: str) -> QAbstractItemView:
        return the(QAbstractItemView, name, inside=self.window)

    def list(self, name: str) -> QListWidget:
        return the(QListWidget, name, inside=self.window)

    def action(self, name: str) -> QAction:
        return the(QAction, name, inside=self.window)

    def label(self, name: str) -> str:
        return the(QLabel, name, inside=self.window).text()

    def box(self, name: str) -> QComboBox:
        return the(QComboBox, name, inside=self.window)

    def type_into(self, name: str, text: str) -> None:
        box = the(QLineEdit, name, inside=self.window)
        box.setFocus()
        box.clear()
        box.insert(text)  # QTest maps no Chinese characters to keys

    # selection

    def selected(self) -> list[str]:
        return list(self.canvas.selection())

    def rows(self) -> list[list[str]]:
        model = self.table.model()
        return [
            [str(model.index(r, c).data()) for c in range(model.columnCount())]
            for r in range(model.rowCount())
        ]

    def codes(self) -> list[str]:
        model = self.table.model()
        return [str(model.index(row, 0).data(CODE_ROLE)) for row in range(model.rowCount())]

    def pick(self, *codes: str) -> None:
        """Choose rows of the table."""
        model = self.table.selectionModel()
        model.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for code in codes:
            index = self.table.model().index(self.codes().index(code), 0)
            model.select(index, flags)
            model.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def tree_index(self, code: str) -> QModelIndex:
        """Return the place of a code in the tree; fail if it is not there."""
        model = self.places.model()
        waiting = [QModelIndex()]
        while waiting:
            above = waiting.pop()
            for row in range(model.rowCount(above)):
                index = model.index(row, 0, above)
                if index.data(CODE_ROLE) == code:
                    return index
                waiting.append(index)
        raise AssertionError(f"{code} is not in the tree")
