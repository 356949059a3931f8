"""Reading a registry file: how SQLite must be set, and how its failures read.

Reading and writing go through Python's own driver: every start waits for it, and importing SQLAlchemy, in which the
tables are declared, takes as long as reading a district.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from app.errors import Busy, Conflict, IntegrityFault, RegistryError, StorageFault
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE: Final = 10.0  # seconds that reading and writing wait for others, all tries together
A_TRY: Final = 1.0  # seconds of one of them, inside SQLite
NO_BACKUPS: Final = Text(
    "程序不会自动备份；自己存过备份的，用 restore 恢复。",
    "No backups are made by themselves; if you made one, `restore` brings it back.",
)
_MUST_RECOVER: Final = ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTINIT")
_NOT_LOCAL = {
    "nfs",
    "nfs4",
    "cifs",
    "smb",
    "smb2",
    "smbfs",
    "smb3",
    "9p",
    "fuse.sshfs",
    "vfat",
    "exfat",
    "msdos",
    "fat32",
}


_UNREADABLE: Final = "Could not decode to UTF-8"  # as Python's driver says it


class Runs(Protocol):
    """What a statement is run on: a ``Reader``, or a ``Writer`` inside a write."""

    def exec_driver_sql(self, statement: str, parameters: Any = ...) -> Any:
        """Run SQLite's own SQL with ``?`` for values, and return its rows."""


class Rows(list[Any]):
    """The rows of a statement. ``rowcount``: how many it changed, -1 where it changes none."""

    rowcount = -1

    def all(self) -> Rows:
        """Return every row."""
        return self

    def first(self) -> Any:
        """Return the first row, None if there is none."""
        return self[0] if self else None

    def one(self) -> Any:
        """Return the only row."""
        (row,) = self
        return row

    def scalar(self) -> Any:
        """Return the first value of the first row, None if there is none."""
        return self[0][0] if self else None

    scalar_one = scalar


class Reader:
    """One read transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def exec_driver_sql(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        """Run a statement and return its rows; characters that can't be read stand in them as their bytes."""
        try:
            return self._rows(statement, parameters)
        except sqlite3.OperationalError as error:
            if _UNREADABLE not in str(error):
                raise
        # text that is damaged can't fit its checksum: whoever compares the row names it
        self._connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
        try:
            return self._rows(statement, parameters)
        finally:
            self._connection.text_factory = str

    def _rows(self, statement: str, parameters: Sequence[Any]) -> Rows:
        cursor = self._connection.execute(statement, tuple(parameters))
        rows = Rows(cursor)
        rows.rowcount = cursor.rowcount
        return rows


def is_read_only(path: Path) -> bool:
    """Whether this user can't write a registry; SQLite writes beside the file as well as into it."""
    return not (os.access(path, os.W_OK) and os.access(path.resolve().parent, os.W_OK))


def address_of(path: Path, *, read_only: bool) -> str:
    """Return the address under which SQLite opens an existing file, quoted: it may be called a?b#c.gpkg.

    In a folder that can't be written and in which nobody has the file open, SQLite has no place for its
    write-ahead index; it is told that the file does not change. With a log or journal beside it that is not so.
    """
    address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
    real = path.resolve()
    beside = [real.with_name(real.name + ending) for ending in ("-wal", "-journal")]
    if read_only and not os.access(real.parent, os.W_OK) and not any(log.exists() for log in beside):
        address += "&immutable=1"
    return address


def tries() -> Iterator[None]:
    """Give a turn as long as there is patience for another whole try, and at least one."""
    end = time.monotonic() + PATIENCE - A_TRY
    yield
    while time.monotonic() < end:
        yield


def is_busy(error: BaseException) -> bool:
    """Whether SQLite failed because somebody else holds the file."""
    name = getattr(error, "sqlite_errorname", "") or ""
    return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Return a connection to an existing file, set up as every one of ours must be."""
    connection = sqlite3.connect(
        address_of(path, read_only=read_only),
        uri=True,
        isolation_level=None,
        timeout=A_TRY,
        check_same_thread=False,
    )
    try:
        for pragma in ("foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.execute(f"PRAGMA synchronous={'FULL' if mode == 'wal' else 'EXTRA'}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def reading(path: Path, *, read_only: bool) -> Iterator[Reader]:
    """Give one read transaction, so that all that is read belongs together."""
    with telling(), closing(begun(path, read_only=read_only)) as connection:
        yield Reader(connection)


def begun(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Return a connection whose read transaction has begun: what an earlier writer left half done is undone."""
    busy: sqlite3.Error | None = None
    for _ in tries():
        connection = None
        try:
            connection = connect(path, read_only=read_only)
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            if not is_busy(error):
                raise
            busy = error
        else:
            return connection
    raise busy or sqlite3.OperationalError("no try was made")


def is_shared_disk(path: Path) -> bool:
    """Whether a path lies on a network share or a removable disk, where a write-ahead log can lose or block."""
    place = path.absolute()
    deepest, kind = "", ""
    for mount, filesystem in _mounts():
        if len(mount) > len(deepest) and place.is_relative_to(mount):
            deepest, kind = mount, filesystem
    return kind.lower() in _NOT_LOCAL


def _mounts() -> list[tuple[str, str]]:
    """Return where disks are mounted, and their file systems."""
    try:  # at every start: 30 times quicker than the library, which is for the other systems
        lines = Path("/proc/self/mounts").read_text("utf-8").splitlines()
    except OSError:
        import psutil

        return [(part.mountpoint, part.fstype) for part in psutil.disk_partitions(all=True)]
    fields = (line.split(" ") for line in lines)
    return [(parts[1].encode().decode("unicode_escape"), parts[2]) for parts in fields if len(parts) > 2]


def journal_mode_for(path: Path) -> str:
    """Return WAL on a local disk; DELETE elsewhere."""
    return "DELETE" if is_shared_disk(path) else "WAL"


@contextmanager
def telling() -> Iterator[None]:
    """Turn a failure of SQLite into one that a user can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise told(error) from error


def told(error: BaseException) -> RegistryError:
    """Return SQLite's failure as a sentence that a user can act on."""
    name = getattr(error, "sqlite_errorname", "") or ""
    if is_busy(error):
        return Busy(
            Text(
                "台账一直被另一个程序占着，等了 10 秒，没有保存。稍后再试。",
                "Another program held the registry for 10 seconds; nothing was saved. Try again in a moment.",
            )
        )
    if name in _MUST_RECOVER:
        return StorageFault(
            Text(
                "上次写到一半就断了，要先收尾才能读，而这里只读。"
                "把文件连同旁边的 -wal、-journal 一起复制到能写的地方再打开。",
                "The last write was cut off and must be settled first, and this place is read-only. "
                "Copy the file with its -wal or -journal to where you can write, and open that.",
            )
        )
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        return StorageFault(
            Text(
                f"磁盘写不下或读不出：{error}。没有保存。",
                f"The disk is full or failing: {error}. Nothing was saved.",
            )
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StorageFault(
            Text(f"台账打不开或不许写：{error}。", f"The registry can't be opened or written: {error}.")
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or _UNREADABLE in str(error):
        return IntegrityFault(
            Text(
                f"文件损坏或不完整：{error}。{NO_BACKUPS.zh}",
                f"The file is damaged or cut short: {error}. {NO_BACKUPS.en}",
            )
        )
    if name.startswith("SQLITE_CONSTRAINT"):
        return Conflict(
            Text(
                f"与台账里已有的记录冲突：{error}。没有写入。",
                f"It conflicts with what the registry holds: {error}. Nothing was written.",
            )
        )
    return StorageFault(
        Text(f"数据库出错：{error}。没有保存。", f"The database failed: {error}. Nothing was saved.")
    )
