"""What the map shows, in metres of the zone: immutable arrays that any thread may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final
from weakref import ref

import numpy as np
import shapely

from app.domain.kinds import LEVELS as UNIT_LEVELS
from app.domain.kinds import UNIT_KINDS, Where, kinds_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from geo.crs import Zone
    from ui.map.view import Bounds

UNIT_LAYERS: Final = UNIT_KINDS
LEVELS: Final = dict(zip(UNIT_LEVELS, UNIT_KINDS, strict=True))
PLAIN_LAYERS: Final = (
    tuple(  # drawn without a manner of their own: an outline, or a dot where it would be too small
        kind.name
        for kind in kinds_in(Where.MAP)
        if kind.name not in (*UNIT_LAYERS, "compounds", "buildings", "stations")
    )
)
AREA_LAYERS: Final = (*UNIT_LAYERS, "compounds", "buildings", *PLAIN_LAYERS)
_POINT_RADIUS_M: Final = 6.0  # a compound known as a point only is drawn as a disc of this radius


@dataclass(frozen=True, eq=False)
class Layer:
    """The features of one kind that have an outline; all sequences are in the same order.

    ``parents``: code of the unit one level up, "" where none is recorded. ``is_loose``: scattered buildings.
    """

    kind: str
    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    shapes: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    parents: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def bounds(self) -> NDArray[np.float64]:
        """West, south, east, north of each feature, shape (n, 4)."""
        found: NDArray[np.float64] = shapely.bounds(self.shapes).reshape(-1, 4)
        return found

    @cached_property
    def sizes(self) -> NDArray[np.float64]:
        """Longer side of each feature's box [m]."""
        box = self.bounds
        found: NDArray[np.float64] = np.maximum(box[:, 2] - box[:, 0], box[:, 3] - box[:, 1])
        return found

    @cached_property
    def areas(self) -> NDArray[np.float64]:
        """Area of each feature [m²]."""
        found: NDArray[np.float64] = shapely.area(self.shapes)
        return found

    @cached_property
    def anchors(self) -> NDArray[np.float64]:
        """A point inside each feature, shape (n, 2): the centroid where that lies inside."""
        if not len(self):
            return np.empty((0, 2))
        points = shapely.centroid(self.shapes)
        inside = shapely.contains_properly(self.shapes, points)
        points[~inside] = shapely.point_on_surface(self.shapes[~inside])
        return shapely.get_coordinates(points).reshape(-1, 2)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each code."""
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The boxes of the features as a tree; made by a worker once the map is painted, or when first asked."""
        made = shapely.STRtree(self.shapes)
        made.query(shapely.Point(0, 0))  # only now GEOS builds it
        return made

    def near(self, bounds: Bounds) -> NDArray[np.intp]:
        """Return the features whose box meets ``bounds``, in their order: at the cost of those that are there."""
        found: NDArray[np.intp] = self.tree.query(shapely.box(*bounds))
        return np.sort(found)

    def at(self, x: float, y: float, reach: float = 0.0) -> list[int]:
        """Return the features at a point, smallest first; with ``reach`` [m] those near it, nearest first."""
        near = self.near((x - reach, y - reach, x + reach, y + reach))
        if not len(near):
            return []
        if reach:
            away = shapely.distance(self.shapes[near], shapely.Point(x, y))
            near, away = near[away <= reach], away[away <= reach]
            return [int(i) for i in near[np.lexsort((self.areas[near], away))]]
        hit = near[shapely.intersects_xy(self.shapes[near], x, y)]
        return [int(i) for i in hit[np.argsort(self.areas[hit], kind="stable")]]

    def within(self, bounds: Bounds) -> NDArray[np.intp]:
        """Return the features whose box meets ``bounds``."""
        west, south, east, north = bounds
        box = self.bounds
        return np.flatnonzero(
            (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        )


@dataclass(frozen=True, eq=False)
class Stations:
    """Service stations; ``kinds`` are the profile's, such as ``grid_post``."""

    codes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    xy: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each code."""
        return {code: place for place, code in enumerate(self.codes)}

    def within(self, bounds: Bounds) -> NDArray[np.intp]:
        """Return the stations in ``bounds``."""
        west, south, east, north = bounds
        x, y = self.xy[:, 0], self.xy[:, 1]
        return np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))


@dataclass(frozen=True, eq=False)
class Ground:
    """The backdrop, never selectable: water and green as areas, roads as lines with a rank (0 = main)."""

    water: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    green: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    roads: NDArray[np.object_] = field(default_factory=lambda: np.empty(0, dtype=object))
    road_ranks: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))


class Mended:
    """The scene that another was made of, held weakly, and which features of its layers are others now."""

    def __init__(self, scene: MapScene, rows: Mapping[str, NDArray[np.intp]]) -> None:
        self._scene, self.rows = ref(scene), rows

    def is_of(self, scene: MapScene) -> bool:
        """Whether it was made of this one."""
        return self._scene() is scene


@dataclass(frozen=True, eq=False)
class MapScene:
    """Everything the map can show of one registry on one day. ``borders``: each shared border once, as lines.

    ``home``: the ground that the registry lies on; what lies beyond is there, but the whole is shown without it.
    ``mended``: of which scene this one was made, where little changed.
    """

    zone: Zone
    layers: Mapping[str, Layer] = field(default_factory=dict)
    stations: Stations = field(default_factory=Stations)
    ground: Ground = field(default_factory=Ground)
    borders: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    home: Bounds | None = None
    mended: Mended | None = None
    _inside: dict[tuple[str, str], NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    def layer(self, kind: str) -> Layer:
        """Return a layer, empty where the scene has none."""
        return self.layers.get(kind) or Layer(kind)

    @cached_property
    def bounds(self) -> Bounds | None:
        """The ground of the districts, else of everything; None where nothing has an outline."""
        for kinds in (("districts",), AREA_LAYERS):
            boxes = [layer.bounds for kind in kinds if len(layer := self.layer(kind))]
            if boxes:
                return self._around(np.vstack(boxes))
        if len(self.stations.codes):
            return self._around(np.hstack([self.stations.xy, self.stations.xy]))
        return None

    def _around(self, boxes: NDArray[np.float64]) -> Bounds:
        """Return the box around what lies at home; around all of it where nothing does."""
        if self.home is not None:
            west, south, east, north = self.home
            at_home = (
                (boxes[:, 0] <= east)
                & (boxes[:, 2] >= west)
                & (boxes[:, 1] <= north)
                & (boxes[:, 3] >= south)
            )
            boxes = boxes[at_home] if at_home.any() else boxes
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to paint."""
        ground = self.ground
        return self.bounds is None and not (len(ground.water) or len(ground.green) or len(ground.roads))

    def find(self, code: str) -> tuple[str, int] | None:
        """Return the kind and position of a feature, None where it is not on the map."""
        for kind, layer in self.layers.items():
            if (place := layer.index.get(code)) is not None:
                return kind, place
        if (place := self.stations.index.get(code)) is not None:
            return "stations", place
        return None

    def label(self, code: str) -> str:
        """Return a feature's name, "" where it is not on the map."""
        found = self.find(code)
        if found is None:
            return ""
        kind, place = found
        return self.stations.labels[place] if kind == "stations" else self.layer(kind).labels[place]

    def bounds_of(self, codes: Sequence[str]) -> Bounds | None:
        """Return the ground of some features, None where none of them is on the map."""
        boxes = []
        for code in codes:
            found = self.find(code)
            if found is None:
                continue
            kind, place = found
            if kind == "stations":
                x, y = self.stations.xy[place]
                boxes.append((x - 150, y - 150, x + 150, y + 150))
            else:
                boxes.append(tuple(self.layer(kind).bounds[place]))
        if not boxes:
            return None
        box = np.array(boxes)
        return (
            float(box[:, 0].min()),
            float(box[:, 1].min()),
            float(box[:, 2].max()),
            float(box[:, 3].max()),
        )

    def has_same(self, name: str, other: MapScene) -> bool:
        """Whether a layer, ``borders:KIND`` or a part of the backdrop is the very one of another scene."""
        if name.startswith("borders:"):
            kind = name.partition(":")[2]
            return self.borders.get(kind) is other.borders.get(kind)
        if name in {"roads", "water", "green"}:
            return self.ground is other.ground
        return self.layers.get(name) is other.layers.get(name)

    def place_shape(self, code: str) -> shapely.Geometry | None:
        """Return a unit's outline, else the union of its recorded children's; None where there is neither."""
        found = self.find(code)
        if found is not None and found[0] in UNIT_LAYERS:
            shape: shapely.Geometry = self.layer(found[0]).shapes[found[1]]
            return shape
        parts = [
            layer.shapes[place]
            for layer in map(self.layer, UNIT_LAYERS)
            for place, parent in enumerate(layer.parents)
            if parent == code
        ]
        return shapely.union_all(np.array(parts, dtype=object)) if parts else None

    def inside(self, kind: str, place: str) -> NDArray[np.bool_] | None:
        """Return which features of a layer have their anchor in a unit; None where that has no ground."""
        kept = self._inside.get((kind, place))
        if kept is not None:
            return kept
        outline = self.place_shape(place)
        if outline is None:
            return None
        shapely.prepare(outline)
        anchors = self.layer(kind).anchors
        found: NDArray[np.bool_] = shapely.intersects_xy(outline, anchors[:, 0], anchors[:, 1])
        self._inside[kind, place] = found
        return found


def as_areas(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return outlines fit for painting: rings wound one way, points as small discs, no third dimension."""
    points = np.isin(shapely.get_type_id(shapes), (0, 4))
    flat = shapely.force_2d(shapes)
    if points.any():
        flat[points] = shapely.buffer(flat[points], _POINT_RADIUS_M, quad_segs=4)
    found: NDArray[np.object_] = shapely.orient_polygons(flat, exterior_cw=False)
    return found


def borders_once(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the borders of a layer as lines, each shared stretch once, so that dashes stay dashes."""
    if not len(shapes):
        return np.empty(0, dtype=object)
    edges = shapely.set_precision(shapely.boundary(shapes), 0.01, mode="pointwise")
    merged = shapely.line_merge(shapely.union_all(edges))
    parts: NDArray[np.object_] = shapely.get_parts(merged)
    return parts
