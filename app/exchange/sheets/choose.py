"""Which table of a source is read: the only one, the one asked for, or all of them as one."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

from app.domain.values import is_empty
from app.errors import InvalidInput, Problem
from app.exchange.headings import normalised, normalised_of_each
from app.exchange.picture import column_letters
from app.exchange.reading import ALL
from app.exchange.sheets.header import REACH, Wanted, leaf
from app.exchange.sheets.parts import parts_by_sheet
from app.exchange.sheets.table import Table, joined, tables_in
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from app.exchange.picture import Sheet
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow

_SEVERAL: Final = 3  # headings in one column from which a sheet lies sideways
_COLUMNS: Final = 8  # columns in which they are looked for
_NUMBERED: Final = re.compile(r"(.+)#(\d+)", re.DOTALL)


def numbered(layer: str) -> tuple[str, int] | None:
    """Return the sheet and the number of the table in it that a layer names: 表1#2; None where it names none."""
    match = _NUMBERED.fullmatch(layer)
    return None if match is None else (match[1], int(match[2]))


def wanted_for(
    known: Mapping[str, Collection[str]],
    naming: Iterable[str],
    mapping: Mapping[str, str],
    *,
    named: Iterable[str] = (),
    amounts: Collection[str] = (),
    are_units: bool = False,
) -> Wanted:
    """Return what a table is read for: headings by field, the fields that name a row, and what the user said.

    ``named``: further columns that the user named; ``amounts``: the fields that hold a count or a sum.
    """
    headings = {heading for of in known.values() for heading in of}
    said = {normalised(column): field for field, column in mapping.items()}
    headings |= set(said)
    wanted = set(naming)
    names = {heading for field in wanted for heading in known.get(field, ())}
    names |= {heading for heading, field in said.items() if field in wanted}
    own = {*said, *(normalised(column) for column in named)}
    fields: dict[str, str] = {}
    for field, of in known.items():
        for heading in of:
            fields.setdefault(heading, field)

    @cache
    def is_heading(text: str) -> bool:
        return normalised(text) in headings

    @cache
    def is_naming(text: str) -> bool:
        return normalised(text) in names or normalised(leaf(text)) in names

    def headings_among(texts: Sequence[str]) -> set[str]:
        lines = [text for text in texts if "\n" not in text]
        forms = zip(lines, normalised_of_each(lines), strict=True)
        doubtful = [text for text in texts if "\n" in text]
        doubtful += [text for text, form in forms if not form or form in headings]
        return {text for text in doubtful if is_heading(text.strip())}

    def field_of(text: str) -> str:
        forms = (normalised(text), normalised(leaf(text)))
        return "" if own.intersection(forms) else fields.get(forms[0]) or fields.get(forms[1], "")

    def is_amount(text: str) -> bool:
        forms = (normalised(text), normalised(leaf(text)))
        return any((said.get(form) or fields.get(form, "")) in amounts for form in forms)

    return Wanted(
        is_heading=is_heading,
        is_naming=is_naming,
        field_of=field_of,
        is_amount=is_amount,
        headings_among=headings_among,
        are_units=are_units,
    )


def table_of(source: Source, wanted: Wanted, parts: Mapping[str, str]) -> Table:
    """Return the table that a source holds; a layer's own columns and rows are a table as they are.

    ``parts``: which part a row is by the user's word; see ``app.exchange.sheets.parts``.

    Raises
    ------
    InvalidInput
        If nothing stands in it, or several tables and nobody said which.

    """
    if source.columns is not None:
        layers = _layers(source)
        if len(layers) > 1:
            return joined(layers, [], wanted)
        return Table(
            sheet=None, names=source.columns, header=(0, 0), rows=tuple(source.rows), apart=(), notes=()
        )
    found = tables_by_sheet(source, wanted, parts)
    tables = [table for of in found.values() for table in of]
    for sheet, of in zip(source.sheets, found.values(), strict=True):
        if not parts:
            _must_not_lie_sideways(source, sheet, of, wanted)
    if not tables:
        raise _refused(source, Text("没有一行内容。", "There is no row."))
    if len(tables) > 1 and source.layer == ALL:
        return joined(*_with_names(tables, wanted), wanted)
    if len(tables) == 1:
        return tables[0]
    asked = None if source.layer is None or source.layer in found else numbered(source.layer)
    if asked is not None:
        if not 1 <= asked[1] <= len(tables):
            raise _refused(
                source,
                Text(f"这张表上有 {len(tables)} 个表格。", f"There are {len(tables)} tables on this sheet."),
            )
        return tables[asked[1] - 1]
    named = [t for t in tables if any(wanted.is_naming(name) for name in t.names)]
    if len(named) == 1:
        return _with_the_others(named[0], tables)
    called = [sheet.name or source.layer or "" for sheet in source.sheets for _ in found[sheet.name]]
    listed = [f"{name}#{at}" for at, name in enumerate(called, 1)]
    lines = list(dict.fromkeys(str(table.header[0]) for table in tables))
    raise _refused(
        source,
        Text(
            f"这张表上有 {len(tables)} 个表格，列名在第 {'、'.join(lines)} 行。用 --layer 选一个：{'、'.join(listed)}，或 --layer all 一起导入。",
            f"There are {len(tables)} tables on this sheet, with headings in rows {', '.join(lines)}. Choose one with --layer: {', '.join(listed)}, or take all with --layer all.",
        ),
    )


def _layers(source: Source) -> list[Table]:
    """Return a table for each of several layers that were read as one; a column that a layer has not, has no name there."""
    by_layer: dict[str | None, list[SourceRow]] = {}
    for row in source.rows:
        by_layer.setdefault(row.sheet, []).append(row)
    return [
        Table(
            sheet=layer,
            names=tuple(
                name if any(not is_empty(row.cells[place]) for row in rows) else ""
                for place, name in enumerate(source.columns or ())
            ),
            header=(0, 0),
            rows=tuple(rows),
            apart=(),
            notes=(),
        )
        for layer, rows in by_layer.items()
    ]


def _with_names(tables: list[Table], wanted: Wanted) -> tuple[list[Table], list[Text]]:
    """Return the tables that have a column by which a row is a record, and what is said of the others."""
    named = [t for t in tables if any(wanted.is_naming(name) for name in t.names)]
    if not named:
        return tables, []
    said = [
        Text(
            f"{table.sheet}：没有名称、代码、地址或位置这样的列，整张没有读。",
            f"{table.sheet}: no column is a name, a code, an address or a place; it is not read.",
        )
        for table in tables
        if table not in named
    ]
    return named, said


def tables_by_sheet(
    source: Source, wanted: Wanted, parts: Mapping[str, str]
) -> dict[str | None, list[Table]]:
    """Return the tables of each sheet of a source, in the sheets' order."""
    said, counts = parts_by_sheet(source, parts), source.format == "csv"
    return {
        sheet.name: tables_in(sheet, wanted, counts_from_header=counts, said=said.get(sheet.name))
        for sheet in source.sheets
    }


def _must_not_lie_sideways(source: Source, sheet: Sheet, tables: list[Table], wanted: Wanted) -> None:
    """Refuse a sheet whose headings stand below one another in a column: each of its columns is a record."""
    heights: dict[int, set[str]] = {}
    for row in sheet.rows[:REACH]:
        for column, cell in enumerate(row[:_COLUMNS]):
            if isinstance(cell, str) and wanted.is_heading(cell.strip()):
                heights.setdefault(column, set()).add(cell.strip())
    column, most = max(((c, len(of)) for c, of in heights.items()), key=lambda pair: pair[1], default=(0, 0))
    if most < _SEVERAL or any(table.known >= most or table.known > 1 for table in tables):
        return
    letters = column_letters(column)
    raise _refused(
        source,
        Text(
            f"列名像是竖着写在 {letters} 列里（{'、'.join(sorted(heights[column])[:4])}），每条记录占一列。在表格软件里选择性粘贴“转置”，让列名占一行，再导入。",
            f"The headings seem to stand below one another in column {letters}, each record in a column. Transpose the sheet so that they take one row.",
        ),
    )


def _with_the_others(table: Table, tables: Iterable[Table]) -> Table:
    """Return a table with a note of those on its sheet that hold something else."""
    rows = [str(other.header[0]) for other in tables if other is not table]
    note = Text(
        f"这张表上另有表格（列名在第 {'、'.join(rows)} 行），没有读。",
        f"There are further tables on this sheet (headings in row {', '.join(rows)}); they are not read.",
    )
    return replace(table, notes=(*table.notes, note))


def _refused(source: Source, reason: Text) -> InvalidInput:
    name = source.path.name
    return InvalidInput(
        Text(f"{name}：{reason.zh}", f"{name}: {reason.en}"),
        (Problem(message=reason, file=name, sheet=source.sheet),),
    )
