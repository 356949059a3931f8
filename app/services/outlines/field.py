"""The outlines of one day, found by place: what an edit must look at, and no more."""

from __future__ import annotations

from copy import copy
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

    from app.domain.dataset import Dataset
    from app.domain.dataset_steps import Pair
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from geo.crs import Zone

_MOST: Final = 200  # changed records beside the tree, looked at one by one
_DAYS: Final = 3  # days of which the outlines are kept
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
        if not np.isfinite(box).all():  # of ground that there is none of
            return []
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

    def after(self, dataset: Dataset) -> Field:
        """Return the field of a later dataset, with all that did not change."""
        if dataset is self.dataset:
            return self
        later = Field(dataset, self.zone, self.day)
        pairs = dataset.since(self.dataset)
        if pairs is None:
            return later
        codes = {record.code for pair in pairs for record in pair if record is not None}
        later._known = {code: outline for code, outline in self._known.items() if code not in codes}
        for kind, index in self._indexes.items():
            own = [pair for pair in pairs if (pair[1] or pair[0]).kind == kind]  # type: ignore[union-attr]  # one is there
            if (following := index.after(own) if own else index) is not None:
                later._indexes[kind] = following
        return later

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
        self._day = day
        self._rows = [record for record, is_one in zip(rows, drawn.tolist(), strict=True) if is_one]
        self._tree = shapely.STRtree(shapes[drawn])
        self.changed: dict[str, Record | None] = {}  # since the tree was made; None: taken out

    def near(self, box: BaseGeometry) -> Sequence[Record]:
        found = [self._rows[place] for place in np.sort(self._tree.query(box)).tolist()]
        if not self.changed:
            return found
        found = [record for record in found if record.code not in self.changed]
        for record in self.changed.values():
            shape = (
                None if record is None or not record.is_in_force(self._day) else record.geometry_on(self._day)
            )
            if record is not None and shape is not None and shape.area > 0 and _boxes_meet(shape, box):
                found.append(record)
        return found

    def after(self, pairs: Sequence[Pair]) -> _Index | None:
        """Return the index of a later dataset; None where so much changed that it is better made anew."""
        if len(self.changed) + len(pairs) > _MOST:
            return None
        later = copy(self)
        later.changed = dict(self.changed)
        for before, after in pairs:
            if before is not None:
                later.changed[before.code] = None
            if after is not None:
                later.changed[after.code] = after
        return later


def _boxes_meet(one: BaseGeometry, other: BaseGeometry) -> bool:
    a, b = one.bounds, other.bounds
    return bool(a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1])


_LATEST: WeakKeyDictionary[Registry, dict[date, Field]] = WeakKeyDictionary()


def field_of(registry: Registry, day: date) -> Field:
    """Return the outlines of a day as a registry has them now; what did not change since the last time is kept."""
    engine, fields = registry.engine, _LATEST.setdefault(registry, {})
    field = fields.pop(day, None)
    if field is None or field.zone != engine.zone:
        field = Field(engine.dataset, engine.zone, day)
    else:
        field = field.after(engine.dataset)
    fields[day] = field
    if len(fields) > _DAYS:
        del fields[next(iter(fields))]
    return field
