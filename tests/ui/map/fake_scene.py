"""A made-up district for map tests: Voronoi streets, communities and grids, compounds inside, a few stations."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import zone_for
from ui.map.scene import Ground, Layer, MapScene, Stations, as_areas, borders_once
from ui.map.style import UnitFill, band_of

ORIGIN = np.array([530_000.0, 3_527_000.0])
KINDS = (
    "grid_post",
    "neighbourhood_centre",
    "property_office",
    "service_position",
    "property_centre",
    "mediation_room",
)
STATUSES = ("covered", "covered", "covered", "uncovered", "unknown", "left_out")


def _moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return xy + ORIGIN


def _cells(count: int, side: float, rng: np.random.Generator) -> NDArray[np.object_]:
    points = shapely.MultiPoint(rng.uniform(0, side, (count, 2)))
    square = shapely.box(0, 0, side, side)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=square))
    return shapely.intersection(cells, square)


def fake_scene(compounds: int = 300, *, seed: int = 1, side: float = 3_000.0) -> MapScene:
    """Return a scene of about ``compounds`` compounds in a square of ``side`` metres."""
    rng = np.random.default_rng(seed)
    cells = _cells(max(compounds, 8), side, rng)
    middles = shapely.get_coordinates(shapely.centroid(cells))
    homes = shapely.buffer(cells, -side / np.sqrt(len(cells)) * 0.12, join_style="mitre")
    homes = np.array(
        [max(shapely.get_parts(h), key=lambda p: p.area, default=h) for h in homes], dtype=object
    )
    homes = homes[~shapely.is_empty(homes)]

    def merged(count: int) -> NDArray[np.object_]:
        seeds = rng.uniform(0, side, (count, 2))
        nearest = ((middles[:, None] - seeds[None]) ** 2).sum(axis=2).argmin(axis=1)
        return np.array([shapely.union_all(cells[nearest == i]) for i in np.unique(nearest)], dtype=object)

    def layer(
        kind: str, shapes: NDArray[np.object_], prefix: str, names: str, parents: tuple[str, ...] = ()
    ) -> Layer:
        moved = shapely.transform(as_areas(shapes), _moved)
        codes = tuple(f"{prefix}{i:04d}" for i in range(len(moved)))
        return Layer(kind, codes, tuple(names.format(n=i) for i in range(len(moved))), moved, parents)

    few = max(len(cells) // 5, 3)
    layers = {
        "districts": layer(
            "districts", np.array([shapely.box(0, 0, side, side)], dtype=object), "D", "瑶海区"
        ),
        "streets": layer("streets", merged(4), "T", "长淮街道{n}"),
        "communities": layer("communities", merged(max(few // 4, 2)), "Q", "临泉路社区{n}"),
        "grids": layer("grids", merged(few), "G", "临泉路社区第{n}网格"),
        "compounds": layer("compounds", homes, "C", "大关东{n}苑"),
        "buildings": layer(
            "buildings", np.array([shapely.box(5, 5, 25, 15)], dtype=object), "B", "{n}号楼", ("",)
        ),
    }
    borders = {kind: borders_once(layers[kind].shapes) for kind in ("districts", "streets", "communities")}
    count = max(len(cells) // 12, 1)
    stations = Stations(
        tuple(f"S{i:04d}" for i in range(count)),
        tuple(f"临泉路网格驿站{i}" for i in range(count)),
        tuple(KINDS[i % len(KINDS)] for i in range(count)),
        rng.uniform(side * 0.05, side * 0.95, (count, 2)) + ORIGIN,
    )
    river = shapely.LineString([(0, side * 0.3), (side * 0.4, side * 0.25), (side, side * 0.5)]).buffer(40)
    road = shapely.LineString([(side * 0.2, 0), (side * 0.25, side * 0.6), (side * 0.4, side)])
    moved = [shapely.transform(shape, _moved) for shape in (river, road)]
    ground = Ground(
        water=as_areas(np.array(moved[:1], dtype=object)),
        roads=np.array(moved[1:], dtype=object),
        road_ranks=np.array([0]),
    )
    return MapScene(zone_for(117.0), layers, stations, ground, borders)


def fake_statuses(scene: MapScene, seed: int = 2) -> dict[str, str]:
    """Return a status for each compound."""
    rng = np.random.default_rng(seed)
    return {code: str(rng.choice(STATUSES)) for code in scene.layer("compounds").codes}


def fake_fills(scene: MapScene, seed: int = 3) -> dict[str, UnitFill]:
    """Return figures for each grid, some of them unknown."""
    rng = np.random.default_rng(seed)
    fills = {}
    for place, code in enumerate(scene.layer("grids").codes):
        covered, no, unknown = rng.multinomial(6, rng.dirichlet((2, 1, 0.7)))
        if place % 9 == 0:
            covered, no, unknown = 0, 0, place % 2
        known = covered + no
        fills[code] = UnitFill(covered, no, unknown, band_of(covered / known) if known else None)
    return fills
