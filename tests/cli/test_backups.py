"""Automatic backups by command: made once an hour after something was changed, listed, and one record brought back."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.services.keeping import backups
from app.text import Text
from ui.cli.run import run


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    path = tmp_path / "settings" / "s.ini"
    path.parent.mkdir()
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(path))


@pytest.fixture
def shown(call, path):
    """Return a way to ask for a record: its name, address, outline and facts."""

    def show(code):
        found = call("show", path, code)
        return {
            **{name: found["record"][name] for name in ("name", "address")},
            "geometry": found["geometry"],
            "facts": found["facts"],
        }

    return show


def test_that_reading_makes_none_and_a_change_makes_one(call, path):
    call("list", path, "compounds")
    call("verify", path)
    assert call("backups", path)["count"] == 0
    assert not Path(f"{path}.backups").exists()
    call("set", path, "C1", "name=一")
    call("set", path, "C1", "name=二")
    found = call("backups", path)
    assert found["count"] == 1
    (one,) = found["backups"]
    assert (one["why"], one["verified"], one["damaged"], one["number"]) == ("command", True, False, 1)
    assert found["size"] == one["size"] == Path(one["path"]).stat().st_size
    assert found["kept"] == {"on": True, "openings": 10, "days": 30, "months": 12, "size": 2 << 30}


def test_that_what_is_no_registry_any_more_is_named_and_the_others_are_read_back(call, path):
    call("set", path, "C1", "name=一")
    call("backups", path, "--now")
    _, oldest = call("backups", path)["backups"]
    Path(oldest["path"]).write_bytes(b"torn" * 99)
    found = call("backups", path, "--verify")["backups"]
    assert [(one["verified"], one["damaged"]) for one in found] == [(True, False), (False, True)]


def test_that_one_field_an_outline_and_a_record_come_back_as_one_change_each(call, path, shown):
    outline = "POLYGON((117.301 31.861,117.302 31.861,117.302 31.862,117.301 31.862,117.301 31.861))"
    call("set", path, "C1", "name=当时", "address=当时的路", "gate_guard=yes")
    then = shown("C1")
    copy = call("backups", path, "--now")["backups"][0]["path"]
    call("set", path, "C1", "name=后来", "address=后来的路", f"geometry={outline}", "gate_guard=no")
    later = shown("C1")
    changes = call("restore", copy, "--into", path, "--code", "C1", "--field", "geometry")
    assert (changes["verb"], changes["codes"]) == ("restore", ["C1"])
    assert shown("C1") == {**later, "geometry": then["geometry"]}
    call("restore", copy, "--into", path, "--code", "C1", "--field", "address")
    assert shown("C1") == {**then, "name": "后来", "facts": later["facts"]}
    call("restore", copy, "--into", path, "--code", "C1", "--field", "gate_guard", "--why", "填错了")
    assert shown("C1") == {**then, "name": "后来"}
    assert call("history", path, "C1")["changes"][0]["why"] == "填错了"
    call("restore", copy, "--into", path, "--code", "C1")
    assert shown("C1") == then
    for _ in range(4):
        call("undo", path)
    assert shown("C1") == later
    call("verify", path)


def test_that_a_removed_record_comes_back_with_what_belonged_to_it(call, path, shown):
    call("set", path, "C1", "gate_guard=yes")
    then = shown("C1")
    copy = call("backups", path, "--now")["backups"][0]["path"]
    call("remove", path, "C1", "--why", "删错了")
    call("restore", copy, "--into", path, "--code", "C1", "--field", "name", status=2)
    call("restore", copy, "--into", path, "--code", "C1")
    assert shown("C1") == then
    assert copy.rsplit("/", 1)[1] in call("history", path, "C1")["changes"][0]["why"]
    call("verify", path)
    call("undo", path)
    call("show", path, "C1", status=2)
    call("verify", path)


def test_that_what_cant_be_brought_back_is_refused_with_a_sentence(call, path, tmp_path):
    copy = call("backups", path, "--now")["backups"][0]["path"]
    call("add", path, "compounds", "code=C9", "name=后来的")
    refused = call("restore", copy, "--into", path, "--code", "C9", status=2)
    assert "那一份里没有 C9" in refused["error"]["message"]
    refused = call("restore", copy, "--into", path, "--code", "C1", "--field", "nonsense", status=2)
    assert "nonsense" in refused["error"]["message"]
    call("restore", copy, "--into", path, status=2)
    call("restore", copy, str(tmp_path / "x.gpkg"), "--code", "C1", status=2)
    call("restore", copy, status=2)
    assert run(["new", str(tmp_path / "other.gpkg"), "--profile", "yaohai", "--quiet"]) == 0


def test_that_another_registrys_backup_is_refused(call, path, tmp_path, capsys):
    other = str(tmp_path / "other.gpkg")
    call("new", other, "--profile", "yaohai")
    call("add", other, "departments", "name=城管局")
    (copy,) = call("backups", other)["backups"]
    refused = call("restore", copy["path"], "--into", path, "--code", "C1", status=2)
    assert "另一本台账" in refused["error"]["message"]


def test_that_a_failing_backup_takes_no_change_back(path, capsys, monkeypatch):
    Path(f"{path}.backups").write_text("in the way", "utf-8")
    assert run(["set", path, "C1", "name=照样保存", "--json"]) == 0
    assert "改动已保存" in capsys.readouterr().err
    assert run(["show", path, "C1", "--json"]) == 0
    assert "照样保存" in capsys.readouterr().out


def test_that_they_are_read_back_moved_and_switched_off_by_options(call, path, tmp_path):
    made = call("backups", path, "--now")["backups"][0]
    with closing(sqlite3.connect(made["path"])) as file:
        file.execute("UPDATE compound SET name = 'x'")
        file.commit()
    (one,) = call("backups", path, "--verify")["backups"]
    assert (one["verified"], one["damaged"]) == (False, True)
    (tmp_path / "盘").mkdir()
    assert call("backups", path, "--folder", tmp_path / "盘")["folder"].startswith(str(tmp_path / "盘"))
    assert call("backups", path, "--folder", tmp_path / "没有", status=2)
    assert call("backups", path, "--folder", "beside", "--off", "--most-mb", 5)["kept"]["on"] is False
    assert backups.rules_kept().most_bytes == 5 << 20
    call("set", path, "C1", "name=关了")
    assert call("backups", path)["count"] == 1


def test_that_the_list_of_a_registry_that_is_gone_still_names_the_way_back(call, path):
    call("backups", path, "--now")
    Path(path).unlink()
    assert call("backups", path)["count"] == 1
    call("backups", path + "x", status=2)


def test_that_a_command_goes_on_at_once_and_a_process_of_its_own_makes_the_backup(call, path):
    """The list waits for it: whoever asks after the change finds it."""
    done = subprocess.run(
        [sys.executable, "main.py", "set", path, "C1", "name=一", "--json"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["codes"] == ["C1"]
    (one,) = call("backups", path)["backups"]
    assert one["verified"]
    assert backups.content(Path(one["path"])).dataset.find("C1").text("name") == "一"


def test_that_what_went_wrong_after_a_command_is_told_by_the_next(call, path, capsys):
    call("backups", path, "--now")
    backups.note_done(Path(path), Text("盘满了", "The disk is full"))
    for one in backups.kept(Path(path)).backups:
        one.path.unlink()
    assert run(["set", path, "C1", "name=一", "--json"]) == 0
    assert "盘满了" in capsys.readouterr().err
    assert call("backups", path)["failure"] is None


def test_that_a_purge_reaches_a_backup_that_is_just_being_made(call, path):
    """The process that copies began before the purge; what it copied is purged too."""
    planted = "张三丰的一句话"
    subprocess.run(
        [sys.executable, "main.py", "set", path, "C1", f"name={planted}"], capture_output=True, check=True
    )
    call("purge", path, "--text", planted, "--why", "不该留")
    for one in call("backups", path)["backups"]:
        assert planted.encode() not in Path(one["path"]).read_bytes()
