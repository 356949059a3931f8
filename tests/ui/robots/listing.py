"""A sheet that lists what waits for a word, as a test reaches into it: ``foreign``, ``conflict``, ``offline``."""

from __future__ import annotations

from PySide6.QtWidgets import QTableView

from tests.ui.robots.find import the


class ListingRobot:
    """The sheet of one ``name`` in a window."""

    def __init__(self, name: str, table: str = "table") -> None:
        self.name, self.table = name, table

    def part(self, window, kind, name):
        """Return a widget of it."""
        return the(kind, f"{self.name}.{name}", inside=window.window)

    def rows(self, window, table: str = ""):
        """Return the cells of one of its tables."""
        model = self.part(window, QTableView, table or self.table).model()
        return [
            [model.index(row, column).data() for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]


def settled(window):
    """Wait until the window has nothing more to do."""
    window.until(lambda: not window.window.tasks.is_busy)
