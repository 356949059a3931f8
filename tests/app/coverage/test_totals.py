"""Totals, reach and gaps: exact small cases, and what always adds up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.coverage.engine import CoverageEngine
from app.coverage.gaps import gaps
from app.coverage.reach_table import reach_of
from app.coverage.totals.answer import Asked
from app.coverage.totals.totals import totals
from app.domain.dataset import Dataset
from app.domain.kinds import LEVELS
from app.errors import InvalidInput
from tests.app.coverage.builders import (
    DAY,
    ZONE,
    a_box,
    a_building,
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_household_count,
    a_point,
    a_query,
    a_record,
    a_station,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)
from tests.app.coverage.test_against_oracle import DAYS
from tests.app.coverage.test_declared_against_oracle import PROFILE, cities

SOME = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def asked(by="grid", **options):
    return Asked(by=by, **{"as_of": DAY, **options})


def found(engine, by="grid", **options):
    return totals(engine, asked(by, **options)).as_json("zh")


def a_street_in_trust():
    """Two compounds and a building served at three stages, with what the firm sends."""
    return [
        *a_city(),
        a_firm(),
        a_firm("F2", valid_until=date(2023, 12, 31)),
        a_compound("C1", grid="G11", households=100, residents=250, buildings=3),
        a_compound("C2", grid="G21", kind="commercial", households=300, residents=800),
        a_compound("C3", kind="office", households=7),
        a_building("B1", grid="G12", residents=40),
        a_building("B2", compound="C2", residents=99),
        an_engagement("C1", "E1", stage="trusteeship"),
        an_engagement("B1", "E2", stage="trusteeship"),
        an_engagement("C2", "E3", stage="contract"),
        an_engagement("C3", "E4", stage="trusteeship", firm="F2"),
        a_fact("E1", "guards", "4"),
        a_fact("E2", "guards", "1"),
        a_fact("E3", "guards", "20"),
        a_fact("C1", "willingness_to_pay", "0.5"),
        a_fact("C2", "willingness_to_pay", "0.9"),
        a_fact("C1", "fees_due_yuan", "1000.5"),
    ]


def test_that_numbers_are_added_up_with_how_many_are_known():
    everything = found(an_engine(*a_street_in_trust()))
    sums = everything["total"]["sums"]
    assert sums["households"] == {"sum": 407, "known": 3, "of": 4, "by_kind": {"compounds": 407}}
    assert sums["residents"]["sum"] == 250 + 800 + 40
    assert sums["guards"] == {"sum": 25, "known": 3, "of": 3}
    assert sums["fees_due_yuan"] == {"sum": 1000.5, "known": 1, "of": 3}
    assert sums["cleaners"] == {"sum": None, "known": 0, "of": 3}
    rows = {row["unit"]: row["sums"] for row in everything["rows"]}
    assert (rows["G11"]["guards"]["sum"], rows["G12"]["guards"]["sum"], rows["G21"]["guards"]["sum"]) == (
        4,
        1,
        20,
    )
    assert rows["G22"]["guards"] == {"sum": None, "known": 0, "of": 0}
    assert everything["unplaced"]["sums"]["households"]["sum"] == 7


@pytest.mark.system(27)
def test_that_a_stage_takes_what_is_served_at_it_scattered_buildings_too():
    trusted = found(an_engine(*a_street_in_trust()), stage="trusteeship")
    total = trusted["total"]
    assert total["records"]["compounds"] == {"count": 1, "kind": {"old": 1}}
    assert total["records"]["buildings"] == {"count": 1, "scattered": {"yes": 1}}
    assert (total["sums"]["guards"]["sum"], total["sums"]["residents"]["sum"]) == (5, 290)
    assert "stations" not in total["records"]
    assert found(an_engine(*a_street_in_trust()), kind="old")["total"]["sums"]["guards"]["sum"] == 4


@pytest.mark.system(31)
def test_that_a_rate_is_a_mean_weighted_by_households():
    total = found(an_engine(*a_street_in_trust()))["total"]["sums"]
    assert total["willingness_to_pay"] == {"mean": (0.5 * 100 + 0.9 * 300) / 400, "known": 2, "of": 3}
    without = [a_compound("C9", grid="G11"), a_fact("C9", "willingness_to_pay", "0.1")]
    alone = found(an_engine(*a_city(), *without))["total"]["sums"]["willingness_to_pay"]
    assert alone == {"mean": None, "known": 1, "of": 1}


def test_that_the_latest_count_of_households_stands_before_the_field():
    rows = [a_compound("C1", households=10), a_household_count("C1", households=12, surveyed=3)]
    rows += [a_building("B1", compound="C1"), a_household_count("B1", households=5, surveyed=2)]
    sums = found(an_engine(*rows))["total"]["sums"]
    assert (sums["households"]["sum"], sums["surveyed"]["sum"]) == (12, 3)
    assert sums["building_surveyed"] == {"sum": 2, "known": 1, "of": 1}


@pytest.mark.system(4)
def test_that_mediators_are_added_up_over_levels_and_categories():
    rows = [*a_city(), a_compound("C1", grid="G11")]
    rows += [a_fact("C1", "mediators_volunteers", "3"), a_fact("340102001001", "mediators_volunteers", "5")]
    rows += [a_fact("340102002", "mediators_legal_advisers", "2")]
    everything = found(an_engine(*rows), "street")
    assert everything["total"]["groups"]["mediators"] == {"sum": 10, "keys": 16}
    volunteers = everything["total"]["sums"]["mediators_volunteers"]
    assert volunteers == {"sum": 8, "known": 2, "of": 5, "by_kind": {"communities": 5, "compounds": 3}}
    by_street = {row["unit"]: row["groups"]["mediators"]["sum"] for row in everything["rows"]}
    assert by_street == {"340102001": 8, "340102002": 2}


def test_that_records_are_counted_by_kind_and_choice_where_they_stand():
    rows = [
        *a_city(),
        a_compound("C1", grid="G11"),
        a_station(compound="C1"),
        an_organisation(),
        an_organisation("O2", type="group"),
        an_organisation("O3"),
        an_attachment("C1", "A1"),
        an_attachment("G21", "A2", organisation="O2"),
        an_attachment("G21", "A3", organisation="O3", valid_until=date(2023, 12, 31)),
        a_record("departments", "D1", name="局"),
        a_record("alliances", "L1", name="联盟", grid="G22"),
        a_record("zones", "Z1", name="片", street="340102002"),
        a_record(
            "cases",
            "M1",
            compound="C1",
            level="community",
            state="closed",
            category="噪声",
            opened=date(2024, 1, 1),
        ),
        a_record(
            "cases",
            "M2",
            compound="C1",
            level="community",
            state="opened",
            category="噪声",
            opened=date(2024, 1, 2),
        ),
        a_record(
            "entries",
            "N1",
            community="340102002001",
            list="needs",
            state="done",
            text="灯",
            opened=date(2024, 1, 1),
        ),
    ]
    everything = found(an_engine(*rows), "street")
    first, second = (row["records"] for row in everything["rows"])
    assert first["organisations"] == {"count": 1, "type": {"branch": 1}}
    assert second["organisations"] == {"count": 1, "type": {"group": 1}}
    assert (first["stations"]["count"], second["alliances"]["count"], second["zones"]["count"]) == (1, 1, 1)
    assert first["cases"]["state"] == {"closed": 1, "opened": 1}
    assert first["cases"]["each"][0] == {
        "level": "community",
        "state": "closed",
        "category": "噪声",
        "count": 1,
    }
    assert second["entries"] == {
        "count": 1,
        "list": {"needs": 1},
        "state": {"done": 1},
        "each": [{"list": "needs", "state": "done", "count": 1}],
    }
    lost = everything["unplaced"]["records"]
    assert (lost["departments"]["count"], lost["organisations"]["count"]) == (1, 1)


@SOME
@given(cities(), st.sampled_from(DAYS), st.sampled_from(LEVELS), st.sampled_from([None, "old", "scattered"]))
def test_that_rows_and_unplaced_add_up_to_the_total(records, day, by, kind):
    engine = CoverageEngine(Dataset({}).with_changes(records), PROFILE, ZONE)
    answer = totals(engine, Asked(by=by, as_of=day, kind=kind))
    every = (*answer.rows, answer.unplaced)
    for key, whole in answer.total.sums.items():
        parts = [row.sums[key] for row in every if key in row.sums]
        assert sum(part.known for part in parts) == whole.known
        assert sum(part.of for part in parts) == whole.of
        assert sum(part.total for part in parts) == pytest.approx(whole.total, rel=1e-12)
        assert sorted(code for part in parts for code in part.codes) == sorted(whole.codes)
    for name, tallied in answer.total.records.items():
        own = [row.records[name] for row in every if name in row.records]
        assert sorted(code for part in own for code in part.codes) == sorted(tallied.codes)
        assert sum((part.each for part in own), start=type(tallied.each)()) == tallied.each
    if kind is None:
        counted = {
            record.code for record in records if record.kind == "compounds" and record.is_in_force(day)
        }
        assert (
            set(answer.total.records["compounds"].codes if "compounds" in answer.total.records else ())
            == counted
        )


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({"by": "block"}, "by"),
        ({"kind": "x"}, "kind"),
        ({"stage": "x"}, "stage"),
        ({"facts": ("gate_guard",)}, "fact"),
    ],
)
def test_that_totals_of_what_there_is_not_are_refused(options, column):
    with pytest.raises(InvalidInput) as refused:
        totals(an_engine(*a_city()), asked(**options))
    assert refused.value.problems[0].column == column


def test_that_named_numbers_alone_are_added_up():
    some = found(an_engine(*a_street_in_trust()), facts=("guards", "residents", "guards"))
    assert [quantity["key"] for quantity in some["quantities"]] == ["guards", "residents"]
    assert some["total"]["records"] == {}


# reach


def a_reach(*rows, **options):
    return reach_of(an_engine(*rows), "grid_post", DAY, **options).as_json("zh")


@pytest.mark.system(35)
def test_that_the_nearest_station_is_measured_from_the_compounds_edge():
    rows = [
        a_compound("C1", geometry=a_box(0, 0, 100, 100), households=80),
        a_compound("C2", geometry=a_box(700, 0, 800, 100), households=20),
        a_compound("C3", households=5),
        a_station("S1", geometry=a_point(150, 50)),
        a_station("S2", geometry=a_point(50, 50), kind="mediation_room"),
        a_station("S3", geometry=a_point(400, 50)),
        a_station("S4", geometry=a_point(690, 50), valid_until=date(2023, 12, 31)),
        a_station("S5"),
    ]
    told = a_reach(*rows, metres=(50, 1000))
    assert [(one["code"], one["station"]) for one in told["compounds"]] == [
        ("C1", "S1"),
        ("C2", "S3"),
        ("C3", None),
    ]
    assert told["compounds"][0]["metres"] == pytest.approx(50, abs=0.01)
    assert told["compounds"][1]["metres"] == pytest.approx(300, abs=0.05)
    assert told["compounds"][2]["metres"] is None
    assert told["stations"] == 3
    near, far = told["within"]
    assert near["covered"] == pytest.approx(0, abs=0.1)
    assert (far["covered"], far["unknown"], far["metres"]) == (pytest.approx(100), 5, 1000)


def test_that_a_compound_around_a_station_is_at_no_distance_and_nothing_is_near_where_there_is_none():
    compound = a_compound("C1", geometry=a_box(0, 0, 100, 100))
    inside = a_reach(compound, a_station("S1", geometry=a_point(50, 50)))["compounds"][0]
    assert (inside["metres"], inside["station"]) == (0, "S1")
    assert a_reach(compound)["compounds"][0]["metres"] is None


@pytest.mark.parametrize("metres", [(), (0,), (-5,)])
def test_that_a_distance_must_be_one(metres):
    with pytest.raises(InvalidInput):
        a_reach(a_compound(), metres=metres)


# gaps


def test_that_the_least_work_is_the_cheapest_that_does_whatever_visits_find():
    rows = [a_compound(f"C{n}", grid="G11", households=h) for n, h in enumerate((10, 40, 40, 5, 100))]
    rows += [an_organisation(), an_attachment("C0"), a_fact("C1", "party_organisation", "no")]
    rows += [a_fact("C4", "party_organisation", "no"), a_compound("C9", grid="G12", households=3)]
    engine = an_engine(*a_city(), *rows)
    told = gaps(engine, a_query(weight="households"), 0.8).as_json("zh")
    first, second = told["rows"]
    assert (first["unit"], first["missing"], first["reachable"]) == ("G11", 0.8 * 195 - 10, True)
    assert [(work["code"], work["now"]) for work in first["least"]] == [
        ("C1", "uncovered"),
        ("C2", "unknown"),
        ("C4", "uncovered"),
    ]
    assert second["unit"] == "G12"
    whole = gaps(engine, a_query(weight="households")).as_json("zh")
    assert (whole["target"], whole["rows"][0]["missing"]) == (None, 185)
    assert len(whole["rows"][0]["least"]) == 4


def test_that_a_target_reached_needs_nothing_and_one_above_all_is_refused():
    rows = [*a_city(), a_compound("C1", grid="G11"), an_organisation(), an_attachment("C1")]
    told = gaps(an_engine(*rows), a_query(), 1.0).as_json("zh")
    assert (told["rows"][0]["missing"], told["rows"][0]["least"]) == (0, [])
    with pytest.raises(InvalidInput) as refused:
        gaps(an_engine(*rows), a_query(), 1.5)
    assert refused.value.problems[0].column == "target"


@SOME
@given(
    cities(), st.sampled_from(["party", "d_kept", "d_lit", "station:grid_post:80"]), st.sampled_from(LEVELS)
)
def test_that_the_least_work_reaches_the_target(records, measure, by):
    engine = CoverageEngine(Dataset({}).with_changes(records), PROFILE, ZONE)
    for gap in gaps(engine, a_query(measure, by, as_of=DAYS[-1]), 0.7).rows:
        figures, done = gap.row.figures, sum(work.amount for work in gap.least)
        if measure.startswith("station"):  # where one stands is another question
            assert gap.is_reachable is (gap.missing <= 1e-9)
            continue
        assert gap.is_reachable
        assert figures.covered + done >= 0.7 * figures.total - 1e-9
        if gap.least:
            assert figures.covered + done - min(work.amount for work in gap.least) < 0.7 * figures.total
