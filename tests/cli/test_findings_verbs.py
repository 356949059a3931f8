"""check, fix and waive: shapes, statuses, and what a refusal says."""

from __future__ import annotations

from datetime import timedelta

from app.domain.period import today
from ui.cli.run import run

GRID = "340102001001001"
NEXT_MONTH = (today() + timedelta(days=30)).isoformat()


def the_one(call, path, rule):
    (finding,) = call("check", path, "--rule", rule)["findings"]
    return finding


def test_that_fix_previews_mends_and_is_taken_back(call, path, capsys):
    call("set", path, GRID, "community=")
    finding = the_one(call, path, "grid_without_community")
    assert finding["fixable"] is True
    assert run(["fix", path, finding["id"], "--dry-run"]) == 0
    assert "空 → 临泉路社区" in capsys.readouterr().out
    seen = call("fix", path, finding["id"], "--dry-run")
    assert (seen["change"], seen["verb"], seen["codes"]) == (None, "fix", [GRID])
    assert call("history", path)["changes"][0]["verb"] == "set"
    done = call("fix", path, finding["id"])
    assert (done["verb"], done["codes"], done["warnings"]) == ("fix", [GRID], [])
    assert call("history", path)["changes"][0]["change"] == done["change"]
    assert call("check", path, "--rule", "grid_without_community")["findings"] == []
    assert call("undo", path)["codes"] == [GRID]
    assert the_one(call, path, "grid_without_community")["id"] == finding["id"]


def test_that_waive_marks_a_finding_and_check_counts_it_apart(call, path, capsys):
    call("set", path, "C1", "name=")
    finding = the_one(call, path, "unnamed")
    done = call("waive", path, finding["id"], "--why", "下月挂牌", "--until", NEXT_MONTH)
    assert (done["verb"], done["codes"], done["warnings"]) == ("waive", ["C1"], [])
    found = call("check", path, "--rule", "unnamed")
    assert (found["count"], found["waived"]) == (1, 1)
    assert found["findings"][0]["waived_until"] == NEXT_MONTH
    assert run(["check", path, "--rule", "unnamed"]) == 0
    out = capsys.readouterr().out
    assert f"免查至 {NEXT_MONTH}" in out
    assert "其中免查 1 项" in out


def test_that_an_unknown_finding_and_one_to_decide_are_refused_with_a_sentence(call, path):
    assert "check 列出" in call("fix", path, "unnamed:000000000000", status=2)["error"]["message"]
    call("set", path, "C1", "name=")
    finding = the_one(call, path, "unnamed")
    error = call("fix", path, finding["id"], status=2)["error"]
    assert "填上门牌" in error["message"]
    assert error["problems"][0]["code"] == "C1"
    unknown = call("waive", path, "x", "--why", "y", "--until", NEXT_MONTH, status=2)["error"]
    assert unknown["problems"][0]["column"] == "finding"


def test_that_a_waiver_needs_reason_and_day_and_takes_no_number(call, path):
    call("set", path, "C1", "name=")
    name = the_one(call, path, "unnamed")["id"]
    before = call("history", path)["count"]
    call("waive", path, name, "--why", "在改", status=2)
    call("waive", path, name, "--until", NEXT_MONTH, status=2)
    call("waive", path, name, "--why", "", "--until", NEXT_MONTH, status=2)
    call("waive", path, name, "--why", "在改", "--until", "2020-01-01", status=2)
    call("waive", path, name, "--why", "问13812345678", "--until", NEXT_MONTH, status=2)
    assert call("history", path)["count"] == before


def test_that_waivers_are_no_kind_to_list_add_or_import(call, path, tmp_path):
    source = tmp_path / "w.csv"
    source.write_text("subject,finding\nC1,x\n", "utf-8")
    for words in (("list", path, "waivers"), ("add", path, "waivers", "why=x")):
        assert "waivers" not in call(*words, status=2)["error"]["message"].split("有：")[1]
    call("import", path, source, "--as", "waivers", status=2)
