from __future__ import annotations

import json
from collections import Counter
from datetime import date

import numpy as np
import pytest
import shapely

from app.domain.codes.codes import community_kind, normal_credit_code
from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.domain.kinds import COUNTED_KINDS
from app.domain.rating import rate
from app.domain.record import Record
from app.domain.rules.rules import problems_of
from app.errors import InvalidInput
from app.jobs import Cancelled, Ticket
from app.sample.ground import load_place
from app.sample.make import Sample, make_sample
from app.services.profile.profiles import load_profile
from geo.crs import zone_for

PROFILES = ("yaohai", "jinjiang", "quzhou")
_MADE: dict[str, Sample] = {}


def sample_of(profile: str) -> Sample:
    if profile not in _MADE:
        _MADE[profile] = make_sample(profile)
    return _MADE[profile]


@pytest.fixture(params=PROFILES)
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def records_of(profile: str, kind: str) -> list[Record]:
    return [record for record in sample_of(profile).records if record.kind == kind]


def shapes_of(profile: str, kind: str) -> np.ndarray:
    return np.array(
        [record.geometry for record in records_of(profile, kind) if record.geometry], dtype=object
    )


def test_that_a_sample_passes_the_registrys_own_rules(profile: str) -> None:
    edits = [Put(record, None) for record in sample_of(profile).records]
    problems = problems_of(Dataset({}), edits, load_profile(profile))
    assert [(p.code, p.column, p.message.en) for _, p in problems[:5]] == []


def test_that_the_same_seed_gives_the_same_records_and_another_seed_others() -> None:
    again, other = make_sample("yaohai"), make_sample("yaohai", seed=1)

    def spelled(sample: Sample) -> list[tuple[object, ...]]:
        return [
            (*record[:7], None if record.geometry is None else record.geometry.wkb)
            for record in sample.records
        ]

    first = spelled(sample_of("yaohai"))
    assert spelled(again) == first
    assert [shape.geometry.wkb for shape in again.backdrop] == [
        shape.geometry.wkb for shape in sample_of("yaohai").backdrop
    ]
    assert spelled(other) != first
    assert not {record.id for record in other.records} & {record.id for record in again.records}


def test_that_ids_and_codes_are_unique(profile: str) -> None:
    records = sample_of(profile).records
    assert len({record.id for record in records}) == len(records)
    assert len({record.code for record in records}) == len(records)


@pytest.mark.parametrize(
    ("profile", "kinds", "buildings"),
    [
        ("yaohai", {"commercial": 210, "resettlement": 36, "old": 314}, 84),
        ("jinjiang", {"commercial": 343, "old": 777, "unknown": 90}, 0),
    ],
)
def test_that_the_inventory_is_the_published_one(profile: str, kinds: dict[str, int], buildings: int) -> None:
    found = Counter(record.text("kind") for record in records_of(profile, "compounds"))
    assert {kind: count for kind, count in found.items() if kind in COUNTED_KINDS} == kinds
    lone = [record for record in records_of(profile, "buildings") if record.get("compound") is None]
    assert len(lone) == buildings


def test_that_two_grids_of_yaohai_record_no_community() -> None:
    lost = [grid for grid in records_of("yaohai", "grids") if grid.get("community") is None]
    assert len(lost) == 2
    assert all(grid.get("street") == grid.code[:9] for grid in lost)


def test_that_names_and_codes_of_units_are_the_real_ones(profile: str) -> None:
    for district in records_of(profile, "districts"):
        place = load_place(district.code)
        streets: list[dict[str, object]] = place["streets"]  # type: ignore[assignment]
        real = {(str(s["code"]), str(s["name"])) for s in streets}
        real |= {(code, name) for s in streets for code, name in s["communities"]}  # type: ignore[attr-defined]
        given = {
            (record.code, record.text("name"))
            for kind in ("streets", "communities")
            for record in records_of(profile, kind)
            if record.code.startswith(district.code)
        }
        assert given == real
        assert district.get("name") == place["name"]


def test_that_each_level_tiles_the_one_above_exactly(profile: str) -> None:
    districts, streets = shapes_of(profile, "districts"), shapes_of(profile, "streets")
    west, _, east, _ = shapely.total_bounds(districts)
    zone = zone_for((west + east) / 2)
    whole = float(shapely.area(zone.to_metres(districts)).sum())
    for kind in ("streets", "communities", "grids"):
        tiles = shapes_of(profile, kind)
        assert shapely.is_valid(tiles).all()
        assert shapely.coverage_is_valid(tiles)
        assert shapely.coverage_union_all(tiles).equals(shapely.coverage_union_all(districts))
        assert float(shapely.area(zone.to_metres(tiles)).sum()) == pytest.approx(whole, rel=1e-11)
    grids_of: dict[str, list[object]] = {}
    for grid in records_of(profile, "grids"):
        grids_of.setdefault(grid.code[:12], []).append(grid.geometry)
    for community in records_of(profile, "communities"):
        own = np.array(grids_of[community.code], dtype=object)
        assert community.geometry is not None
        assert shapely.coverage_union_all(own).symmetric_difference(community.geometry).area == 0
    assert len(streets) == len({record.code for record in records_of(profile, "streets")})


def test_that_outlines_are_the_real_ones(profile: str) -> None:
    for district in records_of(profile, "districts"):
        real = shapely.from_geojson(json.dumps(load_place(district.code)["outline"]))
        assert district.geometry is not None
        assert real.symmetric_difference(district.geometry).area / real.area < 2e-5


def test_that_compounds_are_courtyards_that_do_not_touch(profile: str) -> None:
    shapes = shapes_of(profile, "compounds")
    assert shapely.is_valid(shapes).all()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    corners = shapely.get_num_coordinates(shapes) - 1
    assert corners.min() >= 5
    assert corners.max() <= 40


def test_that_compounds_keep_off_the_water(profile: str) -> None:
    water = shapely.union_all([b.geometry for b in sample_of(profile).backdrop if b.kind == "water"])
    assert not shapely.intersects(shapes_of(profile, "compounds"), water).any()
    assert {b.rank for b in sample_of(profile).backdrop if b.kind == "road"} == {1, 2, 3, 4}


def test_that_most_compounds_lie_in_one_grid_a_few_straddle_and_a_few_lie_in_none(profile: str) -> None:
    shapes, grids = shapes_of(profile, "compounds"), shapes_of(profile, "grids")
    hits = shapely.STRtree(grids).query(shapes, predicate="intersects")[0]
    touched = np.bincount(hits, minlength=len(shapes))
    assert 2 <= (touched == 0).sum() <= 3
    assert 0.02 <= (touched > 1).mean() <= 0.06


def test_that_compounds_stand_in_residents_communities_and_say_so(profile: str) -> None:
    for compound in records_of(profile, "compounds"):
        community = compound.text("community")
        assert community_kind(community) == "residents"
        assert compound.text("street") == community[:9]


def test_that_something_is_unknown_everywhere_and_some_things_are_findings(profile: str) -> None:
    compounds = records_of(profile, "compounds")
    assert 2 <= sum(record.get("name") is None for record in compounds) <= 5
    assert sum(record.get("households") is None for record in compounds) >= 5
    assert sum(record.get("residents") is None for record in compounds) >= 10
    assert sum(record.get("built_year") is None for record in compounds) >= 10
    surveyed = {record.text("subject") for record in records_of(profile, "facts")}
    assert any(record.get("value") == "unknown" for record in records_of(profile, "facts"))
    assert surveyed & {record.code for record in compounds}


def test_that_nothing_that_counts_runs_out_after_2022(profile: str) -> None:
    start = date(2023, 1, 1)
    for kind, keys in (("attachments", ("organisation", "to")), ("engagements", ("firm", "compound"))):
        rows = records_of(profile, kind)
        following = {(*(r.get(k) for k in keys), r.valid_from) for r in rows}
        for row in rows:
            if row.valid_until and row.valid_until >= start:
                nxt = date.fromordinal(row.valid_until.toordinal() + 1)
                assert (*(row.get(k) for k in keys), nxt) in following, row.code
            assert row.valid_from
            assert row.valid_from <= date(2023, 3, 31)
    assert all(r.valid_until is None for k in ("organisations", "firms") for r in records_of(profile, k))


def test_that_credit_codes_are_right_and_differ(profile: str) -> None:
    codes = [record.text("credit_code") for record in records_of(profile, "firms")]
    assert [normal_credit_code(code) for code in codes] == codes
    assert len(set(codes)) == len(codes)


def test_that_trusteeship_benefits_22100_residents_in_30_compounds_and_20_buildings() -> None:
    cared_for = {
        record.text("compound")
        for record in records_of("yaohai", "engagements")
        if record.get("stage") == "trusteeship"
    }
    subjects = [r for k in ("compounds", "buildings") for r in records_of("yaohai", k) if r.code in cared_for]
    assert Counter(record.kind for record in subjects) == {"compounds": 30, "buildings": 20}
    assert sum(int(str(record.get("residents"))) for record in subjects) == 22_100


def test_that_the_note_says_what_is_real_and_what_is_synthetic(profile: str) -> None:
    note = sample_of(profile).note
    assert "合成" in note.zh
    assert "synthetic" in note.en


def facts_with(profile: str, *keys: str) -> list[Record]:
    return [fact for fact in records_of(profile, "facts") if fact.get("key") in keys]


def total_of(profile: str, key: str) -> int:
    return sum(int(fact.text("value")) for fact in facts_with(profile, key))


def test_that_jinjiang_has_1674_mediators_of_16_categories_on_three_levels() -> None:
    keys = [spec.key for spec in load_profile("jinjiang").facts.values() if spec.group == "mediators"]
    own = facts_with("jinjiang", *keys)
    assert len(keys) == len({fact.text("key") for fact in own}) == 16
    assert sum(int(fact.text("value")) for fact in own) == 1674
    assert {len(fact.text("subject")) for fact in own} == {7, 9, 12}  # compound, street, community
    assert all(fact.valid_from and fact.valid_from < date(2023, 1, 1) for fact in own)


def test_that_jinjiang_handled_3221_cases_before_2023_and_a_few_wait_today() -> None:
    cases = records_of("jinjiang", "cases")
    handled = [case for case in cases if case.get("state") in ("closed", "answered")]
    assert len(handled) == 3221
    assert {case.text("level") for case in handled} == {"compound", "community", "street"}
    assert all(
        last < date(2022, 12, 31)  # nothing of them changes later
        for case in handled
        for periods in case.past.values()
        for last, _ in periods
    )
    assert any("level" in case.past for case in handled)
    assert all(case.get("opened") > date(2023, 1, 1) for case in cases if case not in handled)  # type: ignore[operator]
    for case in cases:
        assert (case.get("compound") is None) == (
            case.on("level", case.get("opened")) != "compound"  # type: ignore[arg-type]
        )


def test_that_party_work_reaches_the_777_old_and_343_managed_compounds() -> None:
    kinds = {record.code: record.text("kind") for record in records_of("jinjiang", "compounds")}
    facts = facts_with("jinjiang", "party_work")
    early = {fact.text("subject") for fact in facts if fact.valid_from and fact.valid_from < date(2023, 1, 1)}
    assert {fact.text("subject") for fact in facts} == early
    assert {fact.get("value") for fact in facts} == {"yes"}
    assert Counter(kinds[code] for code in early) == {"old": 777, "commercial": 343}


def test_that_subsidies_of_the_96_courtyards_taper_to_nothing_after_a_trial_of_three_months() -> None:
    listed = {fact.text("subject") for fact in facts_with("jinjiang", "three_no_listed")}
    visits = {fact.text("subject"): fact.valid_from for fact in facts_with("jinjiang", "adoption_visit")}
    own = [e for e in records_of("jinjiang", "engagements") if e.text("compound") in listed]
    assert len(listed) == 96
    assert set(visits) == listed
    assert all(e.valid_from and visits[e.text("compound")] < e.valid_from for e in own)  # type: ignore[operator]
    tapering = [e for e in own if "subsidy_yuan" in e.past]
    assert len(tapering) > 60
    for engagement in tapering:
        paid = [value for _, value in engagement.past["subsidy_yuan"]]
        assert len(paid) == load_profile("jinjiang").adoption.taper_years
        assert paid == sorted(paid, reverse=True)  # type: ignore[type-var]
        assert engagement.get("subsidy_yuan") is None


def test_that_office_towers_and_parks_stand_apart_and_are_assessed_by_schemes_of_their_own() -> None:
    kinds = {r.code: r.text("kind") for r in records_of("jinjiang", "compounds")}
    assert Counter(kinds.values())["office"] == 14
    assert Counter(kinds.values())["park"] == 5
    profile = load_profile("jinjiang")
    for row in records_of("jinjiang", "assessments"):
        scheme = profile.scheme(row.text("scheme"))
        assert scheme is not None
        assert kinds[row.text("subject")] in scheme.kinds


def test_that_quzhou_surveyed_62000_households_in_3300_buildings() -> None:
    rows = records_of("quzhou", "households")
    surveyed = [row for row in rows if row.get("on") == date(2020, 3, 31)]
    in_buildings = [row for row in surveyed if row.text("subject").startswith("B")]
    in_compounds = [row for row in surveyed if row.text("subject").startswith("C")]
    assert len(in_buildings) == 3300
    for part in (in_buildings, in_compounds):
        assert sum(int(str(row.get("surveyed"))) for row in part) == 62_000


def test_that_quzhou_links_113_departments_each_to_a_community_and_grids() -> None:
    departments = {record.code for record in records_of("quzhou", "departments")}
    links = [link for link in records_of("quzhou", "links") if link.get("relation") == "department_link"]
    assert len(departments) == 113
    assert {link.text("subject") for link in links} == departments
    assert Counter(len(link.text("to")) for link in links) == {12: 113, 15: 226}


def test_that_a_firm_gets_at_most_its_part_of_a_reward_and_only_with_three_stars() -> None:
    scheme = load_profile("quzhou").scheme("five_stars")
    assert scheme is not None
    assert scheme.firm_share == 0.3
    rewards = {f.text("subject"): float(f.text("value")) for f in facts_with("quzhou", "reward_yuan")}
    for fact in facts_with("quzhou", "firm_reward_yuan"):
        assert float(fact.text("value")) <= scheme.firm_share * rewards[fact.text("subject")]
    scores: dict[tuple[str, date], dict[str, float | None]] = {}
    for row in records_of("quzhou", "assessments"):
        key = (row.text("subject"), row.get("on"))
        scores.setdefault(key, {})[row.text("item")] = row.get("score")  # type: ignore[index, assignment]
    assert all(len(own) == 54 for own in scores.values())
    stars = {key: rate(scheme, own).stars for key, own in scores.items()}
    assert {1, 2, 3, 4, 5} <= set(stars.values())
    assert None in stars.values()  # something was not assessed, and it matters
    for subject in rewards:
        assert (stars[subject, min(on for code, on in stars if code == subject)] or 0) >= 3


@pytest.mark.parametrize("profile", ["yaohai", "quzhou"])
def test_that_a_firm_is_on_a_list_since_a_day_and_for_a_reason(profile: str) -> None:
    listed = [firm for firm in records_of(profile, "firms") if firm.get("list") != "none"]
    assert {firm.text("list") for firm in listed} == {"red", "black"}
    for firm in listed:
        ((last, before),) = firm.past["list"]
        assert before == "none"
        assert last < date(2023, 1, 1)
        assert "榜，" in (firm.source or "")


def test_that_trusteeship_employs_92_guards_34_cleaners_and_18_vehicles() -> None:
    staffed = {e.code for e in records_of("yaohai", "engagements") if e.get("stage") == "trusteeship"}
    assert len(staffed) == 50
    for key, total in (("guards", 92), ("cleaners", 34), ("vehicles", 18)):
        assert total_of("yaohai", key) == total
        assert {fact.text("subject") for fact in facts_with("yaohai", key)} <= staffed


def test_that_yaohai_has_a_mediation_sub_centre_in_each_of_its_13_streets() -> None:
    streets = Counter(
        station.text("community")[:9]
        for station in records_of("yaohai", "stations")
        if station.get("kind") == "mediation_centre"
    )
    assert streets == dict.fromkeys((record.code for record in records_of("yaohai", "streets")), 1)


def test_that_the_districts_index_is_the_published_one_and_the_last() -> None:
    (fact,) = [f for f in facts_with("yaohai", "safety_and_satisfaction") if f.text("subject") == "340102"]
    assert float(fact.text("value")) == 0.9702
    assert fact.valid_from == date(2020, 6, 30)
    assert {f.text("subject") for f in facts_with("yaohai", "safety_and_satisfaction")} >= {
        record.code for record in records_of("yaohai", "streets")
    }


def test_that_a_zone_holds_neighbours_and_nobody_is_in_two() -> None:
    zone_of: dict[str, list[str]] = {}
    for link in records_of("yaohai", "links"):
        if link.get("relation") == "zone_member":
            zone_of.setdefault(link.text("to"), []).append(link.text("subject"))
    assert all(len(zones) == 1 for zones in zone_of.values())
    sizes = Counter(zones[0] for zones in zone_of.values())
    assert len(sizes) == len(records_of("yaohai", "zones")) == 8
    assert min(sizes.values()) >= 3


def test_that_assessments_lack_some_items_and_fit_their_schemes(profile: str) -> None:
    declared, rows = load_profile(profile), records_of(profile, "assessments")
    assert {row.text("scheme") for row in rows} == set(declared.schemes)
    assert any(row.get("score") is None for row in rows)
    for row in rows:
        scheme = declared.scheme(row.text("scheme"))
        item = scheme and scheme.item(row.text("item"))
        assert scheme is not None
        assert item is not None
        assert row.get("scheme_version") == scheme.version
        assert row.get("score") is None or 0 <= float(str(row.get("score"))) <= item.maximum


@pytest.mark.slow
def test_that_a_city_has_25000_compounds_in_15000_grids_and_says_that_all_is_synthetic() -> None:
    city = make_sample("yaohai", "city")
    counts = Counter(record.kind for record in city.records)
    assert (counts["compounds"], counts["grids"], counts["districts"]) == (25_000, 15_000, 25)
    assert len({record.code for record in city.records}) == len(city.records)
    for kind in ("districts", "streets", "grids"):
        tiles = np.array([r.geometry for r in city.records if r.kind == kind], dtype=object)
        assert shapely.is_valid(tiles).all()
        assert shapely.coverage_is_valid(tiles)
    shapes = np.array([r.geometry for r in city.records if r.kind == "compounds"], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (first == second).all()
    assert "all synthetic" in city.note.en


def test_that_an_unknown_profile_or_size_is_refused() -> None:
    with pytest.raises(InvalidInput, match="nowhere"):
        make_sample("nowhere")
    with pytest.raises(InvalidInput, match="planet"):
        make_sample("yaohai", "planet")


def test_that_a_sample_can_be_cancelled() -> None:
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        make_sample("yaohai", ticket=ticket)
