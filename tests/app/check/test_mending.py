"""Findings are settled: mended where there is one right way, or left alone until a day, and undone as one step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from shapely import box

from app.coverage.results import Query
from app.domain.mend import Write
from app.domain.period import today
from app.errors import InvalidInput
from app.services.check.check import check
from app.services.check.mending import finding_called, fix, preview, proof, waive
from app.services.edit import edit
from tests.app.builders import LAT, LON, a_small_registry, square

GRID_1, GRID_2, COMMUNITY = "340102001001001", "340102001001002", "340102001001"


@pytest.fixture
def registry(tmp_path):
    small = a_small_registry(tmp_path)
    yield small
    small.close()


def found(registry, rule, day=None):
    return check(registry.dataset, registry.profile, registry.engine, registry.zone, day or today(), [rule])


def the_one(registry, rule):
    (finding,) = found(registry, rule)
    return finding


def test_that_a_grid_without_community_gets_the_one_its_outline_lies_in(registry):
    edit.set_values(registry, [GRID_1], {"community": ""})
    finding = the_one(registry, "grid_without_community")
    assert finding.fixable
    assert preview(registry, finding).steps[0].zh == (
        f"第1网格 {GRID_1} 的社区：空 → 临泉路社区 {COMMUNITY}。"
    )
    changes = fix(registry, finding)
    assert (changes.verb, changes.codes) == ("fix", (GRID_1,))
    assert registry.find(GRID_1).text("community") == COMMUNITY
    assert found(registry, "grid_without_community") == []
    registry.undo()
    assert the_one(registry, "grid_without_community").id == finding.id


def test_that_a_grid_whose_community_has_ended_keeps_it_for_the_days_before(registry):
    last = today() - timedelta(days=30)
    edit.set_values(registry, [COMMUNITY], {"valid_until": last.isoformat()})
    edit.add(
        registry,
        "communities",
        {
            "code": "340102001002",
            "name": "新社区",
            "street": "340102001",
            "valid_from": (last + timedelta(days=1)).isoformat(),
            "geometry": square(0, 0, 0.02),
        },
    )
    one = next(f for f in found(registry, "grid_without_community") if f.codes == (GRID_1,))
    fix(registry, one)
    grid = registry.find(GRID_1)
    assert (grid.on("community", last), grid.on("community", today())) == (COMMUNITY, "340102001002")


def test_that_a_grid_that_lies_in_no_community_is_left_to_people(registry):
    edit.set_values(registry, [GRID_1], {"community": "", "geometry": square(0.5, 0.5).wkt})
    finding = the_one(registry, "grid_without_community")
    assert not finding.fixable
    with pytest.raises(InvalidInput, match="填上所属社区"):
        fix(registry, finding)


def twice(registry, **other):
    values = {"name": "祥和苑", "kind": "old", "households": "88", "geometry": square(0.004, 0.004)}
    edit.add(registry, "compounds", {"code": "C3", **values})
    edit.add(registry, "compounds", {"code": "C4", **values, **other})
    for code in ("C3", "C4"):
        edit.set_values(registry, [code], {"gate_guard": "yes"}, since=today() - timedelta(days=9))
    return the_one(registry, "duplicate")


def test_that_of_two_equal_compounds_the_younger_ends(registry):
    finding = twice(registry)
    assert finding.fixable
    assert preview(registry, finding).steps[0].zh == "祥和苑 C4 到昨天为止，内容都在 祥和苑 C3 里。"
    assert fix(registry, finding).codes == ("C4",)
    assert registry.find("C4").valid_until == today() - timedelta(days=1)
    assert registry.find("C3").valid_until is None
    assert found(registry, "duplicate") == []


def test_that_the_younger_is_the_one_with_the_later_first_day(registry):
    values = {"name": "祥和苑", "kind": "old", "geometry": square(0.004, 0.004)}
    edit.add(registry, "compounds", {"code": "C3", "valid_from": "2024-05-01", **values})
    edit.add(registry, "compounds", {"code": "C4", "valid_from": "2020-05-01", **values})
    assert [m.code for m in the_one(registry, "duplicate").mend] == ["C3"]


def test_that_one_that_began_today_is_taken_out_with_what_it_owns(registry):
    finding = twice(registry, valid_from=today().isoformat())
    fix(registry, finding)
    assert registry.dataset.find("C4") is None
    assert not registry.dataset.facts("C4")


@pytest.mark.parametrize(
    "differs",
    [
        {"households": "89"},
        {"geometry": square(0.004, 0.00401)},
        {"address": "长江路1号"},
        {"valid_until": (today() + timedelta(days=400)).isoformat()},
    ],
)
def test_that_compounds_that_differ_in_anything_are_left_to_people(registry, differs):
    assert not twice(registry, **differs).fixable


def test_that_a_fact_an_attachment_or_a_building_more_leaves_it_to_people(registry):
    assert twice(registry).fixable
    for act in (
        lambda: edit.set_values(registry, ["C4"], {"authority": "no"}),
        lambda: edit.attach(registry, "O1", ["C4"]),
        lambda: edit.add(registry, "buildings", {"name": "1栋", "compound": "C4"}),
    ):
        act()
        assert not the_one(registry, "duplicate").fixable
        registry.undo()
    assert the_one(registry, "duplicate").fixable


def test_that_a_compound_that_lies_whole_in_one_grid_gets_it_recorded(registry):
    edit.set_values(registry, ["C1"], {"grid": GRID_2})
    finding = the_one(registry, "recorded_differs")
    assert finding.fixable
    fix(registry, finding)
    assert registry.find("C1").text("grid") == GRID_1
    assert found(registry, "recorded_differs") == []


def test_that_a_compound_cut_by_a_border_is_left_to_people(registry):
    cut = box(LON + 0.009, LAT + 0.002, LON + 0.0104, LAT + 0.003)
    edit.set_values(registry, ["C1"], {"grid": GRID_2, "geometry": cut.wkt})
    assert not the_one(registry, "recorded_differs").fixable


def test_that_a_waived_finding_stands_there_until_the_day_is_past(registry):
    edit.set_values(registry, ["C1"], {"name": ""})
    finding, until = the_one(registry, "unnamed"), today() + timedelta(days=30)
    changes = waive(registry, finding, why="下月挂牌", until=until)
    assert (changes.verb, changes.codes) == ("waive", ("C1",))
    assert the_one(registry, "unnamed").waived_until == until
    assert found(registry, "unnamed", until)[0].waived_until == until
    assert found(registry, "unnamed", until + timedelta(days=1))[0].waived_until is None
    (row,) = registry.dataset.of("waivers").values()
    kept = [row.text(name) for name in ("finding", "rule", "codes", "why", "by")]
    assert kept == [finding.id, "unnamed", "C1", "下月挂牌", "tester"]
    assert registry.history("C1", 1)[0].verb == "waive"
    registry.undo()
    assert the_one(registry, "unnamed").waived_until is None


def test_that_waived_findings_come_last_and_waiving_again_moves_the_day(registry):
    edit.set_values(registry, ["C1"], {"name": "", "grid": GRID_2})
    grave = the_one(registry, "recorded_differs")
    waive(registry, grave, why="在核", until=today())
    waive(registry, grave, why="还在核", until=today() + timedelta(days=3))
    (row,) = registry.dataset.of("waivers").values()
    assert (row.text("why"), row.valid_until) == ("还在核", today() + timedelta(days=3))
    everything = check(registry.dataset, registry.profile, registry.engine, registry.zone, today())
    assert everything[-1].id == grave.id


@pytest.mark.parametrize(
    ("why", "days", "column"),
    [("", 1, "why"), (" ", 1, "why"), ("问13812345678", 1, "why"), ("在改", -1, "until")],
)
def test_that_a_waiver_needs_a_reason_without_a_number_and_a_day_to_come(registry, why, days, column):
    edit.set_values(registry, ["C1"], {"name": ""})
    finding, before = the_one(registry, "unnamed"), len(registry.history())
    with pytest.raises(InvalidInput) as refused:
        waive(registry, finding, why=why, until=today() + timedelta(days=days))
    assert refused.value.problems[0].column == column
    assert len(registry.history()) == before


def test_that_a_finding_that_is_no_more_says_so(registry):
    with pytest.raises(InvalidInput, match="没有这一项"):
        finding_called(registry, "unnamed:000000000000")
    with pytest.raises(InvalidInput, match="没有这一项"):
        finding_called(registry, "nonsense")


def test_that_many_findings_are_mended_as_one_change_and_proved_before(registry):
    edit.set_values(registry, [GRID_1, GRID_2], {"community": ""})
    findings = found(registry, "grid_without_community")
    assert len(findings) == 2
    seen = proof(registry, findings)
    assert (seen.areas, seen.before) == ((), seen.after)
    before = registry.last_step
    changes = fix(registry, *findings)
    assert (changes.verb, set(changes.codes)) == ("fix", {GRID_1, GRID_2})
    assert registry.last_step == before + 1
    assert found(registry, "grid_without_community") == []
    registry.undo()
    assert found(registry, "grid_without_community") == findings


def test_that_what_a_mend_does_to_ground_places_and_figures_is_proved(registry):
    finding = twice(registry)
    seen = proof(registry, [finding])
    assert {(side.level, side.code, side.before, side.after) for side in seen.sides} >= {
        ("grid", "C4", GRID_1, None)
    }
    assert (seen.before.total - seen.after.total, seen.areas) == (1, ())
    fix(registry, finding)
    query = Query(measure="party", by="street", as_of=today())
    assert registry.engine.coverage(query).total.figures == seen.after
    edit.set_values(registry, [COMMUNITY], {"geometry": ""})  # its ground is that of the grids that record it
    edit.set_values(registry, [GRID_1], {"community": ""})
    seen = proof(registry, [replace(finding, mend=(Write(GRID_1, "community", COMMUNITY),))])
    (area,) = (one for one in seen.areas if one.unit == COMMUNITY)
    assert area.after > area.before > 0


def test_that_of_what_ends_nothing_else_is_written(registry):
    finding = twice(registry)
    edit.set_values(registry, ["C4"], {"grid": GRID_2})
    both = [finding, replace(finding, mend=(Write("C4", "grid", GRID_1),))]
    fix(registry, *both)
    assert registry.find("C4").text("grid") == GRID_2
    assert registry.find("C4").valid_until is not None
