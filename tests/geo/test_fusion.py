"""Borders led along a compound's outline: the tiling stays a tiling, to the last digit."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo.crs import zone_for
from geo.fusion import Layer, fuse
from geo.noding import noded, points_of, with_vertices
from geo.shares import SLIVER, UnitIndex

EAST, NORTH = 522_133.37, 3_526_417.91  # where a zone's metres are: digits are as scarce as in real life
SIDE = 100.0


def array(*shapes):
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def place(shape):
    return shapely.transform(shape, lambda xy: xy + np.array([EAST, NORTH]))


def box(west, south, east, north):
    return place(shapely.box(west, south, east, north))


def two():
    return array(box(0, 0, 100, 100), box(100, 0, 200, 100))


def test_that_the_taker_gets_exactly_what_the_other_loses():
    compound = box(70, 20, 110, 60)
    found = fuse(compound, [Layer(two(), 0)])
    (layer,) = found.layers
    assert layer.changed == (0, 1)
    assert layer.gained == pytest.approx((400, -400), abs=1e-6)
    assert layer.emptied == layer.torn == ()
    left, right = layer.outlines
    assert shapely.covers(left, compound)
    assert left.intersection(right).area == 0
    assert points_of(compound) - points_of(left) == points_of(box(70, 20, 70, 60))  # inside: no border there
    assert shapely.coverage_is_valid(layer.outlines)


def test_that_a_parent_on_the_same_line_moves_with_its_child_and_one_elsewhere_is_left_alone():
    grids = array(*two(), box(0, 100, 200, 200))
    communities = array(box(0, 0, 100, 100), box(100, 0, 200, 100), box(0, 100, 200, 200))
    streets = array(shapely.union_all(grids))
    compound = box(95, 20, 130, 60)
    found = fuse(compound, [Layer(grids, 1), Layer(communities, 1), Layer(streets, 0)])
    for layer in found.layers[:2]:
        assert layer.changed == (0, 1)
        assert layer.gained == pytest.approx((-200, 200), abs=1e-6)
    assert shapely.equals_exact(found.layers[0].outlines[0], found.layers[1].outlines[0], normalize=True)
    assert found.layers[2].changed == ()
    assert found.layers[2].outlines[0] is streets[0]


def test_that_an_undrawn_taker_leaves_the_gain_to_its_parts():
    grids, communities = two(), array(None, box(100, 0, 200, 100))
    found = fuse(box(70, 20, 110, 60), [Layer(grids, 0), Layer(communities, None)])
    assert found.layers[0].gained == pytest.approx((400, -400), abs=1e-6)
    assert found.layers[1].changed == (1,)
    assert found.layers[1].outlines[0] is None


def test_that_a_neighbour_gets_a_vertex_where_a_border_now_ends_on_its_own():
    above = box(0, 100, 200, 200)
    found = fuse(box(90, 70, 120, 100), [Layer(array(*two(), above), 0)])
    (layer,) = found.layers
    assert layer.changed == (0, 1, 2)
    assert layer.gained[2] == 0
    assert points_of(layer.outlines[2]) - points_of(above) >= points_of(place(shapely.Point(120, 100)))
    assert shapely.coverage_is_valid(layer.outlines)


def test_that_a_gap_within_the_compound_is_closed():
    grids = array(box(0, 0, 99.9, 100), box(100, 0, 200, 100))  # borders drawn twice
    (layer,) = fuse(box(60, 20, 120, 60), [Layer(grids, 0)]).layers
    left, right = layer.outlines
    assert left.area == pytest.approx(99.9 * 100 + 40 * 20.1)
    assert (shapely.get_num_geometries(left), shapely.get_num_interior_rings(left)) == (1, 0)
    assert right.area == pytest.approx(100 * 100 - 40 * 20)


def test_that_ground_outside_everything_stays_outside():
    grids = two()
    (layer,) = fuse(box(60, 80, 120, 130), [Layer(grids, 0)]).layers
    assert layer.gained == pytest.approx((400, -400), abs=1e-6)
    assert shapely.union_all(layer.outlines).area == pytest.approx(20_000)


def test_that_ground_of_another_district_stays_there():
    districts = array(box(0, 0, 150, 100), box(150, 0, 300, 100))
    grids = array(*two()[:1], box(100, 0, 150, 100), box(150, 0, 300, 100))
    found = fuse(box(80, 20, 170, 60), [Layer(grids, 0)], districts=districts, keeper=0)
    (layer,) = found.layers
    assert layer.changed == (0, 1, 2)
    assert layer.gained == pytest.approx((2000, -2000, 0), abs=1e-6)  # the third only shares new corners
    assert points_of(layer.outlines[2]) - points_of(grids[2]) == points_of(box(150, 20, 150, 60))


def test_that_a_unit_within_the_compound_is_emptied_and_one_across_it_torn():
    grids = array(box(0, 0, 100, 100), box(100, 0, 110, 100), box(110, 0, 200, 100))
    (layer,) = fuse(box(60, 20, 140, 60), [Layer(grids, 0)]).layers
    assert layer.torn == (1,)
    (layer,) = fuse(box(60, -10, 120, 110), [Layer(grids, 0)]).layers
    assert layer.emptied == (1,)
    assert layer.outlines[1].is_empty
    assert layer.changed == (0, 1, 2)


def test_that_a_sliver_cut_off_goes_along_instead_of_tearing_the_unit():
    grids = array(box(0, 0, 100, 100), box(100, 0, 200, 100))
    compound = place(shapely.Polygon([(60, 20), (199.8, 20), (199.8, 60), (60, 60)]))
    (layer,) = fuse(compound, [Layer(grids, 0)]).layers
    assert layer.torn == ()  # a strip of 0.2 m stays one piece with what lies above and below
    assert layer.gained == pytest.approx((40 * 99.8, -40 * 99.8), abs=1e-5)
    compound = place(shapely.Polygon([(60, 0), (199.8, 0), (199.8, 60), (60, 60)]))
    corner = array(box(0, 0, 100, 100), box(100, 0, 200, 60), box(100, 60, 200, 100))
    (layer,) = fuse(compound, [Layer(corner, 0)]).layers
    assert layer.emptied == (1,)
    steep = array(
        box(0, 0, 100, 100), place(shapely.Polygon([(100, 0), (200, 0), (200, 100), (199.9, 80), (100, 80)]))
    )
    (layer,) = fuse(box(60, 0, 199.8, 70), [Layer(steep, 0)]).layers
    assert layer.torn == ()


def test_that_a_sliver_beyond_the_compound_goes_along():
    grids = array(box(0, 0, 100, 100), shapely.union_all([box(100, 0, 200, 100), box(200, 40, 210, 50)]))
    compound = box(60, 30, 209.7, 60)  # leaves 0.3 m of the second unit's nose
    (layer,) = fuse(compound, [Layer(grids, 0)]).layers
    assert layer.torn == (1,)  # the nose is gone, but the unit is cut in two where it was whole
    grids = array(box(0, 0, 100, 100), shapely.union_all([box(100, 0, 200, 100), box(200, 40, 210, 50)]))
    (layer,) = fuse(box(60, 30, 209.7, 100), [Layer(grids, 0)]).layers
    assert layer.torn == ()
    assert shapely.union_all(layer.outlines).area == pytest.approx(shapely.union_all(grids).area)
    assert shapely.get_num_geometries(layer.outlines[1]) == 1


def test_that_a_scrap_too_small_for_a_house_goes_along_and_a_larger_piece_tears():
    def nose(length):
        return array(
            box(0, 0, 100, 100), shapely.union_all([box(100, 0, 200, 100), box(200, 90, 200 + length, 95)])
        )

    compound = box(60, 30, 202, 100)
    (layer,) = fuse(compound, [Layer(nose(11), 0)]).layers  # 9 x 5 m² are left of the nose
    assert (layer.torn, layer.gained[0] > 6980) == ((), True)
    (layer,) = fuse(compound, [Layer(nose(14), 0)]).layers  # 12 x 5 m²
    assert layer.torn == (1,)


def test_that_an_outline_crossing_itself_is_taken_as_what_it_covers():
    crossed = place(shapely.from_wkt("POLYGON ((80 20, 120 20, 120 60, 80 60, 120 20, 80 20))"))
    (layer,) = fuse(crossed, [Layer(two(), 0)]).layers
    assert all(shapely.is_valid(layer.outlines))
    assert shapely.area(layer.outlines).sum() == pytest.approx(20_000)


def test_that_nothing_near_means_nothing_changed():
    units = two()
    (layer,) = fuse(box(500, 500, 600, 600), [Layer(units, 0)]).layers
    assert (layer.changed, layer.outlines[0]) == ((), units[0])


def test_that_shared_vertices_are_the_same_to_the_last_digit():
    first, second = box(0, 0, 100, 100), place(shapely.Polygon([(50, -20), (150, 30), (60, 70)]))
    mine, (theirs,) = noded(second, [first])
    common = points_of(mine) & points_of(theirs)
    assert len(common) == 4
    assert points_of(mine) >= points_of(second)
    for shape in (mine, theirs):
        assert shapely.is_valid(shape)
    assert with_vertices(first, np.empty((0, 2))) is first


@st.composite
def tilings(draw):
    """Return a bent lattice of units, their level above (columns), and a compound of any shape upon it."""
    count = draw(st.integers(2, 4))
    bend = st.integers(-30, 30)
    corner = {
        (i, j): (SIDE * i + draw(bend), SIDE * j + draw(bend))
        for i in range(count + 1)
        for j in range(count + 1)
    }
    units = [
        place(shapely.Polygon([corner[i, j], corner[i + 1, j], corner[i + 1, j + 1], corner[i, j + 1]]))
        for i, j in itertools.product(range(count), repeat=2)
    ]
    middle = draw(st.tuples(*[st.integers(int(SIDE * 0.4), int(SIDE * (count - 0.4)))] * 2))
    number = draw(st.integers(3, 9))
    reach = [draw(st.integers(8, 70)) for _ in range(number)]
    turn = draw(st.integers(0, 359))
    spokes = [
        (
            middle[0] + r * math.cos(math.radians(turn + 360 * k / number)),
            middle[1] + r * math.sin(math.radians(turn + 360 * k / number)),
        )
        for k, r in enumerate(reach)
    ]
    if draw(st.booleans()):  # on a corner of the lattice, and along its lines
        spokes[0] = corner[draw(st.integers(0, count)), draw(st.integers(0, count))]
    if draw(st.booleans()):
        i, j = draw(st.integers(0, count - 1)), draw(st.integers(0, count))
        (x0, y0), (x1, y1) = corner[i, j], corner[i + 1, j]
        part = draw(st.integers(1, 9)) / 10
        spokes[1] = (x0 + part * (x1 - x0), y0 + part * (y1 - y0))
    compound = place(shapely.Polygon(spokes))
    assume(shapely.is_valid(compound) and compound.area > 1)
    assume(all(shapely.is_valid(unit) for unit in units))
    return count, array(*units), compound


@settings(max_examples=100, deadline=None)
@given(tilings(), st.integers(0, 15))
def test_that_any_fusion_keeps_the_union_and_makes_no_overlap_and_no_invalid_outline(tiling, wish):
    count, units, compound = tiling
    columns = array(*(shapely.coverage_union_all(units[i * count : (i + 1) * count]) for i in range(count)))
    touched = np.flatnonzero(shapely.area(shapely.intersection(units, compound)) > 1)
    assume(len(touched))
    taker = int(touched[wish % len(touched)])
    before = shapely.union_all(units)
    found = fuse(compound, [Layer(units, taker), Layer(columns, taker // count)])
    moved = shapely.intersection(compound, before)
    for layer, was in zip(found.layers, (units, columns), strict=True):
        whole = layer.outlines
        left = whole[~shapely.is_empty(whole)]
        assert shapely.is_valid(left).all()
        assert shapely.area(whole).sum() == pytest.approx(before.area, abs=1e-5)
        assert shapely.symmetric_difference(shapely.union_all(left), before).area < 1e-5
        for one, other in itertools.combinations(left, 2):
            assert shapely.intersection(one, other).area < 1e-6
        assert sum(layer.gained) == pytest.approx(0, abs=1e-5)
        for place_, gained in zip(layer.changed, layer.gained, strict=True):
            assert shapely.area(whole[place_]) - shapely.area(was[place_]) == pytest.approx(gained, abs=2)
        pieces = shapely.get_parts(left)
        assert (2 * shapely.area(pieces) / shapely.length(pieces) > 1e-3).all()  # no sliver for a unit
    taken = found.layers[0].outlines[taker]
    assert shapely.difference(moved, taken).area < 1e-6
    if shapely.is_empty(shapely.difference(compound, before)):
        index = UnitIndex(found.layers[0].outlines)
        shares = index.shares(array(compound))
        assert (shares.share[shares.unit != taker] < SLIVER).all()


@settings(max_examples=40, deadline=None)
@given(tilings())
def test_that_a_border_still_fits_after_it_went_through_degrees(tiling):
    _, units, compound = tiling
    touched = np.flatnonzero(shapely.area(shapely.intersection(units, compound)) > 1)
    assume(len(touched) > 1)
    zone = zone_for(117.2)
    (layer,) = fuse(compound, [Layer(units, int(touched[0]))]).layers
    back = zone.to_metres(zone.to_degrees(layer.outlines[list(layer.changed)]))
    back = back[~shapely.is_empty(back)]
    assert shapely.is_valid(back).all()
    for one, other in itertools.combinations(back, 2):
        assert shapely.intersection(one, other).area < 1e-6


def test_that_a_level_whose_line_differs_by_a_hair_is_left_alone():
    grids = array(box(0, 0, 100, 100), box(100, 0, 200.003, 100))  # 3 mm beyond their community's line
    communities = array(box(0, 0, 200, 100))
    found = fuse(box(90, 20, 200.003, 60), [Layer(grids, 1), Layer(communities, 0)])
    assert found.layers[0].gained == pytest.approx((-400, 400), abs=1e-6)
    assert found.layers[1].changed == ()
    assert found.layers[1].outlines[0] is communities[0]
