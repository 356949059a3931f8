"""The picture of a sheet with what was recognised in it: which rows are what, which tables there are, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from app.domain.personal import without_numbers
from app.domain.values import is_empty
from app.errors import InvalidInput
from app.exchange.headings import normalised
from app.exchange.mapping.labels import labels_of
from app.exchange.reading import ALL
from app.exchange.sheets.choose import numbered, table_of, tables_by_sheet
from app.exchange.sheets.header import REACH
from app.exchange.sheets.parts import key_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from app.exchange.picture import Block, Cell, Sheet
    from app.exchange.reader import Source
    from app.exchange.sheets.header import Wanted
    from app.exchange.sheets.layout import SetAside
    from app.exchange.sheets.table import Table

SHOWN: Final = REACH  # rows of a sheet that are shown: those within which headings are looked for
TITLE, HEADING, UNITS, RECORD, APART, OTHER = "title", "heading", "units", "record", "apart", "other"
_PARTS: Final = {
    TITLE: Text("标题", "title"),
    HEADING: Text("列名", "headings"),
    UNITS: Text("单位", "units"),
    RECORD: Text("记录", "record"),
    OTHER: Text("另一张表，没有读", "another table, not read"),
}


class SeenRow(NamedTuple):
    """What a row was taken for. ``part``: title, heading, units, record, apart or other; ``words``: which, said shortly."""

    part: str
    words: Text


class SeenTable(NamedTuple):
    """A table on a sheet: its rows and columns, the last included. ``layer``: what asks for it alone; ``labels``: by column from ``left``.

    ``headings``: its first and last row of headings; the last lies before the first where it has none. ``sheet``: what
    its rows are called by; ``counted_from``: what a row's number in the plan lacks, in a text table.
    """

    layer: str | None
    sheet: str | None
    headings: tuple[int, int]
    bottom: int
    left: int
    right: int
    labels: tuple[str, ...]
    is_read: bool
    counted_from: int = 0

    def key(self, row: int) -> str:
        """Return what a row of the sheet is called by answers and in the plan."""
        return key_of(self.sheet, row - self.counted_from)

    def label(self, column: int) -> str | None:
        """Return what a column of the sheet is called; None outside the table."""
        place = column - self.left
        return self.labels[place] if 0 <= place < len(self.labels) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSheet:
    """The first rows of a sheet as they stand, and what was recognised. ``height``: of the whole sheet.

    ``parts``: row → what it is; of tables side by side what the leftmost makes of it.
    """

    name: str | None
    rows: Sequence[Sequence[Cell]]
    height: int
    width: int
    merged: tuple[Block, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    tables: tuple[SeenTable, ...]
    parts: Mapping[int, SeenRow]

    def part_key(self, row: int) -> str:
        """Return what a row is called where its part is said."""
        return key_of(self.name, row)

    def table_at(self, row: int, column: int = 0) -> SeenTable | None:
        """Return the table that a cell belongs to, the headings of which may still follow; None below the last."""
        around = [table for table in self.tables if row <= table.bottom]
        if not around:
            return None
        first = min(table.bottom for table in around)
        beside = [table for table in around if table.bottom == first]
        return next((table for table in beside if column <= table.right), beside[-1])


def shown_cell(cell: Cell) -> str:
    """Return what a cell shows; a person's number in it is not shown."""
    return "" if cell is None else without_numbers(str(cell))


def seen_sheets(source: Source, wanted: Wanted, parts: Mapping[str, str]) -> tuple[SeenSheet, ...]:
    """Return the sheets of a source as people see them; () for a layer, which has no sheet."""
    if not source.sheets:
        return ()
    near = {key: part for key, part in parts.items() if _is_near(key)}
    shown = replace(source, sheets=tuple(_begin(sheet) for sheet in source.sheets))
    found = tables_by_sheet(shown, wanted, near)
    read, labels = _read(shown, wanted, near, found)
    return tuple(
        _seen(sheet, whole, found[sheet.name], read, labels, _base(source, sheet))
        for sheet, whole in zip(shown.sheets, source.sheets, strict=True)
    )


def with_aside(sheets: Sequence[SeenSheet], aside: Iterable[SetAside]) -> tuple[SeenSheet, ...]:
    """Return the sheets with the rows that were set apart once the columns were known, too."""
    rows: dict[str | None, dict[int, SeenRow]] = {}
    for row in aside:
        rows.setdefault(row.sheet, {})[row.number] = SeenRow(APART, row.why)
    made = []
    for sheet in sheets:
        more = {
            number + table.counted_from: row
            for table in sheet.tables
            if table.left == 0 and table.is_read
            for number, row in rows.get(table.sheet, {}).items()
            if number + table.counted_from <= len(sheet.rows)
        }
        made.append(replace(sheet, parts={**sheet.parts, **more}))
    return tuple(made)


def _is_near(key: str) -> bool:
    number = key.rpartition("!")[2]
    return number.isdecimal() and int(number) <= SHOWN


def _base(source: Source, sheet: Sheet) -> str | None:
    """Return the layer that a sheet is, without the number of a table on it."""
    if sheet.name is not None or source.layer is None:
        return sheet.name
    named = numbered(source.layer)
    return source.layer if named is None else named[0]


def _begin(sheet: Sheet) -> Sheet:
    """Return the rows of a sheet that are shown."""
    if len(sheet.rows) <= SHOWN:
        return sheet
    merged = [block._replace(bottom=min(block.bottom, SHOWN)) for block in sheet.merged if block.top <= SHOWN]
    swallowed = [row for row in sheet.swallowed if row <= SHOWN]
    return replace(sheet, rows=sheet.rows[:SHOWN], merged=merged, swallowed=swallowed, is_open=False)


def _read(
    source: Source, wanted: Wanted, parts: Mapping[str, str], found: Mapping[str | None, Sequence[Table]]
) -> tuple[set[tuple[str | None, int]], Mapping[str, str]]:
    """Return the tables that are read, by sheet and first row, and what columns are called in several read as one."""
    tables = [table for of in found.values() for table in of]
    try:
        chosen = table_of(source, wanted, parts)
    except InvalidInput:  # which of them is read has yet to be said
        return set(), {}
    if source.layer == ALL or len(tables) == 1:
        labels = {normalised(label): label for label in labels_of(chosen.names)}
        return {(table.sheet, table.top) for table in tables}, labels
    return {(chosen.sheet, chosen.top)}, {}


def _seen(
    sheet: Sheet,
    whole: Sheet,
    tables: Sequence[Table],
    read: set[tuple[str | None, int]],
    labels: Mapping[str, str],
    base: str | None,
) -> SeenSheet:
    seen: list[SeenTable] = []
    rows: dict[int, SeenRow] = {}
    for at, table in enumerate(tables, 1):
        is_read = (table.sheet, table.top) in read
        layer = f"{base}#{at}" if len(tables) > 1 and base is not None else None
        for part in table.parts or (table,):
            own = labels_of(table.names if part is table else part.names)
            columns = [place for place, name in enumerate(part.names) if name] or [0]
            left, right = columns[0], columns[-1]
            seen.append(
                SeenTable(
                    layer,
                    part.sheet,
                    part.header,
                    part.bottom,
                    left,
                    right,
                    tuple(labels.get(normalised(label), label) for label in own[left : right + 1]),
                    is_read,
                    part.offset,
                )
            )
            for row, what in _parts(sheet, part, is_read=is_read):
                rows.setdefault(row, what)
    return SeenSheet(
        name=sheet.name,
        rows=list(sheet.rows),
        height=len(whole.rows),
        width=max((len(row) for row in sheet.rows), default=0),
        merged=tuple(sheet.merged),
        hidden_rows=frozenset(sheet.hidden_rows),
        hidden_columns=frozenset(sheet.hidden_columns),
        tables=tuple(seen),
        parts=rows,
    )


def _parts(sheet: Sheet, table: Table, *, is_read: bool) -> Iterator[tuple[int, SeenRow]]:
    first, last = table.header
    for row in range(table.top, first):
        if any(not is_empty(cell) for cell in sheet.rows[row - 1]):
            yield row, SeenRow(TITLE, _PARTS[TITLE])
    for row in range(first, last + 1):
        part = UNITS if row == table.units else HEADING
        yield row, SeenRow(part, _PARTS[part])
    for aside in table.apart:
        yield aside.number + table.offset, SeenRow(APART, aside.why)
    part = RECORD if is_read else OTHER
    for record in table.rows:
        yield record.number + table.offset, SeenRow(part, _PARTS[part])
