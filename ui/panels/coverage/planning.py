"""The least work of every unit to the target, found beside the window; another question or target stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.coverage.gaps import Gap, Gaps, gaps
from app.coverage.work.told import doing

if TYPE_CHECKING:
    from app.coverage.results import Query
    from app.jobs import Ticket
    from app.text import Text
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


class Planning(QObject):
    """Asks for the plans of one question and target, and keeps them until another is asked.

    Signals
    -------
    planned
        The plans are there.

    """

    planned = Signal()

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._asked: tuple[object, ...] | None = None
        self._task: Task | None = None
        self._found: dict[str, Gap] = {}

    def ask(self, query: Query | None, target: float) -> None:
        """Find the plans of a question, unless they are there or on their way."""
        registry = self._context.registry
        asked = None if registry is None or query is None else (registry.dataset, query, target)
        if asked == self._asked:
            return
        self._asked, self._found = asked, {}
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if registry is None or query is None:
            return
        engine = registry.engine

        def job(ticket: Ticket) -> Gaps:
            return gaps(engine, query, target, ticket=ticket)

        self._task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task.succeeded.connect(self._take)

    def _take(self, found: Gaps) -> None:
        self._task = None
        self._found = {gap.row.unit: gap for gap in found.rows} | {"total": found.total}
        self.planned.emit()

    def of(self, unit: str) -> Gap | None:
        """Return what is known of a unit's plan; ``total`` has its own."""
        return self._found.get(unit)

    def doing(self, unit: str) -> dict[str, Text]:
        """Return the subjects that a unit's plan covers, each with what is to be done."""
        gap, registry = self._found.get(unit), self._context.registry
        if gap is None or gap.plan is None or registry is None:
            return {}
        engine, day = registry.engine, self._context.as_of
        return {
            code: doing(chosen.act, lambda code: engine.name_on(code, day))
            for chosen in gap.plan.acts
            for code in chosen.act.covers
        }
