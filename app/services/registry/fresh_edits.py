"""Edits against the data as it is now: which differ, in which form, and whether they were decided on older data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.domain import tasks
from app.domain.edits import Put
from app.domain.kinds import UNIT_KINDS
from app.domain.period import today
from app.domain.rules.declared import completed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile

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


def are_older(edits: Sequence[Edit], now: Dataset) -> bool:
    """Whether edits were decided on records that are others by now."""
    return any(
        old is not None
        and ((there := now.of(old.kind).get(old.code)) is None or there.version != old.version)
        for edit in edits
        if (old := edit.before if isinstance(edit, Put) else edit.record) is not None
    )


def as_seen(edits: Sequence[Edit], now: Dataset) -> Dataset:
    """Return the data as whoever decided such edits had it: with the records that they would replace."""
    return now.with_changes(
        [old for edit in edits if (old := edit.before if isinstance(edit, Put) else edit.record) is not None]
    )
