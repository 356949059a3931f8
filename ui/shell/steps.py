"""What undo and redo will do next, by name, in the tips of their buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app.text import Text
from ui import words
from ui.actions import BY_ID, tip_action, tip_of
from ui.models.change_words import step_words
from ui.widgets.plain import plain_caption

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_UNDO = Text("撤销：{}", "Undo: {}")
_REDO = Text("重做：{}", "Redo: {}")


class Steps(QObject):
    """Asks the journal after each change what can be taken back and done again."""

    looked = Signal()

    def __init__(self, context: WindowContext, actions: Mapping[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._actions = context, actions
        self._task: Task | None = None
        self._found: tuple[Any, Any] = (None, None)
        self.can_undo = self.can_redo = False
        context.registry_opened.connect(self.look)
        context.changed.connect(self.look)

    @Slot()
    def look(self) -> None:
        """Ask again."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        registry = self._context.registry
        if registry is None:
            self._take((None, None))
            return
        self._task = self._context.tasks.start(
            lambda _ticket: (registry.next_undo(), registry.next_redo()), on_registry=True
        )
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, found: tuple[Any, Any]) -> None:
        self._task = None
        self._found = found
        self.speak()
        self.looked.emit()

    def speak(self) -> None:
        """Name the steps in the window's language."""
        undo, redo = self._found
        self.can_undo, self.can_redo = undo is not None, redo is not None
        self._tell("edit.undo", words.UNDO, _UNDO, undo)
        self._tell("edit.redo", words.REDO, _REDO, redo)

    def _tell(self, name: str, plain: Text, named: Text, change: Any) -> None:
        action, context = self._actions[name], self._context
        said = context.say(plain)
        if change is not None and context.registry is not None:
            registry = context.registry
            step = step_words(change, registry.dataset, registry.profile, context.lang)
            said = context.say(named).format(step)
        short = said if len(said) < 48 else said[:46] + "…"
        action.setText(plain_caption(short))
        action.setIconText(context.say(plain))
        keys = tip_of(BY_ID[name], context.lang).partition("  ")[2]
        tip_action(action, f"{said}  {keys}")
