"""What moves for one neighbour moves for all, in every layer; and what is refused says why and where."""

from __future__ import annotations

import pytest
import shapely

from app.domain.period import today
from app.services.edit import edit
from app.services.outlines.desk import OutlineDesk, plan_move
from app.services.outlines.field import Field, field_of
from geo.arcs.effects import Reason
from geo.arcs.gesture import Gesture
from geo.arcs.judge import Options
from geo.arcs.net import Outline
from tests.app.outlines.tiles import DISTRICT, GRIDS, STREETS, a_tiled_registry, at, metres, total, untiled


@pytest.fixture
def registry(tmp_path):
    opened = a_tiled_registry(tmp_path)
    yield opened
    opened.close()


def bytes_of(registry):
    return {
        record.code: shapely.to_wkb(record.geometry)
        for kind in ("districts", "streets", "communities", "grids", "compounds")
        for record in registry.dataset.of(kind).values()
    }


def changed(before, registry):
    return {code for code, wkb in bytes_of(registry).items() if wkb != before[code]}


def test_that_the_town_is_tiled_to_begin_with(registry):
    assert untiled(registry.dataset) == []


def test_that_a_junction_moves_for_all_who_meet_there_and_for_nobody_else(registry):
    before = bytes_of(registry)
    plan = plan_move(registry, GRIDS[0], [(at(140, 200), at(150, 230))])
    assert plan.refusal is None
    assert [effect.code for effect in plan.effects] == [GRIDS[0], GRIDS[1], GRIDS[2]]
    assert (
        plan.effects[0].effect.inserted == 0
    )  # it had only an edge there, and the moved vertex is the edit itself
    plan.write()
    assert changed(before, registry) == set(GRIDS[:3])
    assert untiled(registry.dataset) == []
    corners = shapely.get_coordinates(metres(registry.find(GRIDS[0]).geometry)).round(6).tolist()
    assert [150, 230] in corners


def test_that_a_border_of_the_street_is_its_communities_and_its_grids(registry):
    before = bytes_of(registry)
    whole = total(registry.dataset, "grids")
    plan = plan_move(registry, GRIDS[0], [(at(300, 0), at(320, -30))])
    assert plan.refusal is None
    plan.write()
    assert changed(before, registry) == {
        GRIDS[0], GRIDS[3], "340102001001", "340102001002", STREETS[0], DISTRICT,
    }  # fmt: skip
    assert untiled(registry.dataset) == []
    assert total(registry.dataset, "grids") > whole


def test_that_an_outline_that_is_touched_gets_the_vertices_where_neighbours_borders_end(registry):
    plan = plan_move(registry, "340102001001", [(at(0, 400), at(-20, 410))])
    assert plan.refusal is None
    inserted = {effect.code: effect.effect.inserted for effect in plan.effects if effect.effect.inserted}
    assert inserted["340102001001"] == 3  # where borders of its grids and of the grids beyond end
    assert inserted[STREETS[0]] == 4  # and where the next community begins
    plan.write()
    assert untiled(registry.dataset) == []


def test_that_undo_gives_the_bytes_back(registry):
    before = bytes_of(registry)
    plan_move(registry, GRIDS[0], [(at(140, 200), at(150, 230))]).write()
    registry.undo()
    assert bytes_of(registry) == before


def test_that_a_vertex_inserted_on_a_shared_edge_is_everybodys_who_shares_it(registry):
    plan = OutlineDesk(registry, GRIDS[1]).insert(at(60, 400), at(60, 420))
    assert plan.refusal is None
    assert {effect.code for effect in plan.effects} == {
        GRIDS[1], GRIDS[5], "340102001001", "340102002001", *STREETS,
    }  # fmt: skip
    plan.write()
    assert untiled(registry.dataset) == []
    again = OutlineDesk(registry, "340102002001").delete([at(60, 420)])
    assert again.refusal is None
    again.write()
    assert untiled(registry.dataset) == []


def test_that_a_junction_is_not_deleted(registry):
    plan = OutlineDesk(registry, GRIDS[1]).delete([at(140, 200)])
    assert plan.reason.reason is Reason.JUNCTION
    assert "第二网格" in plan.refusal.message.zh
    with pytest.raises(Exception, match="交点"):
        plan.write()


def test_that_a_border_is_not_led_across_another(registry):
    plan = plan_move(registry, GRIDS[0], [(at(140, 200), at(450, 300))])
    assert plan.reason.reason in (Reason.CROSSES, Reason.OVERLAPS)
    assert plan.reason.at is not None


def test_that_this_one_only_leaves_a_gap_in_a_tiling_and_is_refused(registry):
    plan = plan_move(registry, GRIDS[0], [(at(300, 200), at(280, 180))], options=Options(is_alone=True))
    assert plan.reason.reason is Reason.GAP
    assert [effect.code for effect in plan.effects] == [GRIDS[0]]


def test_that_this_one_only_does_not_take_from_neighbours_in_a_tiling(registry):
    plan = plan_move(registry, GRIDS[0], [(at(300, 200), at(320, 220))], options=Options(is_alone=True))
    assert plan.reason.reason is Reason.OVERLAPS


def test_that_compounds_move_their_shared_wall_and_leave_the_grids_alone(registry):
    before = bytes_of(registry)
    plan = plan_move(registry, "C000001", [(at(80, 20), at(90, 25))])
    assert plan.refusal is None
    plan.write()
    assert changed(before, registry) == {"C000001", "C000002"}


def test_that_ground_of_another_compound_is_clipped_or_taken_as_is_said(registry):
    moves = [(at(280, 140), at(340, 100))]  # across C000005
    kept = plan_move(registry, "C000004", moves)
    assert kept.refusal is None
    assert [overlap.keeper for overlap in kept.overlaps] == ["C000005"]
    taken = plan_move(registry, "C000004", moves, options=Options(is_keeper=True))
    assert [overlap.keeper for overlap in taken.overlaps] == ["C000004"]
    assert [effect.code for effect in taken.effects] == ["C000004", "C000005"]
    assert taken.effects[1].effect.lost_m2 == pytest.approx(kept.overlaps[0].area, abs=1e-6)
    before = bytes_of(registry)
    kept.write()
    assert changed(before, registry) <= {"C000004", "C000005"}
    one, other = (metres(registry.find(code).geometry) for code in ("C000004", "C000005"))
    assert shapely.intersection(one, other).area < 1e-6
    assert shapely.union(one, other).area == pytest.approx(one.area + other.area, rel=1e-12)


def test_that_what_is_kept_between_edits_is_what_is_found_anew(registry):
    kinds = ("districts", "streets", "communities", "grids", "compounds")
    box = (*at(-100, -100), *at(700, 700))
    field_of(registry, today()).near(box, kinds)
    plan_move(registry, GRIDS[0], [(at(140, 200), at(150, 230))]).write()
    edit.remove(registry, "C000004", "测试")
    kept, anew = field_of(registry, today()), Field(registry.dataset, registry.zone, today())
    assert kept is field_of(registry, today())
    found = [
        {one.key: (one.layer, one.shape.wkb) for one in field.near(box, kinds)} for field in (kept, anew)
    ]
    assert found[0] == found[1]
    assert "C000004" not in found[0]
    registry.undo()
    assert {one.key for one in field_of(registry, today()).near(box, ("compounds",))} >= {"C000004"}


def test_that_two_who_are_moved_by_one_gesture_do_not_come_to_lie_on_each_other():
    flat, deep = (
        Outline(key, "compounds", shapely.Polygon(corners))
        for key, corners in (
            ("a", [(200, 60), (202, 60), (202, 53), (200, 53)]),
            ("b", [(200, 60), (202, 60), (280, 60), (280, 140), (200, 140)]),
        )
    )
    for edited, other in ((flat, deep), (deep, flat)):
        gesture = Gesture(edited, [other], lambda _box, _layer=None: [flat, deep])
        assert gesture.move_edge((201, 60), (11, -120)).refusal.reason is Reason.OVERLAPS


def test_that_nothing_lies_where_there_is_no_place(registry):
    assert field_of(registry, today()).near((float("nan"),) * 4, ("grids",)) == []
