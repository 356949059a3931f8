"""The way from any figure to its polygons: exactly the compounds that it counts, selected everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.coverage.explain import explain
from app.domain.text.name_order import name_keys
from app.text import Text
from ui import words
from ui.models.on_map import on_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import Entry, Explanation, Query
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

LISTS: Final = ("covered", "uncovered", "unknown", "left_out")
BASE: Final = ("covered", "uncovered", "unknown")


class FigureChooser(QObject):
    """From a figure to exactly the compounds that it counts, selected everywhere."""

    explained = Signal(object, tuple)  # Explanation, the lists chosen

    def __init__(self, context: WindowContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None

    def choose(self, query: Query, unit: str, lists: Sequence[str]) -> None:
        """Explain a figure off the GUI thread, then list, select and show what it counts."""
        registry = self._context.registry
        if registry is None:
            return
        chosen = tuple(lists)

        def job(_ticket: Ticket) -> Explanation:
            return by_name(explain(registry.engine, query, unit))

        def done(explanation: Explanation) -> None:
            self._task = None
            if self._context.registry is registry:
                self._show(registry, explanation, chosen)

        if self._task is not None:
            self._task.cancel()
        self._task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task.succeeded.connect(done)

    def _show(self, registry: Registry, explanation: Explanation, lists: tuple[str, ...]) -> None:
        subjects = [entry.code for name in lists for entry in getattr(explanation, name)]
        codes = on_map(registry.dataset, subjects, explanation.query.as_of)
        if codes:
            unit = {"unplaced": words.UNPLACED, "total": words.TOTAL}.get(
                explanation.unit, Text(explanation.name or explanation.unit, explanation.name)
            )
            names = [words.STATUS[name] for name in lists]
            label = (
                words.TOTAL
                if lists == BASE
                else Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            )
            self._context.show_compounds(codes, Text(f"{unit.zh} · {label.zh}", f"{unit.en} · {label.en}"))
        self.explained.emit(explanation, lists)


def by_name(explanation: Explanation) -> Explanation:
    """Return an explanation with its lists in the order of names."""
    lists: dict[str, tuple[Entry, ...]] = {}
    for name in LISTS:
        entries: tuple[Entry, ...] = getattr(explanation, name)
        keys = name_keys([entry.name or "" for entry in entries])
        found = sorted(zip(keys, entries, strict=True), key=lambda pair: (pair[0], pair[1].code))
        lists[name] = tuple(entry for _, entry in found)
    return replace(explanation, **lists)  # type: ignore[arg-type]
