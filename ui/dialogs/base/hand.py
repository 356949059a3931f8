"""Where the hand goes in a sheet, and where it was before; and the ground that a sheet is painted on."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui import theme

if TYPE_CHECKING:
    from collections.abc import Sequence


def put_last(sheet: QWidget, buttons: Sequence[QWidget]) -> None:
    """Let Tab go through the fields and then to the buttons, which were made before them."""
    fields: list[QWidget] = []
    widget = sheet.nextInFocusChain()
    while widget is not None and sheet.isAncestorOf(widget):
        if widget not in buttons and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            fields.append(widget)
        widget = widget.nextInFocusChain()
    for before, after in pairwise([*fields[-1:], *buttons]):
        QWidget.setTabOrder(before, after)


def with_holders(focus: QWidget | None) -> list[QWidget]:
    """Return what has the focus, and the panels around it: one of them keeps the hand where it was."""
    found: list[QWidget] = []
    around = focus
    while around is not None:
        if around is focus or around.property("room") or around.focusPolicy() != Qt.FocusPolicy.NoFocus:
            found.append(around)
        around = around.parentWidget()
    return found


def mark(box: QWidget, state: str) -> None:
    """Have a box look as its state is: ``error``, or ""."""
    if box.property("state") != state:
        box.setProperty("state", state)
        box.style().unpolish(box)
        box.style().polish(box)


def paint_ground(sheet: QWidget, radius: int) -> None:
    """Paint the ground and the frame of a sheet, its corners so round [px]."""
    t = theme.current()
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(t.ctl), 1))
    painter.setBrush(QColor(t.panel))
    box = QRectF(sheet.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.drawRoundedRect(box, radius, radius)
    painter.end()
