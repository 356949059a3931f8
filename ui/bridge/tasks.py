"""The only module of the window that starts a thread for work (the map's painter has its own)."""

from __future__ import annotations

import os
import sys
import weakref
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.jobs import Cancelled, Progress, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.text import Text
_SWITCH_S: Final = 0.001  # a job gives the window its turn after this long; Python's own 5 ms are felt


class Task(QObject):
    """A running job as the GUI thread sees it. Sends exactly one closing signal, always in the GUI thread.

    ``words`` names the job for the status bar; a task without words is never shown there.
    """

    progressed = Signal(object)  # app.jobs.Progress
    succeeded = Signal(object)  # what the job returned; never sent once cancelled
    failed = Signal(object)  # Exception
    cancelled = Signal()
    ended = Signal()  # after whichever of the three

    _reported = Signal(object)
    _ended = Signal(object)  # Future

    def __init__(self, parent: QObject, words: Text | None) -> None:
        super().__init__(parent)
        self.words = words
        self.ticket = Ticket(self._reported.emit)
        # Queued even when the job is over before start() returns: the caller must have had time to connect.
        # Through a slot of our own, so that a plain function connected to a signal runs in the GUI thread.
        self._ended.connect(self._announce, Qt.ConnectionType.QueuedConnection)
        self._reported.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the job to stop; ``cancelled`` follows, whatever the job still returns."""
        self.ticket.cancel()

    @Slot(object)
    def _pass_on(self, progress: Progress) -> None:
        if not self.ticket.is_cancelled:
            self.progressed.emit(progress)

    @Slot(object)
    def _announce(self, future: Future[Any]) -> None:
        try:
            if self.ticket.is_cancelled or future.cancelled():
                self.cancelled.emit()
            elif error := future.exception():
                if isinstance(error, Cancelled | CancelledError):
                    self.cancelled.emit()
                else:
                    self.failed.emit(error)
            else:
                self.succeeded.emit(future.result())
        finally:
            self.ended.emit()
            self.deleteLater()


class TaskRunner(QObject):
    """Runs jobs in two lanes: one at a time on the registry, or side by side on values."""

    started = Signal(object)  # Task
    failed = Signal(object)  # a failure that no one else took: see ``start``

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_S)
        self._registry_lane = ThreadPoolExecutor(1, "registry")
        self._value_lane = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), "value")
        self._running: weakref.WeakSet[Task] = weakref.WeakSet()
        self._is_down = False

    @property
    def is_busy(self) -> bool:
        """Whether any task has not yet sent its closing signal."""
        return bool(self._tasks())

    def start(
        self,
        job: Callable[[Ticket], Any],
        *,
        on_registry: bool,
        words: Text | None = None,
        on_failure: Callable[[Exception], None] | None = None,
    ) -> Task:
        """Start ``job`` and return its task; connect to it at once.

        A failure goes to ``on_failure``; without one, to the runner's own ``failed``.
        """
        task = Task(self, words)
        self._running.add(task)
        task.failed.connect(on_failure if on_failure is not None else self.failed)
        self.started.emit(task)
        if self._is_down:
            task.cancel()
            stopped: Future[Any] = Future()
            stopped.cancel()
            task._ended.emit(stopped)
            return task
        lane = self._registry_lane if on_registry else self._value_lane
        lane.submit(job, task.ticket).add_done_callback(task._ended.emit)
        return task

    def shut_down(self) -> None:
        """Stop every job and wait for it; call before any window is destroyed."""
        self._is_down = True
        for task in self._tasks():
            task.cancel()
        for lane in (self._value_lane, self._registry_lane):
            lane.shutdown(cancel_futures=True)

    def _tasks(self) -> list[Task]:
        return [child for child in self.children() if isinstance(child, Task)]
