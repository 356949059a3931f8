"""Which column is which field: what the user says, then what the headings say; the rest is left and named."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.values import is_empty
from app.exchange.habits import shape_of
from app.exchange.headings import PLACE_FIELDS, declared_headings, named_field, normalised
from app.exchange.mapping.by_hand import with_edits
from app.exchange.mapping.choosing import Chooser
from app.exchange.mapping.columns import Columns, LeftColumn, naming_fields
from app.exchange.mapping.forms import headings_of
from app.exchange.mapping.groups import asked_about, carried_down
from app.exchange.mapping.habits import answer_by_habit, lesson_of, recalled, seen_at_top
from app.exchange.mapping.ids import are_codes
from app.exchange.mapping.joined import pieces_of, with_made_columns
from app.exchange.mapping.labels import completed, labels_of, nameless
from app.exchange.mapping.own_layers import OWN_LAYER, rows_of_kind
from app.exchange.mapping.said import rows_wanted, what_is_said
from app.exchange.mapping.sections import field_of_sections
from app.exchange.mapping.witness import holds_counts_or_answers, holds_names_of_persons
from app.exchange.personal import is_personal_content, is_personal_heading, is_post
from app.exchange.sheets.choose import table_of, wanted_for
from app.exchange.sheets.header import shown_text
from app.exchange.sheets.layout import WHY, SetAside
from app.exchange.sheets.notes import apart_notes
from app.exchange.sheets.records import column_of, filled_in_any, kept
from app.exchange.template_names import is_ours, returned_kind, template_kind
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from app.domain.profile.profile import Profile
    from app.exchange.reader import Source
    from app.exchange.reading import SourceRow
    from app.exchange.request import ImportRequest
    from app.exchange.sheets.header import Wanted

_SAMPLE: Final = 2000  # rows looked at for what a column holds


def map_columns(source: Source, profile: Profile, request: ImportRequest, today: date) -> Columns:
    """Return the meaning of a source's columns for the kind that is asked for.

    ``today``: the day by which years and days are judged.

    Raises
    ------
    InvalidInput
        If the user's word names a field that the kind lacks, or a column that the file lacks.

    """
    kind = request.kind
    known = headings_of(kind, profile).of_field
    table = table_of(source, wanted_in(profile, request, source), request.parts)
    names = table.names
    labels = labels_of(names)
    rows, edited = with_edits(source, table.rows, labels, request.edits)
    said = what_is_said(source, profile, request, labels)
    rows, carried = carried_down(rows, labels, request.answers)
    made = with_made_columns(source, profile, request, names, rows, labels)
    names, rows, labels = made.names, made.rows, labels_of(made.names)
    rows, set_aside = rows_wanted(rows, said.only, labels)
    decided = replace(said, of={**said.of, **made.of}, left=said.left | made.split)
    habit = recalled(
        request.habits,
        kind,
        profile,
        table.names,
        decided,
        lambda place: column_of(rows, place, _SAMPLE),
        today,
    )
    of = {**habit.of, **decided.of}
    ours = {at for at, name in enumerate(names) if is_ours(name)} if returned_kind(source.sheet) else set()
    asked = {one.field for one in habit.asked}
    closed = {
        *of.values(),
        *decided.left,
        *habit.left,
        *habit.open,
        *ours,
    }  # columns of which it is known what they are
    for at, name in enumerate(names):
        named = named_field(name, known)
        if named is not None and named not in {*of, *asked} and at not in closed:
            of[named] = at
            closed.add(at)
    notes = [*table.notes, *apart_notes(table.apart), *carried]
    if request.habits is not None and request.habits.note is not None:
        notes.insert(0, request.habits.note)
    if ours:
        notes.append(
            Text(
                f"这是导出去的问题清单，改好的 {len(rows)} 行照原来的列读。",
                f"These are rows that were sent out to be corrected; {len(rows)} are read by their columns.",
            )
        )
    if set_aside:
        left_out = len(set_aside)
        notes.append(Text(f"{left_out} 行按你写的没有要。", f"{left_out} rows are left out, as you asked."))
    if (
        source.format in ("geojson", "parquet")
        and OWN_LAYER in names
        and names.index(OWN_LAYER) not in {*said.only, *said.of.values()}
    ):
        rows, others = rows_of_kind(kind, rows, names.index(OWN_LAYER))
        set_aside = (*set_aside, *others)
        if others:
            notes.append(
                Text(
                    f"{len(others)} 行属于别的图层，没有要。",
                    f"{len(others)} rows belong to other layers and are left out.",
                )
            )
    shown, filled_up = completed(names, source.cut, known)
    notes += filled_up
    personal = _personal(kind, profile, names, rows, closed=said.left, credit=of.get("credit_code"))
    personal |= made.made_of(personal)
    of = {field: place for field, place in of.items() if place not in personal}
    taken = closed | personal

    @cache
    def cells(place: int) -> Sequence[object]:
        return column_of(rows, place, _SAMPLE)

    chooser = Chooser(
        kind, profile, labels, cells, today=today, is_template=template_kind(source.sheet) is not None
    )
    never = (*(PLACE_FIELDS if source.has_outlines else ()), *(() if KINDS[kind].coded else ("code",)))
    proposal = chooser.propose(
        {place: name for place, name in enumerate(shown) if name and place not in taken},
        {*of, *never, *asked},
    )
    of |= proposal.of
    taken |= {*proposal.of.values(), *proposal.names_of.values()}
    notes += proposal.notes
    section = field_of_sections(kind, names, cells, of)
    if section is not None and section[1] not in taken:
        of[section[0]] = section[1]
        proposal.by[section[0]] = "content"
        taken.add(section[1])
        notes.append(section[2])
    personal |= _of_persons(names, cells, taken)
    if not KINDS[kind].coded:
        of.pop("code", None)
    elif (
        "code" not in of
        and source.ids is not None
        and source.ids not in taken
        and are_codes(kind, column_of(rows, source.ids))
    ):
        of["code"] = source.ids
    beside = {field: place for field, place in proposal.beside.items() if field in of}
    for field, place in beside.items():
        words = KINDS[kind].by_name[field].words
        notes.append(
            Text(
                f"列“{labels[place]}”里是{words.zh}的名称，用来和代码核对。",
                f"Column {labels[place]!r} names the {words.en.lower()}; it is held against the code.",
            )
        )
    used = set(of.values())
    rows, unread = _readable(rows, used)
    if unread:
        notes += apart_notes(unread)
    if source.sheets and not ours and template_kind(source.sheet) is None:
        rows, empty = asked_about(kind, rows, of, labels, request.answers)
        notes += empty
    answer_by_habit(habit, profile, labels, decided, request.answers, of, today)
    by_word = {field: "habit" for field, place in habit.of.items() if of.get(field) == place}
    by_word |= dict.fromkeys(decided.of, "user")
    left = tuple(
        LeftColumn(column=labels[place], why="personal" if place in personal else "unmapped")
        for place, name in enumerate(names)
        if place not in used
        and place not in ours
        and (place not in made.used or place in personal)
        and place not in beside.values()
        and place not in proposal.names_of.values()
        and (name or filled_in_any(rows, [place]).any())
    )
    if source.has_outlines and "name" in known and not {"name", "code"} & of.keys():
        texts = {
            one.column
            for one in left
            if one.why == "unmapped" and _holds_texts(cells(labels.index(one.column)))
        }
        unnamed = nameless(labels, texts)
        notes += [] if unnamed is None else [unnamed]
    return Columns(
        names=names,
        header=table.header[1] or None,
        of=of,
        rows=rows,
        left=left,
        notes=tuple(notes),
        by={**dict.fromkeys(of, "heading"), **proposal.by, **by_word},
        asked=(*habit.asked, *proposal.asked),
        constants={**habit.constants, **said.constants},
        set_aside=(*table.apart, *set_aside, *unread),
        edited=edited,
        beside=beside,
        names_of=proposal.names_of,
        recalled=habit,
        shape=shape_of(table.names),
        lesson=lesson_of(kind, profile, table.names, said, request.answers, of, today),
    )


def _amounts(kind: str, profile: Profile) -> frozenset[str]:
    """Return the fields and facts of a kind that hold a count or a sum."""
    own = {field.name for field in KINDS[kind].fields if field.type in (FieldType.COUNT, FieldType.NUMBER)}
    return frozenset(own | {spec.key for spec in profile.facts_of(kind) if spec.type in ("count", "money")})


def wanted_in(profile: Profile, request: ImportRequest, source: Source) -> Wanted:
    """Return what the tables of a request are read for: by the user's word, and by habit where a source is known."""
    kind = request.kind
    habit = seen_at_top(request.habits, kind, source)
    columns = {} if habit is None else habit.columns
    return wanted_for(
        headings_of(kind, profile).of_field,
        naming_fields(kind),
        {**{name: column for column, name in columns.items() if name}, **request.mapping},
        named=(
            *request.leave,
            *columns,
            *(column for column, _ in request.only),
            *request.splits,
            *pieces_of(request.joins),
        ),
        amounts=_amounts(kind, profile),
        are_units=kind in UNIT_KINDS,
    )


def _readable(
    rows: Sequence[SourceRow], used: Collection[int]
) -> tuple[Sequence[SourceRow], tuple[SetAside, ...]]:
    """Return the rows that say something in a column that is understood, or have an outline; and the others."""
    is_read = filled_in_any(rows, used)
    if not used or is_read.all():
        return rows, ()
    for place in np.flatnonzero(~is_read).tolist():
        is_read[place] = rows[place].outline is not None or rows[place].defect is not None
    unread = tuple(
        SetAside(row.number, WHY["unread"], row.sheet, shown_text(row.cells)) for row in kept(rows, ~is_read)
    )
    return kept(rows, is_read), unread


def _personal(
    kind: str,
    profile: Profile,
    names: Sequence[str],
    rows: Sequence[SourceRow],
    *,
    closed: Collection[int],
    credit: int | None,
) -> set[int]:
    """Return the columns about private persons: by what they hold, or by a heading that what they hold bears out."""
    declared = declared_headings(kind, profile)
    found = set()
    for place, name in enumerate(names):
        if place in closed:
            continue
        cells = column_of(rows, place, _SAMPLE)
        plain = normalised(name)
        is_heading = (
            is_personal_heading(plain) and plain not in declared and not holds_counts_or_answers(cells)
        )
        if is_heading or (credit != place and is_personal_content(cells)):
            found.add(place)
    return found


def _of_persons(
    names: Sequence[str], cells: Callable[[int], Sequence[object]], taken: Collection[int]
) -> set[int]:
    """Return the columns that no field takes and that hold persons' names under a post."""
    return {
        place
        for place, name in enumerate(names)
        if place not in taken and is_post(normalised(name)) and holds_names_of_persons(cells(place))
    }


def _holds_texts(cells: Sequence[object]) -> bool:
    return any(isinstance(cell, str) and not is_empty(cell) for cell in cells)
