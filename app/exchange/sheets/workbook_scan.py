"""What a workbook's own XML says of a sheet and its reader's library does not: hidden, lost and far-off cells.

Runs in the reading child alone. The XML is looked through in pieces, as bytes; nothing of it is built up.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter, deque
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from app.exchange.picture import column_letters, column_number
from app.exchange.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK: Final = 1 << 20
_LONGEST_ROW: Final = 1 << 26  # bytes of XML
_ROW_GAP: Final = 1000  # empty rows from which what follows lies far off, where it is little
_COLUMN_GAP: Final = 20
_FEW: Final = 20  # cells or rows far off
_SHOWN: Final = 60  # letters of a cell in a sentence
_NUMBER: Final = re.compile(rb'\br="(\d+)"')
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_HIDDEN: Final = re.compile(rb'\bhidden="(?:1|true)"')
_SPAN: Final = re.compile(rb'\b(min|max)="(\d+)"')
_FAR_COLUMNS: Final = re.compile(rb' r="([A-Z]{2,3})\d+"[^>]*[^/]>')
_CELL: Final = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_TAGS: Final = re.compile(rb"<[^>]*>")


class Far(NamedTuple):
    """A cell far outside the table: its row from 1, its column from 0, and what stands in it."""

    row: int
    column: int
    text: str


@dataclass(slots=True)
class Scan:
    """What was found in one sheet. ``lost``: row, column, text, is a formula. ``part``: its place in the workbook.

    ``height``: the last row with content that does not lie far off.
    """

    part: str
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    lost: list[tuple[int, int, str, bool]] = field(default_factory=list)
    far: list[Far] = field(default_factory=list)
    height: int = 0


@cache
def scan(path: Path, sheet: str) -> Scan | None:
    """Return what the XML of a sheet says; None for a workbook that holds no XML, or not that sheet."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        parts = _parts(archive)
        if sheet not in parts:
            return None
        book = archive.read("xl/workbook.xml") if "xl/workbook.xml" in archive.namelist() else b""
        found = _Scanner(parts[sheet], is_uncalculated=b'fullCalcOnLoad="1"' in book)
        with archive.open(parts[sheet]) as file:
            for piece in _pieces(file):
                found.look(piece)
        result = found.result()
        if columns := found.far_columns():
            with archive.open(parts[sheet]) as file:
                result.far += [far for piece in _pieces(file) for far in _in_columns(piece, columns)]
        apart = {(far.row, far.column) for far in result.far}
        result.lost = [lost for lost in result.lost if (lost[0], lost[1]) not in apart]
        if result.far:
            result.far = _with_texts(archive, result)
        return result


def without_far(path: Path, found: Scan) -> Path:
    """Write the workbook without the cells that lie far off beside it, and return its path."""
    where = {f"{column_letters(far.column)}{far.row}".encode() for far in found.far}
    copy = path.with_name(f"near{path.suffix}")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as near:
        for name in archive.namelist():
            data = archive.read(name)
            if name == found.part:
                cell = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>.*?</(?:\w+:)?c>)", re.DOTALL)
                data = cell.sub(lambda m: b"" if _at(m[1]) in where else m[0], data)
            near.writestr(name, data)
    return copy


def _at(attributes: bytes) -> bytes:
    match = _PLACE.search(attributes)
    return b"" if match is None else match[1] + match[2]


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return where each sheet of a workbook lies in it, by the sheet's name."""
    names = {name.lower(): name for name in archive.namelist()}
    book, links = names.get("xl/workbook.xml"), names.get("xl/_rels/workbook.xml.rels")
    if book is None or links is None:
        return {}
    targets = {}
    for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", archive.read(links).decode("utf-8", "replace")):
        said = _attributes(tag)
        target = said.get("Target", "")
        targets[said.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", archive.read(book).decode("utf-8", "replace")):
        said = _attributes(tag)
        part = names.get(targets.get(next((v for k, v in said.items() if k.endswith(":id")), ""), "").lower())
        if part is not None:
            found[unescape(said.get("name", ""))] = part
    return found


def _attributes(tag: str) -> dict[str, str]:
    return {
        name: value or other
        for name, value, other in re.findall(r'([\w:]+)\s*=\s*(?:"([^"]*)"|\'([^\']*)\')', tag)
    }


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Give the XML in pieces that end with a row."""
    kept = b""
    while block := file.read(_BLOCK):
        kept += block
        end = kept.rfind(b"row>")
        if end < 0:
            if len(kept) > _LONGEST_ROW:
                raise Unreadable("工作表有一行太长，读不了。", "A row of the sheet is too long to be read.")
            continue
        yield kept[: end + 4]
        kept = kept[end + 4 :]
    yield kept


class _Scanner:
    def __init__(self, part: str, *, is_uncalculated: bool) -> None:
        self._found = Scan(part)
        self._is_uncalculated = is_uncalculated
        self._is_first = True
        self._rows: list[int] = []  # with content
        self._row = 0
        self._wide: Counter[bytes] = Counter()
        self._last: deque[tuple[int, bytes]] = deque(maxlen=_FEW)  # rows that may turn out to lie far off
        self._prefix = b""
        self._numbered = re.compile(rb'<row\b[^>]*\br="\d')

    def look(self, piece: bytes) -> None:
        if self._is_first:
            self._is_first = False
            root = re.search(rb"<(\w+:)?worksheet\b", piece)
            self._prefix = (root[1] or b"") if root else b""
            self._numbered = re.compile(b"<" + self._prefix + rb'row\b[^>]*\br="\d')
            self._begin(piece)
        self._wide.update(_FAR_COLUMNS.findall(piece))
        p = self._prefix
        if b"hidden=" in piece:
            self._hidden(piece)
        has_lost = b"<" + p + b"f" in piece or b't="e"' in piece
        opening = b"<" + p + b"row"
        if not has_lost and len(self._numbered.findall(piece)) == piece.count(opening):
            piece = piece[self._before_last(piece, opening) :]
        for text in piece.split(b"</" + p + b"row>"):
            begin = text.rfind(opening)
            if begin < 0:
                continue
            number = _NUMBER.search(text, begin, text.find(b">", begin) + 1)
            self._row = int(number[1]) if number else self._row + 1
            if self._has_content(text):
                self._rows.append(self._row)
                self._last.append((self._row, text[begin:]))
            if has_lost and (b"<" + p + b"f" in text or b't="e"' in text):
                self._lost(text[begin:])

    def _has_content(self, text: bytes) -> bool:
        return b"<" + self._prefix + b"v>" in text or b"<" + self._prefix + b"t" in text

    def _before_last(self, piece: bytes, opening: bytes) -> int:
        """Return where the last rows of a piece begin, so many that as many are filled as are looked at; those before change nothing."""
        filled, end = 0, len(piece)
        while filled <= _FEW and (begin := piece.rfind(opening, 0, end)) >= 0:
            filled += self._has_content(piece[begin:end])
            end = begin
        return end if filled > _FEW else 0

    def result(self) -> Scan:
        found = self._found
        far_row = self._first_far_row()
        found.height = max(
            (row for row in self._rows[-_FEW - 1 :] if far_row is None or row < far_row), default=0
        )
        if far_row is not None:
            for row, text in self._last:
                for match in _CELL.finditer(text):
                    if row >= far_row and (at := _PLACE.search(match[1])):
                        found.far.append(Far(row, column_number(at[1].decode()), _raw(match[1], match[2])))
        return found

    def _begin(self, piece: bytes) -> None:
        for tag in re.findall(rb"<(?:\w+:)?col\b[^>]*>", piece[: piece.find(b"sheetData")]):
            if _HIDDEN.search(tag):
                span = {name: int(number) for name, number in _SPAN.findall(tag)}
                first = span.get(b"min", 1)
                self._found.hidden_columns += range(first - 1, min(span.get(b"max", first), first + 500))

    def _hidden(self, piece: bytes) -> None:
        for tag in re.findall(rb"<" + self._prefix + rb"row\b[^>]*>", piece):
            if _HIDDEN.search(tag) and (number := _NUMBER.search(tag)):
                self._found.hidden_rows.append(int(number[1]))

    def _lost(self, text: bytes) -> None:
        p = self._prefix
        form = re.compile(rb"<" + p + rb"c\b([^>]*[^/>])>(.*?)</" + p + rb"c>", re.DOTALL)
        for match in form.finditer(text):
            attributes, inside = match[1], match[2]
            at = _PLACE.search(attributes)
            if at is None:
                continue
            row, column = int(at[2]), column_number(at[1].decode())
            value = re.search(rb"<" + p + rb"v[^>]*>(.*?)</" + p + rb"v>", inside, re.DOTALL)
            if b't="e"' in attributes:
                self._found.lost.append((row, column, _text(value[1]) if value else "#", False))
            elif b"<" + p + b"f" in inside and self._is_never_calculated(attributes, value, inside):
                formula = re.search(rb"<" + p + rb"f\b[^>]*>(.*?)</" + p + rb"f>", inside, re.DOTALL)
                self._found.lost.append(
                    (row, column, "=" + _text(formula[1] if formula else b"\xe2\x80\xa6"), True)
                )

    def _is_never_calculated(self, attributes: bytes, value: re.Match[bytes] | None, inside: bytes) -> bool:
        if value is None or not value[1]:
            has_value = value is not None or b"<" + self._prefix + b"v" in inside
            return self._is_uncalculated or not (b't="str"' in attributes and has_value)
        return self._is_uncalculated and value[1] == b"0"

    def _first_far_row(self) -> int | None:
        """Return the first of a few rows that lie far below all others."""
        return next(
            (
                self._rows[place]
                for place in range(max(len(self._rows) - _FEW, 1), len(self._rows))
                if self._rows[place] - self._rows[place - 1] > _ROW_GAP
            ),
            None,
        )

    def far_columns(self) -> set[bytes]:
        """Return the columns that lie far to the right of all others, and hold little."""
        wide = sorted((column_number(letters.decode()), letters) for letters in self._wide)
        last = 25
        for place, (column, _) in enumerate(wide):
            rest = [letters for _, letters in wide[place:]]
            if column - last > _COLUMN_GAP and sum(self._wide[letters] for letters in rest) <= _FEW:
                return set(rest)
            last = column
        return set()


def _in_columns(piece: bytes, columns: set[bytes]) -> Iterator[Far]:
    for match in _CELL.finditer(piece):
        at = _PLACE.search(match[1])
        if at is not None and at[1] in columns:
            yield Far(int(at[2]), column_number(at[1].decode()), _raw(match[1], match[2]))


def _raw(attributes: bytes, inside: bytes) -> str:
    text = _text(
        b" ".join(re.findall(rb"<(?:\w+:)?(?:v|t)\b[^>]*>(.*?)</(?:\w+:)?(?:v|t)>", inside, re.DOTALL))
    )
    return f"\0{text}" if b't="s"' in attributes else text


def _text(data: bytes) -> str:
    return unescape(_TAGS.sub(b"", data).decode("utf-8", "replace")).strip()[:_SHOWN]


def _with_texts(archive: zipfile.ZipFile, found: Scan) -> list[Far]:
    """Return the far cells with their texts, which a workbook keeps in a list of its own."""
    if (
        not any(far.text.startswith("\0") for far in found.far)
        or "xl/sharedStrings.xml" not in archive.namelist()
    ):
        return found.far
    shared = re.findall(
        rb"<(?:\w+:)?si\b[^>]*>(.*?)</(?:\w+:)?si>", archive.read("xl/sharedStrings.xml"), re.DOTALL
    )
    return [
        far._replace(text=_text(shared[int(far.text[1:])]))
        if far.text.startswith("\0") and far.text[1:].isdecimal() and int(far.text[1:]) < len(shared)
        else far._replace(text=far.text.lstrip("\0"))
        for far in found.far
    ]
