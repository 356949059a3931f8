"""The verbs cuts and fuse: what is cut, a rehearsal, one change, and refusals that leave every byte."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.domain.period import today
from tests.app.persistence.cut_registry import LEFT, RIGHT, STREET, a_cut_registry, grid
from ui.cli.run import run

pytestmark = pytest.mark.system(19)


@pytest.fixture
def cut(tmp_path):
    registry = a_cut_registry(tmp_path)
    registry.close()
    return str(registry.path)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_that_cuts_come_with_their_sides_by_level(call, cut):
    found = call("cuts", cut)
    assert (found["count"], found["crs"], found["as_of"]) == (2, "EPSG:4548", today().isoformat())
    first, second = found["cuts"]
    assert set(first) == {
        "code", "name", "households", "area_m2", "smaller", "affected", "affected_m2", "units", "sides",
    }  # fmt: skip
    assert (first["code"], second["code"]) == ("C1", "C2")
    assert first["sides"]["community"][1]["unit"] == RIGHT
    assert sum(side["share"] for side in first["sides"]["grid"]) == pytest.approx(1)
    assert second["affected"] is None
    assert call("cuts", cut, "--level", "community", "--street", STREET)["count"] == 1
    assert call("cuts", cut, "--level", "street")["count"] == 0


def test_that_a_rehearsal_tells_before_and_after_and_writes_nothing(call, cut):
    call("attach", cut, "O1", "C1")
    before = digest(cut)
    told = call("fuse", cut, "C1", "--dry-run", "--measure", "party", "--count", "split")
    assert digest(cut) == before
    assert (told["change"], told["codes"], told["from"]) == (None, [], today().isoformat())
    assert told["to"]["grid"] == grid(LEFT, 1)
    assert {move["unit"] for move in told["moves"]} == {LEFT, RIGHT, grid(LEFT, 1), grid(RIGHT, 1)}
    assert sum(move["gained_m2"] for move in told["moves"]) == pytest.approx(0, abs=1e-3)
    figures = {row["unit"]: row for row in told["figures"]}
    assert figures[RIGHT]["before"]["covered"] == pytest.approx(0.3, abs=1e-3)
    assert figures[RIGHT]["after"]["covered"] == pytest.approx(0, abs=1e-9)
    assert told["before"]["community"]
    assert told["after"] == {}


def test_that_fuse_is_one_change_that_undo_takes_back(call, cut):
    written = call("fuse", cut, "C1", "--why", "院墙为界")
    assert (written["verb"], len(written["codes"])) == ("fuse", 4)
    assert [c["code"] for c in call("cuts", cut)["cuts"]] == ["C2"]
    newest = call("history", cut)["changes"][0]
    assert (newest["change"], newest["why"]) == (written["change"], "院墙为界")
    assert {detail["field"] for detail in newest["details"]} == {"geometry"}
    call("undo", cut)
    assert call("cuts", cut)["count"] == 2
    assert call("verify", cut)["ok"]


def test_that_the_day_and_the_taker_are_the_users_choice(call, cut):
    told = call("fuse", cut, "C1", "--to", RIGHT, "--from", "2024-05-01")
    assert (told["from"], told["to"]["grid"]) == ("2024-05-01", grid(RIGHT, 1))
    assert call("cuts", cut, "--as-of", "2024-04-30")["count"] == 2
    assert call("cuts", cut, "--as-of", "2024-05-01")["count"] == 1
    corrected = call("fuse", cut, "C2", "--correct")
    assert corrected["from"] is None
    assert [c["code"] for c in call("cuts", cut, "--as-of", "2026-01-01")["cuts"]] == []


def test_that_a_compound_that_is_whole_changes_nothing(call, cut):
    before = digest(cut)
    assert call("fuse", cut, "C3")["change"] is None
    assert digest(cut) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("cuts", "--level", "district"),
        ("cuts", "--street", "340102999"),
        ("cuts", "--as-of", "someday"),
        ("fuse", "C404"),
        ("fuse", "C4"),
        ("fuse", "C5"),
        ("fuse", "C1", "--to", grid(LEFT, 2)),
        ("fuse", "C1", "--to", "C2"),
        ("fuse", "C1", "--measure", "no_such"),
        ("fuse", "C1", "--count", "thrice"),
        ("fuse", "C1", "--correct", "--from", "2024-01-01"),
        ("fuse",),
    ],
)
def test_that_wrong_input_exits_2_says_why_and_leaves_every_byte(call, cut, arguments):
    before = digest(cut)
    error = call(arguments[0], cut, *arguments[1:], status=2)["error"]
    assert error["message"]
    assert digest(cut) == before


def test_that_a_unit_that_would_be_emptied_is_named_and_nothing_written(call, cut):
    code = "340102001001009"
    square = (
        "POLYGON ((117.3031 31.8697, 117.3033 31.8697, 117.3033 31.8701, 117.3031 31.8701, 117.3031 31.8697))"
    )
    call("add", cut, "grids", f"code={code}", f"community={LEFT}", f"geometry={square}")
    before = digest(cut)
    for more in ((), ("--dry-run",), ("--torn",)):
        error = call("fuse", cut, "C2", *more, status=2)["error"]
        assert [problem["code"] for problem in error["problems"]] == [code]
    assert digest(cut) == before


@pytest.mark.parametrize(("lang", "said"), [("zh", "已并界"), ("en", "Fused")])
def test_that_people_read_tables(cut, capsys, lang, said):
    assert run(["cuts", cut, "--lang", lang]) == 0
    assert "大关东三苑" in capsys.readouterr().out
    assert run(["fuse", cut, "C1", "--lang", lang]) == 0
    out = capsys.readouterr().out
    assert said in out
    assert "凤阳路社区" in out
