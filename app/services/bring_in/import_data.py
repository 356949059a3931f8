"""Bringing in a stranger's file: one plan, shown before and committed as it was shown."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.domain.edits import Changes, Put
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.place_reading import SWAPPED
from app.errors import Conflict, InvalidInput, Problem
from app.exchange import reader
from app.exchange.headings import fields_of
from app.exchange.mapping.meaning import map_columns
from app.exchange.planning.choices import RowChoice, choices_of
from app.exchange.planning.outcome import Cell
from app.exchange.planning.plan import Plan, PlanRow
from app.exchange.planning.planning import build_plan
from app.exchange.reading import ALL, FORMATS
from app.exchange.request import ImportRequest
from app.exchange.template_names import template_kind, template_sheets
from app.services.check.asked import Asked
from app.services.check.datum import datum_shift
from app.services.registry.lookup import kind_named
from app.services.registry.working_zone import fitting_zone, is_settled
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.exchange.reading import Layer
    from app.jobs import Ticket
    from app.services.registry.registry import Registry

__all__ = [
    "ALL",
    "READABLE",
    "SWAPPED",
    "Cell",
    "ImportRequest",
    "Plan",
    "PlanRow",
    "Preview",
    "RowChoice",
    "choices_of",
    "commit_import",
    "has_sheets",
    "list_layers",
    "plan_import",
    "preferred_layers",
    "preview_columns",
    "template_of",
]

READABLE: Final = tuple(FORMATS)  # endings of the files that can be read

_SHOW_A_SHIFT = ("districts", "streets", "communities", "compounds")
_CHECKING = Text("核对每一行", "Checking every row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The columns of a file, each called so that no two are alike. ``taken``: column → field, as understood.

    ``closed``: columns that no choice opens, because they are about private persons. ``fields``: what there is to choose.
    """

    columns: tuple[str, ...]
    taken: Mapping[str, str]
    closed: frozenset[str]
    fields: tuple[str, ...]
    layer: str | None


def plan_import(registry: Registry, request: ImportRequest, ticket: Ticket | None = None) -> Plan:
    """Read a file and return what importing it would do. Nothing is written.

    Raises
    ------
    InvalidInput
        If the file as a whole can't be taken, with a sentence of why and what to do.

    """
    _not_itself(registry.path, request.source)
    with _without_collecting():
        source = reader.read_source(
            request.source,
            layer=request.layer,
            encoding=request.encoding,
            prefer=preferred_layers(request.kind),
            ticket=ticket,
        )
        if ticket is not None:
            ticket.step(_CHECKING, 0, len(source.rows))
        day = today()
        plan = build_plan(registry.dataset, registry.profile, source, request, today=day, ticket=ticket)
    return replace(plan, notes=(*plan.notes, *_datum_warnings(registry, plan, day)))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Don't look for garbage meanwhile: a plan makes a million objects and keeps them, and each look goes through all.

    Where somebody else has switched the collector off, it stays so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def commit_import(registry: Registry, plan: Plan, *, ticket: Ticket | None = None) -> Changes:
    """Write a plan as one change; with nothing to write, ``change`` is None.

    Raises
    ------
    InvalidInput
        If rows are refused and the request is not ``partial``.
    Conflict
        If rows would change records and nobody answered what becomes of them, or somebody wrote meanwhile.

    """
    plan.refuse_if_needed()
    if ticket is not None:
        ticket.step(_CHECKING, len(plan.rows), len(plan.rows))
    edits = plan.edits
    if not edits:
        return Changes(None, "import", ())
    return registry.write(
        lambda dataset: _still_fitting(edits, dataset),
        verb="import",
        why=plan.request.source.name,
        is_bulk=True,
    )


def list_layers(path: Path, ticket: Ticket | None = None) -> list[Layer]:
    """Return the layers or sheets that a file offers; raise InvalidInput where it can't be read."""
    return reader.list_layers(path, ticket)


def has_sheets(path: Path) -> bool:
    """Whether a file's layers are sheets, which can be brought in together; by its ending."""
    return FORMATS.get(path.suffix.lower()) in ("sheet", "csv")


def template_of(layers: Sequence[Layer]) -> str | None:
    """Return the kind whose template a workbook is, by the name of its sheet; None where it is none."""
    kinds = {kind for layer in layers if (kind := template_kind(layer.name)) is not None}
    return kinds.pop() if len(kinds) == 1 else None


def preview_columns(profile: Profile, request: ImportRequest, ticket: Ticket | None = None) -> Preview:
    """Return a file's columns, what they are taken for, and the fields there are: what the import sheet offers."""
    source = reader.read_source(
        request.source,
        layer=request.layer,
        encoding=request.encoding,
        prefer=preferred_layers(request.kind),
        ticket=ticket,
    )
    columns = map_columns(source, profile, request, today())
    fields = fields_of(request.kind, profile)
    return Preview(
        layer=source.layer,
        columns=columns.labels,
        taken={meaning.column: meaning.field for meaning in columns.meanings},
        closed=frozenset(left.column for left in columns.left if left.why == "personal"),
        fields=fields if KINDS[request.kind].coded else tuple(name for name in fields if name != "code"),
    )


def preferred_layers(name: str) -> tuple[str, ...]:
    """Return the layers or sheets to take where a file has several."""
    kind = kind_named(name)
    return (*template_sheets(kind.name), kind.table, kind.name, kind.words.zh)


def _datum_warnings(registry: Registry, plan: Plan, day: date) -> list[Text]:
    """Return what `check` would say of the datum once the plan is committed; nothing where the user named it."""
    if (
        plan.crs is None
        or plan.request.datum is not None
        or plan.request.read_as is not None
        or plan.request.kind not in _SHOW_A_SHIFT
    ):
        return []
    drawn = [edit.record for edit in plan.edits if edit.record.geometry is not None]
    if not drawn:
        return []
    dataset = registry.dataset.with_changes(drawn)
    zone = registry.zone if is_settled(registry.dataset) else fitting_zone(dataset)
    asked = Asked(dataset, registry.profile, zone, day, None)
    new = {record.code for record in drawn}
    return [
        finding.message
        for finding in datum_shift(asked)
        if plan.request.kind == "compounds" or new & set(finding.codes)
    ]


def _still_fitting(edits: Sequence[Edit], dataset: Dataset) -> Sequence[Edit]:
    """Return the edits if what they were decided on still stands; raise Conflict if somebody wrote since."""
    changed = []
    for edit in edits:
        now = dataset.of(edit.record.kind).get(edit.record.code)
        before = edit.before if isinstance(edit, Put) else edit.record
        if (now is None) != (before is None) or (now and before and now.version != before.version):
            changed.append(edit.record.code)
    if changed:
        message = Text(
            "预览以后有人改过。重新预览再导入。", "Somebody changed this since the preview. Preview again."
        )
        raise Conflict(message, tuple(Problem(message=message, code=code) for code in changed))
    return edits


def _not_itself(registry: Path, source: Path) -> None:
    try:
        is_same = registry.samefile(source)
    except OSError:
        return  # the reader says what is wrong with the source
    if is_same:
        message = Text("不能把登记表导入它自己。", "A registry can't be imported into itself.")
        raise InvalidInput(message, (Problem(message=message, file=source.name),))
