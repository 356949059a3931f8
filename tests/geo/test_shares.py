from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.shares import UnitIndex


def shapes(*outlines):
    return np.array(outlines, dtype=object)


def plain(subjects, units):
    """Share of each pair by GEOS alone, and the share outside all units."""
    found, outside = {}, []
    for row, subject in enumerate(subjects):
        held = []
        for place, unit in enumerate(units):
            if unit is not None and (share := unit.intersection(subject).area / subject.area) >= 1e-9:
                found[row, place] = share
                held.append(unit)
        outside.append(1 - shapely.union_all(held).intersection(subject).area / subject.area)
    return found, outside


@st.composite
def stars(draw):
    """A simple polygon around a middle point, with corners at growing angles."""
    corners = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(20, 90), min_size=corners, max_size=corners))
    angles = 2 * np.pi * (np.arange(corners) + draw(st.floats(0, 0.9))) / corners
    east, north = draw(st.floats(0, 300)), draw(st.floats(0, 300))
    return shapely.Polygon(np.column_stack([east + radii * np.cos(angles), north + radii * np.sin(angles)]))


def lattice(side, size=100.0):
    return [
        shapely.box(size * n, size * m, size * (n + 1), size * (m + 1))
        for n in range(side)
        for m in range(side)
    ]


def agrees(subjects, units):
    found = UnitIndex(shapes(*units)).shares(shapes(*subjects))
    expected, outside = plain(subjects, units)
    pairs = dict(zip(zip(found.subject.tolist(), found.unit.tolist(), strict=True), found.share, strict=True))
    assert pairs == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert found.outside == pytest.approx(outside, abs=1e-9)
    for row, rest in enumerate(outside):
        mine = found.subject == row
        raw = found.share[mine]
        if len(raw):
            assert found.counted[mine] == pytest.approx(raw * (1 - rest) / raw.sum(), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(st.lists(stars(), min_size=1, max_size=5), st.lists(st.one_of(st.none(), stars()), max_size=6))
def test_that_shares_equal_plain_intersections_where_units_overlap_anyhow(subjects, units):
    agrees(subjects, units)


@settings(max_examples=60, deadline=None)
@given(st.lists(stars(), min_size=1, max_size=5), st.sets(st.integers(0, 15)))
def test_that_shares_equal_plain_intersections_where_units_tile_with_gaps(subjects, gaps):
    agrees(subjects, [None if place in gaps else unit for place, unit in enumerate(lattice(4))])


@settings(max_examples=30, deadline=None)
@given(st.lists(stars(), min_size=1, max_size=3), st.floats(1, 99))
def test_that_two_whole_layers_of_units_count_once(subjects, shift):
    second = [shapely.affinity.translate(unit, shift, shift / 2) for unit in lattice(4)]
    agrees(subjects, [*lattice(4), *second])


def test_that_a_subject_in_two_pieces_may_lie_twice_in_one_and_not_at_all_in_the_other():
    twice = shapely.box(0, 0, 100, 100)
    apart = shapely.MultiPolygon([shapely.box(10, 10, 20, 20), shapely.box(500, 10, 510, 20)])
    agrees([apart], [twice, twice])
    layers = [*lattice(5), *(shapely.affinity.translate(unit, 30, 30) for unit in lattice(5))]
    apart = shapely.MultiPolygon([shapely.box(210, 210, 290, 290), shapely.box(900, 210, 980, 290)])
    agrees([apart], layers)


def test_that_units_with_holes_hold_what_is_around_the_hole():
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    agrees([shapely.box(30, 30, 70, 70)], [ring])
    agrees([shapely.box(30, 30, 70, 70)], [ring, shapely.box(40, 40, 60, 60)])


def test_that_points_lie_wholly_in_every_unit_that_contains_or_bounds_them():
    found = UnitIndex(shapes(*lattice(2))).shares(
        shapes(shapely.Point(100, 100), shapely.Point(50, 50), shapely.Point(900, 0), None)
    )
    assert found.subject.tolist() == [0, 0, 0, 0, 1]
    assert found.unit.tolist() == [0, 1, 2, 3, 0]
    assert found.share.tolist() == [1.0] * 5
    assert found.counted.tolist() == [0.25] * 4 + [1.0]
    assert found.outside[:3].tolist() == [0.0, 0.0, 1.0]
    assert np.isnan(found.outside[3])


def test_that_a_sliver_of_less_than_a_billionth_is_no_share():
    found = UnitIndex(shapes(*lattice(2))).shares(shapes(shapely.box(10, 10, 100 + 1e-8, 90)))
    assert found.unit.tolist() == [0]
    assert found.counted.tolist() == [1.0]
    assert found.outside.tolist() == [0.0]


def test_that_an_outline_that_crosses_itself_does_not_stop_the_others():
    bow = shapely.Polygon([(10, 10), (190, 90), (190, 10), (10, 91)])
    found = UnitIndex(shapes(*lattice(2))).shares(shapes(bow, shapely.box(10, 10, 20, 20)))
    assert set(found.unit[found.subject == 0].tolist()) == {0, 2}
    assert found.unit[found.subject == 1].tolist() == [0]


def test_that_no_units_and_no_subjects_give_no_shares():
    empty = UnitIndex(shapes(None))
    assert empty.is_empty
    found = empty.shares(shapes(shapely.box(0, 0, 1, 1)))
    assert (len(found.subject), found.outside.tolist()) == (0, [1.0])
    assert len(UnitIndex(shapes(*lattice(1))).shares(shapes()).outside) == 0


def test_that_outlines_that_were_asked_are_not_left_prepared_for_another_thread_to_trip_over():
    units = np.array([shapely.Point(0, 0).buffer(50), shapely.Point(60, 0).buffer(50)], dtype=object)
    subjects = np.array([shapely.Point(0, 0).buffer(5), shapely.box(20, -5, 40, 5)], dtype=object)
    UnitIndex(units).shares(subjects)
    assert not shapely.is_prepared(units).any(), "two threads that ask one prepared outline crash the process"
