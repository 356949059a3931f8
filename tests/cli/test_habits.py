"""What was decided of a file is said when the next is read by it, and is forgotten on request."""

from __future__ import annotations

import pytest

from ui.cli.run import run

HEAD = "名目,类,多少\n"
SAID = ("--map", "name=名目", "--map", "kind=类", "--map", "households=多少", "--answer", "类:老房=old")


@pytest.fixture
def roster(tmp_path):
    def write(text):
        place = tmp_path / "roster.csv"
        place.write_text(HEAD + text, encoding="utf-8")
        return place

    return write


def test_that_the_next_file_is_read_as_the_last_was(path, call, roster, capsys):
    call("import", path, roster("甲院,老房,120\n"), "--as", "compounds", *SAID)
    again = roster("乙院,老房,80\n")
    told = call("import", path, again, "--as", "compounds", "--dry-run")
    assert told["columns"] == [
        {"column": "名目", "field": "name", "by": "habit"},
        {"column": "类", "field": "kind", "by": "habit"},
        {"column": "多少", "field": "households", "by": "habit"},
    ]
    assert told["habits"][-1] == {"column": "类", "field": "kind", "form": "老房", "value": "old"}
    assert run(["import", path, str(again), "--as", "compounds"]) == 0
    said = capsys.readouterr().err
    assert "多少 → 户数（按上次的）" in said
    assert "按上次的答：类 “老房” 是 老旧" in said


def test_that_habits_are_not_taken_nor_kept_where_nobody_wants_them(path, call, roster):
    call("import", path, roster("甲院,老房,120\n"), "--as", "compounds", *SAID, "--no-habits")
    call("import", path, roster("乙院,老房,80\n"), "--as", "compounds", "--dry-run", status=2)
    call("import", path, roster("甲院,老房,121\n"), "--as", "compounds", "--on-conflict", "update", *SAID)
    again = roster("乙院,老房,80\n")
    call("import", path, again, "--as", "compounds", "--no-habits", "--dry-run", status=2)
    assert call("import", path, again, "--as", "compounds", "--dry-run")["habits"]


def test_that_a_source_is_forgotten(path, call, roster, capsys):
    call("import", path, roster("甲院,老房,120\n"), "--as", "compounds", *SAID)
    again = roster("乙院,老房,80\n")
    forget = ["import", path, str(again), "--as", "compounds", "--dry-run", "--forget-habits"]
    assert run(forget) == 2
    assert "已经忘掉" in capsys.readouterr().err
    assert run(forget) == 2
    assert "没有记着" in capsys.readouterr().err
    call("import", path, again, "--as", "compounds", "--dry-run", status=2)


def test_that_a_plan_that_is_refused_or_only_looked_at_teaches_nothing(path, call, roster):
    said = (*SAID[:6], "--as", "compounds")
    call("import", path, roster("甲院,老旧,120\n"), *said, "--dry-run")
    call("import", path, roster("甲院,老房,120\n"), *said, status=2)
    call("import", path, roster("乙院,老旧,80\n"), "--as", "compounds", "--dry-run", status=2)


def test_that_settings_that_cant_be_written_cost_no_import(path, call, roster, tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "file" / "s.ini"))
    arguments = ["import", path, str(roster("甲院,老旧,120\n")), "--as", "compounds", *SAID]
    assert run(arguments) == 0
    assert "没有记下" in capsys.readouterr().err
    assert [one["name"] for one in call("list", path, "compounds", "--where", "name=甲院")["records"]] == [
        "甲院"
    ]
