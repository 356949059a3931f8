"""A new outline beside its neighbours: planned like any edit, and written with the record that it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.kinds import UNIT_KINDS
from app.domain.period import today
from app.errors import InvalidInput
from app.services.edit.edit import new_record
from app.services.outlines.field import field_of
from app.services.outlines.plan import OutlinePlan, plan_of
from app.services.registry.lookup import kind_named
from geo.arcs.drawing import draw
from geo.arcs.judge import PLAIN, Options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.services.registry.registry import Registry
    from geo.arcs.net import Box, Outline

NEW = ""  # the key of an outline whose record is not made yet


def plan_new(
    registry: Registry,
    kind: str,
    shape: BaseGeometry,
    *,
    code: str = NEW,
    day: date | None = None,
    options: Options = PLAIN,
) -> OutlinePlan:
    """Plan a new outline, in metres of the working zone, of a plural kind; ``code``: of a registered record without one.

    Ground that a neighbour of the kind has is clipped off it, or off the neighbour if the new one is the keeper; in a layer
    that tiles it is refused. Its first effect is the new outline; the others get vertices, or lose ground.
    """
    field = field_of(registry, day or today())
    level = UNIT_KINDS.index(kind) if kind in UNIT_KINDS else None

    def around(box: Box, layer: str | None = None) -> Sequence[Outline]:
        return field.near(box, (kind if layer is None else layer,))

    return plan_of(registry, field, draw(code, kind, shape, around, options, level))


def outline_of(plan: OutlinePlan) -> BaseGeometry:
    """Return the new outline of a plan in degrees; raise InvalidInput with the reason where it is refused."""
    if plan.refusal is not None:
        raise InvalidInput(plan.refusal.message, (plan.refusal,))
    return plan.outlines()[plan.effects[0].code]


def write_new(plan: OutlinePlan, values: Mapping[str, object], *, why: str | None = None) -> Changes:
    """Add the record of a new outline from values by field name, and what its neighbours become, as one change."""
    outline = outline_of(plan)
    registry, kind = plan.registry, kind_named(plan.effects[0].kind)

    def build(dataset: Dataset) -> list[Edit]:
        made = new_record(dataset, registry.profile, kind, {**values, "geometry": outline})
        return [*made, *plan.edits(dataset)]

    return registry.write(build, verb="add", why=why)
