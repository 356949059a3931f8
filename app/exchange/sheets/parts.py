"""What the user says of a sheet's rows: which hold the headings, which are records, which are none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.picture import Sheet
    from app.exchange.reader import Source

HEADING: Final = "heading"
RECORD: Final = "record"
APART: Final = "apart"
PARTS: Final = (HEADING, RECORD, APART)


def key_of(sheet: str | None, row: int) -> str:
    """Return what a row of a sheet is called, counted as the sheet counts: SHEET!ROW, or ROW where there is no sheet."""
    return str(row) if sheet is None else f"{sheet}!{row}"


def parts_by_sheet(source: Source, said: Mapping[str, str]) -> dict[str | None, dict[int, str]]:
    """Return by sheet which row is which part; rows are named ``SHEET!ROW``, or ``ROW`` where there is one sheet.

    Raises
    ------
    InvalidInput
        If it is no such row or no such part, with every mistake in it.

    """
    found: dict[str | None, dict[int, str]] = {}
    problems = []
    for key, part in said.items():
        name, _, number = key.rpartition("!")
        sheet = _sheet(source.sheets, name)
        if sheet is None or not number.isdecimal() or not 1 <= int(number) <= len(sheet.rows):
            message = Text(
                f"表里没有第 {number or key} 行。按表上的行号写，有几张表时写 表名!行号。",
                f"There is no row {number or key}. Rows are numbered as the sheet numbers them; SHEET!ROW where there are several.",
            )
        elif part not in PARTS:
            message = Text(
                f"一行只能是 {'、'.join(PARTS)} 之一，不是 {part}。",
                f"A row is one of {', '.join(PARTS)}, not {part}.",
            )
        else:
            found.setdefault(sheet.name, {})[int(number)] = part
            continue
        problems.append(Problem(message=message, file=source.path.name, sheet=name or None, value=key))
    if problems:
        first = problems[0].message
        raise InvalidInput(
            Text(f"{source.path.name}：{first.zh}", f"{source.path.name}: {first.en}"), tuple(problems)
        )
    return found


def _sheet(sheets: Sequence[Sheet], name: str) -> Sheet | None:
    if not name:
        return sheets[0] if len(sheets) == 1 else None
    return next((sheet for sheet in sheets if sheet.name == name), None)


def first_group(said: Mapping[int, str], start: int) -> tuple[int, int] | None:
    """Return the first rows from ``start`` on that are said to be headings and follow one another; None for none."""
    rows = sorted(row for row, part in said.items() if part == HEADING and row >= start)
    if not rows:
        return None
    last = rows[0]
    while last + 1 in rows:
        last += 1
    return rows[0], last
