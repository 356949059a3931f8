"""The province that is open: its registries, what is asked of them, what each answered, and what is being computed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from app.errors import RegistryError
from app.services.rollup.part import Failure
from app.text import Text
from ui.bridge.errors import words_of
from ui.bridge.question import Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.results import Query
    from app.domain.profile.profile import Profile
    from app.jobs import Progress, Ticket
    from app.services.rollup.province import Answer, Answers, Seen
    from app.services.rollup.standing import StandingWorkers
    from app.services.rollup.whole import RolledUp
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_COMPUTING: Final = Text("汇总各本台账", "Adding up the registries")
_LEVEL: Final = "district"
_NAMES: Final = "province-names"
_FOLDERS: Final = 8  # whose districts' names are remembered
_MORE: Final = 1.25  # so many times the answers that are shown must be there before the first figures grow


class ProvinceState(QObject):
    """What the page shows. Everything is computed in workers; the window's thread adds up what they answered.

    Signals
    -------
    asked
        Another question, or another day.
    changed
        Figures, or what is known of a registry.
    moved
        How far the computation is, and which registries it has read.
    refused
        ``Text``: why nothing could be computed.

    """

    asked = Signal()
    changed = Signal()
    moved = Signal()
    refused = Signal(object)

    def __init__(
        self,
        context: WindowContext,
        folder: Path,
        standing: StandingWorkers,
        parent: QObject | None = None,
    ) -> None:
        from app.services.rollup.province import Remembered

        super().__init__(parent)
        self._context, self._standing = context, standing
        self._remembered = Remembered()
        self.folder = folder
        self.sources: tuple[str, ...] = ()
        self.question = Question(by=_LEVEL)
        self.day = context.as_of
        self.answers: dict[str, Answer] = {}
        self.outdated: frozenset[str] = frozenset()  # registries whose files changed since they were read
        self.done = (0, 0)  # so many of so many are computed in this run
        self.waiting: frozenset[str] = frozenset()  # registries that this run has not read yet
        self._answered: Query | None = None  # by district: what ``answers`` are answers to
        self._asked: Query | None = None  # by district: what this run asks
        self._wholes: dict[str, RolledUp | None] = {}
        self._arrived: dict[str, Answer] = {}
        self._so_far_of: Query | None = None
        self._so_far: dict[str, Answer] = {}  # of the first run, what the table shows until all are there
        kept = context.settings.choices(_NAMES).get(str(folder))
        self.names: dict[str, str] = dict(kept) if isinstance(kept, dict) else {}  # of districts, by file
        self._task: Task | None = None
        self._looking: Task | None = None

    # what is known

    @property
    def is_running(self) -> bool:
        """Whether figures are being computed."""
        return self._task is not None

    @property
    def is_old(self) -> bool:
        """Whether the figures at hand answer another question than the one asked, or some are being computed anew."""
        if self.is_partly and self._so_far_of == self._query():
            return False
        return self.is_running or self._answered != self._query()

    @property
    def is_partly(self) -> bool:
        """Whether the figures at hand are those of the registries that the first run has read so far."""
        return not self.answers and bool(self._so_far)

    @property
    def _at_hand(self) -> dict[str, Answer]:
        return self.answers or self._so_far

    @property
    def whole(self) -> RolledUp | None:
        """The figures at hand at the level asked for, None where there are none."""
        from app.services.rollup.province import whole_at

        level = self.question.by
        if level not in self._wholes:
            self._wholes[level] = whole_at(self.told(), level) if self._at_hand else None
        return self._wholes[level]

    @property
    def shown(self) -> Query:
        """What the figures at hand answer, else what is asked."""
        whole = self.whole
        return self.question.query(self.day) if whole is None else whole.coverage.query

    @property
    def profile(self) -> Profile | None:
        """The profile that all are counted by, None before any answered."""
        whole = self.whole
        return None if whole is None else whole.profile

    def told(self) -> list[Answer]:
        """Return the answers at hand in the order of the registries."""
        known = self._at_hand
        return [known[source] for source in self.sources if source in known]

    def newest(self, source: str) -> Answer | None:
        """Return what a registry answered last, also while others are still being read."""
        return self._arrived.get(source) or self._at_hand.get(source)

    def reasons(self) -> Mapping[str, Text]:
        """Return why registries are left out, by source."""
        from app.services.rollup.province import reasons

        return reasons(self.told(), self.question.by)

    def behind(self, unit: str, lists: Sequence[str]) -> list[Answers]:
        """Return the registries that a figure is made of, the largest share first."""
        from app.services.rollup.province import behind

        return behind(self.told(), self.question.by, unit, lists)

    # asking

    def ask(self, **parts: Any) -> None:
        """Ask otherwise: measure, by, weight, count, kind, against. Another level of units is at hand already."""
        question = replace(self.question, **parts)
        if question != self.question:
            self.question = question
            self._go_on()

    @Slot(object)
    def set_day(self, day: Any) -> None:
        """Ask of another day."""
        if day != self.day:
            self.day = day
            self._go_on()

    def _go_on(self) -> None:
        self.asked.emit()
        query = self._query()
        if query == (self._asked if self.is_running else self._answered):
            self.changed.emit()
        elif query == self._answered:
            self.cancel()  # back to what is at hand
        else:
            self.compute()

    def _query(self) -> Query:
        return self.question.query(self.day, _LEVEL)

    # computing

    def read_folder(self) -> bool:
        """See which registries lie in the folder now; False, and ``refused``, where there is none.

        One that has gone stays in the list: its district is missed, not forgotten.
        """
        from app.services.rollup.sources import sources_of

        try:
            found = sources_of([str(self.folder)])
        except RegistryError as error:
            if not self.sources:
                self.refused.emit(words_of(error))
            return bool(self.sources)
        self.sources = tuple(
            sorted({*self.sources, *found}, key=lambda one: (Path(one).stem, one))
        )  # copies last
        return True

    def compute(self, only: Sequence[str] | None = None, *, is_anew: bool = False) -> None:
        """Compute all registries, or some alone where the others answer the same question already.

        What was answered before by files that are as they were is not computed again, unless ``is_anew``.
        """
        if not self.sources and not self.read_folder():
            return
        self.cancel()
        query = self._query()
        same = self._answered == query
        some = tuple(self.sources if only is None or not same else only)
        known = {source: one for source, one in self.answers.items() if same and source not in some}
        missing = [source for source in self.sources if source not in known and source not in some]
        some = (*some, *missing)
        arrived: dict[str, Answer] = {}
        standing, remembered = self._standing, None if is_anew or same else self._remembered

        def job(ticket: Ticket) -> dict[str, Answer]:
            from app.services.rollup.province import asked

            kept = {} if remembered is None else remembered.of(query, some)
            arrived.update(kept)
            rest = tuple(source for source in some if source not in kept)
            return asked(rest, query, ticket, standing=standing, known=known | kept, told=arrived.__setitem__)

        self._arrived, self._asked = arrived, query
        self.waiting, self.done = frozenset(some), (0, len(some))
        task = self._context.tasks.start(
            job, on_registry=False, words=_COMPUTING, on_failure=partial(self._on_failure)
        )
        self._task = task
        task.progressed.connect(self._on_progress)
        task.succeeded.connect(partial(self._on_computed, query))
        task.cancelled.connect(partial(self._on_cancelled, task))
        self.changed.emit()

    def cancel(self) -> None:
        """Stop computing; what is at hand stays."""
        if self._task is not None:
            task, self._task = self._task, None
            self._keep_arrived()
            self.waiting, self._arrived = frozenset(), {}
            task.cancel()
            self.changed.emit()

    def shut_down(self) -> None:
        """Call off what is being computed; nobody looks any more."""
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        self.done = (max(progress.done, len(self._arrived)), max(progress.total, self.done[1]))
        self.waiting -= self._arrived.keys()
        shown = len(self._so_far) if self._so_far_of == self._asked else 0
        if self.answers or not self._arrived or len(self._arrived) < shown * _MORE:
            self.moved.emit()
            return
        so_far = dict(self._arrived)
        read = [one for one in so_far.values() if not isinstance(one, Failure)]
        self.names |= {Path(one.source).name: one.title for one in read}
        if len({one.own_zone for one in read}) == 1:  # else areas of two zones would stand together
            self._so_far, self._so_far_of, self._wholes = so_far, self._asked, {}
            self.changed.emit()
        else:
            self.moved.emit()

    def _keep_arrived(self) -> None:
        """Remember what a run that was called off has read: asked again, it goes on from there."""
        if self._asked is not None and self._arrived:
            self._remembered.keep(self._asked, dict(self._arrived))

    def _on_computed(self, query: Query, answers: dict[str, Answer]) -> None:
        self._task = None
        self.answers, self._answered, self._wholes = answers, query, {}
        self._arrived, self._so_far = {}, {}
        self._remembered.keep(query, answers)
        self._keep_names()
        self.outdated -= answers.keys()
        self.waiting = frozenset()
        self.changed.emit()

    def name_of(self, source: str) -> str:
        """Return how a registry's district is called, or was when it could be read last, else its file."""
        one = self.newest(source)
        if one is not None and not isinstance(one, Failure):
            return one.title
        return self.names.get(Path(source).name, Path(source).stem)

    def _keep_names(self) -> None:
        read = [one for one in self.answers.values() if not isinstance(one, Failure)]
        self.names |= {Path(one.source).name: one.title for one in read}
        settings, folder = self._context.settings, str(self.folder)
        kept = settings.choices(_NAMES)
        if kept.get(folder) != self.names:
            others = [one for one in kept.items() if one[0] != folder]
            settings.keep_choices(_NAMES, dict([*others, (folder, self.names)][-_FOLDERS:]))

    def _on_failure(self, error: Exception) -> None:
        self._task, self.waiting, self._arrived = None, frozenset(), {}
        self.refused.emit(words_of(error))
        self.changed.emit()

    def _on_cancelled(self, task: Task) -> None:
        """Hear that the run was stopped elsewhere: in the status bar."""
        if self._task is task:
            self._keep_arrived()
            self._task, self.waiting, self._arrived = None, frozenset(), {}
            self.changed.emit()

    # files that changed

    @Slot()
    def look(self) -> None:
        """See, away from the window's thread, which files changed since they were read."""
        read = {source: seen for source in self.sources if (seen := self._seen(source)) is not _NOT_READ}
        if self._looking is not None or self.is_running or not read:
            return

        def job(_ticket: Ticket) -> frozenset[str]:
            from app.services.rollup.province import seen_of

            return frozenset(source for source, seen in read.items() if seen_of(source) != seen)

        self._looking = self._context.tasks.start(job, on_registry=False)
        self._looking.succeeded.connect(self._on_looked)
        self._looking.ended.connect(self._on_look_ended)

    def _seen(self, source: str) -> Seen | object | None:
        from app.services.rollup.province import Answers

        one = self.answers.get(source)
        return one.seen if isinstance(one, Answers) else _NOT_READ

    @Slot(object)
    def _on_looked(self, outdated: frozenset[str]) -> None:
        if outdated != self.outdated and not self.is_running:
            self.outdated = outdated
            self.changed.emit()

    @Slot()
    def _on_look_ended(self) -> None:
        self._looking = None

    def take_step(self, source: str, step: int) -> bool:
        """Hear which step a registry stands at now that it is open; return whether it changed since it was read."""
        from app.services.rollup.province import Answers

        one = self.answers.get(source)
        if not isinstance(one, Answers) or one.step == step:
            return False
        self.outdated |= {source}
        return True


_NOT_READ: Final = object()
