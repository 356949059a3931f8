"""Tables without outlines of their own, CSV and workbooks: raw rows; the header is found by whoever maps them."""

from __future__ import annotations

import csv
import io
import re
import traceback
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from app.exchange.encodings import text_in
from app.exchange.picture import Block, Grid, column_letters, is_error
from app.exchange.reading import ALL, Cell, Layer, Reading, Sheet, Unreadable
from app.exchange.sheets.workbook_scan import scan, without_far

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.exchange.sheets.workbook_scan import Far

_DELIMITERS = (",", "\t", ";", "|")
_WIDEST = 2000  # columns
_NAMED = 12  # cells that are named in a note
_TITLES = 20  # lines above the header at most
_LOCKED = Unreadable(
    "工作簿有密码，读不了。打开它，去掉密码存一份再导入。",
    "The workbook has a password. Open it, take the password off, and save it.",
)
_UNSEEN = (
    "这个工作簿是旧格式，看不出哪些行、列是隐藏的，错误值（#N/A）读成空的。表里有这些，就另存为 .xlsx 再导入。",
    "The workbook is in an old format: hidden rows and columns can't be told, and errors (#N/A) are read as empty. If it has any, save it as .xlsx.",
)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def read_csv(path: Path, name: str, encoding: str | None) -> Reading:
    """Return the rows of a CSV file, its delimiter found by its first lines."""
    text, used = text_in(path.read_bytes(), encoding)
    if "\0" in text:
        raise Unreadable("文件里有空字节，不是 CSV。", "The file holds NUL bytes; it is no CSV.")
    delimiter = _delimiter(text)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows: list[list[Cell]] = []
        swallowed = []
        for row in lines:
            rows.append([cell.strip() or None for cell in row])
            if any("\n" in cell.strip() and delimiter in cell for cell in row):
                swallowed.append(len(rows))
    except csv.Error as error:
        raise Unreadable(
            f"第 {lines.line_num} 行的引号或换行不成对。",
            f"Line {lines.line_num} has an unbalanced quote or line break.",
        ) from error
    while rows and not any(cell is not None for cell in rows[-1]):
        rows.pop()
    _check_width(max(map(len, rows), default=0))
    sheet = Sheet(None, rows, is_open=not text.endswith(("\n", "\r")), swallowed=swallowed)
    sheet.lost = [
        (row, column, cell, False)
        for row, cells in enumerate(rows, 1)
        for column, cell in enumerate(cells)
        if isinstance(cell, str) and cell[0] == "#" and is_error(cell)
    ]
    return Reading(layer=name, sheets=[sheet], encoding=used)


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
    return [Layer(name, _height(path, book, name)) for name in _visible(book)]


def read_sheets(path: Path, layer: str | None, prefer: Sequence[str] = ()) -> Reading:
    """Return one sheet as the workbook has it, or with ``all`` every visible one that is filled.

    Of several that nobody chose from, the preferred one or a template's. ``NAME#2`` is the second table of a sheet.
    """
    book = _open(path)
    names = _visible(book)
    if layer == ALL and ALL not in names:
        chosen = [name for name in names if _height(path, book, name)] or names[:1]
    else:
        chosen = [_chosen(path, book, names, layer, prefer)]
    return Reading(layer=layer or chosen[0], sheets=[_sheet(path, book, name) for name in chosen])


def read_page(path: Path, name: str, layer: str | None, encoding: str | None) -> Reading:
    """Return the tables of a web page as the sheets of a workbook: the only one, the one asked for, or all."""
    from app.exchange.sheets.page import page_tables

    tables, used = page_tables(path, name, encoding)
    names = [str(table.name) for table in tables]
    if layer is not None and layer != ALL:
        asked = layer if layer in names else layer.rpartition("#")[0]
        tables = [table for table in tables if table.name == asked]
        if not tables:
            raise _no_sheet(layer, names)
    elif layer is None and len(tables) > 1:
        raise _several(names)
    return Reading(layer=layer or names[0], sheets=tables, encoding=used)


def _no_sheet(layer: str, names: Sequence[str]) -> Unreadable:
    return Unreadable(
        f"没有工作表 {layer!r}。有：{'、'.join(names)}。",
        f"There is no sheet {layer!r}. There are: {', '.join(names)}.",
    )


def _several(names: Sequence[str]) -> Unreadable:
    return Unreadable(
        f"工作簿里有 {len(names)} 张表：{'、'.join(names)}。用 --layer 选一张，或用 --layer all 一起导入。",
        f"The workbook has {len(names)} sheets: {', '.join(names)}. Choose one with --layer, or take all with --layer all.",
    )


def _chosen(path: Path, book: Any, names: Sequence[str], layer: str | None, prefer: Sequence[str]) -> str:
    if layer is not None:
        asked = layer if layer in book.sheet_names else layer.rpartition("#")[0]
        if asked in book.sheet_names:
            return asked
        raise _no_sheet(layer, names)
    if len(names) == 1:
        return names[0]
    from app.exchange.template_names import template_kind

    filled = [name for name in names if _height(path, book, name)]
    made = [name for name in filled if template_kind(name) is not None]
    preferred = next((name for name in prefer if name in filled), made[0] if len(made) == 1 else None)
    if preferred is None and len(filled) > 1:
        raise _several(filled)
    return preferred or (filled or list(names))[0]


def _sheet(path: Path, book: Any, name: str) -> Sheet:
    """Return one sheet: its cells by the library, and by its own XML what the library does not tell."""
    found = scan(path, name)
    if found is not None and found.far:
        book = _open(without_far(path, found))
    sheet = book.get_sheet_by_name(name)
    made = Sheet(name, _grid(sheet.to_python(skip_empty_area=False)))
    made.merged = [
        Block(top + 1, left, bottom + 1, right)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]
    if found is not None:
        made.hidden_rows, made.hidden_columns, made.lost = found.hidden_rows, found.hidden_columns, found.lost
        made.notes = [_far_note(far) for far in found.far[:_NAMED]]
    else:
        made.notes = [_UNSEEN]
    return made


def _far_note(far: Far) -> tuple[str, str]:
    where = f"{column_letters(far.column)}{far.row}"
    return (
        f"{where} 单独有“{far.text}”，离表格很远，没有读。",
        f"{where} holds {far.text!r} far from the table; it is not read.",
    )


def _open(path: Path) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise _LOCKED from error
    except (CalamineError, OSError, ValueError) as error:
        if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
            raise _LOCKED from error
        traceback.print_exc()
        raise Unreadable(
            "打不开这个工作簿，可能没有传完或损坏。用 Excel 或 WPS 打开，另存为 .xlsx 再试。",
            "The workbook can't be opened; it may be cut off or damaged. Open it in a spreadsheet program and save it as .xlsx.",
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


def _height(path: Path, book: Any, name: str) -> int:
    """Return how many rows a sheet claims to fill, by its XML where it has any: cells far off cost nothing there."""
    found = scan(path, name)
    return int(book.get_sheet_by_name(name).height) if found is None else found.height


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


def _grid(rows: list[list[Any]]) -> Grid:
    """Return the cells of a sheet by column, without what is empty to the right of them and below."""
    columns = [_column(cells) for cells in zip(*rows, strict=True)]
    while columns and not columns[-1]:
        columns.pop()
    _check_width(len(columns))
    return Grid(columns, max(map(len, columns), default=0))


def _column(values: tuple[object, ...]) -> list[Cell]:
    """Return a column's cells down to the last that is filled."""
    types = set(map(type, values))
    if types == {str}:
        cells: list[Cell] = [value.strip() or None for value in values]  # type: ignore[attr-defined]
    elif types <= {str, float}:  # no two of which are one key
        forms = {value: _cell(value) for value in set(values)}
        cells = [forms[value] for value in values]
    else:
        cells = [_cell(value) for value in values]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _check_width(width: int) -> None:
    if width > _WIDEST:
        raise Unreadable(f"有 {width} 列，太多了。", f"There are {width} columns, too many.")
