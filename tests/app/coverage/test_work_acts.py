"""Which act covers whom, measure by measure: what is near, what is said, and what must be visited first."""

from __future__ import annotations

from datetime import date

import pytest

from app.coverage.gaps import gaps
from app.coverage.work.told import costs_note, headline, hope, plan_rows
from app.domain.profile.declared import WorkCosts
from app.errors import InvalidInput
from tests.app.coverage.builders import (
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_household_count,
    a_profile,
    a_query,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)

C1 = a_compound("C1", grid="G11")
K1 = a_compound("K1", grid="G11")
NO_PARTY = a_fact("C1", "party_organisation", "no")
NO_FIRM = a_fact("C1", "property_firm", "no")
SERVED = (a_firm(), K1, an_engagement("K1"))
ABSENT = tuple(a_fact("C1", key, "no") for key in ("authority", "defence_people", "defence_hardware"))
HAVES = ("self_governance", "service_platform", "residents_convention", "activities")
SAID = tuple(a_fact("C1", key, "yes") for key in HAVES)


def attached(to, code="O1", **values):
    return an_organisation(code, **values), an_attachment(to, organisation=code)


def acts_of(measure, *records, target=1.0, profile=None, **options):
    """What is done to whom, with whom, cost and cost if the visit finds yes; of all together."""
    engine = an_engine(*a_city(), *records, profile=profile)
    told = gaps(engine, a_query(measure, "street", **options), target).as_json("zh")["total"]
    return [
        tuple(act[key] for key in ("act", "on", "with", "cost", "if_yes")) for act in told["plan"]["acts"]
    ]


@pytest.mark.parametrize(
    ("measure", "records", "act"),
    [
        # an organisation of the grid, else of the community, the lowest code; else a new one
        ("party", (C1, NO_PARTY, *attached("G11", "O2"), *attached("G11", "O1")), ("attach", "C1", "O1", 1, 1)),
        ("party", (C1, NO_PARTY, *attached("340102001001")), ("attach", "C1", "O1", 1, 1)),
        ("party", (C1, NO_PARTY, *attached("340102001001", "O1"), *attached("G11", "O2")), ("attach", "C1", "O2", 1, 1)),
        ("party", (C1, NO_PARTY, *attached("G12"), *attached("340102001", "O2")), ("found", "C1", None, 3, 3)),
        ("party", (C1, NO_PARTY, *attached("G11", valid_until=date(2023, 1, 1))), ("found", "C1", None, 3, 3)),
        ("party", (C1, *attached("G11")), ("attach", "C1", "O1", 2, 1)),
        ("party", (C1,), ("found", "C1", None, 4, 1)),
        # a firm of the same grid, else a new one
        ("property", (C1, NO_FIRM, *SERVED), ("extend", "C1", "F1", 1, 1)),
        ("property", (C1, *SERVED), ("extend", "C1", "F1", 2, 1)),
        ("property", (C1, NO_FIRM), ("engage", "C1", None, 2, 2)),
        ("property", (C1, NO_FIRM, a_firm(), a_compound("K1", grid="G12"), an_engagement("K1")), ("engage", "C1", None, 2, 2)),
        ("three_no_served", (C1, NO_FIRM, a_fact("C1", "three_no_listed", "yes"), *SERVED), ("extend", "C1", "F1", 1, 1)),
        # a fact is brought about; an owners' committee takes more
        ("committee", (C1, a_fact("C1", "owners_committee", "none")), ("settle", "C1", None, 3, 3)),
        ("committee", (C1,), ("settle", "C1", None, 4, 1)),
        ("fact:gate_guard", (C1, a_fact("C1", "gate_guard", "no")), ("settle", "C1", None, 2, 2)),
        # AND: all parts that aren't yes as one act, and one visit for all that are unknown
        ("five_haves", (C1, NO_PARTY, *SAID), ("found", "C1", None, 3, 3)),
        ("five_haves", (C1, NO_PARTY, *attached("G11"), *SAID[:3], a_fact("C1", "activities", "no")), ("attach+settle", "C1", "O1", 3, 3)),
        ("five_haves", (C1, NO_PARTY, *SAID[:2]), ("found+settle", "C1", None, 8, 4)),
        ("three_carriages", (C1, *SERVED), ("settle+extend", "C1", "F1", 7, 1)),
        # OR: the cheapest part, of several the first
        ("not_three_no", (C1, NO_FIRM, *ABSENT), ("engage", "C1", None, 2, 2)),
        ("not_three_no", (C1, NO_FIRM, *ABSENT, *SERVED), ("extend", "C1", "F1", 1, 1)),
        ("not_three_no", (C1, NO_FIRM, *ABSENT[1:]), ("engage", "C1", None, 3, 1)),
        # counting needs no visit
        ("survey", (a_compound("C1", grid="G11", households=101),), ("count", "C1", None, 3, 3)),
        ("platform", (C1, a_household_count("C1", imported=100, matched=50)), ("count", "C1", None, 1, 1)),
        # a share of which a part is unknown
        ("willing_to_pay", (C1, a_fact("C1", "willingness_to_pay", "0.5")), ("settle", "C1", None, 2, 2)),
        ("willing_to_pay", (C1,), ("settle", "C1", None, 3, 1)),
    ],
)  # fmt: skip
def test_which_act_covers_a_compound(measure, records, act):
    found = [one for one in acts_of(measure, *records) if one[1] == "C1"]
    assert found == [act]


def test_that_a_grid_takes_the_organisation_of_a_compound_in_it_and_no_group():
    group = attached("C1", "O1", type="group")
    branch = attached("C1", "O2", type="branch")
    no = [a_fact(grid, "party_organisation", "no") for grid in ("G11", "G12", "G21", "G22")]
    told = acts_of("grid_branch", C1, *group, *branch, *no)
    assert told == [
        ("attach", "G11", "O2", 1, 1),
        *(("found", grid, None, 3, 3) for grid in ("G12", "G21", "G22")),
    ]
    assert acts_of("grid_branch", C1, *group, *no)[0] == ("found", "G11", None, 3, 3)
    assert acts_of("grid_branch", C1, *branch)[:2] == [
        ("attach", "G11", "O2", 2, 1),
        ("found", "G12", None, 4, 1),
    ]


def test_that_a_firm_founds_its_own_and_is_visited_where_nothing_is_said_of_it():
    served = (C1, a_firm(), an_engagement("C1"))
    assert acts_of("firms_with_party", *served) == [("found", "F1", None, 4, 1)]
    said = a_fact("F1", "party_organisation", "no")
    assert acts_of("firms_with_party", *served, said) == [("found", "F1", None, 3, 3)]
    assert acts_of("firm_party", *served) == [("found", "F1", None, 4, 1)]
    assert acts_of("firm_party", *served, said) == [("found", "F1", None, 3, 3)]
    engine = an_engine(*a_city(), C1, NO_FIRM)
    assert (
        gaps(engine, a_query("firm_party"), 1.0).total.plan is None
    )  # nobody serves, and nobody could be engaged


def test_that_a_functional_branch_must_be_one():
    profile = a_profile("quzhou")
    eligible = (C1, NO_PARTY, a_fact("C1", "branch_eligible", "yes"))
    other, right = attached("G11", "O1"), attached("G11", "O2", type="functional_branch")
    assert acts_of("functional_branch", *eligible, *other, profile=profile) == [("found", "C1", None, 3, 3)]
    assert acts_of("functional_branch", *eligible, *other, *right, profile=profile) == [
        ("attach", "C1", "O2", 1, 1)
    ]


def test_that_a_city_says_what_an_act_takes_and_the_rest_is_as_declared_for_all():
    text = a_profile().text
    own = a_profile_of(text + '\n[work]\nfound = 5\nvisit = 0\nsource = "区委组织部 2026"\n')
    assert own.work == WorkCosts(
        attach=1, found=5, extend=1, engage=2, settle=2, committee=3, count=1, count_households=50, visit=0,
        source="区委组织部 2026",
    )  # fmt: skip
    assert acts_of("party", C1, profile=own) == [("found", "C1", None, 5, 0)]
    assert "区委组织部 2026" in costs_note(own.work).zh
    assert "假定" in costs_note(a_profile().work).zh


@pytest.mark.parametrize("lines", ["found = -1", "attach = 0", "visit = 1.5", "walk = 2", 'settle = "two"'])
def test_that_a_cost_that_is_none_is_told_with_its_place(lines):
    text = a_profile().text + f"\n[work]\n{lines}\n"
    with pytest.raises(InvalidInput) as refused:
        a_profile_of(text)
    (problem,) = refused.value.problems
    assert problem.column == f"work.{lines.split()[0]}"
    assert problem.row == len(text.splitlines())


def a_profile_of(text):
    from app.services.profile.profiles import profile_from_text

    return profile_from_text(text)


def test_what_a_plan_is_in_words():
    engine = an_engine(
        *a_city(),
        C1,
        a_compound("C2", grid="G12"),
        *attached("G11", name="一支部"),
        a_fact("C2", "party_organisation", "no"),
    )
    plan = gaps(engine, a_query(by="street"), 1.0, chance=0.5).total.plan
    rows = plan_rows(plan.acts, lambda code: engine.name_on(code, date(2024, 6, 1)))
    assert [(row.code, row.name, row.doing.zh, row.cost) for row in rows] == [
        (
            "C1",
            "小区C1",
            "先走访查清，若是“无”再挂接“一支部”",
            2,
        ),
        ("C2", "小区C2", "新建党组织", 3),
    ]
    assert (
        headline(plan, has_stations=False).zh
        == "先走访 1 · 挂接已有组织 1 · 新建组织 1：5 步，走访都查实为“有”则 4 步"
    )
    assert hope(plan) is None
    assert "选址" not in headline(None, has_stations=False).zh
    half = gaps(engine, a_query(by="street"), 0.5, chance=0.5).total.plan
    assert hope(half).zh == "只走访 1 处、而且全查实为“有”，也能达标，这样的可能是 50.0%"


def test_that_ways_are_found_anew_after_a_change_and_told_the_same_for_every_target():
    engine = an_engine(*a_city(), C1, NO_PARTY)
    query = a_query("party", "street")
    first = [gaps(engine, query, target).as_json("zh") for target in (1.0, 0.5, 1.0)]
    assert first[0] == first[2]
    assert first[0]["total"]["plan"]["cost"] == 3
    later = engine.with_dataset(engine.dataset.with_changes(attached("G11")))
    assert gaps(later, query, 1.0).as_json("zh")["total"]["plan"]["cost"] == 1
