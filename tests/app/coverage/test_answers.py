"""Reference 3: yes, no, unknown, and the reason for each."""

from __future__ import annotations

from datetime import date

import pytest

from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_building,
    a_city,
    a_community,
    a_compound,
    a_fact,
    a_firm,
    a_grid,
    a_profile,
    a_query,
    a_street,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)

PAST = date(2023, 12, 31)


def status(measure, *rows, code="C1", day=DAY, profile=None, compound=None):
    engine = an_engine(compound or a_compound(code, geometry=a_box(10, 10, 40, 40)), *rows, profile=profile)
    where, reason, because = engine.status_of(measure, day)[code]
    return where, reason, because


def test_that_without_any_record_nobody_knows():
    assert status("party") == ("unknown", "not_surveyed", ())


def test_that_an_attachment_in_force_beats_a_fact_that_says_no():
    rows = [an_organisation(), an_attachment("C1", "A1"), a_fact("C1", "party_organisation", "no")]
    assert status("party", *rows) == ("covered", "in_force", ("A1",))


def test_that_a_fact_comes_before_an_ended_attachment_and_that_before_a_complete_register():
    ended = [an_organisation(), an_attachment("C1", "A1", valid_until=PAST)]
    complete = [*a_city(), a_fact("G11", "party_complete", "yes")]
    said = a_fact("C1", "party_organisation", "no")
    assert status("party", *ended, *complete, said)[:2] == ("uncovered", "answer_no")
    assert status("party", *ended, *complete) == ("uncovered", "ended", ("A1",))
    assert status("party", *complete) == ("uncovered", "complete", ("G11:party_complete:2023-01-01",))


@pytest.mark.parametrize(("value", "reason"), [("unknown", "said_unknown"), ("yes", "yes_without_record")])
def test_that_any_fact_in_force_stands_before_an_ended_attachment(value, reason):
    rows = [
        *a_city(),
        an_organisation(),
        an_attachment("C1", valid_until=PAST),
        a_fact("G11", "party_complete", "yes"),
        a_fact("C1", "party_organisation", value),
    ]
    assert status("party", *rows)[:2] == ("unknown", reason)


def test_that_a_fact_no_longer_in_force_gives_way_to_the_ended_attachment():
    rows = [an_organisation(), an_attachment("C1", "A1", valid_until=PAST)]
    assert status("party", *rows, a_fact("C1", "party_organisation", "yes", until=PAST))[1] == "ended"


@pytest.mark.parametrize(
    ("measure", "partner"),
    [("party", an_organisation(valid_until=PAST)), ("property", a_firm(valid_until=PAST))],
)
def test_that_a_relation_ends_with_its_organisation_or_firm(measure, partner):
    rows = [partner, an_attachment("C1", "A1") if measure == "party" else an_engagement("C1", "A1")]
    assert status(measure, *rows, day=PAST)[:2] == ("covered", "in_force")
    assert status(measure, *rows) == ("uncovered", "ended", ("A1",))


def test_that_a_relation_yet_to_begin_says_nothing():
    rows = [an_organisation(), an_attachment("C1", valid_from=date(2025, 1, 1))]
    assert status("party", *rows) == ("unknown", "not_surveyed", ())


def test_that_only_complete_units_that_hold_the_compound_count():
    assert status("party", *a_city(), a_fact("G12", "party_complete", "yes"))[1] == "not_surveyed"
    assert status("party", *a_city(), a_fact("340102", "party_complete", "yes"))[1] == "complete"
    assert status("party", *a_city(), a_fact("340102", "property_complete", "yes"))[1] == "not_surveyed"


def test_that_a_stage_the_profile_does_not_count_is_no_engagement_in_force():
    profile = a_profile(stages='["contract"]')
    rows = [a_firm(), an_engagement("C1", "E1", stage="trial")]
    assert status("property", *rows) == ("covered", "in_force", ("E1",))
    assert status("property", *rows, profile=profile) == ("unknown", "not_surveyed", ())


def test_that_an_engagement_that_does_not_count_ends_the_day_after_its_last():
    profile = a_profile(stages='["contract"]')
    rows = [a_firm(), an_engagement("C1", "E1", stage="trial", valid_until=PAST)]
    assert status("property", *rows, profile=profile, day=PAST)[:2] == ("unknown", "not_surveyed")
    assert status("property", *rows, profile=profile, day=date(2024, 1, 1))[:2] == ("uncovered", "ended")


def test_that_a_stage_is_that_of_the_day():
    profile = a_profile(stages='["contract"]')
    rows = [a_firm(), an_engagement("C1", stage="contract", past={"stage": ((PAST, "trial"),)})]
    assert status("property", *rows, profile=profile)[0] == "covered"
    assert status("property", *rows, profile=profile, day=PAST)[0] == "unknown"


def three_no(*rows, profile=None, day=DAY, compound=None):
    found = an_engine(compound or a_compound(), *rows, profile=profile).three_no("C1", day)
    return found.status, {part.part: (part.answer, part.reason) for part in found.parts}


ALL_ABSENT = [
    a_fact("C1", key, "no") for key in ("property_firm", "authority", "defence_people", "defence_hardware")
]


def test_that_a_compound_is_three_no_only_when_every_part_is_absent():
    assert three_no(*ALL_ABSENT)[0] == "yes"
    assert three_no(*ALL_ABSENT[1:])[0] == "unknown"
    assert three_no(*ALL_ABSENT[:1], a_fact("C1", "authority", "yes"))[0] == "no"


def test_that_a_fact_yes_gives_a_firm_where_no_engagement_is_known():
    status_, parts = three_no(a_fact("C1", "property_firm", "yes"))
    assert (status_, parts["has_firm"]) == ("no", ("yes", "answer_yes"))


def test_that_an_engagement_beats_the_fact_that_there_is_no_firm():
    status_, parts = three_no(*ALL_ABSENT, a_firm(), an_engagement("C1"))
    assert (status_, parts["has_firm"]) == ("no", ("yes", "in_force"))


def test_that_defence_is_absent_with_both_or_with_either_as_the_profile_says():
    rows = [*ALL_ABSENT[:3], a_fact("C1", "defence_hardware", "yes")]
    assert three_no(*rows)[0] == "no"
    assert three_no(*rows, profile=a_profile(defence='"all"'))[0] == "yes"


def test_that_jinjiang_asks_for_guard_firm_and_managing_body():
    profile = a_profile("jinjiang")
    rows = [a_fact("C1", key, "no") for key in ("gate_guard", "property_firm", "managing_body")]
    assert three_no(*rows, profile=profile)[0] == "yes"
    assert list(three_no(profile=profile)[1]) == ["gate_guard", "has_firm", "managing_body"]


def test_that_facts_of_a_scattered_building_are_not_known():
    engine = an_engine(
        a_building("B1"), a_fact("B1", "authority", "yes"), a_firm(), an_engagement("B2"), a_building("B2")
    )
    assert engine.three_no("B1", DAY).status == "unknown"
    assert engine.three_no("B2", DAY).status == "no"


def served(*rows, day=DAY):
    return status("three_no_served", *rows, day=day)[:2]


def test_that_once_three_no_stays_in_the_base_when_a_firm_has_come():
    rows = [*ALL_ABSENT, a_firm(), an_engagement("C1", valid_from=date(2024, 1, 1))]
    assert served(*rows) == ("covered", "in_force")
    assert served(*rows, day=PAST) == ("uncovered", "answer_no")


def test_that_a_gap_between_two_firms_can_have_made_a_compound_three_no():
    absent = [
        a_fact("C1", key, "no", date(2020, 1, 1))
        for key in ("authority", "defence_people", "defence_hardware")
    ]
    before = an_engagement("C1", valid_until=date(2022, 6, 30))
    after = an_engagement("C1", firm="F2", valid_from=date(2023, 6, 1))
    assert served(*absent, a_firm(), a_firm("F2"), before, after) == ("covered", "in_force")
    at_once = an_engagement("C1", firm="F2", valid_from=date(2022, 7, 1))
    assert served(*absent, a_firm(), a_firm("F2"), before, at_once) == ("left_out", "not_in_base")


def test_that_a_listed_compound_is_in_the_base_whatever_the_rule_says_later():
    listed = a_fact("C1", "three_no_listed", "yes", until=date(2023, 6, 1))
    assert served(listed) == ("unknown", "not_surveyed")
    assert served(listed, day=date(2022, 12, 31)) == ("left_out", "base_unknown")
    assert served(a_fact("C1", "authority", "yes"), listed) == ("unknown", "not_surveyed")


def test_that_never_three_no_asks_for_no_on_every_day_since_the_first_known_one():
    assert served(a_fact("C1", "authority", "yes")) == ("left_out", "not_in_base")
    interrupted = [a_fact("C1", "authority", "yes"), a_fact("C1", "authority", "unknown", date(2023, 3, 1))]
    assert served(*interrupted) == ("left_out", "base_unknown")
    assert served(*interrupted, day=date(2023, 2, 1)) == ("left_out", "not_in_base")
    again = a_fact("C1", "authority", "yes", date(2023, 4, 1))
    assert served(*interrupted, again) == ("left_out", "base_unknown")


def test_that_a_complete_register_long_ago_can_have_made_a_compound_three_no():
    rows = [
        *a_city(),
        *ALL_ABSENT[1:],
        a_fact("G11", "property_complete", "yes", date(2023, 2, 1), date(2023, 6, 1)),
    ]
    assert served(*rows) == ("unknown", "not_surveyed")
    assert served(*rows, day=date(2023, 5, 1)) == ("uncovered", "complete")


def test_that_owners_committees_count_when_elected():
    expected = {
        "elected": ("covered", "answer_yes"),
        "none": ("uncovered", "answer_no"),
        "preparing": ("uncovered", "answer_no"),
        "suspended": ("uncovered", "answer_no"),
        "unknown": ("unknown", "said_unknown"),
    }
    for value, found in expected.items():
        assert status("committee", a_fact("C1", "owners_committee", value))[:2] == found
    assert status("committee")[:2] == ("unknown", "not_surveyed")


def test_that_a_composed_measure_gives_the_reason_of_the_first_part_that_decides():
    no_committee = a_fact("C1", "owners_committee", "none")
    ended = [a_firm(), an_engagement("C1", "E1", valid_until=PAST)]
    assert status("three_carriages", no_committee, *ended) == ("uncovered", "ended", ("E1",))
    assert status("three_carriages", a_fact("C1", "residents_committee", "yes"))[1] == "not_surveyed"
    unknown = a_fact("C1", "self_governance", "unknown")
    rows = [an_organisation(), an_attachment("C1"), unknown]
    assert status("five_haves", *rows) == ("unknown", "said_unknown", (unknown.code,))


def test_that_a_firm_with_a_party_organisation_covers_what_it_serves():
    serving = [a_firm(), a_firm("F2"), an_engagement("C1", "E1"), an_engagement("C1", "E2", firm="F2")]
    branch = [an_organisation(), an_attachment("F2", "A1")]
    assert status("firm_party", *serving, *branch) == ("covered", "in_force", ("E2", "A1"))
    no = [a_fact(firm, "party_organisation", "no") for firm in ("F1", "F2")]
    assert status("firm_party", *serving, *no)[:2] == ("uncovered", "answer_no")
    assert status("firm_party", *serving, no[0])[:2] == ("unknown", "not_surveyed")
    assert status("firm_party", a_fact("C1", "property_firm", "no"))[:2] == ("uncovered", "answer_no")
    assert status("firm_party")[:2] == ("unknown", "not_surveyed")


def test_that_a_firm_is_placed_where_most_of_its_counted_compounds_are():
    rows = [*a_city(), a_firm(), a_fact("G21", "party_complete", "yes")]
    for n, west in enumerate((10, 110, 140)):
        rows += [a_compound(f"C{n}", geometry=a_box(west, 10, west + 20, 30)), an_engagement(f"C{n}")]
    rows += [a_compound("C8", kind="office", geometry=a_box(10, 50, 20, 60)), an_engagement("C8")]
    engine = an_engine(*rows)
    assert engine.status_of("firms_with_party", DAY)["F1"][:2] == ("uncovered", "complete")
    by_grid = engine.coverage(a_query("firms_with_party"))
    assert {row.unit: row.figures.uncovered for row in by_grid.rows} == {
        "G11": 0,
        "G12": 0,
        "G21": 1,
        "G22": 0,
    }
    offices = engine.coverage(a_query("firms_with_party", kind="office"))
    assert {row.unit: row.figures.unknown for row in offices.rows} == {"G11": 1, "G12": 0, "G21": 0, "G22": 0}
    assert engine.derived("F1", DAY).street == "340102002"


def test_that_a_firm_keeps_to_the_street_that_holds_most():
    rows = [*a_city(), a_firm()]
    spots = [(10, 10), (40, 10), (10, 110), (40, 110), (110, 10), (140, 10), (170, 10)]
    for n, (west, south) in enumerate(spots):
        outline = a_box(west, south, west + 20, south + 20)
        rows += [a_compound(f"C{n}", geometry=outline), an_engagement(f"C{n}")]
    place = an_engine(*rows).derived("F1", DAY)
    assert (place.street, place.grid) == ("340102001", "G11")  # though G21 holds more than any other grid


def test_that_a_group_or_alliance_leaves_a_grid_unknown():
    grid = [a_grid("G1"), a_compound()]
    for kind, expected in {
        "group": "unknown",
        "alliance": "unknown",
        "branch": "covered",
        "grid_branch": "covered",
    }.items():
        engine = an_engine(*grid, an_organisation(type=kind), an_attachment("G1"))
        assert engine.status_of("grid_branch", DAY)["G1"][0] == expected
    engine = an_engine(*grid, an_organisation(), an_attachment("G1", valid_until=PAST))
    assert engine.status_of("grid_branch", DAY)["G1"][:2] == ("uncovered", "ended")


def test_that_a_grid_is_complete_by_its_ancestors_and_itself():
    rows = [a_street(), a_community(street="340102001"), a_grid("G1", community="340102001001")]
    for unit in ("340102001", "340102001001", "G1"):
        engine = an_engine(*rows, a_fact(unit, "party_complete", "yes"))
        assert engine.status_of("grid_branch", DAY)["G1"][:2] == ("uncovered", "complete")


def test_that_functional_branches_ask_who_is_eligible():
    profile = a_profile("quzhou")
    eligible = a_fact("C1", "branch_eligible", "yes")
    branch = [an_organisation(type="functional_branch"), an_attachment("C1", "A1")]

    def asked(*rows):
        return status("functional_branch", *rows, profile=profile)

    assert asked(eligible, *branch) == ("covered", "in_force", ("A1",))
    assert asked(eligible, an_organisation(), an_attachment("C1"))[0] == "unknown"
    assert asked(eligible, a_fact("C1", "party_organisation", "no"))[:2] == ("uncovered", "answer_no")
    assert asked(*branch)[:2] == ("left_out", "base_unknown")
    assert asked(a_fact("C1", "branch_eligible", "unknown"))[:2] == ("left_out", "base_unknown")
    assert asked(a_fact("C1", "branch_eligible", "no"))[:2] == ("left_out", "not_in_base")
