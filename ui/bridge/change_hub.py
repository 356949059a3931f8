"""The only broadcast: what a write touched. Whoever listens looks only at its own codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.domain.edits import Changes


class ChangeHub(QObject):
    """Tells every panel what was written, by this window or by another process."""

    changed = Signal(object)  # app.domain.edits.Changes

    def announce(self, changes: Changes) -> None:
        """Send it round, unless nothing was done."""
        if changes.change is not None or changes.codes:
            self.changed.emit(changes)
