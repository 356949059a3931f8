"""Where what hangs on a record lies: in which part of it, and in which units a new outline lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.services.outlines.field import field_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Record
    from app.services.lineage.base import Ground
    from geo.crs import Zone

_MOST = 0.5  # of a part: it then lies in another unit than the whole did


def shares_in(
    zone: Zone, parts: Sequence[BaseGeometry], things: Sequence[BaseGeometry | None]
) -> NDArray[np.float64]:
    """Return the share of each thing in each part, shape (things, parts); outlines in degrees.

    Of an area the share of its area; a point or line lies whole in the first part that it touches. A thing without
    outline, or outside, has none.
    """
    places = zone.to_metres(things)
    shares = np.zeros((len(things), len(parts)))
    if not len(things):
        return shares
    areas = np.nan_to_num(shapely.area(places))
    for place, part in enumerate(zone.to_metres(parts)):
        shapely.prepare(part)
        touched = np.flatnonzero(shapely.intersects(part, places))
        cut = areas[touched] > 0
        shares[touched[cut], place] = (
            shapely.area(shapely.intersection(places[touched[cut]], part)) / areas[touched[cut]]
        )
        shares[touched[~cut], place] = 1.0
    return shares


def parents_by_place(
    ground: Ground, record: Record, outlines: Sequence[BaseGeometry]
) -> list[dict[str, str]]:
    """Return for each outline (degrees) the units that it records otherwise than ``record`` does, by field.

    Only levels that ``record`` records; another unit only where most of the outline lies in it.
    """
    found: list[dict[str, str]] = [{} for _ in outlines]
    for field in KINDS[record.kind].parents:
        recorded = record.get(field)
        if recorded is None or field == "compound":
            continue
        for place, outline in enumerate(outlines):
            code = unit_around(ground, field, outline)
            if code is not None and code != recorded:
                found[place][field] = code
    return found


def unit_around(ground: Ground, level: str, outline: BaseGeometry) -> str | None:
    """Return the unit of a level in which more than half of an outline (degrees) lies on the day, None where none does."""
    kind = next(kind.name for kind in KINDS.values() if kind.table == level)
    (shape,) = ground.zone.to_metres([outline])
    near = field_of(ground.registry, ground.day).near(shape.bounds, (kind,))
    shares = [shapely.area(shapely.intersection(unit.shape, shape)) / shape.area for unit in near]
    best = max(range(len(near)), key=lambda place: (shares[place], near[place].key), default=-1)
    return near[best].key if near and shares[best] > _MOST else None
