"""Writing a registry file: the one connection that is kept for it, and transactions that hold the write lock.

Python's own driver writes as it reads: whoever changes one value waits for no library that only names the columns.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.errors import Busy
from app.persistence.faults import is_of_place, telling, told
from app.persistence.place import fit_place
from app.persistence.reading import A_TRY, Reader, Rows, connect, tries

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

T = TypeVar("T")

QUIET: Final = 2.0  # seconds without a change after which the log is folded into the file
LONG: Final = (
    4 << 20
)  # bytes by which a log may grow before it is copied into the file without waiting for quiet
MANY: Final = 100  # changes after which it is, too: a log whose beginning is written over does not grow


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

    A change waits for its own pages to be safe in the log and for nothing else: copying them into the file is the work
    of another thread with a connection of its own, beside whoever writes. Only emptying the log takes a turn.
    """

    def __init__(self, path: Path, may_write: Callable[[], None] | None = None) -> None:
        self._path = path
        self._may_write = may_write or (lambda: None)  # raises where we may not
        self._turn = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None  # which file it writes
        self._log: tuple[int, int] | None = None  # which file the log was after our last change
        self._last = 0.0
        self._waiting: threading.Timer | None = None
        self._beside: sqlite3.Connection | None = None  # that copies while the other one writes
        self._copying: threading.Timer | None = None
        self._copied = 0  # bytes of the log when it was last copied
        self._changes = 0  # since then

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
                    self._look_at_log()
                    return done
        raise busy or AssertionError

    def _kept(self) -> sqlite3.Connection:
        """Return the connection; a new one where another program took the log away under it.

        That can only be where this process lost its locks: closing any other handle on the file lets go of them.
        """
        if self._connection is not None and self._log != self._log_file()[0]:
            self._let_go()
        if self._connection is None:
            connection = connect(self._path, read_only=False)
            try:
                fit_place(connection, self._path)
                connection.execute("PRAGMA wal_autocheckpoint=0")
            except BaseException:
                connection.close()
                raise
            self._connection, self._file = connection, _which(self._path)
        return self._connection

    def _log_file(self) -> tuple[tuple[int, int] | None, int]:
        """Return which file the log is, None where there is none, and its bytes."""
        status = _status(Path(f"{self._path}-wal"))
        return (None, 0) if status is None else (_named(status), status.st_size)

    def _look_at_log(self) -> None:
        """See after a change that its log is folded when it is quiet, and copied before where it gets long."""
        self._log, size = self._log_file()
        if self._log is None:
            return
        self._fold_later()
        self._changes += 1
        if self._copying is None and (self._changes >= MANY or size - self._copied > LONG):
            self._changes, self._copied = 0, size
            self._copying = threading.Timer(0.0, self._copy_long)
            self._copying.daemon = True
            self._copying.start()

    def _copy_long(self) -> None:
        with suppress(sqlite3.Error):  # a full disk: what was saved stands in the log, and it is tried again
            self._copy()
        with self._turn:
            self._copying = None

    def _copy(self) -> None:
        """Copy what the log holds into the file, as far as nobody reads it; who writes meanwhile waits for nothing."""
        with self._turn:
            is_ours = self._file == _which(self._path) and self._log == self._log_file()[0]
            if self._connection is None or not is_ours:
                return  # another file took its place: what opened it now would take our log for its own
            if self._beside is None:
                self._beside = connect(self._path, read_only=False)
            beside = self._beside
        beside.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _fold_later(self) -> None:
        self._last = time.monotonic()
        if self._waiting is None:
            self._waiting = threading.Timer(QUIET, self._when_quiet)
            self._waiting.daemon = True
            self._waiting.start()

    def _when_quiet(self) -> None:
        is_quiet = time.monotonic() - self._last >= QUIET
        try:
            if is_quiet:
                self._copy()
        except sqlite3.Error:  # a full disk: what was saved stands in the log, and it is tried again
            is_quiet = False
        with self._turn:
            if self._waiting is not threading.current_thread():
                return  # closed meanwhile
            self._waiting = None
            last = self._last
            try:
                is_done = is_quiet and time.monotonic() - last >= QUIET and self._fold()
            except sqlite3.Error:
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
        if not busy:
            self._copied = self._changes = 0
        return not busy

    def close(self) -> None:
        """Fold the log as far as nobody reads it, and let go. Where others are at work, the last folds the rest."""
        with self._turn:
            waiting, self._waiting = self._waiting, None
            copying = self._copying
        if waiting is not None:
            waiting.cancel()
        for thread in (waiting, copying):
            if thread is not None:
                thread.join()
        with self._turn:
            try:
                self._fold()
            except sqlite3.Error as error:
                if not is_of_place(error):
                    raise told(error, self._path, is_writing=False) from error
                # a full disk: what was saved stands in the log, where whoever opens next finds it
            finally:
                self._let_go()

    def _let_go(self) -> None:
        if self._beside is not None:
            self._beside.close()
        if self._connection is not None:
            self._connection.close()
        self._beside, self._connection, self._log = None, None, None
        self._copied = self._changes = 0


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _named(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _which(path: Path) -> tuple[int, int] | None:
    """Return which file stands at a path, None where there is none."""
    status = _status(path)
    return None if status is None else _named(status)
