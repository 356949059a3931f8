"""The only module of the window that starts a thread for work (the map's painter has its own)."""

from __future__ import annotations

import itertools
import os
import sys
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import shiboken6
from PySide6.QtCore import QObject, Signal

from app.jobs import Cancelled, Ticket
from ui.bridge.garbage import Hold
from ui.bridge.lines import Line

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from app.jobs import Progress
    from app.text import Text
_SWITCH_S: Final = 0.001  # a job gives the window its turn after this long; Python's own 5 ms are felt


class Task(QObject):
    """A running job as the GUI thread sees it. Sends exactly one closing signal, always in the GUI thread.

    ``words`` names the job for the status bar; a task without words is never shown there. No worker ever holds one:
    it is deleted as soon as it has announced the end.
    """

    progressed = Signal(object)  # app.jobs.Progress
    succeeded = Signal(object)  # what the job returned; never sent once cancelled
    failed = Signal(object)  # Exception
    cancelled = Signal()
    ended = Signal()  # after whichever of the three

    def __init__(self, parent: QObject, words: Text | None, ticket: Ticket) -> None:
        super().__init__(parent)
        self.words = words
        self.ticket = ticket

    def cancel(self) -> None:
        """Ask the job to stop; ``cancelled`` follows, whatever the job still returns."""
        self.ticket.cancel()


class _Errand:
    """What a worker takes with it: a job, and the way to tell of it. Plain Python, no object of the window.

    The window's thread keeps it until it has announced the end, and empties it then: whatever of the window the job
    or its outcome holds is let go of in the window's thread, never in a worker.
    """

    def __init__(self, number: int, job: Callable[[Ticket], Any], line: Line) -> None:
        self.number = number
        self.ticket = Ticket(self.report)
        self.result: Any = None
        self.error: BaseException | None = None
        self.is_done = False
        self._job: Callable[[Ticket], Any] | None = job
        self._line = line

    def run(self) -> None:
        """Do the job. In a worker."""
        job = self._job
        if job is None:
            return
        try:
            self.result = job(self.ticket)
        except BaseException as error:  # noqa: BLE001  # not swallowed: the window's thread takes it
            self.error = error
        self.is_done = True

    def report(self, progress: Progress) -> None:
        """Tell how far it is. In a worker."""
        self._line.say((self.number, progress))

    def tell_end(self, _future: Future[None]) -> None:
        """Tell that it is over. In a worker, or in whichever thread stopped it before it began."""
        self._line.say((self.number, None))

    def empty(self) -> None:
        """Let go of everything. In the window's thread."""
        self._job = self.result = self.error = None


class TaskRunner(QObject):
    """Runs jobs in two lanes: one at a time on the registry, or side by side on values."""

    started = Signal(object)  # Task
    failed = Signal(object)  # a failure that no one else took: see ``start``

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_S)
        self._registry_lane = ThreadPoolExecutor(1, "registry")
        self._value_lane = ThreadPoolExecutor(max(2, min(4, os.cpu_count() or 2)), "value")
        self._line = Line(self._on_word)
        self._numbers = itertools.count(1)
        self._running: dict[int, tuple[Task, _Errand]] = {}
        self._is_down = False
        self._hold = Hold()
        self.destroyed.connect(partial(_stop, self._running, self._hold))

    @property
    def is_busy(self) -> bool:
        """Whether any task has not yet sent its closing signal."""
        return bool(self._running)

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
        errand = _Errand(next(self._numbers), job, self._line)
        task = Task(self, words, errand.ticket)
        self._running[errand.number] = (task, errand)
        task.failed.connect(on_failure if on_failure is not None else self.failed)
        self.started.emit(task)
        if self._is_down:
            task.cancel()
            self._line.say((errand.number, None))
            return task
        lane = self._registry_lane if on_registry else self._value_lane
        lane.submit(errand.run).add_done_callback(errand.tell_end)
        return task

    def shut_down(self) -> None:
        """Stop every job and wait for it; call before any window is destroyed."""
        self._is_down = True
        for _, errand in list(self._running.values()):
            errand.ticket.cancel()
        for lane in (self._value_lane, self._registry_lane):
            lane.shutdown(cancel_futures=True)
        self._hold.end()

    def _on_word(self, word: tuple[int, Progress | None]) -> None:
        number, progress = word
        if number not in self._running:
            return  # announced already
        task, errand = self._running[number]
        if progress is None:
            try:
                if shiboken6.isValid(task):
                    _announce(task, errand)
            finally:
                errand.empty()
                self._running.pop(number, None)
        elif not task.ticket.is_cancelled and shiboken6.isValid(task):
            task.progressed.emit(progress)


def _announce(task: Task, errand: _Errand) -> None:
    """Send the one closing signal. Whoever hears it may close the window: the task may be gone in between."""
    error = errand.error
    try:
        if task.ticket.is_cancelled or isinstance(error, Cancelled | CancelledError) or not errand.is_done:
            task.cancelled.emit()
        elif error is not None:
            task.failed.emit(error)
        else:
            task.succeeded.emit(errand.result)
    finally:
        if shiboken6.isValid(task):
            task.ended.emit()
            task.deleteLater()


def _stop(running: dict[int, tuple[Task, _Errand]], hold: Hold, _gone: QObject | None = None) -> None:
    """Stop what is left of a runner that was deleted without being shut down."""
    for _, errand in running.values():
        errand.ticket.cancel()
    hold.end()
