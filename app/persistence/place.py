"""The journal mode that fits where a registry lies: set with the first change written there, never by opening."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from app.errors import Busy
from app.persistence.faults import is_busy
from app.persistence.files.hindrance import IN_USE, Hindrance
from app.persistence.reading import (
    A_TRY,
    is_read_only,
    is_shared_disk,
    journal_mode_for,
    reading,
    true_path,
)
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path


class InUse(Busy):
    """On a share, the mode can't be set because somebody else has the file open: nothing is written there so."""

    def __init__(self) -> None:
        super().__init__(IN_USE.refusal)
        self.hindrance: Hindrance = IN_USE


def fit_place(connection: sqlite3.Connection, path: Path) -> None:
    """Give a file the mode that fits its place: it may have been copied there, or QGIS has looked at it.

    Raises InUse where another program keeps it from that on a share, where the other mode can lose what is saved.
    On a local disk both modes keep it: then the next change tries again.
    """
    wanted = journal_mode_for(path).lower()
    if _mode(connection) == wanted:
        return
    connection.execute("PRAGMA busy_timeout=0")
    try:
        connection.execute(f"PRAGMA journal_mode={wanted}")
    except sqlite3.OperationalError as error:
        if not is_busy(error):
            raise
    finally:
        connection.execute(f"PRAGMA busy_timeout={int(A_TRY * 1000)}")
    got = _mode(connection)
    if got != wanted and wanted == "delete":
        raise InUse
    connection.execute(f"PRAGMA synchronous={'FULL' if got == 'wal' else 'EXTRA'}")


def misfit(path: Path) -> Text | None:
    """Return what is said of a file whose mode does not fit its place; None where it does."""
    path = true_path(path)
    with reading(path, read_only=is_read_only(path)) as reader:
        mode = str(reader.exec_driver_sql("PRAGMA journal_mode").scalar())
        if reader.hindrance is not None or mode == journal_mode_for(path).lower():
            return None
    if is_shared_disk(path):
        return Text(
            "它是从本机磁盘复制到网络盘或移动盘上的，写法还是本机的；下次保存时改过来。",
            "It was copied from a local disk to a share or removable disk and is still set for the local one; "
            "the next change saved sets that right.",
        )
    return Text(
        "它的写法是单个文件的：备份出来的都这样，别的程序（例如 QGIS）打开看过的也这样。数据没有变；下次保存时换过来。",
        "It is kept as a single file, as a backup is, or one that another program (QGIS) has looked at; no data changed, "
        "and the next change saved switches its journal mode.",
    )


def _mode(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])
