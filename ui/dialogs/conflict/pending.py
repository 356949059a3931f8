"""Changes that met somebody else's and were not written: kept beside the settings until somebody has chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal, Slot

from app.services.edit.conflicts import open_disagreements, write_chosen
from app.services.registry.disagreed import wanted_from
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.registry.disagreed import Disagreed, Wanted
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_DONE: Final = Text("按选的写了：{}", "Written as chosen: {}")
_THEIRS: Final = Text("都按对方的，台账没有改动。", "All as theirs; the registry is as it was.")


@dataclass(eq=False)
class Pending:
    """A change that waits, what is to be chosen in it, and what was chosen so far: a disagreement's id → its side."""

    wanted: Wanted
    found: tuple[Disagreement, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)

    @property
    def is_decided(self) -> bool:
        """Whether something was chosen for all of it."""
        return all(one.id in self.choices for one in self.found)


class PendingChanges(QObject):
    """All that waits in the open registry. ``came``: something new does. ``moved``: other rows, or another choice."""

    came = Signal()
    moved = Signal()

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._waiting: list[Pending] = []
        self._looking: Task | None = None
        context.disagreed.connect(self._on_disagreed)
        context.registry_opened.connect(self._on_opened)
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
        self._keep()
        self.moved.emit()

    def add(self, wanted: Wanted, found: Sequence[Disagreement]) -> None:
        """Keep a change that could not be written, with what is to be chosen in it."""
        known = next((one for one in self._waiting if one.wanted is wanted), None)
        if known is None:
            known = Pending(wanted)
            self._waiting.append(known)
        known.found = tuple(found)
        known.choices = {one.id: known.choices[one.id] for one in found if one.id in known.choices}
        self._keep()
        self.moved.emit()
        self.came.emit()

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
            return write_chosen(registry, one.wanted, choices)

        def done(changes: Changes) -> None:
            if one in self._waiting:
                self._waiting.remove(one)
            self._keep()
            if changes.change is None:
                self._context.said.emit(_THEIRS)
            self.moved.emit()

        task = self._context.edit(job, _DONE.format(names), on_error=on_error)
        task.succeeded.connect(done)

    # what comes and goes

    @Slot(object)
    def _on_disagreed(self, error: Disagreed) -> None:
        if error.wanted is not None:
            self.add(error.wanted, error.disagreements)

    @Slot()
    def _on_opened(self) -> None:
        registry = self._context.registry
        kept = [] if registry is None else self._context.settings.conflicts(str(registry.path))
        self._waiting = [Pending(wanted_from(row["wanted"]), (), dict(row["choices"])) for row in kept]
        self.moved.emit()
        self.look_again()

    @Slot()
    def look_again(self, *_changes: object) -> None:
        """Look what is to be chosen in the registry as it is now; a choice goes as soon as its sides are others."""
        registry, waiting = self._context.registry, list(self._waiting)
        if registry is None or not waiting:
            return
        if self._looking is not None:
            self._looking.cancel()

        def look(_ticket: Ticket) -> list[tuple[Disagreement, ...]]:
            return [open_disagreements(registry, one.wanted) for one in waiting]

        def done(found: list[tuple[Disagreement, ...]]) -> None:
            self._looking = None
            for one, disagreements in zip(waiting, found, strict=True):
                one.found = disagreements
            self.moved.emit()

        self._looking = self._context.tasks.start(
            look, on_registry=True, on_failure=self._context.refused.emit
        )
        self._looking.succeeded.connect(done)

    def _keep(self) -> None:
        registry = self._context.registry
        if registry is not None:
            kept: list[dict[str, Any]] = [
                {"wanted": one.wanted.as_kept(), "choices": one.choices} for one in self._waiting
            ]
            self._context.settings.keep_conflicts(str(registry.path), kept)
