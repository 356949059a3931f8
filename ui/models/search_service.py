"""The search index of the open registry, kept up to date in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.text import Text
from ui.models.search_index import SEARCHED, SearchIndex, build_search

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.search_index import Hit


class SearchService(QObject):
    """Answers from the last index; ``ready`` says that a newer one is there."""

    ready = Signal()

    def __init__(self, context: WindowContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._index = SearchIndex([], [], [])
        self._is_ready = False
        self._task: Task | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(200)
        self._soon.timeout.connect(self._build)
        context.registry_opened.connect(self._on_opened)
        context.map_shown.connect(self._later)
        context.as_of_changed.connect(self._later)
        context.changed.connect(self._on_changed)
        self._on_opened()

    @property
    def is_ready(self) -> bool:
        """Whether an index is there: before, nothing found says nothing."""
        return self._is_ready

    def find(self, typed: str, limit: int = 50) -> list[Hit]:
        """Return the best hits."""
        return self._index.find(typed, limit)

    @Slot()
    def _on_opened(self) -> None:
        self._index = SearchIndex([], [], [])
        self._is_ready = False
        if self._context.is_map_shown:
            self._build()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if not changes.kinds or changes.kinds & set(SEARCHED):
            self._soon.start()

    @Slot()
    def _later(self) -> None:
        self._soon.start()

    @Slot()
    def _build(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry, day = self._context.registry, self._context.as_of
        if registry is None:
            return
        dataset = registry.dataset

        def job(ticket: Ticket) -> SearchIndex:
            return build_search(dataset, day, ticket)

        self._task = self._context.tasks.start(
            job, on_registry=False, words=Text("建搜索索引", "Indexing names")
        )
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, index: SearchIndex) -> None:
        self._task = None
        self._index = index
        self._is_ready = True
        self.ready.emit()
