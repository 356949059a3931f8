"""One writer at a time: whose turn it is, and what became of a change whose answer got lost on the way."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from psycopg.errors import LockNotAvailable
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.errors import StorageFault
from app.persistence.shared.faults import held, telling, unsure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

    from app.persistence.shared.address import Address

HUNG: Final = "-c idle_in_transaction_session_timeout=120000"  # ms after which a desk that began and says no more is let go
_TURN: Final = text("SELECT take_turn()")  # readers wait for nobody
_HOLDERS: Final = text(
    """SELECT DISTINCT a.usename::text FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.granted AND l.locktype = 'relation' AND l.relation = 'turn'::regclass
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
)
_WAS_WRITTEN: Final = text("SELECT EXISTS (SELECT FROM change WHERE id = :id)")


@contextmanager
def turn(engine: Engine, address: Address, change: str) -> Iterator[Connection]:
    """Give a transaction in which nobody else writes; everything is kept at its end, or nothing. ``change``: its id.

    Where the way to the server breaks while it keeps it, it is asked whether it did: no change is written twice, and
    none is said to be lost that was written. Raises Busy, by name, where somebody else does not come to an end.
    """
    is_whole = False
    try:
        with telling(address, is_writing=True), engine.begin() as connection:
            _take(connection, engine, address)
            yield connection
            is_whole = True
    except StorageFault as fault:
        if not is_whole or not _was_written(engine, address, change, fault):
            raise


def _take(connection: Connection, engine: Engine, address: Address) -> None:
    try:
        connection.execute(_TURN)
    except DBAPIError as error:
        if not isinstance(error.orig, LockNotAvailable):
            raise
        with engine.connect() as other:
            who = [row[0] for row in other.execute(_HOLDERS)]
        raise held(address, who) from error


def _was_written(engine: Engine, address: Address, change: str, fault: StorageFault) -> bool:
    """Whether a change is in the journal, once nobody writes; raises StorageFault where nobody can say."""
    try:
        with engine.begin() as connection:
            connection.execute(_TURN)
            return bool(connection.execute(_WAS_WRITTEN, {"id": change}).scalar_one())
    except DBAPIError:
        raise unsure(address) from fault
