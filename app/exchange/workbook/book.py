"""Coverage as a workbook: a sheet for leaders, one for each kind of unit, what the figures mean; ledgers on request."""

from __future__ import annotations

import errno
import io
import zipfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import LEVELS, Where, tables_in
from app.domain.leaving.format import Format, count_records
from app.domain.looks.wording import ALL_UNKNOWN, NOTHING
from app.exchange.formats.csv_table import HEADER, HIDDEN, field_names, table_rows
from app.exchange.formats.kept_sheets import keep_sheets, sheets_in_workbook
from app.exchange.formats.plain_text import LONGEST_CELL, begins_like_formula
from app.exchange.formats.safe_file import write_whole
from app.exchange.workbook.leaders import leaders_name, write_leaders
from app.exchange.workbook.style import (
    SYNTHETIC,
    Styles,
    headed,
    printed,
    shown_as,
    shown_length,
    shown_numbers,
    width_of,
)
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.leaving.content import Column, Layer, Leaving
    from app.domain.leaving.figures import Level
    from app.jobs import Ticket

_ABOUT: Final = Text("说明", "About")
_NAME_OF: Final = Text("{0}名称", "{0}: name")
_STAGE: Final = Text("写工作簿", "Writing the workbook")
_TOP: Final = 1  # the line of headings, below the title


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
    for paper in leaving.papers:
        write_leaders(book, sheets.styles, leaving, paper, several=len(leaving.papers) > 1)
    names = [leaving.by, *(name for name in leaving.levels if name != leaving.by)]
    for place, name in enumerate(names):
        ticket.step(_STAGE, place, len(names))
        sheets.table(leaving.levels[name])
    sheets.about()
    held = [layer for layer in leaving.layers.values() if layer.rows]
    for place, layer in enumerate(held):
        ticket.step(_STAGE, place, len(held))
        sheets.records(layer)
    book.close()
    write_whole(path, made.getvalue())


class _Sheets:
    """The sheets of one workbook, in the formats they share."""

    def __init__(self, book: Any, leaving: Leaving) -> None:
        self._book, self._leaving = book, leaving
        self.styles = Styles(book)
        self._names = _names_in(leaving)

    def table(self, level: Level) -> None:
        """Write the figures of a kind of unit: units, then what lies in none, then all."""
        leaving, styles = self._leaving, self.styles
        words = leaving.say(level.words)
        sheet = self._book.add_worksheet(words)
        what = f"{leaving.say(leaving.measure_words)} · {words}"
        headed(sheet, styles, leaving, what)
        rows = list(table_rows(level))
        counts = shown_numbers(cell for row in rows for cell in row.cells()[:4])
        for place, column in enumerate(HEADER):
            sheet.write_string(
                _TOP, place, leaving.say(column.words), styles.head if place < 2 else styles.head_of_numbers
            )
        line = _TOP
        for line, row in enumerate(rows, _TOP + 1):
            styles.text(sheet, line, 0, row.code)
            styles.text(sheet, line, 1, row.name)
            for place, cell in enumerate(row.cells()):
                if cell is not None:
                    sheet.write_number(line, place + 2, cell, styles.number(counts if place < 4 else "0.0%"))
                elif row.is_hidden:
                    sheet.write_string(line, place + 2, leaving.say(HIDDEN), styles.plain)
                else:  # no rate: empty for programs, hatched or grey for people, never a 0
                    sheet.write_blank(line, place + 2, None, styles.unknown if row.total else styles.nothing)
        sheet.set_column(0, 0, width_of([leaving.say(HEADER[0].words), *(row.code for row in rows)]))
        sheet.set_column(1, 1, width_of([leaving.say(HEADER[1].words), *(row.name for row in rows)]))
        sheet.set_column(2, len(HEADER) - 1, 11)
        sheet.freeze_panes(_TOP + 1, 2)
        sheet.autofilter(_TOP, 0, max(line - 2, _TOP), len(HEADER) - 1)
        if leaving.synthetic is not None:
            sheet.write_string(line + 2, 0, leaving.say(SYNTHETIC), styles.warning)
            styles.text(sheet, line + 2, 1, leaving.say(leaving.synthetic))
        sheet.print_area(0, 0, line, len(HEADER) - 1)
        printed(sheet, leaving, what, lines=(0, _TOP))

    def records(self, layer: Layer) -> None:
        """Write a ledger; a column that no record fills stays away, a code of a unit has its name beside it."""
        leaving, styles = self._leaving, self.styles
        words = sheet_name(layer, leaving.lang)
        sheet = self._book.add_worksheet(words)
        headed(sheet, styles, leaving, words)
        place = 0
        for source, column in filled_columns(layer):
            values = [row[source] for row in layer.rows]
            self._column(sheet, place, column, values, leaving.choices.get(f"{layer.name}.{column.name}", {}))
            place += 1
            if _is_named_beside(layer, column):
                heading = leaving.say(_NAME_OF.format(leaving.say(column.words)))
                names = [self._names.get(str(value)) for value in values]
                self._written(sheet, place, heading, names, "")
                place += 1
        sheet.freeze_panes(_TOP + 1, min(2, place))
        sheet.autofilter(_TOP, 0, _TOP + len(layer.rows), max(0, place - 1))
        printed(sheet, leaving, words, lines=(0, _TOP))

    def _column(
        self, sheet: Any, place: int, column: Column, values: list[object], words: Mapping[str, Text]
    ) -> None:
        cells = [_day(value) if column.shown == "day" else value for value in values]
        said = [
            self._leaving.say(words[cell]) if isinstance(cell, str) and cell in words else cell
            for cell in cells
        ]
        self._written(sheet, place, self._leaving.say(column.words), said, shown_as(column, said))

    def _written(self, sheet: Any, place: int, heading: str, cells: list[Any], shown: str) -> None:
        styles = self.styles
        is_number = any(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)
        sheet.write_string(_TOP, place, heading, styles.head_of_numbers if is_number else styles.head)
        for line, cell in enumerate(cells, _TOP + 1):
            if cell is None or isinstance(cell, bool):
                continue
            if isinstance(cell, int | float):
                sheet.write_number(line, place, cell, styles.number(shown))
            elif isinstance(cell, date):
                sheet.write_datetime(line, place, cell, styles.number(shown))
            else:
                styles.text(sheet, line, place, str(cell))
        told = (shown_length(cell, shown) for cell in cells if cell is not None)
        sheet.set_column(place, place, width_of([heading, *told]))

    def about(self) -> None:
        """Write what the figures mean."""
        leaving, styles = self._leaving, self.styles
        sheet = self._book.add_worksheet(leaving.say(_ABOUT))
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 90)
        for line, (label, text) in enumerate(leaving.notes()):
            sheet.write_string(line, 0, label, styles.head)
            quoted = begins_like_formula(text)
            sheet.write_string(line, 1, text[:LONGEST_CELL], styles.wrap_quoted if quoted else styles.wrap)
        for line, (style, words) in enumerate(
            ((styles.unknown, ALL_UNKNOWN), (styles.nothing, NOTHING)), len(leaving.notes())
        ):
            sheet.write_blank(line, 0, None, style)
            sheet.write_string(line, 1, leaving.say(words), styles.wrap)
        printed(sheet, leaving, leaving.say(_ABOUT), lines=(0, 0))


def _day(value: object) -> object:
    """Return a day that was gathered as text as the day it is; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value)
    except ValueError:
        return value


def _names_in(leaving: Leaving) -> dict[str, str]:
    """Return what units and records are called, by code."""
    found = {row.code: row.name for level in leaving.levels.values() for row in level.rows}
    for layer in leaving.layers.values():
        if {"code", "name"} <= set(layer.column_names):
            for code, name in zip(layer.values("code"), layer.values("name"), strict=True):
                found.setdefault(str(code), str(name or ""))
    return {code: name for code, name in found.items() if name}


def _is_named_beside(layer: Layer, column: Column) -> bool:
    """Whether a column holds codes of units whose names stand in no column of the layer."""
    is_code = column.name in (*LEVELS, "compound") and column.name != layer.name
    return is_code and f"{column.name}_name" not in layer.column_names


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


def fields_in_workbook(path: Path, leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for the columns of every sheet of a finished workbook."""
    from python_calamine import CalamineWorkbook

    with zipfile.ZipFile(path) as parts:
        if (broken := parts.testzip()) is not None:
            raise OSError(errno.EIO, f"{broken} arrived damaged")
    book = CalamineWorkbook.from_path(str(path))

    def header(sheet: str) -> list[str]:
        return [str(cell) for cell in book.get_sheet_by_name(sheet).to_python(nrows=_TOP + 1)[_TOP]]

    found: set[str] = set()
    for level in leaving.levels.values():
        found |= field_names(header(leaving.say(level.words)), level.name, leaving.lang)
    for layer in leaving.layers.values():
        if layer.rows:
            by_words = {leaving.say(column.words): column.name for column in layer.columns}
            for column in layer.columns:  # a name beside a code says the same
                by_words.setdefault(leaving.say(_NAME_OF.format(leaving.say(column.words))), column.name)
            found |= {
                f"{layer.name}.{by_words.get(cell, cell)}" for cell in header(sheet_name(layer, leaving.lang))
            }
    for paper in leaving.papers:
        rows = book.get_sheet_by_name(
            leaders_name(leaving, paper, several=len(leaving.papers) > 1)
        ).to_python()
        if not any(paper.title in map(str, row) for row in rows):
            raise OSError(errno.EIO, "a sheet for leaders arrived without its title")
    return found


def _count(leaving: Leaving) -> dict[str, int]:
    return count_records(leaving) | {name: len(level.rows) for name, level in leaving.levels.items()}


WORKBOOK: Final = Format(
    name="xlsx",
    words=Text("工作簿（XLSX）", "Workbook (XLSX)"),
    ending=".xlsx",
    layers=(),
    ledgers=tables_in(Where.WORKBOOK),
    is_paper=True,
    takes_several=True,
    write=write_workbook,
    fields_in=fields_in_workbook,
    count=_count,
    sheets_in=sheets_in_workbook,
)
