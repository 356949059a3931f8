"""history --since: groups beside the journal's own shape, and a mark that moves when one has looked."""

from __future__ import annotations

import pytest

from ui.cli.run import run

STREET = "340102001"


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "s.ini"))


@pytest.mark.both_stores
def test_that_last_shows_what_is_new_and_moves_the_mark(call, path):
    everything = call("history", path, "--since", "last")
    assert everything["count"] == call("history", path)["count"]
    assert call("history", path, "--since", "last")["count"] == 0
    done = call("set", path, "C1", "households=500", "--why", "数错了")
    news = call("history", path, "--since", "last")
    assert [change["change"] for change in news["changes"]] == [done["change"]]
    assert news["since"] == everything["count"]
    (street,) = news["by_street"]
    assert (street["street"], street["name"], street["count"]) == (STREET, "明光路街道", 1)
    assert street["codes"] == ["C1"]
    assert street["steps"] == [news["changes"][0]["seq"]]
    (person,) = news["by_person"]
    assert (person["by"], person["count"], person["streets"]) == (street["people"][0], 1, ["明光路街道"])


def test_that_a_day_or_a_step_moves_no_mark_and_text_says_it_in_words(call, path, capsys):
    call("set", path, "C1", "households=500")
    last = call("history", path)["count"]
    assert call("history", path, "--since", last - 1)["count"] == 1
    assert call("history", path, "--since", "今天")["count"] == last
    assert run(["history", path, "--since", str(last - 1)]) == 0
    out = capsys.readouterr().out
    assert f"第 {last - 1} 步以后：1 步，1 人" in out
    assert "明光路街道" in out
    assert call("history", path, "--since", "last")["count"] == last


def test_that_nonsense_and_a_code_beside_it_are_refused(call, path):
    error = call("history", path, "--since", "neulich", status=2)["error"]
    assert error["problems"][0]["column"] == "since"
    call("history", path, "C1", "--since", "last", status=2)
