"""Where things that float over the map may lie: never over one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect

if TYPE_CHECKING:
    from collections.abc import Sequence

APART: Final = 3  # [px] between two of them


def lifted(box: QRect, others: Sequence[QRect]) -> QRect:
    """Return a box moved up until it lies over none of the others."""
    found = QRect(box)
    while below := [other for other in others if other.intersects(found)]:
        found.moveBottom(min(other.top() for other in below) - 1 - APART)
    return found
