"""What stays over the window while one looks at the map, and the part of the map that is in sight beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

_COVERS: Final = "covers_map"  # the property of such a widget
_LEAST: Final = 160  # [px] a narrower part of the map shows nothing


def cover_map(widget: QWidget) -> None:
    """Let the map know that a child of its window stays over it: what is shown on the map is shown beside it."""
    widget.setProperty(_COVERS, True)


def in_sight(canvas: QWidget) -> QRect:
    """Return the largest part of a map beside what stays over it, in its pixels; all of it where too little is left."""
    window = canvas.window()
    over = [
        QRect(canvas.mapFrom(window, child.pos()), child.size())
        for child in window.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.property(_COVERS) and child.isVisible()
    ]
    return beside(canvas.rect(), over)


def beside(room: QRect, over: Sequence[QRect]) -> QRect:
    """Return the largest part of a room that lies beside boxes over it; all of it where less than a strip is left."""
    free = QRect(room)
    for box in over:
        if not box.intersects(free):
            continue
        strips = [QRect(free) for _ in range(4)]
        strips[0].setRight(box.left() - 1)
        strips[1].setLeft(box.right() + 1)
        strips[2].setBottom(box.top() - 1)
        strips[3].setTop(box.bottom() + 1)
        free = max(strips, key=lambda one: max(one.width(), 0) * max(one.height(), 0))
    return free if min(free.width(), free.height()) >= _LEAST else QRect(room)
