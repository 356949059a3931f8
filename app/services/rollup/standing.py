"""Workers of this machine that stay between questions: begun with the first one, ended when nobody asks any more."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

from app.services.rollup.cluster import first_of, workers
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distributed import Client

    from app.jobs import Ticket

_LOOK: Final = 0.1  # [s] after which whoever waits for the workers looks whether it was called off
_GRACE: Final = 0.5  # [s] that workers have to come to an end of what nobody wants any more
_WAITING: Final = Text("等上一次计算停下", "Waiting until the run before has stopped")


class StandingWorkers:
    """One set of workers for all questions of a window. Any thread may ask, one at a time; begins nothing by itself."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._ends = ExitStack()
        self._client: Client | None = None
        self._jobs = 0

    @property
    def is_standing(self) -> bool:
        """Whether there are workers now."""
        return self._client is not None

    @contextmanager
    def client(self, jobs: int, ticket: Ticket) -> Iterator[Client]:
        """Yield a client of workers that stand already, or are begun, as many as help with ``jobs``.

        What is broken off ends them only where they would not be free at once. Raises as ``workers`` does, Cancelled where
        the ticket is.
        """
        ticket.step(_WAITING, 0, jobs)
        while not self._turn.acquire(timeout=_LOOK):
            ticket.step(_WAITING, 0, jobs)
        try:
            yield self._ready(jobs)
        except BaseException:
            if self._client is not None and not _are_free(self._client):
                self._end(*sys.exc_info())
            raise
        finally:
            self._turn.release()

    def close(self) -> None:
        """End the workers, once the question that they are at is over or was called off; the next one begins others."""
        with self._turn:
            self._end(None, None, None)

    def _ready(self, jobs: int) -> Client:
        is_short = min(jobs, os.cpu_count() or 1) > self._jobs
        if self._client is not None and (is_short or self._client.status != "running"):
            self._end(None, None, None)
        if self._client is None:
            self._client, self._jobs = self._ends.enter_context(workers(None, jobs)), jobs
        return self._client

    def _end(self, *why: Any) -> None:
        """End the workers; in the middle of what they do where there is an error."""
        ends, self._ends, self._client = self._ends, ExitStack(), None
        ends.__exit__(*why)


def _are_free(client: Client) -> bool:
    """Whether every worker comes within a short while to a task that costs nothing."""
    if client.status != "running":
        return False
    tasks = {
        client.submit(int, workers=[worker], allow_other_workers=False, pure=False)
        for worker in client.nthreads()  # type: ignore[no-untyped-call]  # distributed's
    }
    until = time.monotonic() + _GRACE
    while tasks and (left := until - time.monotonic()) > 0:
        _, tasks = first_of(client, tasks, left)
    return not tasks
