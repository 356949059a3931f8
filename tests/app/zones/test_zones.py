"""Zones: proposed, written, changed by hand, as of a day."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.coverage.engine import CoverageEngine
from app.domain.dataset import Dataset
from app.domain.period import today
from app.errors import Conflict, InvalidInput
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.zones.edits import commit_zones, end_zone, make_zone, merge_zones, move_to_zone
from app.services.zones.plan import RELATION, ZoneRequest
from app.services.zones.view import hulls_of, zones_on
from app.services.zones.zones import plan_zones
from geo.crs import zone_for
from geo.neighbours import adjoining, parts
from tests.app.town import COMMUNITIES, STREETS, a_town, compounds, ground, made, the_ground

pytestmark = pytest.mark.system(28)
PROFILE = load_profile("yaohai")
ROW = {(i, 0): 500 for i in range(20)}  # both streets, every community: one long row
DAY = today()


@pytest.fixture
def town(tmp_path):
    registry = a_town(tmp_path, households=ROW)
    yield registry
    registry.close()


def planned(registry, **options):
    return plan_zones(registry, ZoneRequest(**{"households": 1000, **options}))


def written(registry, **options):
    return commit_zones(registry, planned(registry, **options))


def members(registry, day=DAY):
    return {zone.code: set(zone.members) for zone in zones_on(registry.engine, day)}


def in_memory(records):
    rows = {}
    for record in records:
        rows.setdefault(record.kind, {})[record.code] = record
    dataset = Dataset(rows)
    engine = CoverageEngine(dataset, PROFILE, zone_for(117.3))
    return SimpleNamespace(dataset=dataset, engine=engine, profile=PROFILE)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 10**6), st.sampled_from(["community", "street", "district"]), st.sampled_from([400, 1500])
)
def test_that_every_compound_is_in_one_zone_that_hangs_together_within_its_unit(seed, within, target):
    dice = random.Random(seed)
    cells = dice.sample(list(itertools.product(range(20), range(3))), dice.randint(1, 25))
    counts = [dice.choice([None, *range(20, 900, 60)]) for _ in cells]
    records = compounds(cells, counts)
    registry = in_memory([*the_ground(), *records, made("compounds", "C900000", kind="old")])
    plan = planned(registry, households=target, within=within)
    found = list(itertools.chain(*(zone.members for zone in plan.zones)))
    assert sorted(found) == [record.code for record in records]
    assert [code for code, _ in plan.left_out] == ["C900000"], "what can't be placed is named"
    placed = registry.engine.derived_many("compounds", DAY)
    by_code = {record.code: record for record in records}
    for zone in plan.zones:
        assert len({getattr(placed[code], within) for code in zone.members}) == 1
        shapes = zone_for(117.3).to_metres([by_code[code].geometry for code in zone.members])
        assert parts(len(shapes), adjoining(np.array(shapes), 60)).max() == 0
        known = [by_code[code].get("households") for code in zone.members]
        assert zone.households == sum(count or 0 for count in known)
        assert len(zone.without_households) == known.count(None)
        assert (zone.why is None) == (abs(zone.households - target) <= 0.2 * target)
    assert planned(registry, households=target, within=within) == plan


def test_that_zones_cross_community_lines_but_no_street_line_unless_told(town):
    crossing = planned(town, households=2000)
    assert all(zone.street in STREETS for zone in crossing.zones)
    assert any(len(zone.communities) == 2 for zone in crossing.zones)
    inside = planned(town, households=2000, within="community")
    assert all(len(zone.communities) == 1 for zone in inside.zones)
    free = planned(town, households=10_000, within="district")
    assert [(zone.street, zone.households) for zone in free.zones] == [(None, 10_000)]


def test_that_only_a_street_s_compounds_are_bundled_where_a_street_is_named(town):
    plan = planned(town, street=STREETS[1])
    placed = town.engine.derived_many("compounds", DAY)
    assert {placed[code].street for zone in plan.zones for code in zone.members} == {STREETS[1]}
    assert sum(len(zone.members) for zone in plan.zones) == 10
    assert [zone.name for zone in plan.zones] == [f"东街道第{n}片区" for n in range(1, 6)]


def test_that_what_is_smaller_or_larger_than_asked_for_says_why(tmp_path):
    households = {(0, 0): 500, (1, 0): None, (2, 0): 500, (5, 0): 200, (8, 5): 5000}
    with_lone = made("compounds", "C000099", kind="old", households=90)
    registry = a_town(tmp_path, with_lone, households=households)
    plan = planned(registry)
    said = {zone.members: zone.why for zone in plan.zones}
    assert said["C000001", "C000002", "C000003"] is None
    assert "没有别的小区" in said["C000004",].zh
    assert "5000" in said["C000005",].zh
    assert plan.zones[0].without_households == ("C000002",)
    assert [(code, "没有轮廓" in why.zh) for code, why in plan.left_out] == [("C000099", True)]
    registry.close()


def test_that_buildings_without_a_compound_take_part_only_when_asked(tmp_path):
    loose = made("buildings", "B000001", name="孤楼", households=40, geometry=ground(100, 0, 60, 60))
    own = made("buildings", "B000002", name="1 幢", compound="C000001", geometry=ground(10, 10, 20, 20))
    registry = a_town(tmp_path, loose, own, households={(0, 0): 500, (2, 0): 500})
    assert [zone.members for zone in planned(registry).zones] == [("C000001",), ("C000002",)]
    joined = planned(registry, with_scattered=True)
    assert [zone.members for zone in joined.zones] == [("C000001", "C000002", "B000001")]
    assert joined.zones[0].households == 1040
    commit_zones(registry, joined)
    assert members(registry) == {"Z000001": {"B000001", "C000001", "C000002"}}
    registry.close()


def test_that_writing_a_proposal_is_one_change_that_is_taken_back_whole(town):
    before = len(town.history())
    plan = planned(town)
    changes = commit_zones(town, plan, why="片区化")
    assert changes.verb == "zones"
    assert changes.codes[0] == "Z000001"
    assert len(town.history()) == before + 1
    assert sorted(members(town).values(), key=min) == [set(zone.members) for zone in plan.zones]
    zone = town.dataset.find("Z000001")
    assert (zone.valid_from, zone.get("households"), zone.get("street")) == (DAY, 1000, STREETS[0])
    town.undo()
    assert members(town) == {}
    town.redo()
    assert len(members(town)) == len(plan.zones)


def test_that_what_is_in_a_zone_stays_there_unless_zones_are_replaced(town):
    make_zone(town, ["C000001", "C000002"], name="老片区")
    kept = planned(town, street=STREETS[0])
    assert kept.kept == ("Z000001",)
    assert not {"C000001", "C000002"} & set(itertools.chain(*(zone.members for zone in kept.zones)))
    replaced = planned(town, street=STREETS[0], existing="replace")
    assert (replaced.kept, replaced.replaced) == ((), ("Z000001",))
    commit_zones(town, replaced)
    assert town.dataset.find("Z000001") is None, "one that began today leaves no trace"
    assert set().union(*members(town).values()) == {f"C{n:06d}" for n in range(1, 11)}


def test_that_a_zone_reaching_into_another_street_is_not_replaced_from_one_of_them(town):
    make_zone(town, ["C000010", "C000011"])
    plan = planned(town, street=STREETS[0], existing="replace")
    assert plan.kept == ("Z000001",)
    assert "C000010" not in set(itertools.chain(*(zone.members for zone in plan.zones)))


def test_that_zones_replaced_later_are_still_there_on_the_days_before(town):
    first = DAY - timedelta(days=100)
    written(town, as_of=first)
    before = members(town, first)
    written(town, existing="replace", households=2000)
    assert members(town, first) == before
    assert not before.keys() & members(town).keys()
    assert all(zone.valid_until == DAY - timedelta(days=1) for zone in map(town.dataset.find, before))


def test_that_a_proposal_that_was_overtaken_writes_nothing(town):
    plan = planned(town)
    make_zone(town, ["C000003"])
    with pytest.raises(Conflict) as refused:
        commit_zones(town, plan)
    assert refused.value.problems[0].code == "C000003"
    assert members(town) == {"Z000001": {"C000003"}}


def test_that_a_proposal_replaces_no_zone_that_has_ended_meanwhile(town):
    first = DAY - timedelta(days=30)
    written(town, as_of=first)
    plan = planned(town, existing="replace")
    end_zone(town, "Z000001", on=DAY - timedelta(days=10))
    with pytest.raises(Conflict) as refused:
        commit_zones(town, plan)
    assert refused.value.problems[0].code == "Z000001"
    assert town.dataset.find("Z000001").valid_until == DAY - timedelta(days=11)


def test_that_a_compound_moves_from_zone_to_zone_and_was_where_it_was_before(town):
    first = DAY - timedelta(days=30)
    written(town, as_of=first)
    steps = len(town.history())
    move_to_zone(town, ["C000003", "C000004"], "Z000001", why="合同")
    assert members(town)["Z000001"] == {"C000001", "C000002", "C000003", "C000004"}
    assert members(town)["Z000002"] == set()
    assert members(town, first)["Z000002"] == {"C000003", "C000004"}
    assert len(town.history()) == steps + 1
    move_to_zone(town, ["C000003"], "Z000001")
    assert len(town.history()) == steps + 1, "what is there already is nothing to do"
    move_to_zone(town, ["C000003"], None)
    assert members(town)["Z000001"] == {"C000001", "C000002", "C000004"}
    town.undo()
    assert "C000003" in members(town)["Z000001"]


def test_that_a_zone_that_no_longer_hangs_together_is_said_and_not_forbidden(town):
    written(town)
    assert {zone.pieces for zone in zones_on(town.engine)} == {1}
    move_to_zone(town, ["C000020"], "Z000001")
    shown = {zone.code: zone for zone in zones_on(town.engine)}
    assert shown["Z000001"].pieces == 2
    assert shown["Z000001"].outline.geom_type == "MultiPolygon"


def test_that_zones_are_merged_and_ended_as_one_change_each(town):
    first = DAY - timedelta(days=10)
    written(town, as_of=first)
    steps = len(town.history())
    merge_zones(town, "Z000001", ["Z000002", "Z000003"])
    assert members(town)["Z000001"] == {f"C{n:06d}" for n in range(1, 7)}
    assert not {"Z000002", "Z000003"} & members(town).keys()
    end_zone(town, "Z000001")
    assert "Z000001" not in members(town)
    assert "Z000001" in members(town, first)
    assert len(town.history()) == steps + 2
    town.undo()
    town.undo()
    assert {"Z000001", "Z000002", "Z000003"} <= members(town).keys()


def test_that_no_compound_is_ever_in_two_zones(town):
    written(town)
    with pytest.raises(InvalidInput):
        edit.add(
            town, "links", {"relation": RELATION, "subject": "Z000002", "to": "C000001", "valid_from": DAY}
        )
    dice = random.Random(3)
    codes = [f"C{n:06d}" for n in range(1, 21)]
    for _ in range(25):
        on = DAY + timedelta(days=dice.randint(0, 6))
        zone = dice.choice([*sorted(members(town, on)), None])
        move_to_zone(town, dice.sample(codes, dice.randint(1, 4)), zone, on=on)
        if dice.random() < 0.2:
            end_zone(town, dice.choice(sorted(members(town, on))), on=on)
        for day in (DAY, DAY + timedelta(days=3), DAY + timedelta(days=8)):
            everyone = list(itertools.chain(*members(town, day).values()))
            assert len(everyone) == len(set(everyone))


def test_that_nothing_moves_into_a_zone_before_it_began(town):
    written(town)
    with pytest.raises(InvalidInput, match="没有片区"):
        move_to_zone(town, ["C000003"], "Z000001", on=DAY - timedelta(days=1))


def test_that_a_zone_of_one_s_own_takes_its_street_and_the_next_free_name(town):
    code = make_zone(town, ["C000001"]).codes[0]
    other = make_zone(town, ["C000010", "C000011"]).codes[0]
    third = make_zone(town, ["C000002"]).codes[0]
    zones = {zone.code: (zone.name, zone.street) for zone in zones_on(town.engine)}
    assert zones == {
        code: ("西街道第1片区", STREETS[0]),
        other: ("第1片区", None),
        third: ("西街道第2片区", STREETS[0]),
    }


def test_that_totals_and_outline_are_those_of_the_members(town):
    written(town, households=1500)
    edit.set_values(town, ["Z000001"], {"firm": edit.add(town, "firms", {"name": "安居物业"}).codes[0]})
    shown = zones_on(town.engine)[0]
    assert shown.households == 500 * len(shown.members)
    assert shown.residents == 3 * shown.households
    assert shown.firm == "F000001"
    assert shown.area_m2 == pytest.approx(6400 * len(shown.members), rel=0.01)
    records = [town.dataset.find(code) for code in shown.members]
    assert all(shown.outline.covers(record.geometry) for record in records)
    hull = hulls_of(town.engine, {shown.code: shown.members}, DAY)[shown.code]
    assert hull.geom_type == "Polygon"


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({"households": 0}, "households"),
        ({"tolerance": 1.5}, "tolerance"),
        ({"reach": -1}, "reach"),
        ({"within": "galaxy"}, "within"),
        ({"kind": "castle"}, "kind"),
        ({"existing": "burn"}, "existing"),
        ({"street": COMMUNITIES[0]}, "street"),
        ({"street": "999"}, None),
    ],
)
def test_that_a_request_that_makes_no_sense_is_refused_with_its_place(town, options, column):
    with pytest.raises(InvalidInput) as refused:
        planned(town, **options)
    assert refused.value.problems[0].column == column


@pytest.mark.parametrize(
    "act",
    [
        lambda r: move_to_zone(r, [], "Z000001"),
        lambda r: move_to_zone(r, ["C404"], "Z000001"),
        lambda r: move_to_zone(r, [STREETS[0]], "Z000001"),
        lambda r: move_to_zone(r, ["C000001"], "C000002"),
        lambda r: merge_zones(r, "Z000001", ["Z000001"]),
        lambda r: end_zone(r, "Z404"),
    ],
)
def test_that_a_wrong_hand_edit_writes_nothing(town, act):
    written(town)
    before = (len(town.history()), members(town))
    with pytest.raises(InvalidInput):
        act(town)
    assert (len(town.history()), members(town)) == before


def test_that_the_share_of_compounds_in_zones_is_a_measure(town):
    from app.coverage.results import Query

    make_zone(town, ["C000001", "C000002", "C000003"])
    measure = next(m.id for m in town.profile.measures.values() if 28 in m.systems)
    found = town.engine.coverage(Query(measure=measure, by="street", as_of=DAY)).total.figures
    assert (found.covered, found.total) == (3, 20)
