"""Cells that somebody typed anew in the plan: read by the same grammar as the file's own, and never taken for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from app.domain.personal import without_numbers
from app.errors import InvalidInput, Problem
from app.exchange.mapping.labels import place_of
from app.exchange.sheets.parts import key_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow


class EditedCell(NamedTuple):
    """A cell of the source that says something else now. ``row``: as answers name it; ``before``: as the file says it."""

    row: str
    column: str
    before: str
    after: str

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the cell as the contract's further key prints it."""
        return self._asdict()


def with_edits(
    source: Source, rows: Sequence[SourceRow], labels: Sequence[str], edits: Mapping[str, str]
) -> tuple[Sequence[SourceRow], tuple[EditedCell, ...]]:
    """Return the rows with what was typed in place of what they say, and each such cell.

    Raises
    ------
    InvalidInput
        If no record of the file has that number, or no column that name, with every mistake in it.

    """
    if not edits:
        return rows, ()
    places = _places(rows)
    found: list[EditedCell] = []
    typed: dict[int, list[object]] = {}
    problems = []
    for asked, value in edits.items():
        row, _, column = asked.partition(":")
        at, place = places.get(row, -1), place_of(labels, column, source.cut)
        if at < 0 or place is None:
            problems.append(_wrong(source, asked, row, column, is_row=at < 0))
            continue
        cells = typed.setdefault(at, list(rows[at].cells))
        before = "" if cells[place] is None else without_numbers(str(cells[place]))
        cells[place] = value.strip() or None
        found.append(
            EditedCell(key_of(rows[at].sheet, rows[at].number), labels[place], before, value.strip())
        )
    if problems:
        name = source.path.name
        first = problems[0].message
        raise InvalidInput(Text(f"{name}：{first.zh}", f"{name}: {first.en}"), tuple(problems))
    made = list(rows)
    for at, cells in typed.items():
        made[at] = made[at]._replace(cells=cells)  # type: ignore[arg-type]
    return tuple(made), tuple(found)


def _places(rows: Sequence[SourceRow]) -> dict[str, int]:
    """Return where each row stands, by its number and by sheet and number; -1 for a number that several sheets have."""
    found: dict[str, int] = {}
    for at, row in enumerate(rows):
        number = str(row.number)
        found[number] = -1 if number in found else at
        if row.sheet is not None:
            found[f"{row.sheet}!{number}"] = at
    return found


def _wrong(source: Source, asked: str, row: str, column: str, *, is_row: bool) -> Problem:
    message = (
        Text(
            f"文件里没有第 {row} 行这条记录，或几张表都有这一行（写成 表名!{row}:列）。",
            f"No record of the file is row {row}, or several sheets have one (write SHEET!{row}:COLUMN).",
        )
        if is_row
        else Text(f"文件里没有列 {column!r}。", f"The file has no column {column!r}.")
    )
    return Problem(message=message, file=source.path.name, value=asked, column=None if is_row else column)
