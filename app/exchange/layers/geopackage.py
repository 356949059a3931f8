"""A GeoPackage before GDAL sees it: whole, with the logs that belong to it used, and its layers counted."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from typing import TYPE_CHECKING, Final

from app.exchange.reading import Layer, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = 100  # bytes of an SQLite header
_JOURNAL: Final = bytes.fromhex("d9d505f920a163d7")
_WAL: Final = (bytes.fromhex("377f0682"), bytes.fromhex("377f0683"))
_NEVER_DATA: Final = frozenset(
    ("layer_styles", "qgis_projects", "ogr_empty_table")
)  # what programs keep for themselves


def check_gpkg(path: Path, name: str) -> list[tuple[str, str]]:
    """Use the logs beside a GeoPackage, refuse one that is cut off or damaged, and return what is to be said.

    ``name`` is what its sentences call the file; ``path`` is a private copy, which the logs may change.
    """
    head = _head(path)
    logs = [log for log in (_hot_journal(path, head, name), _wal(path, head, name)) if log is not None]
    if not logs:
        _must_be_whole(path, head)
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            known = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'"
            ).fetchone()[0]
            if logs:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise _damaged(str(error), logs) from error
    if verdict != "ok":
        raise _damaged(str(verdict), logs)
    if logs:
        _must_be_whole(path, _head(path))
    if not known:
        raise Unreadable(
            "是 SQLite 文件，但不是 GeoPackage（没有 gpkg_contents）。",
            "It is an SQLite file but no GeoPackage (no gpkg_contents).",
        )
    return [
        (
            f"这个文件正被写着（旁边有 {log}），读的是上一次存好的内容。",
            f"The file was being written ({log} lies beside it); the last saved state was read.",
        )
        for log in logs
    ]


def gpkg_layers(path: Path) -> list[Layer]:
    """Return the layers and attribute tables of a GeoPackage with their rows counted; what programs keep is none."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            named = connection.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', 'attributes', 'aspatial') ORDER BY rowid"
            ).fetchall()
            names = [name for (name,) in named if name in there and name not in _NEVER_DATA]
            return [Layer(name, _count(connection, name)) for name in names]
    except sqlite3.Error as error:
        raise _damaged(str(error), []) from error


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = '"' + table.replace('"', '""') + '"'
    try:
        return int(connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0])  # noqa: S608  # quoted
    except sqlite3.OperationalError:  # a view that leans on functions of another program
        return 0


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if len(head) < _HEAD:
        raise Unreadable("GeoPackage 不完整。重新拷贝一次。", "The GeoPackage is cut off. Copy it again.")
    return head


def _page_size(head: bytes) -> int:
    size: int = struct.unpack(">H", head[16:18])[0]
    return 65536 if size == 1 else size


def _must_be_whole(path: Path, head: bytes) -> None:
    page, pages = _page_size(head), struct.unpack(">I", head[28:32])[0]
    if head[24:28] == head[92:96] and path.stat().st_size < page * pages:
        raise Unreadable(
            f"GeoPackage 不完整：应有 {page * pages} 字节，只有 {path.stat().st_size}。重新拷贝一次。",
            f"The GeoPackage is cut off: {page * pages} bytes are due, {path.stat().st_size} are there. Copy it again.",
        )


def _hot_journal(path: Path, head: bytes, name: str) -> str | None:
    """Return the name of the log of an unfinished write that has to be taken back, None where there is none."""
    log = path.with_name(f"{path.name}-journal")
    if not log.exists():
        return None
    data = log.read_bytes()
    if data[:8] != _JOURNAL:  # kept empty or wiped by whoever wrote last: nothing to take back
        log.unlink()
        return None
    called = f"{name}.gpkg-journal"
    sector, page = struct.unpack(">II", data[20:28]) if len(data) >= 28 else (0, 0)
    if page != _page_size(head) or not _is_of(data, sector, page, head):
        raise _foreign_log(called)
    return called


def _is_of(data: bytes, sector: int, page: int, head: bytes) -> bool:
    """Whether the first page that a journal keeps is an earlier one of this file; True where it keeps none."""
    at = sector
    while at + 4 + page <= len(data):
        if struct.unpack(">I", data[at : at + 4])[0] == 1:
            before = data[at + 4 : at + 4 + _HEAD]
            counts = [struct.unpack(">I", of[24:28])[0] for of in (before, head)]
            return before[:24] == head[:24] and counts[1] - counts[0] in (0, 1)
        at += 8 + page
    return True


def _wal(path: Path, head: bytes, name: str) -> str | None:
    """Return the name of a write-ahead log that holds something, None where there is none."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return None
    with log.open("rb") as file:
        start = file.read(12)
    called = f"{name}.gpkg-wal"
    if len(start) < 12 or start[:4] not in _WAL or struct.unpack(">I", start[8:12])[0] != _page_size(head):
        raise _foreign_log(called)
    return called


def _foreign_log(log: str) -> Unreadable:
    return Unreadable(
        f"旁边的 {log} 和这个文件对不上，不知道哪些内容是存好的。请写这个文件的程序存好、关掉，再导入。",
        f"{log} beside it does not fit this file, so nobody can tell what was saved. Save and close it in the program that wrote it.",
    )


def _damaged(what: str, logs: list[str]) -> Unreadable:
    if logs:
        return Unreadable(
            f"用上旁边的 {'、'.join(logs)} 以后，GeoPackage 是坏的（{what}）。请写这个文件的程序存好、关掉，再导入。",
            f"With {', '.join(logs)} beside it the GeoPackage is damaged ({what}). Save and close it in the program that wrote it.",
        )
    return Unreadable(f"GeoPackage 损坏：{what}。", f"The GeoPackage is damaged: {what}.")
