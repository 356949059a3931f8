"""Writing a registry file: the one connection that is kept for it, and transactions that hold the write lock.

Python's own driver writes as it reads: whoever changes one value waits for no library that only names the columns.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.errors import Busy
from app.persistence.faults import is_of_place, telling, told
from app.persistence.place import fit_place
from app.persistence.reading import A_TRY, Reader, Rows, connect, tries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")

QUIET: Final = 2.0  # seconds without a change after which the log is folded into the file


class Writer(Reader):
    """One transaction that holds the write lock."""

    def exec_driver_sql(self, statement: str, parameters: Any = ()) -> Rows:
        """Run a statement: with a list of rows once for each of them, else once; return its rows."""
        if isinstance(parameters, list):
            self._connection.executemany(statement, parameters)
            return Rows()
        return super().exec_driver_sql(statement, parameters)


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[Writer]:
    """Give a transaction that holds the write lock; everything is kept at the end, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield Writer(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has ended it already
            connection.execute("ROLLBACK")
        raise


class Pen:
    """The one connection that writes a registry while it is open: made for the first change, kept until the end.

    While it is there no reader is the last to leave, so nobody folds the log and deletes it after every change
    and under the eyes of others. The log is folded after some quiet seconds, so that a plain copy of the file
    alone is whole again, and at the end. Any thread may use it; they take turns.
    """

    def __init__(self, path: Path, may_write: Callable[[], None] | None = None) -> None:
        self._path = path
        self._may_write = may_write or (lambda: None)  # raises where we may not
        self._turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._log: tuple[int, int] | None = None  # which file the log was after our last change
        self._last = 0.0
        self._waiting: threading.Timer | None = None

    def patiently(self, work: Callable[[Writer], T]) -> T:
        """Run work in a transaction that holds the write lock, and return what it returns.

        Where somebody else has the file it is tried again, from its beginning, for as long as patience lasts; then
        Busy. Work that failed so has changed nothing; what it raises itself is raised at once.
        """
        busy: Busy | None = None
        with self._turn:
            for _ in tries():
                try:
                    self._may_write()  # before the file's mode is touched, and once more holding the lock
                    with telling(self._path, is_writing=True), writing(self._kept()) as transaction:
                        self._may_write()
                        done = work(transaction)
                except Busy as error:
                    busy = error
                else:
                    self._log = self._log_file()
                    if self._log is not None:
                        self._fold_later()
                    return done
        raise busy or AssertionError

    def _kept(self) -> sqlite3.Connection:
        """Return the connection; a new one where another program took the log away under it.

        That can only be where this process lost its locks: closing any other handle on the file lets go of them.
        """
        if self._connection is not None and self._log != self._log_file():
            self._let_go()
        if self._connection is None:
            connection = connect(self._path, read_only=False)
            try:
                fit_place(connection, self._path)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _log_file(self) -> tuple[int, int] | None:
        try:
            status = Path(f"{self._path}-wal").stat()
        except FileNotFoundError:
            return None
        return status.st_dev, status.st_ino

    def _fold_later(self) -> None:
        self._last = time.monotonic()
        if self._waiting is None:
            self._waiting = threading.Timer(QUIET, self._when_quiet)
            self._waiting.daemon = True
            self._waiting.start()

    def _when_quiet(self) -> None:
        with self._turn:
            if self._waiting is not threading.current_thread():
                return  # closed meanwhile
            self._waiting = None
            last = self._last
            try:
                is_done = time.monotonic() - last >= QUIET and self._fold()
            except sqlite3.Error:  # a full disk: what was saved stands in the log, and it is tried again
                is_done = False
            if not is_done:
                self._fold_later()
                self._last = last

    def _fold(self) -> bool:
        """Fold the log into the file and empty it, waiting for nobody; return whether that was done."""
        if self._connection is None:
            return True
        self._connection.execute("PRAGMA busy_timeout=0")
        try:
            busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            self._connection.execute(f"PRAGMA busy_timeout={int(A_TRY * 1000)}")
        return not busy

    def close(self) -> None:
        """Fold the log as far as nobody reads it, and let go. Where others are at work, the last folds the rest."""
        with self._turn:
            waiting, self._waiting = self._waiting, None
            try:
                self._fold()
            except sqlite3.Error as error:
                if not is_of_place(error):
                    raise told(error, self._path, is_writing=False) from error
                # a full disk: what was saved stands in the log, where whoever opens next finds it
            finally:
                self._let_go()
        if waiting is not None:
            waiting.cancel()
            waiting.join()

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection, self._log = None, None
