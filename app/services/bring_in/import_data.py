"""Bringing in a stranger's file: one plan, shown before and committed as it was shown."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.edits import Changes, Put
from app.domain.period import today
from app.domain.place.reading import SWAPPED
from app.errors import Conflict, InvalidInput, Problem
from app.exchange import reader
from app.exchange.planning.outcome import Cell
from app.exchange.planning.plan import Plan
from app.exchange.planning.plan_row import PlanRow
from app.exchange.planning.planning import build_plan
from app.exchange.reading import ALL, FORMATS
from app.exchange.request import ImportRequest
from app.exchange.template_names import returned_kind, returned_sheets, template_kind, template_sheets
from app.persistence.shared.refusals import NotYours
from app.services.bring_in.before import gone_since_before
from app.services.bring_in.choices import RowChoice, choices_of
from app.services.bring_in.words import why_of
from app.services.check.asked import Asked
from app.services.check.datum import datum_shift
from app.services.registry.lookup import kind_named
from app.services.registry.working_zone import fitting_zone, is_settled
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.exchange.reader import Source
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
    "RowChoice",
    "choices_of",
    "commit_import",
    "has_sheets",
    "plan_import",
    "plan_of",
    "preferred_layers",
    "source_of",
    "template_of",
    "without_collecting",
]

READABLE: Final = tuple(FORMATS)  # endings of the files that can be read

_SHOW_A_SHIFT = ("districts", "streets", "communities", "compounds")
_CHECKING = Text("核对每一行", "Checking every row")


def plan_import(registry: Registry, request: ImportRequest, ticket: Ticket | None = None) -> Plan:
    """Read a file and return what importing it would do. Nothing is written.

    Raises
    ------
    InvalidInput
        If the file as a whole can't be taken, with a sentence of why and what to do.

    """
    with without_collecting():
        return plan_of(registry, source_of(registry, request, ticket), request, ticket)


def source_of(registry: Registry, request: ImportRequest, ticket: Ticket | None = None) -> Source:
    """Read what a request is about; raise InvalidInput where it can't be read, or is the registry itself."""
    _not_itself(registry.path, request.source)
    return reader.read_source(
        request.source,
        layer=request.layer,
        encoding=request.encoding,
        prefer=preferred_layers(request.kind),
        ticket=ticket,
    )


def plan_of(registry: Registry, source: Source, request: ImportRequest, ticket: Ticket | None = None) -> Plan:
    """Return what importing a source that was read would do; see ``plan_import``."""
    if ticket is not None:
        ticket.step(_CHECKING, 0, len(source.rows))
    day = today()
    plan = build_plan(
        registry.dataset,
        registry.profile,
        source,
        request,
        today=day,
        ticket=ticket,
        placed=lambda: _placed(registry, request.kind, day),
    )
    gone = gone_since_before(registry, plan, day)
    return replace(plan, notes=(*gone, *plan.notes, *_datum_warnings(registry, plan, day)))


def _placed(registry: Registry, kind: str, day: date) -> dict[str, dict[str, str | None]]:
    """Return code → level → unit, as the registry places the records of a kind on a day."""
    return {
        code: {level: getattr(derived, level) for level in ("district", "street", "community", "grid")}
        for code, derived in registry.engine.derived_many(kind, day).items()
    }


@contextmanager
def without_collecting() -> Iterator[None]:
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

    def written(some: Sequence[Edit]) -> Changes:
        why = why_of(plan)
        return registry.write(lambda data: _still_fitting(some, data), verb="import", why=why, is_bulk=True)

    try:
        return written(edits)
    except NotYours as refusal:
        problems = _in_rows(refusal, plan)
        rest = [edit for edit in edits if edit.record.code not in refusal.codes]
        if not plan.request.partial or not rest:
            raise NotYours(refusal.message, problems, refusal.codes) from refusal
        return replace(written(rest), warnings=problems)


def as_written(plan: Plan, changes: Changes) -> Plan:
    """Return a plan as it was written: rows that the server did not let in are refused, with why."""
    if not changes.warnings:
        return plan
    of = {problem.code: problem for problem in changes.warnings}
    rows = (
        row if row.code not in of else replace(row, action="refuse", problems=(of[row.code],), edits=())
        for row in plan.rows
    )
    return replace(plan, rows=tuple(rows))


def _in_rows(refusal: NotYours, plan: Plan) -> tuple[Problem, ...]:
    """Return what is not the login's, each with the row that brought it."""
    row_of = {edit.record.code: row for row in plan.rows for edit in row.edits}
    file = plan.request.source.name
    found = ((problem, row_of.get(problem.code or "")) for problem in refusal.problems)
    return tuple(
        replace(
            problem,
            file=file,
            row=None if row is None else row.number,
            sheet=None if row is None else row.sheet,
        )
        for problem, row in found
    )


def has_sheets(path: Path) -> bool:
    """Whether a file's layers are sheets, which can be brought in together; by its ending."""
    return FORMATS.get(path.suffix.lower()) in ("sheet", "csv")


def template_of(layers: Sequence[Layer]) -> str | None:
    """Return the kind whose template a workbook is, or whose problems, by the name of its sheet; None where it is none."""
    kinds = {
        kind
        for layer in layers
        if (kind := template_kind(layer.name) or returned_kind(layer.name)) is not None
    }
    return kinds.pop() if len(kinds) == 1 else None


def preferred_layers(name: str) -> tuple[str, ...]:
    """Return the layers or sheets to take where a file has several."""
    kind = kind_named(name)
    return (*template_sheets(kind.name), *returned_sheets(kind.name), kind.table, kind.name, kind.words.zh)


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
