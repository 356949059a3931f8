"""The open registry, the day shown, and the one way to write: off the GUI thread, told to all, taken back again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.domain.period import today
from app.domain.vocabulary import NEVER_UNDONE
from app.errors import InvalidInput, RegistryError
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui.bridge.permission import why_locked
from ui.bridge.writes import Write

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.tasks import Task, TaskRunner

T = TypeVar("T")
_CLOCK_MS: Final = 20_000  # how soon after midnight the window shows the new day


class Writing(QObject):
    """What may be written on the day shown; writes it and tells of it. What is looked at is ``WindowContext``'s.

    Signals
    -------
    leaving
        What is under the hand is about to change (record, day, registry, mode, window): what was typed and not
        yet left is written now, to the record it was typed for.
    as_of_changed
        Another day is shown, or whether it may be written is to be looked at again.
    changed
        ``Changes``: something was written, by us or by another process.
    saved
        ``(Text, change id)``: say it in a toast, with a way to take it back.
    said
        ``Text``: say it in a toast.
    travelled
        ``(Text, Change)``: that step was taken back, or done again; it is None where nobody can tell which.
    doubted
        ``Changes`` with warnings: something was written as it was given that is most likely not meant so.
    disagreed
        ``Disagreed``: somebody else changed the same thing, nothing was written, and somebody has to choose.
    refused
        ``Exception`` of a write whose caller did not show it: say it in a banner.

    """

    leaving = Signal()
    as_of_changed = Signal(object)
    changed = Signal(object)
    saved = Signal(object, object)
    said = Signal(object)
    travelled = Signal(object, object)
    doubted = Signal(object)
    refused = Signal(object)
    disagreed = Signal(object)

    def __init__(self, tasks: TaskRunner, *, lang: str, parent: QObject | None) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.lang = lang
        self.registry: Registry | None = None
        self.shown: Dataset | None = None  # the data that panels were last told of: what the user sees
        self.as_of: date = today()  # a day in the user's own calendar
        self._follows_today = True
        self._writes: list[Write] = []
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._clock.setInterval(_CLOCK_MS)
        self._clock.timeout.connect(self.follow_today)
        self._clock.start()
        application = QGuiApplication.instance()
        if isinstance(
            application, QGuiApplication
        ):  # back at the desk in the morning: the timer may have slept
            application.applicationStateChanged.connect(self.follow_today)

    def say(self, text: Text) -> str:
        """Return the words in the window's language."""
        return text.in_(self.lang)

    @property
    def lock(self) -> Text | None:
        """Why nothing may be written just now; None where it may. Everything that writes asks this alone."""
        return why_locked(self.registry, self._writing_day)

    @property
    def why_locked(self) -> str:
        """The same in the window's language, "" where one may write."""
        lock = self.lock
        return "" if lock is None else self.say(lock)

    @property
    def _writing_day(self) -> date:
        return today() if self._follows_today else self.as_of

    # the day

    @property
    def is_today(self) -> bool:
        """Whether the day shown is today; on any other the registry can only be read."""
        return self._follows_today or self.as_of == today()

    def set_as_of(self, day: date) -> None:
        """Look at another day."""
        is_other = day != self.as_of
        if is_other:
            self.leaving.emit()
        self._follows_today = day == today()
        if is_other:
            self._show_day(day)

    @Slot()
    def follow_today(self) -> None:
        """Go on to the new day once midnight is past, where today is what is looked at."""
        now = today()
        if self._follows_today and self.as_of != now:
            self._show_day(now, is_next=True)
        self._follows_today = self.as_of == now

    def _show_day(self, day: date, *, is_next: bool = False) -> None:
        self.as_of = day
        if is_next:  # what is typed just now is written today, not yesterday
            self.leaving.emit()
        self.as_of_changed.emit(day)

    def stand_anew(self) -> None:
        """Have everything that writes look again whether it may: it depends on more than the day now."""
        self.as_of_changed.emit(self.as_of)

    # writing

    def announce(self, changes: Changes) -> None:
        """Tell every panel what was written, by this window or by another process, unless nothing was done."""
        if changes.change is not None or changes.codes:
            self.shown = None if self.registry is None else self.registry.dataset
            self.changed.emit(changes)

    def edit(
        self,
        job: Callable[[Ticket], Changes],
        words: Text | Callable[[Changes], Text],
        *,
        on_error: Callable[[Exception], None] | None = None,
        is_settling: bool = False,
        seen: Dataset | None = None,
    ) -> Task:
        """Run a write in the registry lane, tell everyone what it touched, and offer to take it back.

        ``on_error`` shows a ``RegistryError`` inline; anything else, or anything without it, goes to the banner.
        ``seen``: the data that the user had before them when they began; without it what panels show now. What others
        changed since then is never written over: it is told as ``disagreed``, whoever else is told of it.
        Nothing is written while the registry is locked: the reason is the error. ``is_settling``: it settles what
        another program edited, for which every other write waits.
        """

        def failed(error: Exception) -> None:
            if isinstance(error, Disagreed):
                self.disagreed.emit(error)
            if on_error is not None and isinstance(error, RegistryError):
                on_error(error)
            elif not isinstance(error, Disagreed):
                self.refused.emit(error)

        self.follow_today()
        registry, seen = self.registry, self.shown if seen is None else seen

        def as_seen(ticket: Ticket) -> Changes:
            if registry is None:
                return job(ticket)
            with registry.seeing(seen):
                return job(ticket)

        def done(changes: Changes) -> None:
            if self.registry is not registry:
                return  # written into the registry that was open before
            self.announce(changes)
            if changes.others is not None:
                self.announce(changes.others)
            if changes.change is not None:
                said = words if isinstance(words, Text) else words(changes)
                if changes.verb in NEVER_UNDONE:
                    self.said.emit(said)
                else:
                    self.saved.emit(said, changes.change)
            if changes.warnings:
                self.doubted.emit(changes)

        write = Write(_unless(why_locked(registry, self._writing_day, is_settling=is_settling), as_seen))
        self._writes = [*(w for w in self._writes if not w.is_over), write]
        task = self.tasks.start(write, on_registry=True, on_failure=failed)
        task.succeeded.connect(done)
        return task

    def leave(self) -> bool:
        """Write what was typed and not yet left, and wait until every write is done; False if one was refused.

        Only for the end of the window: nothing else waits for the disk.
        """
        self._writes = [write for write in self._writes if not write.is_over]
        self.leaving.emit()
        done = [write.wait() for write in self._writes]
        return all(done)

    def undo(self, change: str | Callable[[], str] | None = None) -> None:
        """Take back a change, or the last one; a function finds it in the registry's own turn."""
        registry = self.registry
        if registry is not None:

            def step() -> tuple[Changes, Any]:
                wanted = change() if callable(change) else change
                if wanted is None:
                    told = registry.next_undo()
                else:
                    told = next((c for c in registry.history() if c.change == wanted), None)
                return registry.undo(wanted), told

            self._travel(step, Text("已撤销", "Taken back"))

    def redo(self) -> None:
        """Do again what was taken back last."""
        registry = self.registry
        if registry is not None:

            def step() -> tuple[Changes, Any]:
                told = registry.next_redo()
                return registry.redo(), told

            self._travel(step, Text("已重做", "Done again"))

    def _travel(self, step: Callable[[], tuple[Changes, Any]], words: Text) -> None:
        def done(found: tuple[Changes, Any]) -> None:
            changes, told = found
            self.announce(changes)
            self.travelled.emit(words, told)

        job = _unless(self.lock, lambda _ticket: step())
        task = self.tasks.start(job, on_registry=True, on_failure=self.refused.emit)
        task.succeeded.connect(done)


def _unless(lock: Text | None, job: Callable[[Ticket], T]) -> Callable[[Ticket], T]:
    """Return the job, or where the registry is locked one that is refused with the reason."""
    if lock is None:
        return job

    def refuse(_ticket: Ticket) -> T:
        raise InvalidInput(lock)

    return refuse
