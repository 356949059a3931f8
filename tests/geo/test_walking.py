"""Distances along roads, by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.walking import Roads


def shapes(*outlines):
    found = np.empty(len(outlines), dtype=object)
    found[:] = outlines
    return found


def way(lines, source, *targets, metres=1000.0):
    roads = Roads(shapes(*(shapely.LineString(line) for line in lines)))
    return roads.from_place(roads.joined(shapes(source)), 0, roads.joined(shapes(*targets)), metres).tolist()


POINT = shapely.Point


@pytest.mark.parametrize(
    ("lines", "source", "target", "metres"),
    [
        ([[(0, 0), (100, 0)]], POINT(10, 0), POINT(60, 0), 50),  # along one side
        (
            [[(0, 0), (100, 0)]],
            POINT(10, 7),
            POINT(60, -5),
            62,
        ),  # straight to the road, along it, straight on
        ([[(0, 0), (100, 0)], [(100, 0), (100, 80)]], POINT(0, 0), POINT(100, 80), 180),  # a shared end
        (
            [[(0, 0), (100, 0)], [(50, 0), (50, 80)]],
            POINT(0, 0),
            POINT(50, 80),
            130,
        ),  # an end on another's side
        (
            [[(0, 0), (100, 0)], [(50, 0.05), (50, 80)]],
            POINT(0, 0),
            POINT(50, 80),
            130,
        ),  # so near that it meets
        (
            [[(0, 0), (100, 0)], [(50, -50), (50, 50)]],
            POINT(0, 0),
            POINT(50, 50),
            np.inf,
        ),  # they cross: a bridge
        ([[(0, 0), (50, 0), (100, 0)], [(50, -50), (50, 0), (50, 50)]], POINT(0, 0), POINT(50, 50), 100),
        (
            [[(0, 0), (50, 0)], [(0, 0), (0, 90), (300, 0)]],
            POINT(0, 80),
            POINT(50, 0),
            130,
        ),  # the shorter way round
        (
            [[(0, 0), (100, 0)]],
            POINT(0, 0),
            shapely.Polygon([(50, 5), (60, 20), (40, 20)]),
            55,
        ),  # from the outline
        ([[(0, 0), (100, 0)]], POINT(0, 0), None, np.inf),
    ],
)
def test_that_a_way_is_as_long_as_by_hand(lines, source, target, metres):
    assert way(lines, source, target) == [pytest.approx(metres, abs=0.1)]


def test_that_nothing_beyond_the_limit_is_found():
    line = [[(0, 0), (100, 0), (200, 0)]]
    assert way(line, POINT(0, 0), POINT(150, 0), metres=150) == [150]
    assert way(line, POINT(0, 0), POINT(150, 0), metres=149) == [np.inf]
    assert way(line, None, POINT(150, 0)) == [np.inf]
