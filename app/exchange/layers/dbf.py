"""The text of a .dbf: which encoding it is in, and headings and values that the format cuts inside a character."""

from __future__ import annotations

import codecs
import struct
from typing import TYPE_CHECKING, Final, NamedTuple

from app.exchange.encodings import UnknownEncoding, canonical, detect
from app.exchange.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RAW: Final = "ISO-8859-1"  # hands every byte of a .dbf through; GDAL knows it in capitals alone
_NAME: Final = 10  # bytes of a heading at most
_CUT_NAME: Final = 9  # bytes from which a heading may have been cut: a character more would not have fitted
_PAGES: Final = {"936": "gbk", "65001": "utf-8", "950": "big5", "utf8": "utf-8"}


class Encoded(NamedTuple):
    """What a .dbf says of its text. ``notes`` in both languages."""

    encoding: str
    notes: tuple[tuple[str, str], ...]


class _Field(NamedTuple):
    name: bytes
    is_text: bool
    start: int
    width: int


def text_of(path: Path, given: str | None) -> Encoded:
    """Return the encoding of a .dbf: the user's, that of the .cpg where the content is in it, or the one that fits."""
    data = path.with_suffix(".dbf").read_bytes()
    hint = path.with_suffix(".cpg")
    said = hint.read_text("ascii", errors="replace").strip() if hint.exists() else None
    try:
        claimed = None if said is None else canonical(_PAGES.get(said.lower(), said))
    except UnknownEncoding:
        claimed = None
    found = claimed if claimed and _fits(data, claimed) else _found(data)
    try:
        if given:
            return _as_given(data, canonical(given), said, found)
    except UnknownEncoding as error:
        raise _not_in(str(error)) from error
    if found is None:
        raise _not_in("UTF-8 / GB18030")
    if said is not None and found != claimed:
        return Encoded(
            found,
            (
                (
                    f".cpg 写的是 {said}，内容不是，按 {found} 读。",
                    f".cpg says {said}, the content is {found}.",
                ),
            ),
        )
    return Encoded(found, ())


def decoded(data: bytes, encoding: str, *, is_full: bool) -> str:
    """Return text of a .dbf; where it fills its place, the last character may be cut and is left out."""
    if not is_full:
        return data.decode(encoding)
    decoder = codecs.getincrementaldecoder(encoding)()
    return decoder.decode(data)  # what is left over at the end is the beginning of a character


def names_of(path: Path, encoding: str) -> list[tuple[str, bool]]:
    """Return the headings of a .dbf, each with whether it may be the beginning of a longer one."""
    fields = list(_fields(path.with_suffix(".dbf").read_bytes()))
    return [
        (decoded(f.name, encoding, is_full=len(f.name) >= _CUT_NAME), len(f.name) >= _CUT_NAME)
        for f in fields
    ]


def widths_of(path: Path) -> list[int]:
    """Return how many bytes the values of each field may take."""
    return [field.width for field in _fields(path.with_suffix(".dbf").read_bytes())]


def _as_given(data: bytes, given: str, said: str | None, found: str | None) -> Encoded:
    if not _fits(data, given):
        raise _not_in(given, found)
    if found is not None and found != given and not data.isascii():
        shown = f"{found}（.cpg {said}）" if said else found
        return Encoded(
            given,
            (
                (
                    f"照你写的按 {given} 读，内容看来是 {shown}。列名或值乱了就去掉 --encoding。",
                    f"Read as {given}, as you said; the content looks like {found}. Leave --encoding out if headings or values are garbled.",
                ),
            ),
        )
    return Encoded(given, ())


def _found(data: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        if _fits(data, encoding):
            return encoding
    return None


def _fits(data: bytes, encoding: str) -> bool:
    """Whether headings and values are text in an encoding, but for what the format cut off."""
    start = struct.unpack("<H", data[8:10])[0]
    try:
        if detect(data[start:]) == encoding and all(f.name.isascii() for f in _fields(data)):
            return True
    except UnknownEncoding:
        pass  # a value that was cut may be the reason: looked at one by one below
    try:
        for field in _fields(data):
            decoded(field.name, encoding, is_full=len(field.name) >= _CUT_NAME)
        for cell, width in _cells(data):
            decoded(cell, encoding, is_full=len(cell) >= width - 3)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _fields(data: bytes) -> Iterator[_Field]:
    start = struct.unpack("<H", data[8:10])[0]
    at = 1  # the mark of a deleted row
    for place in range(32, min(start, len(data)) - 31, 32):
        entry = data[place : place + 32]
        if entry[0] == 0x0D:
            return
        width = entry[16] + (entry[17] << 8 if entry[11:12] == b"C" else 0)
        yield _Field(entry[:11].split(b"\0")[0][:11], entry[11:12] == b"C", at, width)
        at += width


def _cells(data: bytes) -> Iterator[tuple[bytes, int]]:
    count, start, width = struct.unpack("<IHH", data[4:12])
    texts = [field for field in _fields(data) if field.is_text]
    for row in range(min(count, max(len(data) - start, 0) // max(width, 1))):
        at = start + row * width
        for field in texts:
            cell = data[at + field.start : at + field.start + field.width].rstrip(b" \0")
            if not cell.isascii():
                yield cell, field.width


def _not_in(encoding: str, found: str | None = None) -> Unreadable:
    if found is not None:
        return Unreadable(
            f".dbf 的文字不是 {encoding} 编码，是 {found}。去掉 --encoding 再试。",
            f"The .dbf is not {encoding} but {found}. Leave --encoding out.",
        )
    return Unreadable(
        f".dbf 的文字不是 {encoding} 编码，换一个 --encoding。",
        f"The .dbf is not {encoding}; try another --encoding.",
    )
