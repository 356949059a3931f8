"""Edits against the data as it is now: which differ, in which form, and whether somebody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.domain import tasks
from app.domain.edits import Put
from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.period import today
from app.domain.rules.declared import completed
from app.errors import Problem
from app.persistence.store import changed_meanwhile
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_MINDS_DAYS: Final = ("undo", "redo", *tasks.ACTS)


def canonical(edit: Edit, profile: Profile, verb: str = "") -> Edit:
    """Return the edit as its record is kept: what follows from the profile filled in, a unit as a multipolygon.

    ``verb``: of its change; an act on a task minds the days of its steps itself, an undo or redo brings them back.
    """
    if isinstance(edit, Put) and edit.record.kind == "tasks" and verb not in _MINDS_DAYS:
        return Put(tasks.completed(edit.record, edit.before, today()), edit.before)
    if isinstance(edit, Put) and edit.record.kind in ("assessments", "links"):
        return Put(completed(edit.record, profile), edit.before)
    shape = edit.record.geometry
    if isinstance(edit, Put) and edit.record.kind in UNIT_KINDS and isinstance(shape, shapely.Polygon):
        return Put(edit.record._replace(geometry=shapely.MultiPolygon([shape])), edit.before)
    return edit


def made_again(edit: Edit, dataset: Dataset) -> Edit:
    """Return a new record whose code was made and undone before under the id that the code has."""
    if isinstance(edit, Put) and edit.before is None and edit.record.version == 1:
        kind, row_id = dataset.unmade.get(edit.record.code, ("", ""))
        if kind == edit.record.kind:
            return Put(edit.record._replace(id=row_id, version=2))
    return edit


def that_differ(edits: Sequence[Edit]) -> list[Edit]:
    """Return the edits that leave something different."""
    return [
        edit
        for edit in edits
        if not isinstance(edit, Put)
        or edit.before is None
        or edit.record._replace(version=edit.before.version) != edit.before
    ]


def must_be_unchanged(edits: Sequence[Edit], read: Dataset, now: Dataset) -> None:
    """Raise Conflict, with both values field by field, if a record was changed since it was read."""
    for edit in edits:
        before = read.of(edit.record.kind).get(edit.record.code)
        after = now.of(edit.record.kind).get(edit.record.code)
        if before is None and after is not None and isinstance(edit, Put) and edit.before is not None:
            before = after._replace(version=0)
        if before is not None and (after is None or after.version != before.version):
            raise changed_meanwhile(edit.record.code, _both_values(edit, before, after))


def _both_values(edit: Edit, before: Record, after: Record | None) -> list[Problem]:
    if after is None or not isinstance(edit, Put):
        return []
    found = []
    for field, was, mine, theirs in zip(
        KINDS[before.kind].fields, before.values, edit.record.values, after.values, strict=True
    ):
        if mine not in (was, theirs):
            found.append(
                Problem(
                    message=Text(
                        f"{field.words.zh}：这里 {mine}，别人 {theirs}",
                        f"{field.name}: here {mine}, theirs {theirs}",
                    ),
                    code=before.code,
                    column=field.name,
                    value=str(mine),
                )
            )
    return found
