"""Walks every widget, action and item model of a window and lists what Qt would not show as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGroupBox,
    QLabel,
    QTabBar,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROLES = (
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.WhatsThisRole,
    Qt.ItemDataRole.StatusTipRole,
)
_MOST = 60  # rows of one level of a model


class PlainWalk:
    """``faults`` are sentences; ``seen`` counts the texts that came from data and were looked at."""

    def __init__(self, marks: tuple[str, ...]) -> None:
        self.marks = marks
        self.seen = 0
        self.faults: set[str] = set()

    def walk(self, window: QWidget) -> None:
        """Look at everything of a window, shown or not."""
        for widget in [window, *window.findChildren(QWidget)]:
            name = widget.objectName() or type(widget).__name__
            for said in (widget.toolTip(), widget.whatsThis(), widget.statusTip()):
                self._markup(f"tip of {name}", said)
            self._widget(name, widget)
        for action in window.findChildren(QAction):
            name = action.objectName() or "an action"
            self._ampersand(name, action.text())
            self._markup(f"tip of {name}", action.toolTip())

    def _widget(self, name: str, widget: QWidget) -> None:
        if isinstance(widget, QLabel):
            self._count(widget.text())
            if widget.textFormat() != Qt.TextFormat.PlainText:
                self.faults.add(f"{name}: a label that is not plain")
            if widget.buddy() is not None:
                self._ampersand(name, widget.text())
        elif isinstance(widget, QAbstractButton):
            self._ampersand(name, widget.text())
        elif isinstance(widget, QGroupBox):
            self._ampersand(name, widget.title())
        elif isinstance(widget, QTabBar):
            for tab in range(widget.count()):
                self._ampersand(name, widget.tabText(tab))
                self._markup(f"tab of {name}", widget.tabToolTip(tab))
        elif isinstance(widget, QComboBox | QAbstractItemView) and widget.model() is not None:
            for place, said in _tips(widget.model()):
                self._markup(f"{name} {place}", said)

    def _count(self, said: str) -> None:
        self.seen += any(mark in said for mark in self.marks)

    def _markup(self, where: str, said: str) -> None:
        self._count(said)
        if GuiQt.mightBeRichText(said):
            self.faults.add(f"{where}: {said}")

    def _ampersand(self, where: str, said: str) -> None:
        self._count(said)
        if "&" in said.replace("&&", ""):
            self.faults.add(f"caption of {where}: {said}")


def _columns(model: QAbstractItemModel, above: QModelIndex) -> int:
    return 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)  # private there


def _tips(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    for column in range(_columns(model, QModelIndex())):
        for role in _ROLES:
            said = model.headerData(column, Qt.Orientation.Horizontal, role)
            if isinstance(said, str):
                yield f"heading {column}", said
    waiting = [QModelIndex()]
    while waiting:
        above = waiting.pop()
        if model.canFetchMore(above):
            model.fetchMore(above)
        for row in range(min(model.rowCount(above), _MOST)):
            for column in range(_columns(model, above)):
                index = model.index(row, column, above)
                for role in _ROLES:
                    said = index.data(role)
                    if isinstance(said, str):
                        yield f"({row}, {column})", said
            waiting.append(model.index(row, 0, above))
