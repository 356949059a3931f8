"""Hearing from a server that somebody wrote, came or went, without asking it again and again; and being a desk there."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from app.persistence.shared.desks import DESK, MET

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

_LOOK: Final = 0.5  # seconds after which it is seen that nobody listens any more
_AGAIN: Final = 5.0  # seconds until a server that went away is tried again


class Listening:
    """A thread with a connection of its own that tells of each change, ours among them, from when it is made until ``close``.

    Where the connection is lost it is made again, and ``told`` is called: something may have been missed. ``met`` is called when
    somebody came, went, or edits another record. As long as the connection lives, this is one of the desks, of that ``number``.
    """

    def __init__(
        self,
        engine: Engine,
        channel: str,
        told: Callable[[], None],
        met: Callable[[], None] | None = None,
    ) -> None:
        """Begin to listen; without ``met``, where the server knows of no desks, as none."""
        self._engine, self._channel, self._told, self._met = engine, channel, told, met
        self.number = 0
        self._record = ""  # the id of what is edited here
        self._said = ""  # what the server was told of it
        self._is_over = threading.Event()
        self._thread = threading.Thread(  # noqa: TID251  # a server is waited for as long as the registry is open
            target=self._run, name="registry-listening", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        self._is_over.set()
        self._thread.join()

    @property
    def tells_desks(self) -> bool:
        """Whether this is one of the desks, or will be as soon as the server can be reached."""
        return self._met is not None

    def edits(self, row_id: str) -> None:
        """Let the others know which record is being edited here, soon; "" for none."""
        self._record = row_id

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                connection = self._connected()
            except (DBAPIError, psycopg.Error):  # gone for now; whoever reads or writes says so
                self._is_over.wait(_AGAIN)
                continue
            try:
                self._listen(connection)
            except psycopg.Error:  # gone, or this login has nothing there any more
                self._is_over.wait(_AGAIN)
            finally:
                self.number = 0
                connection.close()

    def _connected(self) -> psycopg.Connection[Any]:
        lent = self._engine.raw_connection()
        connection: Any = lent.driver_connection
        lent.detach()  # the pool has no more to do with it
        connection.rollback()
        connection.autocommit = True
        return connection  # type: ignore[no-any-return]  # SQLAlchemy knows no driver by its type

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        if self._met is not None:
            connection.execute(sql.SQL("SET application_name = {}").format(DESK))
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(MET)))
            connection.execute("SELECT come_in()")
            self.number, self._said = connection.info.backend_pid, ""
        self._told()
        while not self._is_over.is_set():
            self._tell_record(connection)
            for notice in connection.notifies(timeout=_LOOK, stop_after=1):
                if notice.channel == self._channel:
                    self._told()
                elif self._met is not None:
                    self._met()
        if self._met is not None:
            connection.execute("SELECT go_out()")

    def _tell_record(self, connection: psycopg.Connection[Any]) -> None:
        if self._met is not None and self._record != self._said:
            said = self._record
            connection.execute("SELECT edits_record(%s)", (said,))
            self._said = said
