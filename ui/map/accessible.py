"""The map for assistive technology: a canvas with a name and a description, not a filler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QAccessibleInterface

_KEY: Final = "MapCanvas"
_made: Final[
    dict[int, QAccessibleInterface]
] = {}  # Qt keeps a bare pointer: the Python side must outlive the widget
_installed: Final[list[Any]] = []


def install() -> None:
    """Give every map an interface with the role of a canvas; once for the program."""
    if not _installed:
        _installed.append(_interface)
        QAccessible.installFactory(_interface)


def _interface(key: str, thing: QObject) -> QAccessibleInterface | None:
    if key != _KEY or not isinstance(thing, QWidget):
        return None
    for gone in [owner for owner, kept in _made.items() if not shiboken6.isValid(kept)]:
        del _made[gone]
    made = QAccessibleWidget(thing, QAccessible.Role.Canvas)
    _made[id(thing)] = made
    return made
