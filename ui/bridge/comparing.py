"""The change against another day, and the course of half-years: found beside the figures, for whoever shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.coverage.change.rows import coverage_apart, explain_apart
from app.domain.period import half_year_before
from app.services.snapshots.comparing import coverage_against, explain_against
from app.services.snapshots.snapshots import snapshot_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage, Explanation, Query
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from app.services.snapshots.snapshots import Snapshot
    from ui.bridge.question import Question
    from ui.bridge.tasks import Task, TaskRunner

HALF_YEARS: Final = 6  # ends of half-years before the day shown
_TAKING: Final = Text("比较两个日子", "Comparing two days")
_COURSE: Final = Text("算历次半年末", "Computing ends of half-years")


class Asks(Protocol):
    """Who asks: the open registry, the day, the question; and what tells that one of them is another."""

    tasks: TaskRunner
    registry: Registry | None
    as_of: date
    question: Question
    figures_changed: Any
    measure_changed: Any
    as_of_changed: Any
    registry_opened: Any
    refused: Any

    def ask(self, **parts: Any) -> None:
        """Change parts of the question."""


class Comparing(QObject):
    """Follows the window's question: takes its change apart as soon as another day is asked for.

    Signals
    -------
    taken
        ``change`` is another: a coverage whose rows have their parts, None where no other day is asked for, or until it is
        found.
    trended
        ``trend`` is another: the same question at the ends of half-years and on the day shown, the earliest first.

    """

    taken = Signal()
    trended = Signal()

    def __init__(self, context: Asks, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.change: Coverage | None = None
        self.trend: tuple[Coverage, ...] = ()
        self.kept: Snapshot | None = None  # the kept table compared with; None = a day, counted now
        self._is_trend_wanted = False
        self._tasks: dict[str, Task] = {}
        context.figures_changed.connect(self._on_figures)
        context.measure_changed.connect(self._on_stale)
        context.as_of_changed.connect(self._on_stale)
        context.registry_opened.connect(self._on_registry)

    def want_trend(self) -> None:
        """Find the course of half-years from now on, too: somebody shows it."""
        if not self._is_trend_wanted:
            self._is_trend_wanted = True
            self._ask_trend()

    def compare_kept(self, code: str) -> None:
        """Compare with a kept table: the window asks what the table asks, and the change begins with the table's figures."""
        context = self._context
        registry = context.registry
        if registry is None:
            return
        kept = self.kept = snapshot_called(registry, code)
        asked = kept.query
        usual = registry.engine.check(replace(asked, weight=None))[1]
        before = context.question
        context.ask(
            measure=asked.measure,
            by=asked.by,
            weight=None if asked.weight == usual else asked.weight,
            count=asked.count,
            kind=asked.kind,
            against=asked.as_of,
        )
        if context.question == before:
            self._on_figures()

    def compare_day(self, day: date | None) -> None:
        """Compare with a day, counted now; None = with nothing."""
        was_kept, self.kept = self.kept is not None, None
        before = self._context.question
        self._context.ask(against=day)
        if was_kept and self._context.question == before:
            self._on_figures()

    def explained(self, unit: str) -> Callable[[Ticket], Explanation]:
        """Return the job that names who is behind a row of the change; ``unit`` as ``explain`` takes it."""
        registry, kept, change = self._context.registry, self.kept, self.change
        assert registry is not None
        assert change is not None
        if kept is not None:
            return lambda _ticket: explain_against(registry, kept, unit, change.query.as_of)
        return lambda _ticket: explain_apart(registry.engine, change.query, unit)

    def _is_asked(self, kept: Snapshot, engine: CoverageEngine) -> bool:
        """Whether the window still asks what a kept table asks."""
        asked, then = self._context.question.query(self._context.as_of), kept.query
        weight = engine.check(asked)[1]
        return replace(asked, weight=weight) == replace(then, as_of=asked.as_of, against=then.as_of)

    @Slot()
    def _on_registry(self) -> None:
        self.kept = None
        self._on_stale()

    @Slot()
    def _on_stale(self, *_changed: object) -> None:
        """Stop what nobody asks for any more; what is shown stays until the figures are new."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    @Slot()
    def _on_figures(self) -> None:
        self._on_stale()
        context = self._context
        registry, query = context.registry, context.question.query(context.as_of)
        if registry is None or context.question.against is None:
            self._take(None)
        else:
            engine = registry.engine
            if self.kept is not None and not self._is_asked(self.kept, engine):
                self.kept = None
            kept = self.kept

            def job(ticket: Ticket) -> Coverage:
                if kept is None:
                    return coverage_apart(engine, query, ticket)
                return coverage_against(registry, kept, query.as_of, ticket)

            self._start("change", job, _TAKING, self._take)
        if self._is_trend_wanted:
            self._ask_trend()

    def _ask_trend(self) -> None:
        context = self._context
        registry = context.registry
        if registry is None:
            self._draw_trend(())
            return
        engine = registry.engine
        days = half_years(context.as_of)
        queries = [replace(context.question.query(day), against=None) for day in days]
        self._start("trend", lambda ticket: _course(engine, queries, ticket), _COURSE, self._draw_trend)

    def _start(
        self, name: str, job: Callable[[Ticket], Any], said: Text, done: Callable[[Any], None]
    ) -> None:
        context = self._context
        task = context.tasks.start(job, on_registry=False, words=said, on_failure=context.refused.emit)
        if name in self._tasks:
            self._tasks.pop(name).cancel()
        self._tasks[name] = task
        task.succeeded.connect(done)

    def _take(self, change: Coverage | None) -> None:
        self._tasks.pop("change", None)
        self.change = change
        self.taken.emit()

    def _draw_trend(self, trend: tuple[Coverage, ...]) -> None:
        self._tasks.pop("trend", None)
        self.trend = trend
        self.trended.emit()


def half_years(day: date) -> list[date]:
    """Return the last days of the half-years before a day, the earliest first, and the day itself."""
    found = [day]
    for _ in range(HALF_YEARS):
        found.insert(0, half_year_before(found[0]))
    return found


def _course(engine: CoverageEngine, queries: list[Query], ticket: Ticket) -> tuple[Coverage, ...]:
    """Return the answers one by one; days on which nothing was there to be counted are left out."""
    found = []
    for step, query in enumerate(queries):
        ticket.step(_COURSE, step, len(queries))
        found.append(engine.coverage(query))
    return tuple(coverage for coverage in found if coverage.total.figures.total)
