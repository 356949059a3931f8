"""Every name by which a robot or a screen reader finds something in the window, read from the window itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ui.main_window import MainWindow
    from ui.province.page import ProvincePage

ACTED_ON = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
PATIENCE = 60_000  # [ms]


class Named(NamedTuple):
    """A widget or dialog: where it is, its class, and its accessible name in the language of the window."""

    name: str
    kind: str
    said: str


def open_and_wait(path: Path, lang: str) -> MainWindow:
    """Open the window on a registry and let it work until map and figures are there."""
    from main import open_window

    window = open_window(path, lang=lang)
    waiting = QEventLoop()
    limit = QTimer(singleShot=True, interval=PATIENCE)
    limit.timeout.connect(lambda: waiting.exit(1))
    limit.start()
    window.painted.connect(waiting.quit)
    if waiting.exec() != 0:
        raise TimeoutError("the registry did not open")
    settle(window)
    return window


def settle(window: MainWindow) -> None:
    """Let the window work until nothing is under way."""
    waiting = QEventLoop()
    quiet = QTimer(interval=50)
    quiet.timeout.connect(lambda: None if window.tasks.is_busy else waiting.quit())
    quiet.start()
    waiting.exec()
    quiet.stop()


def open_dialogs(window: MainWindow, compound: str, place: tuple[float, float]) -> list[QDialog]:
    """Open every dialog that a user can open, none of which blocks; return them."""
    context = window.context
    assert context.registry is not None
    context.select([compound])
    for mode in ("entry", "review", "check", "publish", "entry"):
        window.set_mode(mode)
    for name in ("new", "open", "import", "template", "profile", "export", "copy", "backups"):
        window.actions_by_id[f"registry.{name}"].trigger()
    window.actions_by_id["help.keys"].trigger()
    window.actions_by_id["foreign.open"].trigger()
    window.actions_by_id["conflict.open"].trigger()
    window.actions_by_id["compound.attach_party"].trigger()
    window.dialogs.keep_backups()
    window.dialogs.adopt([compound])
    window.dialogs.open_case(compound)
    window.dialogs.note_entry(compound)
    for kind in ("cases", "entries"):
        for record in list(context.registry.dataset.of(kind).values())[:1]:
            window.dialogs.take_step(record.code, "")
    window.dialogs.add_station(*place)
    settle(window)
    QApplication.processEvents()
    return [dialog for dialog in window.findChildren(QDialog) if dialog.objectName()]


def province_page(window: MainWindow, folder: Path) -> ProvincePage:
    """Return the page of a province of which nothing is computed yet; end it with ``shut_down``."""
    from app.services.rollup.standing import StandingWorkers
    from ui.province.page import ProvincePage
    from ui.province.state import ProvinceState

    state = ProvinceState(window.context, folder, StandingWorkers(), window)
    return ProvincePage(window.context, state, window)


def close_dialogs(dialogs: list[QDialog]) -> None:
    """Close them again, and let Qt take them away."""
    for dialog in dialogs:
        dialog.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def named_widgets(root: QWidget) -> list[Named]:
    """Return every widget of ours below ``root`` that bears a name, by name; Qt's own inner parts are left out."""
    found: dict[str, Named] = {}
    for widget in (root, *root.findChildren(QWidget)):
        name = widget.objectName()
        if name and not name.startswith("qt_"):
            found.setdefault(name, Named(name, _kind(widget), widget.accessibleName() or _said(widget)))
    return [found[name] for name in sorted(found)]


def nameless(root: QWidget) -> list[str]:
    """Return what a user can act on but no robot or screen reader can find: no object name, or no accessible name."""
    found = []
    for widget in root.findChildren(QWidget):
        if not isinstance(widget, ACTED_ON) or _is_inner(widget) or _is_never_seen(widget):
            continue
        if not widget.objectName() or not _said(widget):
            path = [widget.objectName() or type(widget).__name__]
            parent = widget.parentWidget()
            while parent is not None and len(path) < 4:
                path.append(parent.objectName() or type(parent).__name__)
                parent = parent.parentWidget()
            found.append(" < ".join(path))
    return found


def named_actions(root: QWidget) -> dict[str, QAction]:
    """Return the actions of the window by name."""
    return {action.objectName(): action for action in root.findChildren(QAction) if action.objectName()}


def _is_inner(widget: QWidget) -> bool:
    """Whether a widget is a part of another one that is acted on, as the line within a spin box."""
    if widget.objectName().startswith("qt_"):
        return True
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit)):
            return True
        parent = parent.parentWidget()
    return False


def _is_never_seen(widget: QWidget) -> bool:
    """Whether a button has neither words nor icon yet, as that of a banner with nothing to say."""
    return isinstance(widget, QAbstractButton) and not widget.text() and widget.icon().isNull()


def _said(widget: QWidget) -> str:
    """Return what a screen reader says of a widget that a user can act on."""
    if not isinstance(widget, ACTED_ON):
        return ""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def _kind(widget: QWidget) -> str:
    for base in type(widget).__mro__:
        if base.__module__.startswith("PySide6"):
            return base.__name__
    return "QWidget"
