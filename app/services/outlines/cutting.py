"""The geometry of a split and of a merge: pieces in degrees, and the neighbours that get a vertex. Records are not made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.domain.kinds import LEVELS, UNIT_KINDS
from app.errors import Problem
from app.services.outlines.field import field_of, group_of
from app.services.outlines.plan import OutlinePlan, plan_of, refused_because
from app.services.outlines.words import editable, named
from app.services.registry.lookup import record_called
from app.text import Text
from geo.arcs.cutting import merge_outlines, split_outline
from geo.arcs.judge import PLAIN, Options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from geo.arcs.net import Xy


@dataclass(frozen=True, slots=True)
class SplitGeometry:
    """An outline in pieces.

    Attributes
    ----------
    pieces
        In degrees, the largest first.
    areas
        Theirs [m²].
    plan
        What becomes of the neighbours, who get vertices where the line ends; its ``refusal`` says why there are no pieces.

    """

    pieces: tuple[BaseGeometry, ...]
    areas: tuple[float, ...]
    plan: OutlinePlan


def split_geometry(registry: Registry, code: str, line: Sequence[Xy], day: date) -> SplitGeometry:
    """Return what a line, points in metres of the working zone, makes of a record's outline."""
    field = field_of(registry, day)
    outline = editable(field, record_called(field.dataset, code))
    near = field.near(outline.shape.bounds, group_of(outline.layer))
    cut = split_outline(outline, np.asarray(line, dtype=np.float64).reshape(-1, 2), near)
    back = field.way_back([code, *(other.key for other in near)])
    return SplitGeometry(
        tuple(back.of(piece) for piece in cut.pieces),
        tuple(float(piece.area) for piece in cut.pieces),
        plan_of(registry, field, cut.result),
    )


@dataclass(frozen=True, slots=True)
class MergeGeometry:
    """Outlines as one, in degrees; None where ``plan`` is refused. The plan's first effect is the one that keeps its code."""

    outline: BaseGeometry | None
    plan: OutlinePlan


def merge_geometry(
    registry: Registry, codes: Sequence[str], day: date, options: Options = PLAIN
) -> MergeGeometry:
    """Return what becomes of outlines that are joined; the first keeps the ground of all."""
    field = field_of(registry, day)
    records = [record_called(field.dataset, code) for code in codes]
    outlines = [editable(field, record) for record in records]
    near = {
        other.key: other
        for outline in outlines
        for other in field.near(outline.shape.bounds, group_of(outline.layer))
    }
    plan = plan_of(registry, field, merge_outlines(outlines, list(near.values()), options))
    problem = None if plan.refusal else _other_parent(field.dataset, records, day)
    if problem is not None:
        plan = refused_because(plan, problem)
    if plan.refusal is not None:
        return MergeGeometry(None, plan)
    return MergeGeometry(plan.outlines()[records[0].code], plan)


def _other_parent(dataset: Dataset, records: Sequence[Record], day: date) -> Problem | None:
    """Return why units of different parents can't be one: the unit above would lose ground that nobody decided on."""
    first = records[0]
    if first.kind not in UNIT_KINDS[1:]:
        return None
    field = LEVELS[UNIT_KINDS.index(first.kind) - 1]
    for record in records[1:]:
        one, other = first.on(field, day), record.on(field, day)
        if one != other and one is not None and other is not None:
            a, b = named(dataset, first.code), named(dataset, record.code)
            above, beside = named(dataset, str(one)), named(dataset, str(other))
            message = Text(
                f"{a.zh}在{above.zh}，{b.zh}在{beside.zh}，合不到一起。先改其中一个的上级。",
                f"{a.en} lies in {above.en}, {b.en} in {beside.en}; they can't be merged. "
                "Change the unit of one first.",
            )
            return Problem(message=message, code=record.code, column=field)
    return None
