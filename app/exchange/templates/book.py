"""An import template as a workbook: the rows, what every column takes, and the codes to choose from."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from app.domain.looks.palette import sheet as sheet_colours
from app.exchange.formats.plain_text import LONGEST_CELL, begins_like_formula
from app.exchange.template_names import ABOUT, LISTS, sheet_name
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from app.domain.kinds import Kind
    from app.exchange.templates.cells import Cell
    from app.exchange.templates.columns import TemplateColumn
    from app.jobs import Ticket

_SPARE: Final = 500  # rows below the last that have drop-down lists too
_WIDTHS: Final = {"reference": 26, "named": 22, "text": 18, "day": 13, "value": 16}
_NUMBERS: Final = ("count", "number", "money", "rate", "year")
_A4: Final = 9  # as workbooks number paper
_ON_A_PAGE: Final = 16  # columns that can be read side by side on it
_WRITING: Final = Text("写模板", "Writing the template")
_OPTIONS: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
    "nan_inf_to_errors": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateContent:
    """All that a template says. ``lists``: heading → codes for the sheet of codes, by the kinds a column takes."""

    kind: Kind
    columns: tuple[TemplateColumn, ...]
    rows: Sequence[Sequence[Cell]]
    lists: Mapping[tuple[str, ...], tuple[str, Sequence[str]]]
    notes: Sequence[tuple[str, str]]
    lang: str
    day: date
    title: str


def new_book(path: Path, title: str, day: date) -> Any:
    """Return a workbook in which every text stays text, and the same content gives the same bytes."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), _OPTIONS)
    book.set_properties({"title": title[:250], "created": datetime(day.year, day.month, day.day, tzinfo=UTC)})
    return book


def close_book(book: Any) -> None:
    """Write the workbook out; a failure of the disk is an OSError."""
    import xlsxwriter

    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.args[0] if error.args else None
        raise cause if isinstance(cause, OSError) else OSError(errno.EIO, str(error)) from error


def write_template_book(path: Path, content: TemplateContent, ticket: Ticket) -> None:
    """Write the template's workbook."""
    book = new_book(path, content.title, content.day)
    _Sheets(book, content).write(ticket)
    close_book(book)


class Formats:
    """The formats that the sheets of a template share."""

    def __init__(self, book: Any) -> None:
        face = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        colours = sheet_colours()
        head = {**face, "bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        self.head = book.add_format({**head, "bg_color": colours["sunk"]})
        self.needed = book.add_format({**head, "bg_color": colours["needed"]})
        self.text = book.add_format({**face, "num_format": "@"})
        self.quoted = book.add_format({**face, "num_format": "@", "quote_prefix": True})
        self.number = book.add_format(face)
        self.day = book.add_format({**face, "num_format": "yyyy-mm-dd"})
        self.wrap = book.add_format({**face, "text_wrap": True, "num_format": "@"})
        self.title = book.add_format({**face, "bold": True, "font_size": 12})

    def of(self, kind: str) -> Any:
        """Return the format of a column by its type."""
        return self.day if kind == "day" else self.number if kind in _NUMBERS else self.text

    def write(self, sheet: Any, line: int, place: int, cell: Cell, kind: str) -> None:
        """Write one cell: text never becomes a formula, a link or a number."""
        if cell is None:
            return
        if isinstance(cell, date):
            sheet.write_datetime(line, place, datetime(cell.year, cell.month, cell.day), self.day)  # noqa: DTZ001
        elif isinstance(cell, int | float):
            sheet.write_number(line, place, cell, self.of(kind))
        else:
            style = self.quoted if begins_like_formula(cell) else self.text
            sheet.write_string(line, place, cell[:LONGEST_CELL], style)


class _Sheets:
    def __init__(self, book: Any, content: TemplateContent) -> None:
        self._book, self._content = book, content
        self._formats = Formats(book)
        self._ranges: dict[tuple[str, ...], str] = {}

    def write(self, ticket: Ticket) -> None:
        content = self._content
        rows = self._book.add_worksheet(sheet_name(content.kind, content.lang))
        about = self._book.add_worksheet(ABOUT.in_(content.lang))
        self._write_lists()
        self._write_head(rows)
        for line, row in enumerate(content.rows, 1):
            if line % 500 == 0:
                ticket.step(_WRITING, line, len(content.rows))
            for place, (column, cell) in enumerate(zip(content.columns, row, strict=True)):
                self._formats.write(rows, line, place, cell, column.type)
        self._write_about(about)
        rows.activate()

    def _write_head(self, sheet: Any) -> None:
        content = self._content
        last = len(content.rows) + _SPARE
        for place, column in enumerate(content.columns):
            width = max(_WIDTHS.get(column.type, 12), min(30, 2 * len(column.heading) + 2))
            sheet.set_column(place, place, width, self._formats.of(column.type))
            style = self._formats.needed if column.is_required else self._formats.head
            sheet.write_string(0, place, column.heading, style)
            sheet.write_comment(
                0, place, self._comment(column), {"x_scale": 2.2, "y_scale": 1.6, "font_size": 9}
            )
            rule = self._validation(column)
            if rule is not None:
                sheet.data_validation(1, place, last, place, rule)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 2 if len(content.columns) > 4 else 1)
        sheet.autofilter(0, 0, max(len(content.rows), 1), len(content.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        if len(content.columns) <= _ON_A_PAGE:
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _validation(self, column: TemplateColumn) -> dict[str, Any] | None:
        lang = self._content.lang
        common = {
            "ignore_blank": True,
            "error_title": column.words.in_(lang)[:32],
            "error_message": column.allowed.in_(lang)[:255],
        }
        if column.offers or column.to:
            source = self._ranges.get(column.to or ("", *column.offers))
            if source is None:
                return None
            strict = "stop" if column.type in ("choice", "answer") else "warning"
            return {**common, "validate": "list", "source": source, "error_type": strict}
        if column.type in ("count", "year"):
            return {**common, "validate": "integer", "criteria": ">=", "value": 0}
        if column.type in ("number", "money", "rate") and column.field not in ("lon", "lat"):
            return {**common, "validate": "decimal", "criteria": ">=", "value": 0}
        if column.type == "day":
            first, last = date(1900, 3, 1), date(9999, 12, 31)
            span = {"criteria": "between", "minimum": first, "maximum": last, "error_type": "warning"}
            return {**common, "validate": "date", **span}
        return None

    def _comment(self, column: TemplateColumn) -> str:
        lines = [column.about]
        if column.is_required:
            lines.append(Text("新增的行必须写。", "New rows must give it."))
        lines.append(Text(f"能写：{column.allowed.zh}", f"Allowed: {column.allowed.en}"))
        if column.unit:
            lines.append(Text(f"单位：{column.unit}", f"Unit: {column.unit}"))
        if column.example:
            lines.append(Text(f"例：{column.example}", f"Example: {column.example}"))
        lines.append(Text(f"字段：{column.field}", f"Field: {column.field}"))
        return "\n".join(line.in_(self._content.lang) for line in lines)[:1000]

    def _write_lists(self) -> None:
        content = self._content
        lists: list[tuple[tuple[str, ...], str, Sequence[str]]] = [
            (kinds, heading, codes) for kinds, (heading, codes) in content.lists.items()
        ]
        alike: dict[tuple[str, ...], list[str]] = {}
        for column in content.columns:
            if column.offers:
                alike.setdefault(column.offers, []).append(column.heading)
        for chosen, headings in alike.items():
            heading = headings[0] if len(headings) == 1 else " / ".join(chosen[:3])
            lists.append((("", *chosen), heading, chosen))
        if not lists:
            return
        name = LISTS.in_(content.lang)
        sheet = self._book.add_worksheet(name)
        for place, (key, heading, offers) in enumerate(lists):
            sheet.set_column(place, place, 28, self._formats.text)
            sheet.write_string(0, place, heading, self._formats.head)
            for line, offer in enumerate(offers, 1):
                self._formats.write(sheet, line, place, offer, "text")
            if offers:
                letters = _letters(place)
                self._ranges[key] = f"='{name}'!${letters}$2:${letters}${len(offers) + 1}"
        sheet.freeze_panes(1, 0)

    def _write_about(self, sheet: Any) -> None:
        lang, formats = self._content.lang, self._formats
        heads = ("列", "字段", "必填", "能写", "单位", "例", "说明", "出处")
        if lang == "en":
            heads = ("Column", "Field", "Required", "Allowed", "Unit", "Example", "What it is", "Source")
        for place, width in enumerate((24, 20, 8, 44, 12, 20, 60, 12)):
            sheet.set_column(place, place, width, formats.text)
        sheet.write_string(0, 0, self._content.title, formats.title)
        line = 1
        for label, said in self._content.notes:
            sheet.write_string(line, 0, label, formats.head)
            sheet.merge_range(line, 1, line, 6, "", formats.wrap)
            sheet.write_string(line, 1, said, formats.wrap)
            sheet.set_row(line, 15 * max(1, -(-_wide(said) // 150)))
            line += 1
        line += 1
        for place, head in enumerate(heads):
            sheet.write_string(line, place, head, formats.head)
        yes = "是" if lang == "zh" else "yes"
        for column in self._content.columns:
            line += 1
            cells: Iterable[str] = (
                column.heading,
                column.field,
                yes if column.is_required else "",
                column.allowed.in_(lang),
                column.unit,
                column.example,
                column.about.in_(lang),
                column.source,
            )
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell[:LONGEST_CELL], formats.wrap)


def _letters(place: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _wide(text: str) -> int:
    """Return how wide a text is, a Chinese character counting two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)
