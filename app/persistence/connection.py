"""Writing a registry file: SQLAlchemy's engine on it, and one transaction that holds the write lock."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from app.errors import Busy
from app.persistence.reading import connect, telling, told, tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection, Engine

T = TypeVar("T")


def engine_for(path: Path) -> Engine:
    """Return an engine on an existing file; every connection is made anew and set up."""
    return create_engine(
        "sqlite://",
        creator=lambda: connect(path, read_only=False),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection that holds the write lock; everything is kept at the end, or nothing."""
    try:
        with telling(), engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")
    except DBAPIError as error:
        raise told(error.orig or error) from error


def patiently(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work in a transaction that holds the write lock, and return what it returns.

    Where somebody else has the file it is tried again, from its beginning, for as long as patience lasts; then
    Busy. Work that failed so has changed nothing; what it raises itself is raised at once.
    """
    busy: Busy | None = None
    for _ in tries():
        try:
            with writing(engine) as connection:
                return work(connection)
        except Busy as error:
            busy = error
    raise busy or AssertionError
