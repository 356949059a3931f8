"""Where a registry lies, and which records lie far from it or from the unit that they are recorded in.

Robust on purpose: what is asked here is whether a coordinate is wrong, so no single wrong one may decide it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record

Box = tuple[float, float, float, float]  # west, south, east, north [degrees]

CHINA: Final[Box] = (73.0, 3.0, 136.0, 54.5)
LAYERS: Final = tuple(kind.name for kind in KINDS.values() if kind.is_layer)
_REACH_KM: Final = 20.0  # a registry is at least so much wider than what is drawn
_PARENT_KM: Final = 10.0  # beyond it, or beyond the parent's own diagonal, a record is far from its parent
_SAME_CITY_KM: Final = 300.0  # districts so near one another are never strangers
_TOGETHER_KM: Final = 50.0  # outlines so near the middle of all belong together
_SPREAD: Final = 6.0  # times the median distance from the middle
_SAMPLED: Final = 500  # outlines looked at to see where most lie
_FEW: Final = 3  # others that can outvote a district
_MANY: Final = 20  # outlines of one change that say where a registry grows to
_KM: Final = 111.3  # of a degree of the equator


def span_km(a: Box, b: Box) -> float:
    """Return the distance between two boxes [km], 0 where they touch; within 1 % in China, enough to tell far."""
    east = max(0.0, a[0] - b[2], b[0] - a[2])
    north = max(0.0, a[1] - b[3], b[1] - a[3])
    middle = min(max((a[1] + a[3] + b[1] + b[3]) / 4, -89.0), 89.0)
    return math.hypot(east * math.cos(math.radians(middle)), north) * _KM


def diagonal_km(box: Box) -> float:
    """Return the length of a box's diagonal [km]."""
    return span_km((box[0], box[1]) * 2, (box[2], box[3]) * 2)


def is_in_china(box: Box) -> bool:
    """Whether a box lies within 73–136° E, 3–54.5° N."""
    return CHINA[0] <= box[0] and CHINA[1] <= box[1] and box[2] <= CHINA[2] and box[3] <= CHINA[3]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a registry lies: ``box``, and how far beyond it something may still be its own [km]."""

    box: Box

    @property
    def reach_km(self) -> float:
        """The larger of 20 km and the box's own diagonal."""
        return max(_REACH_KM, diagonal_km(self.box))

    def km_to(self, box: Box) -> float:
        """Return how far a box lies from it [km]."""
        return span_km(self.box, box)

    def holds(self, box: Box) -> bool:
        """Whether a box lies in it or near it."""
        return self.km_to(box) <= self.reach_km

    @property
    def grown(self) -> Box:
        """The box with what lies near it, never beyond 85° of latitude."""
        west, south, east, north = self.box
        high = self.reach_km / _KM
        wide = high / math.cos(math.radians(min(max(abs(south), abs(north)), 85.0)))
        return west - wide, max(south - high, -85.0), east + wide, min(north + high, 85.0)

    def is_beside(self, box: Box) -> bool:
        """Whether a box lies in it or hardly beyond it, however large it is."""
        return self.km_to(box) <= _REACH_KM

    def joined(self, other: Ground | None) -> Ground:
        """Return both in one where the other lies in it or near it, else itself."""
        if other is None or not self.holds(other.box):
            return self
        return Ground(_around(np.array([self.box, other.box])))


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A record that lies where it can't be meant to lie.

    ``lon``, ``lat``: the middle of its outline's box; ``km``: how far it is from ``parent``, or where that is None
    from the registry; None where there is nothing to be far from. ``home``: where it ought to lie, None if nobody
    knows.
    """

    lon: float
    lat: float
    is_abroad: bool
    km: float | None
    parent: Record | None
    home: Ground | None


def ground_of(dataset: Dataset) -> Ground | None:
    """Return where the registry lies: the box of its districts and of most of its outlines; None where nothing is drawn.

    What lies outside China doesn't count, nor does a district that most other outlines contradict, nor outlines far
    from all districts.
    """
    districts = _boxes(dataset, ("districts",))
    others = _boxes(dataset, [kind for kind in LAYERS if kind != "districts"])
    most = _most(others)
    kept = _kept(districts, most if len(others) >= _FEW else None)
    return Ground(_around(kept)).joined(most) if len(kept) else most


def ground_for(before: Dataset, after: Dataset, written: Sequence[Record]) -> Ground | None:
    """Return what new and moved records are judged by: where the registry lay before they were written.

    An empty registry, and districts, are judged by what there is after. Many outlines at once, most of which lie in
    or near the registry, show where it grows to.
    """
    ground = ground_of(before)
    if ground is None or (len(written) > 1 and any(record.kind == "districts" for record in written)):
        return ground_of(after)
    if len(written) < _MANY:
        return ground
    return ground.joined(_most(_in_china([r.geometry for r in written if r.geometry is not None])))


def misplaced(record: Record, dataset: Dataset, ground: Ground | None) -> Misplaced | None:
    """Return how far off a record lies; None where it is undrawn, near its parent, or where it may well be."""
    shape = record.geometry
    if shape is None or shape.is_empty:
        return None
    box: Box = shape.bounds
    if not all(map(math.isfinite, box)):
        return None
    lon, lat = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    is_abroad = not is_in_china(box)
    parent = parent_of(record, dataset)
    if parent is not None and parent.geometry is not None:
        home: Box = parent.geometry.bounds
        km = span_km(home, box)
        if km > max(_PARENT_KM, diagonal_km(home)):
            return Misplaced(lon, lat, is_abroad, km, parent, Ground(home))
        return None
    if ground is not None:
        if ground.holds(box):
            return None
        return Misplaced(lon, lat, is_abroad, ground.km_to(box), None, ground)
    return Misplaced(lon, lat, is_abroad, None, None, None) if is_abroad else None


def parent_of(record: Record, dataset: Dataset) -> Record | None:
    """Return the nearest recorded parent that has an outline; None where there is none."""
    seen: set[str] = set()
    now: Record | None = record
    while now is not None and now.code not in seen:
        seen.add(now.code)
        above = [dataset.find(now.text(name)) for name in KINDS[now.kind].parents]
        known = [one for one in above if one is not None]
        for one in known:
            if one.geometry is not None and not one.geometry.is_empty:
                return one
        now = known[0] if known else None
    return None


def _boxes(dataset: Dataset, kinds: Iterable[str]) -> NDArray[np.float64]:
    """Return boxes of outlines that lie in China, shape (n, 4); of many a sample."""
    shapes = []
    for kind in kinds:
        records = dataset.of(kind)
        step = 1 if kind == "districts" else max(1, len(records) // _SAMPLED)
        shapes += [
            r.geometry
            for r in islice(records.values(), 0, None, step)
            if r.geometry is not None and not r.geometry.is_empty
        ]
    return _in_china(shapes)


def _in_china(shapes: Sequence[BaseGeometry]) -> NDArray[np.float64]:
    boxes: NDArray[np.float64] = shapely.bounds(np.array(shapes, dtype=object)).reshape(-1, 4)
    west, south, east, north = CHINA
    inside = (boxes[:, 0] >= west) & (boxes[:, 1] >= south) & (boxes[:, 2] <= east) & (boxes[:, 3] <= north)
    return boxes[inside]


def _middles(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _most(boxes: NDArray[np.float64]) -> Ground | None:
    """Return the box around the outlines that lie together; None where there are none."""
    together = _together(boxes, _TOGETHER_KM)
    return Ground(_around(together)) if len(together) else None


def _together(boxes: NDArray[np.float64], least_km: float) -> NDArray[np.float64]:
    """Return the boxes near the middle of all: within ``least_km``, or six times the median distance from it."""
    if not len(boxes):
        return boxes
    middles = _middles(boxes)
    x, y = np.median(middles, axis=0)
    east = (middles[:, 0] - x) * math.cos(math.radians(float(y)))
    away = np.hypot(east, middles[:, 1] - y) * _KM
    kept: NDArray[np.float64] = boxes[away <= max(least_km, _SPREAD * float(np.median(away)))]
    return kept


def _kept(districts: NDArray[np.float64], most: Ground | None) -> NDArray[np.float64]:
    """Return the districts that lie together; one or two far from everything else are outvoted by the rest."""
    kept = _together(districts, _SAME_CITY_KM)
    boxes = [_box(row) for row in kept]
    are_few = len(boxes) == 1 or (len(boxes) == 2 and span_km(boxes[0], boxes[1]) > _SAME_CITY_KM)
    if most is not None and are_few:
        kept = kept[np.array([most.holds(box) or Ground(box).holds(most.box) for box in boxes])]
    return kept


def _around(boxes: NDArray[np.float64]) -> Box:
    return _box(np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]))


def _box(row: NDArray[np.float64]) -> Box:
    west, south, east, north = map(float, row)
    return west, south, east, north
