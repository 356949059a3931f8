"""Streets, communities and buildings are split and merged by the same rule; what is recorded under them follows."""

from __future__ import annotations

import pytest

from app.coverage.results import Query
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.lineage.merge import plan_merge
from app.services.lineage.split import plan_split
from app.services.lineage.told import lineage_of
from app.services.lineage.write import write_plan
from app.services.zones.edits import make_zone
from tests.app.lineage.lived_in import BEFORE, DAY, GRIDS, A, B, line
from tests.app.lineage.test_split import everything, kept, registry  # noqa: F401 - fixtures
from tests.app.town import ground

WEST, EAST = "340102001001", "340102001002"  # communities of one street, parted at 500 m
STREET = "340102001"


def figures(registry, by, day=DAY):  # noqa: F811
    found = registry.engine.coverage(Query(measure="party", by=by, weight="households", as_of=day))
    return {row.unit: row.figures for row in found.rows}, found.total.figures


def test_that_a_street_split_along_its_communities_leaves_every_figure_below_it(registry):  # noqa: F811
    before = figures(registry, "community")
    then = figures(registry, "street", BEFORE)
    parted = write_plan(registry, plan_split(registry, STREET, by=line((500, -100), (500, 1200)), since=DAY))
    first, second = parted.changes.codes[:2]
    assert {first, second} == {"340102900", "340102901"}
    assert {registry.find(code).on("street", DAY) for code in (WEST, EAST)} == {first, second}
    assert registry.find(STREET).get("successor") == first
    assert figures(registry, "community") == before
    assert figures(registry, "street", BEFORE) == then
    rows, total = figures(registry, "street")
    assert sum(one.total for code, one in rows.items() if code in (first, second)) == total.total
    registry.undo()
    assert registry.find(STREET).get("successor") is None


def test_that_communities_of_a_street_become_one_and_grids_and_compounds_follow(registry):  # noqa: F811
    edit.set_values(registry, [A], {"community": WEST})
    street = figures(registry, "street")
    before = everything(registry)
    (code,) = write_plan(registry, plan_merge(registry, [WEST, EAST], since=DAY)).changes.codes[:1]
    assert code == "340102001900"
    assert {registry.find(grid).on("community", DAY) for grid in GRIDS} == {code}
    assert (registry.find(A).on("community", DAY), registry.find(A).on("community", BEFORE)) == (code, WEST)
    assert [registry.find(one).get("successor") for one in (WEST, EAST)] == [code, code]
    assert figures(registry, "street") == street
    assert lineage_of(registry.dataset, code).as_json("zh")["from"] == [WEST, EAST]
    registry.undo()
    assert everything(registry) == before


def test_that_a_line_through_a_grid_does_not_part_its_community(registry):  # noqa: F811
    with pytest.raises(InvalidInput) as refused:
        plan_split(registry, WEST, by=line((100, -100), (100, 1200)), since=DAY)
    assert "第一网格" in refused.value.message.zh


def test_that_what_a_zone_has_once_it_has_once_after_a_merge(registry):  # noqa: F811
    zones = [make_zone(registry, [code], name=code, on=DAY.replace(year=2025)).codes[0] for code in (A, B)]
    plan = plan_merge(registry, [A, B], since=DAY)
    ties = [item for item in plan.items if item.rows and item.rows[0].kind == "links"]
    assert [len(item.to) for item in ties] == [1, 0]
    (code,) = write_plan(registry, plan).changes.codes[:1]
    (link,) = registry.dataset.links_to(code)
    assert link.text("subject") in zones
    assert {row.valid_until for one in (A, B) for row in registry.dataset.links_to(one)} == {BEFORE}


def test_that_a_building_of_its_own_is_split_with_its_service(registry):  # noqa: F811
    edit.add(
        registry,
        "buildings",
        {"code": "B9", "units": 4, "storeys": 6, "households": 41, "geometry": ground(400, 400, 40, 20)},
    )
    edit.attach(registry, "F000001", ["B9"], since=DAY.replace(year=2024))
    parted = write_plan(registry, plan_split(registry, "B9", by=line((410, 390), (410, 430)), since=DAY))
    first, second = (registry.find(code) for code in parted.changes.codes[:2])
    assert [one.get("households") for one in (first, second)] == [31, 10]
    assert [one.get("units") for one in (first, second)] == [3, 1]
    assert [one.get("storeys") for one in (first, second)] == [6, 6]
    assert [row.valid_from for row in registry.dataset.engagements_with(first.code)] == [DAY]
    assert registry.dataset.engagements_with(second.code) == ()
