"""Outlines survive being packed for a page."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from app.exchange.formats.packed import SCALE, pack


def unpack(packed):
    """Read the numbers as script.js does; a list of rings of whole millionths for every feature."""
    plain = zlib.decompress(base64.b64decode(packed["packed"]))
    features, rings, points = packed["features"], packed["rings"], packed["points"]
    heads, zigzag = features + 3 * rings, 2 * (points - rings)
    assert len(plain) == 4 * heads + 2 * zigzag
    four = [sum(plain[plane * heads + i] << 8 * plane for plane in range(4)) for i in range(heads)]
    rings_of, points_of, first = four[:features], four[features : features + rings], four[features + rings :]
    two = [plain[4 * heads + i] | plain[4 * heads + zigzag + i] << 8 for i in range(zigzag)]
    steps = [number >> 1 if number % 2 == 0 else -(number + 1) // 2 for number in two]
    found, ring, step = [], 0, 0
    for count in rings_of:
        feature = []
        for _ in range(count):
            x, y = int(first[ring]) + packed["origin"][0], int(first[rings + ring]) + packed["origin"][1]
            line = [(x, y)]
            for _ in range(points_of[ring] - 1):
                x, y = x + int(steps[step]), y + int(steps[points - rings + step])
                line.append((x, y))
                step += 1
            feature.append(line)
            ring += 1
        found.append(feature)
    return found


def array(*shapes):
    made = np.full(len(shapes), None, dtype=object)
    made[:] = shapes
    return made


def test_that_every_kind_of_outline_comes_back_in_its_place():
    holed = Polygon(box(117, 31, 117.01, 31.01).exterior, [box(117.002, 31.002, 117.004, 31.004).exterior])
    many = MultiPolygon([box(116, 30, 116.001, 30.001), holed])
    line = LineString([(117.1, 31.1), (117.2, 31.3)])
    shapes = array(many, None, Point(117.3, 31.9), line, box(117.5, 31.5, 117.6, 31.6), Polygon())
    rings = unpack(pack(shapes))
    assert [len(feature) for feature in rings] == [3, 0, 1, 1, 1, 0]
    assert rings[2] == [[(117_300_000, 31_900_000)]]
    assert rings[3][0][0] == (117_100_000, 31_100_000)
    assert rings[3][0][-1] == (117_200_000, 31_300_000)
    back = Polygon(np.array(rings[4][0]) / SCALE)
    assert back.symmetric_difference(shapes[4]).area < 1e-9
    assert Polygon(rings[0][1], [rings[0][2]]).area / SCALE**2 == pytest.approx(holed.area, rel=1e-6)


def test_that_long_edges_are_cut_in_pieces_and_stay_straight():
    rings = unpack(pack(array(box(100, 20, 110, 30))))
    ring = np.array(rings[0][0])
    assert np.abs(np.diff(ring, axis=0)).max() <= 32_767
    assert Polygon(ring).area == pytest.approx((10 * SCALE) ** 2, rel=1e-9)


def test_that_random_outlines_move_by_half_a_step_at_most():
    chance = np.random.default_rng(3)
    shapes = array(
        *(Point(*xy).buffer(0.001, quad_segs=5) for xy in chance.uniform((117, 31), (118, 32), (50, 2)))
    )
    for shape, feature in zip(shapes, unpack(pack(shapes)), strict=True):
        moved = shapely.get_coordinates(shape)[:-1] - np.array(feature[0]) / SCALE
        assert np.abs(moved).max() <= 0.5 / SCALE + 1e-12


def test_that_nothing_packs_to_nothing():
    assert unpack(pack(array())) == []
    assert unpack(pack(array(None, None))) == [[], []]
