"""What a hand can see of a window's state, as plain values: two of them must be equal where nothing was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QSplitter,
    QTableView,
    QTabWidget,
    QToolButton,
    QTreeView,
    QWidget,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

_BY_ROOM = {"topics.more"}  # stands where the words of a bar, longer in one language, have no room
_SHARE = 0.02  # of a splitter's width
CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1


def state_of(window: QMainWindow) -> dict[str, Any]:
    """Return everything a hand has chosen, by the widgets' names."""
    context, canvas = window.context, window.map_area.canvas
    focus = QApplication.focusWidget()
    found: dict[str, Any] = {
        "selection": list(context.selection),
        "place": context.place,
        "question": context.question,
        "as_of": context.as_of,
        "listed": list(context.listed),
        # middle and scale: longer words may take some of the map's width
        "extent": (canvas.view.x, canvas.view.y, canvas.view.mpp),
        "tool": canvas.tool(),
        "draft": canvas.draft(),
        "mode": window.work.mode,
        "focus": "" if focus is None else focus.objectName(),
    }
    for widget in window.findChildren(QWidget):
        if _is_ours(widget) and widget.objectName() not in _BY_ROOM:
            found |= {f"{widget.objectName()}.{key}": value for key, value in _of(widget).items()}
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return what is not the same, by name."""
    names = before.keys() | after.keys()
    found = {n: (before.get(n), after.get(n)) for n in sorted(names) if before.get(n) != after.get(n)}
    # longer words may take some of the width: what is divided is divided as before
    found = {n: pair for n, pair in found.items() if not (n.endswith(".sizes") and _are_shares_alike(*pair))}
    # what an empty view says is made when it is first needed: not made yet is as good as hidden
    return {
        n: pair for n, pair in found.items() if not (n.endswith(".is_shown") and set(pair) == {None, False})
    }


def _are_shares_alike(one: list[int] | None, other: list[int] | None) -> bool:
    if not one or not other or len(one) != len(other) or not sum(one) or not sum(other):
        return False
    pairs = zip(one, other, strict=True)
    return all(abs(a / sum(one) - b / sum(other)) <= _SHARE and bool(a) == bool(b) for a, b in pairs)


def _is_ours(widget: QWidget) -> bool:
    return bool(widget.objectName()) and not widget.objectName().startswith("qt_")


def _of(widget: QWidget) -> dict[str, Any]:
    state: dict[str, Any] = {"is_shown": widget.isVisible()}
    if isinstance(widget, QLineEdit):
        state["text"] = widget.text()
    elif isinstance(widget, QAbstractSpinBox):
        state["value"] = widget.property("value") or widget.property("date")
    elif isinstance(widget, QComboBox):
        state["data"] = widget.currentData()
    elif isinstance(widget, QTabWidget):
        state["tab"] = widget.currentIndex()
    elif isinstance(widget, QSplitter) and widget.isVisible():
        state["sizes"] = widget.sizes()
    elif isinstance(widget, QAbstractButton) and widget.isCheckable() and not _shows_action(widget):
        state["is_on"] = widget.isChecked()
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        state |= _of_view(widget)
    if isinstance(widget, QAbstractScrollArea) and widget.isVisible():
        state["scroll"] = widget.verticalScrollBar().value()
    return state


def _shows_action(button: QAbstractButton) -> bool:
    return isinstance(button, QToolButton) and button.defaultAction() is not None


def _of_view(view: QAbstractItemView) -> dict[str, Any]:
    chosen = view.selectionModel().selectedIndexes()
    state: dict[str, Any] = {
        "rows": view.model().rowCount(),
        "current": view.currentIndex().siblingAtColumn(0).data(CODE_ROLE),
        "selected": sorted({str(i.siblingAtColumn(0).data(CODE_ROLE)) for i in chosen}),
    }
    if isinstance(view, QTableView):
        head = view.horizontalHeader()
        state["sort"] = (head.sortIndicatorSection(), head.sortIndicatorOrder())
    if isinstance(view, QTreeView):
        state["open"] = sorted(_open(view))
    return state


def _open(view: QTreeView) -> list[str]:
    model, found, waiting = view.model(), [], [QModelIndex()]
    while waiting:
        above = waiting.pop()
        for row in range(model.rowCount(above)):
            index = model.index(row, 0, above)
            waiting.append(index)
            if view.isExpanded(index) and model.hasChildren(index):  # a leaf is neither open nor shut
                found.append(str(index.data(CODE_ROLE)))
    return found
