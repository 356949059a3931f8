"""Verbs totals, reach and gaps: their JSON, their words, and what they refuse."""

from __future__ import annotations

import pytest

from ui.cli.run import run


def said(capsys, *arguments, status=0):
    assert run([*map(str, arguments)]) == status
    return capsys.readouterr().out


@pytest.mark.system(27)
@pytest.mark.both_stores
def test_that_totals_add_up_by_unit(call, path):
    found = call("totals", path, "--by", "grid", "--as-of", "2024-06-01")
    assert (found["by"], found["as_of"], found["stage"]) == ("grid", "2024-06-01", None)
    keys = [quantity["key"] for quantity in found["quantities"]]
    assert {"households", "residents", "guards", "fees_due_yuan"} <= set(keys)
    for row in (*found["rows"], found["unplaced"], found["total"]):
        assert list(row["sums"]) == keys
    assert found["total"]["sums"]["guards"] == {"sum": None, "known": 0, "of": 0}
    count = call("list", path, "compounds", "--as-of", "2024-06-01")["count"]
    assert found["total"]["records"]["compounds"]["count"] == count
    own = [row["records"]["compounds"]["count"] for row in (*found["rows"], found["unplaced"])]
    assert sum(own) == count


def test_that_totals_are_said_in_words(capsys, path):
    everything = said(capsys, "totals", path)
    assert "户数" in everything
    assert "还没有数的" in everything
    by_unit = said(capsys, "totals", path, "--fact", "households", "--by", "street", "--lang", "en")
    assert "Households" in by_unit
    assert "total" in by_unit


@pytest.mark.system(35)
def test_that_reach_is_told_compound_by_compound(call, capsys, path):
    call("add", path, "stations", "name=驿站", "kind=grid_post", "geometry=POINT(117.21 31.8)")
    found = call("reach", path, "--station-kind", "grid_post", "--metres", "300,100000")
    assert [row["metres"] for row in found["within"]] == [300, 100_000]
    measured = [one["metres"] for one in found["compounds"] if one["metres"] is not None]
    assert found["stations"] >= 1
    assert measured
    far = found["within"][1]
    assert far["uncovered"] == pytest.approx(0, abs=1e-6)
    assert "户数在内" in said(capsys, "reach", path, "--station-kind", "grid_post")


@pytest.mark.both_stores
def test_that_gaps_rank_and_name_the_least_work(call, capsys, path):
    found = call("gaps", path, "--measure", "party", "--by", "street", "--target", "90%")
    assert (found["measure"], found["by"], found["weight"], found["target"]) == (
        "party",
        "street",
        "compounds",
        0.9,
    )
    missing = [row["missing"] for row in found["rows"]]
    assert missing == sorted(missing, reverse=True)
    for row in found["rows"]:
        assert row["missing"] == pytest.approx(max(0, 0.9 * row["total"] - row["covered"]))
        assert (
            {"code", "name", "amount", "now"} == set(row["least"][0]) if row["least"] else not row["missing"]
        )
    assert "还差" in said(capsys, "gaps", path, "--measure", "party", "--by", "street")


@pytest.mark.parametrize(
    ("arguments", "column"),
    [
        (("totals", "--by", "block"), "by"),
        (("totals", "--fact", "nothing"), "fact"),
        (("totals", "--stage", "nothing"), "stage"),
        (("reach", "--station-kind", "nothing"), "measure"),
        (("reach", "--station-kind", "grid_post", "--metres", "near"), "metres"),
        (("reach", "--station-kind", "grid_post", "--metres", "-5"), "measure"),
        (("gaps", "--measure", "nothing", "--by", "street"), "measure"),
    ],
)
def test_that_what_there_is_not_is_refused_with_what_there_is(call, path, arguments, column):
    verb, *rest = arguments
    problems = call(verb, path, *rest, status=2)["error"]["problems"]
    assert problems[0]["column"] == column


def test_that_a_target_above_all_is_refused(call, path):
    error = call("gaps", path, "--measure", "party", "--by", "street", "--target", "150%", status=2)["error"]
    assert "100" in error["message"]


def test_that_measures_are_listed_under_their_headings(call, capsys, path):
    groups = {row["group"] for row in call("measures", path)["measures"]}
    assert groups == {"common", "checklists", "schemes", "stations", "facts"}
    shown = said(capsys, "measures", path)
    assert "清单" in shown
    assert "fact:gate_guard" in shown
