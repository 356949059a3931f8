"""Every rule of `check`: what it finds, what it leaves alone, and that ids hold."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest
import shapely

from app.coverage.engine import CoverageEngine
from app.domain.dataset import Dataset
from app.domain.record import make_record
from app.errors import InvalidInput
from app.services.check.check import RULES, check, findings_of
from app.services.profile.profiles import load_profile, profile_from_text
from geo.crs import zone_for
from geo.datum import from_wgs84, to_wgs84

DAY = date(2026, 11, 21)
ZONE = zone_for(117)
PROFILE = load_profile("yaohai")
DISTRICT, STREET, COMMUNITY = "340102", "340102001", "340102001001"
GRIDS = ("340102001001001", "340102001001002")


def square(x, y, size=100.0, height=None):
    """Return a square in degrees whose corner lies ``x``, ``y`` metres from the middle of the zone."""
    return metres(shapely.box(x, y, x + size, y + (height or size)))


def metres(outline):
    placed = shapely.transform(outline, lambda xy: xy + np.array([500_000, 3_500_000]))
    return ZONE.to_degrees([placed])[0]


def record(kind, code, /, **values):
    return make_record(kind, code, code, **values)


def compound(code, geometry=None, **values):
    values = {"name": f"小区{code}", "households": 200, **values}
    return record("compounds", code, geometry=geometry, **values)


def fact(subject, key, value, first=date(2026, 6, 1)):
    return make_record(
        "facts",
        f"{subject}{key}",
        f"{subject}:{key}:{first}",
        valid_from=first,
        subject=subject,
        key=key,
        value=value,
    )


def town(*more, left=1000.0):
    """Return a district of 2 by 1 km, one street, one community, and two grids that meet at ``left`` metres."""
    whole = metres(shapely.box(0, 0, 2000, 1000))
    grids = (shapely.box(0, 0, left, 1000), shapely.box(1000, 0, 2000, 1000))
    return [
        record("districts", DISTRICT, name="瑶海区", geometry=whole),
        record("streets", STREET, name="明光路街道", district=DISTRICT, geometry=whole),
        record("communities", COMMUNITY, name="一社区", street=STREET, geometry=whole),
        *(
            record("grids", code, community=COMMUNITY, geometry=metres(box))
            for code, box in zip(GRIDS, grids, strict=True)
        ),
        *more,
    ]


def found(records, *rules, day=DAY, profile=PROFILE):
    rows = {}
    for row in records:
        rows.setdefault(row.kind, {})[row.code] = row
    dataset = Dataset(rows)
    engine = CoverageEngine(dataset, profile, ZONE)
    return check(dataset, profile, engine, ZONE, day, rules)


def test_that_a_town_in_order_has_no_finding():
    assert found(town(compound("C000001", square(100, 100)), compound("C000002", square(1500, 100)))) == []


def test_that_an_empty_registry_has_no_finding():
    assert found([]) == []


def test_that_an_unknown_rule_is_refused_with_the_rules_there_are():
    with pytest.raises(InvalidInput, match="grid_gap") as refused:
        found(town(), "grid_gaps")
    assert refused.value.problems[0].value == "grid_gaps"


def test_that_ids_depend_on_rule_and_codes_alone():
    before = found([compound("C000001", name="")], "unnamed")
    later = found(
        [compound("C000001", name=" ", households=7), compound("C000002")], "unnamed", day=date(2027, 1, 1)
    )
    assert [f.id for f in before] == [f.id for f in later]
    assert before[0].id.startswith("unnamed:")
    assert len(before[0].id) == len("unnamed:") + 12
    other = found([compound("C000003", name="")], "unnamed")
    assert other[0].id != before[0].id


def test_that_json_has_the_shape_of_the_contract_in_both_languages():
    (finding,) = found([compound("C000001", name="")], "unnamed")
    printed = finding.as_json("zh")
    assert list(printed) == [
        "id",
        "rule",
        "severity",
        "codes",
        "message",
        "measure",
        "fixable",
        "waived_until",
    ]
    assert "没有名称" in printed["message"]
    assert "no name" in finding.as_json("en")["message"]
    assert json.loads(json.dumps(printed)) == printed


def test_that_ground_between_grids_is_a_gap_that_names_the_community_and_its_neighbours():
    (gap,) = found(town(left=990.0), "grid_gap")
    assert gap.codes == (COMMUNITY, *GRIDS)
    assert gap.measure["area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert gap.severity == "warning"


def test_that_a_sliver_between_grids_is_only_a_notice():
    (gap,) = found(town(left=999.9), "grid_gap")
    assert gap.measure["width_m"] < 0.5
    assert gap.severity == "notice"


def test_that_grids_over_one_another_are_an_overlap():
    (overlap,) = found(town(left=1010.0), "grid_overlap")
    assert overlap.codes == GRIDS
    assert overlap.measure["area_m2"] == pytest.approx(10_000, rel=1e-3)
    assert found(town(left=1010.0), "grid_gap") == []


def test_that_overlapping_compounds_are_found_from_one_square_metre():
    def pair(common):
        return [compound("C000001", square(0, 0)), compound("C000002", square(100 - common / 100, 0))]

    assert found(pair(0.9), "compound_overlap") == []
    (overlap,) = found(pair(1.2), "compound_overlap")
    assert overlap.codes == ("C000001", "C000002")
    assert overlap.severity == "notice"


def test_that_a_compound_mostly_outside_is_told_once_at_the_highest_level():
    (finding,) = found(town(compound("C000001", square(1960, 100))), "outside_unit")
    assert finding.codes == ("C000001",)
    assert finding.measure == {"outside": pytest.approx(0.6, rel=1e-3)}
    assert "区" in finding.message.zh


def test_that_a_compound_with_less_than_half_outside_straddles_instead():
    records = town(compound("C000001", square(1970, 100)), compound("C000002", square(1930, 300)))
    assert [f.codes[0] for f in found(records, "outside_unit")] == ["C000001"]
    (cut,) = found(records, "straddles")
    assert cut.codes[0] == "C000002"
    assert cut.measure["outside"] == pytest.approx(0.3, rel=1e-3)


def test_that_a_compound_cut_by_a_grid_line_tells_its_shares():
    (cut,) = found(town(compound("C000001", square(970, 100))), "straddles")
    assert cut.codes == ("C000001", *GRIDS)
    assert cut.measure == {GRIDS[0]: pytest.approx(0.3, rel=1e-3), GRIDS[1]: pytest.approx(0.7, rel=1e-3)}
    assert "30.0%" in cut.message.zh
    assert "70.0%" in cut.message.en


def test_that_undrawn_compounds_say_whether_their_record_places_them():
    records = town(compound("C000001", grid=GRIDS[0]), compound("C000002"))
    placed, unplaced = sorted(found(records, "no_outline"), key=lambda f: f.codes)
    assert (placed.severity, unplaced.severity) == ("notice", "warning")
    assert GRIDS[0] in placed.message.zh


def test_that_a_unit_without_outline_is_found_unless_its_parts_have_one():
    records = [r._replace(geometry=None) if r.kind == "streets" else r for r in town()]
    assert found(records, "no_outline") == []
    bare = [r._replace(geometry=None) for r in town()]
    assert {f.codes[0] for f in found(bare, "no_outline")} == {DISTRICT, STREET, COMMUNITY, *GRIDS}


def test_that_a_record_naming_another_grid_than_its_outline_is_found_and_the_right_one_not():
    records = town(
        compound("C000001", square(100, 100), grid=GRIDS[1]),
        compound("C000002", square(300, 100), grid=GRIDS[0], community=COMMUNITY),
    )
    (finding,) = found(records, "recorded_differs")
    assert finding.codes == ("C000001", GRIDS[1], GRIDS[0])
    assert finding.measure == {"share_in_recorded": 0.0}


def test_that_neighbours_of_one_name_are_taken_for_duplicates_and_distant_ones_not():
    near = [
        compound("C000001", square(0, 0), name="大关 苑"),
        compound("C000002", square(200, 0), name="大关苑"),
    ]
    assert [f.codes for f in found(near, "duplicate")] == [("C000001", "C000002")]
    far = [
        compound("C000001", square(0, 0), name="大关苑"),
        compound("C000002", square(900, 0), name="大关苑"),
    ]
    assert found(far, "duplicate") == []


def test_that_three_of_a_name_are_one_finding():
    row = [compound(f"C00000{i}", square(i * 300, 0), name="大关苑") for i in range(3)]
    assert [f.codes for f in found(row, "duplicate")] == [("C000000", "C000001", "C000002")]


def test_that_nearly_the_same_outline_under_two_names_is_a_duplicate():
    twice = [compound("C000001", square(0, 0)), compound("C000002", square(5, 0))]
    assert [f.codes for f in found(twice, "duplicate")] == [("C000001", "C000002")]
    assert found([compound("C000001", square(0, 0)), compound("C000002", square(50, 0))], "duplicate") == []


def test_that_firms_of_one_credit_code_are_duplicates():
    firms = [
        record("firms", f"F00000{i}", name=f"企业{i}", credit_code="91340100MA2N0BQJ3X") for i in range(2)
    ]
    assert [f.codes for f in found(firms, "duplicate")] == [("F000000", "F000001")]


def test_that_a_grid_recording_no_community_is_found_even_where_its_outline_fills_it_in():
    records = [r.with_values(community=None) if r.code == GRIDS[0] else r for r in town()]
    (finding,) = found(records, "grid_without_community")
    assert finding.codes == (GRIDS[0],)
    assert COMMUNITY in finding.message.zh


@pytest.mark.parametrize(("households", "is_found"), [(149, True), (150, False), (1000, False), (1001, True)])
def test_that_grids_far_from_the_advised_size_are_noticed(households, is_found):
    records = town(compound("C000001", square(100, 100), households=households))
    assert [f.codes for f in found(records, "grid_size")] == ([(GRIDS[0],)] if is_found else [])


def test_that_the_size_of_a_grid_is_the_profiles_norm_and_said_as_one():
    records = town(compound("C000001", square(100, 100), households=1001))
    (finding,) = found(records, "grid_size")
    assert "口径按 300 至 500 户计，没有依据，是假定" in finding.message.zh
    assert "assumption" in finding.message.en
    own = PROFILE.text + '\n[grid_size]\nfewest = 400\nmost = 1000\nsource = "区网格办 2025 年 3 号文"\n'
    profile = profile_from_text(own)
    assert found(records, "grid_size", profile=profile) == []
    records = town(compound("C000001", square(100, 100), households=199))
    (finding,) = found(records, "grid_size", profile=profile)
    assert "口径定为 400 至 1,000 户（依据：区网格办 2025 年 3 号文）" in finding.message.zh


@pytest.mark.parametrize(
    "lines",
    ["fewest = 0\nmost = 500", "fewest = 300\nmost = 299", "fewest = 300", "fewest = 3\nmost = 5\nnorm = 3"],
)
def test_that_a_wrong_size_of_grids_is_refused_with_its_line(lines):
    with pytest.raises(InvalidInput) as refused:
        profile_from_text(f"{PROFILE.text}\n[grid_size]\n{lines}\n")
    assert refused.value.problems[0].row


def test_that_a_missing_credit_code_is_a_notice_and_a_wrong_one_an_error():
    firms = [
        record("firms", "F000001", name="甲"),
        record("firms", "F000002", name="乙", credit_code="913401007489367811"),
    ]
    assert {f.codes[0]: f.severity for f in found(firms, "firm_code")} == {
        "F000001": "notice",
        "F000002": "error",
    }


def test_that_organisations_without_a_parent_in_force_are_found_but_committees_are_not():
    records = [
        record("organisations", "O000001", name="党委", type="committee"),
        record("organisations", "O000002", name="总支", type="general_branch", valid_until=date(2025, 1, 1)),
        record("organisations", "O000003", name="一支部", type="branch", parent="O000001"),
        record("organisations", "O000004", name="二支部", type="branch", parent="O000002"),
        record("organisations", "O000005", name="三支部", type="branch"),
    ]
    assert [f.codes[0] for f in found(records, "no_parent_organisation")] == ["O000004", "O000005"]


def engaged(stage="contract", **values):
    return [
        record("firms", "F000001", name="甲"),
        record("engagements", "E000001", firm="F000001", compound="C000001", stage=stage, **values),
    ]


def test_that_a_surveyed_no_beside_an_engagement_is_a_contradiction_only_while_it_runs():
    records = [compound("C000001"), fact("C000001", "property_firm", "no"), *engaged()]
    assert [f.codes for f in found(records, "three_no_contradiction")] == [("C000001",)]
    ended = [
        compound("C000001"),
        fact("C000001", "property_firm", "no"),
        *engaged(valid_until=date(2026, 11, 20)),
    ]
    assert found(ended, "three_no_contradiction") == []


def test_that_a_yes_without_record_is_one_finding_whatever_is_missing():
    records = [
        compound("C000001"),
        fact("C000001", "property_firm", "yes"),
        fact("C000001", "party_organisation", "yes"),
    ]
    (finding,) = found(records, "yes_without_record")
    assert set(finding.measure) == {"property_firm", "party_organisation"}
    (left,) = found([*records, *engaged()], "yes_without_record")
    assert set(left.measure) == {"party_organisation"}


def test_that_missing_households_are_found_for_counted_compounds_alone():
    records = [
        compound("C000001", households=None),
        compound("C000002", households=None, kind="office"),
        compound("C000003", households=None),
        compound("C000004", households=0),
        make_record(
            "households", "h", "C000003:2026-01-01", subject="C000003", on=date(2026, 1, 1), households=5
        ),
    ]
    assert [f.codes[0] for f in found(records, "missing_households")] == ["C000001"]


def test_that_facts_older_than_the_profile_allows_are_one_finding_a_record():
    records = [
        compound("C000001"),
        compound("C000002"),
        fact("C000001", "gate_guard", "yes", date(2025, 11, 20)),
        fact("C000001", "authority", "no", date(2025, 1, 1)),
        fact("C000001", "self_governance", "no", date(2015, 1, 1)),
        fact("C000002", "gate_guard", "yes", date(2025, 11, 21)),
        fact("C000002", "authority", "unknown", date(2020, 1, 1)),
    ]
    (finding,) = found(records, "stale_fact")
    assert finding.codes == ("C000001",)
    assert finding.measure == {"authority": 689.0, "gate_guard": 366.0}


def blocks():
    """Return compounds in rows on both sides of the border of a district of 2 by 1 km, none of them cut."""
    at = [x for x in range(-1500, 3500, 125) if not (x < 0 < x + 100 or x < 2000 < x + 100)]
    rows = [y for y in range(-1000, 2000, 125) if not (y < 0 < y + 100 or y < 1000 < y + 100)]
    return [compound(f"C{i:06}", square(x, y)) for i, (x, y) in enumerate((x, y) for x in at for y in rows)]


def test_that_a_border_in_another_datum_is_found_with_its_evidence_and_a_right_one_is_not():
    right = [*town(), *blocks()]
    assert found(right, "datum_shift") == []
    shifted = [
        r._replace(geometry=shapely.transform(r.geometry, lambda p: from_wgs84(p, "gcj02")))
        if r.kind == "districts"
        else r
        for r in right
    ]
    (finding,) = found(shifted, "datum_shift")
    assert finding.codes == (DISTRICT,)
    assert finding.measure["cut_as_labelled"] > 5
    assert finding.measure["cut_shifted"] < 0.01
    assert "gcj02" in finding.message.zh


def test_that_compounds_in_another_datum_are_told_from_the_border():
    moved = [
        r._replace(geometry=shapely.transform(r.geometry, lambda p: from_wgs84(p, "bd09")))
        if r.kind == "compounds"
        else r
        for r in [*town(), *blocks()]
    ]
    (finding, *_) = found(moved, "datum_shift")
    assert finding.measure["cut_shifted"] < 0.01


def test_that_findings_come_gravest_first_and_can_be_asked_for_by_record():
    records = [
        compound("C000001", name=""),
        fact("C000001", "property_firm", "no"),
        *engaged(),
    ]
    findings = found(records)
    severities = [f.severity for f in findings]
    assert severities == sorted(severities, key=["error", "warning", "notice"].index)
    assert {f.rule for f in findings_of(findings, "C000001")} >= {"unnamed", "three_no_contradiction"}
    assert findings_of(findings, "C000009") == []


def test_that_every_rule_of_the_contract_can_be_asked_for_alone():
    for rule in RULES:
        assert {f.rule for f in found([*town(left=1010.0), compound("C000001", name="")], rule)} <= {rule}


def hangzhou(shared_data, *, is_shifted_back):
    folder = shared_data / "02_hangzhou_osm"
    rows = json.loads((folder / "residential_landuse_outside_xihu.geojson").read_text("utf-8"))["features"]
    records = [
        record(
            "compounds",
            f"C{i:06}",
            name=row["properties"]["name"],
            geometry=shapely.geometry.shape(row["geometry"]),
        )
        for i, row in enumerate(rows)
    ]
    for code in ("330105", "330108"):
        told = json.loads((folder / "outline_cnmaps_gcj02" / f"{code}.geojson").read_text("utf-8"))
        outline = shapely.geometry.shape(told.get("geometry", told))
        if is_shifted_back:
            outline = shapely.transform(outline, lambda p: to_wgs84(p, "gcj02"))
        records.append(record("districts", code, geometry=outline))
    rows = {}
    for row in records:
        rows.setdefault(row.kind, {})[row.code] = row
    dataset = Dataset(rows)
    zone = zone_for(120)
    return check(dataset, PROFILE, CoverageEngine(dataset, PROFILE, zone), zone, DAY)


def by_rule(findings, rule):
    return [finding for finding in findings if finding.rule == rule]


def test_that_the_hangzhou_compounds_give_the_counts_known_of_them(shared_data):
    findings = hangzhou(shared_data, is_shifted_back=True)
    assert len(by_rule(findings, "unnamed")) == 687
    assert len(by_rule(findings, "compound_overlap")) == 47
    assert len(by_rule(findings, "outside_unit")) == 1346
    assert by_rule(findings, "datum_shift") == []
    assert len({finding.id for finding in findings}) == len(findings)


def test_that_gongshu_as_labelled_is_said_to_be_gcj02_with_its_evidence(shared_data):
    (finding,) = by_rule(hangzhou(shared_data, is_shifted_back=False), "datum_shift")
    assert finding.codes == ("330105",)
    assert finding.measure["cut_as_labelled"] > 8
    assert finding.measure["cut_shifted"] < 0.15
    assert finding.measure["metres"] == pytest.approx(518, abs=3)
    assert "--datum gcj02" in finding.message.zh


def test_that_a_finding_tells_the_name_of_today_though_where_it_lies_was_known_before():
    dataset = Dataset({}).with_changes(town(compound("C000001", square(970, 100))))
    engine = CoverageEngine(dataset, PROFILE, ZONE)
    check(dataset, PROFILE, engine, ZONE, DAY)
    renamed = dataset.with_changes([compound("C000001", square(970, 100), name="新名")])
    kept = dataset.with_changes([dataset.find("C000001").with_values(name="新名")])
    for after in (renamed, kept):
        (cut,) = check(after, PROFILE, engine.with_dataset(after), ZONE, DAY, ["straddles"])
        assert "新名" in cut.message.zh
