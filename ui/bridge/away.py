"""How the window stands towards the server of its registry, looked at whenever something may have changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from app.services.registry.away import how_it_stands

if TYPE_CHECKING:
    from app.services.registry.away import Away
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task


class AwayWatch(QObject):
    """``state``: how it stands, None where the registry has no server. ``stood``: (before, now), whenever it was looked at."""

    stood = Signal(object, object)

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.state: Away | None = None
        self._looking: Task | None = None
        self._is_asked_again = False
        context.registry_opened.connect(self._on_opened)
        context.registry_left.connect(self._on_left)
        context.changed.connect(self.look)

    @Slot()
    def _on_left(self) -> None:
        self.state = None
        self.stood.emit(None, None)

    @Slot()
    def _on_opened(self) -> None:
        self.state = None
        self.look()

    @Slot()
    def look(self, *_: object) -> None:
        """Look how it stands now; once more after this look, where it was asked meanwhile."""
        registry = self._context.registry
        if registry is None or not registry.is_shared:
            return
        if self._looking is not None:
            self._is_asked_again = True
            return

        def done(state: Away | None) -> None:
            if self._context.registry is registry:
                before, self.state = self.state, state
                self.stood.emit(before, state)

        self._looking = self._context.tasks.start(
            lambda _ticket: how_it_stands(registry),
            on_registry=True,
            on_failure=self._context.refused.emit,
        )
        self._looking.succeeded.connect(done)
        self._looking.ended.connect(self._on_ended)

    @Slot()
    def _on_ended(self) -> None:
        self._looking = None
        if self._is_asked_again:
            self._is_asked_again = False
            self.look()
