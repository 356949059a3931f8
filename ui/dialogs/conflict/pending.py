"""Changes that met somebody else's and were not written: kept beside the settings until somebody has chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from app.services.edit.conflicts import open_disagreements, write_chosen
from app.services.registry.disagreed import wanted_from
from ui.dialogs.conflict.choices import Choices, Pending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Changes
    from app.services.registry.disagreed import Disagreed, Wanted
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext


@dataclass(frozen=True, eq=False)
class Refused:
    """A change as it was decided, refused because somebody else changed the same."""

    wanted: Wanted

    def found_in(self, registry: Registry) -> tuple[Disagreement, ...]:
        """Return what is to be chosen in it."""
        return open_disagreements(registry, self.wanted)

    def write(self, registry: Registry, choices: Mapping[str, str]) -> Changes:
        """Write it by what was chosen."""
        return write_chosen(registry, self.wanted, choices)


class PendingChanges(Choices):
    """All that waits in the open registry. ``came``: something new does."""

    came = Signal()

    def __init__(self, context: WindowContext, parent: QObject) -> None:
        super().__init__(context, parent)
        context.disagreed.connect(self._on_disagreed)
        context.registry_opened.connect(self._on_opened)

    def add(self, wanted: Wanted, found: Sequence[Disagreement]) -> None:
        """Keep a change that could not be written, with what is to be chosen in it."""
        known = next((one for one in self._waiting if _wanted(one) is wanted), None)
        if known is None:
            known = Pending(Refused(wanted))
            self._waiting.append(known)
        known.found = tuple(found)
        known.choices = {one.id: known.choices[one.id] for one in found if one.id in known.choices}
        self.keep()
        self.moved.emit()
        self.came.emit()

    @Slot(object)
    def _on_disagreed(self, error: Disagreed) -> None:
        if error.wanted is not None:
            self.add(error.wanted, error.disagreements)

    @Slot()
    def _on_opened(self) -> None:
        registry = self._context.registry
        kept = [] if registry is None else self._context.settings.conflicts(str(registry.path))
        self._waiting = [
            Pending(Refused(wanted_from(row["wanted"])), (), dict(row["choices"])) for row in kept
        ]
        self.moved.emit()
        self.look_again()

    def keep(self) -> None:
        """Keep what waits beside the settings: it is nowhere else."""
        registry = self._context.registry
        if registry is not None:
            kept: list[dict[str, Any]] = [
                {"wanted": wanted.as_kept(), "choices": one.choices}
                for one in self._waiting
                if (wanted := _wanted(one)) is not None
            ]
            self._context.settings.keep_conflicts(str(registry.path), kept)


def _wanted(one: Pending) -> Wanted | None:
    return one.change.wanted if isinstance(one.change, Refused) else None
