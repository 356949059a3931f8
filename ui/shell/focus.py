"""Where the keys go: F6 from panel to panel, letters into what is typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit, QWidget

from ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from collections.abc import Sequence


def go_round(stops: Sequence[QWidget], step: int) -> None:
    """Give the focus to the next, or previous, of the stops in sight."""
    seen = [stop for stop in stops if stop.isVisible()]
    focus = QApplication.focusWidget()
    place = next(
        (i for i, s in enumerate(seen) if focus is not None and (s is focus or s.isAncestorOf(focus))), 0
    )
    target = seen[(place + step) % len(seen)]
    is_tabs = isinstance(target, Tabs)
    if is_tabs or target.focusPolicy() == Qt.FocusPolicy.NoFocus:
        inner = [
            w
            for w in target.findChildren(QWidget)
            if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus and w.isEnabled()
        ]
        views = [w for w in inner if isinstance(w, QAbstractItemView)]
        target = (views if is_tabs and views else inner or [target])[0]
    target.setFocus(Qt.FocusReason.TabFocusReason)


def is_typing() -> bool:
    """Whether a letter would go into a line of text."""
    return isinstance(QApplication.focusWidget(), QLineEdit)
