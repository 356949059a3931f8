from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, Point, Polygon

from geo.cityscape import City, CommunityPlan, DistrictPlan, build
from geo.courtyards import FEWEST_CORNERS, MOST_CORNERS, courtyard, lone_building, pond, river, slabs
from geo.crs import zone_for
from geo.tessellate import Core, Terrain, cut, divide, merged, rounded, tile

TERRAIN = Terrain(cores=(Core(x=500_000.0, y=3_500_000.0, reach=1500.0, density=20.0),), bearing=0.2)
BEND = Polygon(  # not convex, with a long straight side
    [
        (498_000, 3_498_500),
        (503_000, 3_498_500),
        (503_200, 3_502_000),
        (501_000, 3_502_100),
        (500_900, 3_500_200),
        (499_800, 3_500_300),
        (499_700, 3_503_500),
        (498_200, 3_503_400),
    ]
)


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def city() -> City:
    plans = [[CommunityPlan(grids=6, compounds=9, lone=2) for _ in range(4)] for _ in range(3)]
    water = river([(497_000, 3_499_000), (504_000, 3_501_000)], 60.0, 0.05, rng())
    return build([DistrictPlan(BEND, plans)], TERRAIN, water, rng(), straddling=0.1, outside=2)


def test_that_parts_come_in_order_with_their_shares_of_the_weight() -> None:
    terrain = Terrain(cores=(Core(x=498_500.0, y=3_499_000.0, reach=1500.0, density=20.0),), bearing=0.2)
    near, far = cut(BEND, 0.25, terrain, rng())
    assert near.area + far.area == pytest.approx(BEND.area, rel=1e-6)
    assert near.area < 0.25 * BEND.area  # a quarter of the weight needs less ground where the city is dense


def test_that_tiles_share_their_vertices_and_add_up_to_the_outline() -> None:
    tiles = tile(divide(BEND, [1.0] * 60, TERRAIN, rng()))
    assert len(tiles) == 60
    assert shapely.is_valid(tiles).all()
    assert shapely.coverage_is_valid(tiles)
    whole = merged(tiles)
    assert whole.area == pytest.approx(sum(t.area for t in tiles), rel=1e-12)
    assert not whole.interiors
    assert whole.boundary.hausdorff_distance(BEND.boundary) < 0.06


def test_that_tiles_still_tile_when_they_are_stored_in_degrees() -> None:
    zone = zone_for(117.0)
    tiles = tile(divide(BEND, [1.0] * 60, TERRAIN, rng()))
    stored = rounded(zone.to_degrees(np.array(tiles, dtype=object)))
    assert shapely.is_valid(stored).all()
    assert shapely.coverage_is_valid(stored)
    whole = merged(list(stored))
    assert not whole.interiors  # a vertex that only one neighbour has would open a sliver
    back = zone.to_metres([*stored, whole])
    assert sum(t.area for t in back[:-1]) == pytest.approx(back[-1].area, rel=1e-11)


def test_that_a_city_holds_what_was_planned(city: City) -> None:
    assert len(city.grids) == 72
    per_community = np.zeros((3, 4), dtype=int)
    for plot in city.compounds:
        if plot.grid >= 0:
            per_community[city.places[plot.grid][1:]] += 1
    assert (per_community == 9).all()
    assert sum(plot.grid < 0 for plot in city.compounds) == 2
    assert len(city.lone) == 24
    assert {rank for rank, _ in city.roads} == {1, 2, 3, 4}
    assert all(isinstance(line, LineString) for _, line in city.roads)


def test_that_no_two_compounds_touch_and_each_has_5_to_40_corners(city: City) -> None:
    shapes = [plot.shape for plot in city.compounds] + [plot.shape for plot in city.lone]
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    corners = [len(p.shape.exterior.coords) - 1 for p in city.compounds]
    assert min(corners) >= FEWEST_CORNERS
    assert max(corners) <= MOST_CORNERS
    assert len(set(corners)) > 6


def test_that_most_compounds_lie_in_one_grid_some_straddle_and_a_few_lie_in_none(city: City) -> None:
    whole = straddling = outside = 0
    for shape, grid in city.compounds:
        if grid < 0:
            assert not any(g.intersects(shape) for g in city.grids)
            outside += 1
            continue
        share = shape.intersection(city.grids[grid]).area / shape.area
        assert share > 0.55
        whole += share > 1 - 1e-9
        straddling += share < 0.96
    assert outside == 2
    assert 4 <= straddling <= 11
    assert whole == len(city.compounds) - straddling - outside


def test_that_the_same_seed_gives_the_same_city(city: City) -> None:
    plans = [[CommunityPlan(grids=6, compounds=9, lone=2) for _ in range(4)] for _ in range(3)]
    water = river([(497_000, 3_499_000), (504_000, 3_501_000)], 60.0, 0.05, rng())
    again = build([DistrictPlan(BEND, plans)], TERRAIN, water, rng(), straddling=0.1, outside=2)
    assert [p.shape.wkb for p in again.compounds] == [p.shape.wkb for p in city.compounds]
    assert [g.wkb for g in again.grids] == [g.wkb for g in city.grids]


def test_that_courtyards_stay_in_their_block_and_are_no_rectangles() -> None:
    dice = rng()
    block = Polygon([(0, 0), (210, 12), (200, 190), (-8, 170)])
    made = [courtyard(block, 6.0, dice) for _ in range(80)]
    shapes = [shape for shape in made if shape is not None]
    assert len(shapes) > 70
    assert all(block.contains(shape) for shape in shapes)
    filled = [shape.area / shape.minimum_rotated_rectangle.area for shape in shapes]
    assert max(filled) < 0.9995
    assert len({len(shape.exterior.coords) for shape in shapes}) > 6


def test_that_a_block_too_small_or_too_thin_makes_no_courtyard() -> None:
    assert courtyard(Polygon([(0, 0), (30, 0), (30, 30), (0, 30)]), 5.0, rng()) is None
    assert courtyard(Polygon([(0, 0), (900, 0), (900, 25), (0, 25)]), 5.0, rng()) is None


def test_that_buildings_stand_inside_their_courtyard_and_apart() -> None:
    yard = courtyard(Polygon([(0, 0), (260, 12), (250, 220), (-8, 200)]), 6.0, rng())
    assert yard is not None
    houses = slabs(yard, 0.1, 9, rng())
    assert 4 <= len(houses) <= 9
    assert all(yard.contains(house) for house in houses)
    first, second = shapely.STRtree(houses).query(houses, predicate="intersects")
    assert (first == second).all()
    assert slabs(Point(0, 0).buffer(3.0), 0.0, 5, rng()) == []


def test_that_lakes_and_lone_buildings_are_valid_outlines() -> None:
    dice = rng()
    for _ in range(20):
        assert pond(Point(0, 0), 120.0, dice).is_valid
        assert lone_building(Point(10, 10), 0.3, dice).is_valid
