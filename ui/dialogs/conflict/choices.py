"""What waits until somebody has chosen between two sides: which fields, what was chosen so far, and writing it then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_DONE: Final = Text("按选的写了：{}", "Written as chosen: {}")
_SENT: Final = Text("已送回", "Brought back")
_THEIRS: Final = Text("都按对方的，台账没有改动。", "All as theirs; the registry is as it was.")
_SAME: Final = Text("台账里已经是这样，没有改动。", "The registry says so already; it is as it was.")


class Undone(Protocol):
    """A change that met somebody else's and is not written; both are called in the registry's own turn."""

    def found_in(self, registry: Registry) -> tuple[Disagreement, ...]:
        """Return what is to be chosen in it, in the registry as it is now."""

    def write(self, registry: Registry, choices: Mapping[str, str]) -> Changes:
        """Write it by what was chosen, as one step; raises Disagreed where a side is another by now."""


@dataclass(eq=False)
class Pending:
    """A change that waits, what is to be chosen in it, and what was chosen so far: a disagreement's id → its side."""

    change: Undone
    found: tuple[Disagreement, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def is_decided(self) -> bool:
        """Whether something was chosen for all of it."""
        return all(one.id in self.choices for one in self.found)


class Choices(QObject):
    """All that waits. A subclass keeps what was chosen (``keep``).

    ``moved``: other rows, or another choice. ``ended``: a write of what waited, done or refused.
    """

    moved = Signal()
    ended = Signal()

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: list[Pending] = []
        self._looking: Task | None = None
        context.changed.connect(self.look_again)

    def rows(self) -> list[tuple[Pending, Disagreement]]:
        """Return every disagreement with the change that it belongs to."""
        return [(one, found) for one in self._waiting for found in one.found]

    @property
    def count(self) -> int:
        """How many disagreements wait for a word."""
        return sum(found.id not in one.choices for one, found in self.rows())

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def chosen(self, row: int) -> str:
        """Return what was chosen in a row, "" for nothing."""
        one, found = self.rows()[row]
        return one.choices.get(found.id, "")

    def choose(self, rows: Iterable[int], choice: str) -> None:
        """Choose a side in rows, "" for none; rows in which it can't be chosen stay as they are. It is kept at once."""
        every = self.rows()
        for row in rows:
            one, found = every[row]
            if not choice:
                one.choices.pop(found.id, None)
            elif choice in found.choices:
                one.choices[found.id] = choice
        self.keep()
        self.moved.emit()

    def keep(self) -> None:
        """Keep what waits and what was chosen over the window's end."""
        raise NotImplementedError

    def write(self, on_error: Callable[[Exception], None]) -> int:
        """Write every change in which all is chosen, each as one step; return how many there are."""
        registry = self._context.registry
        ready = [one for one in self._waiting if one.is_decided and one.found]
        if registry is not None:
            for one in ready:
                self._write(registry, one, on_error)
        return len(ready)

    def _write(self, registry: Registry, one: Pending, on_error: Callable[[Exception], None]) -> None:
        names = "、".join(dict.fromkeys(found.name for found in one.found))
        choices = dict(one.choices)

        def job(_ticket: Ticket) -> Changes:
            return one.change.write(registry, choices)

        def done(changes: Changes) -> None:
            if one in self._waiting:
                self._waiting.remove(one)
            self.keep()
            if changes.change is None:
                self._context.said.emit(_THEIRS if names else _SAME)
            self.moved.emit()

        task = self._context.edit(job, _DONE.format(names) if names else _SENT, on_error=on_error)
        task.succeeded.connect(done)
        task.ended.connect(self.ended)

    @Slot()
    def look_again(self, *_changes: object) -> None:
        """Look what is to be chosen in the registry as it is now; a choice goes as soon as its sides are others."""
        registry, waiting = self._context.registry, list(self._waiting)
        if registry is None or not waiting:
            return
        if self._looking is not None:
            self._looking.cancel()

        def look(_ticket: Ticket) -> list[tuple[Disagreement, ...]]:
            return [one.change.found_in(registry) for one in waiting]

        def done(found: list[tuple[Disagreement, ...]]) -> None:
            self._looking = None
            for one, disagreements in zip(waiting, found, strict=True):
                one.found = disagreements
            self.moved.emit()

        self._looking = self._context.tasks.start(
            look, on_registry=True, on_failure=self._context.refused.emit
        )
        self._looking.succeeded.connect(done)
