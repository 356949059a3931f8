"""Room around the number of a box that counts up and down: a style sheet's padding does not reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractSpinBox

_ROOM: Final = 7


def pad(box: QAbstractSpinBox) -> None:
    """Keep the number off the frame, as in every other field."""
    for line in box.findChildren(QLineEdit):
        line.setTextMargins(_ROOM, 0, _ROOM, 0)
