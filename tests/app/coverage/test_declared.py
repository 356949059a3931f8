"""Declared measures: each term's answer with its reason and records, subjects of every kind, and words."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest

from app.coverage.explain import explain
from app.coverage.measures import fact_names, measure_groups, measure_list, measure_names, parse_measure
from app.domain.profile.reader import read_profile
from app.errors import InvalidInput
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
    a_record,
    a_station,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)
from tests.app.coverage.oracle_declared import city_text

PAST = date(2023, 12, 31)
_FOLDER = resources.files("resources") / "profiles"
COMMON = (_FOLDER / "common.toml").read_text("utf-8")


def a_city_profile(more=""):
    own = (_FOLDER / "yaohai.toml").read_text("utf-8")
    return read_profile(own + city_text() + more, COMMON)


PROFILE = a_city_profile()


def asking(condition, subject="compound", within=""):
    """A profile with one measure more, ``m``, of this condition."""
    base = f"within = {within!r}\n" if within else ""
    text = f'\n[[measures]]\nid = "m"\nsubject = "{subject}"\nwords = {{ zh = "指", en = "it" }}\n{base}'
    return a_city_profile(f"{text}covered = {condition}\n")


def told(condition, *rows, code="C1", subject="compound", compound=None):
    own = (
        ()
        if compound is None and subject != "compound"
        else (compound or a_compound(geometry=a_box(10, 10, 40, 40)),)
    )
    engine = an_engine(*own, *rows, profile=asking(f'"{condition}"', subject))
    return engine.status_of("m", DAY)[code]


def a_link(to, code="K1", **values):
    return a_record("links", code, **{"relation": "post", "subject": "D1", "to": to, **values})


def a_department(**values):
    return a_record("departments", "D1", name="城管局", **values)


def a_score(item, score, on=DAY, subject="C1", **values):
    named = {"subject": subject, "scheme": "care", "item": item, "score": score, "on": on}
    return a_record("assessments", f"V{item}{on.isoformat()}", **named, **values)


# terms


def test_that_a_stage_in_force_says_no_to_other_stages():
    rows = [a_firm(), an_engagement("C1", "E1", stage="trial")]
    assert told("engagement=trial", *rows) == ("covered", "in_force", ("E1",))
    assert told("engagement=contract|fallback", *rows) == ("uncovered", "in_force", ("E1",))
    assert told("not engagement=contract", *rows) == ("covered", "in_force", ("E1",))
    ended = [a_firm(), an_engagement("C1", "E1", stage="trial", valid_until=PAST)]
    assert told("engagement=trial", *ended) == ("uncovered", "ended", ("E1",))
    assert told("engagement=trial") == ("unknown", "not_surveyed", ())


@pytest.mark.system(13)
@pytest.mark.system(16)
def test_that_a_link_runs_while_both_its_ends_do_and_a_complete_register_says_no():
    assert told("link:post", a_department(), a_link("C1")) == ("covered", "in_force", ("K1",))
    assert told("link:post", a_department(valid_until=PAST), a_link("C1"))[:2] == ("uncovered", "ended")
    assert told("link:post", a_department(), a_link("C1", valid_until=PAST))[:2] == ("uncovered", "ended")
    assert told("link:post", a_department(), a_link("C1", valid_from=date(2025, 1, 1))) == (
        "unknown",
        "not_surveyed",
        (),
    )
    complete = [*a_city(), a_fact("G11", "posts_complete", "yes")]
    assert told("link:post", *complete) == ("uncovered", "complete", ("G11:posts_complete:2023-01-01",))
    other = a_link("C1", relation="liaison")
    assert told("link:post", a_department(), other) == ("unknown", "not_surveyed", ())


def test_that_a_post_is_asked_for_by_its_role():
    rows = [a_department(), a_link("C1", role="fire")]
    assert told("link:post=fire|police", *rows)[0] == "covered"
    assert told("link:post=market", *rows) == ("unknown", "not_surveyed", ())


def test_that_a_link_counts_from_either_end():
    rows = [a_firm(), an_engagement("C1"), a_record("links", "K1", relation="pairing", subject="F1", to="C1")]
    assert told("link:pairing", *rows)[0] == "covered"
    assert told("link:pairing", a_compound(), *rows, code="F1", subject="firm") == (
        "covered",
        "in_force",
        ("K1",),
    )


@pytest.mark.system(15)
def test_that_a_listed_firm_is_seen_at_what_it_serves():
    rows = [an_engagement("C1", "E1")]
    assert told("firm:list=red|black", a_firm(list="red"), *rows) == ("covered", "answer_yes", ("E1", "F1"))
    assert told("firm:list=red|black", a_firm(list="none"), *rows) == ("uncovered", "answer_no", ("E1", "F1"))
    assert told("firm:list=black", a_firm(), *rows) == ("unknown", "not_surveyed", ("E1", "F1"))
    assert told("firm:list=black") == ("unknown", "not_surveyed", ())


@pytest.mark.system(5)
def test_that_a_firm_has_a_secretary_where_an_organisation_of_its_own_has():
    rows = [a_compound(), a_firm(), an_engagement("C1"), an_attachment("F1", "A1")]
    for value, expected in (
        ("yes", "covered"),
        ("no", "uncovered"),
        (None, "unknown"),
        ("unknown", "unknown"),
    ):
        engine = an_engine(*rows, an_organisation(secretary=value))
        assert engine.status_of("firms_with_secretary", DAY)["F1"][0] == expected
    two = [
        an_organisation(secretary="no"),
        an_organisation("O2", secretary="yes"),
        an_attachment("F1", "A2", organisation="O2"),
    ]
    assert an_engine(*rows, *two).status_of("firms_with_secretary", DAY)["F1"][2] == ("A2", "O2")
    bare = an_engine(a_compound(), a_firm(), an_engagement("C1"), a_fact("F1", "party_organisation", "no"))
    assert bare.status_of("firms_with_secretary", DAY)["F1"][:2] == ("uncovered", "answer_no")


def test_that_a_choice_is_one_of_some_and_unknown_stays_unknown():
    fact = a_fact("C1", "owners_committee", "suspended")
    assert told("owners_committee=elected|suspended", fact)[0] == "covered"
    assert told("owners_committee!=elected", fact)[:2] == ("covered", "answer_yes")
    unknown = a_fact("C1", "owners_committee", "unknown")
    assert told("owners_committee!=elected", unknown)[:2] == ("unknown", "said_unknown")


def test_that_a_number_reaches_its_border_exactly():
    for value, least, below in (("4", "covered", "uncovered"), ("3", "uncovered", "covered")):
        assert told("lamps>=4", a_fact("C1", "lamps", value))[0] == least
        assert told("lamps<4", a_fact("C1", "lamps", value))[0] == below
    assert told("lamps>=4") == ("unknown", "not_surveyed", ())


def test_that_a_station_stands_where_it_is_recorded_or_its_point_lies():
    assert told("station") == ("uncovered", "none_there", ())
    assert told("station=grid_post", a_station(geometry=a_point(20, 20))) == ("covered", "in_force", ("S1",))
    assert told("station=grid_post", a_station(compound="C1"))[0] == "covered"
    assert told("station=grid_post", a_station(geometry=a_point(40, 20)))[0] == "covered"  # on the border
    assert told("station=grid_post", a_station(geometry=a_point(41, 20)))[0] == "uncovered"
    assert told("station=mediation_room", a_station(compound="C1"))[0] == "uncovered"
    assert told("station", a_station(compound="C1", valid_until=PAST))[0] == "uncovered"


@pytest.mark.system(29)
def test_that_a_street_has_the_stations_placed_in_it():
    rows = [*a_city(), a_compound("C1", grid="G21"), a_station(compound="C1")]
    engine = an_engine(*rows, profile=asking('"station=grid_post"', "street"))
    status = {code: told[0] for code, told in engine.status_of("m", DAY).items()}
    assert status == {"340102001": "uncovered", "340102002": "covered"}


@pytest.mark.system(14)
def test_that_stars_are_settled_only_when_the_missing_items_can_t_change_them():
    half = [a_score("a", 6.0)]  # 6 of 10 sure, b open: 60 to 100 %
    assert told("scheme:care>=1", *half) == ("covered", "assessed", ("Va2024-06-01",))
    assert told("scheme:care>=2", *half) == ("unknown", "items_missing", ("Va2024-06-01",))
    assert told("scheme:care>=2", a_score("a", 1.0), a_score("b", 0.5))[:2] == ("uncovered", "assessed")
    assert told("scheme:care<2", a_score("a", 1.0), a_score("b", 0.5))[:2] == ("covered", "assessed")
    assert told("scheme:care>=1") == ("unknown", "not_surveyed", ())
    assert told("scheme:care", *half)[0] == "covered"


def test_that_the_latest_assessment_counts_alone():
    rows = [a_score("a", 6.0, date(2023, 1, 1)), a_score("b", 2.0, date(2023, 1, 1)), a_score("a", 0.0)]
    engine = an_engine(a_compound(), *rows, profile=PROFILE)
    found = engine.coverage(a_query("care")).total.figures
    assert (found.covered, found.unknown, found.uncovered) == (0, 0.4, 0.6)
    before = engine.coverage(a_query("care", as_of=date(2024, 5, 31))).total.figures
    assert before.covered == 1


def test_that_a_composed_condition_gives_the_reason_of_the_part_that_decides():
    profile = asking('{ all = ["gate_guard", { any = ["party", "property"] }] }')
    rows = [a_compound(), a_fact("C1", "gate_guard", "yes"), a_firm(), an_engagement("C1", "E1")]
    assert an_engine(*rows, profile=profile).status_of("m", DAY)["C1"] == (
        "covered",
        "answer_yes",
        ("C1:gate_guard:2023-01-01",),
    )
    negated = asking('{ not = { any = ["gate_guard", "party"] } }')
    assert an_engine(*rows, profile=negated).status_of("m", DAY)["C1"][:2] == ("uncovered", "answer_yes")
    open_one = an_engine(a_compound(), a_fact("C1", "gate_guard", "no"), profile=negated)
    assert open_one.status_of("m", DAY)["C1"] == ("unknown", "not_surveyed", ())


# bases and subjects


def test_that_who_is_not_within_is_left_out_with_the_reason():
    profile = asking('"party"', within="gate_guard")
    rows = [a_compound("C1"), a_compound("C2"), a_compound("C3")]
    rows += [a_fact("C1", "gate_guard", "yes"), a_fact("C2", "gate_guard", "no")]
    found = an_engine(*rows, profile=profile).coverage(a_query("m"))
    assert (found.total.figures.total, found.base_unknown) == (1, 1)
    status = an_engine(*rows, profile=profile).status_of("m", DAY)
    assert [status[code][:2] for code in ("C1", "C2", "C3")] == [
        ("unknown", "not_surveyed"),
        ("left_out", "not_in_base"),
        ("left_out", "base_unknown"),
    ]


@pytest.mark.system(4)
def test_that_cases_count_where_their_compound_or_community_lies_from_the_day_they_were_opened():
    case = {"level": "community", "state": "closed"}
    rows = [
        *a_city(),
        a_compound("C1", geometry=a_box(90, 10, 120, 40)),
        a_record("cases", "M1", compound="C1", opened=date(2024, 1, 1), **case),
        a_record("cases", "M2", community="340102001001", opened=date(2024, 1, 1), **case),
        a_record("cases", "M3", community="340102001001", opened=date(2024, 7, 1), **case),
    ]
    engine = an_engine(*rows)
    found = engine.coverage(a_query("cases_closed", "street"))
    assert {row.unit: row.figures.covered for row in found.rows} == {"340102001": 1, "340102002": 1}
    split = engine.coverage(a_query("cases_closed", "street", count="split"))
    assert [row.figures.covered for row in split.rows] == pytest.approx([1 + 1 / 3, 2 / 3])
    assert engine.coverage(a_query("cases_closed", "grid")).unplaced_codes == ("M2",)
    assert engine.status_of("cases_closed", DAY)["M3"] == ("left_out", "not_in_force", ())


@pytest.mark.system(18)
def test_that_a_building_counts_through_its_compound_and_a_scattered_one_by_itself():
    rows = [
        *a_city(),
        a_compound("C1", geometry=a_box(10, 10, 40, 40)),
        a_building("B1", compound="C1", geometry=a_box(110, 10, 120, 20)),
        a_building("B2", geometry=a_box(110, 110, 120, 120)),
        a_building("B3"),
        *(a_household_count(code, households=10, surveyed=4) for code in ("B1", "B2", "B3")),
    ]
    found = an_engine(*rows).coverage(a_query("survey_buildings"))
    assert {row.unit: row.figures.covered for row in found.rows if row.figures.total} == {"G11": 4, "G22": 4}
    assert (found.unplaced.figures.covered, found.total.figures.total) == (4, 30)
    alone = an_engine(*rows).coverage(a_query("survey_buildings", kind="scattered"))
    assert alone.total.figures.total == 20


@pytest.mark.system(34)
def test_that_stations_are_asked_and_placed_like_anything_else():
    keys = ("premises", "equipment", "signs", "flag", "reading_matter", "rules")
    rows = [*a_city(), a_station(geometry=a_point(150, 50)), a_station("S2", grid="G11"), a_station("S3")]
    rows += [a_fact("S1", key, "yes") for key in keys] + [a_fact("S2", "flag", "no")]
    found = an_engine(*rows).coverage(a_query("six_haves"))
    by_unit = {row.unit: (row.figures.covered, row.figures.uncovered) for row in found.rows}
    assert (by_unit["G21"], by_unit["G11"], found.unplaced_codes) == ((1, 0), (0, 1), ("S3",))


@pytest.mark.system(32)
def test_that_a_unit_counts_in_itself_and_above_and_nowhere_below():
    rows = [*a_city(), a_fact("340102001", "safety_and_satisfaction", "0.9702")]
    engine = an_engine(*rows)
    for by in ("street", "district"):
        figures = engine.coverage(a_query("street_safety", by)).total.figures
        assert (figures.covered, figures.unknown) == (pytest.approx(0.9702), 1)
    below = engine.coverage(a_query("street_safety", "grid"))
    assert below.unplaced_codes == ("340102001", "340102002")


@pytest.mark.system(31)
def test_that_a_ratio_sums_its_two_numbers_and_one_without_its_part_is_unknown():
    rows = [a_compound(f"C{n}", grid="G11") for n in range(4)]
    for number, (due, paid) in enumerate(
        [("100.5", "60.25"), ("40.0", None), (None, "9.0"), ("10.0", "11.0")]
    ):
        rows += [a_fact(f"C{number}", "fees_due_yuan", due)] if due else []
        rows += [a_fact(f"C{number}", "fees_collected_yuan", paid)] if paid else []
    found = an_engine(*a_city(), *rows).coverage(a_query("fees_collected"))
    figures = found.total.figures
    assert (figures.covered, figures.uncovered, figures.unknown) == (60.25, 40.25, 50.0)
    assert found.weight == "amount"
    status = an_engine(*a_city(), *rows).status_of("fees_collected", DAY)
    assert [status[f"C{n}"][1] for n in range(4)] == ["counted", "not_surveyed", "not_in_base", "contradicts"]


def test_that_a_rate_is_a_share_of_whatever_weighs():
    rows = [
        a_compound("C1", households=100),
        a_compound("C2", households=300),
        a_compound("C3", households=5),
    ]
    rows += [a_fact("C1", "willingness_to_pay", "0.5"), a_fact("C2", "willingness_to_pay", "0.9")]
    engine = an_engine(*rows)
    figures = engine.coverage(a_query("willing_to_pay", weight="households")).total.figures
    assert (figures.covered, figures.uncovered, figures.unknown) == pytest.approx((320, 80, 5))


@pytest.mark.system(3)
def test_that_a_scheme_for_offices_counts_offices_and_nothing_else():
    profile = a_profile("jinjiang")
    rows = [a_compound("C1", kind="office"), a_compound("C2", kind="old"), a_compound("C3", kind="park")]
    engine = an_engine(*rows, profile=profile)
    assert engine.coverage(a_query("office_standard")).total.figures.total == 1
    assert engine.coverage(a_query("office_standard", kind="old")).total.figures.total == 0
    assert engine.coverage(a_query("office_standard", kind="all")).total.figures.total == 1
    status = engine.status_of("office_standard", DAY)
    assert (status["C1"][0], status["C2"][1]) == ("unknown", "other_kind")
    told = explain(engine, a_query("office_standard", kind="old"), "total")
    assert [(entry.code, entry.reason) for entry in told.left_out] == [
        ("C1", "other_kind"),
        ("C2", "not_in_base"),
        ("C3", "other_kind"),
    ]


def test_that_a_station_outside_every_unit_is_unplaced_whatever_it_records_unless_a_compound_holds_it():
    rows = [*a_city(), a_compound("C1", grid="G21"), a_station(geometry=a_point(900, 900), grid="G11")]
    assert an_engine(*rows).coverage(a_query("six_haves")).unplaced_codes == ("S1",)
    at_home = a_station("S2", geometry=a_point(900, 900), compound="C1")
    found = an_engine(*rows, at_home).coverage(a_query("six_haves"))
    assert [row.figures.unknown for row in found.rows] == [0, 0, 1, 0]
    assert found.unplaced_codes == ("S1",)


def test_that_an_explanation_tells_how_a_unit_is_placed():
    def placed(by):
        found = explain(an_engine(*a_city()), a_query("street_party", by), "total")
        return [entry.placed_by for entry in found.unknown]

    assert (placed("district"), placed("street"), placed("grid")) == (
        ["record"] * 2,
        ["record"] * 2,
        [None] * 2,
    )


def test_that_a_case_an_organisation_and_a_service_lie_where_they_are_at_work():
    rows = [*a_city(), a_compound("C1", grid="G21"), a_firm(), an_engagement("C1", "E1")]
    rows += [an_organisation(), an_attachment("G12"), an_organisation("O2")]
    rows += [a_record("cases", "M1", compound="C1", level="community", state="opened", opened=DAY)]
    rows += [a_record("cases", "M2", community="340102001001", level="street", state="opened", opened=DAY)]
    engine = an_engine(*rows)
    places = {code: engine.derived(code, DAY) for code in ("M1", "M2", "E1", "O1", "O2")}
    assert {code: (place.street, place.grid) for code, place in places.items()} == {
        "M1": ("340102002", "G21"),
        "M2": ("340102001", None),
        "E1": ("340102002", "G21"),
        "O1": ("340102001", "G12"),
        "O2": (None, None),
    }
    assert engine.derived_many("cases", DAY)["M1"] == places["M1"]


# facts as measures, lists and words


def test_that_every_answer_is_a_measure_of_each_kind_it_is_asked_of():
    names = fact_names(PROFILE)
    assert {"fact:gate_guard", "fact:sign", "fact:sign:grid", "fact:party_organisation:firm"} <= set(names)
    assert "fact:owners_committee" not in names  # a choice
    assert parse_measure(PROFILE, "fact:sign").spec.subject == "station"
    assert parse_measure(PROFILE, "fact:sign:station").spec.subject == "station"
    rows = [*a_city(), a_fact("G11", "sign", "yes"), a_fact("G12", "sign", "no")]
    figures = an_engine(*rows, profile=PROFILE).coverage(a_query("fact:sign:grid")).total.figures
    assert (figures.covered, figures.uncovered, figures.unknown) == (1, 1, 2)


@pytest.mark.parametrize(
    "name", ["fact", "fact:nothing", "fact:lamps", "fact:sign:firm", "fact:sign:grid:x", "party:x"]
)
def test_that_a_measure_that_there_is_not_is_refused_with_those_that_there_are(name):
    with pytest.raises(InvalidInput) as refused:
        parse_measure(PROFILE, name)
    assert refused.value.problems[0].value == name
    assert "fact:sign" in refused.value.problems[0].message.en


def test_that_the_groups_hold_every_measure_once():
    for profile in (PROFILE, a_profile("jinjiang"), a_profile("quzhou")):
        names = [name for _, _, own in measure_groups(profile) for name in own]
        assert sorted(names) == sorted(measure_names(profile))
        assert [row["id"] for row in measure_list(profile, "zh")["measures"]] == names
        assert all(parse_measure(profile, name).definition.zh for name in names)


@pytest.mark.parametrize(
    ("condition", "zh"),
    [
        ('"engagement=contract|fallback"', "在期服务是正式或兜底"),
        ('"not party"', "并非有在期党组织"),
        ('{ all = ["gate_guard", "lamps>=4"] }', "有门卫，且路灯至少 4"),
        (
            '{ not = { any = ["party", "owners_committee!=elected"] } }',
            "并非（有在期党组织，或业委会不是在任）",
        ),
        ('"scheme:care>=2"', "“维护”达到 2 星"),
        ('"checklist:tended"', "“看护”齐全"),
        ('"link:post=fire"', "“岗位”有消防"),
        ('"firm:list=black"', "服务企业的红黑榜是黑榜"),
        ('"organisation!=group"', "有在期的党小组以外的"),
    ],
)
def test_that_a_definition_is_made_from_the_condition(condition, zh):
    assert parse_measure(asking(condition), "m").definition.zh == zh


def test_that_three_no_is_seen_through_a_checklist():
    profile = a_city_profile(
        '\n[[checklists]]\nid = "safe"\nof = "compounds"\nwords = { zh = "平安", en = "safe" }\n'
        'items = [{ when = "not three_no", words = { zh = "非三无", en = "not three-no" } }]\n'
        '[[measures]]\nid = "m"\nwords = { zh = "指", en = "it" }\ncovered = "checklist:safe"\n'
    )
    engine = an_engine(a_compound(), profile=profile)
    for name in ("m", "safe"):
        assert engine.coverage(a_query(name)).rule == "three_no@1"
    assert engine.coverage(a_query("party")).rule is None
