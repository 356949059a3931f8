"""The change at hand that came back from without the server and met somebody else's: chosen in like any other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.registry import away
from ui.dialogs.conflict.choices import Choices, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Changes
    from app.services.registry.registry import Registry


@dataclass(frozen=True)
class NotBrought:
    """A change by its id, kept with the copy on this computer."""

    id: str

    def found_in(self, registry: Registry) -> tuple[Disagreement, ...]:
        """Return what is to be chosen in it."""
        return away.disagreements(registry, self.id)

    def write(self, registry: Registry, choices: Mapping[str, str]) -> Changes:
        """Write it by what was chosen, under its own id and at its own time."""
        return away.decide(registry, self.id, choices)


class BroughtChoices(Choices):
    """What is to be chosen in the one change that the sheet stands on."""

    _change = ""

    def show(self, change: str) -> bool:
        """Look at a change by its id, "" for none, with what was chosen in it so far; return whether it is another."""
        is_other = change != self._change
        if is_other:
            self._change = change
            registry = self._context.registry
            kept = {} if registry is None else self._context.settings.sides(str(registry.path))
            self._waiting = [Pending(NotBrought(change), (), dict(kept.get(change, {})))] if change else []
            self.moved.emit()
        self.look_again()
        return is_other

    def bring(self, on_error: Callable[[Exception], None]) -> bool:
        """Write it by what was chosen, or as it is where nothing is to be chosen; False, and nothing, while a choice is open."""
        registry = self._context.registry
        ready = [one for one in self._waiting if one.is_decided]
        if registry is not None:
            for one in ready:
                self._write(registry, one, on_error)
        return bool(ready)

    def keep(self) -> None:
        """Keep what was chosen; the change itself lies with the copy."""
        registry = self._context.registry
        if registry is not None and self._change:
            chosen = self._waiting[0].choices if self._waiting else {}
            self._context.settings.keep_sides(str(registry.path), self._change, chosen)
