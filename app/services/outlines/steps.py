"""One gesture of many steps: each is planned on what the steps before it left, and all of them are written as one change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.services.outlines.field import Field
from app.services.outlines.plan import OutlinePlan, plan_of
from geo.arcs.effects import Effect, Result
from geo.arcs.judge import exchanged
from geo.arcs.net import Outline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record
    from geo.arcs.net import Box


class FieldAfter(Field):
    """A field on which some outlines are others already, though nothing is written; ``changed`` in metres, by code."""

    def __init__(self, base: Field, changed: Mapping[str, BaseGeometry]) -> None:
        super().__init__(base.dataset, base.zone, base.day)
        self._base = base
        self._changed: dict[str, Outline] = {}
        for code, shape in changed.items():
            record = base.dataset.find(code)
            was = None if record is None else base.outline(record)
            if was is not None:
                self._changed[code] = Outline(code, was.layer, shape, was.level)

    def outline(self, record: Record) -> Outline | None:
        """Return a record's outline as the steps left it."""
        return self._changed.get(record.code) or self._base.outline(record)

    def near(self, box: Box, kinds: Iterable[str]) -> list[Outline]:
        """Return the outlines of some kinds whose boxes meet a box, as the steps left them."""
        kinds = tuple(kinds)
        west, south, east, north = box
        found = [outline for outline in self._base.near(box, kinds) if outline.key not in self._changed]
        for outline in self._changed.values():
            left, low, right, high = outline.shape.bounds
            if outline.layer in kinds and left <= east and right >= west and low <= north and high >= south:
                found.append(outline)
        return found


def joined(before: OutlinePlan | None, last: OutlinePlan) -> OutlinePlan:
    """Return the plan of all steps: from the outlines registered to those that the last step leaves.

    ``before`` is the plan of the steps before, None where there were none. What the last step is refused for, and the
    ground that two would have after it, are the last step's.
    """
    if before is None:
        return last
    old = {effect.code: effect.effect for effect in before.effects}
    effects = [_joined(old.pop(new.code, None), new.effect) for new in last.effects]
    effects += old.values()
    first = before.effects[0].code if before.effects else ""
    effects.sort(key=lambda effect: effect.key != first)
    result = Result(tuple(effects), last.reason, last.overlaps, last.result.uncovered)
    return plan_of(last.registry, before.field, result)


def _joined(old: Effect | None, new: Effect) -> Effect:
    if old is None:
        return new
    gained, lost = exchanged(old.before, new.after)
    return Effect(
        key=new.key,
        layer=new.layer,
        before=old.before,
        after=new.after,
        gained=gained,
        lost=lost,
        inserted=old.inserted + new.inserted,
    )
