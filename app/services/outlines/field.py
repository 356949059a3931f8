"""The outlines of one day, found by place: what an edit must look at, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import numpy as np
import shapely

from app.domain.kinds import UNIT_KINDS
from geo.arcs.net import Box, Outline
from geo.way_back import WayBack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from geo.crs import Zone

_SLACK: Final = 1e-6  # [degrees] a box of metres is no box of degrees


def group_of(kind: str) -> tuple[str, ...]:
    """Return the kinds whose borders are the same lines: all units, or those of one kind of place among themselves."""
    return UNIT_KINDS if kind in UNIT_KINDS else (kind,)


class Field:
    """Outlines of one day of a dataset, in metres when they are asked for."""

    def __init__(self, dataset: Dataset, zone: Zone, day: date) -> None:
        self.dataset, self.zone, self.day = dataset, zone, day
        self._indexes: dict[str, _Index] = {}
        self._known: dict[str, Outline] = {}

    def outline(self, record: Record) -> Outline | None:
        """Return a record's outline in metres; None where nobody drew one, or only a point."""
        known = self._known.get(record.code)
        if known is None:
            degrees = record.geometry_on(self.day)
            if degrees is None or not degrees.area > 0:
                return None
            level = UNIT_KINDS.index(record.kind) if record.kind in UNIT_KINDS else None
            shape = self.zone.to_metres([shapely.force_2d(degrees)])[0]
            known = self._known[record.code] = Outline(record.code, record.kind, shape, level)
        return known

    def near(self, box: Box, kinds: Iterable[str]) -> list[Outline]:
        """Return the outlines of some kinds whose boxes meet a box [m]."""
        west, south, east, north = box
        corners = np.array([[west, south], [west, north], [east, south], [east, north]])
        lon, lat = self.zone.lonlat(corners).T
        within = shapely.box(lon.min() - _SLACK, lat.min() - _SLACK, lon.max() + _SLACK, lat.max() + _SLACK)
        found = []
        for kind in kinds:
            for record in self._index(kind).near(within):
                outline = self.outline(record)
                if outline is not None:
                    found.append(outline)
        return found

    def way_back(self, codes: Iterable[str]) -> WayBack:
        """Return the way back to degrees, on which the vertices of some records are those they have."""
        back = WayBack(self.zone)
        for code in codes:
            record = self.dataset.find(code)
            outline = None if record is None else self.outline(record)
            if record is not None and outline is not None:
                degrees = record.geometry_on(self.day)
                back.learn(outline.shape, degrees)  # type: ignore[arg-type]  # it has one: it has an outline
        return back

    def _index(self, kind: str) -> _Index:
        index = self._indexes.get(kind)
        if index is None:
            index = self._indexes[kind] = _Index(self.dataset, kind, self.day)
        return index


class _Index:
    """The records of a kind in force on a day that have an outline, by their boxes."""

    def __init__(self, dataset: Dataset, kind: str, day: date) -> None:
        rows = [record for record in dataset.of(kind).values() if record.is_in_force(day)]
        shapes: NDArray[np.object_] = np.empty(len(rows), dtype=object)
        shapes[:] = [record.geometry_on(day) for record in rows]
        drawn = shapely.area(shapes) > 0
        self._rows = [record for record, is_one in zip(rows, drawn.tolist(), strict=True) if is_one]
        self._tree = shapely.STRtree(shapes[drawn])

    def near(self, box: BaseGeometry) -> Sequence[Record]:
        return [self._rows[place] for place in np.sort(self._tree.query(box)).tolist()]


_FIELDS: WeakKeyDictionary[Dataset, dict[tuple[int, date], Field]] = WeakKeyDictionary()


def field_of(engine: CoverageEngine, day: date) -> Field:
    """Return the field of a day; the same one as long as the dataset is."""
    fields = _FIELDS.setdefault(engine.dataset, {})
    key = (engine.zone.meridian, day)
    if key not in fields:
        fields[key] = Field(engine.dataset, engine.zone, day)
    return fields[key]
