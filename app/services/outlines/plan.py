"""The plan of an edit: what becomes of each outline, by name; nothing is written until it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely

from app.domain.dated import with_outline
from app.domain.edits import Put
from app.errors import InvalidInput, Problem
from app.services.outlines.field import group_of
from app.services.outlines.words import named, said
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.record import Record
    from app.services.outlines.field import Field
    from app.services.registry.registry import Registry
    from geo.arcs.effects import Effect, Overlap, Refusal, Result

VERB = "reshape"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEffect:
    """What becomes of one record's outline. ``record``: it as it is now; None for one that is to be made.

    ``effect``: the outlines in metres, ground gained and lost, parts, holes, slivers, vertices inserted.
    """

    code: str
    kind: str
    name: Text
    record: Record | None
    effect: Effect

    @property
    def is_moved(self) -> bool:
        """Whether it gains or loses ground; else it only gets a vertex where a neighbour's border ends."""
        return max(self.effect.gained_m2, self.effect.lost_m2) > 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePlan:
    """What an edit of outlines would do.

    Attributes
    ----------
    effects
        The edited record first, then every neighbour in every layer whose outline changes.
    refusal
        Why it can't be written, as a sentence; None if it can. ``reason`` is the same for a program.
    overlaps
        Ground that two compounds would have, and which of them keeps it.
    uncovered_m2
        Ground that no unit of its layer would have, though the unit above has it.
    day
        The day whose outlines were looked at.

    """

    registry: Registry
    field: Field
    result: Result
    effects: tuple[OutlineEffect, ...]
    refusal: Problem | None

    @property
    def day(self) -> date:
        """The day whose outlines were looked at."""
        return self.field.day

    @property
    def reason(self) -> Refusal | None:
        """Why it can't be written, with the place in metres."""
        return self.result.refusal

    @property
    def overlaps(self) -> tuple[Overlap, ...]:
        """Ground that two would have, in metres, and which of them keeps it."""
        return self.result.overlaps

    @property
    def uncovered_m2(self) -> float:
        """Ground that no unit of its layer would have, though the unit above has it [m²]."""
        return float(self.result.uncovered.area)

    def outlines(self) -> dict[str, BaseGeometry]:
        """Return the new outlines in degrees by code; untouched vertices have the very digits that they had."""
        back = self.field.way_back([*(effect.code for effect in self.effects), *self._beside()])
        return {
            effect.code: back.of(effect.effect.after)
            for effect in self.effects
            if effect.effect.after is not None
        }

    def _beside(self) -> list[str]:
        """Return the records whose vertices a new border may have taken over."""
        shapes = [
            shape for one in self.effects for shape in (one.effect.gained, one.effect.lost) if shape.area > 0
        ]
        if not shapes:
            return []
        west, south, east, north = shapely.total_bounds(shapes).tolist()
        kinds = tuple(dict.fromkeys(kind for one in self.effects for kind in group_of(one.kind)))
        return [outline.key for outline in self.field.near((west, south, east, north), kinds)]

    def records(self, since: date | None = None) -> list[tuple[Record, Record]]:
        """Return each record as it is and as it would be; ``since`` as in ``write``."""
        new = self.outlines()
        return [
            (effect.record, _next(with_outline(effect.record, new[effect.code], since, self.day)))
            for effect in self.effects
            if effect.record is not None and effect.code in new
        ]

    def edits(self, dataset: Dataset, since: date | None = None) -> list[Edit]:
        """Return the edits that write it, of the records as they were when it was planned.

        Raises
        ------
        InvalidInput
            Where the plan is refused, or another outline than the one looked at stands on ``since``.

        """
        if self.refusal is not None:
            raise InvalidInput(self.refusal.message, (self.refusal,))
        edits: list[Edit] = []
        for record, changed in self.records(since):
            name = named(dataset, record.code)
            if since is not None and record.geometry_on(since) is not record.geometry_on(self.day):
                message = Text(
                    f"{name.zh}在 {since} 的边界和这里看到的不是同一条。把日期换到 {since} 再改。",
                    f"On {since} {name.en} has another outline than the one shown. Look at {since}, then reshape it.",
                )
                raise InvalidInput(
                    message, (Problem(message=message, code=record.code, column="valid_from"),)
                )
            edits.append(Put(changed, record))
        return edits

    def write(self, *, why: str | None = None, since: date | None = None, verb: str = VERB) -> Changes:
        """Write all of it as one change, which is taken back as one.

        ``since``: the day from which the borders run so; without it what stands is corrected. Raises as ``edits``.
        """
        return self.registry.write(lambda dataset: self.edits(dataset, since), verb=verb, why=why)


def _next(record: Record) -> Record:
    return record._replace(version=record.version + 1)


def plan_of(registry: Registry, field: Field, result: Result) -> OutlinePlan:
    """Return a result of geometry with names."""
    dataset = field.dataset
    effects = tuple(
        OutlineEffect(
            code=effect.key,
            kind=effect.layer,
            name=named(dataset, effect.key),
            record=dataset.find(effect.key),
            effect=effect,
        )
        for effect in result.effects
    )
    refusal = None if result.refusal is None else said(dataset, result.refusal)
    return OutlinePlan(registry=registry, field=field, result=result, effects=effects, refusal=refusal)


def refused_because(plan: OutlinePlan, problem: Problem) -> OutlinePlan:
    """Return a plan that is refused for a reason that geometry does not know."""
    return replace(plan, refusal=problem)
