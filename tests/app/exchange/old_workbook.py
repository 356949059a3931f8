"""Workbooks in the format before XML (.xls), made by hand: nothing that we install writes them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.exchange.picture import Block

_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512
_ERROR = 0x2A  # #N/A


def write_old_workbook(
    path: Path, rows: Sequence[Sequence[object]], *, merged: Sequence[Block] = (), hidden: Sequence[int] = ()
) -> Path:
    """Write one sheet of texts and numbers; a cell ``#N/A`` is that error. ``hidden``: rows as the sheet counts."""
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1996, 0, 0))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for at, row in enumerate(rows):
        flags = 0x120 if at + 1 in hidden else 0x100
        sheet += _record(0x0208, struct.pack("<HHHHHHI", at, 0, len(row), 255, 0, 0, flags))
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            sheet += _cell(at, place, cell)
    ranges = b"".join(struct.pack("<HHHH", b.top - 1, b.bottom - 1, b.left, b.right) for b in merged)
    sheet += _record(0x00E5, struct.pack("<H", len(merged)) + ranges) + _record(0x000A)
    book = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1996, 0, 0))
    name = struct.pack("<BB", 1, 1) + "表".encode("utf-16-le")
    start = len(book) + 4 + 6 + len(name) + 4
    book += _record(0x0085, struct.pack("<IBB", start, 0, 0) + name) + _record(0x000A)
    path.write_bytes(_compound(book + sheet))
    return path


def _record(number: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _cell(row: int, place: int, cell: object) -> bytes:
    where = struct.pack("<HHH", row, place, 0)
    if cell is None:
        return b""
    if cell == "#N/A":
        return _record(0x0205, where + struct.pack("<BB", _ERROR, 1))
    if isinstance(cell, int | float):
        return _record(0x0203, where + struct.pack("<d", cell))
    text = str(cell)
    return _record(0x0204, where + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def _compound(stream: bytes) -> bytes:
    """Return a compound file of one stream, which is padded to what needs no small sectors."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    head = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    head += struct.pack("<109I", 0, *[_FREE] * 108)
    entries = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    return head + table + entries.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
