"""One table as people see it: its headings, the rows that are records, and what was set apart and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.values import is_empty
from app.exchange.headings import normalised
from app.exchange.picture import DITTO, Shared, column_letters
from app.exchange.sheets.beside import blocks_beside, is_like_heading, only_columns
from app.exchange.sheets.header import Header, Shown, find_header
from app.exchange.sheets.layout import Layout, SetAside, set_aside
from app.exchange.sheets.ordinary import Rows
from app.exchange.sheets.parts import APART, HEADING, RECORD
from app.exchange.sheets.records import Records, are_filled
from app.exchange.sheets.sections import Sections
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.exchange.picture import Block, Cell, Grid, Sheet
    from app.exchange.reading import SourceRow
    from app.exchange.sheets.header import Wanted

_NAMED: Final = 12  # rows or ranges that a note names


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in a sheet. ``header``: first and last row of its headings, as the sheet numbers them.

    ``rows``: the records, merged cells carried over what they cover, all as wide as ``names``. ``apart``: the rows
    of the layout. ``carried``: the ranges that were carried over records. ``known``: how many of its headings we know. ``sheet``: None in a text table.
    ``top`` and ``bottom``: the first and last row that belong to it, titles included. ``offset``: what a row's number
    lacks to be that of the sheet. ``units``: the row of its headings that only names units. ``parts``: the tables
    side by side that it was made of.
    """

    sheet: str | None
    names: tuple[str, ...]
    header: tuple[int, int]
    rows: Sequence[SourceRow]
    apart: tuple[SetAside, ...]
    notes: tuple[Text, ...]
    carried: tuple[Block, ...] = ()
    known: int = 0
    top: int = 1
    bottom: int = 0
    offset: int = 0
    units: int | None = None
    parts: tuple[Table, ...] = ()


def tables_in(
    sheet: Sheet, wanted: Wanted, *, counts_from_header: bool, said: Mapping[int, str] | None = None
) -> list[Table]:
    """Return the tables that stand below one another, or side by side, in a sheet; none where it is empty.

    ``counts_from_header``: rows are numbered from the first under the headings, as in a text, not by the sheet.
    ``said``: which part a row is, by the user's word.
    """
    shown, said = Shown(sheet), said or {}
    rows = Rows(shown.rows, wanted)
    found: list[Table] = []
    start = 1
    while (header := find_header(shown, wanted, start, said)) is not None:
        end = _next_table(shown, rows, wanted, header, said)
        beside = blocks_beside(sheet, header, wanted, end)
        if len(beside.ranges) > 1:
            parts = [
                part
                for number, (left, right) in enumerate(beside.ranges, 1)
                for part in tables_in(
                    only_columns(sheet, left, right, start, end, number),
                    wanted,
                    counts_from_header=counts_from_header,
                    said={row: part for row, part in said.items() if start <= row < end},
                )
            ]
            if beside.are_alike:
                parts = [replace(joined(parts, [beside.said], wanted), parts=tuple(parts))]
            found += parts
        else:
            extent = (start, end)
            found.append(
                _table(
                    sheet, shown, rows, wanted, header, extent, said, counts_from_header=counts_from_header
                )
            )
        if end > len(sheet.rows):
            break
        start = end
    return found


def _next_table(shown: Shown, rows: Rows, wanted: Wanted, header: Header, said: Mapping[int, str]) -> int:
    """Return the row of the next table's headings, or the one after the last: other headings, mostly after a gap."""
    own = {name for name in header.names if name}
    for row, is_gap in rows.after_gaps(header.last, said):
        if said and row in said:
            if said[row] == HEADING:
                return row
            continue
        filled = shown.filled(row)
        if all(isinstance(cell, str) for _, cell in filled):
            texts = {str(cell).strip() for _, cell in filled}
            known = sum(1 for text in texts if wanted.is_heading(text) or is_like_heading(text))
            least = 2 if is_gap else 3
            if (
                known >= min(least, len(filled))
                and known * 2 >= len(filled)
                and (len(texts & own) * 2 < len(texts) or (is_gap and _have_moved(header, filled)))
            ):
                return row
    return len(shown.rows) + 1


def _have_moved(header: Header, filled: Sequence[tuple[int, Cell]]) -> bool:
    """Whether headings come again in other columns: then what stands below them is another table."""
    places = {name: place for place, name in enumerate(header.names) if name}
    return any(places.get(str(cell).strip(), place) != place for place, cell in filled)


def _table(
    sheet: Sheet,
    shown: Shown,
    all_rows: Rows,
    wanted: Wanted,
    header: Header,
    extent: tuple[int, int],
    said: Mapping[int, str],
    *,
    counts_from_header: bool,
) -> Table:
    width, (start, end) = len(header.names), extent
    naming = [place for place, name in enumerate(header.names) if name and wanted.is_naming(name)]
    wide = _wide_rows(sheet, width)
    layout = Layout(
        [
            {p: c for p, c in enumerate(shown.rows[row - 1]) if not is_empty(c)}
            for row in range(header.first, header.last + 1)
        ],
        [str(filled[0][1]) for row in range(start, header.first) if len(filled := shown.filled(row)) == 1],
        naming,
        wide,
        are_units=wanted.are_units,
    )
    less = header.last if counts_from_header else 0
    looked = all_rows.need_a_look(layout, naming)
    looked[[row - 1 for row in (*said, *wide) if row <= len(looked)]] = True
    if header.numbers is not None:
        looked[header.numbers - 1] = True
    is_record = ~looked
    is_record[: header.last] = is_record[end - 1 :] = False
    apart: list[SetAside] = []
    sections = Sections(shown, start, header.first)
    before = header.last  # the position after the row that was looked at last
    for at in (np.flatnonzero(looked[header.last : end - 1]) + header.last).tolist():
        if not all_rows.filled[at]:
            continue
        layout.pass_over(all_rows.of(np.flatnonzero(is_record[before:at]) + before))
        row, before, cells = at + 1, at, shown.rows[at]
        if said and row in said:
            kind = _said(said[row])
        else:
            kind = "numbers" if row == header.numbers else layout.kind_of(row, cells)
        if kind is None:
            is_record[at] = True
            before = at + 1
        else:
            apart.append(set_aside(row - less, kind, cells, sheet.name))
            if kind == "section":
                sections.begin(at, cells)
    rows = Records(shown.rows, np.flatnonzero(is_record), width, first=1 - less, sheet=sheet.name)
    notes = []
    if counts_from_header:
        notes = list(_of_shape(sheet, shown.rows, header, rows))
    carried = _carry(sheet, shown, rows, header, wanted)
    dittos = _repeat(rows)
    if dittos:
        listed, rest = _listed([str(number) for number in dittos])
        notes.append(
            Text(
                f"“同上”照上一条读：第 {'、'.join(listed)} 行{rest.zh}。",
                f"Ditto marks are read as what stands above: rows {', '.join(listed)}{rest.en}.",
            )
        )
    names = sections.put_into(header.names, rows)
    return Table(
        sheet=sheet.name,
        names=names,
        header=(header.first, header.last),
        rows=rows,
        apart=tuple(apart),
        notes=(*notes, *_notes(sheet, header, carried, rows)),
        carried=carried,
        known=header.known,
        top=start,
        bottom=end - 1,
        offset=less,
        units=header.units,
    )


def _said(part: str) -> str | None:
    """Return what a row of the layout is by the user's word; None for a record."""
    return {RECORD: None, APART: "said", HEADING: "heading"}[part]


def _of_shape(sheet: Sheet, grid: Grid, header: Header, rows: Records) -> Iterator[Text]:
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


def _wide_rows(sheet: Sheet, width: int) -> frozenset[int]:
    """Return the rows in which one merged cell takes most of the width: headings between the records."""
    return frozenset(
        block.top
        for block in sheet.merged
        if block.top == block.bottom and (block.right - block.left + 1) * 2 > max(width, 4)
    )


def _carry(sheet: Sheet, shown: Shown, rows: Records, header: Header, wanted: Wanted) -> tuple[Block, ...]:
    """Write what a merged cell shows into every record that it covers; return the ranges that were carried.

    A count or a sum that several records share is none of theirs: it becomes a cell that has to be asked about.
    """
    if not sheet.merged:
        return ()
    places = {row + 1: at for at, row in enumerate(rows.in_grid.tolist())}
    naming = [place for place, name in enumerate(header.names) if name and wanted.is_naming(name)]
    carried: list[Block] = []
    shares: list[tuple[Block, list[int]]] = []
    for block in sheet.merged:
        value = shown.raw(block.top, block.left)
        if block.bottom <= header.last or is_empty(value):
            continue
        covered = [
            places[number]
            for number in range(max(block.top, header.last + 1), block.bottom + 1)
            if number in places
        ]
        did = False
        for at in covered:
            cells = list(rows[at].cells)
            for column in range(block.left, min(block.right + 1, len(cells))):
                if is_empty(cells[column]):
                    cells[column] = value
                    did = True
            rows.put(at, cells)
        if did:
            carried.append(block)
            if _is_shared(block, value, header.names, wanted):
                shares.append((block, covered))
    for block, covered in shares:
        named = {tuple(str(rows[at].cells[p]) for p in naming if p < len(rows[at].cells)) for at in covered}
        if len(named) < 2 and block.left == block.right:
            continue
        for at in covered:
            cells = list(rows[at].cells)
            for column in range(block.left, min(block.right + 1, len(cells))):
                cells[column] = Shared(str(shown.raw(block.top, block.left)), block.label)
            rows.put(at, cells)
    return tuple(sorted(carried))


def _is_shared(block: Block, value: Cell, names: Sequence[str], wanted: Wanted) -> bool:
    """Whether merged cells hold a number under a heading of counts or sums."""
    return any(character.isdigit() for character in str(value)) and any(
        wanted.is_amount(names[column]) for column in range(block.left, min(block.right + 1, len(names)))
    )


def _repeat(rows: Records) -> list[int]:
    """Put what stands above into the cells that say 同上 or 〃; return the rows that had one."""
    found: list[int] = []
    if all(DITTO.isdisjoint(rows.column(place)) for place in range(rows.width)):
        return found
    for at, row in enumerate(rows):
        if at == 0 or DITTO.isdisjoint(row.cells):
            continue
        above, cells = rows[at - 1].cells, list(row.cells)
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell in DITTO and place < len(above) and not is_empty(above[place]):
                cells[place] = above[place]
        if cells != list(row.cells):
            rows.put(at, cells)
            found.append(row.number)
    return found


def _notes(sheet: Sheet, header: Header, carried: Sequence[Block], rows: Records) -> Iterator[Text]:
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


def _listed(of: Sequence[str]) -> tuple[Sequence[str], Text]:
    more = len(of) - _NAMED
    return of[:_NAMED], Text(f"等 {len(of)} 处", f" and {more} more") if more > 0 else Text("", "")


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


def joined(tables: Sequence[Table], said: Sequence[Text], wanted: Wanted) -> Table:
    """Return several tables as one, each row with its sheet: columns of one heading, or that mean one field, are one column."""
    names: dict[object, int] = {}
    words: dict[object, str] = {}
    rows: list[SourceRow] = []
    alike: list[Text] = []
    for table in tables:
        places = []
        seen: dict[str, int] = {}
        other = []
        for name, key in zip(table.names, _keys(table.names, wanted), strict=True):
            seen[key] = seen.get(key, 0) + 1
            numbered = (key, seen[key])
            places.append(names.setdefault(numbered, len(names)))
            held = words.setdefault(numbered, name)
            if held and name and normalised(held) != normalised(name):
                other.append((name, held))
        if other:
            alike.append(
                Text(
                    f"{table.sheet}：{'、'.join(f'“{one}”与“{held}”' for one, held in other)}当作同一列。",
                    f"{table.sheet}: taken for one column: {', '.join(f'{one!r} and {held!r}' for one, held in other)}.",
                )
            )
        for row in table.rows:
            cells: list[Cell] = [None] * len(names)
            for place, cell in zip(places, row.cells, strict=False):
                cells[place] = cell
            rows.append(row._replace(cells=cells))
    width = len(names)
    notes = dict.fromkeys(_of_sheet(note, table) for table in tables for note in table.notes)
    return replace(
        tables[0],
        names=tuple(words[key] for key in names),
        rows=tuple(
            r if len(r.cells) == width else r._replace(cells=[*r.cells, *[None] * (width - len(r.cells))])
            for r in rows
        ),
        apart=tuple(row for table in tables for row in table.apart),
        notes=(*notes, *alike, *said),
        carried=(),
    )


def _keys(names: Sequence[str], wanted: Wanted) -> list[str]:
    """Return what each heading is known by across tables: the field it means, where no other of its table means that too."""
    fields = [wanted.field_of(name) if name else "" for name in names]
    return [
        f"={field}" if field and fields.count(field) == 1 else normalised(name)
        for field, name in zip(fields, names, strict=True)
    ]


def _of_sheet(note: Text, table: Table) -> Text:
    return note if table.sheet is None else Text(f"{table.sheet}：{note.zh}", f"{table.sheet}: {note.en}")
