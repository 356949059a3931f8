"""A border led along a drawn line: what lies between the old and the new one changes hands in every layer."""

from __future__ import annotations

import pytest
import shapely

from app.services.outlines.desk import OutlineDesk
from geo.arcs.effects import Reason
from geo.arcs.judge import Options
from tests.app.outlines.tiles import DISTRICT, GRIDS, STREETS, a_tiled_registry, at, metres, untiled


@pytest.fixture
def registry(tmp_path):
    opened = a_tiled_registry(tmp_path)
    yield opened
    opened.close()


def line(*points):
    return [at(*point) for point in points]


def area(registry, code):
    return metres(registry.find(code).geometry).area


def test_that_a_bulge_takes_from_the_neighbour_what_it_gives(registry):
    plan = OutlineDesk(registry, GRIDS[0]).reshape(line((40, 190), (40, 230), (100, 230), (100, 190)))
    assert plan.refusal is None
    assert [effect.code for effect in plan.effects] == [GRIDS[0], GRIDS[1]]
    assert plan.effects[0].effect.gained_m2 == pytest.approx(60 * 30, rel=1e-9)
    assert plan.effects[1].effect.lost_m2 == pytest.approx(60 * 30, rel=1e-9)
    plan.write()
    assert untiled(registry.dataset) == []


def test_that_a_border_between_two_who_grow_is_led_on(registry):
    plan = OutlineDesk(registry, GRIDS[0]).reshape(line((100, 210), (100, 170), (180, 170), (180, 210)))
    assert plan.refusal is None
    assert {effect.code: round(effect.effect.gained_m2 - effect.effect.lost_m2) for effect in plan.effects} == {
        GRIDS[0]: -80 * 30, GRIDS[1]: 40 * 30, GRIDS[2]: 40 * 30,
    }  # fmt: skip
    plan.write()
    assert untiled(registry.dataset) == []
    assert [140, 170] in shapely.get_coordinates(metres(registry.find(GRIDS[0]).geometry)).round(6).tolist()


def test_that_a_line_across_the_rim_moves_communities_and_streets(registry):
    plan = OutlineDesk(registry, GRIDS[2]).reshape(line((160, 390), (160, 430), (280, 430), (280, 390)))
    assert plan.refusal is None
    assert {effect.code for effect in plan.effects} == {
        GRIDS[2], GRIDS[5], GRIDS[6], "340102001001", "340102002001", *STREETS,
    }  # fmt: skip
    plan.write()
    assert untiled(registry.dataset) == []
    assert DISTRICT not in {effect.code for effect in plan.effects}


def test_that_ground_given_across_the_rim_goes_to_those_beyond_it(registry):
    plan = OutlineDesk(registry, GRIDS[6]).reshape(line((280, 395), (280, 450), (500, 450), (500, 395)))
    assert plan.refusal is None
    gained = {e.code: round(e.effect.gained_m2) for e in plan.effects if e.effect.gained_m2 > 1}
    assert gained == {
        GRIDS[2]: 20 * 50, GRIDS[4]: 200 * 50, "340102001001": 20 * 50, "340102001002": 200 * 50, STREETS[0]: 220 * 50,
    }  # fmt: skip
    plan.write()
    assert untiled(registry.dataset) == []


def test_that_a_community_reshaped_moves_its_grids(registry):
    plan = OutlineDesk(registry, "340102001001").reshape(line((295, 150), (340, 150), (340, 300), (295, 300)))
    assert plan.refusal is None
    plan.write()
    assert untiled(registry.dataset) == []
    assert area(registry, GRIDS[0]) == pytest.approx(300 * 200 + 40 * 50, rel=1e-9)


def test_that_the_outer_border_moves_all_levels(registry):
    plan = OutlineDesk(registry, GRIDS[0]).reshape(line((50, 10), (50, -40), (120, -40), (120, 10)))
    assert {effect.code for effect in plan.effects} == {GRIDS[0], "340102001001", STREETS[0], DISTRICT}
    plan.write()
    assert untiled(registry.dataset) == []


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (((40, 190), (40, 150)), Reason.LINE),
        (((-40, 700), (-40, 750)), Reason.LINE),
        (((40, 190), (40, 190)), Reason.LINE),
        (((40, 190), (float("nan"), 230), (40, 150)), Reason.LINE),
        (((40, 210), (40, 150), (100, 150), (60, 190), (20, 150), (100, 210)), Reason.CROSSES),
    ],
)
def test_that_a_line_that_replaces_nothing_is_refused(registry, points, why):
    plan = OutlineDesk(registry, GRIDS[0]).reshape(line(*points))
    assert plan.reason.reason is why
    assert plan.refusal.message.zh


def test_that_a_compounds_wall_is_reshaped_for_both_and_stops_at_a_third(registry):
    plan = OutlineDesk(registry, "C000001").reshape(line((75, 30), (100, 30), (100, 60), (75, 60)))
    assert {effect.code for effect in plan.effects} == {"C000001", "C000002"}
    assert plan.effects[1].effect.lost_m2 == pytest.approx(20 * 30, rel=1e-6)
    deep = OutlineDesk(registry, "C000004").reshape(line((270, 100), (350, 100), (350, 110), (270, 110)))
    assert [overlap.other for overlap in deep.overlaps] == ["C000005"]
    assert deep.effects[0].effect.gained_m2 == pytest.approx(40 * 10, rel=1e-6)
    taken = OutlineDesk(registry, "C000004").reshape(
        line((270, 100), (350, 100), (350, 110), (270, 110)), Options(is_keeper=True)
    )
    assert taken.effects[0].effect.gained_m2 == pytest.approx(70 * 10, rel=1e-6)
