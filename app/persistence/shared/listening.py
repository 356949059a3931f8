"""Hearing from a server that somebody wrote, without asking it again and again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

_LOOK: Final = 0.5  # seconds after which it is seen that nobody listens any more
_AGAIN: Final = 5.0  # seconds until a server that went away is tried again


class Listening:
    """A thread with a connection of its own that tells of each change, ours among them, from when it is made until ``close``.

    Where the connection is lost it is made again, and ``told`` is called: something may have been missed.
    """

    def __init__(self, engine: Engine, channel: str, told: Callable[[], None]) -> None:
        self._engine, self._channel, self._told = engine, channel, told
        self._is_over = threading.Event()
        self._thread = threading.Thread(  # noqa: TID251  # a server is waited for as long as the registry is open
            target=self._run, name="registry-listening", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Hear no more."""
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._is_over.is_set():
            try:
                connection = self._connected()
            except DBAPIError:  # gone for now; whoever reads or writes says so
                self._is_over.wait(_AGAIN)
                continue
            try:
                self._listen(connection)
            except psycopg.OperationalError:
                self._is_over.wait(_AGAIN)
            finally:
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
        self._told()
        while not self._is_over.is_set():
            for _ in connection.notifies(timeout=_LOOK, stop_after=1):
                self._told()
