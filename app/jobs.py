"""Long work that can report and be stopped. Knows nothing of Qt."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable


class Cancelled(Exception):
    """The user stopped the job. Never shown, never logged as an error."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: ``done`` of ``total`` steps of the named stage."""

    stage: Text
    done: int
    total: int


def _silent(progress: Progress) -> None:
    """Take a report and show it to nobody."""


class Ticket:
    """Handed to every job. Each ``step`` reports, and is a point where the job may stop."""

    def __init__(self, report: Callable[[Progress], None] = _silent) -> None:
        self._report = report
        self._stop = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether someone asked the job to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next step; safe from any thread."""
        self._stop.set()

    def step(self, stage: Text, done: int, total: int) -> None:
        """Report, or raise Cancelled if someone asked to stop."""
        if self.is_cancelled:
            raise Cancelled
        self._report(Progress(stage, done, total))
