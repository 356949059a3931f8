"""Panels made anew in place, because language or profile changed: those in sight at once, the largest after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from ui.bridge.tasks import Task
from ui.panels.editing import EditingPanel
from ui.panels.frame.first_run import FirstRun
from ui.panels.inspector.inspector import InspectorPanel
from ui.shell.layout.tabs import TABS
from ui.shell.panels import PANELS
from ui.widgets.keeping import give_back, kept

if TYPE_CHECKING:
    from ui.shell.fitting import Fitting
    from ui.shell.front import Front
    from ui.shell.parts import Parts
    from ui.shell.wires import Wires

_LATER: Final = {"coverage", "gaps"}  # as much work as all the others out of sight
_PAUSE_MS: Final = 30  # between two panels out of sight: the window works on


class Renewal(QObject):
    """Replaces panels one by one. A panel that waits for its turn still works, in the words it was made with."""

    def __init__(self, parts: Parts, front: Front, fitting: Fitting, wires: Wires) -> None:
        super().__init__(parts.host)
        self._context, self._tasks, self._panels = parts.context, parts.context.tasks, parts.panels
        self._left, self._tabs, self._work = parts.left, parts.tabs, parts.work
        self._front, self._fitting, self._wires = front, fitting, wires
        self._waiting: list[str] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._next)
        parts.tabs.currentChanged.connect(self.finish_seen)

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

    @Slot()
    def finish_seen(self) -> None:
        """Make anew those that are in sight now."""
        for name in [name for name in self._waiting if self._panels.of(name).isVisible()]:
            self._renew(name)

    def finish(self) -> None:
        """Make anew all that still wait: one of them is about to come into sight."""
        while self._waiting:
            self._renew(self._waiting[0])

    @Slot()
    def _next(self) -> None:
        if QApplication.mouseButtons() or self._tasks.is_busy:  # neither a drag nor a figure waits for it
            self._soon.start()
        elif self._waiting:
            self._renew(self._waiting[0])
            self._soon.start()

    def _renew(self, name: str) -> None:
        self._waiting.remove(name)
        old = self._panels.of(name)
        state = kept(old)
        new = self._panels.make(name)
        _let_go(old)
        self._panels.use(name, new)
        self._wires.connect_panel(name)
        self._fitting.fit_panel(name)  # before it is in sight: one laying out does for both
        self._put(name, old, new)
        for named in (old, *old.findChildren(QObject)):
            named.setObjectName("")  # until it is gone, no robot must find it
        old.hide()
        old.setParent(None)
        self._cut_off(old)
        old.deleteLater()
        give_back(new, state)

    def _cut_off(self, old: QWidget) -> None:
        """Let nothing be told to a panel that is about to be deleted, nor by its parts while they are."""
        tellers = (self._context, self._context.others)
        for part in (old, *old.findChildren(QObject)):
            part.blockSignals(True)  # Qt's
            for teller in tellers:
                teller.disconnect(part)

    def _put(self, name: str, old: QWidget, new: QWidget) -> None:
        """Have a panel in the place of the one before it."""
        if name in TABS:
            self._tabs.swap(name, new)
        if isinstance(new, EditingPanel):
            self._work.swap_right(old, new)
        elif isinstance(new, InspectorPanel):
            self._work.swap_right(old, new)
            new.show_findings(self._panels.findings.findings)
        elif name == "change":
            self._work.swap_change(new)
        elif name in {"places", "layers"}:
            self._left.swap(name, new)
        elif isinstance(new, FirstRun):
            self._front.swap_first(old, new)
        else:
            self._work.swap_left(old, new)


def _let_go(old: QWidget) -> None:
    """End what a panel still waits for: there is nobody any more to be told."""
    for part in (old, *old.findChildren(QWidget)):
        held: dict[str, Any] = vars(part) if hasattr(part, "__dict__") else {}
        for value in list(held.values()):
            if isinstance(value, Task):
                value.cancel()
