"""The workbook of a city's own lists: a sheet for each list, one that explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.exchange.template_names import ABOUT
from app.exchange.templates.book import Formats, close_book, new_book
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from app.exchange.templates.cells import Cell
    from app.jobs import Ticket

_WRITING: Final = Text("写模板", "Writing the template")


@dataclass(frozen=True, slots=True)
class ListSheet:
    """One list: its sheet's name, its columns (heading, what it takes, width) and its rows."""

    name: str
    columns: tuple[tuple[str, str, int], ...]
    rows: Sequence[Sequence[Cell]]


def write_list_book(
    path: Path, sheets: Sequence[ListSheet], about: str, lang: str, day: date, ticket: Ticket
) -> None:
    """Write the lists into one workbook; every text stays text."""
    book = new_book(path, sheets[0].name, day)
    formats = Formats(book)
    for place, sheet in enumerate(sheets):
        ticket.step(_WRITING, place, len(sheets))
        _write(book.add_worksheet(sheet.name), sheet, formats)
    page = book.add_worksheet(ABOUT.in_(lang))
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 90)
    page.merge_range(0, 0, 0, 1, "", formats.wrap)
    page.write_string(0, 0, about, formats.wrap)
    page.set_row(0, 75)
    line = 1
    for sheet in sheets:
        line += 1
        page.write_string(line, 0, sheet.name, formats.title)
        for heading, said, _ in sheet.columns:
            line += 1
            page.write_string(line, 0, heading, formats.head)
            page.write_string(line, 1, said, formats.wrap)
        line += 1
    close_book(book)


def _write(page: Any, sheet: ListSheet, formats: Formats) -> None:
    for place, (heading, said, width) in enumerate(sheet.columns):
        page.set_column(place, place, width, formats.text)
        page.write_string(0, place, heading, formats.head)
        page.write_comment(0, place, said, {"x_scale": 2, "font_size": 9})
    for line, row in enumerate(sheet.rows, 1):
        for place, cell in enumerate(row):
            formats.write(page, line, place, cell, "number" if isinstance(cell, int | float) else "text")
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.columns) - 1)
    page.set_landscape()
    page.repeat_rows(0)
