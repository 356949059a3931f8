"""Which column is which field: what the user says, then what the headings say; the rest is left and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.values import is_empty, read_fact
from app.errors import InvalidInput
from app.exchange.columns import Columns, LeftColumn, naming_fields
from app.exchange.headings import declared_headings, known_headings, named_field, normalised
from app.exchange.mapping.ids import are_codes
from app.exchange.mapping.labels import completed, labels_of
from app.exchange.mapping.said import rows_wanted, what_is_said
from app.exchange.personal import is_personal_content, is_personal_heading
from app.exchange.sheets.choose import table_of, wanted_for
from app.exchange.sheets.header import leaf, shown_text
from app.exchange.sheets.layout import WHY, SetAside
from app.exchange.sheets.table import apart_notes
from app.exchange.template_names import template_kind
from app.exchange.who.serials import is_serial
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.domain.profile import Profile
    from app.exchange.plan import ImportRequest
    from app.exchange.reader import Source
    from app.exchange.reading import Cell, SourceRow

_SAMPLE: Final = 2000  # rows looked at for what a column holds
_MANY: Final = 10  # rows from which a code that comes again and again is no code
_NAME_LENGTH: Final = 4  # letters from which a word under a fact's heading is a name, not a wrong answer
_NAMED_IN_ROSTERS: Final = (
    "property_firm",
    "party_organisation",
    "owners_committee",
    "authority",
    "managing_body",
)


def map_columns(source: Source, profile: Profile, request: ImportRequest) -> Columns:
    """Return the meaning of a source's columns for the kind that is asked for.

    Raises
    ------
    InvalidInput
        If the user's word names a field that the kind lacks, or a column that the file lacks.

    """
    kind = request.kind
    known = known_headings(kind, profile)
    table = table_of(source, wanted_for(known, naming_fields(kind), request.mapping))
    names, rows = table.names, table.rows
    labels = labels_of(names)
    said = what_is_said(source, profile, request, labels)
    rows, set_aside = rows_wanted(rows, said.only, labels)
    of = dict(said.of)
    closed = {*of.values(), *said.left}  # columns of which the user has said what they are
    for at, name in enumerate(names):
        named = named_field(name, known)
        if named is not None and named not in of and at not in closed:
            of[named] = at
            closed.add(at)
    notes = [*table.notes, *apart_notes(table.apart)]
    if set_aside:
        left_out = len(set_aside)
        notes.append(Text(f"{left_out} 行按你写的没有要。", f"{left_out} rows are left out, as you asked."))
    is_template = template_kind(source.sheet) is not None
    declared = declared_headings(kind, profile)
    personal = {
        place
        for place, name in enumerate(names)
        if place not in said.left
        and (
            (is_personal_heading(normalised(name)) and normalised(name) not in declared)
            or (
                of.get("credit_code") != place and is_personal_content(r.cells[place] for r in rows[:_SAMPLE])
            )
        )
    }
    of = {field: place for field, place in of.items() if place not in personal}
    by_heading: dict[str, int] = {}
    for at, name in enumerate(completed(names, source.cut, known)):
        by_heading.setdefault(normalised(name), at)
    for at, name in enumerate(names):
        by_heading.setdefault(normalised(leaf(name)), at)
    taken = closed | personal
    exact = {name: by_heading.get(normalised(name)) for name in known}
    for field, headings in known.items():
        if field in of or (source.has_outlines and field in ("wkt", "lon", "lat")):
            continue
        candidates = [exact[field]] if exact[field] is not None else [by_heading.get(h) for h in headings]
        for place in candidates:
            if place is None or place in taken or place in [p for f, p in exact.items() if f != field]:
                continue
            cells = [row.cells[place] for row in rows]
            if field == "code" and exact[field] != place and not is_template and is_serial(cells[:_SAMPLE]):
                notes.append(_counts(names[place]))
                continue
            doubt = _doubt(field, profile, cells, exact[field] == place)
            if doubt is not None:
                notes.append(
                    Text(
                        f"列“{names[place]}”没有当作 {field}：{doubt.zh}",
                        f"Column {names[place]!r} is not taken as {field}: {doubt.en}",
                    )
                )
                continue
            of[field] = place
            taken.add(place)
            break
    if not KINDS[kind].coded:
        of.pop("code", None)
    elif (
        "code" not in of
        and source.ids is not None
        and source.ids not in taken
        and are_codes(kind, [row.cells[source.ids] for row in rows])
    ):
        of["code"] = source.ids
    used = set(of.values())
    rows, unread = _readable(rows, used)
    if unread:
        notes += apart_notes(unread)
    left = tuple(
        LeftColumn(column=labels[place], why="personal" if place in personal else "unmapped")
        for place, name in enumerate(names)
        if place not in used and (name or any(not is_empty(r.cells[place]) for r in rows))
    )
    return Columns(
        names=names,
        header=table.header[1] or None,
        of=of,
        rows=rows,
        left=left,
        notes=tuple(notes),
        by={field: "user" if said.of.get(field) == place else "heading" for field, place in of.items()},
        constants=said.constants,
        set_aside=(*table.apart, *set_aside, *unread),
    )


def _readable(
    rows: tuple[SourceRow, ...], used: Collection[int]
) -> tuple[tuple[SourceRow, ...], tuple[SetAside, ...]]:
    """Return the rows that say something in a column that is understood, or have an outline; and the others."""
    if not used:
        return rows, ()
    unread = tuple(
        SetAside(row.number, WHY["unread"], row.sheet, shown_text(row.cells))
        for row in rows
        if row.outline is None and row.defect is None and all(is_empty(row.cells[p]) for p in used)
    )
    if not unread:
        return rows, ()
    numbers = {(row.sheet, row.number) for row in unread}
    return tuple(row for row in rows if (row.sheet, row.number) not in numbers), unread


def _counts(heading: str) -> Text:
    return Text(
        f"列“{heading}”只是顺序号，没有当作代码。真是代码就用 --map code={heading}。",
        f"Column {heading!r} only counts the rows and is not taken as the code. If it is one, say --map code={heading}.",
    )


def _doubt(field: str, profile: Profile, cells: Sequence[Cell], is_exact: bool) -> Text | None:
    """Return why a column can't be what its heading says, or None."""
    filled = [cell for cell in cells[:_SAMPLE] if not is_empty(cell)]
    if field == "code" and len(filled) >= _MANY and len(set(filled)) * 4 < len(filled):
        return Text("同一个值反复出现。", "the same value comes again and again.")
    if is_exact or field not in _NAMED_IN_ROSTERS or not filled:
        return None
    names = 0
    for cell in filled:
        try:
            read_fact(profile.facts[field], cell, profile)
        except InvalidInput:
            names += len(str(cell)) >= _NAME_LENGTH
    if names * 2 > len(filled):
        return Text("里面是名称，不是有 / 无。", "it holds names, not yes or no.")
    return None
