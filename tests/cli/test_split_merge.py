"""The verbs `split` and `merge`: what they say, what they write, what they refuse."""

from __future__ import annotations

import pytest

from tests.app.lineage.lived_in import A, B, C, a_quarter

ACROSS = "LINESTRING (117.30063 31.8590, 117.30063 31.8620)"


@pytest.fixture
def quarter(tmp_path, carried):
    registry = carried(a_quarter(tmp_path))
    registry.close()
    return registry.path


def test_that_a_split_says_what_went_where_and_show_says_of_whom_they_came(call, quarter):
    told = call("split", quarter, A, "--by", ACROSS, "--from", "2026-06-01", "--why", "围墙")
    assert told["verb"] == "split"
    first, second = told["codes"][:2]
    assert [part["code"] for part in told["parts"]] == [first, second]
    assert call("show", quarter, first)["lineage"] == {"from": [A], "to": []}
    assert call("show", quarter, A)["lineage"] == {"from": [], "to": sorted([first, second])}
    assert call("show", quarter, A)["record"]["valid_until"] == "2026-05-31"
    where = {item["key"]: item["to"] for item in told["items"]}
    assert where["B000003"] == [second]
    assert where["A000001"] == [first]
    assert [warning["column"] for warning in told["warnings"]] == ["residents"]
    (change, *_) = call("history", quarter)["changes"]
    assert (change["verb"], change["why"]) == ("split", "围墙")


def test_that_a_rehearsal_writes_nothing_and_says_the_same(call, quarter):
    asked = ("split", quarter, A, "--by", ACROSS, "--from", "2026-06-01")
    dry = call(*asked, "--dry-run")
    assert dry["change"] is None
    assert call("history", quarter)["count"] == 1
    told = call(*asked)
    assert {**told, "change": None, "codes": []} == {**dry, "codes": []}


def test_that_what_goes_where_can_be_said(call, quarter):
    told = call(
        "split", quarter, A, "--by", ACROSS, "--from", "2026-06-01", "--give", "A000001=2", "--give", "residents=500/401",
        "--name", "西苑", "--code", "X1", "--code", "X2",
    )  # fmt: skip
    assert told["codes"][:2] == ["X1", "X2"]
    assert told["warnings"] == []
    record = call("show", quarter, "X1")["record"]
    assert (record["name"], record["residents"]) == ("西苑", 500)
    assert [row["organisation"] for row in call("show", quarter, "X2")["attachments"]] == ["O000001"]


@pytest.mark.both_stores
def test_that_a_merge_into_one_lets_it_go_on(call, quarter):
    told = call("merge", quarter, A, B, "--into", B, "--from", "2026-06-01", "--give", "residents=1300")
    assert told["ended"] == [A]
    assert call("show", quarter, B)["lineage"] == {"from": [A], "to": []}
    assert call("show", quarter, B)["record"]["households"] == 420
    assert call("undo", quarter)["verb"] == "undo"
    assert call("show", quarter, B)["lineage"] == {"from": [], "to": []}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("split", A, "--by", "LINESTRING (117.5 31.8, 117.5 31.9)"), "穿过和平苑的边界两次"),
        (("split", A, "--by", "LINESTRING (117"), "读不懂"),
        (("split", "C9", "--by", ACROSS), "没有代码"),
        (("split", A, "--by", ACROSS, "--give", "A9=1"), "没有 'A9'"),
        (("split", A, "--by", ACROSS, "--code", B), "已经是一个"),
        (("merge", A, C), "--torn"),
        (("merge", A), "两条或更多"),
    ],
)
def test_that_what_cannot_be_says_why_and_writes_nothing(call, quarter, words, said):
    verb, *rest = words
    error = call(verb, quarter, *rest, status=2)["error"]
    assert said in error["message"] + str(error["problems"])
    assert call("history", quarter)["count"] == 1


def test_that_a_code_is_never_used_again(call, quarter):
    asked = ("split", quarter, A, "--by", ACROSS, "--from", "2026-06-01")
    first = call(*asked)["codes"][:2]
    call("undo", quarter)
    assert set(first).isdisjoint(call(*asked)["codes"])


@pytest.mark.parametrize(
    ("more", "column"),
    [
        (("--code", "X1", "--code", "X2", "--code", "X3"), "code"),
        (("--code", "X1", "--code", "X1"), "code"),
        (("--name", "甲", "--name", "乙", "--name", "丙"), "name"),
        (("--dry-run", "--why", "打 13812345678"), "why"),
        (("--by", "LINESTRING EMPTY"), "by"),
        (("--by", "LINESTRING (nan nan, 117.3 31.8)"), "by"),
        (("--by", "LINESTRING (13057000 3740000, 13057000 3750000)"), "geometry"),
    ],
)
def test_that_what_a_split_can_not_take_is_refused_with_its_place(call, quarter, more, column):
    before = quarter.read_bytes()
    asked = (
        "split",
        quarter,
        A,
        "--from",
        "2026-06-01",
        *(() if "--by" in more else ("--by", ACROSS)),
        *more,
    )
    (problem,) = call(*asked, status=2)["error"]["problems"]
    assert problem["column"] == column
    assert quarter.read_bytes() == before


def test_that_a_line_in_another_system_is_told_which(call, quarter):
    line = "LINESTRING (13057846 3741000, 13057846 3741900)"
    told = call("split", quarter, A, "--by", line, "--from", "2026-06-01", status=2)["error"]["message"]
    assert "EPSG:3857" in told


def test_that_one_that_goes_on_gets_no_new_code(call, quarter):
    before = quarter.read_bytes()
    told = call("merge", quarter, A, B, "--into", A, "--code", "X1", "--from", "2026-06-01", status=2)
    assert told["error"]["problems"][0]["column"] == "code"
    assert quarter.read_bytes() == before


def test_that_numbers_that_do_not_make_up_the_whole_are_said(call, quarter):
    told = call(
        "split", quarter, A, "--by", ACROSS, "--from", "2026-06-01", "--give", "households=1/1", "--give", "residents=500/401",
    )  # fmt: skip
    assert [(warning["column"], warning["value"]) for warning in told["warnings"]] == [("households", "1/1")]


def test_that_a_strip_split_off_is_said(call, quarter):
    line = "LINESTRING (117.300948 31.8590, 117.300948 31.8620)"
    told = call("split", quarter, A, "--by", line, "--from", "2026-06-01", "--dry-run")
    assert any("半米" in note for note in told["notes"])
    told = call("split", quarter, A, "--by", ACROSS, "--from", "2026-06-01", "--dry-run")
    assert not any("半米" in note for note in told["notes"])
