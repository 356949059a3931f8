"""A write that somebody may have to wait for: the window that closes must not close over it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.edits import Changes
    from app.jobs import Ticket


class Write:
    """Runs a write and remembers whether it was done."""

    def __init__(self, job: Callable[[Ticket], Changes]) -> None:
        self._job = job
        self._over = threading.Event()
        self._is_done = False

    def __call__(self, ticket: Ticket) -> Changes:
        """Write. Raises what the write raises."""
        try:
            changes = self._job(ticket)
            self._is_done = True
            return changes
        finally:
            self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether it has been tried."""
        return self._over.is_set()

    def wait(self) -> bool:
        """Wait for its end; return whether it was written."""
        self._over.wait()
        return self._is_done
