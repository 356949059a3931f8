"""What breaks while desks are at work: processes, connections, ways and the server itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import psycopg

from scripts.trial_server import restart
from tests.drills.shared.place import DATABASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scripts.trial_server import Server
    from tests.app.shared.relay import Relay

_HOLDER = """SELECT l.pid, a.usename FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.granted AND l.locktype = 'relation' AND l.relation = 'registry.turn'::regclass"""
_IDLE = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'compound%'
    AND state LIKE 'idle in transaction%' AND state_change < now() - interval '5 seconds'"""
KINDS = (
    "way cut",
    "connection ended",
    "process killed",
    "hung",
    "server stopped",
)  # what a long drill has broken
_PATIENCE = 20.0  # seconds for which somebody is waited for who writes
_HANGS = 12.0  # seconds: longer than anybody waits for his turn
HUNG = 130.0  # seconds after which the server itself has let go of who hangs


class Breaking:
    """All that is broken. ``kill``: ends the process with the desks of a name, and starts another."""

    def __init__(
        self,
        server: Server,
        binaries: Path,
        relay: Relay,
        kill: Callable[[str], None],
    ) -> None:
        self._server, self._binaries, self._relay, self._kill = server, binaries, relay, kill
        self.done: list[str] = []
        self._is_long = False
        self.most_idle = 0

    def plan(self, seconds: float) -> list[tuple[float, Callable[[], None]]]:
        """Return what is done when, in seconds from the start; a short drill has no server that stops and nobody who hangs."""
        short = [self.cut, self.end_connection, self.kill_process]
        if seconds < 60:
            return [(seconds * (at + 1) / 5, act) for at, act in enumerate(short)]
        self._is_long = seconds >= 4 * HUNG
        acts = [self.cut, self.end_connection, self.hang, self.stop_server, self.kill_process]
        acts += short * max(0, int(seconds // 120) - 1)
        last = seconds - 2 * _HANGS
        return [(last * (at + 1) / (len(acts) + 1), act) for at, act in enumerate(acts)]

    def look(self) -> None:
        """See who sits in a transaction and does nothing: he would keep dead rows from being cleared away."""
        try:
            with self._server.connect(DATABASE) as admin:
                (idle,) = admin.execute(_IDLE).fetchone() or (0,)
            self.most_idle = max(self.most_idle, int(idle))
        except psycopg.OperationalError:
            return

    def cut(self) -> None:
        """Cut the way at the next commit, when the server has done it and nobody was told."""
        before = self._relay.cuts
        self._relay.cut_at_commit.set()
        if self._is_so(lambda: self._relay.cuts > before):
            self.done.append("way cut")
        self._relay.cut_at_commit.clear()

    def end_connection(self) -> None:
        """End the connection of whoever is writing."""
        holder = self._holder()
        if holder is not None:
            with self._server.connect(DATABASE) as admin:
                admin.execute("SELECT pg_terminate_backend(%s)", (holder[0],))
            self.done.append("connection ended")

    def kill_process(self) -> None:
        """Kill a process while one of its desks is writing."""
        holder = self._holder()
        if holder is not None:
            self._kill(holder[1])
            self.done.append("process killed")

    def hang(self) -> None:
        """Be a desk that takes its turn and says no more, until it comes back, or the server lets go of it."""
        with self._server.connect(DATABASE, "keeper") as hanging:
            hanging.autocommit = False
            hanging.execute("SET idle_in_transaction_session_timeout = 120000")
            hanging.execute("SELECT registry.take_turn()")
            try:
                threading.Event().wait(HUNG if self._is_long else _HANGS)
                hanging.rollback()
                self.done.append("hung and came back")
            except (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout):
                self.done.append("hung and was let go")

    def stop_server(self) -> None:
        """Stop the server at once, and start it again."""
        restart(self._binaries, self._server.passfile.parent)
        self.done.append("server stopped")

    def _holder(self) -> tuple[int, str] | None:
        """Return the process and the login of whoever writes, as soon as somebody does; None where nobody comes to it."""
        found: list[tuple[int, str]] = []
        with self._server.connect(DATABASE) as admin:

            def is_somebody() -> bool:
                row = admin.execute(_HOLDER).fetchone()
                found[:] = [(int(row[0]), str(row[1]))] if row else []
                return bool(found)

            self._is_so(is_somebody)
        return found[0] if found else None

    def _is_so(self, asked: Callable[[], bool]) -> bool:
        end = time.monotonic() + _PATIENCE
        while not asked():
            if time.monotonic() > end:
                return False
            threading.Event().wait(0.001)
        return True
