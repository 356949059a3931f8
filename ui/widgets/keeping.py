"""What a hand has done to a panel: kept by the widgets' names, and given to the panel that takes its place.

A panel is made anew when the language or the profile changes. What only its widgets hold goes over by this one
mechanism, widget by widget as their classes say. What a panel holds beside them it tells itself: ``state()``
returns it, ``restore(state)`` takes it, before the widgets are given theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    SignalInstance,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QSplitter,
    QTableView,
    QTabWidget,
    QToolButton,
    QTreeView,
    QWidget,
)

from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.day_field import DayField

if TYPE_CHECKING:
    from collections.abc import Callable

State = dict[str, Any]
W = TypeVar("W", bound=QWidget)


@runtime_checkable
class HasState(Protocol):
    """A panel that holds more than its widgets do."""

    def state(self) -> State:
        """Return what is to be kept; nothing in it is words of a language."""

    def restore(self, state: State) -> None:
        """Take what another panel of this class returned."""


def kept(root: QWidget) -> State:
    """Return what a hand has done to a widget and all that is in it."""
    own = root.state() if isinstance(root, HasState) else {}
    focus = QApplication.focusWidget()
    return {
        "own": own,
        "widgets": {widget.objectName(): _keep(widget) for widget in _named(root)},
        "focus": focus.objectName() if focus is not None and root.isAncestorOf(focus) else "",
    }


def give_back(root: QWidget, found: State) -> None:
    """Do to a widget what was done to the one before it; what waits for rows is done when they are there."""
    if isinstance(root, HasState):
        root.restore(found["own"])
    for widget in _named(root):
        state = found["widgets"].get(widget.objectName())
        if state is not None and state["type"] is type(widget):
            _give(widget, state)
    if found["focus"]:
        back = root.findChild(QWidget, found["focus"])
        if isinstance(back, QWidget):
            back.setFocus(Qt.FocusReason.OtherFocusReason)


def _named(root: QWidget) -> list[QWidget]:
    """Return the widgets with a name of ours; Qt's own parts are named ``qt_…``."""
    found = [root, *root.findChildren(QWidget)]
    return [w for w in found if w.objectName() and not w.objectName().startswith("qt_")]


def _keep(widget: QWidget) -> State:
    state: State = {"type": type(widget)}
    if isinstance(widget, QLineEdit):
        state |= {"text": widget.text(), "at": widget.cursorPosition(), "is_typed": widget.isModified()}
        if isinstance(widget, DayField):
            state["day"] = widget.day()
    elif isinstance(widget, QPlainTextEdit):
        state["text"] = widget.toPlainText()
    elif isinstance(widget, QComboBox):
        state |= {"data": widget.currentData(), "text": widget.currentText() if widget.isEditable() else None}
    elif isinstance(widget, QSpinBox | QDoubleSpinBox):
        state["value"] = widget.value()
    elif isinstance(widget, QAbstractButton) and _is_free(widget):
        state["is_on"] = widget.isChecked()
    elif isinstance(widget, QTabWidget):
        state["tab"] = widget.currentIndex()
    elif isinstance(widget, QSplitter):
        state["sizes"] = widget.sizes()
    if isinstance(widget, QAbstractItemView):
        state |= _keep_view(widget)
    if isinstance(widget, QAbstractScrollArea):
        state["scroll"] = (widget.horizontalScrollBar().value(), widget.verticalScrollBar().value())
    return state


def _is_free(button: QAbstractButton) -> bool:
    """Whether a button is switched by itself, not by an action that it shows."""
    has_action = isinstance(button, QToolButton) and button.defaultAction() is not None
    return button.isCheckable() and not has_action


def _give(widget: QWidget, state: State) -> None:
    if isinstance(widget, DayField) and state["day"] is not None:
        widget.set_day(state["day"])
    if isinstance(widget, QLineEdit):
        if widget.text() != state["text"]:
            widget.setText(state["text"])
            widget.setModified(state["is_typed"])
        widget.setCursorPosition(state["at"])
    elif isinstance(widget, QPlainTextEdit):
        widget.setPlainText(state["text"])
    elif isinstance(widget, QComboBox):
        _When(widget, lambda: _choose(widget, state), widget.model().rowsInserted, widget.model().modelReset)
    elif isinstance(widget, QSpinBox | QDoubleSpinBox):
        widget.setValue(state["value"])
    elif isinstance(widget, QAbstractButton) and _is_free(widget):
        widget.setChecked(state["is_on"])
    elif isinstance(widget, QTabWidget):
        widget.setCurrentIndex(state["tab"])
    elif isinstance(widget, QSplitter) and any(state["sizes"]):
        widget.setSizes(state["sizes"])
    if isinstance(widget, QAbstractItemView):
        model = widget.model()
        if model is not None:
            _When(
                widget,
                lambda: _give_view(widget, state),
                model.modelReset,
                model.rowsInserted,
                model.layoutChanged,
            )
    elif isinstance(widget, QScrollArea):
        bars = (widget.horizontalScrollBar(), widget.verticalScrollBar())
        _When(widget, lambda: _scroll(widget, state), *(bar.rangeChanged for bar in bars))


def _choose(box: QComboBox, state: State) -> bool:
    place = box.findData(state["data"])
    if place >= 0:
        box.setCurrentIndex(place)
    elif state["text"] is not None:
        box.setEditText(state["text"])
    return place >= 0 or state["text"] is not None or state["data"] is None


# lists, trees and tables


Index = QModelIndex | QPersistentModelIndex


def _keep_view(view: QAbstractItemView) -> State:
    chosen = view.selectionModel()
    state: State = {"current": "", "column": 0, "selected": [], "open": None, "sort": None}
    if chosen is not None:
        current = chosen.currentIndex()
        state["current"], state["column"] = _code(current), max(0, current.column())
        state["row"] = current.row()
        state["selected"] = sorted({_code(index) for index in chosen.selectedIndexes()} - {""})
    if isinstance(view, QTreeView):
        state["open"] = [_code(index) for index in _rows(view) if view.isExpanded(index)]
    header = _header(view)
    if header is not None and view.isSortingEnabled():  # type: ignore[attr-defined]
        state["sort"] = (header.sortIndicatorSection(), header.sortIndicatorOrder())
    return state


def _give_view(view: QAbstractItemView, state: State) -> bool:
    """Give a view its order, unfolded rows, current row and place; False while it has no rows."""
    model, chosen = view.model(), view.selectionModel()
    if state["sort"] is not None:
        header = _header(view)
        if (
            header is not None
            and (header.sortIndicatorSection(), header.sortIndicatorOrder()) != state["sort"]
        ):
            view.sortByColumn(*state["sort"])  # type: ignore[attr-defined]
    if model is None or chosen is None or not model.rowCount():
        return False
    if isinstance(view, QTreeView) and view.itemsExpandable():
        wanted = set(state["open"])
        for index in _rows(view):
            view.setExpanded(index, _code(index) in wanted)
    is_chosen = chosen.hasSelection()
    for index in _rows(view):
        code = _code(index)
        if not code:
            continue
        if not is_chosen and code in state["selected"]:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            chosen.select(index, flags)
        if code == state["current"] and chosen.currentIndex().row() != state["row"]:  # the nearest of equals
            at = index.siblingAtColumn(state["column"])
            chosen.setCurrentIndex(at, QItemSelectionModel.SelectionFlag.NoUpdate)
    bars = (view.horizontalScrollBar(), view.verticalScrollBar())
    _When(view, lambda: _scroll(view, state), *(bar.rangeChanged for bar in bars), until=model.modelReset)
    return True


def _scroll(area: QAbstractScrollArea, state: State) -> bool:
    """Go back to where the area stood; False while it is not long enough yet."""
    if isinstance(area, QAbstractItemView):
        area.doItemsLayout()
    places = zip((area.horizontalScrollBar(), area.verticalScrollBar()), state["scroll"], strict=True)
    is_there = True
    for bar, value in places:
        bar.setValue(value)
        is_there = is_there and bar.value() == value
    return is_there


def _header(view: QAbstractItemView) -> QHeaderView | None:
    if isinstance(view, QTableView):
        return view.horizontalHeader()
    return view.header() if isinstance(view, QTreeView) else None


def _code(index: Index) -> str:
    return str(index.sibling(index.row(), 0).data(CODE_ROLE) or "") if index.isValid() else ""


def _rows(view: QAbstractItemView) -> list[QModelIndex]:
    """Return all rows, those of a tree at every depth."""
    model, found = view.model(), []
    waiting = [QModelIndex()]
    while model is not None and waiting:
        above = waiting.pop()
        below = [model.index(row, 0, above) for row in range(model.rowCount(above))]
        found += below
        if isinstance(view, QTreeView):
            waiting += below
    return found


class _When(QObject):
    """Does something now and, where that was too early, again after each signal, until it is done.

    ``until``, or a hand at the widget's scroll bars, ends the waiting: from then on others decide.
    """

    def __init__(
        self,
        widget: QWidget,
        act: Callable[[], bool],
        *signals: SignalInstance,
        until: SignalInstance | None = None,
    ) -> None:
        super().__init__(widget)
        self._act = act
        if act():
            self.deleteLater()
            return
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._again)
        for signal in signals:
            signal.connect(self._soon.start)
        bars = (
            (widget.horizontalScrollBar(), widget.verticalScrollBar())
            if isinstance(widget, QAbstractScrollArea)
            else ()
        )
        for bar in bars:
            bar.actionTriggered.connect(self.deleteLater)
        if until is not None:
            until.connect(self.deleteLater)

    def _again(self) -> None:
        if self._act():
            self._soon.stop()
            self.deleteLater()
