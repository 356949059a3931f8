"""Records that are merged: one goes on with all that hung on them, or it is said why that can't be."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from app.coverage.results import Query
from app.errors import Conflict, InvalidInput
from app.services.edit import edit
from app.services.lineage.merge import plan_merge
from app.services.lineage.told import lineage_of
from app.services.lineage.write import write_plan
from tests.app.lineage.lived_in import BEFORE, DAY, GRIDS, A, B, C
from tests.app.lineage.test_split import everything, kept, registry  # noqa: F401 - fixtures
from tests.app.town import ground


def merge(registry, codes=(A, B), choices=None, **more):  # noqa: F811
    plan = plan_merge(registry, codes, since=DAY, **more)
    return write_plan(registry, plan.with_words(choices or {}), why="围墙拆了")


def item(plan, key):
    return next(one for one in plan.items if one.key == key)


def test_that_all_end_and_one_begins_with_the_joint_outline(registry):  # noqa: F811
    code = merge(registry).changes.codes[0]
    record = registry.find(code)
    assert code not in (A, B)
    assert [registry.find(one).valid_until for one in (A, B)] == [BEFORE, BEFORE]
    assert record.valid_from == DAY
    assert record.geometry.geom_type == "Polygon"
    zone = registry.zone
    one, two, whole = zone.to_metres([registry.find(A).geometry, registry.find(B).geometry, record.geometry])
    assert whole.area == pytest.approx(one.area + two.area, rel=1e-9)
    assert lineage_of(registry.dataset, code).as_json("zh") == {"from": [A, B], "to": []}
    assert lineage_of(registry.dataset, A).as_json("zh") == {"from": [], "to": [code]}


def test_that_with_into_that_one_goes_on_from_the_day(registry):  # noqa: F811
    old = registry.find(A)
    parted = merge(registry, into=A)
    assert parted.changes.codes[0] != B or A in parted.changes.codes
    now = registry.find(A)
    assert (now.valid_from, now.valid_until) == (old.valid_from, None)
    assert now.geometry_on(BEFORE).equals_exact(old.geometry, 0)
    assert now.geometry_on(DAY).area > 1.8 * old.geometry.area
    assert (now.on("households", BEFORE), now.on("households", DAY)) == (300, 420)
    assert now.get("name") == "和平苑"
    assert registry.find(B).valid_until == BEFORE
    assert lineage_of(registry.dataset, A).as_json("zh") == {"from": [B], "to": []}


def test_that_numbers_are_added_and_unknown_stays_unknown(registry):  # noqa: F811
    plan = plan_merge(registry, [A, B], since=DAY)
    numbers = {number.key: number for number in plan.numbers}
    assert (numbers["households"].before, numbers["households"].after) == ((300, 120), (420,))
    assert (numbers["residents"].before, numbers["residents"].after) == ((901, None), (None,))
    assert numbers["residents"].is_asked
    code = merge(registry, choices={"residents": "1300"}).changes.codes[0]
    assert registry.find(code).get("residents") == 1300


def test_that_facts_that_differ_are_asked_and_the_chosen_one_is_taken(registry):  # noqa: F811
    asked = item(plan_merge(registry, [A, B], since=DAY), "gate_guard")
    assert asked.is_asked
    assert asked.choices == (A, B)
    code = merge(registry, choices={"gate_guard": B}).changes.codes[0]
    assert registry.dataset.fact_on(code, "gate_guard", DAY).text("value") == "no"


def test_that_the_same_tie_stands_once(registry):  # noqa: F811
    plan = plan_merge(registry, [A, B], since=DAY)
    kept_ones = [one.key for one in plan.items if one.key.startswith("A") and one.to]
    assert len(kept_ones) == 1
    code = merge(registry).changes.codes[0]
    assert [row.text("organisation") for row in registry.dataset.attachments_to(code)] == ["O000001"]
    assert {registry.find(one).valid_until for one in ("A000001", "A000003")} == {BEFORE}


def test_that_what_lay_in_them_lies_in_the_one(registry):  # noqa: F811
    code = merge(registry).changes.codes[0]
    assert {registry.find(f"B00000{n}").on("compound", DAY) for n in (1, 2, 3)} == {code}
    assert registry.find("M000001").on("compound", DAY) == code
    assert registry.find("M000002").get("compound") == A


def test_that_into_takes_facts_of_another_from_the_day_alone(registry):  # noqa: F811
    edit.set_values(registry, [B], {"activities": "yes"}, since=date(2022, 1, 1))
    merge(registry, into=A)
    dataset = registry.dataset
    assert dataset.fact_on(A, "activities", DAY).text("value") == "yes"
    assert dataset.fact_on(A, "activities", BEFORE) is None
    assert dataset.fact_on(A, "gate_guard", DAY).text("value") == "yes"  # its own


def test_that_a_register_is_complete_only_where_both_are(registry):  # noqa: F811
    plan = plan_merge(registry, GRIDS, since=DAY)
    assert item(plan, "party_complete").to == ()
    edit.set_values(registry, [GRIDS[1]], {"party_complete": "yes"}, since=DAY)
    assert item(plan_merge(registry, GRIDS, since=DAY), "party_complete").to == (0,)


def test_that_grids_are_merged_and_the_community_s_figures_stay(registry):  # noqa: F811
    def figures(measure):
        found = registry.engine.coverage(Query(measure=measure, by="community", as_of=DAY))
        return [row.figures for row in found.rows]

    edit.set_values(registry, [GRIDS[1]], {"party_complete": "yes"}, since=date(2021, 1, 1))
    before = figures("party"), figures("property")
    code = merge(registry, GRIDS).changes.codes[0]
    assert (figures("party"), figures("property")) == before
    assert code == "340102001001003"
    assert {registry.find(one).on("grid", DAY) for one in (A, B, C)} == {code}
    assert registry.find(C).on("grid", BEFORE) == GRIDS[1]


def test_that_undo_brings_back_exactly_what_was(registry):  # noqa: F811
    before = everything(registry)
    first = merge(registry).changes.codes[0]
    registry.undo()
    assert everything(registry) == before
    assert merge(registry).changes.codes[0] != first
    registry.undo()
    merge(registry, into=B)
    registry.undo()
    assert everything(registry) == before


def test_that_a_value_that_differs_is_taken_of_the_larger_and_can_be_of_another(registry):  # noqa: F811
    edit.set_values(registry, [A], {"geometry": ground(0, 0, 90, 120)})
    plan = plan_merge(registry, [B, A], since=DAY)
    assert plan.targets[0].record.get("name") == "和平苑"
    code = merge(registry, choices={"name": B, "kind": B}).changes.codes[0]
    assert (registry.find(code).get("name"), registry.find(code).get("kind")) == ("安居里", "commercial")
    assert registry.find(code).get("built_year") == 1998


def test_that_a_hair_between_two_borders_does_not_part_them(registry):  # noqa: F811
    edit.set_values(registry, [B], {"geometry": ground(90.004, 0, 90, 100)})
    code = merge(registry).changes.codes[0]
    assert registry.find(code).geometry.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ((A,), "两条或更多"),
        ((A, A), "两条或更多"),
        ((A, GRIDS[0]), "不能合并到一起"),
        ((A, C), "不相邻"),
        ((A, "O000001"), "不能合并到一起"),
        (("O000001", "O000002"), "没有边界"),
        (("340102001001", "340102002001"), "属于不同的街道"),
        ((A, "C000009"), "没有代码"),
    ],
)
def test_that_a_merge_that_is_impossible_says_why(registry, codes, said):  # noqa: F811
    before = everything(registry)
    with pytest.raises(InvalidInput) as refused:
        plan_merge(registry, codes, since=DAY)
    assert said in refused.value.message.zh
    assert everything(registry) == before


def test_that_two_that_touch_at_a_corner_lie_apart(registry):  # noqa: F811
    edit.set_values(registry, [B], {"geometry": ground(90, 100, 90, 100)})
    with pytest.raises(InvalidInput, match="只碰在一个点上"):
        plan_merge(registry, [A, B], since=DAY)


def test_that_what_lies_apart_is_merged_where_it_is_meant_and_a_hole_is_said(registry):  # noqa: F811
    plan = plan_merge(registry, [A, C], since=DAY, is_torn=True)
    assert plan.targets[0].record.geometry.geom_type == "MultiPolygon"
    assert [note.zh for note in plan.notes] == ["合并后的边界不连成一块。"]
    bay = shapely.difference(ground(-30, -30, 230, 130), ground(0, 0, 170, 100))
    edit.set_values(registry, [C], {"geometry": bay})
    edit.set_values(registry, [B], {"geometry": ground(-30, 100, 230, 20)})
    with pytest.raises(InvalidInput, match="中间会空出"):
        plan_merge(registry, [B, C], since=DAY)
    (note,) = plan_merge(registry, [B, C], since=DAY, is_torn=True).notes
    assert "一个洞" in note.zh


def test_that_a_plan_that_no_longer_fits_is_not_written(registry):  # noqa: F811
    plan = plan_merge(registry, [A, B], since=DAY)
    edit.set_values(registry, [B], {"gate_guard": "yes"}, since=DAY)
    with pytest.raises(Conflict):
        write_plan(registry, plan)


def test_that_counts_of_the_one_that_goes_on_change_from_the_day_alone(registry):  # noqa: F811
    edit.add(registry, "households", {"subject": B, "on": "2025-03-01", "households": 120, "surveyed": 20})
    merge(registry, into=A)
    dataset = registry.dataset
    assert dataset.latest_count(A, "households", BEFORE).get("households") == 300
    assert dataset.latest_count(A, "households", DAY).get("households") == 420
    assert dataset.latest_count(A, "surveyed", DAY).get("surveyed") == 27
    registry.undo()
    code = merge(registry).changes.codes[0]
    (row,) = registry.dataset.household_counts(code)
    assert (row.get("on"), row.get("households"), row.get("imported")) == (date(2025, 3, 1), 420, None)


@pytest.mark.parametrize(
    "outline", [shapely.Polygon(), shapely.LineString([(117.3, 31.8), (117.4, 31.9)]), ground(0, 0, 180, 100)]
)
def test_that_a_joint_outline_that_is_not_their_ground_is_refused(registry, outline):  # noqa: F811
    joint = plan_merge(registry, [A, B], since=DAY).targets[0].record.geometry
    assert plan_merge(registry, [A, B], since=DAY, outline=joint).targets[0].record.geometry == joint
    with pytest.raises(InvalidInput):
        plan_merge(registry, [A, B], since=DAY, outline=outline)
