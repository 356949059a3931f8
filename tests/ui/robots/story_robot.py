"""Does in the whole window what a story tells: keys, clicks and object names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QPushButton,
    QTableView,
    QWidget,
)

from tests.ui.robots.find import the

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
WAIT_MS = 15_000


class StoryRobot:
    """What a user can do, and what a user can see."""

    def __init__(self, window: QMainWindow, qtbot: QtBot) -> None:
        self.window = window
        self.qtbot = qtbot
        self.keys_pressed = 0

    # keys

    def press(
        self, key: str | Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press one key where the focus is."""
        target = QApplication.focusWidget() or self.window
        if isinstance(key, str):
            QTest.keyClicks(target, key, modifier)
        else:
            QTest.keyClick(target, key, modifier)
        self.keys_pressed += 1

    def type(self, text: str) -> None:
        """Press the keys of a text, one by one."""
        for letter in text:
            self.press(letter)

    def focus_map(self) -> None:
        """Put the hand on the map, as a click there would."""
        self.window.activateWindow()
        self.widget(QWidget, "map.canvas").setFocus()
        self.wait(lambda: QApplication.focusWidget() is not None)

    def trigger(self, action: str) -> None:
        """Choose an action from its menu."""
        found = the(QAction, action, inside=self.window)
        assert found.isEnabled(), f"{action} is not offered"
        found.trigger()

    # clicks

    def click(self, name: str) -> None:
        """Click a button."""
        button = self.widget(QPushButton, name)
        assert button.isEnabled(), f"{name} can't be clicked"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def click_at(self, name: str, spot: QPoint) -> None:
        """Click a place of a widget."""
        QTest.mouseMove(self.widget(QWidget, name), spot)
        QTest.mouseClick(self.widget(QWidget, name), Qt.MouseButton.LeftButton, pos=spot)

    def click_cell(self, table: str, row: int, column: int) -> None:
        """Click a cell of a table."""
        view = self.widget(QTableView, table)
        index = view.model().index(row, column)
        view.scrollTo(index)
        spot = view.visualRect(index).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    def write(self, name: str, text: str) -> None:
        """Replace the text of a field."""
        field = self.widget(QLineEdit, name)
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def choose(self, name: str, value: object) -> None:
        """Choose a value in a choice box."""
        box = self.widget(QComboBox, name)
        place = next((n for n in range(box.count()) if box.itemData(n) == value), None)
        assert place is not None, f"{name} offers no {value!r}"
        box.setCurrentIndex(place)

    def end(self, why: str) -> None:
        """Give the small sheet its reason, and finish."""
        self.widget(QLineEdit, "end.why").setText(why)
        self.click("end.commit")

    # seeing

    def widget(self, kind: type[QWidget], name: str):
        """Return the one widget with a name."""
        return the(kind, name, inside=self.window)

    def has(self, name: str) -> bool:
        """Whether there is a widget with this name in sight."""
        return any(w.isVisibleTo(self.window) for w in self.window.findChildren(QWidget, name))

    def says(self, name: str) -> str:
        """Return what a label says."""
        return self.widget(QLabel, name).text()

    def rows(self, table: str) -> int:
        """Return how many rows a table has."""
        return self.widget(QTableView, table).model().rowCount()

    def codes(self, table: str) -> list[str]:
        """Return the codes of a table's rows."""
        model = self.widget(QTableView, table).model()
        return [str(model.index(row, 0).data(CODE_ROLE)) for row in range(model.rowCount())]

    def cell(self, table: str, row: int, column: int) -> str:
        """Return what a cell says."""
        return str(self.widget(QTableView, table).model().index(row, column).data())

    def wait(self, is_so: Callable[[], bool], timeout: int = WAIT_MS) -> None:
        """Wait until something is so."""
        self.qtbot.waitUntil(is_so, timeout=timeout)
