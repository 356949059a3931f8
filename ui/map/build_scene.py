"""From the records of a registry to what the map shows; runs in a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.domain.place.ground import ground_of as home_of
from app.jobs import Ticket
from app.text import Text
from ui.map.scene import AREA_LAYERS, UNIT_LAYERS, Ground, Layer, MapScene, Stations, as_areas, borders_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from geo.crs import Zone
    from ui.map.view import Bounds

_STAGE: Final = Text("准备地图", "Preparing the map")
_WITH_PARENTS: Final = frozenset({*UNIT_LAYERS, "buildings"})
BORDERED: Final = ("districts", "streets", "communities")
_DRAWN_TYPES: Final = (0, 3, 4, 6)  # point, polygon and their multiples


class BackdropShape(Protocol):
    """A road or a water of the backdrop as the registry file holds it; ``rank`` 1 = widest; degrees."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def rank(self) -> int: ...  # noqa: D102
    @property
    def geometry(self) -> BaseGeometry: ...  # noqa: D102


def build_scene(
    dataset: Dataset,
    zone: Zone,
    day: date,
    backdrop: Iterable[BackdropShape] = (),
    ticket: Ticket | None = None,
) -> MapScene:
    """Return the scene of everything in force on ``day``."""
    ticket = ticket or Ticket()
    layers: dict[str, Layer] = {}
    steps = len(AREA_LAYERS) + 3
    for done, kind in enumerate(AREA_LAYERS):
        ticket.step(_STAGE, done, steps)
        layers[kind] = layer_of(dataset.in_force(kind, day), kind, zone, day)
    ticket.step(_STAGE, len(AREA_LAYERS), steps)
    borders = {kind: borders_once(layers[kind].shapes) for kind in BORDERED}
    ticket.step(_STAGE, len(AREA_LAYERS) + 1, steps)
    stations, ground = stations_of(dataset, zone, day), ground_of(backdrop, zone)
    scene = MapScene(zone, layers, stations, ground, borders, _home(dataset, zone))
    ticket.step(_STAGE, steps - 1, steps)
    warm(scene)
    return scene


def _home(dataset: Dataset, zone: Zone) -> Bounds | None:
    """Return the ground that the registry lies on [m]; one outline in the wrong place doesn't widen it."""
    home = home_of(dataset)
    if home is None:
        return None
    west, south, east, north = zone.to_metres([shapely.box(*home.grown)])[0].bounds
    return west, south, east, north


def warm(scene: MapScene) -> None:
    """Compute what the window would else compute at its first touch."""
    for kind, layer in scene.layers.items():
        _ = layer.bounds, layer.areas, layer.index, layer.sizes
        if kind != "buildings":
            _ = layer.anchors
    _ = scene.bounds, scene.stations.index


def layer_of(candidates: Iterable[Record], kind: str, zone: Zone, day: date) -> Layer:
    """Return the layer of those records of a kind that are in force on a day and have an outline."""
    records: list[Record] = []
    outlines = []
    for record in candidates:
        outline = record.geometry_on(day) if record.is_in_force(day) else None
        if outline is not None and not outline.is_empty and shapely.get_type_id(outline) in _DRAWN_TYPES:
            records.append(record)
            outlines.append(outline)
    if not records:
        return Layer(kind)
    shapes = np.empty(len(outlines), dtype=object)
    shapes[:] = outlines
    return Layer(
        kind,
        tuple(record.code for record in records),
        tuple(str(record.on("name", day) or "") for record in records),
        as_areas(zone.to_metres(shapes)),
        tuple(_parent(record, day) for record in records) if kind in _WITH_PARENTS else (),
    )


def _parent(record: Record, day: date) -> str:
    parents = ("compound",) if record.kind == "buildings" else KINDS[record.kind].parents
    for name in parents:
        if value := record.on(name, day):
            return str(value)
    return ""


def stations_of(dataset: Dataset, zone: Zone, day: date) -> Stations:
    """Return the stations in force on a day."""
    records = [r for r in dataset.in_force("stations", day) if r.geometry_on(day) is not None]
    if not records:
        return Stations()
    points = shapely.centroid(np.array([r.geometry_on(day) for r in records], dtype=object))
    return Stations(
        tuple(r.code for r in records),
        tuple(str(r.on("name", day) or "") for r in records),
        tuple(str(r.on("kind", day) or "") for r in records),
        zone.xy(shapely.get_coordinates(points)),
    )


def ground_of(backdrop: Iterable[BackdropShape], zone: Zone) -> Ground:
    """Return the backdrop in metres."""
    shapes = [shape for shape in backdrop if not shape.geometry.is_empty]
    roads = [shape for shape in shapes if shape.kind == "road"]
    return Ground(
        _metres([shape.geometry for shape in shapes if shape.kind == "water"], zone, is_area=True),
        _metres([shape.geometry for shape in shapes if shape.kind == "green"], zone, is_area=True),
        _metres([shape.geometry for shape in roads], zone, is_area=False),
        np.array([max(shape.rank - 1, 0) for shape in roads], dtype=np.intp),
    )


def _metres(shapes: list[BaseGeometry], zone: Zone, *, is_area: bool) -> NDArray[np.object_]:
    if not shapes:
        return np.empty(0, dtype=object)
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    moved = zone.to_metres(array)
    return as_areas(moved) if is_area else moved
