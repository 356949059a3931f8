from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.neighbours import adjoining, compactness, hull_of, moments_of, parts


def shapes(*outlines):
    return np.array(outlines, dtype=object)


def form(*outlines):
    found = moments_of(shapes(*outlines))
    return compactness(found.area.sum(), found.x.sum(), found.y.sum(), found.second.sum())


def test_that_polygons_adjoin_across_a_road_and_not_across_a_wider_one():
    row = shapes(shapely.box(0, 0, 10, 10), shapely.box(70, 0, 80, 10), shapely.box(140.5, 0, 150, 10))
    assert adjoining(row, 60).tolist() == [[0, 1]]
    assert adjoining(row, 61).tolist() == [[0, 1], [1, 2]]
    assert parts(3, adjoining(row, 60)).tolist() == [0, 0, 1]


def test_that_the_nearest_edges_count_and_not_the_middles():
    long = shapely.box(0, 0, 1000, 10)
    assert adjoining(shapes(long, shapely.box(980, 30, 1000, 50)), 60).tolist() == [[0, 1]]


def test_that_polygons_of_two_groups_never_adjoin_and_what_has_no_outline_adjoins_nothing():
    square = shapely.box(0, 0, 10, 10)
    assert adjoining(shapes(square, square, None), 60, ["a", "b", "a"]).tolist() == []
    assert adjoining(shapes(square, None, square), 60).tolist() == [[0, 2]]


@pytest.mark.parametrize(
    ("outlines", "expected"),
    [
        ((shapely.Point(0, 0).buffer(100, quad_segs=64),), 1.0),
        ((shapely.box(0, 0, 30, 30),), 3 / np.pi),
        ((shapely.box(0, 0, 30, 15), shapely.box(0, 15, 30, 30)), 3 / np.pi),
        ((shapely.box(0, 0, 200, 100),), 0.764),
    ],
)
def test_that_a_disc_is_most_compact_and_a_whole_is_as_compact_as_its_parts_together(outlines, expected):
    assert form(*outlines) == pytest.approx(expected, rel=1e-3)


def test_that_a_court_and_a_road_between_make_a_set_less_compact():
    near = form(shapely.box(0, 0, 50, 50), shapely.box(50, 0, 100, 50))
    far = form(shapely.box(0, 0, 50, 50), shapely.box(110, 0, 160, 50))
    ring = form(shapely.box(0, 0, 50, 50).difference(shapely.box(10, 10, 40, 40)))
    assert far < near
    assert ring < form(shapely.box(0, 0, 50, 50))


def test_that_moments_do_not_depend_on_where_the_ground_lies():
    outlines = [shapely.box(0, 0, 80, 20), shapely.box(120, 0, 150, 90), shapely.Point(60, 60)]
    moved = [
        shapely.transform(shape, lambda xy: xy + np.array([590_000.0, 3_520_000.0])) for shape in outlines
    ]
    assert form(*moved) == pytest.approx(form(*outlines), rel=1e-6)


def test_that_a_hull_is_one_piece_over_the_road_and_leaves_out_what_is_not_a_member():
    members = shapes(shapely.box(0, 0, 50, 50), shapely.box(100, 0, 150, 50))
    foreign = shapely.box(70, 20, 80, 30)
    hull = hull_of(members, [foreign, shapely.box(900, 900, 910, 910)], 60)
    assert hull.geom_type == "Polygon"
    assert all(hull.covers(shape) for shape in members)
    assert not hull.contains(foreign.centroid)
