"""What the import sheet shows of a file: the picture of its sheets, what its columns were taken for, and the plan."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.domain.period import today
from app.errors import InvalidInput
from app.exchange import reader
from app.exchange.headings import fields_of
from app.exchange.mapping.likely import likely_kind
from app.exchange.mapping.meaning import map_columns, wanted_in
from app.exchange.mapping.seen import (
    SHOWN,
    SeenRow,
    SeenSheet,
    SeenTable,
    seen_sheets,
    shown_cell,
    with_aside,
)
from app.exchange.sheets.parts import APART, HEADING, RECORD
from app.services.bring_in.import_data import plan_of, source_of, template_of, without_collecting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile.profile import Profile
    from app.exchange.mapping.columns import Columns
    from app.jobs import Ticket
    from app.services.bring_in.import_data import ImportRequest, Plan
    from app.services.registry.registry import Registry
    from app.text import Text

__all__ = [
    "APART",
    "HEADING",
    "RECORD",
    "SHOWN",
    "Look",
    "Preview",
    "SeenRow",
    "SeenSheet",
    "SeenTable",
    "look",
    "shown_cell",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The columns of a file, each called so that no two are alike. ``taken``: column → field, as understood.

    ``closed``: columns that no choice opens, because they are about private persons. ``fields``: what there is to choose.
    ``by``: column → whose word gave it its field, or left it out. ``headings``: by which a file with the same columns is known;
    ``by_habit``: how much was taken, or is asked about, as it was decided for such a file, None where nothing is kept.
    """

    columns: tuple[str, ...]
    taken: Mapping[str, str]
    closed: frozenset[str]
    fields: tuple[str, ...]
    layer: str | None
    by: Mapping[str, str]
    headings: tuple[str, ...] = ()
    by_habit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at a file gave: its layers always, what was understood of it as far as it was, else why not.

    ``layers``: sheets and layers to choose from, and the tables of a sheet that holds several. ``kind``: what it
    was read as: a template knows its kind. ``proposed``: what speaks for it where nobody said it.
    """

    layers: tuple[str, ...]
    kind: str
    sheets: tuple[SeenSheet, ...] = ()
    preview: Preview | None = None
    plan: Plan | None = None
    error: InvalidInput | None = None
    proposed: Text | None = None


def look(
    registry: Registry, request: ImportRequest, ticket: Ticket | None = None, *, is_kind_open: bool = False
) -> Look:
    """Read a file once and return what there is to show of it. Nothing is written.

    ``is_kind_open``: nobody said what its rows are, so that another kind may be read that the file speaks for.

    Raises
    ------
    InvalidInput
        If nothing can be shown of it at all.

    """
    layers = reader.list_layers(request.source, ticket)
    made_for = template_of(layers)
    asked = replace(request, kind=made_for or request.kind)
    names = tuple(layer.name for layer in layers)
    try:
        source = source_of(registry, asked, ticket)
    except InvalidInput as error:
        if len(names) == 1:
            raise
        return Look(layers=names, kind=asked.kind, error=error)  # one of them is chosen in the sheet
    likely = None
    if is_kind_open and made_for is None:
        likely = likely_kind(source, registry.profile, registry.dataset)
    if likely is not None:
        asked = replace(asked, kind=likely[0])
    sheets = seen_sheets(source, wanted_in(registry.profile, asked, source), asked.parts)
    shown = Look(
        layers=_with_tables(names, sheets),
        kind=asked.kind,
        sheets=sheets,
        proposed=None if likely is None else likely[1],
    )
    try:
        columns = map_columns(source, registry.profile, asked, today())
    except InvalidInput as error:
        if not sheets:
            raise
        return replace(shown, error=error)
    shown = replace(
        shown,
        sheets=with_aside(sheets, columns.set_aside),
        preview=_preview(columns, source.layer, asked, registry.profile),
    )
    try:
        with without_collecting():
            return replace(shown, plan=plan_of(registry, source, asked, ticket))
    except InvalidInput as error:  # the columns are shown all the same: there it is put right
        return replace(shown, error=error)


def _with_tables(names: Sequence[str], sheets: Sequence[SeenSheet]) -> tuple[str, ...]:
    """Return what can be chosen: layers, each followed by the tables that stand on it, where there are several."""
    tables: dict[str, list[str]] = {}
    for sheet in sheets:
        for table in sheet.tables:
            if table.layer is not None:
                tables.setdefault(table.layer.rpartition("#")[0], []).append(table.layer)
    return tuple(layer for name in names for layer in (name, *tables.get(name, ())))


def _preview(columns: Columns, layer: str | None, request: ImportRequest, profile: Profile) -> Preview:
    kind = request.kind
    fields = fields_of(kind, profile)
    left = _left_by_habit(columns) | dict.fromkeys(request.leave, "user")
    return Preview(
        layer=layer,
        columns=columns.labels,
        taken={meaning.column: meaning.field for meaning in columns.meanings},
        by={meaning.column: meaning.by for meaning in columns.meanings} | left,
        headings=columns.shape,
        by_habit=_by_habit(columns),
        closed=frozenset(left.column for left in columns.left if left.why == "personal"),
        fields=fields if KINDS[kind].coded else tuple(name for name in fields if name != "code"),
    )


def _by_habit(columns: Columns) -> int | None:
    found = columns.recalled
    return None if found is None or found.habit is None else len(found.told) + len(found.asked)


def _left_by_habit(columns: Columns) -> dict[str, str]:
    left = set() if columns.recalled is None else columns.recalled.left
    return {columns.labels[place]: "habit" for place in left}
