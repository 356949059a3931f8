"""snapshot, and coverage beside a kept table: shapes, words and refusals."""

from __future__ import annotations

from ui.cli.run import run

ASKED = ("--measure", "party", "--by", "street", "--as-of", "2024-01-01")


def test_that_a_table_is_kept_listed_shown_named_and_taken_away(call, path, capsys):
    printed = call("coverage", path, *ASKED)
    kept = call("snapshot", path, *ASKED, "--name", "一季度")
    assert (kept["verb"], kept["codes"], kept["warnings"]) == ("snapshot", ["P000001"], [])
    assert kept["snapshot"]["stamp"]["profile"] == printed["profile"]
    (listed,) = call("snapshot", path)["snapshots"]
    assert (listed["id"], listed["name"], listed["as_of"]) == ("P000001", "一季度", "2024-01-01")
    shown = call("snapshot", path, "P000001")
    assert {name: shown[name] for name in printed} == printed
    assert (shown["same"], shown["differs"]) == (True, [])
    assert call("snapshot", path, "P000001", "--name", "通报一")["verb"] == "set"
    assert run(["snapshot", path]) == 0
    line = capsys.readouterr().out.splitlines()[3].split()
    assert line[:4] == ["P000001", "通报一", "党组织覆盖", "街道"], "in words, not by the ids of the options"
    assert call("snapshot", path, "P000001", "--remove", "--why", "重复")["verb"] == "remove"
    assert call("snapshot", path)["count"] == 0
    assert call("undo", path)["codes"] == ["P000001"]
    for words in (
        ("--name", "x"),
        ("P000001", *ASKED),
        ("--measure", "party"),
        ("P9",),
        ("P000001", "--remove"),
    ):
        assert call("snapshot", path, *words, status=2)["error"]["problems"]
    assert "存表" not in str(call("list", path, "compounds"))


def test_that_coverage_and_explain_stand_beside_a_kept_table(call, path, capsys, tmp_path):
    before = call("coverage", path, *ASKED)
    call("snapshot", path, *ASKED)
    call("set", path, "C1", "party_organisation=no", "--from", "2023-01-01")
    asked = ("--against-snapshot", "P000001", "--as-of", "2024-06-01")
    found = call("coverage", path, *asked)
    assert (found["against"], found["snapshot"]["id"]) == ("2024-01-01", "P000001")
    assert found["total"]["before"]["unknown"] == before["total"]["unknown"]
    (part,) = found["total"]["parts"]
    assert (part["part"], part["uncovered"], part["unknown"], part["codes"]) == ("corrected", 1, -1, ["C1"])
    told = call("explain", path, *asked, "--unit", "total")
    assert (told["changed"][0]["part"], told["row"]["parts"]) == ("corrected", [part])
    sheet = tmp_path / "x.csv"
    assert run(["coverage", path, *asked, "--csv", str(sheet)]) == 0
    assert "事后更正：未覆盖 +1、未知 -1；查清为有 0" in capsys.readouterr().out
    assert "P000001" in sheet.read_text("utf-8-sig")
    assert run(["explain", path, *asked, "--unit", "total", "--lang", "en"]) == 0
    assert "corrected since" in capsys.readouterr().out


def test_that_a_kept_table_asks_for_itself_and_else_measure_and_unit_are_needed(call, path):
    call("snapshot", path, *ASKED)
    for words in (("--by", "grid"), ("--against", "2023-01-01"), ("--weight", "households")):
        error = call("coverage", path, "--against-snapshot", "P000001", *words, status=2)["error"]
        assert error["problems"][0]["column"] == words[0].strip("-")
    assert "--measure" in call("coverage", path, "--by", "grid", status=2)["error"]["message"]
    assert (
        "--by" in call("explain", path, "--measure", "party", "--unit", "total", status=2)["error"]["message"]
    )
    assert (
        call("coverage", path, "--against-snapshot", "P7", status=2)["error"]["problems"][0]["value"] == "P7"
    )
