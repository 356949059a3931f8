"""Assessments by a declared scheme: what is written, what is refused, and what the verb says."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profile.declared import SchemeItem
from app.domain.rating import assessments_of
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.edit.assess import assess, read_score
from app.services.profile.profiles import load_profile, profile_from_text
from app.services.registry.registry import Registry, create_registry
from app.text import Text
from tests.ui.robots.small import records
from ui.cli.run import run

NEW_VERSION = """
[[schemes]]
id = "five_stars"
version = 2
of = ["compounds"]
kinds = ["commercial"]
words = { zh = "三类五星", en = "Three kinds, five stars" }
open_items = 3
bands = [{ stars = 1, at_least = 0.0, words = { zh = "托底", en = "bottom" } }]
source = "test"
"""
DAY = date(2026, 3, 1)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "small.gpkg"
    create_registry(path, load_profile("quzhou"), name="试验", records=records()).close()
    return path


@pytest.fixture
def registry(path):
    registry = Registry.open(path, by="tester")
    yield registry
    registry.close()


def test_that_a_scheme_is_for_what_a_compound_was_on_that_day(tmp_path):
    registry = create_registry(tmp_path / "small.gpkg", load_profile("jinjiang"), records=records())
    edit.set_values(registry, ["C000001"], {"kind": "office"}, since=date(2026, 6, 1))
    item = registry.profile.scheme("office_standard").items[0].id
    assert assess(registry, "C000001", "office_standard", {item: "1"}, on=date(2026, 6, 1)).codes
    with pytest.raises(InvalidInput, match="不评"):
        assess(registry, "C000001", "office_standard", {item: "1"}, on=date(2026, 5, 31))
    registry.close()


def test_that_a_sheet_is_one_change_and_empty_items_are_not_assessed(registry):
    changes = assess(registry, "C000001", "five_stars", {"1": "1", "2": " 0.5 ", "3": "", "4": None}, on=DAY)
    assert registry.history()[0].verb == "assess"
    assert len(registry.history()) == 2, "its making, and this"
    assert len(changes.codes) == 2
    found = assessments_of(registry.dataset, "C000001", "five_stars", DAY)
    assert (found.on, found.version, found.scores) == (DAY, 1, {"1": 1.0, "2": 0.5})
    registry.undo()
    assert assessments_of(registry.dataset, "C000001", "five_stars", DAY) is None


def test_that_the_same_day_again_corrects_and_takes_back(registry):
    assess(registry, "C000001", "five_stars", {"1": "1", "2": "1"}, on=DAY)
    assess(registry, "C000001", "five_stars", {"1": "0.25", "2": ""}, on=DAY)
    found = assessments_of(registry.dataset, "C000001", "five_stars", DAY)
    assert found.scores == {"1": 0.25, "2": None}
    assert len(registry.dataset.of("assessments")) == 2
    assert assess(registry, "C000001", "five_stars", {"1": "0.25"}, on=DAY).change is None


def test_that_another_day_is_another_assessment_and_the_old_one_stays(registry):
    assess(registry, "C000001", "five_stars", {"1": "1"}, on=DAY)
    assess(registry, "C000001", "five_stars", {"1": "0"}, on=date(2026, 9, 1))
    assert assessments_of(registry.dataset, "C000001", "five_stars", date(2026, 8, 31)).scores == {"1": 1}
    assert assessments_of(registry.dataset, "C000001", "five_stars", date(2026, 9, 1)).scores == {"1": 0}


@pytest.mark.parametrize(
    ("subject", "scheme", "scores", "said"),
    [
        ("C000001", "five_stars", {"1": "1.01"}, "0 到 1"),
        ("C000001", "five_stars", {"1": "-1"}, "0 到 1"),
        ("C000001", "five_stars", {"1": "许多"}, "0 到 1"),
        ("C000001", "five_stars", {"99": "1"}, "没有项目 '99'"),
        ("C000001", "five_stars", {"1": ""}, "一项也没有评"),
        ("C000001", "six_stars", {"1": "1"}, "没有评价办法"),
        ("F000001", "five_stars", {"1": "1"}, "不评 F000001"),
        ("C999999", "five_stars", {"1": "1"}, "C999999"),
    ],
)
def test_that_what_is_wrong_is_refused_with_a_sentence_and_nothing_is_written(
    registry, subject, scheme, scores, said
):
    with pytest.raises(InvalidInput) as refused:
        assess(registry, subject, scheme, scores, on=DAY)
    assert said in refused.value.message.zh
    assert refused.value.problems
    assert not registry.dataset.of("assessments")
    assert len(registry.history()) == 1, "only its making"


def test_that_every_wrong_score_is_told_at_once(registry):
    with pytest.raises(InvalidInput) as refused:
        assess(registry, "C000001", "five_stars", {"1": "2", "2": "0.5", "77": "1"}, on=DAY)
    assert [problem.column for problem in refused.value.problems] == ["1", "77"]
    assert "共 2 处" in refused.value.message.zh


def test_that_an_assessment_remembers_the_version_under_which_it_was_made(tmp_path):
    path = tmp_path / "two.gpkg"
    profile = profile_from_text(load_profile("quzhou").text + NEW_VERSION)
    create_registry(path, profile, name="试验", records=records()).close()
    with pytest.raises(InvalidInput, match="不评"), _opened(path) as registry:
        assess(registry, "C000001", "five_stars", {"1": "1"}, on=DAY)  # the new version is for others
    with _opened(path) as registry:
        from app.services.edit.edit import set_values

        set_values(registry, ["C000001"], {"kind": "commercial"})
        assess(registry, "C000001", "five_stars", {"1": "1"}, on=DAY)
        assert assessments_of(registry.dataset, "C000001", "five_stars", DAY).version == 2


class _opened:  # noqa: N801  # reads as a verb
    def __init__(self, path):
        self.registry = Registry.open(path, by="tester")

    def __enter__(self):
        return self.registry

    def __exit__(self, *_):
        self.registry.close()


@settings(max_examples=60, deadline=None)
@given(maximum=st.floats(0.5, 200), score=st.floats(-50, 400))
def test_that_a_score_is_taken_exactly_between_nothing_and_its_maximum(maximum, score):
    item = SchemeItem(id="a", words=Text("甲", "a"), maximum=maximum)
    if 0 <= score <= maximum:
        assert read_score(item, repr(score)) == score
    else:
        with pytest.raises(InvalidInput):
            read_score(item, repr(score))


def test_that_the_verb_assesses_and_says_the_range(path, capsys):
    assert (
        run(["assess", str(path), "C000001", "five_stars", "1=1", "2=0.5", "--on", "2026-03-01", "--json"])
        == 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["verb"] == "assess"
    rating = answer["rating"]
    assert (rating["points"], rating["full"], rating["stars"]) == (1.5, 54, None)
    assert (rating["stars_low"], rating["stars_high"], len(rating["missing"])) == (1, 5, 52)
    assert run(["assess", str(path), "C000001", "five_stars", "3=0.5"]) == 0
    assert "53 项未评" in capsys.readouterr().out


def test_that_the_verb_refuses_with_exit_2_and_the_place(path, capsys):
    before = path.read_bytes()
    assert run(["assess", str(path), "C000001", "five_stars", "1=7", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["problems"][0]["column"] == "1"
    assert path.read_bytes() == before
