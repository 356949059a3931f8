"""Which units stand unfolded in the table of gaps, and what is counted in them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.coverage.explain import explain
from ui.models.figure_chooser import by_name

if TYPE_CHECKING:
    from app.coverage.results import Explanation, Query
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


class Unfolding(QObject):
    """Units by code, each with its explanation, None while that is being found.

    Signals
    -------
    turned
        A unit was unfolded or folded, or what is counted in one is known.

    """

    turned = Signal()

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.units: dict[str, Explanation | None] = {}
        self._tasks: dict[str, Task] = {}
        self._query: Query | None = None

    def ask(self, query: Query | None) -> None:
        """Take another question; of the same one, on other data, what stands open is found anew."""
        kept = list(self.units) if query is not None and query == self._query else []
        self._query = query
        self.units = dict.fromkeys(kept)
        for unit in kept:
            self._explain(unit)

    def unfold(self, unit: str) -> None:
        """Name what is counted in a unit."""
        if unit not in self.units and self._query is not None:
            self.units[unit] = None
            self.turned.emit()
            self._explain(unit)

    def fold(self, unit: str) -> bool:
        """Put the names of a unit away; return whether they stood there."""
        if unit not in self.units:
            return False
        del self.units[unit]
        if unit in self._tasks:
            self._tasks.pop(unit).cancel()
        self.turned.emit()
        return True

    def _explain(self, unit: str) -> None:
        registry, query = self._context.registry, self._query
        if registry is None or query is None:
            return
        engine = registry.engine

        def job(_ticket: Ticket) -> Explanation:
            return by_name(explain(engine, query, unit))

        if unit in self._tasks:
            self._tasks.pop(unit).cancel()
        task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._tasks[unit] = task
        task.succeeded.connect(partial(self._take, unit, query))

    def _take(self, unit: str, query: Query, told: Explanation) -> None:
        self._tasks.pop(unit, None)
        if unit in self.units and query == self._query:
            self.units[unit] = told
            self.turned.emit()
