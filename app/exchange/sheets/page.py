"""Tables of a web page, or of a workbook in old XML: what many offices' systems export under the name of a workbook.

Runs in the reading child alone.
"""

from __future__ import annotations

import email
import email.policy
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from app.exchange.encodings import UnknownEncoding, canonical, text_in
from app.exchange.picture import Block, Sheet, is_error
from app.exchange.reading import Cell, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

_CHARSET: Final = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_WIDEST: Final = 2000  # columns that a cell may span
_TALLEST: Final = 1 << 16  # rows that a cell may span


def page_tables(path: Path, name: str, encoding: str | None) -> tuple[list[Sheet], str]:
    """Return the filled tables of a page, or the sheets of an old XML workbook, and the encoding that was read."""
    data = path.read_bytes()
    if data[:200].lstrip().lower().startswith(b"mime-version"):
        data = _part_of_archive(data)
    text, used = text_in(data, encoding or _declared(data))
    reader = _Reader()
    reader.feed(text)
    reader.close()
    tables = [table for table in reader.tables if any(table.rows)]
    if not tables:
        raise Unreadable(
            "是网页或 XML，里面没有表格。在浏览器或 Excel 里打开，另存为 .xlsx 再导入。",
            "This is a web page or XML without a table. Open it and save it as .xlsx.",
        )
    for at, table in enumerate(tables, 1):
        table.name = table.name or (name if len(tables) == 1 else f"表{at}")
        for block in table.merged:
            if block.bottom > len(table.rows):
                table.merged = [b._replace(bottom=min(b.bottom, len(table.rows))) for b in table.merged]
                break
    return tables, used


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page names for itself, if it is one and the page is in it."""
    match = _CHARSET.search(data[:4096])
    if match is None or data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return None
    try:
        found = canonical(match[1].decode("ascii"))
        data.decode(found)
    except (UnknownEncoding, UnicodeDecodeError):
        return None
    return found


def _part_of_archive(data: bytes) -> bytes:
    """Return the pages inside a page saved with all its parts."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() in ("text/html", "application/xhtml+xml")
    ]
    return b"\n".join(page for page in pages if isinstance(page, bytes))


class _Reader(HTMLParser):
    """Gathers tables as they stand; a table in a table is one of its own, and the outer one's cell stays as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Sheet] = []
        self._open: list[_Table] = []
        self._silent = 0
        self._sheet: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "worksheet":
            self._sheet = said.get("ss:name")
        elif tag == "table":
            self._open.append(_Table(self._sheet))
        elif self._open:
            table = self._open[-1]
            if tag in ("tr", "row"):
                table.row(_number(said.get("ss:index"), 0), is_hidden=_is_hidden(said))
            elif tag in ("td", "th"):
                table.cell(_number(said.get("rowspan"), 1), _number(said.get("colspan"), 1), 0)
            elif tag == "cell":
                down, across = _number(said.get("ss:mergedown"), 0), _number(said.get("ss:mergeacross"), 0)
                table.cell(down + 1, across + 1, _number(said.get("ss:index"), 0))
            elif tag == "data":
                table.kind = said.get("ss:type", "")
            elif tag in ("br", "p", "div"):
                table.text("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(self._silent - 1, 0)
        elif tag == "table" and self._open:
            self.tables.append(self._open.pop().done())
        elif tag in ("td", "th", "cell") and self._open:
            self._open[-1].end()

    def handle_data(self, data: str) -> None:
        if self._open and not self._silent:
            self._open[-1].text(data)

    def close(self) -> None:
        super().close()
        while self._open:
            self.tables.append(self._open.pop().done())


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isdecimal() and len(text) < 8 else otherwise


def _is_hidden(said: dict[str, str]) -> bool:
    return said.get("ss:hidden") == "1" or "display:none" in said.get("style", "").replace(" ", "").lower()


class _Table:
    def __init__(self, name: str | None) -> None:
        self._rows: list[list[Cell]] = []
        self._sheet = Sheet(name, self._rows)
        self._taken: dict[int, set[int]] = {}  # cells of later rows that a cell above covers
        self._at = -1  # column of the open cell
        self._next = 0
        self._words: list[str] | None = None
        self.kind = ""

    def row(self, number: int, *, is_hidden: bool) -> None:
        self.end()
        rows = self._rows
        if len(rows) < number <= _TALLEST:
            rows.extend([] for _ in range(number - 1 - len(rows)))
        rows.append([])
        self._next = 0
        if is_hidden:
            self._sheet.hidden_rows.append(len(rows))

    def cell(self, down: int, across: int, index: int) -> None:
        self.end()
        if not self._rows:
            self._rows.append([])
        row = len(self._rows)
        if index:
            self._next = max(self._next, min(index, _WIDEST) - 1)
        while self._next in self._taken.get(row, ()):
            self._next += 1
        self._at, self._words, self.kind = self._next, [], ""
        down, across = min(max(down, 1), _TALLEST), min(max(across, 1), _WIDEST)
        self._next = self._at + across
        if self._next > _WIDEST:
            raise Unreadable("表格的列太多了。", "The table has too many columns.")
        if down > 1 or across > 1:
            self._sheet.merged.append(Block(row, self._at, row + down - 1, self._at + across - 1))
            for below in range(row + 1, min(row + down, row + 500)):
                self._taken.setdefault(below, set()).update(range(self._at, self._next))

    def text(self, data: str) -> None:
        if self._words is not None:
            self._words.append(data)

    def end(self) -> None:
        if self._words is None:
            return
        lines = (" ".join(line.split()) for line in "".join(self._words).split("\n"))
        text = "\n".join(line for line in lines if line)
        cells = self._rows[-1]
        if text:
            cells.extend([None] * (self._at + 1 - len(cells)))
            if is_error(text):
                self._sheet.lost.append((len(self._rows), self._at, text, False))
            else:
                cells[self._at] = self._value(text)
        self._words = None

    def done(self) -> Sheet:
        self.end()
        while self._rows and not self._rows[-1] and not self._sheet.lost:
            self._rows.pop()
        return self._sheet

    def _value(self, text: str) -> Cell:
        if self.kind == "Number":
            try:
                number = float(text)
            except ValueError:
                return text
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        if self.kind == "DateTime":
            return text.removesuffix("T00:00:00.000").replace("T", " ")
        return text
