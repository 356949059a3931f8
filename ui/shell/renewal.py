"""Panels made anew in place, because language or profile changed: those in sight at once, the largest after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from ui.bridge.tasks import Task
from ui.widgets.keeping import give_back, kept

if TYPE_CHECKING:
    from ui.main_window import MainWindow

PANELS: Final = (  # in the order in which they are wanted
    "places",
    "layers",
    "inspector",
    "first_run",
    "coverage",
    "table",
    "gaps",
    "findings",
    "journal",
    "topics",
    "publish",
)
_LATER: Final = {"coverage", "gaps"}  # as much work as all the others out of sight
_PAUSE_MS: Final = 30  # between two panels out of sight: the window works on


class Renewal(QObject):
    """Replaces panels one by one. A panel that waits for its turn still works, in the words it was made with."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: list[str] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._next)

    @property
    def is_over(self) -> bool:
        """Whether every panel has been made anew."""
        return not self._waiting

    def begin(self) -> None:
        """Make anew what is in sight and what is soon made; the rest follows when there is nothing else to do."""
        self._waiting = list(PANELS)
        self.finish_seen()
        for name in [name for name in self._waiting if name not in _LATER]:
            self._renew(name)
        self._soon.start()

    def finish_seen(self) -> None:
        """Make anew those that are in sight now."""
        for name in [name for name in self._waiting if self._window.panel(name).isVisible()]:
            self._renew(name)

    def finish(self) -> None:
        """Make anew all that still wait: one of them is about to come into sight."""
        while self._waiting:
            self._renew(self._waiting[0])

    @Slot()
    def _next(self) -> None:
        if (
            QApplication.mouseButtons() or self._window.tasks.is_busy
        ):  # neither a drag nor a figure waits for it
            self._soon.start()
        elif self._waiting:
            self._renew(self._waiting[0])
            self._soon.start()

    def _renew(self, name: str) -> None:
        self._waiting.remove(name)
        old = self._window.panel(name)
        state = kept(old)
        new = self._window.make_panel(name)
        _let_go(old)
        self._window.put_panel(name, new)
        for named in (old, *old.findChildren(QObject)):
            named.setObjectName("")  # until it is gone, no robot must find it
        old.hide()
        old.setParent(None)
        old.deleteLater()
        give_back(new, state)


def _let_go(old: QWidget) -> None:
    """End what a panel still waits for: there is nobody any more to be told."""
    for part in (old, *old.findChildren(QWidget)):
        held: dict[str, Any] = vars(part) if hasattr(part, "__dict__") else {}
        for value in list(held.values()):
            if isinstance(value, Task):
                value.cancel()
