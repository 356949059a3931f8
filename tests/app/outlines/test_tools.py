"""Parts, holes, new outlines, shifts and turns, simpler and right-angled borders: each beside its neighbours."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from app.coverage.results import Query
from app.domain.period import today
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.drawn import plan_new, write_new
from app.services.outlines.sides import sides_of
from geo.arcs.effects import Reason
from geo.arcs.judge import Options
from geo.arcs.shaping import trace
from tests.app.outlines.tiles import GRIDS, STREETS, a_tiled_registry, at, metres, untiled

PARTS = Options(allowed=frozenset({Reason.PARTS}))


@pytest.fixture
def registry(tmp_path):
    opened = a_tiled_registry(tmp_path)
    yield opened
    opened.close()


def ground(west, south, east, north):
    return shapely.Polygon([at(west, south), at(east, south), at(east, north), at(west, north)])


def shape_of(registry, code):
    return metres(registry.find(code).geometry)


def test_that_a_new_compound_takes_its_neighbours_vertices_and_leaves_one_where_it_ends(registry):
    plan = plan_new(registry, "compounds", ground(150, 30, 190, 110))  # on the east wall of C000002
    assert plan.refusal is None
    assert {effect.code: effect.effect.inserted for effect in plan.effects} == {"": 0, "C000002": 2}
    changes = write_new(plan, {"name": "新苑", "kind": "old"})
    made = changes.codes[0]
    both = [shapely.get_coordinates(registry.find(code).geometry).tolist() for code in (made, "C000002")]
    assert len([xy for xy in both[0] if xy in both[1]]) >= 2  # to the very digit
    registry.undo()
    assert registry.dataset.find(made) is None


def test_that_a_new_compound_is_clipped_at_its_neighbour_or_cuts_it(registry):
    over = ground(140, 30, 190, 110)
    clipped = plan_new(registry, "compounds", over)
    assert clipped.refusal is None
    assert clipped.effects[0].effect.gained_m2 == pytest.approx(40 * 80, rel=1e-9)
    assert [overlap.keeper for overlap in clipped.overlaps] == ["C000002"]
    cuts = plan_new(registry, "compounds", over, options=Options(is_keeper=True))
    assert cuts.effects[0].effect.gained_m2 == pytest.approx(50 * 80, rel=1e-9)
    assert cuts.effects[1].effect.lost_m2 == pytest.approx(10 * 80, rel=1e-9)
    inside = plan_new(registry, "compounds", ground(30, 30, 40, 40))
    assert inside.reason.reason is Reason.VANISHES


def test_that_clipping_never_makes_parts_or_slivers_in_silence(registry):
    across = plan_new(registry, "compounds", ground(100, 10, 130, 140))  # C000002 lies across it
    assert across.reason.reason is Reason.PARTS
    assert plan_new(registry, "compounds", ground(100, 10, 130, 140), options=PARTS).refusal is None


def test_that_a_part_is_added_beside_neighbours_and_dropped_again(registry):
    plan = OutlineDesk(registry, "C000001").add_part(ground(-60, 20, -20, 60))
    assert plan.refusal is None
    assert plan.effects[0].effect.parts == (1, 2)
    plan.write()
    touching = OutlineDesk(registry, "C000001").add_part(ground(-20, 20, 20, 60))
    assert touching.effects[0].effect.parts == (2, 1)
    drop = OutlineDesk(registry, "C000001").drop_part(at(-40, 40))
    drop.write()
    assert shape_of(registry, "C000001").area == pytest.approx(60 * 70, rel=1e-9)
    inside = OutlineDesk(registry, GRIDS[0]).add_part(ground(50, 250, 60, 260))
    assert inside.reason.reason is Reason.OVERLAPS


def test_that_a_hole_is_cut_and_filled_where_no_ground_is_left_to_nobody(registry):
    plan = OutlineDesk(registry, "C000006").cut_hole(ground(400, 240, 420, 260))
    assert plan.refusal is None
    assert plan.effects[0].effect.holes == (0, 1)
    plan.write()
    OutlineDesk(registry, "C000006").fill_hole(at(410, 250)).write()
    assert len(shapely.get_parts(shape_of(registry, "C000006"))[0].interiors) == 0
    grid = OutlineDesk(registry, GRIDS[0]).cut_hole(ground(100, 100, 120, 120))
    assert grid.reason.reason is Reason.GAP
    assert "400" in grid.refusal.message.zh
    meant = OutlineDesk(registry, GRIDS[0]).cut_hole(
        ground(100, 100, 120, 120), Options(allowed=frozenset({Reason.GAP}))
    )
    assert (meant.refusal, round(meant.uncovered_m2)) == (None, 400)
    beyond = OutlineDesk(registry, "C000006").cut_hole(ground(490, 240, 520, 260))
    assert beyond.reason.reason is Reason.OUTSIDE


def test_that_a_feature_moved_takes_shared_walls_along_and_turning_leaves_its_area(registry):
    plan = OutlineDesk(registry, "C000006").turn(30)
    assert plan.refusal is None
    assert plan.effects[0].effect.after.area == pytest.approx(150 * 120, rel=1e-9)
    walls = OutlineDesk(registry, "C000001").shift(5, 0)
    assert {effect.code for effect in walls.effects} == {"C000001", "C000002", "C000003"}
    units = OutlineDesk(registry, GRIDS[0]).shift(3, 3)
    assert units.refusal is None
    units.write()
    assert untiled(registry.dataset) == []
    alone = OutlineDesk(registry, GRIDS[1]).shift(3, 3, Options(is_alone=True))
    assert alone.reason.reason in (Reason.GAP, Reason.OVERLAPS, Reason.BEYOND)
    bigger = OutlineDesk(registry, "C000006").scale(1.1)
    assert bigger.effects[0].effect.after.area == pytest.approx(150 * 120 * 1.21, rel=1e-9)


def test_that_a_border_is_simplified_once_for_all_who_share_it(registry):
    for x, off in ((200, 0.5), (100, -0.4), (50, 0.6)):
        OutlineDesk(registry, GRIDS[0]).insert(at(x, 200), at(x, 200 + off)).write()
    plan = OutlineDesk(registry, GRIDS[0]).simplify(1.0)
    assert plan.refusal is None
    assert {effect.code for effect in plan.effects} == {GRIDS[0], GRIDS[1], GRIDS[2]}
    plan.write()
    assert untiled(registry.dataset) == []
    assert [140, 200] in shapely.get_coordinates(shape_of(registry, GRIDS[0])).round(6).tolist()
    assert OutlineDesk(registry, GRIDS[0]).simplify(1.0).reason.reason is Reason.NOTHING


def test_that_right_angles_are_made_for_both_sides_of_a_wall(registry):
    OutlineDesk(registry, "C000001").move([(at(80, 20), at(83, 22))]).write()
    plan = OutlineDesk(registry, "C000001").right_angles()
    assert plan.refusal is None
    assert {effect.code for effect in plan.effects} >= {"C000001", "C000002"}
    corners = shapely.get_coordinates(plan.effects[0].effect.after)[:-1]
    way = np.roll(corners, -1, axis=0) - corners
    turn = (way * np.roll(way, -1, axis=0)).sum(axis=1)
    assert np.abs(turn).max() < 1e-6
    plan.write()


def test_that_a_neighbours_border_is_followed_by_the_shorter_way_or_the_other():
    square = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]])
    assert trace(square, (2, 0), (10, 5)) == [(2, 0), (10, 0), (10, 5)]
    assert trace(square, (2, 0), (10, 5), is_other_way=True) == [(2, 0), (0, 0), (0, 10), (10, 10), (10, 5)]
    assert trace(square, (10, 5), (2, 0)) == [(10, 5), (10, 0), (2, 0)]


def test_that_a_plan_tells_who_changes_side_and_how_coverage_moves(registry):
    line = [at(180, 210), at(180, 50), at(290, 50), at(290, 210)]  # C000004 goes north
    plan = OutlineDesk(registry, GRIDS[2]).reshape(line)
    assert plan.refusal is None
    told = sides_of(plan, Query(measure="party", by="grid", as_of=today()))
    assert [(side.code, side.level, side.before, side.after) for side in told.moves] == [
        ("C000004", "grid", GRIDS[0], GRIDS[2])
    ]
    assert told.households("grid") == 103
    figures = {row.unit: (row.before.total, row.after.total) for row in told.figures}
    assert figures == {GRIDS[0]: (4, 3), GRIDS[2]: (0, 1)}
    assert registry.engine.derived("C000004", today()).grid == GRIDS[0]  # nothing was written


def test_that_an_older_outline_stays_for_older_days(registry):
    from datetime import timedelta

    before = registry.find(GRIDS[0]).geometry
    plan = OutlineDesk(registry, GRIDS[0]).move([(at(140, 200), at(150, 230))])
    plan.write(since=today())
    record = registry.find(GRIDS[0])
    assert record.geometry_on(today() - timedelta(days=1)) is before
    assert record.geometry is not before
    earlier = OutlineDesk(registry, GRIDS[0], day=today() - timedelta(days=1))
    assert not any(STREETS[0] in vertex.others for vertex in earlier.vertices() if vertex.xy == at(140, 200))
    assert any(np.allclose(vertex.xy, at(140, 200)) for vertex in earlier.vertices())


def test_that_a_new_compound_with_a_corner_on_its_neighbours_wall_is_clipped_all_the_same(registry):
    over = shapely.Polygon([at(150, 40), at(120, 60), at(150, 90), at(190, 90), at(190, 40)])
    plan = plan_new(registry, "compounds", over)
    assert plan.refusal is None
    (shared,) = plan.overlaps
    assert shared.area == pytest.approx(50 * 30 / 2)
    changes = write_new(plan, {"name": "新苑", "kind": "old"})
    made = registry.find(changes.codes[0]).geometry
    assert made.intersection(registry.find("C000002").geometry).area < 1e-15
    registry.undo()


@pytest.mark.parametrize("shape", [shapely.Polygon(), shapely.Point(), shapely.Point(at(50, 50))])
def test_that_no_ground_is_neither_drawn_nor_added_nor_cut_out(registry, shape):
    desk = OutlineDesk(registry, GRIDS[0])
    assert desk.cut_hole(shape).reason.reason is Reason.NOTHING
    assert desk.add_part(shape).reason.reason is Reason.NOTHING
    assert plan_new(registry, "compounds", shape).reason.reason is Reason.VANISHES
