"""Reading a registry file: how SQLite must be set, and the ways to read where the plain one is barred.

Reading and writing go through Python's own driver: every start waits for it, and importing SQLAlchemy, in which the
tables are declared, takes as long as reading a district.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from app.persistence.faults import UNREADABLE, is_busy, is_of_place, telling
from app.persistence.files.hindrance import Hindrance, hindrance_of
from app.persistence.files.own_copy import holds_a_log, own_copy
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PATIENCE: Final = 10.0  # seconds that reading and writing wait for others, all tries together
A_TRY: Final = 1.0  # seconds of one of them, inside SQLite
_NOT_LOCAL: Final = frozenset(
    (
        *(
            "9p",
            "afpfs",
            "afs",
            "ceph",
            "cifs",
            "davfs",
            "davfs2",
            "drvfs",
            "exfat",
            "fat",
            "fat32",
            "glusterfs",
        ),
        *(
            "lustre",
            "msdos",
            "ncpfs",
            "network",
            "nfs",
            "nfs3",
            "nfs4",
            "prl_fs",
            "remote",
            "removable",
            "smb",
        ),
        *("smb2", "smb3", "smbfs", "vboxsf", "vfat", "vmhgfs", "webdav"),
    )
)
_BY_PROGRAM: Final = "fuse."  # a share by ssh, a cloud, the desk's own "network places"; but not these:
_LAID_OVER: Final = frozenset(
    ("fuse.fuse-overlayfs", "fuse.gocryptfs", "fuse.encfs", "fuse.bindfs", "fuse.mergerfs")
)


class Runs(Protocol):
    """What a statement is run on: a ``Reader``, or a ``Writer`` inside a write.

    ``keeps_itself``: what it reads from keeps its rows and indexes whole by itself, and may show a user a part of them;
    nothing is looked for past an index, nor counted to see whether it is all there.
    """

    keeps_itself: bool

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


class Unread(str):
    """Text that is no UTF-8, its strange bytes escaped: no text that a row can hold, whoever wrote it."""

    __slots__ = ()


def _read_or_not(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return Unread(raw.decode("utf-8", "backslashreplace"))


class Reader:
    """One read transaction."""

    keeps_itself = False

    def __init__(self, connection: sqlite3.Connection, hindrance: Hindrance | None = None) -> None:
        self._connection = connection
        self.hindrance = hindrance  # what kept it from being read in the plain way

    def exec_driver_sql(self, statement: str, parameters: Sequence[Any] = ()) -> Rows:
        """Run a statement and return its rows; text that can't be read stands in them as ``Unread``."""
        try:
            return self._rows(statement, parameters)
        except sqlite3.OperationalError as error:
            if UNREADABLE not in str(error):
                raise
        # text that is damaged can't fit its checksum: whoever compares the row names it
        self._connection.text_factory = _read_or_not
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


def true_path(path: Path) -> Path:
    """Return the one path of a file, whatever name it is reached by; asked once, at the door.

    Lease, log and kind of disk go by it: through a symlink, a mapped drive or ".." they would be others.
    """
    return path.resolve()


def has_other_names(path: Path) -> bool:
    """Whether a file can be reached under a second name that no path tells: a hard link, a mount of the file alone."""
    return path.stat().st_nlink > 1 or str(path) in {mount for mount, _ in _mounts()}


def tries() -> Iterator[None]:
    """Give a turn as long as there is patience for another whole try, and at least one."""
    end = time.monotonic() + PATIENCE - A_TRY
    yield
    while time.monotonic() < end:
        yield


def connect(
    path: Path, *, read_only: bool, is_alone: bool = False, is_frozen: bool = False
) -> sqlite3.Connection:
    """Return a connection to an existing file, set up as every one of ours must be.

    ``is_alone``: it holds the file for itself and keeps the index of the log in memory, not beside the file.
    ``is_frozen``: nobody writes the file while it is read, and no log belongs to it; so no lock is taken.
    """
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(  # quoted: it may be called a?b#c.gpkg
        f"{path.absolute().as_uri()}?mode={mode}{'&immutable=1' if is_frozen else ''}",
        uri=True,
        isolation_level=None,
        timeout=A_TRY,
        check_same_thread=False,
    )
    try:
        if is_alone:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        for pragma in ("foreign_keys=ON", "trusted_schema=OFF", "secure_delete=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        connection.execute(f"PRAGMA synchronous={'FULL' if mode == 'wal' else 'EXTRA'}")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def reading(path: Path, *, read_only: bool) -> Iterator[Reader]:
    """Give one read transaction, so that all that is read belongs together.

    What keeps one from writing does not keep one from reading: where the plain way is barred (a full disk, a used up
    quota, a folder to read only with a log left in it) the others are gone.
    """
    with telling(path, is_writing=False):
        connection, hindrance = begun(path, read_only=read_only)
        with closing(connection):
            yield Reader(connection, hindrance)


def begun(path: Path, *, read_only: bool) -> tuple[sqlite3.Connection, Hindrance | None]:
    """Return a connection whose read transaction has begun, and what barred the plain way, None if nothing did.

    What an earlier writer left half done is undone.
    """
    path = true_path(path)  # a log lies beside the file, not beside a link to it
    busy: sqlite3.Error | None = None
    for _ in tries():
        try:
            try:
                return _started(connect(path, read_only=read_only)), None
            except sqlite3.Error as error:
                if not is_of_place(error):
                    raise
                return _begun_otherwise(path, error, read_only=read_only)
        except sqlite3.Error as error:
            if not is_busy(error):
                raise
            busy = error
    raise busy or sqlite3.OperationalError("no try was made")


def _begun_otherwise(
    path: Path, first: sqlite3.Error, *, read_only: bool
) -> tuple[sqlite3.Connection, Hindrance | None]:
    """Read a file that can't be read in the plain way, whose failure is given; raise that where no way leads on."""
    ways: tuple[Callable[[], sqlite3.Connection | None], ...] = (
        lambda: None if read_only else connect(path, read_only=False, is_alone=True),
        lambda: None if holds_a_log(path) else connect(path, read_only=True, is_frozen=True),
        lambda: connect(own_copy(path), read_only=False),
    )
    for way in ways:
        try:
            connection = way()
            if connection is not None:
                return _started(connection), hindrance_of(path) or _unnamed(first)
        except OSError:  # no room for a copy either
            continue
        except sqlite3.Error as error:
            if not is_of_place(error):
                raise
    raise first


def _started(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _unnamed(error: sqlite3.Error) -> Hindrance | None:
    """Return the hindrance that the system has no name for."""
    return Hindrance(
        "other",
        Text(
            f"台账旁边建不了保存时要用的文件（{words_of(error).zh}）。",
            f"What saving needs can't be made beside the registry ({words_of(error).en}).",
        ),
        Text("看看那个文件夹，或备份到别处。", "Look into that folder, or back up elsewhere."),
    )


def is_shared_disk(path: Path) -> bool:
    """Whether a path lies on a network share or a removable disk, where a write-ahead log can lose or block."""
    place = path.absolute()
    if place.drive.startswith("\\\\"):  # \\server\share
        return True
    deepest, kind = "", ""
    for mount, filesystem in _mounts():
        if len(mount) >= len(deepest) and place.is_relative_to(
            mount
        ):  # of two, the later lies over the first
            deepest, kind = mount, filesystem
    kind = kind.lower()
    return kind in _NOT_LOCAL or (kind.startswith(_BY_PROGRAM) and kind not in _LAID_OVER)


def _mounts() -> list[tuple[str, str]]:
    """Return where disks are mounted, and their file systems."""
    try:  # at every start: 30 times quicker than the library, which is for the other systems
        lines = Path("/proc/self/mounts").read_bytes().splitlines()
    except OSError:
        return _mounts_by_library()
    fields = (line.split(b" ") for line in lines)
    return [(os.fsdecode(_plain(parts[1])), os.fsdecode(parts[2])) for parts in fields if len(parts) > 2]


def _plain(escaped: bytes) -> bytes:
    """Return a name as it is: blanks and the like stand as three octal digits in it, Chinese as it is."""
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8) & 0xFF]), escaped)


def _mounts_by_library() -> list[tuple[str, str]]:
    import psutil

    found = []
    for part in psutil.disk_partitions(all=True):
        away = {"remote", "removable"}.intersection(part.opts.split(","))
        found.append((part.mountpoint, away.pop() if away else part.fstype))
    return found


def journal_mode_for(path: Path) -> str:
    """Return WAL on a local disk; DELETE elsewhere."""
    return "DELETE" if is_shared_disk(path) else "WAL"
