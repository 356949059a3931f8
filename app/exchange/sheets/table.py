"""One table as people see it: its headings, the rows that are records, and what was set apart and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app.domain.values import is_empty
from app.exchange.headings import normalised
from app.exchange.picture import DITTO, Shared
from app.exchange.sheets.beside import blocks_beside, is_like_heading, only_columns
from app.exchange.sheets.header import Header, Shown, find_header
from app.exchange.sheets.layout import Layout, set_aside
from app.exchange.sheets.notes import ditto_note, notes_of, shape_notes
from app.exchange.sheets.ordinary import Rows
from app.exchange.sheets.parts import APART, HEADING, RECORD
from app.exchange.sheets.records import Records
from app.exchange.sheets.sections import Sections
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.exchange.picture import Block, Cell, Sheet
    from app.exchange.reading import SourceRow
    from app.exchange.sheets.header import Wanted
    from app.exchange.sheets.layout import SetAside


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
        notes = list(shape_notes(sheet, shown.rows, header, rows))
    carried = _carry(sheet, shown, rows, header, wanted)
    dittos = _repeat(rows)
    if dittos:
        notes.append(ditto_note(dittos))
    names = sections.put_into(header.names, rows)
    return Table(
        sheet=sheet.name,
        names=names,
        header=(header.first, header.last),
        rows=rows,
        apart=tuple(apart),
        notes=(*notes, *notes_of(sheet, header, carried, rows)),
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
