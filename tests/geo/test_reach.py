from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.reach import reach


def shapes(*outlines):
    return np.array(outlines, dtype=object)


def test_that_a_disc_is_round_to_a_two_thousandth_of_its_radius():
    everything = shapely.box(-1000, -1000, 1000, 1000)
    share, nearest = reach(shapes(everything), shapes(shapely.Point(0, 0)), 500)
    assert share[0] * everything.area == pytest.approx(np.pi * 500**2, rel=5e-4)
    assert nearest.tolist() == [0]
    for angle in np.linspace(0, np.pi, 97):
        east, north = np.cos(angle), np.sin(angle)
        near = shapely.LineString([(0, 0), (500 * 0.9995 * east, 500 * 0.9995 * north)]).buffer(1e-6)
        assert reach(shapes(near), shapes(shapely.Point(0, 0)), 500)[0][0] == pytest.approx(1, abs=1e-6)


places = st.tuples(st.floats(0, 400), st.floats(0, 400))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(places, st.floats(5, 120), st.floats(5, 120)), min_size=1, max_size=6),
    st.lists(st.tuples(places, st.booleans()), max_size=5),
    st.floats(20, 300),
)
def test_that_reach_equals_the_intersection_with_all_discs_together(boxes, stations, metres):
    subjects = [shapely.box(east, north, east + wide, north + high) for (east, north), wide, high in boxes]
    spots = [
        shapely.box(*place, place[0] + 40, place[1] + 20) if is_wide else shapely.Point(place)
        for place, is_wide in stations
    ]
    discs = shapely.union_all([spot.buffer(metres, quad_segs=64) for spot in spots])
    share, nearest = reach(shapes(*subjects), shapes(*spots), metres)
    assert share == pytest.approx([discs.intersection(s).area / s.area for s in subjects], abs=1e-9)
    for subject, place in zip(subjects, nearest, strict=True):
        distances = [subject.distance(spot) for spot in spots]
        if place < 0:
            assert all(distance > metres for distance in distances)
        else:
            assert distances[place] == pytest.approx(min(distances))


def test_that_a_missing_station_reaches_nothing_and_a_missing_subject_is_not_known():
    share, nearest = reach(shapes(shapely.Point(0, 0), None), shapes(None, shapely.Point(3, 4)), 5)
    assert share[0] == 1
    assert np.isnan(share[1])
    assert nearest.tolist() == [1, -1]
    share, _ = reach(shapes(shapely.box(0, 0, 1, 1)), shapes(None), 5)
    assert share.tolist() == [0]


def test_that_of_two_stations_as_near_the_first_is_named():
    stations = shapes(shapely.Point(1, 0), shapely.Point(0, 1), shapely.Point(-1, 0))
    assert reach(shapes(shapely.Point(0, 0)), stations, 5)[1].tolist() == [0]
