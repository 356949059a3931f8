"""The zone that a registry's areas and distances are taken in: kept, so that no record moves another's area."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import shapely

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.errors import InvalidInput, Problem
from app.text import Text
from geo.crs import Zone, zone_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record

KEY: Final = "zone"  # of what a registry keeps of itself: the EPSG code
AUTO: Final = "auto"
_SETTLED_AT: Final = 20  # outlines from which the zone is kept where no district has one
_NOWHERE: Final = 117.0
_FIRST, _LAST = 4534, 4554  # 3-degree Gauss-Kruger zones of CGCS2000 without prefix, 75 to 135 degrees east


class Drawn:
    """The outlines of a registry, by kind and code: what its zone is chosen by until it is kept.

    Read once; after edits it is told by them, so that no write looks at records that it leaves alone.
    """

    def __init__(self, shapes: Mapping[tuple[str, str], BaseGeometry]) -> None:
        self._shapes = shapes

    @classmethod
    def of(cls, dataset: Dataset) -> Self:
        """Return those of a dataset."""
        return cls(dict(_outlines(dataset, _LAYERS)))

    def after(self, edits: Iterable[Edit]) -> Self:
        """Return them once edits are done."""
        shapes = dict(self._shapes)
        for edit in edits:
            record = edit.record
            shapes.pop((record.kind, record.code), None)
            if isinstance(edit, Put) and (shape := _shape_of(record)) is not None:
                shapes[record.kind, record.code] = shape
        return type(self)(shapes)

    @property
    def is_settled(self) -> bool:
        """Whether enough is drawn for the zone to be kept from now on."""
        return len(self._shapes) >= _SETTLED_AT or any(kind == "districts" for kind, _ in self._shapes)

    @property
    def districts(self) -> tuple[float, float, float, float] | None:
        """The box of the districts' outlines: west, south, east, north [degrees]; None where no district has one."""
        shapes = [shape for (kind, _), shape in self._shapes.items() if kind == "districts"]
        if not shapes:
            return None
        west, south, east, north = (float(side) for side in shapely.total_bounds(shapes))
        return west, south, east, north

    @property
    def zone(self) -> Zone:
        """The zone that fits: nearest the middle of the box of the districts' outlines.

        Without one, nearest the median of the middles of all outlines' boxes; 117° E where there is none.
        """
        districts = self.districts
        if districts is not None:
            west, _, east, _ = districts
            return zone_for((west + east) / 2)
        if not self._shapes:
            return zone_for(_NOWHERE)
        boxes = shapely.bounds(list(self._shapes.values()))
        return zone_for(float(np.median((boxes[:, 0] + boxes[:, 2]) / 2)))


def fitting_zone(dataset: Dataset) -> Zone:
    """Return the zone that fits a dataset; see ``Drawn.zone``."""
    return Drawn.of(dataset).zone


def is_settled(dataset: Dataset) -> bool:
    """Whether enough is drawn for the zone to be kept from now on."""
    if any(True for _ in _outlines(dataset, ("districts",))):
        return True
    return len(list(islice(_outlines(dataset, _LAYERS), _SETTLED_AT))) == _SETTLED_AT


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
    shapes = [shape for _, shape in _outlines(dataset, _LAYERS)]
    if not shapes:
        return zone_for(_NOWHERE)
    west, _, east, _ = shapely.total_bounds(shapes)
    return zone_for(float(west + east) / 2)


_LAYERS: Final = tuple(kind.name for kind in KINDS.values() if kind.is_layer)


def _outlines(dataset: Dataset, kinds: Iterable[str]) -> Iterator[tuple[tuple[str, str], BaseGeometry]]:
    for kind in kinds:
        for record in dataset.of(kind).values():
            if (shape := _shape_of(record)) is not None:
                yield (kind, record.code), shape


def _shape_of(record: Record) -> BaseGeometry | None:
    shape: BaseGeometry | None = record.geometry
    return None if shape is None or shape.is_empty else shape
