"""Coverage as a workbook: one sheet for each kind of unit, one that says what the figures mean."""

from __future__ import annotations

import errno
import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format, count_records
from app.domain.looks.palette import sheet as sheet_colours
from app.domain.looks.wording import ALL_UNKNOWN, NOTHING
from app.exchange.formats.csv_table import HEADER, HIDDEN, field_names, table_rows
from app.exchange.formats.kept_sheets import keep_sheets, sheets_in_workbook
from app.exchange.formats.plain_text import LONGEST_CELL, begins_like_formula
from app.exchange.formats.safe_file import write_whole
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Column, Layer, Leaving
    from app.domain.leaving.figures import Level
    from app.jobs import Ticket

_WIDTHS: Final = (16, 30, 10, 10, 10, 10, 10, 10, 10)
_HATCHED: Final = 14  # the pattern of thin stripes, in xlsxwriter's numbers
_ABOUT: Final = Text("说明", "About")


def write_workbook(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write the workbook; every text stays text, and the same content gives the same bytes."""
    import xlsxwriter

    made = (
        io.BytesIO()
    )  # an archive that a full disk cuts short would be closed once more by whoever collects it
    book = xlsxwriter.Workbook(
        made,
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "in_memory": True,
            "nan_inf_to_errors": False,
        },
    )
    day = leaving.as_of
    book.set_properties(
        {
            "title": leaving.title[:250],
            "comments": leaving.say(leaving.synthetic) if leaving.synthetic is not None else "",
            "created": datetime(day.year, day.month, day.day, tzinfo=UTC),
        }
    )
    keep_sheets(book, leaving)
    sheets = _Sheets(book, leaving)
    names = [leaving.by, *(name for name in leaving.levels if name != leaving.by)]
    for place, name in enumerate(names):
        ticket.step(Text("写工作簿", "Writing the workbook"), place, len(names))
        sheets.table(leaving.levels[name])
    sheets.about()
    held = [layer for layer in leaving.layers.values() if layer.rows]
    for place, layer in enumerate(held):
        ticket.step(Text("写工作簿", "Writing the workbook"), place, len(held))
        sheets.records(layer)
    book.close()
    write_whole(path, made.getvalue())


class _Sheets:
    """The sheets of one workbook, in the formats they share."""

    def __init__(self, book: Any, leaving: Leaving) -> None:
        self._book, self._leaving = book, leaving
        face = {"font_name": "Microsoft YaHei", "font_size": 10}
        colours = sheet_colours()
        self._plain = book.add_format(face)
        self._quoted = book.add_format({**face, "quote_prefix": True})
        self._head = book.add_format({**face, "bold": True, "bg_color": colours["sunk"], "bottom": 1})
        self._count = book.add_format({**face, "num_format": "#,##0.##"})
        self._whole = book.add_format({**face, "num_format": "#,##0"})
        self._rate = book.add_format({**face, "num_format": "0.0%"})
        self._unknown = book.add_format(
            {
                **face,
                "num_format": "0.0%",
                "pattern": _HATCHED,
                "fg_color": colours["unknown"],
                "bg_color": colours["panel"],
            }
        )
        self._nothing = book.add_format({**face, "num_format": "0.0%", "bg_color": colours["no_data"]})
        self._wrap = book.add_format({**face, "text_wrap": True, "valign": "top"})
        self._wrap_quoted = book.add_format(
            {**face, "text_wrap": True, "valign": "top", "quote_prefix": True}
        )
        self._warning = book.add_format(
            {**face, "bold": True, "font_color": colours["warning"], "bg_color": colours["warning_ground"]}
        )

    def table(self, level: Level) -> None:
        leaving = self._leaving
        sheet = self._book.add_worksheet(leaving.say(level.words))
        for place, (column, width) in enumerate(zip(HEADER, _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, leaving.say(column.words), self._head)
        line = 0
        for line, row in enumerate(table_rows(level), 1):
            self._text(sheet, line, 0, row.code)
            self._text(sheet, line, 1, row.name)
            for place, cell in enumerate(row.cells()):
                if cell is not None:
                    whole = self._whole if float(cell).is_integer() else self._count
                    sheet.write_number(line, place + 2, cell, whole if place < 4 else self._rate)
                elif row.is_hidden:
                    sheet.write_string(line, place + 2, leaving.say(HIDDEN), self._plain)
                else:  # no rate: empty for programs, hatched or grey for people, never a 0
                    sheet.write_blank(line, place + 2, None, self._unknown if row.total else self._nothing)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(line - 2, 0), len(HEADER) - 1)
        if leaving.synthetic is not None:
            sheet.write_string(line + 2, 0, _SYNTHETIC.in_(leaving.lang), self._warning)
            self._text(sheet, line + 2, 1, leaving.say(leaving.synthetic))
        sheet.set_landscape()
        sheet.repeat_rows(0)

    def records(self, layer: Layer) -> None:
        """Write a sheet of records; a column that no record fills stays away."""
        leaving = self._leaving
        filled = filled_columns(layer)
        sheet = self._book.add_worksheet(sheet_name(layer, leaving.lang))
        for place, (_, column) in enumerate(filled):
            sheet.set_column(place, place, 26 if "name" in column.name else 14)
            sheet.write_string(0, place, leaving.say(column.words), self._head)
        words = [leaving.choices.get(f"{layer.name}.{column.name}", {}) for _, column in filled]
        for line, row in enumerate(layer.rows, 1):
            for place, (source, column) in enumerate(filled):
                value = row[source]
                if isinstance(value, bool) or value is None:
                    continue
                if isinstance(value, int | float):
                    is_share = column.name.startswith(("rate", "low", "high"))
                    plain = self._whole if column.type == "count" else self._count
                    sheet.write_number(line, place, value, self._rate if is_share else plain)
                else:
                    said = words[place].get(str(value))
                    self._text(sheet, line, place, str(value) if said is None else leaving.say(said))
        sheet.freeze_panes(1, min(2, len(filled)))
        sheet.autofilter(0, 0, len(layer.rows), max(0, len(filled) - 1))

    def about(self) -> None:
        leaving = self._leaving
        sheet = self._book.add_worksheet(leaving.say(_ABOUT))
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        for line, (label, text) in enumerate(leaving.notes()):
            sheet.write_string(line, 0, label, self._head)
            quoted = begins_like_formula(text)
            sheet.write_string(line, 1, text[:LONGEST_CELL], self._wrap_quoted if quoted else self._wrap)
        for line, (style, words) in enumerate(
            ((self._unknown, ALL_UNKNOWN), (self._nothing, NOTHING)), len(leaving.notes())
        ):
            sheet.write_blank(line, 0, None, style)
            sheet.write_string(line, 1, leaving.say(words), self._wrap)

    def _text(self, sheet: Any, line: int, place: int, text: str) -> None:
        # the quote prefix keeps it text even when somebody edits the cell
        style = self._quoted if begins_like_formula(text) else self._plain
        sheet.write_string(line, place, text[:LONGEST_CELL], style)


def filled_columns(layer: Layer) -> list[tuple[int, Column]]:
    """Return the place and column of every column that some record fills."""
    return [
        (place, column)
        for place, column in enumerate(layer.columns)
        if any(row[place] not in (None, "") for row in layer.rows)
    ]


def sheet_name(layer: Layer, lang: str) -> str:
    """Return what the sheet of a kind's records is called; the unit's own name is that of its figures."""
    return Text(f"{layer.words.zh}台账", f"{layer.words.en} - records").in_(lang)


_SYNTHETIC: Final = Text("合成数据", "Synthetic data")


def fields_in_workbook(path: Path, leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for the columns of every sheet of a finished workbook."""
    from python_calamine import CalamineWorkbook

    with zipfile.ZipFile(path) as parts:
        if (broken := parts.testzip()) is not None:
            raise OSError(errno.EIO, f"{broken} arrived damaged")
    book = CalamineWorkbook.from_path(str(path))
    found: set[str] = set()
    for level in leaving.levels.values():
        header = book.get_sheet_by_name(leaving.say(level.words)).to_python(nrows=1)[0]
        found |= field_names((str(cell) for cell in header), level.name, leaving.lang)
    for layer in leaving.layers.values():
        if layer.rows:
            header = book.get_sheet_by_name(sheet_name(layer, leaving.lang)).to_python(nrows=1)[0]
            by_words = {leaving.say(column.words): column.name for column in layer.columns}
            found |= {f"{layer.name}.{by_words.get(str(cell), str(cell))}" for cell in header}
    return found


def _count(leaving: Leaving) -> dict[str, int]:
    return count_records(leaving) | {name: len(level.rows) for name, level in leaving.levels.items()}


WORKBOOK: Final = Format(
    name="xlsx",
    words=Text("工作簿（XLSX）", "Workbook (XLSX)"),
    ending=".xlsx",
    layers=tables_in(Where.WORKBOOK),
    write=write_workbook,
    fields_in=fields_in_workbook,
    count=_count,
    sheets_in=sheets_in_workbook,
)
