"""What a profile's declarations refuse: nothing is written, and the sentence has its place."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.services.edit import edit
from tests.app.builders import a_small_registry, an_empty_registry, held

SCHEME = "five_haves_ten_goods"


@pytest.fixture
def registry(tmp_path):
    found = a_small_registry(tmp_path)
    yield found
    found.close()


@pytest.fixture
def quzhou(tmp_path):
    found = an_empty_registry(tmp_path, profile="quzhou")
    edit.add(found, "compounds", {"code": "C1", "kind": "old"})
    yield found
    found.close()


def refused(registry, act) -> tuple[str | None, str]:
    """Return column and sentence of a refusal that left the registry as it was."""
    before = held(registry.path), registry.dataset
    with pytest.raises(InvalidInput) as found:
        act()
    assert (held(registry.path), registry.dataset) == before
    return found.value.problems[0].column, found.value.message.en


def score(registry, **given):
    values = {"subject": "C1", "scheme": SCHEME, "item": "haves1", "score": "1", "on": "2024-03-01"} | given
    return edit.add(registry, "assessments", values)


@pytest.mark.parametrize(
    ("given", "column", "said"),
    [
        ({"score": "1.5"}, "score", "above the maximum 1"),
        ({"item": "haves6"}, "item", "no item"),
        ({"scheme": "stars"}, "scheme", "no scheme"),
        ({"scheme_version": "9"}, "scheme", f"{SCHEME}@9"),
        ({"on": "1990-01-01"}, "on", "not in force"),
        ({"score": "-1"}, "score", "negative"),
    ],
)
def test_that_a_score_outside_its_scheme_is_refused(registry, given, column, said):
    edit.set_values(registry, ["C1"], {"valid_from": "2000-01-01"})
    found, sentence = refused(registry, lambda: score(registry, **given))
    assert found == column
    assert said in sentence


def test_that_an_assessment_remembers_the_version_it_was_made_under(registry):
    score(registry)
    (row,) = registry.dataset.of("assessments").values()
    assert row.get("scheme_version") == 1


def test_that_the_same_item_is_scored_once_a_day(registry):
    score(registry)
    assert refused(registry, lambda: score(registry, score="0"))[0] == "item"
    score(registry, on="2024-03-02")


def test_that_a_scheme_for_office_towers_scores_no_old_compound(tmp_path):
    registry = an_empty_registry(tmp_path, profile="jinjiang")
    edit.add(registry, "compounds", {"code": "C1", "kind": "old"})
    column, sentence = refused(registry, lambda: score(registry, scheme="office_standard", item="1"))
    assert column == "subject"
    assert "office tower" in sentence
    registry.close()


def test_that_a_relation_takes_what_it_is_declared_for(quzhou):
    edit.add(quzhou, "departments", {"code": "D1", "name": "城管局"})
    edit.add(quzhou, "firms", {"code": "F1", "name": "甲物业"})
    edit.attach(quzhou, "D1", ["C1"], role="公安", since=date(2024, 1, 1))
    (link,) = quzhou.dataset.links_to("C1", "liaison")
    assert link.text("role") == "police"
    assert refused(quzhou, lambda: edit.attach(quzhou, "D1", ["C1"], role="园长"))[0] == "role"
    assert refused(quzhou, lambda: edit.attach(quzhou, "F1", ["C1"], relation="liaison"))[0] == "subject"
    assert refused(quzhou, lambda: edit.attach(quzhou, "F1", ["C1"], relation="love"))[0] == "relation"
    column, sentence = refused(
        quzhou, lambda: edit.attach(quzhou, "D1", ["C1"], role="police", since=date(2025, 1, 1))
    )
    assert column == "valid_from"
    assert "overlap" in sentence
    edit.attach(quzhou, "F1", ["C1"], relation="pairing")
    edit.detach(quzhou, link.code, on=date(2024, 6, 1), why="试")
    assert quzhou.dataset.find(link.code).valid_until == date(2024, 5, 31)


def test_that_a_relation_lies_within_the_days_of_both_ends(quzhou):
    edit.add(quzhou, "departments", {"code": "D1", "name": "城管局", "valid_until": "2023-12-31"})
    column, sentence = refused(
        quzhou, lambda: edit.attach(quzhou, "D1", ["C1"], role="police", since=date(2024, 1, 1))
    )
    assert column == "valid_from"
    assert "D1" in sentence


def test_that_a_compound_is_in_one_zone_at_a_time(registry):
    for code in ("Z1", "Z2"):
        edit.add(registry, "zones", {"code": code, "name": code})
    edit.attach(registry, "Z1", ["C1", "C2"], since=date(2024, 1, 1), until=date(2024, 12, 31))
    assert (
        refused(registry, lambda: edit.attach(registry, "Z2", ["C1"], since=date(2024, 12, 31)))[0]
        == "valid_from"
    )
    edit.attach(registry, "Z2", ["C1"], since=date(2025, 1, 1))


def test_that_a_firm_gets_at_most_its_share_of_a_reward(quzhou):
    column, sentence = refused(quzhou, lambda: edit.set_values(quzhou, ["C1"], {"firm_reward_yuan": "3"}))
    assert column == "firm_reward_yuan"
    assert "before" in sentence
    edit.set_values(quzhou, ["C1"], {"reward_yuan": "10000", "firm_reward_yuan": "3000"})
    assert "30%" in refused(quzhou, lambda: edit.set_values(quzhou, ["C1"], {"firm_reward_yuan": "3001"}))[1]
    assert "30%" in refused(quzhou, lambda: edit.set_values(quzhou, ["C1"], {"reward_yuan": "9999"}))[1]


@pytest.mark.parametrize(
    ("written", "kept"), [("85%", "0.85"), ("0.85", "0.85"), ("100 ％", "1.0"), ("0", "0.0")]
)
def test_that_a_rate_is_kept_as_a_share(registry, written, kept):
    edit.set_values(registry, ["C1"], {"willingness_to_pay": written})
    assert registry.dataset.fact_on("C1", "willingness_to_pay", date(2099, 1, 1)).text("value") == kept


@pytest.mark.parametrize("written", ["85", "101%", "-1%", "many"])
def test_that_a_rate_above_one_is_refused(registry, written):
    assert refused(registry, lambda: edit.set_values(registry, ["C1"], {"willingness_to_pay": written}))[
        0
    ] == ("willingness_to_pay")
