"""Where what hangs on a record lies: in which part of it, and in which units a new outline lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record
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
    dataset: Dataset, zone: Zone, record: Record, outlines: Sequence[BaseGeometry], day: date
) -> list[dict[str, str]]:
    """Return for each outline (degrees) the units that it records otherwise than ``record`` does, by field.

    Only levels that ``record`` records; another unit only where most of the outline lies in it.
    """
    found: list[dict[str, str]] = [{} for _ in outlines]
    for field in KINDS[record.kind].parents:
        recorded = record.get(field)
        if recorded is None or field == "compound":
            continue
        for place, code in enumerate(units_around(dataset, zone, field, outlines, day)):
            if code is not None and code != recorded:
                found[place][field] = code
    return found


def units_around(
    dataset: Dataset, zone: Zone, level: str, outlines: Sequence[BaseGeometry], day: date
) -> list[str | None]:
    """Return for each outline (degrees) the unit of a level in which more than half of it lies, None where none does."""
    kind = next(kind.name for kind in KINDS.values() if kind.table == level)
    units = [(unit.code, shape) for unit in dataset.in_force(kind, day) if (shape := unit.geometry_on(day))]
    tree = shapely.STRtree([shape for _, shape in units])
    found: list[str | None] = []
    for outline in outlines:
        near = sorted(tree.query(outline).tolist())
        shares = shares_in(zone, [units[at][1] for at in near], [outline])
        best = int(shares[0].argmax()) if near else -1
        found.append(units[near[best]][0] if near and shares[0, best] > _MOST else None)
    return found
