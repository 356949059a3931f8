"""Reference 4.8, 5 and 6: weights, amounts, what is left out, and the JSON of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from app.coverage.explain import explain
from app.coverage.measures import measure_list, parse_measure
from app.errors import InvalidInput
from app.jobs import Cancelled, Ticket
from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_building,
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_household_count,
    a_point,
    a_profile,
    a_query,
    a_station,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)

INSIDE = a_box(10, 10, 40, 40)  # 900 m² in G11


def total(engine, measure="party", by="grid", **options):
    return engine.coverage(a_query(measure, by, **options)).total.figures


def test_that_households_are_the_latest_count_that_has_a_number_else_the_field():
    rows = [
        a_compound("C1", households=10),
        a_compound("C2", households=20, past={"households": ((date(2022, 12, 31), 7),)}),
        a_compound("C3"),
        a_compound("C4", households=0),
        a_household_count("C1", date(2023, 1, 1), households=11),
        a_household_count("C1", date(2024, 1, 1), imported=5),
        a_household_count("C1", date(2025, 1, 1), households=99),
    ]
    engine = an_engine(*rows)
    found = total(engine, weight="households")
    assert (found.unknown, found.without_weight) == (11 + 20 + 0, 1)
    assert total(engine, weight="households", as_of=date(2022, 1, 1)).unknown == 10 + 7


def test_that_residents_and_area_are_weights_of_their_own():
    engine = an_engine(*a_city(), a_compound(geometry=INSIDE, residents=30), a_compound("C2", grid="G11"))
    assert (total(engine, weight="residents").unknown, total(engine, weight="residents").without_weight) == (
        30,
        1,
    )
    area = total(engine, weight="area")
    assert (area.unknown, area.without_weight) == (pytest.approx(900, rel=1e-6), 1)


def test_that_without_weight_is_split_like_any_count():
    engine = an_engine(*a_city(), a_compound(geometry=a_box(90, 10, 120, 40)))
    found = engine.coverage(a_query(weight="households", count="split"))
    by_unit = {row.unit: row.figures.without_weight for row in found.rows if row.figures.without_weight}
    assert by_unit == pytest.approx({"G11": 1 / 3, "G21": 2 / 3})
    assert found.total.figures.without_weight == 1


def test_that_rates_show_what_the_unknown_could_make_of_them():
    rows = [a_compound(f"C{n}", grid="G11") for n in range(8)]
    rows += [an_organisation(), *(an_attachment(f"C{n}") for n in range(2))]
    rows += [a_fact(f"C{n}", "party_organisation", "no") for n in (2, 3, 4)]
    found = total(an_engine(*a_city(), *rows))
    assert (found.covered, found.uncovered, found.unknown, found.total) == (2, 3, 3, 8)
    assert (found.rate, found.low, found.high) == (2 / 5, 2 / 8, 5 / 8)
    empty = total(an_engine(*a_city()))
    assert (empty.rate, empty.low, empty.high) == (None, None, None)


def test_that_the_platform_counts_the_latest_row_with_imported_households():
    rows = [
        a_compound("C1"),
        a_compound("C2"),
        a_compound("C3", households=100),
        a_household_count("C1", date(2023, 1, 1), imported=50, matched=50),
        a_household_count("C1", date(2024, 1, 1), imported=80, matched=30),
        a_household_count("C1", date(2024, 2, 1), households=90),
        a_household_count("C2", imported=40),
    ]
    found = an_engine(*rows).coverage(a_query("platform"))
    figures = found.total.figures
    assert (figures.covered, figures.uncovered, figures.unknown, figures.total) == (30, 50, 40, 120)
    assert (found.weight, found.base_unknown) == ("households", 0)


def test_that_a_survey_counts_all_households_and_the_field_where_no_row_has_them():
    rows = [
        a_compound("C1", households=7),
        a_compound("C2", households=9),
        a_compound("C3"),
        a_household_count("C1", households=20, surveyed=15),
        a_building("B1", compound="C1"),
        a_household_count("B1", households=500, surveyed=500),
    ]
    found = total(an_engine(*rows), "survey")
    assert (found.covered, found.uncovered, found.unknown) == (15, 5, 9)


def test_that_a_platform_splits_by_area():
    rows = [a_compound(geometry=a_box(90, 10, 120, 40)), a_household_count("C1", imported=30, matched=21)]
    found = an_engine(*a_city(), *rows).coverage(a_query("platform", count="split"))
    assert [row.figures.covered for row in found.rows] == pytest.approx([7, 0, 14, 0])


def test_that_a_grid_weighs_what_lies_in_it_by_the_same_count():
    rows = [
        *a_city(),
        a_compound("C1", geometry=INSIDE, households=30),
        a_compound("C2", geometry=a_box(90, 10, 120, 40), households=60),
        a_compound("C3", geometry=a_box(10, 60, 20, 70), kind="office", households=500),
        an_organisation(),
        an_attachment("G11"),
    ]
    engine = an_engine(*rows)

    def by_grid(**options):
        found = engine.coverage(a_query("grid_branch", weight="households", **options))
        return {row.unit: (row.figures.total, row.figures.without_weight) for row in found.rows}

    assert by_grid() == {"G11": (30, 0), "G12": (0, 1), "G21": (60, 0), "G22": (0, 1)}
    split = by_grid(count="split")
    assert split["G11"][0] == pytest.approx(50)
    assert split["G21"][0] == pytest.approx(40)
    assert by_grid(kind="office")["G11"] == (500, 0)
    assert engine.coverage(a_query("grid_branch", kind="office")).total.figures.total == 4
    area = engine.coverage(a_query("grid_branch", "street", weight="area"))
    assert [row.figures.covered for row in area.rows] == pytest.approx([10_000, 0], rel=1e-6)


def reach(compound, *stations, metres="100", **options):
    return total(an_engine(*a_city(), compound, *stations), f"station:grid_post:{metres}", **options)


def test_that_reach_is_the_share_of_area_within_the_distance():
    far = a_station("S2", geometry=a_point(5000, 5000))
    assert reach(
        a_compound(geometry=INSIDE), a_station(geometry=a_point(0, 0)), far
    ).covered == pytest.approx(1)
    assert reach(a_compound(geometry=INSIDE), far).uncovered == 1
    # a strip from 90 to 110 m east of the station, 2 m high: half of it lies within 100 m
    strip = reach(a_compound(geometry=a_box(90, -1, 110, 1)), a_station(geometry=a_point(0, 0)))
    assert strip.covered == pytest.approx(0.5, abs=0.0025)
    assert strip.covered + strip.uncovered == pytest.approx(1)


def test_that_a_point_is_reached_or_not_and_no_outline_is_unknown():
    station = a_station(geometry=a_point(0, 0))
    assert reach(a_compound(geometry=a_point(99, 0)), station).covered == 1
    assert reach(a_compound(geometry=a_point(101, 0)), station).uncovered == 1
    assert reach(a_compound(grid="G11"), station).unknown == 1


def test_that_only_stations_of_the_kind_in_force_and_with_a_place_reach():
    ended = a_station(geometry=a_point(0, 0), valid_until=date(2023, 1, 1))
    other = a_station("S2", kind="mediation_room", geometry=a_point(0, 0))
    nowhere = a_station("S3")
    was = a_station(
        "S4", geometry=a_point(0, 0), kind="mediation_room", past={"kind": ((date(2023, 1, 1), "grid_post"),)}
    )
    compound = a_compound(geometry=INSIDE)
    assert reach(compound, ended, other, nowhere, was).uncovered == 1
    assert reach(compound, was, as_of=date(2022, 1, 1)).covered == 1


def test_that_a_station_with_an_outline_reaches_from_its_edge():
    found = reach(a_compound(geometry=a_box(150, 10, 160, 20)), a_station(geometry=a_box(0, 0, 60, 60)))
    assert found.covered == pytest.approx(1)


def test_that_split_reach_multiplies_both_shares():
    compound = a_compound(geometry=a_box(90, 10, 120, 40), households=90)
    engine = an_engine(*a_city(), compound, a_station(geometry=a_point(105, 25)))
    found = engine.coverage(a_query("station:grid_post:100", count="split", weight="households"))
    assert [row.figures.covered for row in found.rows] == pytest.approx([30, 0, 60, 0])


def reasons(entries):
    return {entry.code: entry.reason for entry in entries}


def test_that_left_out_gives_the_first_reason_that_holds():
    rows = [
        a_compound("C1", geometry=INSIDE, kind="office", valid_until=date(2020, 1, 1)),
        a_compound("C2", geometry=INSIDE, kind="office"),
        a_compound("C3", geometry=INSIDE),
        a_compound("C4", geometry=INSIDE),
        a_compound("C5", geometry=INSIDE),
        a_compound("C6", geometry=a_box(110, 10, 140, 40), kind="office"),
        a_building("B1", geometry=INSIDE),
        a_fact("C4", "authority", "yes"),
        a_fact("C5", "three_no_listed", "yes"),
    ]
    engine = an_engine(*a_city(), *rows)
    told = explain(engine, a_query("three_no_served", weight="households"), "G11")
    assert reasons(told.left_out) == {
        "B1": "other_kind",
        "C1": "not_in_force",
        "C2": "other_kind",
        "C3": "base_unknown",
        "C4": "not_in_base",
        "C5": "no_weight",
    }
    assert engine.coverage(a_query("three_no_served")).base_unknown == 1
    assert told.row.figures.without_weight == 1
    counted = explain(engine, a_query("three_no_served"), "G11")
    assert reasons(counted.unknown) == {"C5": "not_surveyed"}


def test_that_an_explanation_gives_shares_and_how_each_was_placed():
    rows = [
        a_compound("C1", geometry=a_box(90, 10, 120, 40), households=30),
        a_compound("C2", grid="G21", households=0),
    ]
    engine = an_engine(*a_city(), *rows)
    whole = explain(engine, a_query(weight="households"), "G21").unknown
    assert [(e.code, e.amount, e.placed_by) for e in whole] == [("C1", 30, "outline"), ("C2", 0, "record")]
    assert whole[0].share == pytest.approx(2 / 3)
    split = explain(engine, a_query(weight="households", count="split"), "G11").unknown
    assert [(e.code, e.amount, e.share) for e in split] == [("C1", pytest.approx(10), pytest.approx(1 / 3))]


def test_that_unplaced_and_total_can_be_explained():
    engine = an_engine(*a_city(), a_compound("C1"), a_compound("C2", geometry=INSIDE))
    unplaced = explain(engine, a_query(), "unplaced")
    assert [(e.code, e.placed_by) for e in unplaced.unknown] == [("C1", None)]
    total_ = explain(engine, a_query(), "total")
    assert [(e.code, e.placed_by) for e in total_.unknown] == [("C1", None), ("C2", "outline")]


def test_that_reach_lists_a_compound_on_both_sides_of_the_line():
    rows = [a_compound(geometry=a_box(90, 10, 120, 40)), a_station(geometry=a_point(0, 25))]
    told = explain(an_engine(*a_city(), *rows), a_query("station:grid_post:100"), "G21")
    assert reasons(told.covered) == {"C1": "within_reach"}
    assert reasons(told.uncovered) == {"C1": "out_of_reach"}
    assert told.covered[0].because == ("S1",)


@pytest.mark.parametrize(
    "changed",
    [
        {"measure": "parties"},
        {"measure": "party:x"},
        {"measure": "station"},
        {"measure": "station:kiosk:500"},
        {"measure": "station:grid_post:0"},
        {"measure": "station:grid_post:-5"},
        {"measure": "station:grid_post:far"},
        {"measure": "functional_branch"},
        {"by": "city"},
        {"count": "half"},
        {"kind": "villa"},
        {"weight": "area", "measure": "platform"},
        {"weight": "compounds", "measure": "survey"},
        {"weight": "households", "measure": "firms_with_party"},
        {"weight": "gold"},
    ],
)
def test_that_what_there_is_not_is_refused_with_what_there_is(changed):
    with pytest.raises(InvalidInput) as refused:
        an_engine(*a_city()).coverage(a_query(**{"measure": "party", "by": "grid", **changed}))
    assert refused.value.exit_status == 2
    assert refused.value.message.zh
    assert refused.value.message.en
    assert refused.value.problems


def test_that_a_unit_of_another_level_can_not_be_explained():
    with pytest.raises(InvalidInput, match="G11"):
        explain(an_engine(*a_city()), a_query(by="street"), "G11")


def test_that_coverage_prints_all_that_the_contract_names():
    rows = [a_compound(geometry=INSIDE), a_compound("C2"), an_organisation(), an_attachment("C1")]
    engine = an_engine(*a_city(), *rows)
    found = engine.coverage(a_query("not_three_no", "street", against=date(2020, 1, 1))).as_json("zh")
    assert {key: found[key] for key in ("subject", "crs", "rule", "base_unknown", "profile", "against")} == {
        "subject": "compound",
        "crs": "EPSG:4548",
        "rule": "three_no@1",
        "base_unknown": 0,
        "profile": "yaohai@3",
        "against": "2020-01-01",
    }
    keys = ["covered", "uncovered", "unknown", "total", "rate", "low", "high"]
    assert list(found["rows"][0]) == ["unit", "name", *keys, "without_weight", "before"]
    assert list(found["rows"][0]["before"]) == keys
    assert list(found["unplaced"]) == [*keys, "without_weight", "before", "compounds"]
    assert found["unplaced"]["compounds"] == ["C2"]
    assert list(found["total"]) == [*keys, "without_weight", "before"]
    assert "against" not in engine.coverage(a_query()).as_json("zh")
    assert engine.coverage(a_query()).as_json("zh")["rule"] is None
    json.dumps(found)


def test_that_an_explanation_prints_all_that_the_reference_names():
    engine = an_engine(*a_city(), a_compound(geometry=INSIDE))
    found = explain(engine, a_query("not_three_no", "street"), "340102001").as_json("en")
    assert list(found) == [
        "measure",
        "by",
        "unit",
        "name",
        "as_of",
        "weight",
        "count",
        "kind",
        "profile",
        "rule",
        "definition",
        "row",
        "covered",
        "uncovered",
        "unknown",
        "left_out",
    ]
    assert list(found["unknown"][0]) == ["code", "name", "amount", "share", "placed_by", "reason", "because"]
    assert "no property firm" in found["definition"]
    assert found["row"]["total"] == 1
    json.dumps(found)


def test_that_measures_names_each_kind_of_station_once():
    found = measure_list(a_profile("quzhou"), "zh")
    ids = [row["id"] for row in found["measures"]]
    assert len(ids) == len(set(ids))
    assert [name for name in ids if name.startswith("station")] == [
        f"station:{kind}:500" for kind in a_profile("quzhou").choices["station_kind"]
    ]
    assert "functional_branch" in ids
    assert "functional_branch" not in [row["id"] for row in measure_list(a_profile(), "zh")["measures"]]
    keys = ["id", "words", "definition", "subject", "base", "weights", "source"]
    assert all(
        list(row)[:7] == keys and row["words"]["zh"] and row["words"]["en"] for row in found["measures"]
    )


def test_that_a_station_measure_has_its_kind_and_distance_in_words():
    assert parse_measure(a_profile(), "station:grid_post:300").words == (
        "网格驿站 300 米覆盖",
        "grid post within 300 m",
    )


def test_that_a_ticket_can_stop_the_work():
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        an_engine(*a_city()).coverage(a_query(), ticket)


def test_that_several_threads_may_ask_at_once():
    rows = [a_compound(f"C{n}", geometry=a_box(n, n, n + 20, n + 20)) for n in range(60)]
    rows += [a_firm(), an_organisation(), *(an_engagement(f"C{n}") for n in range(30))]
    engine = an_engine(*a_city(), *rows)
    measures = ["party", "property", "firm_party", "three_no_served", "not_three_no"] * 6
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda measure: engine.coverage(a_query(measure)).total, measures))
    alone = an_engine(*a_city(), *rows)
    assert found == [alone.coverage(a_query(measure)).total for measure in measures]
    assert engine.three_no("C1", DAY).status == "no"
