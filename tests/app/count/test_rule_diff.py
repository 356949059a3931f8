"""Two three-no rules side by side: what flips, and because of which part and fact."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profile.declared import THREE_NO_PARTS
from app.errors import InvalidInput
from app.services.count.rule_diff import compare_rules, side_of, side_with
from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_city,
    a_compound,
    a_fact,
    a_firm,
    a_profile,
    an_engagement,
    an_engine,
)

KEYS = ("property_firm", "authority", "defence_people", "defence_hardware", "gate_guard", "managing_body")


def answered(code, **facts):
    """A compound in grid G11 with these facts; the others it was never asked about."""
    return [
        a_compound(code, geometry=a_box(10, 10, 40, 40)),
        *(a_fact(code, key, value) for key, value in facts.items()),
    ]


def flip_of(facts, parts=("has_firm", "authority", "defence"), **other):
    engine = an_engine(*a_city(), *answered("C1", **facts))
    before = side_with(side_of(engine.profile), parts=parts)
    return compare_rules(engine, before, side_with(before, **other), DAY)


ALL_NO = dict.fromkeys(KEYS, "no")


def test_that_the_defence_switch_flips_a_compound_with_one_defence_and_names_the_facts():
    found = flip_of({**ALL_NO, "defence_people": "yes"}, defence="all")
    (flip,) = found.flips
    assert (flip.code, flip.before, flip.after, flip.unit) == ("C1", "no", "yes", "340102001")
    (cause,) = flip.because
    assert (cause.part, cause.before, cause.after) == ("defence", "yes", "no")
    assert cause.facts == (("defence_people", "yes"), ("defence_hardware", "no"))
    assert "C1:defence_people:2023-01-01" in cause.codes


def test_that_a_part_only_one_rule_asks_for_is_the_cause():
    engine = an_engine(*a_city(), *answered("C1", **{**ALL_NO, "gate_guard": "yes"}))
    (flip,) = compare_rules(engine, side_of(a_profile("yaohai")), side_of(a_profile("jinjiang")), DAY).flips
    assert (flip.before, flip.after) == ("yes", "no")
    assert ("gate_guard", "", "yes") in [(c.part, c.before, c.after) for c in flip.because]
    assert "has_firm" not in [c.part for c in flip.because], "both rules ask it, both hear no"


def test_that_a_part_nobody_surveyed_turns_a_verdict_into_unknown_and_says_so():
    facts = {key: "no" for key in KEYS if key != "managing_body"}
    engine = an_engine(*a_city(), *answered("C1", **facts))
    (flip,) = compare_rules(engine, side_of(a_profile()), side_of(a_profile("jinjiang")), DAY).flips
    assert (flip.before, flip.after) == ("yes", "unknown")
    assert ("managing_body", "unknown", (("managing_body", ""),)) in [
        (c.part, c.after, c.facts) for c in flip.because
    ]


def test_that_stages_belong_to_the_rule():
    rows = [*answered("C1", **ALL_NO), a_firm(), an_engagement("C1", "E1", stage="trial")]
    engine = an_engine(*a_city(), *rows)
    found = compare_rules(engine, side_of(a_profile()), side_of(a_profile(stages='["contract"]')), DAY)
    (flip,) = found.flips
    assert (flip.before, flip.after) == ("no", "yes")
    assert "E1" in flip.because[0].codes


def test_that_rows_with_what_is_placed_nowhere_add_up_to_the_total():
    rows = [
        *answered("C1", **ALL_NO),
        a_compound("C2", geometry=a_box(900, 900, 950, 950)),
        a_compound("C3", kind="office", geometry=a_box(110, 10, 140, 40)),
    ]
    engine = an_engine(*a_city(), *rows)
    found = compare_rules(engine, side_of(a_profile()), side_of(a_profile("jinjiang")), DAY, by="community")
    assert (found.total.total, found.unplaced.total) == (2, 1)
    assert sum(row.total for row in found.rows) + found.unplaced.total == found.total.total
    assert set(found.statuses) == {"C1", "C2"}, "an office tower is counted apart"
    document = found.as_json("zh")
    assert document["total"]["counts"]["yes"]["yes"] == 1
    assert document["unplaced"]["counts"]["unknown"]["unknown"] == 1


@pytest.mark.parametrize(
    ("wrong", "column"),
    [({"parts": ["moat"]}, "parts"), ({"parts": []}, "parts"), ({"defence": "some"}, "defence")],
)
def test_that_a_rule_that_is_none_is_refused(wrong, column):
    with pytest.raises(InvalidInput) as refused:
        side_with(side_of(a_profile()), **wrong)
    assert refused.value.problems[0].column == column


def test_that_a_level_that_is_none_is_refused():
    side = side_of(a_profile())
    with pytest.raises(InvalidInput):
        compare_rules(an_engine(*a_city()), side, side, DAY, by="galaxy")


_answers = st.sampled_from(("yes", "no", "unknown", ""))
_compounds = st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, _answers)), min_size=1, max_size=6)
_rules = st.tuples(
    st.lists(st.sampled_from(THREE_NO_PARTS), min_size=1, unique=True), st.sampled_from(("any", "all"))
)


def _engine_of(compounds):
    rows = [
        row
        for number, facts in enumerate(compounds)
        for row in answered(f"C{number}", **{key: value for key, value in facts.items() if value})
    ]
    return an_engine(*a_city(), *rows)


@settings(max_examples=60, deadline=None)
@given(_compounds, _rules)
def test_that_a_rule_against_itself_flips_nothing(compounds, rule):
    engine = _engine_of(compounds)
    side = side_with(side_of(engine.profile), parts=rule[0], defence=rule[1])
    again = side_with(side_of(engine.profile), parts=list(reversed(rule[0])), defence=rule[1])
    found = compare_rules(engine, side, again, DAY)
    assert found.flips == ()
    assert all(before == after for before, after in found.statuses.values())


@settings(max_examples=60, deadline=None)
@given(_compounds, _rules, _rules)
def test_that_swapping_the_sides_mirrors_and_every_flip_has_a_cause(compounds, left, right):
    engine = _engine_of(compounds)
    sides = [
        side_with(side_of(engine.profile), parts=parts, defence=switch) for parts, switch in (left, right)
    ]
    there, back = compare_rules(engine, *sides, DAY), compare_rules(engine, *reversed(sides), DAY)
    assert {(f.code, f.before, f.after) for f in there.flips} == {
        (f.code, f.after, f.before) for f in back.flips
    }
    assert {(f.code, c.part, c.before, c.after, c.facts) for f in there.flips for c in f.because} == {
        (f.code, c.part, c.after, c.before, c.facts) for f in back.flips for c in f.because
    }
    assert {(b, a): n for (a, b), n in there.total.counts.items()} == dict(back.total.counts)
    assert all(flip.because for flip in there.flips)
    assert {flip.code for flip in there.flips} == {
        code for code, (before, after) in there.statuses.items() if before != after
    }
