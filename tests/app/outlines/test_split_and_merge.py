"""Outlines cut in pieces and joined: neighbours get their vertices, in every layer, and nothing is lost."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely

from app.domain.period import today
from app.services.outlines.cutting import merge_geometry, split_geometry
from geo.arcs.cutting import merge_outlines, split_outline
from geo.arcs.effects import Reason
from geo.arcs.net import Outline
from tests.app.outlines.tiles import GRIDS, STREETS, a_tiled_registry, at, metres

DAY: date = today()


@pytest.fixture
def registry(tmp_path):
    opened = a_tiled_registry(tmp_path)
    yield opened
    opened.close()


def has_vertex(shape, x, y):
    return [x, y] in shapely.get_coordinates(shape).round(6).tolist()


def test_that_a_split_gives_the_neighbours_their_vertex_in_every_layer(registry):
    cut = split_geometry(registry, GRIDS[1], [at(60, 150), at(60, 450)], DAY)
    assert cut.plan.refusal is None
    assert [round(area) for area in cut.areas] == [80 * 200, 60 * 200]
    assert {effect.code for effect in cut.plan.effects} == {
        GRIDS[0], GRIDS[5], "340102001001", "340102002001", *STREETS,
    }  # fmt: skip
    assert all(effect.effect.inserted == 1 for effect in cut.plan.effects)
    after = cut.plan.outlines()
    assert has_vertex(metres(after[GRIDS[0]]), 60, 200)
    assert has_vertex(metres(after[STREETS[1]]), 60, 400)
    whole = metres(registry.find(GRIDS[1]).geometry)
    pieces = [metres(piece) for piece in cut.pieces]
    assert sum(piece.area for piece in pieces) == pytest.approx(whole.area, rel=1e-10)
    assert shapely.intersection(*pieces).area == 0


def test_that_a_line_may_end_on_the_border_and_run_along_existing_vertices(registry):
    cut = split_geometry(registry, GRIDS[0], [at(140, 200), at(140, 0)], DAY)
    assert [round(area) for area in cut.areas] == [160 * 200, 140 * 200]
    assert {effect.code for effect in cut.plan.effects} == {
        "340102001001", STREETS[0], "340102",
    }  # the north has its vertex already  # fmt: skip


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ([at(60, 150), at(60, 300)], Reason.LINE),  # ends inside
        ([at(-50, 150), at(-10, 300)], Reason.LINE),  # beside it
        ([at(0, 300), at(140, 300), at(140, 250), at(70, 390), at(70, 210)], Reason.CROSSES),
    ],
)
def test_that_a_line_that_does_not_part_is_refused(registry, line, why):
    cut = split_geometry(registry, GRIDS[1], line, DAY)
    assert (cut.pieces, cut.plan.reason.reason) == ((), why)


def test_that_a_community_is_split_along_its_grids_borders_and_not_across_them(registry):
    community = "340102001001"
    across = split_geometry(registry, community, [at(0, 300), at(300, 300)], DAY)
    assert across.plan.reason.reason is Reason.CUTS
    along = split_geometry(registry, community, [at(0, 200), at(140, 200), at(300, 200)], DAY)
    assert along.plan.refusal is None
    assert [round(area) for area in along.areas] == [300 * 200, 300 * 200]


def test_that_splitting_keeps_parts_and_holes_that_the_line_does_not_touch():
    body = shapely.box(0, 0, 100, 100).difference(shapely.box(10, 10, 20, 20))
    shape = shapely.MultiPolygon([body, shapely.box(200, 0, 230, 30)])
    cut = split_outline(Outline("a", "compounds", shape), np.array([[60.0, -10], [60, 110]]), [])
    assert [piece.area for piece in cut.pieces] == [60 * 100 - 100 + 900, 40 * 100]
    assert len(cut.pieces[0].geoms) == 2


def test_that_a_line_across_a_hole_parts_what_lies_around_it():
    shape = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    cut = split_outline(Outline("a", "compounds", shape), np.array([[50.0, -10], [50, 110]]), [])
    assert [piece.area for piece in cut.pieces] == [4800, 4800]
    half = split_outline(Outline("a", "compounds", shape), np.array([[50.0, -10], [50, 50]]), [])
    assert half.result.refusal.reason is Reason.LINE


def test_that_a_merge_is_the_union_and_keeps_the_vertices_of_neighbours(registry):
    merged = merge_geometry(registry, [GRIDS[1], GRIDS[2]], DAY)
    assert merged.plan.refusal is None
    shape = metres(merged.outline)
    assert shape.area == pytest.approx(300 * 200, rel=1e-9)
    assert not has_vertex(shape, 140, 200)  # only these two met there
    assert [(effect.code, effect.effect.after is None) for effect in merged.plan.effects] == [
        (GRIDS[1], False), (GRIDS[2], True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ((GRIDS[1], GRIDS[4]), Reason.APART),
        ((GRIDS[1], "C000001"), Reason.LAYERS),
    ],
)
def test_that_a_merge_that_is_impossible_says_why(registry, codes, why):
    merged = merge_geometry(registry, codes, DAY)
    assert merged.outline is None
    assert merged.plan.reason.reason is why
    assert "合不到一起" in merged.plan.refusal.message.zh


def test_that_units_of_different_parents_are_not_merged(registry):
    merged = merge_geometry(registry, [GRIDS[0], GRIDS[3]], DAY)
    assert merged.plan.refusal.column == "community"
    assert "临泉路社区" in merged.plan.refusal.message.zh
    assert "340102" not in merged.plan.refusal.message.zh


def test_that_touching_at_a_point_is_no_common_border():
    one, other = (
        Outline(key, "grids", shape, 3)
        for key, shape in (("a", shapely.box(0, 0, 10, 10)), ("b", shapely.box(10, 10, 20, 20)))
    )
    assert merge_outlines([one, other], []).refusal.reason is Reason.POINT


SQUARE = Outline(
    "a", "grids", shapely.Polygon([(0, 0), (100, 0), (100, 50), (100, 100), (0, 100), (0, 50)]), 3
)


@pytest.mark.parametrize(
    "line",
    [
        [(0.0, 0.0), (100.0, 50 - 2e-8), (0.0, 50 - 1.3e-6), (100 - 2e-10, 50.0), (0.0, 100 + 4e-6)],
        [(-17.0, 58.6), (100.0, -4.6e-8), (-1.3e-10, 100.0), (100 - 4e-9, 0.0), (22.1, 85.1)],
        [(36.6, 103.5), (50.0, 100.0), (-5e-6, 0.0), (100 + 5e-10, 100.0), (0.0, -1e-9)],
    ],
)
def test_that_a_line_that_touches_the_border_by_a_hair_loses_no_ground(line):
    cut = split_outline(SQUARE, np.array(line), [])
    assert cut.result.refusal is not None or sum(piece.area for piece in cut.pieces) == pytest.approx(10_000)
