"""What becomes of the rows of a sheet when somebody says what one of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.bring_in.look import APART, HEADING, RECORD

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.services.bring_in.look import SeenSheet, SeenTable


def parts_with(sheet: SeenSheet, said: Mapping[str, str], row: int, part: str) -> dict[str, str]:
    """Return the parts of rows once ``row`` is said to be ``part``; "" leaves it to the program again.

    Headings are said whole: a row beside them joins them, another takes their place, one that leaves them leaves
    the others. Above a record without headings over it there are none.
    """
    numbers = {key: int(key.rpartition("!")[2]) for key in said}
    here = {key for key, number in numbers.items() if sheet.part_key(number) == key}
    others = {key: of for key, of in said.items() if key not in here}
    now = {numbers[key]: said[key] for key in here if numbers[key] != row}
    table = sheet.table_at(row)
    if part and table is not None:
        now = _within(table, now, row, part)
    if part:
        now[row] = part
    return {**others, **{sheet.part_key(number): of for number, of in sorted(now.items())}}


def _within(table: SeenTable, now: dict[int, str], row: int, part: str) -> dict[int, str]:
    first, last = table.headings
    headings = set(range(first, last + 1))
    kept = {number: of for number, of in now.items() if number not in headings}
    if part == HEADING:
        is_beside = bool(headings) and row in {first - 1, last + 1}
        wanted = headings | {row} if is_beside or row in headings else {row}
        top = min(wanted)
        kept = {n: of for n, of in kept.items() if of != HEADING and not (of == RECORD and n < top)}
        return {**kept, **dict.fromkeys(wanted - {row}, HEADING)}
    if row in headings:
        rest = headings - {row} if part == APART else {n for n in headings if n < row}
        return {**kept, **dict.fromkeys(rest, HEADING)}
    if part == RECORD and headings and row < first:
        return kept  # its headings would have to stand above it
    return now
