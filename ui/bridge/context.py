"""What every panel shares: the open registry, the day, the selection, the question asked of coverage.

Panels meet only here. A panel connects bound methods of its own (never lambdas: panels are rebuilt when the
language or theme changes) and reads ``registry`` afresh each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from app.coverage.measures import is_measure, measure_words
from app.coverage.results import Query
from app.domain.period import today
from app.domain.vocabulary import NEVER_UNDONE
from app.errors import InvalidInput, RegistryError
from app.services.registry.reach import doubt_about
from app.text import Text
from ui.bridge.change_hub import ChangeHub
from ui.bridge.errors import words_of
from ui.bridge.permission import why_locked
from ui.bridge.tasks import TaskRunner
from ui.bridge.writes import Write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.coverage.results import Coverage
    from app.domain.edits import Changes
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.settings_store import SettingsStore
    from ui.bridge.tasks import Task

T = TypeVar("T")
LEVELS = ("district", "street", "community", "grid")
_KINDS = ("districts", "streets", "communities", "grids")
_CLOCK_MS = 20_000  # how soon after midnight the window shows the new day
NO_STATUS = ("left_out", "not_in_base", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of coverage just now. ``weight`` None = the measure's own default."""

    measure: str = "party"
    by: str = "grid"
    weight: str | None = None
    count: str = "whole"
    kind: str | None = None
    against: date | None = None

    def query(self, day: date, by: str | None = None) -> Query:
        """Return it as the engine takes it."""
        return Query(
            measure=self.measure,
            by=by or self.by,
            as_of=day,
            weight=self.weight,
            count=self.count,
            kind=self.kind,
            against=self.against,
        )


@dataclass(frozen=True, slots=True)
class Figured:
    """The current question answered at every level, with each subject's status. Filled by one background job."""

    question: Question
    as_of: date
    coverages: dict[str, Coverage] = field(default_factory=dict)  # by level
    statuses: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)


class WindowContext(QObject):
    """The state that panels share, and the one way to write.

    Signals
    -------
    leaving
        What is under the hand is about to change (record, day, registry, mode, window): what was typed and not
        yet left is written now, to the record it was typed for.
    changed
        ``Changes``: something was written, by us or by another process.
    registry_left
        The open registry is about to make way for another: whoever holds something of it keeps or drops it now.
    registry_opened
        Another registry, or none, is open now.
    map_shown
        The map has painted the registry, or never will: now is the time for work that can wait.
    figures_changed
        ``figured`` holds new figures and statuses (after a change, another day or another question).
    saved
        ``(Text, change id)``: say it in a toast, with a way to take it back.
    travelled
        ``(Text, Change)``: that step was taken back, or done again; it is None where nobody can tell which.
    doubted
        ``Changes`` with warnings: something was written as it was given that is most likely not meant so.
    refused
        ``Exception`` of a write whose caller did not show it: say it in a banner.
    wanted
        An action's id that a panel asks the window to trigger (``compound.attach_party`` …).
    end_asked
        ``ui.models.ending.Ending``: ask for the day and the reason of what ends, goes or is replaced.
    waive_asked
        ``Finding``: ask until when, and why, it is left alone.
    step_wanted
        ``(code, step)``: ask for the next step of a case or list entry; "" leaves the step to the user.
    filter_asked
        ``(list of codes, Text)``: list exactly these compounds in the attribute table.
    marked
        Codes to show on the map beside the selection, without selecting them; they go with the selection.
    sketch_asked
        ``ui.models.sketch.Sketch`` that a panel lays over the map, None takes it off.

    """

    leaving = Signal()
    changed = Signal(object)
    registry_left = Signal()
    registry_opened = Signal()
    map_shown = Signal()
    as_of_changed = Signal(object)
    selection_changed = Signal(list)
    place_changed = Signal(str)
    measure_changed = Signal(str)
    figures_changed = Signal()
    zoom_asked = Signal(list)
    filter_asked = Signal(list, object)
    list_changed = Signal(list)
    saved = Signal(object, object)
    doubted = Signal(object)
    refused = Signal(object)
    said = Signal(object)
    travelled = Signal(object, object)
    wanted = Signal(str)
    marked = Signal(list)
    sketch_asked = Signal(object)
    end_asked = Signal(object)
    waive_asked = Signal(object)
    step_wanted = Signal(str, str)

    def __init__(
        self, tasks: TaskRunner, settings: SettingsStore, *, lang: str = "zh", parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.tasks = tasks
        self.settings = settings
        self.lang = lang
        self.hub = ChangeHub(self)
        self.registry: Registry | None = None
        self.as_of: date = today()  # a day in the user's own calendar
        self._follows_today = True
        self.selection: list[str] = []
        self.selection_origin = ""
        self.place = ""
        self.question = Question()
        self.figured = Figured(self.question, self.as_of)
        self.listed: list[str] = []  # compounds of "the list in force", for [ and ]
        self.is_filtered = False
        self.is_map_shown = False
        self._writes: list[Write] = []
        self._figuring: Task | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._figure)
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
        self.hub.changed.connect(self._on_change)

    # reading

    def say(self, text: Text) -> str:
        """Return the words in the window's language."""
        return text.in_(self.lang)

    def record(self, code: str) -> Record | None:
        """Return a record of the open registry."""
        return None if self.registry is None else self.registry.dataset.find(code)

    @property
    def current(self) -> Record | None:
        """The record acted on: the last one selected."""
        return self.record(self.selection[-1]) if self.selection else None

    def selected(self, *kinds: str) -> list[str]:
        """Return the selected codes, of some kinds only if given."""
        if not kinds:
            return list(self.selection)
        return [c for c in self.selection if (r := self.record(c)) is not None and r.kind in kinds]

    def status(self, code: str) -> str:
        """Return a subject's status in the current measure: covered, uncovered, unknown or left_out."""
        return self.figured.statuses.get(code, NO_STATUS)[0]

    @property
    def lock(self) -> Text | None:
        """Why nothing may be written just now; None where it may. Everything that writes asks this alone."""
        return why_locked(self.registry, today() if self._follows_today else self.as_of)

    def doubt(self, day: date) -> Text | None:
        """Return what to ask about a day that no record reaches, None about any other."""
        return None if self.registry is None else doubt_about(self.registry.dataset, day)

    @property
    def why_locked(self) -> str:
        """The same in the window's language, "" where one may write."""
        lock = self.lock
        return "" if lock is None else self.say(lock)

    @property
    def is_today(self) -> bool:
        """Whether the day shown is today; on any other the registry can only be read."""
        return self._follows_today or self.as_of == today()

    def measure_words(self) -> Text:
        """Return the current measure's words."""
        if self.registry is None:
            return Text("", "")
        return measure_words(self.registry.profile, self.question.measure)

    def hidden(self, codes: Sequence[str]) -> list[str]:
        """Return those compounds that the table's filter keeps out of sight."""
        listed = set(self.listed) if self.is_filtered else None
        return [] if listed is None else [c for c in self._of_kind(codes, "compounds") if c not in listed]

    def _of_kind(self, codes: Sequence[str], *kinds: str) -> list[str]:
        return [c for c in codes if (r := self.record(c)) is not None and r.kind in kinds]

    # choosing

    def set_registry(self, registry: Registry | None) -> None:
        """Show another registry; what belongs to the one before it is put away first."""
        self.leaving.emit()
        if self.registry is not None:
            self.registry_left.emit()
            self._ask_afresh()
        self.registry = registry
        self.is_map_shown = False
        self.selection, self.place, self.listed, self.is_filtered = [], "", [], False
        self.figured = Figured(self.question, self.as_of)
        if registry is not None and not is_measure(registry.profile, self.question.measure):
            self.question = Question()
        self._ask_of_what_exists()
        self.registry_opened.emit()
        self.selection_changed.emit([])
        if registry is None:
            self.figure_again()

    def _ask_of_what_exists(self) -> None:
        """Ask at the lowest level that exists where the one asked for does not."""
        if (registry := self.registry) is None:
            return
        there = [level for level, kind in zip(LEVELS, _KINDS, strict=True) if registry.dataset.of(kind)]
        if there and self.question.by not in there:
            self.question = replace(self.question, by=there[-1])
            self.measure_changed.emit(self.question.measure)

    def _ask_afresh(self) -> None:
        """Ask of today, and what is asked when a window opens: another registry is another matter."""
        if self.question != Question():
            self.question = Question()
            self.measure_changed.emit(self.question.measure)
        self._follows_today = True
        if self.as_of != today():
            self.as_of = today()
            self.as_of_changed.emit(self.as_of)

    def tell_map_shown(self) -> None:
        """Let everything else begin: trees, tables, figures, indexes wait until the map is painted."""
        if not self.is_map_shown:
            self.is_map_shown = True
            self.map_shown.emit()
            self.figure_again()

    def select(self, codes: Sequence[str], origin: str = "") -> None:
        """Make these the selected records, in map, tree and tables alike. The last one is current."""
        chosen = list(dict.fromkeys(codes))
        if chosen == self.selection:
            return
        self.leaving.emit()
        self.selection, self.selection_origin = chosen, origin
        self.selection_changed.emit(chosen)

    def set_place(self, code: str) -> None:
        """Work in this unit ("" = everywhere)."""
        if code != self.place:
            self.place = code
            self.place_changed.emit(code)

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
        self.figure_again()

    def stand_anew(self) -> None:
        """Have everything that writes look again whether it may: it depends on more than the day now."""
        self.as_of_changed.emit(self.as_of)
        self.figure_again()

    def ask(self, **parts: Any) -> None:
        """Change parts of the question: measure, by, weight, count, kind, against."""
        question = replace(self.question, **parts)
        if question != self.question:
            self.question = question
            self.measure_changed.emit(question.measure)
            self.figure_again()

    def set_list(self, codes: Sequence[str], *, is_filtered: bool = False) -> None:
        """Say which compounds ``[`` and ``]`` step through, and whether a filter hides others."""
        self.listed, self.is_filtered = list(codes), is_filtered
        self.list_changed.emit(self.listed)

    def zoom_to(self, codes: Sequence[str]) -> None:
        """Ask the map to show these."""
        self.zoom_asked.emit(list(codes))

    def show_compounds(self, codes: Sequence[str], words: Text) -> None:
        """List exactly these compounds, select them and show them: what a click on any figure does."""
        self.filter_asked.emit(list(codes), words)
        self.select(codes, "figure")
        self.zoom_to(codes)

    def show_finding(self, codes: Sequence[str]) -> None:
        """Select what a finding is about; the others that it names are marked on the map, not selected."""
        known = [code for code in codes if self.record(code) is not None]
        self.select(known[:1], "findings")
        self.marked.emit(known[1:])
        self.zoom_to(known)

    # writing

    def edit(
        self,
        job: Callable[[Ticket], Changes],
        words: Text | Callable[[Changes], Text],
        *,
        on_error: Callable[[Exception], None] | None = None,
        is_settling: bool = False,
    ) -> Task:
        """Run a write in the registry lane, tell everyone what it touched, and offer to take it back.

        ``on_error`` shows a ``RegistryError`` inline; anything else, or anything without it, goes to the banner.
        Nothing is written while the registry is locked: the reason is the error. ``is_settling``: it settles what
        another program edited, for which every other write waits.
        """

        def failed(error: Exception) -> None:
            if on_error is not None and isinstance(error, RegistryError):
                on_error(error)
            else:
                self.refused.emit(error)

        self.follow_today()
        registry = self.registry

        def done(changes: Changes) -> None:
            if self.registry is not registry:
                return  # written into the registry that was open before
            self.hub.announce(changes)
            if changes.change is not None:
                said = words if isinstance(words, Text) else words(changes)
                if changes.verb in NEVER_UNDONE:
                    self.said.emit(said)
                else:
                    self.saved.emit(said, changes.change)
            if changes.warnings:
                self.doubted.emit(changes)

        day = today() if self._follows_today else self.as_of
        write = Write(_unless(why_locked(registry, day, is_settling=is_settling), job))
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
            self.hub.announce(changes)
            self.travelled.emit(words, told)

        job = _unless(self.lock, lambda _ticket: step())
        task = self.tasks.start(job, on_registry=True, on_failure=self.refused.emit)
        task.succeeded.connect(done)

    @Slot(object)
    def _on_change(self, changes: Changes) -> None:
        if any(self.record(code) is None for code in self.selection):
            self.select([code for code in self.selection if self.record(code) is not None], "change")
        if self.registry is not None and not is_measure(self.registry.profile, self.question.measure):
            self.question = Question()  # another profile, without it
            self.measure_changed.emit(self.question.measure)
        self._ask_of_what_exists()
        self.changed.emit(changes)
        self.figure_again()

    # figures, always in the background; the old ones stay until the new are there

    def figure_again(self) -> None:
        """Compute the current question anew; several calls in one turn of the loop are one run."""
        self._soon.start()

    @Slot()
    def _figure(self) -> None:
        if self._figuring is not None:
            self._figuring.cancel()
            self._figuring = None
        registry = self.registry
        if registry is None:
            self.figures_changed.emit()
            return
        engine, question, day = registry.engine, self.question, self.as_of

        def job(ticket: Ticket) -> Figured:
            coverages = {}
            words = Text("算覆盖率", "Computing coverage")
            for step, level in enumerate(LEVELS):
                ticket.step(words, step, len(LEVELS) + 1)
                coverages[level] = engine.coverage(question.query(day, level), ticket)
            ticket.step(words, len(LEVELS), len(LEVELS) + 1)
            return Figured(question, day, coverages, dict(engine.status_of(question.measure, day)))

        self._figuring = self.tasks.start(
            job, on_registry=False, words=Text("算覆盖率", "Computing coverage"), on_failure=self._not_figured
        )
        self._figuring.succeeded.connect(self._figures_came)

    @Slot(object)
    def _figures_came(self, figured: Figured) -> None:
        self._figuring = None
        self.figured = figured
        self.figures_changed.emit()

    def _not_figured(self, error: Exception) -> None:
        self._figuring = None
        self.refused.emit(error)

    def sentence(self, error: Exception) -> str:
        """Return what the user reads of an error."""
        return self.say(words_of(error))


def _unless(lock: Text | None, job: Callable[[Ticket], T]) -> Callable[[Ticket], T]:
    """Return the job, or where the registry is locked one that is refused with the reason."""
    if lock is None:
        return job

    def refuse(_ticket: Ticket) -> T:
        raise InvalidInput(lock)

    return refuse
