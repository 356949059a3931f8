"""Inside the program: answers what a pair of eyes would see. It never acts; questions are answered between events.

Started by ``start_program.py`` in a thread of its own, which listens on a local socket; each question goes to the
window's thread through a queued signal, so that it is answered after what was in hand.
"""

from __future__ import annotations

import json
import socket
import threading
from typing import Any

import shapely
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDateEdit,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QTreeView,
    QWidget,
)

from app.domain.kinds import KINDS

CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PATIENCE = 30  # [s] after which the window is said not to answer


class Relay(QObject):
    """Carries questions into the window's thread."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    @Slot(object)
    def _answer(self, question: Question) -> None:
        try:
            question.answer = {"said": QUESTIONS[question.name](*question.arguments)}
        except Exception as error:  # told to the test, which fails
            question.answer = {"error": f"{type(error).__name__}: {error}"}
        question.is_answered.set()


class Question:
    """One question on its way."""

    def __init__(self, name: str, arguments: list[Any]) -> None:
        self.name, self.arguments = name, arguments
        self.answer: dict[str, Any] = {}
        self.is_answered = threading.Event()


def listen(path: str) -> None:
    """Answer whoever connects, until the process ends."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(1)
    threading.Thread(target=_serve, args=(server,), name="probe", daemon=True).start()


def _serve(server: socket.socket) -> None:
    relay: Relay | None = None
    connection, _ = server.accept()
    with connection, connection.makefile("rw", encoding="utf-8") as line:
        for text in line:
            application = QApplication.instance()
            if application is None:
                line.write('{"said": null}\n')
            else:
                if relay is None:
                    relay = Relay()
                    relay.moveToThread(application.thread())
                asked = json.loads(text)
                question = Question(asked["ask"], asked["of"])
                relay.asked.emit(question)
                if not question.is_answered.wait(PATIENCE):
                    question.answer = {"error": f"the window did not answer within {PATIENCE} s"}
                line.write(json.dumps(question.answer, ensure_ascii=False) + "\n")
            line.flush()


# finding


def _window() -> Any:
    found = [w for w in QApplication.topLevelWidgets() if w.objectName() == "main"]
    return found[0] if found else None


def _widget(name: str) -> QWidget | None:
    """Return the one widget with a name; where several have it, the one in sight."""
    found = [w for w in QApplication.allWidgets() if w.objectName() == name]
    if len(found) > 1:
        found = [w for w in found if w.isVisible()] or found[:1]
    if len(found) > 1:
        raise LookupError(f"{len(found)} widgets in sight are called {name}")
    return found[0] if found else None


def _the(name: str) -> Any:
    widget = _widget(name)
    if widget is None:
        raise LookupError(f"nothing is called {name}")
    return widget


def _on_screen(widget: QWidget, rect: QRect) -> list[int]:
    at = widget.mapToGlobal(rect.topLeft())
    return [at.x(), at.y(), rect.width(), rect.height()]


def _text(widget: QWidget) -> str:
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QDateEdit):
        return widget.date().toString("yyyy-MM-dd")
    if isinstance(widget, QAbstractSpinBox):
        return widget.text()
    if isinstance(widget, QLineEdit | QLabel | QAbstractButton):
        return widget.text()
    return widget.windowTitle()


# questions


def seen(name: str) -> dict[str, Any] | None:
    """What a widget looks like; ``room`` is the part of it that nothing clips, as x, y, width, height."""
    widget = _widget(name)
    if widget is None:
        return None
    room = widget.visibleRegion().boundingRect()
    return {
        "is_visible": widget.isVisible() and not room.isEmpty(),
        "room": _on_screen(widget, room),
        "rect": _on_screen(widget, widget.rect()),
        "is_enabled": widget.isEnabled(),
        "has_focus": widget.hasFocus(),
        "is_under_pointer": widget.underMouse(),
        "text": _text(widget),
        "says": widget.accessibleName(),
        "tip": widget.toolTip(),
        "kind": type(widget).__name__,
        "is_editable": isinstance(widget, QComboBox) and widget.isEditable(),
        "is_checked": isinstance(widget, QAbstractButton) and widget.isChecked(),
        "selected": widget.selectedText() if isinstance(widget, QLineEdit) else None,
    }


def names(start: str) -> list[str]:
    """Names in sight that begin so."""
    return sorted(
        {
            w.objectName()
            for w in QApplication.allWidgets()
            if w.objectName().startswith(start) and w.isVisible()
        }
    )


def under(x: int, y: int) -> list[str]:
    """Names of what lies at a place of the screen, the innermost first."""
    widget = QApplication.widgetAt(QPoint(x, y))
    found = []
    while widget is not None:
        found.append(widget.objectName())
        widget = widget.parentWidget()
    return found


def fields() -> list[dict[str, Any]]:
    """Every box in sight that a wheel could turn, with what it holds."""
    kinds = (QComboBox, QAbstractSpinBox)
    found = []
    for widget in QApplication.allWidgets():
        if isinstance(widget, kinds) and widget.isVisible() and widget.isEnabled():
            room = widget.visibleRegion().boundingRect()
            found.append(
                {
                    "name": widget.objectName(),
                    "text": _text(widget),
                    "room": _on_screen(widget, room),
                    "is_visible": not room.isEmpty(),
                }
            )
    return sorted(found, key=lambda field: str(field["name"]))


def list_length(name: str) -> int:
    """How many lines a choice box offers; 0 where it is none."""
    found = _the(name)
    return found.count() if isinstance(found, QComboBox) and hasattr(found, "showPopup") else 0


def _view(name: str) -> QAbstractItemView:
    found = _the(name)
    assert isinstance(found, QAbstractItemView), f"{name} is no table, list or tree"
    return found


def _indexes(view: QAbstractItemView, above: QModelIndex) -> list[QModelIndex]:
    model = view.model()
    found = []
    for row in range(model.rowCount(above)):
        first = model.index(row, 0, above)
        found.append(first)
        if isinstance(view, QTreeView) and view.isExpanded(first):
            found += _indexes(view, first)
    return found


def _row(view: QAbstractItemView, first: QModelIndex) -> dict[str, Any]:
    model = view.model()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(first.parent())
    cells = [first.siblingAtColumn(column) for column in range(columns)]
    port = view.viewport()
    rects = [view.visualRect(cell) for cell in cells]
    whole = rects[0]
    for rect in rects[1:]:
        whole = whole.united(rect)
    return {
        "code": first.data(CODE_ROLE),
        "texts": ["" if (text := cell.data()) is None else str(text) for cell in cells],
        "rects": [_on_screen(port, rect) for rect in rects],
        "is_whole": not whole.isEmpty() and whole.top() >= 0 and whole.bottom() < port.height(),
        "height": whole.height(),
        "is_selected": view.selectionModel().isSelected(first) if view.selectionModel() else False,
    }


def rows(name: str) -> list[dict[str, Any]]:
    """Rows of a table, list or tree (the unfolded ones), with where they stand."""
    view = _view(name)
    return [_row(view, first) for first in _indexes(view, QModelIndex())]


def count(name: str) -> int:
    """How many rows a view has, folded ones left out."""
    return len(_indexes(_view(name), QModelIndex()))


def headers(name: str) -> list[str]:
    """Words above the columns of a table."""
    model = _view(name).model()
    return [
        str(model.headerData(n, Qt.Orientation.Horizontal)) for n in range(model.columnCount(QModelIndex()))
    ]


def popup() -> dict[str, Any] | None:
    """What is popped up: where it stands, and if it lists something, each row and whether it is whole."""
    window = QApplication.activePopupWidget()
    if window is None:
        return None
    found = {"name": window.objectName(), "rect": _on_screen(window, window.rect()), "rows": []}
    if isinstance(window, QMenu):
        found["rows"] = menu(window.objectName())
        return found
    for view in window.findChildren(QAbstractItemView):
        if view.isVisible() and view.model() is not None:
            inside = _on_screen(view.viewport(), view.viewport().rect())
            found["rows"] = [_row(view, first) for first in _indexes(view, QModelIndex())]
            found["viewport"] = inside
            found["scroll"] = [view.verticalScrollBar().minimum(), view.verticalScrollBar().maximum()]
            found["arrows"] = sum(
                1
                for child in window.children()
                if isinstance(child, QWidget)
                and child.metaObject().className() == "QComboBoxPrivateScroller"
                and child.isVisible()
            )
    return found


def menu(name: str) -> list[dict[str, Any]]:
    """Lines of a menu."""
    found = _the(name)
    return [
        {
            "name": action.objectName() or (action.menu().objectName() if action.menu() else ""),
            "texts": [action.text()],
            "rect": _on_screen(found, found.actionGeometry(action)),
            "is_enabled": action.isEnabled(),
        }
        for action in found.actions()
        if not action.isSeparator() and action.isVisible()
    ]


def menu_titles() -> list[dict[str, Any]]:
    """Words of the menu bar."""
    bar = _the("header.menus")
    return [
        {"name": action.menu().objectName(), "rect": _on_screen(bar, bar.actionGeometry(action))}
        for action in bar.actions()
        if action.menu() is not None and action.isVisible()
    ]


def tab(bar: str, words: str) -> list[int] | None:
    """Where the tab that begins with these words stands."""
    found = _the(bar)
    assert isinstance(found, QTabBar)
    for place in range(found.count()):
        if found.tabText(place).startswith(words):
            return _on_screen(found, found.tabRect(place))
    return None


def spot_of(code: str) -> list[int] | None:
    """Where a record stands on the screen."""
    canvas = _the("map.canvas")
    at = canvas.position_of(code)
    if at is None:
        return None
    spot = canvas.mapToGlobal(QPoint(round(at.x()), round(at.y())))
    return [spot.x(), spot.y()]


def feature_at(x: int, y: int) -> str | None:
    """Whose outline lies at a place of the screen."""
    canvas = _the("map.canvas")
    spot = canvas.mapFromGlobal(QPoint(x, y))
    found = canvas.feature_at(spot.x(), spot.y())
    return None if found is None else str(found)


def spot_at(east: float, north: float) -> list[int]:
    """Where a place in metres of the working zone stands on the screen."""
    canvas = _the("map.canvas")
    left, top = canvas.view.to_px(east, north)
    spot = canvas.mapToGlobal(QPoint(round(left), round(top)))
    return [spot.x(), spot.y()]


def outline(code: str) -> list[Any] | None:
    """How large a record's outline is [m²], of how many points, and its bytes."""
    registry = _window().context.registry
    found = registry.dataset.find(code)
    if found is None or found.geometry is None:
        return None
    metres = registry.zone.to_metres([found.geometry])[0]
    return [float(metres.area), int(shapely.get_num_coordinates(metres)), found.geometry.wkb_hex]


def in_hand() -> dict[str, Any] | None:
    """The outline under the hand: whose it is, how many steps were done, which others change."""
    canvas = _the("map.canvas")
    steps, work = getattr(canvas.held, "steps", None), getattr(canvas.held, "work", None)
    if work is None:
        return None
    return {
        "code": work.code,
        "steps": 0 if steps is None else len(steps.acts),
        "area": float(work.outline.area),
        "changed": sorted(one.code for one in work.changed),
        "pieces": len(work.pieces),
        "corners": [list(corner.at) for corner in work.corners],
    }


def state() -> dict[str, Any] | None:
    """What the window as a whole is about; None before there is one."""
    window = _window()
    if window is None:
        return None
    context = window.context
    registry = context.registry
    focus = QApplication.focusWidget()
    view = window.map_area.canvas.view
    return {
        "title": window.windowTitle(),
        "is_active": window.isActiveWindow(),
        "is_open": registry is not None and context.is_map_shown,
        "is_busy": window.tasks.is_busy,
        "is_sharp": window.map_area.canvas.is_sharp(),
        "lang": context.lang,
        "theme": context.settings.theme,
        "mode": window.work.mode,
        "as_of": context.as_of.isoformat(),
        "selection": list(context.selection),
        "measure": context.question.measure,
        "by": context.question.by,
        "against": context.question.against.isoformat() if context.question.against else None,
        "focus": "" if focus is None else focus.objectName(),
        "journal": None if registry is None else _journal_length(registry),
        "view": [view.x, view.y, view.mpp],
        "draft": len(window.map_area.canvas.draft()),
        "windows": [w.objectName() for w in QApplication.topLevelWidgets() if w.isVisible()],
        "tool": next((a.objectName() for a in window.findChildren(QAction) if a.isChecked() and a.objectName().startswith("map.")), ""),
        "frame": _on_screen(window, window.rect()),
    }  # fmt: skip


def cursor() -> int:
    """How far the cursor stands from the left of the field that is written in; composed letters count."""
    field = QApplication.focusWidget()
    if not isinstance(field, QLineEdit):
        return -1
    return int(field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle).x())


def action(name: str) -> dict[str, Any] | None:
    """Whether an action is offered."""
    found = _window().findChild(QAction, name)
    return None if found is None else {"is_enabled": found.isEnabled(), "is_visible": found.isVisible()}


def record(code: str) -> dict[str, Any] | None:
    """What is registered of a code today, as words."""
    found = _window().context.record(code)
    if found is None:
        return None
    return _worded(found)


def fact(code: str, key: str) -> str | None:
    """A fact's value in force today."""
    context = _window().context
    found = context.registry.dataset.fact_on(code, key, context.as_of)
    return None if found is None else found.text("value")


def attached(code: str) -> list[dict[str, str]]:
    """Attachments and engagements of a code, in whatever state."""
    data = _window().context.registry.dataset
    found = [*data.attachments_to(code), *data.engagements_with(code)]
    return [{"code": r.code} | _worded(r) for r in found]


def journal() -> list[dict[str, str]]:
    """The journal, the newest step first: what was done and why."""
    found = _window().context.registry.history(details=0)
    return [{"verb": change.verb, "why": change.why or ""} for change in found]


def _journal_length(registry: Any) -> int:
    newest = registry.history(limit=1, details=0)
    return newest[0].seq if newest else 0


def _worded(record: Any) -> dict[str, str]:
    named = zip(KINDS[record.kind].index, record.values, strict=True)
    days = {"valid_from": record.valid_from, "valid_until": record.valid_until}
    return {k: str(value) for k, value in (dict(named) | days).items() if value is not None}


QUESTIONS = {
    function.__name__: function
    for function in (
        seen, names, under, fields, list_length, rows, headers, count, popup, menu, menu_titles, tab, spot_of, spot_at, feature_at, outline, in_hand,
        state, action, cursor,
        record, fact, attached, journal,
    )
}  # fmt: skip
