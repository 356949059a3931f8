"""How SQLite's failures read: as sentences that name the cause and what to do."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.errors import Busy, Conflict, IntegrityFault, RegistryError, StorageFault
from app.persistence.backups.way_back import way_back
from app.persistence.files.hindrance import Hindered, hindrance_of
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNREADABLE: Final = "Could not decode to UTF-8"  # as Python's driver says it
_MUST_RECOVER: Final = ("SQLITE_READONLY_ROLLBACK", "SQLITE_READONLY_RECOVERY", "SQLITE_READONLY_CANTINIT")
_OF_PLACE: Final = ("SQLITE_IOERR", "SQLITE_FULL", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")
_NOT_SAVED: Final = Text("没有保存。", " Nothing was saved.")  # only where something was to be
_NOTHING: Final = Text("", "")


def is_busy(error: BaseException) -> bool:
    """Whether SQLite failed because somebody else holds the file."""
    return _name_of(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


def is_of_place(error: BaseException) -> bool:
    """Whether SQLite failed because of where the file lies, not because of what it holds."""
    return _name_of(error).startswith(_OF_PLACE)


def _name_of(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", "") or ""


@contextmanager
def telling(path: Path, *, is_writing: bool) -> Iterator[None]:
    """Turn a failure of SQLite into one that a user can act on."""
    try:
        yield
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite's own words may quote what is damaged
        raise told(error, path, is_writing=is_writing) from error


def told(error: BaseException, path: Path, *, is_writing: bool) -> RegistryError:
    """Return SQLite's failure as a sentence that a user can act on; only a write says that nothing was saved."""
    name = _name_of(error)
    lost = _NOT_SAVED if is_writing else _NOTHING
    if is_busy(error):
        return Busy(
            Text(
                f"台账一直被另一个程序占着，等了 10 秒。{lost.zh}稍后再试。",
                f"Another program held the registry for 10 seconds.{lost.en} Try again in a moment.",
            )
        )
    if name in _MUST_RECOVER:
        return StorageFault(
            Text(
                "上次写到一半就断了，要先收尾才能读，而这里只读，也没有地方放一份来收尾。"
                "把文件连同旁边的 -wal、-journal 一起复制到能写的地方再打开。",
                "The last write was cut off and must be settled first; this place is read-only, and there is no room "
                "for a copy to settle it in. Copy the file with its -wal or -journal to where you can write, and open that.",
            )
        )
    if is_of_place(error):
        return _of_place(error, path, is_writing=is_writing)
    is_unreadable = isinstance(error, UnicodeDecodeError) or UNREADABLE in str(error)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or is_unreadable:
        back = way_back(path)
        zh, en = (f"：{words_of(error).zh}", f": {words_of(error).en}") if is_unreadable else ("", "")
        return IntegrityFault(
            Text(f"文件损坏或不完整{zh}。{back.zh}", f"The file is damaged or cut short{en}. {back.en}")
        )
    if name.startswith("SQLITE_CONSTRAINT"):
        return Conflict(
            Text(
                f"与台账里已有的记录冲突：{words_of(error).zh}。没有写入。",
                f"It conflicts with what the registry holds: {words_of(error).en}. Nothing was written.",
            )
        )
    return StorageFault(
        Text(
            f"数据库出错：{words_of(error).zh}。{lost.zh}",
            f"The database failed: {words_of(error).en}.{lost.en}",
        )
    )


def _of_place(error: BaseException, path: Path, *, is_writing: bool) -> StorageFault:
    """Name the cause that the system tells; SQLite's own words where it tells none."""
    hindrance = hindrance_of(path)
    if hindrance is not None and is_writing:
        return Hindered(hindrance, hindrance.refusal)
    if hindrance is not None and os.access(path, os.R_OK):
        cause, way_on = hindrance.cause, hindrance.way_on
        return Hindered(
            hindrance, Text(f"台账打不开：{cause.zh}{way_on.zh}", f"Not opened: {cause.en} {way_on.en}")
        )
    lost = _NOT_SAVED if is_writing else _NOTHING
    if _name_of(error).startswith(("SQLITE_FULL", "SQLITE_IOERR")):
        why = words_of(error)
        return StorageFault(
            Text(
                f"台账读不出或写不下：{why.zh}。{lost.zh}",
                f"The registry can't be read or written: {why.en}.{lost.en}",
            )
        )
    return StorageFault(
        Text(
            f"台账打不开或不许写：{words_of(error).zh}。{lost.zh}",
            f"The registry can't be opened or written: {words_of(error).en}.{lost.en}",
        )
    )
