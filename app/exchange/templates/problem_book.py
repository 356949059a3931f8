"""The refused rows of an import as a workbook to send back: each as it came, with the reason beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.field_words import field_words
from app.domain.kinds import KINDS
from app.domain.personal import without_numbers
from app.exchange.template_names import ROW, WRONG, problem_sheet
from app.exchange.templates.book import Formats, close_book, new_book

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.exchange.mapping.columns import Columns
    from app.exchange.planning.plan import Plan
    from app.exchange.templates.cells import Cell

_WIDE: Final = 60


def write_problem_book(path: Path, plan: Plan, columns: Columns, lang: str, day: date) -> int:
    """Write the rows of ``plan`` that are refused or come in without a cell; return how many there are.

    Columns of private persons stay out, and so do personal numbers within other cells. A column that the user gave
    its field is headed by that field, so that it is understood when it comes back.
    """
    wrong = {(row.sheet, row.number): row for row in plan.rows if row.problems and row.action != "skip"}
    meant = {meaning.column: meaning.field for meaning in columns.meanings if meaning.by != "heading"}
    hidden = {left.column for left in plan.left_columns if left.why == "personal"}
    shown = [place for place, label in enumerate(columns.labels) if label not in hidden]
    book = new_book(path, plan.request.source.name, day)
    kind = plan.request.kind
    formats, sheet = Formats(book), book.add_worksheet(problem_sheet(KINDS[kind], lang))
    labels = [
        f"{field_words(kind, meant[label]).in_(lang)}（{label}）" if label in meant else label
        for label in (columns.labels[place] for place in shown)
    ]
    heads = [ROW.in_(lang), *labels, WRONG.in_(lang)]
    for place, head in enumerate(heads):
        sheet.set_column(place, place, _WIDE if place == len(heads) - 1 else 14, formats.text)
        sheet.write_string(0, place, head, formats.head)
    line = 0
    for row in columns.rows:
        refused = wrong.get((row.sheet, row.number))
        if refused is None:
            continue
        line += 1
        said = "\n".join(without_numbers(problem.said.in_(lang)) for problem in refused.problems)
        cells: Sequence[Cell] = [refused.key, *(_cell(row.cells[place]) for place in shown), said]
        for place, cell in enumerate(cells):
            formats.write(sheet, line, place, cell, "number" if isinstance(cell, int | float) else "text")
    sheet.freeze_panes(1, 0)
    close_book(book)
    return line


def _cell(raw: object) -> Cell:
    if raw is None or isinstance(raw, bool):
        return None if raw is None else str(raw)
    if isinstance(raw, int | float | date):
        return raw
    return without_numbers(str(raw))
