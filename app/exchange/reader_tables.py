"""Tables without outlines of their own, CSV and workbooks: raw rows; the header is found by whoever maps them."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.exchange.encodings import text_in
from app.exchange.reading import Cell, Layer, Reading, Unreadable
from app.exchange.template_names import template_kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DELIMITERS = (",", "\t", ";", "|")
_WIDEST = 2000  # columns
_TITLES = 20  # lines above the header at most
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_csv(path: Path, name: str, encoding: str | None) -> Reading:
    """Return the rows of a CSV file, its delimiter found by its first lines."""
    text, used = text_in(path.read_bytes(), encoding)
    if "\0" in text:
        raise Unreadable("文件里有空字节，不是 CSV。", "The file holds NUL bytes; it is no CSV.")
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows: list[list[Cell]] = [[cell.strip() or None for cell in row] for row in lines]
    except csv.Error as error:
        raise Unreadable(
            f"第 {lines.line_num} 行的引号或换行不成对：{error}。",
            f"Line {lines.line_num} has an unbalanced quote or line break: {error}.",
        ) from error
    return Reading(layer=name, rows=_rectangle(rows), encoding=used)


def _delimiter(text: str) -> str:
    """Return what separates the cells: what the first line with any of them holds most; quoted text apart."""
    for line in text.splitlines()[:_TITLES]:
        bare = _QUOTED.sub("", line)
        found = max(_DELIMITERS, key=bare.count)
        if found in bare:
            return found
    return ","


def sheets(path: Path) -> list[Layer]:
    """Return the visible sheets of a workbook."""
    book = _open(path)
    return [Layer(name, _height(book, name)) for name in _visible(book)]


def read_sheet(path: Path, sheet: str | None, prefer: Sequence[str] = ()) -> Reading:
    """Return the rows of one sheet, as the sheet numbers them; of several, the one that is preferred, or a template's."""
    book = _open(path)
    names = _visible(book)
    if sheet is None:
        filled = [name for name in names if _height(book, name)]
        made = [name for name in filled if template_kind(name) is not None]
        sheet = next((name for name in prefer if name in filled), made[0] if len(made) == 1 else None)
    if sheet is None:
        if len(filled) > 1:
            listed = "、".join(filled)
            raise Unreadable(
                f"工作簿里有 {len(filled)} 张表：{listed}。用 --layer 选一张。",
                f"The workbook has {len(filled)} sheets: {', '.join(filled)}. Choose one with --layer.",
            )
        sheet = (filled or names)[0]
    elif sheet not in book.sheet_names:
        raise Unreadable(
            f"没有工作表 {sheet!r}。有：{'、'.join(names)}。",
            f"There is no sheet {sheet!r}. There are: {', '.join(names)}.",
        )
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return Reading(layer=sheet, rows=_rectangle([[_cell(value) for value in row] for row in rows]))


def _open(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(
            f"打不开这个工作簿：{error}。用 Excel 或 WPS 另存一次再试。",
            f"The workbook can't be opened: {error}. Save it again with a spreadsheet program.",
        ) from error


def _visible(book: Any) -> list[str]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet
    ]
    if not names:
        raise Unreadable("工作簿里没有可见的工作表。", "The workbook has no visible sheet.")
    return names


def _height(book: Any, name: str) -> int:
    return int(book.get_sheet_by_name(name).height)


def _cell(value: object) -> Cell:
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, bool | int | float):
        return value
    return None if value is None else str(value)


def _rectangle(rows: list[list[Cell]]) -> list[list[Cell]]:
    while rows and all(cell is None for cell in rows[-1]):
        rows.pop()
    width = max((len(row) for row in rows), default=0)
    if width > _WIDEST:
        raise Unreadable(f"有 {width} 列，太多了。", f"There are {width} columns, too many.")
    return [row + [None] * (width - len(row)) for row in rows]
