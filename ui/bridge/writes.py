"""A write that somebody may have to wait for: the window that closes must not close over it.

Where another program holds the file the window tries again by itself; what was typed waits with it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from app.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.edits import Changes
    from app.jobs import Ticket

_ROUNDS: Final = 6  # each as long as one write is patient (10 s)


class Write:
    """Runs a write and remembers whether it was done."""

    def __init__(self, job: Callable[[Ticket], Changes]) -> None:
        self._job = job
        self._over = threading.Event()
        self._is_done = False
        self._is_awaited = False

    def __call__(self, ticket: Ticket) -> Changes:
        """Write. Raises what the write raises; Busy only after several rounds, or when somebody waits for the end."""
        try:
            changes = self._tried(ticket)
            self._is_done = True
            return changes
        finally:
            self._over.set()

    def _tried(self, ticket: Ticket) -> Changes:
        for _ in range(_ROUNDS - 1):
            try:
                return self._job(ticket)
            except Busy:  # nothing was written
                if self._is_awaited:
                    raise
        return self._job(ticket)

    @property
    def is_over(self) -> bool:
        """Whether it has been tried."""
        return self._over.is_set()

    def wait(self) -> bool:
        """Wait for its end; return whether it was written."""
        self._is_awaited = True
        self._over.wait()
        return self._is_done
