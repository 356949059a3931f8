"""One coverage table as CSV that Excel opens as it is: UTF-8 with BOM, no cell that runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from app.domain.leaving.content import Column
from app.domain.leaving.format import Format
from app.domain.looks.wording import WITHHELD
from app.exchange.formats.audience import FIGURES
from app.exchange.formats.plain_text import for_csv
from app.exchange.formats.safe_file import write_whole
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.domain.leaving.figures import FigureRow, Level
    from app.jobs import Ticket

HEADER = (Column("code", Text("代码", "Code")), Column("name", Text("名称", "Name")), *FIGURES[:7])


def write_csv(path: Path, leaving: Leaving, _ticket: Ticket) -> None:
    """Write the table of the unit asked for; what the file says of itself stands below the table."""
    hidden = leaving.say(HIDDEN)
    rows = [
        (row.code, row.name, *(hidden if row.is_hidden else cell for cell in row.cells()))
        for row in table_rows(leaving.levels[leaving.by])
    ]
    write_table(path, [leaving.say(column.words) for column in HEADER], rows, leaving.notes())


def write_table(
    path: Path,
    header: Iterable[str],
    rows: Iterable[Sequence[str | float | None]],
    notes: Iterable[tuple[str, str]],
) -> None:
    """Write a header, rows and, after an empty line, notes as label and text."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(
            [for_csv(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row]
        )
    writer.writerow([])
    writer.writerows([for_csv(label), for_csv(note)] for label, note in notes)
    write_whole(path, text.getvalue().encode("utf-8-sig"))


def table_rows(level: Level) -> Iterable[FigureRow]:
    """Return the rows as every table shows them: units, then what lies in none, then all."""
    return (*level.rows, level.unplaced, level.total)


def fields_in_csv(path: Path, leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for the columns of a finished file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    return field_names(header, leaving.by, leaving.lang)


def field_names(header: Iterable[str], layer: str, lang: str) -> set[str]:
    """Return what the words of a header stand for; a word we never wrote is named as it is."""
    by_words = {column.words.in_(lang): column.name for column in HEADER}
    return {f"{layer}.{by_words.get(words, words)}" for words in header}


HIDDEN = WITHHELD


def _count(leaving: Leaving) -> dict[str, int]:
    return {leaving.by: len(leaving.levels[leaving.by].rows)}


CSV: Final = Format(
    name="csv",
    words=Text("表格（CSV）", "Table (CSV)"),
    ending=".csv",
    layers=(),
    write=write_csv,
    fields_in=fields_in_csv,
    count=_count,
)
