"""A synthetic city inside a real outline: streets, communities and grids, courtyards, rivers and roads. In metres."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely
import shapely.affinity
import shapely.ops
from shapely.geometry import LineString, Point, Polygon

from geo.courtyards import courtyard, lone_building
from geo.errors import InvalidGeometry
from geo.tessellate import Terrain, cut, divide, tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

_BLOCK: Final = 38_000.0  # [m²] of a block between streets
_SETTLED: Final = 480_000.0  # [m²] beyond which only the densest part of a grid is built up
_BANK: Final = 14.0  # [m] between a compound and the water
_HOME: Final = 0.58  # share of a straddling compound that stays in its own grid
_ROUNDS: Final = 6
_CROWDING: Final = 0.4  # how much less likely a grid gets another compound after each one


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityPlan:
    """How many grids a community has, and how many compounds and lone buildings stand in them."""

    grids: int
    compounds: int = 0
    lone: int = 0


class Plot(NamedTuple):
    """A compound or a lone building with the number of the grid it was made in; -1: outside every grid."""

    shape: Polygon
    grid: int


@dataclass(frozen=True, slots=True)
class DistrictPlan:
    """A district's outline and its streets' communities, the densest first."""

    outline: Polygon
    streets: Sequence[Sequence[CommunityPlan]]


class Place(NamedTuple):
    """Where a grid lies, as numbers in the plan: district, street in it, community in that."""

    district: int
    street: int
    community: int


@dataclass(frozen=True, slots=True)
class City:
    """``places``: of each grid, the numbers of its district, street and community; ``spots``: a dry point in it."""

    grids: list[Polygon]
    places: list[Place]
    spots: list[Point]
    compounds: list[Plot]
    lone: list[Plot]
    roads: list[tuple[int, LineString]]  # rank 1 (between streets) to 4 (lanes)


@dataclass(slots=True)
class _Site:
    """A grid while it is being built up."""

    blocks: list[Polygon] = field(default_factory=list)
    free: list[Polygon] = field(default_factory=list)


def build(
    districts: Sequence[DistrictPlan],
    terrain: Terrain,
    water: BaseGeometry,
    rng: np.random.Generator,
    *,
    straddling: float = 0.04,
    outside: int = 0,
) -> City:
    """Return a city with the planned numbers of everything. Districts that touch must share their vertices.

    ``straddling``: share of the compounds moved across a grid's border. ``outside``: compounds just beyond the
    outline, besides the planned ones.
    """
    leaves: list[Polygon] = []
    places: list[Place] = []
    for district in districts:
        weights = [sum(_weight(plan) for plan in plans) for plans in district.streets]
        for number, part in enumerate(divide(district.outline, weights, terrain, rng, 0.03)):
            plans = district.streets[number]
            shares = [_weight(plan) * (0.75 + 0.5 * rng.random()) for plan in plans]
            for place, community in enumerate(divide(part, shares, terrain, rng, 0.03)):
                count = plans[place].grids
                leaves += divide(community, list(0.7 + 0.6 * rng.random(count)), terrain, rng, 0.025)
                places += [Place(districts.index(district), number, place)] * count
    grids = tile(leaves)
    shore = water.buffer(_BANK)
    compounds, sites = _settle(grids, places, districts, terrain, shore, rng)
    compounds = _pushed(compounds, grids, shore, straddling, rng)
    whole = shapely.union_all([district.outline for district in districts])
    compounds += _beyond(whole, compounds, shore, terrain, outside, rng)
    lone = _scattered(grids, places, districts, sites, compounds, shore, terrain, rng)
    spots = [_dry_spot(grid, shore) for grid in grids]
    return City(grids, places, spots, compounds, lone, _roads(grids, places, sites, water))


def _weight(plan: CommunityPlan) -> float:
    return max(1.0, 0.25 * plan.grids)


def _settle(
    grids: Sequence[Polygon],
    places: Sequence[Place],
    districts: Sequence[DistrictPlan],
    terrain: Terrain,
    shore: BaseGeometry,
    rng: np.random.Generator,
) -> tuple[list[Plot], dict[int, _Site]]:
    members: dict[Place, list[int]] = defaultdict(list)
    for grid, place in enumerate(places):
        members[place].append(grid)
    shapely.prepare(shore)
    made: list[Plot] = []
    sites: dict[int, _Site] = {}
    for place, own in members.items():
        missing = _plan(districts, place).compounds
        room = np.sqrt(np.minimum([grids[g].area for g in own], 250_000.0))
        for attempt in range(_ROUNDS):
            if not missing:
                break
            chances = room * (0.25 + rng.random(len(own)))
            picked: list[int] = []
            for _ in range(missing):
                picked.append(int(rng.choice(len(own), p=chances / chances.sum())))
                chances[picked[-1]] *= _CROWDING
            for index, wanted in zip(*np.unique(picked, return_counts=True), strict=True):
                grid = own[int(index)]
                if grid not in sites:
                    sites[grid] = _Site()
                    sites[grid].blocks = _blocks(grids[grid], int(wanted), 1.0, terrain, rng)
                    sites[grid].free = list(sites[grid].blocks)
                elif attempt and len(sites[grid].free) < wanted:
                    continue
                built = _built(sites[grid], int(wanted), shore, rng)
                made += [Plot(shape, grid) for shape in built]
                missing -= len(built)
        for grid in sorted(own, key=lambda g: -grids[g].area):  # what found no room: smaller blocks
            while missing and grid not in sites:
                sites[grid] = _Site(_blocks(grids[grid], 3, 0.5, terrain, rng))
                sites[grid].free = list(sites[grid].blocks)
                built = _built(sites[grid], missing, shore, rng)
                made += [Plot(shape, grid) for shape in built]
                missing -= len(built)
        if missing:
            raise InvalidGeometry(f"{missing} compounds found no room in community {place}")
    return made, sites


def _plan(districts: Sequence[DistrictPlan], place: Place) -> CommunityPlan:
    return districts[place.district].streets[place.street][place.community]


def _blocks(
    grid: Polygon, wanted: int, size: float, terrain: Terrain, rng: np.random.Generator
) -> list[Polygon]:
    while grid.area > _SETTLED + wanted * _BLOCK:
        grid = cut(grid, 0.5, terrain, rng)[0]
    count = max(wanted + 1, round(grid.area / (_BLOCK * size * (0.8 + 0.5 * rng.random()))))
    return divide(grid, list(0.55 + 0.9 * rng.random(count)), terrain, rng, 0.015)


def _built(site: _Site, wanted: int, shore: BaseGeometry, rng: np.random.Generator) -> list[Polygon]:
    """Return up to ``wanted`` courtyards in free blocks, the denser ones first but not strictly."""
    made: list[Polygon] = []
    keys = np.arange(len(site.free)) + 0.6 * len(site.free) * rng.random(len(site.free))
    for number in np.argsort(keys):
        if len(made) == wanted:
            break
        block = site.free[int(number)]
        ground = block if shore.disjoint(block) else _dry(block, shore)
        shape = None if ground is None else courtyard(ground, 4.0 + 6.0 * rng.random(), rng)
        if shape is not None:
            made.append(shape)
            site.free[int(number)] = Polygon()
    site.free = [block for block in site.free if not block.is_empty]
    return made


def _dry(block: Polygon, shore: BaseGeometry) -> Polygon | None:
    pieces = [p for p in shapely.get_parts(block.difference(shore)) if isinstance(p, Polygon)]
    return max(pieces, key=lambda piece: piece.area, default=None)


def _dry_spot(grid: Polygon, shore: BaseGeometry) -> Point:
    ground = grid if shore.disjoint(grid) else _dry(grid, shore) or grid
    return shapely.point_on_surface(ground)


def _pushed(
    compounds: Sequence[Plot],
    grids: Sequence[Polygon],
    shore: BaseGeometry,
    share: float,
    rng: np.random.Generator,
) -> list[Plot]:
    """Return the compounds with some of them moved across a border of their grid, into nobody."""
    moved = list(compounds)
    wanted = round(share * len(moved))
    tree = shapely.STRtree([plot.shape for plot in moved])
    units = shapely.STRtree(list(grids))
    shifted: list[Polygon] = []
    for number in rng.permutation(len(moved)):
        if len(shifted) >= wanted:
            break
        shape, grid = moved[int(number)]
        near = [int(h) for h in units.query(shape.buffer(45.0)) if int(h) != grid]
        if not near:
            continue
        other = grids[near[int(rng.integers(0, len(near)))]]
        first, last = (np.array(p.coords[0]) for p in shapely.ops.nearest_points(shape, other))
        way = last - first
        length = float(np.hypot(*way))
        if not 0.5 < length < 60.0:
            continue
        depth = length + (0.06 + 0.3 * rng.random()) * float(np.sqrt(shape.area))
        dx, dy = np.round(way / length * depth, 2)
        new = shapely.affinity.translate(shape, float(dx), float(dy))
        around = new.buffer(5.0)
        hits = [int(h) for h in tree.query(around, predicate="intersects") if int(h) != number]
        if hits or any(around.intersects(s) for s in shifted) or shore.intersects(new):
            continue
        if not _HOME < new.intersection(grids[grid]).area / new.area < 0.95:
            continue
        if sum(new.intersection(grids[int(h)]).area for h in units.query(new)) < 0.999 * new.area:
            continue
        moved[int(number)] = Plot(new, grid)
        shifted.append(new)
    return moved


def _beyond(
    outline: BaseGeometry,
    compounds: Sequence[Plot],
    shore: BaseGeometry,
    terrain: Terrain,
    count: int,
    rng: np.random.Generator,
) -> list[Plot]:
    """Return compounds just outside the outline, on the city's side of it."""
    made: list[Plot] = []
    border = outline.boundary
    while len(made) < count:
        spots = [border.interpolate(border.length * float(t)) for t in rng.random(60)]
        at = max(spots, key=lambda spot: terrain.density(np.array([[spot.x, spot.y]]))[0])
        turn = 2 * np.pi * rng.random()
        middle = Point(at.x + 190.0 * np.cos(turn), at.y + 190.0 * np.sin(turn))
        block = shapely.affinity.rotate(
            shapely.box(middle.x - 95, middle.y - 75, middle.x + 95, middle.y + 75), turn, use_radians=True
        )
        taken = [*(plot.shape for plot in made), outline.buffer(15.0), shore]
        shape = None if any(block.intersects(one) for one in taken) else courtyard(block, 5.0, rng)
        if shape is not None and not any(shape.intersects(plot.shape) for plot in compounds):
            made.append(Plot(shape, -1))
    return made


def _scattered(
    grids: Sequence[Polygon],
    places: Sequence[Place],
    districts: Sequence[DistrictPlan],
    sites: dict[int, _Site],
    compounds: Sequence[Plot],
    shore: BaseGeometry,
    terrain: Terrain,
    rng: np.random.Generator,
) -> list[Plot]:
    members: dict[Place, list[int]] = defaultdict(list)
    for grid, place in enumerate(places):
        members[place].append(grid)
    taken = shapely.STRtree([plot.shape for plot in compounds])
    made: list[Plot] = []
    for place, own in members.items():
        wanted = _plan(districts, place).lone
        spots = [(block, grid) for grid in own if grid in sites for block in sites[grid].free]
        spots += [(grids[grid], grid) for grid in own if grid not in sites]
        for tries in range(40 * wanted):
            if not wanted:
                break
            ground, grid = spots[int(rng.integers(0, len(spots)))] if spots else (grids[own[0]], own[0])
            middle = shapely.point_on_surface(ground)
            reach = 0.15 * float(np.sqrt(ground.area)) * (1 + tries / 20)
            at = Point(middle.x + reach * rng.normal(), middle.y + reach * rng.normal())
            shape = lone_building(at, terrain.bearing_at(at.x, at.y), rng)
            near = shape.buffer(4.0)
            if (
                grids[grid].contains(shape)
                and not len(taken.query(near, predicate="intersects"))
                and not any(near.intersects(plot.shape) for plot in made)
                and shore.disjoint(shape)
            ):
                made.append(Plot(Polygon(np.round(shapely.get_coordinates(shape), 2)), grid))
                wanted -= 1
        if wanted:
            raise InvalidGeometry(f"{wanted} lone buildings found no room in community {place}")
    return made


def _roads(
    grids: Sequence[Polygon], places: Sequence[Place], sites: dict[int, _Site], water: BaseGeometry
) -> list[tuple[int, LineString]]:
    """Return the borders between units as streets of three ranks, and the lanes between blocks as the fourth.

    Only the two widest ranks cross the water.
    """
    owner: dict[tuple[tuple[float, float], tuple[float, float]], int] = {}
    ranks: dict[int, list[LineString]] = {1: [], 2: [], 3: [], 4: []}
    for number, grid in enumerate(grids):
        corners = [tuple(xy) for xy in shapely.get_coordinates(grid.exterior).tolist()]
        for a, b in pairwise(corners):
            key = (a, b) if a < b else (b, a)
            if key not in owner:
                owner[key] = number
                continue
            mine, theirs = places[number], places[owner[key]]
            rank = 1 if mine[:2] != theirs[:2] else 2 if mine != theirs else 3
            ranks[rank].append(LineString(key))
    for home, site in sites.items():
        inner = grids[home].buffer(-2.0)
        lines = shapely.union_all([block.boundary for block in site.blocks], grid_size=0.1).intersection(
            inner
        )
        ranks[4] += [line for line in shapely.get_parts(shapely.line_merge(lines)) if line.length > 15.0]
    roads: list[tuple[int, LineString]] = []
    for rank, pieces in ranks.items():
        streets = shapely.line_merge(shapely.union_all(pieces)) if pieces else LineString()
        merged = streets.difference(water) if rank > 2 else streets
        roads += [(rank, line) for line in shapely.get_parts(merged) if line.geom_type == "LineString"]
    return roads
