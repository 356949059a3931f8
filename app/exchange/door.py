"""What a file is before it is opened: a regular file of a format we read, told by its content; what lies beside it."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.exchange.reading import FORMATS
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST: Final = 1 << 30  # bytes of a source that we copy
_SIDECARS: Final = {".shp": (".shx", ".dbf", ".prj", ".cpg"), ".gpkg": (".gpkg-wal", ".gpkg-journal")}
_MAGIC: Final = {
    "gpkg": (b"SQLite format 3\0", "GeoPackage"),
    "shp": (b"\0\0\x27\x0a", "Shapefile"),
    "zip": (b"PK", "zip"),
    "parquet": (b"PAR1", "Parquet"),
}
_BOOK: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_PAGE: Final = re.compile(
    rb"\s*(?:<!doctype\s+html|<html|<table|<meta|<head|<body|<div|<style|<\?xml|<!--|mime-version\s*:)",
    re.IGNORECASE,
)
_KML: Final = re.compile(rb"<(?:\w+:)?kml[\s>]")
_BINARY: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_HEAD: Final = 4096  # bytes looked at


def refused(path: Path, zh: str, en: str, row: int | None = None) -> InvalidInput:
    """Return the refusal of a file with its name, and its row where one is to blame."""
    message = Text(f"{path.name}：{zh}", f"{path.name}: {en}")
    return InvalidInput(message, (Problem(message=Text(zh, en), file=path.name, row=row),))


def format_of(path: Path) -> str:
    """Return the format of a file that may be read, by its content; refuse anything else before it is opened."""
    try:
        found = path.lstat()
    except (OSError, ValueError) as error:
        raise refused(path, "没有这个文件。", "There is no such file.") from error
    if stat.S_ISLNK(found.st_mode):
        raise _link(path)
    if stat.S_ISDIR(found.st_mode):
        raise _folder(path)
    if not stat.S_ISREG(found.st_mode):
        raise refused(path, "不是普通文件。", "This is not a regular file.")
    if found.st_size == 0:
        raise refused(path, "文件是空的。", "The file is empty.")
    if found.st_size > _LARGEST:
        raise refused(path, "文件超过 1 GiB，请分开导入。", "The file is over 1 GiB; import it in parts.")
    named = FORMATS.get(path.suffix.lower())
    if named is None:
        known = " ".join(FORMATS)
        raise refused(
            path, f"不认识这种文件。能读：{known}。", f"This kind of file is not known. Known: {known}."
        )
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise refused(
            path, f"打不开：{words_of(error).zh}。", f"Can't be opened: {words_of(error).en}."
        ) from error
    return _by_content(path, named, head)


def _link(path: Path) -> InvalidInput:
    """Return the refusal of a link: whoever dropped it in a folder must not choose what is read and quoted."""
    there = path.resolve()
    return refused(
        path,
        f"这是一个链接，指向 {there}。要导入那个文件，就直接选它。",
        f"This is a link to {there}. Choose that file itself to import it.",
    )


def siblings(path: Path) -> list[Path]:
    """Return the files beside a file that are parts of it."""
    wanted = _SIDECARS.get(path.suffix.lower(), ())
    if not wanted:
        return []
    found = [
        other for other in path.parent.iterdir() if other.stem == path.stem and other.suffix.lower() in wanted
    ]
    for other in found:
        if other.is_symlink():
            raise _link(other)
    return [other for other in found if other.is_file()]


def open_elsewhere(path: Path) -> list[Text]:
    """Say it where a file lies beside it by which a spreadsheet program shows that it has it open."""
    name = path.name
    locks = (f"~${name}", f"~${name[2:]}", f".~lock.{name}#", f".~{name}")
    if not any((path.parent / lock).exists() for lock in locks):
        return []
    return [
        Text(
            "这个文件正在另一个程序里开着，可能还没有存。读的是存好的内容。",
            "The file is open in another program and perhaps not saved. What was saved is read.",
        )
    ]


def _by_content(path: Path, named: str, head: bytes) -> str:
    if named in _MAGIC:
        magic, words = _MAGIC[named]
        if not head.startswith(magic):
            raise refused(
                path,
                f"不是 {words}：文件开头不对。可能没有传完，或改过扩展名。",
                f"This is no {words}: it begins wrongly. It may be cut off or renamed.",
            )
        return named
    if named == "kml":
        if not _KML.search(head):
            raise refused(
                path,
                "不是 KML：文件开头不对。KMZ 先解开，再导入里面的 .kml。",
                "This is no KML: it begins wrongly. Unpack a KMZ and import the .kml in it.",
            )
        return named
    if named == "geojson":
        if head.startswith((b"SQLite", *_BOOK)):
            raise _wrong_ending(path)
        return named
    if head.startswith(_BOOK):
        return "sheet"
    if head.startswith(b"SQLite"):
        raise _wrong_ending(path)
    if _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "page"
    if named == "sheet" and _BINARY.search(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused(
            path,
            "不是 Excel 或 WPS 工作簿：文件开头不对。在 Excel 或 WPS 里打开，另存为 .xlsx 再导入。",
            "This is no workbook: it begins wrongly. Open it in a spreadsheet program and save it as .xlsx.",
        )
    return "csv"


def _wrong_ending(path: Path) -> InvalidInput:
    return refused(path, "扩展名和内容对不上。", "The extension does not match the content.")


def _folder(path: Path) -> InvalidInput:
    try:
        is_geodatabase = any(other.suffix.lower() == ".gdbtable" for other in path.iterdir())
    except OSError:
        is_geodatabase = False
    if is_geodatabase or path.suffix.lower() == ".gdb":
        return refused(
            path,
            "是 File Geodatabase（.gdb 文件夹），读不了。在 ArcGIS 或 QGIS 里把图层导出为 GeoPackage 或 Shapefile 再导入。",
            "This is a File Geodatabase (a .gdb folder), which can't be read. Export its layer as GeoPackage or Shapefile.",
        )
    return refused(path, "是文件夹，不是文件。选里面的一个文件。", "This is a folder. Choose a file inside.")
