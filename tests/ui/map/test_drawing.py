"""What the drawing tools compute, without a window."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ui.map.chunks import LayerPaths, detail_level, path_of_shape
from ui.map.editing.measures import area_of, area_words, crosses, length_of
from ui.map.frame import metres_words, scale_bar_length
from ui.map.labels import elided, grid_words
from ui.map.palette import weights
from ui.map.scene import as_areas, borders_once
from ui.map.style import band_of
from ui.map.view import View

_NUMBER = st.integers(-50, 50).map(float)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(_NUMBER, _NUMBER), min_size=1, max_size=6, unique=True), st.tuples(_NUMBER, _NUMBER)
)
def test_that_a_line_without_refused_corners_never_crosses_itself(
    points: list[tuple[float, float]], end: tuple[float, float]
) -> None:
    taken: list[tuple[float, float]] = []
    for point in [*points, end]:
        if not crosses(taken, point) and point not in taken:
            taken.append(point)
    if len(taken) > 1:
        assert shapely.LineString(taken).is_simple
    if len(taken) > 2 and not crosses(taken, taken[0], is_closing=True) and area_of(taken):
        assert shapely.Polygon(taken).is_valid


def test_that_a_bow_tie_is_not_closed() -> None:
    assert crosses([(0, 0), (4, 4), (4, 0), (0, 3)], (0, 0), is_closing=True) is False
    assert crosses([(0, 0), (4, 4), (4, 0)], (0, 3))
    assert crosses([(0, 0), (4, 0), (4, 4), (2, -2)][:3], (2, -2))
    assert not crosses([(0, 0), (4, 0), (4, 4)], (0, 4))


def test_that_area_and_length_are_those_of_geometry() -> None:
    ring = [(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (5.0, 25.0)]
    assert area_of(ring) == pytest.approx(shapely.Polygon(ring).area)
    assert length_of(ring) == pytest.approx(shapely.LineString(ring).length)
    assert area_words(18_082, "zh") == "1.81 公顷"
    assert area_words(580.4, "zh") == "580 m²"


def test_that_a_path_holds_the_outline_and_its_hole() -> None:
    shape = as_areas(np.array([shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)], dtype=object))[0]
    path = path_of_shape(shape)
    assert path.elementCount() == 10
    assert path.boundingRect().width() == 10
    assert [path.contains(point) for point in _points((2, 2), (5, 5), (9, 5), (11, 5))] == [
        True,
        False,
        True,
        False,
    ]


def _points(*xy: tuple[float, float]) -> list[object]:
    from PySide6.QtCore import QPointF

    return [QPointF(x, y) for x, y in xy]


def test_that_overlapping_outlines_stay_filled() -> None:
    shapes = as_areas(np.array([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)], dtype=object))
    paths = LayerPaths(shapes)
    ((_, path),) = paths.paths(0, -5, np.zeros(2, dtype=np.uint8))
    assert all(path.contains(point) for point in _points((2, 5), (7, 5), (12, 5)))


def test_that_detail_snaps_by_less_than_a_pixel_and_classes_part_paths() -> None:
    rng = np.random.default_rng(4)
    shapes = as_areas(
        np.array([shapely.Point(*xy).buffer(40) for xy in rng.uniform(0, 2_000, (40, 2))], dtype=object)
    )
    paths = LayerPaths(shapes)
    classes = np.arange(40, dtype=np.uint8) % 2
    mpp = 12.0
    coarse = [paths.paths(i, detail_level(mpp), classes) for i in range(5)]
    assert all({one for one, _ in made} == {0, 1} for made in coarse)
    fine = [paths.paths(i, -5, classes) for i in range(5)]
    count = [sum(path.elementCount() for made in level for _, path in made) for level in (coarse, fine)]
    assert count[0] < count[1]
    for rough, exact in zip(coarse, fine, strict=True):
        for (_, a), (_, b) in zip(rough, exact, strict=True):
            assert abs(a.boundingRect().left() - b.boundingRect().left()) < mpp
    assert sorted(paths.order.tolist()) == list(range(40))


def test_that_shared_borders_come_once() -> None:
    cells = np.array([shapely.box(x, y, x + 1, y + 1) for x in range(3) for y in range(3)], dtype=object)
    lines = borders_once(cells)
    assert shapely.length(lines).sum() == pytest.approx(4 * 3 * 2)


def test_that_a_view_goes_to_pixels_and_back() -> None:
    view = View(530_000, 3_527_000, 2.7, 1250, 650, 1.25)
    assert view.to_xy(*view.to_px(530_123.4, 3_526_543.2)) == pytest.approx((530_123.4, 3_526_543.2))
    assert view.to_px(*view.to_xy(17, 23)) == pytest.approx((17, 23))
    assert view.denominator == 10_205


def test_that_bands_are_those_of_the_design() -> None:
    assert [band_of(rate) for rate in (0, 0.499, 0.5, 0.7, 0.85, 0.999, 1)] == [0, 0, 1, 2, 3, 3, 4]


def test_that_lines_thin_out_with_the_scale() -> None:
    assert [weights(n).street for n in (4_000, 10_000, 50_000, 90_000)] == [2.6, 2.2, 1.6, 1.2]
    assert weights(10_000).is_community_dashed
    assert not weights(50_000).is_community_dashed


def test_that_words_fit_a_map() -> None:
    assert grid_words("临泉路社区第七网格") == "七格"
    assert elided("中华人民共和国某某街道长名小区二期") == "中华人民共和国某某…小区二期"
    assert scale_bar_length(2.7) == (200, pytest.approx(200 / 2.7))
    assert metres_words(5_000, "zh") == "5 公里"
