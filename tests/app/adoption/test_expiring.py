"""The radar of what runs out: exact cases, and its claims against the engine's own answers of the day after."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.services.adoption.expiring import expiring
from app.services.adoption.renew import confirm, renew
from app.services.edit import edit
from tests.app.builders import a_small_registry
from tests.app.coverage.builders import (
    a_box,
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_profile,
    a_record,
    an_attachment,
    an_engagement,
    an_engine,
    an_organisation,
)

DAY = date(2026, 6, 1)
LAST = date(2026, 7, 31)
PROFILE = a_profile()


def place(code="C1", west=10):
    return a_compound(code, geometry=a_box(west, 10, west + 20, 30))


def without_defence(code="C1"):
    keys = ("authority", "defence_people", "defence_hardware")
    return [a_fact(code, key, "no", date(2026, 1, 1)) for key in keys]


def radar(*records, within=90, street="", day=DAY):
    engine = an_engine(*a_city(), a_firm(), *records, profile=PROFILE)
    return expiring(engine, day, within, street)


def effects(expiry):
    return {(e.subject, e.what): (e.before, e.after) for e in expiry.effects}


def only(found, sort):
    chosen = [expiry for expiry in found if expiry.sort == sort]
    assert len(chosen) == 1, found
    return chosen[0]


def test_that_the_end_of_the_only_service_makes_a_compound_three_no():
    contract = an_engagement("C1", "E1", valid_from=date(2025, 1, 1), valid_until=LAST)
    expiry = only(radar(place(), *without_defence(), contract), "engagements")
    assert (expiry.code, expiry.subject, expiry.last, expiry.days, expiry.rank) == ("E1", "C1", LAST, 60, 0)
    assert effects(expiry)["C1", "three_no"] == ("no", "yes")
    assert effects(expiry)["C1", "property"] == ("covered", "uncovered")
    assert expiry.words.zh == "企业F1 正式"


def test_that_where_nobody_has_surveyed_it_becomes_undecided():
    contract = an_engagement("C1", "E1", valid_from=date(2025, 1, 1), valid_until=LAST)
    expiry = only(radar(place(), contract), "engagements")
    assert effects(expiry)["C1", "three_no"] == ("no", "unknown")
    assert expiry.rank == 1  # the service is lost, which is worse


def test_that_a_firm_that_ends_before_its_service_begins_makes_a_compound_three_no():
    ahead = an_engagement("C1", "E1", firm="F7", valid_from=LAST + timedelta(days=30))
    expiry = only(radar(place(), *without_defence(), a_firm("F7", valid_until=LAST), ahead), "firms")
    assert effects(expiry)["C1", "three_no"] == ("unknown", "yes")
    assert (expiry.rank, expiry.shown) == (0, ("C1",))


def test_that_nothing_follows_where_somebody_takes_over():
    trial = an_engagement("C1", "E1", stage="trial", valid_from=date(2026, 5, 1), valid_until=LAST)
    after = an_engagement("C1", "E2", valid_from=LAST + timedelta(days=1))
    expiry = only(radar(place(), *without_defence(), trial, after), "engagements")
    assert ("C1", "three_no") not in effects(expiry)
    assert ("C1", "property") not in effects(expiry)
    assert expiry.words.zh == "企业F1 体验"


def test_that_a_firm_that_ends_takes_its_compounds_with_it():
    firm = a_firm("F2", valid_until=LAST)
    serves = [an_engagement(code, firm="F2") for code in ("C1", "C2")]
    expiry = only(radar(place(), place("C2", 120), *without_defence(), firm, *serves), "firms")
    assert expiry.shown == ("C1", "C2")
    assert effects(expiry)["C1", "three_no"] == ("no", "yes")
    assert effects(expiry)["C2", "property"] == ("covered", "uncovered")


def test_that_an_organisation_that_ends_uncovers_what_it_is_attached_to():
    organisation = an_organisation("O2", valid_until=LAST)
    expiry = only(radar(place(), organisation, an_attachment("C1", "A1", organisation="O2")), "organisations")
    assert effects(expiry)["C1", "party"] == ("covered", "uncovered")
    attachment = an_attachment("C1", "A1", organisation="O2", valid_until=LAST)
    expiry = only(radar(place(), an_organisation("O2"), attachment), "attachments")
    assert effects(expiry)["C1", "party"] == ("covered", "uncovered")


def test_that_a_committee_s_term_ends_the_committee():
    term = a_fact("C1", "owners_committee", "elected", date(2023, 8, 1), LAST)
    expiry = only(radar(place(), term), "facts")
    assert effects(expiry)["C1", "committee"] == ("covered", "unknown")
    assert expiry.words.zh == "业委会：在任"
    newer = a_fact("C1", "owners_committee", "elected", date(2026, 7, 1))
    assert [e for e in radar(place(), term, newer) if e.sort == "facts"] == []


def test_that_facts_surveyed_together_go_out_of_date_together():
    found = radar(
        place(),
        a_fact("C1", "authority", "no", date(2025, 7, 1)),
        a_fact("C1", "gate_guard", "yes", date(2025, 7, 1)),
        a_fact("C1", "defence_people", "unknown", date(2025, 7, 1)),
        a_fact("C1", "defence_hardware", "no", date(2025, 1, 1)),
    )
    expiry = only(found, "surveys")
    assert (expiry.last, expiry.parts) == (
        date(2026, 7, 1),
        ("C1:authority:2025-07-01", "C1:gate_guard:2025-07-01"),
    )
    assert (expiry.rank, expiry.effects) == (5, ())


def test_that_a_subsidy_s_last_dated_day_is_on_the_radar():
    contract = an_engagement(
        "C1",
        "E1",
        valid_from=date(2024, 8, 1),
        subsidy_yuan=0.0,
        past={"subsidy_yuan": ((date(2025, 7, 31), 30000.0), (LAST, 10000.0))},
    )
    expiry = only(radar(place(), contract), "subsidies")
    assert (expiry.code, expiry.last, expiry.yuan, expiry.rank) == ("E1", LAST, 10000.0, 4)
    for_ever = an_engagement("C1", "E1", subsidy_yuan=5.0)
    assert radar(place(), for_ever) == []


def test_that_an_assessment_older_than_its_scheme_allows_is_on_the_radar():
    newest = next(v[-1] for v in PROFILE.schemes.values() if "compounds" in v[-1].of)
    scheme = replace(newest, valid_days=365)
    profile = replace(PROFILE, schemes={**PROFILE.schemes, scheme.id: (scheme,)})
    on = LAST - timedelta(days=scheme.valid_days)
    rows = [
        a_record(
            "assessments",
            f"V{n}",
            subject="C1",
            scheme=scheme.id,
            item=item.id,
            score=0.0,
            on=on,
            scheme_version=scheme.version,
        )
        for n, item in enumerate(scheme.items[:2])
    ]
    engine = an_engine(*a_city(), place(), *rows, profile=profile)
    expiry = only(expiring(engine, DAY, 90), "assessments")
    assert expiring(an_engine(*a_city(), place(), *rows, profile=PROFILE), DAY, 90) == []
    assert (expiry.subject, expiry.last, expiry.words) == ("C1", LAST, scheme.words)


def test_that_links_and_zones_are_on_the_radar_with_their_members():
    zone = a_record("zones", "Z1", name="东片", valid_until=LAST)
    relation = next(r for r in PROFILE.relations.values() if "zones" in r.of and "compounds" in r.to)
    member = a_record("links", "K1", relation=relation.id, subject="Z1", to="C1")
    expiry = only(radar(place(), zone, member), "zones")
    assert expiry.shown == ("C1",)
    link = member._replace(valid_until=LAST)
    expiry = only(radar(place(), zone._replace(valid_until=None), link), "links")
    assert (expiry.subject, expiry.shown) == ("C1", ("C1",))


@pytest.mark.parametrize(("day", "is_seen"), [(-1, False), (0, True), (30, True), (31, False)])
def test_that_both_ends_of_the_days_are_included(day, is_seen):
    contract = an_engagement("C1", "E1", valid_until=DAY + timedelta(days=day))
    assert bool(radar(place(), contract, within=30)) is is_seen


def test_that_the_worst_comes_first_and_then_the_soonest():
    found = radar(
        place(),
        place("C2", 120),
        place("C3", 40),
        *without_defence("C2"),
        an_engagement("C1", "E1", valid_until=DAY),
        an_engagement("C2", "E2", valid_until=LAST),
        an_engagement("C3", "E3", valid_until=date(2026, 6, 20)),
        a_fact("C1", "gate_guard", "yes", date(2025, 6, 10)),
    )
    assert [expiry.code for expiry in found] == ["E2", "E1", "E3", "C1"]


def test_that_one_street_s_share_is_shown_alone():
    records = [
        place(),
        place("C2", 120),
        *(an_engagement(code, f"E{code}", valid_until=LAST) for code in ("C1", "C2")),
    ]
    found = {
        street: [e.code for e in radar(*records, street=street)] for street in ("340102001", "340102002")
    }
    assert found == {"340102001": ["EC1"], "340102002": ["EC2"]}
    with pytest.raises(InvalidInput, match="999"):
        radar(*records, street="999")
    with pytest.raises(InvalidInput, match="天数"):
        radar(*records, within=-1)


days = st.integers(0, 40).map(lambda n: DAY + timedelta(days=n))
maybe_day = st.none() | days


@st.composite
def registries(draw):
    records = [a_firm(), a_firm("F2", valid_until=draw(maybe_day))]
    records += [an_organisation("O1", valid_until=draw(maybe_day))]
    codes = ("C1", "C2", "C3")
    records += [place(code, 10 + 60 * n) for n, code in enumerate(codes)]
    for n in range(draw(st.integers(1, 5))):
        records.append(
            an_engagement(
                draw(st.sampled_from(codes)),
                f"E{n}",
                firm=draw(st.sampled_from(("F1", "F2"))),
                stage=draw(st.sampled_from(("trial", "contract", "fallback"))),
                valid_from=draw(maybe_day),
                valid_until=draw(maybe_day),
            )
        )
    for n in range(draw(st.integers(0, 2))):
        records.append(
            an_attachment(draw(st.sampled_from((*codes, "F1", "G11"))), f"A{n}", valid_until=draw(maybe_day))
        )
    keys = ("authority", "defence_people", "defence_hardware", "property_firm", "residents_committee")
    for code in codes:
        for key in keys:
            if draw(st.booleans()):
                value = draw(st.sampled_from(("yes", "no", "no", "unknown")))
                records.append(a_fact(code, key, value, date(2026, 1, 1), draw(maybe_day)))
    if draw(st.booleans()):
        records.append(a_fact("340102001", "property_complete", "yes", date(2026, 1, 1), draw(maybe_day)))
    return [
        r for r in records if r.valid_from is None or r.valid_until is None or r.valid_from <= r.valid_until
    ]


@given(registries())
@settings(max_examples=60, deadline=None)
def test_that_the_radar_s_claim_is_what_the_engine_says_on_the_day_after(records):
    engine = an_engine(*a_city(), *records, profile=PROFILE)
    found = expiring(engine, DAY, 45)
    oracle = an_engine(*a_city(), *records, profile=PROFILE)
    for expiry in found:
        for effect in expiry.effects:
            for day, said in ((expiry.last, effect.before), (expiry.last + timedelta(days=1), effect.after)):
                if effect.what == "three_no":
                    assert oracle.three_no(effect.subject, day).status == said
                else:
                    status = oracle.status_of(effect.what, day)
                    assert status.get(effect.subject, ("left_out",))[0] == said, (effect, day)
    # and nothing is missed: whatever turns overnight, with nothing begun, is on the radar
    begun = {r.valid_from for r in records}
    for n in range(44):
        evening, morning = DAY + timedelta(days=n), DAY + timedelta(days=n + 1)
        if morning in begun:
            continue
        for code in ("C1", "C2", "C3"):
            before, after = (oracle.three_no(code, day).status for day in (evening, morning))
            claims = {
                (e.before, e.after)
                for x in found
                if x.last == evening
                for e in x.effects
                if (e.subject, e.what) == (code, "three_no")
            }
            assert claims == ({(before, after)} if before != after else set()), (code, evening)


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def test_that_renewing_moves_the_last_day_as_one_change(registry):
    edit.attach(registry, "F1", ["C1"], since=date(2026, 1, 1), until=LAST)
    before = len(registry.history())
    assert renew(registry, "E000001", date(2027, 7, 31)).change
    assert registry.dataset.find("E000001").valid_until == date(2027, 7, 31)
    assert len(registry.history()) == before + 1
    registry.undo()
    assert registry.dataset.find("E000001").valid_until == LAST


def test_that_a_wrong_renewal_is_refused_and_writes_nothing(registry):
    edit.attach(registry, "F1", ["C1"], role="trial", since=date(2026, 6, 1), until=LAST)
    edit.add(registry, "firms", {"code": "F2", "name": "金色物业"})
    edit.attach(registry, "F2", ["C2"], since=date(2026, 1, 1))
    edit.attach(registry, "F1", ["C2"], since=date(2024, 1, 1), until=date(2025, 12, 31))
    before = len(registry.history())
    for code, until, said in (
        ("E000001", date(2026, 7, 1), "不晚于"),
        ("E000001", date(2026, 9, 1), "3 个月"),
        ("E000003", date(2026, 12, 31), "重叠"),
        ("E000002", date(2026, 12, 31), "没有最后一天"),
        ("E9", LAST, "E9"),
    ):
        with pytest.raises(InvalidInput, match=said):
            renew(registry, code, until)
    assert len(registry.history()) == before


def test_that_a_survey_is_confirmed_with_the_same_answers_on_a_new_day(registry):
    edit.set_values(registry, ["C1"], {"authority": "no", "gate_guard": "yes"}, since=date(2025, 7, 1))
    expiry = only(expiring(registry.engine, DAY, 90), "surveys")
    before = len(registry.history())
    confirm(registry, expiry.parts, DAY)
    assert len(registry.history()) == before + 1
    assert registry.dataset.fact_on("C1", "gate_guard", DAY).valid_from == DAY
    assert registry.dataset.fact_on("C1", "gate_guard", DAY).text("value") == "yes"
    assert expiring(registry.engine, DAY, 90) == []
    with pytest.raises(InvalidInput, match="早于"):
        confirm(registry, ("C1:gate_guard:2026-06-01",), date(2026, 5, 1))


def test_that_a_confirmed_fact_keeps_its_last_day(registry):
    first, last = date(2026, 1, 1), date(2026, 12, 31)
    edit.set_values(registry, ["C1"], {"gate_guard": "yes"}, since=first, until=last)
    for day in (date(2026, 5, 1), date(2026, 5, 1)):
        confirm(registry, (registry.dataset.fact_on("C1", "gate_guard", day).code,), day)
        assert registry.dataset.fact_on("C1", "gate_guard", last).valid_from == date(2026, 5, 1)
        assert registry.dataset.fact_on("C1", "gate_guard", date(2027, 1, 1)) is None


def test_that_an_answer_that_was_overtaken_is_not_confirmed(registry):
    edit.set_values(registry, ["C1"], {"gate_guard": "yes"}, since=date(2026, 1, 1))
    edit.set_values(registry, ["C1"], {"gate_guard": "no"}, since=date(2026, 3, 1), until=date(2026, 6, 30))
    before = len(registry.history())
    for code, day in (
        ("C1:gate_guard:2026-01-01", date(2026, 5, 1)),
        ("C1:gate_guard:2026-03-01", date(2026, 7, 1)),
    ):
        with pytest.raises(InvalidInput, match="已不算数"):
            confirm(registry, (code,), day)
    assert len(registry.history()) == before


def test_that_the_json_says_all(registry):
    edit.attach(registry, "F1", ["C1"], since=date(2026, 1, 1), until=LAST)
    found = expiring(registry.engine, DAY, 90)[0].as_json("zh")
    assert (found["sort"], found["code"], found["subject"], found["last"], found["days"]) == (
        "engagements",
        "E000001",
        "C1",
        "2026-07-31",
        60,
    )
    assert {"subject": "C1", "what": "property", "before": "covered", "after": "uncovered"} in found[
        "effects"
    ]
