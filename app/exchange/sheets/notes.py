"""What is said of a table as it was read: its shape, its layout, what was carried over, hidden or set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.exchange.picture import column_letters
from app.exchange.sheets.records import are_filled
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.exchange.picture import Block, Grid, Sheet
    from app.exchange.sheets.header import Header
    from app.exchange.sheets.layout import SetAside
    from app.exchange.sheets.records import Records

_NAMED: Final = 12  # rows or ranges that a note names


def shape_notes(sheet: Sheet, grid: Grid, header: Header, rows: Records) -> Iterator[Text]:
    """Say which lines of a text have fewer or more cells than its headings, and whether the text was cut off.

    A last line without an end that also has too few cells is a defect of its row.
    """
    due = grid.width_of(header.last - 1) if header.last >= header.first else len(header.names)
    at, named = rows.in_grid.tolist(), rows.numbers.tolist()
    widths = [grid.width_of(row) for row in at]
    for words, numbers in (
        (Text("少", "fewer"), [n for n, width in zip(named, widths, strict=True) if width < due]),
        (Text("多", "more"), [n for n, width in zip(named, widths, strict=True) if width > due]),
    ):
        if numbers:
            listed, rest = _listed([str(number) for number in numbers])
            yield Text(
                f"第 {'、'.join(listed)} 行{rest.zh}的格数比列名{words.zh}（列名有 {due} 格），看看这些行是不是错了位。",
                f"Rows {', '.join(listed)}{rest.en} have {words.en} cells than there are headings ({due}); see whether they are out of place.",
            )
    torn = set(sheet.swallowed)
    swallowed = [number for row, number in zip(at, named, strict=True) if row + 1 in torn]
    if swallowed:
        listed, rest = _listed([str(number) for number in swallowed])
        yield Text(
            f"第 {'、'.join(listed)} 行{rest.zh}有一格里夹着换行和分隔符，可能有引号没有收住，把后面的行吞了进去。",
            f"In rows {', '.join(listed)}{rest.en} a cell holds line breaks and separators: a quote that was not closed may have swallowed the rows after it.",
        )
    if not sheet.is_open or not at or at[-1] + 1 != len(grid):
        return
    if widths[-1] < due:
        cut = Text(
            "最后一行没有写完：格数不够，也没有换行。文件可能没有传完，重新拷贝一次。",
            "The last line is not finished: it lacks cells and has no line end. The file may be cut off; copy it again.",
        )
        rows.break_off(cut)
    else:
        yield Text(
            "最后一行后面没有换行，文件可能没有传完。看看最后一行是不是完整。",
            "The last line has no line end; the file may be cut off. See whether its last row is whole.",
        )


def ditto_note(numbers: Sequence[int]) -> Text:
    """Say in which rows a mark was read as what stands above it."""
    listed, rest = _listed([str(number) for number in numbers])
    return Text(
        f"“同上”照上一条读：第 {'、'.join(listed)} 行{rest.zh}。",
        f"Ditto marks are read as what stands above: rows {', '.join(listed)}{rest.en}.",
    )


def notes_of(sheet: Sheet, header: Header, carried: Sequence[Block], rows: Records) -> Iterator[Text]:
    """Say what somebody who sees the sheet would not expect: joined headings, merged cells, hidden rows and columns."""
    yield from (Text(*note) for note in sheet.notes)
    if header.last > header.first:
        yield Text(
            f"列名占第 {header.first} 到 {header.last} 行，合成一行读。",
            f"The headings take rows {header.first} to {header.last}; they are read as one.",
        )
    if carried:
        listed, rest = _listed([block.label for block in carried])
        yield Text(
            f"合并单元格里的值按它盖住的每一行读：{'、'.join(listed)}{rest.zh}。",
            f"What merged cells show is read in every row they cover: {', '.join(listed)}{rest.en}.",
        )
    numbers = set(rows.numbers.tolist()) if sheet.hidden_rows else set()
    hidden = [number for number in sheet.hidden_rows if number in numbers]
    if hidden:
        listed, rest = _listed([str(number) for number in hidden])
        yield Text(
            f"有 {len(hidden)} 行是隐藏的，一样读入：第 {'、'.join(listed)} 行{rest.zh}。",
            f"{len(hidden)} hidden rows are included: {', '.join(listed)}{rest.en}.",
        )
    columns = [c for c in sheet.hidden_columns if c < len(header.names) and are_filled(rows.column(c)).any()]
    if columns:
        listed, rest = _listed([header.names[c] or column_letters(c) for c in columns])
        yield Text(
            f"有 {len(columns)} 列是隐藏的，一样读入：{'、'.join(listed)}{rest.zh}。",
            f"{len(columns)} hidden columns are included: {', '.join(listed)}{rest.en}.",
        )


def apart_notes(apart: Sequence[SetAside]) -> Iterator[Text]:
    """Say which rows were set apart, and why, a sentence for each reason."""
    by_why: dict[Text, list[SetAside]] = {}
    for row in apart:
        by_why.setdefault(row.why, []).append(row)
    for why, of in by_why.items():
        listed, rest = _listed([str(row.number) for row in of])
        yield Text(
            f"第 {'、'.join(listed)} 行不当记录（{why.zh}）{rest.zh}：{of[0].text}",
            f"No records, set apart ({why.en}): rows {', '.join(listed)}{rest.en}: {of[0].text}",
        )


def _listed(of: Sequence[str]) -> tuple[Sequence[str], Text]:
    more = len(of) - _NAMED
    return of[:_NAMED], Text(f"等 {len(of)} 处", f" and {more} more") if more > 0 else Text("", "")
