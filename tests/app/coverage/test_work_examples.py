"""The worked examples of least work, to the letter, each as records of a small registry."""

from __future__ import annotations

import json

import pytest

from app.coverage.gaps import gaps
from app.errors import InvalidInput
from tests.app.coverage.builders import (
    a_box,
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_query,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)

STREET = "340102001"


def told_of(records, target, measure="party", by="street", chance=None, **options):
    """What ``gaps`` says of the first street and of all."""
    engine = an_engine(*a_city(), *records)
    told = gaps(engine, a_query(measure, by, **options), target, chance=chance).as_json("zh")
    json.dumps(told)
    return next(row for row in told["rows"] if row["unit"] == STREET), told["total"]


def covered(count, grid="G11", **values):
    """So many compounds with an organisation of their own."""
    codes = [f"K{n:02}" for n in range(count)]
    return [
        an_organisation("O9"),
        *(a_compound(code, grid=grid, **values) for code in codes),
        *(an_attachment(code, organisation="O9") for code in codes),
    ]


def without(code, grid="G11", **values):
    """A compound of which it is known that it has no organisation."""
    return [a_compound(code, grid=grid, **values), a_fact(code, "party_organisation", "no")]


def short(acts):
    return [(act["act"], act["on"], act["with"], act["cost"], act["if_yes"]) for act in acts]


def test_that_attaching_a_grids_branch_and_visits_are_taken_before_founding_one():
    branch = [an_organisation("O1"), an_attachment("G11", organisation="O1")]
    known = [*without("C1"), *without("C2"), *without("C3"), *without("C4", "G12")]
    asked = [a_compound("C5", grid="G11"), a_compound("C6", grid="G11")]
    row, total = told_of([*covered(14), *branch, *known, *asked], 0.95)
    plan = row["plan"]
    assert (row["missing"], plan["cost"], plan["if_yes"]) == (5, 7, 5)
    assert (plan["status"], plan["bound"]) == ("optimal", 7)
    assert short(plan["acts"]) == [
        *(("attach", code, "O1", 1, 1) for code in ("C1", "C2", "C3")),
        *(("attach", code, "O1", 2, 1) for code in ("C5", "C6")),
    ]
    assert [
        (one["cost"], one["if_yes"], [act["on"] for act in one["acts"]]) for one in plan["alternatives"]
    ] == [
        (8, 7, ["C1", "C2", "C3", "C4", "C5"]),
        (9, 7, ["C1", "C2", "C4", "C5", "C6"]),
    ]
    assert plan["alternatives"][0]["acts"][-1]["instead"] == ["C6"]
    assert plan["visits"] is None
    assert total["plan"] == plan
    assert [(work["code"], work["now"]) for work in row["least"]] == [
        ("C1", "uncovered"), ("C2", "uncovered"), ("C3", "uncovered"), ("C5", "unknown"), ("C6", "unknown"),
    ]  # fmt: skip


def test_that_the_largest_is_not_taken_where_two_cheap_ones_do():
    branch = [an_organisation("O1"), an_attachment("G11", organisation="O1")]
    known = [*without("C1", households=90), *without("C2", households=60), *without("C3", households=50)]
    records = [*covered(1, households=800), *branch, *known, *without("C4", "G12", households=110)]
    row, _ = told_of(records, 900 / 1110, weight="households")
    plan = row["plan"]
    assert (row["total"], row["covered"]) == (1110, 800)
    assert row["missing"] == pytest.approx(100)
    assert (plan["cost"], [act["on"] for act in plan["acts"]]) == (2, ["C1", "C2"])
    assert sum(act["gain"] for act in plan["acts"]) == 150
    assert [(one["cost"], [act["on"] for act in one["acts"]]) for one in plan["alternatives"]] == [
        (2, ["C1", "C3"]),
        (2, ["C2", "C3"]),
        (3, ["C4"]),
    ]


def test_that_founding_at_a_firm_covers_all_whom_it_serves_and_is_not_taken_for_one():
    codes = ("C1", "C2", "C3")
    served = [an_engagement(code, firm="F1") for code in codes]
    others = [a_compound(f"K{n}", grid="G11") for n in range(7)]
    theirs = [an_engagement(f"K{n}", firm="F2") for n in range(7)]
    party = [an_organisation("O1"), an_attachment("F2", organisation="O1")]
    none = [a_firm("F1"), a_firm("F2"), a_fact("F1", "party_organisation", "no")]
    records = [*none, *party, *(a_compound(c, grid="G11") for c in codes), *served, *others, *theirs]
    row, _ = told_of(records, 1.0, "firm_party")
    assert short(row["plan"]["acts"]) == [("found", "F1", None, 3, 3)]
    assert row["plan"]["acts"][0]["covers"] == list(codes)
    assert row["plan"]["acts"][0]["gain"] == 3
    row, _ = told_of(records, 0.8, "firm_party")
    assert short(row["plan"]["acts"]) == [("engage", "C1", "F2", 2, 2)]
    assert row["plan"]["acts"][0]["instead"] == ["C2", "C3"]
    assert [short(one["acts"]) for one in row["plan"]["alternatives"]] == [[("found", "F1", None, 3, 3)]]


def test_that_visits_are_a_hope_told_apart():
    branch = [an_organisation("O1"), an_attachment("G11", organisation="O1")]
    records = [*covered(8), *branch, *without("C1"), a_compound("C2", grid="G11")]
    row, _ = told_of(records, 0.9)
    assert short(row["plan"]["acts"]) == [("attach", "C1", "O1", 1, 1)]
    assert row["plan"]["visits"] == {"codes": ["C2"], "gain": 1, "chance": None}
    row, _ = told_of(records, 0.9, chance=0.6)
    assert row["plan"]["visits"] == {"codes": ["C2"], "gain": 1, "chance": 0.6}
    row, _ = told_of(records, 1.0)
    assert (row["plan"]["cost"], row["plan"]["if_yes"], row["plan"]["visits"]) == (3, 2, None)


@pytest.mark.parametrize(("missing", "codes", "cost"), [(70, ["C1", "C2"], 2), (76, ["C1", "C2", "C3"], 5)])
def test_that_a_share_gains_a_share(missing, codes, cost):
    branch = [an_organisation("O1"), *(an_attachment(grid, organisation="O1") for grid in ("G11", "G21"))]
    across = [a_compound("C1", geometry=a_box(96, 10, 106, 20), households=100)]
    records = [*covered(1, households=95), *branch, *across, a_fact("C1", "party_organisation", "no")]
    records += [*without("C2", households=35), *without("C3", "G12", households=30)]
    row, _ = told_of(records, (95 + missing) / 200, weight="households", count="split")
    plan = row["plan"]
    assert (row["total"], row["missing"]) == (pytest.approx(200), pytest.approx(missing))
    assert ([act["on"] for act in plan["acts"]], plan["cost"]) == (codes, cost)
    assert plan["acts"][0]["gain"] == pytest.approx(40)


def test_that_a_target_reached_by_a_hair_is_met_and_stations_have_no_plan():
    records = [*covered(19), a_compound("C1", grid="G11")]
    row, _ = told_of(records, 0.95)
    assert (row["plan"]["cost"], row["plan"]["acts"], row["least"], row["reachable"]) == (0, [], [], True)
    row, total = told_of([a_compound("C1", geometry=a_box(10, 10, 20, 20))], 0.95, "station:grid_post:50")
    assert (row["plan"], row["least"], row["reachable"], total["plan"]) == (None, [], False, None)


def test_that_without_a_target_there_is_no_plan_in_the_answer_and_a_chance_is_a_rate():
    engine = an_engine(*a_city(), *without("C1"))
    told = gaps(engine, a_query()).as_json("zh")
    assert "plan" not in told["rows"][0]
    assert "total" not in told
    with pytest.raises(InvalidInput) as refused:
        gaps(engine, a_query(), 0.9, chance=1.5)
    assert refused.value.problems[0].column == "chance"
