"""Tabs that the wheel does not turn: a scroll over them is meant for what lies below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget
from typing_extensions import override

if TYPE_CHECKING:
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QWheelEvent


class _Bar(QTabBar):
    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    @override
    def tabSizeHint(self, index: int) -> QSize:
        """Return the room of a tab; words that are still to come have theirs from the start."""
        size = super().tabSizeHint(index)
        owner = self.parentWidget()
        words = owner.reserved(index) if isinstance(owner, Tabs) else ""
        if words:
            metrics, plain = self.fontMetrics(), Qt.TextFlag.TextShowMnemonic
            later = metrics.size(plain, words).width() - metrics.size(plain, self.tabText(index)).width()
            size.setWidth(size.width() + max(0, later))
        return size


class Tabs(QTabWidget):
    """Pages behind tabs; only a click or a key turns them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabBar(_Bar(self))

    def reserved(self, place: int) -> str:  # noqa: ARG002  # an answer to be given anew
        """Return the longest words that a tab will have, "" where they don't change."""
        return ""
