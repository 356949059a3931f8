"""Gaps and overlaps, in metres."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.tiling import find_gaps, find_overlaps


def array(*outlines):
    found = np.empty(len(outlines), dtype=object)
    for place, outline in enumerate(outlines):
        found[place] = outline
    return found


def test_that_neighbours_sharing_a_border_do_not_overlap():
    found = find_overlaps(array(shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)))
    assert len(found.first) == 0


def test_that_an_overlap_is_told_once_with_its_area_and_share_of_the_smaller():
    found = find_overlaps(
        array(shapely.box(0, 0, 100, 10), None, shapely.box(95, 0, 105, 10), shapely.Point(1, 1))
    )
    assert list(zip(found.first, found.second, strict=True)) == [(0, 2)]
    assert found.area[0] == pytest.approx(50)
    assert found.share[0] == pytest.approx(0.5)


def test_that_less_than_a_square_metre_is_no_overlap():
    first, second = shapely.box(0, 0, 100, 10), shapely.box(99.91, 0, 200, 10)  # 0.9 m²
    assert len(find_overlaps(array(first, second)).first) == 0
    assert len(find_overlaps(array(first, second), least_area=0.5).first) == 1


def test_that_outlines_crossing_themselves_are_still_compared():
    crossed = shapely.from_wkt("POLYGON ((0 0, 20 0, 20 10, 12 10, 12 -2, 10 -2, 10 10, 0 10, 0 0))")
    assert not shapely.is_valid(crossed)
    found = find_overlaps(array(crossed, shapely.box(0, 0, 10, 10)))
    assert found.area[0] == pytest.approx(100)


def test_that_a_gap_names_the_tiles_beside_it_and_its_mean_width():
    tiles = array(shapely.box(0, 0, 10, 40), shapely.box(12, 0, 20, 40), None, shapely.box(500, 0, 510, 10))
    (gap,) = find_gaps(tiles, shapely.box(0, 0, 20, 40))
    assert gap.area == pytest.approx(80)
    assert gap.width == pytest.approx(2 * 80 / 84)
    assert gap.beside.tolist() == [0, 1]


def test_that_tiles_reaching_beyond_what_they_cover_leave_no_gap():
    assert find_gaps(array(shapely.box(-5, -5, 50, 50)), shapely.box(0, 0, 20, 40)) == ()


def test_that_without_an_outline_only_enclosed_ground_is_a_gap():
    ring = shapely.difference(shapely.box(0, 0, 30, 30), shapely.box(10, 10, 20, 20))
    (gap,) = find_gaps(array(ring, shapely.box(100, 0, 130, 30)), None)
    assert gap.area == pytest.approx(100)
    assert gap.beside.tolist() == [0]


def test_that_no_tile_at_all_leaves_the_whole_as_one_gap():
    (gap,) = find_gaps(array(None), shapely.box(0, 0, 20, 40))
    assert gap.area == pytest.approx(800)
    assert gap.beside.tolist() == []


def test_that_gaps_come_largest_first():
    tiles = array(shapely.box(0, 0, 10, 10), shapely.box(12, 0, 20, 10), shapely.box(21, 0, 30, 10))
    assert [round(gap.area) for gap in find_gaps(tiles, shapely.box(0, 0, 30, 10))] == [20, 10]


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(1, 99), min_size=1, max_size=8, unique=True),
    missing=st.integers(0, 8),
    spread=st.integers(0, 3),
)
def test_that_tiles_gaps_and_overlaps_add_up_to_the_whole(cuts, missing, spread):
    edges = [0, *sorted(cuts), 100]
    tiles = [shapely.box(a, 0, b + spread, 50) for a, b in itertools.pairwise(edges)]
    dropped = tiles.pop(missing % len(tiles))
    whole = shapely.box(0, 0, 100, 50)
    covered = shapely.area(shapely.intersection(whole, shapely.union_all(tiles))) if tiles else 0.0
    assert sum(gap.area for gap in find_gaps(array(*tiles), whole)) == pytest.approx(5000 - covered)
    assert dropped is not None
    if spread == 0 and tiles:
        assert len(find_overlaps(array(*tiles)).first) == 0
