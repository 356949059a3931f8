"""The zone that a registry's areas and distances are taken in: kept, so that no record moves another's area."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.text import Text
from geo.crs import Zone, zone_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.dataset import Dataset

KEY: Final = "zone"  # of what a registry keeps of itself: the EPSG code
AUTO: Final = "auto"
_SETTLED_AT: Final = 20  # outlines from which the zone is kept where no district has one
_NOWHERE: Final = 117.0
_FIRST, _LAST = 4534, 4554  # 3-degree Gauss-Kruger zones of CGCS2000 without prefix, 75 to 135 degrees east


def fitting_zone(dataset: Dataset) -> Zone:
    """Return the zone that fits: nearest the middle of the box of the districts' outlines.

    Without one, nearest the median of the middles of all outlines' boxes; 117° E where there is none.
    """
    districts = _outlines(dataset, ("districts",))
    if districts:
        west, _, east, _ = shapely.total_bounds(districts)
        return zone_for(float(west + east) / 2)
    shapes = _outlines(dataset, _LAYERS)
    if not shapes:
        return zone_for(_NOWHERE)
    boxes = shapely.bounds(shapes)
    return zone_for(float(np.median((boxes[:, 0] + boxes[:, 2]) / 2)))


def is_settled(dataset: Dataset) -> bool:
    """Whether enough is drawn for the zone to be kept from now on."""
    return bool(_outlines(dataset, ("districts",))) or len(_outlines(dataset, _LAYERS)) >= _SETTLED_AT


def zone_in(kept: Mapping[str, str], dataset: Dataset) -> Zone:
    """Return the zone of a registry: the one it keeps; of an older file the one it has always had.

    Versions up to 0.2 kept none and took the middle of the box around all outlines. Until a district or
    20 outlines are drawn the zone is worked out anew.
    """
    if kept.get(KEY):
        return zone_of_code(kept[KEY])
    return _zone_of_old(dataset) if is_settled(dataset) else fitting_zone(dataset)


def zone_of_code(written: str) -> Zone:
    """Return the zone of an EPSG code from 4534 to 4554; InvalidInput for any other."""
    found = re.fullmatch(r"(?:epsg:)?(\d{4})", written.strip(), re.IGNORECASE)
    number = int(found[1]) if found else 0
    if not _FIRST <= number <= _LAST:
        message = Text(
            f"{written!r} 不是工作坐标带。写 EPSG:{_FIRST} 到 EPSG:{_LAST}（CGCS2000 三度带，75° 到 135°），或 auto。",
            f"{written!r} is no working zone: give EPSG:{_FIRST} to EPSG:{_LAST} (CGCS2000 3-degree zones, 75° to 135°), or auto.",
        )
        raise InvalidInput(message, (Problem(message=message, column="crs", value=written),))
    return Zone(75 + 3 * (number - _FIRST))


def _zone_of_old(dataset: Dataset) -> Zone:
    shapes = _outlines(dataset, _LAYERS)
    if not shapes:
        return zone_for(_NOWHERE)
    west, _, east, _ = shapely.total_bounds(shapes)
    return zone_for(float(west + east) / 2)


_LAYERS: Final = tuple(kind.name for kind in KINDS.values() if kind.is_layer)


def _outlines(dataset: Dataset, kinds: Iterable[str]) -> list[shapely.Geometry]:
    return [
        record.geometry
        for kind in kinds
        for record in dataset.of(kind).values()
        if record.geometry is not None and not record.geometry.is_empty
    ]
