"""The verb ``foreign``, and what every other verb says while an edit of another program waits."""

from __future__ import annotations

import json

import pytest

from tests.app.persistence.damaging import by_sql
from tests.app.persistence.foreign import a_worked_registry
from ui.cli.run import run


@pytest.fixture
def path(tmp_path):
    registry = a_worked_registry(tmp_path)
    registry.close()
    by_sql(
        registry.path,
        "UPDATE compound SET households = 999 WHERE code = 'B1'",
        "UPDATE compound SET households = -5 WHERE code = 'B2'",
        "DELETE FROM compound WHERE code = 'B3'",
    )
    return registry.path


def document(capsys, *arguments):
    status = run([*map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_that_without_an_option_it_only_lists(path, capsys):
    before = path.read_bytes()
    status, told = document(capsys, "foreign", path)
    assert status == 0
    assert {key: told[key] for key in ("taken", "turned_back", "change")} == {
        "taken": 0,
        "turned_back": 0,
        "change": None,
    }
    found = {row["code"]: row for row in told["found"]}
    assert found["B1"] == {
        "kind": "compounds",
        "code": "B1",
        "what": "changed",
        "cells": [{"field": "households", "before": 120, "after": 999}],
        "problem": None,
    }
    assert "-5" in found["B2"]["problem"]
    assert (found["B3"]["what"], found["B3"]["problem"]) == ("deleted", None)
    assert path.read_bytes() == before
    assert run(["foreign", str(path)]) == 0
    assert "合规" in capsys.readouterr().out


def test_that_both_options_take_as_many_codes_as_are_given_and_one_change_comes_of_it(path, capsys):
    status, told = document(
        capsys, "foreign", path, "--take", "B1", "B3", "--turn-back", "B2", "--why", "看过"
    )
    assert (status, told["taken"], told["turned_back"]) == (0, 2, 1)
    _, history = document(capsys, "history", path)
    assert (history["changes"][0]["change"], history["changes"][0]["why"]) == (told["change"], "看过")
    assert "foreign_edits" not in history
    assert document(capsys, "verify", path) == (0, {"ok": True, "damaged": []})
    assert document(capsys, "undo", path)[0] == 0  # what could not be taken stays turned back
    _, listed = document(capsys, "list", path, "compounds")
    assert {row["code"]: row["households"] for row in listed["records"]}["B1"] == 120


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        (("--take", "all"), 2),
        (("--take", "B1", "--turn-back", "all"), 0),
        (("--take", "all", "--turn-back", "B2"), 0),
        (("--take", "C9"), 2),
        (("--take", "B1", "--turn-back", "B1"), 2),
        (("--turn-back", "all"), 0),
        (("--take=B1", "--take", "B3"), 0),
    ],
)
def test_that_what_is_named_goes_before_all_and_what_is_wrong_writes_nothing(path, capsys, choice, status):
    before = path.read_bytes()
    assert document(capsys, "foreign", path, *choice)[0] == status
    assert (path.read_bytes() == before) == (status != 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "compounds"),
        ("show", "B1"),
        ("coverage", "--measure", "party", "--by", "street"),
        ("check",),
        ("history",),
        ("explain", "--measure", "party", "--by", "street", "--unit", "340102001"),
    ],
)
def test_that_a_verb_that_reads_goes_on_with_what_was_there_and_says_so(path, capsys, arguments):
    verb, *rest = arguments
    status = run([verb, str(path), *rest, "--json"])
    said = capsys.readouterr()
    assert status == 0
    assert json.loads(said.out)["foreign_edits"] == 3
    assert "3 处没定" in said.err


def test_that_a_verb_that_writes_ends_with_5_and_names_the_way_on(path, capsys):
    for arguments in (["set", str(path), "C1", "households=5"], ["undo", str(path)]):
        assert run(arguments) == 5
        assert "foreign" in capsys.readouterr().err
    status, told = document(capsys, "verify", path)
    assert (status, told["ok"], {row["code"] for row in told["damaged"]}) == (5, False, {"B1", "B2", "B3"})


def test_that_a_backup_says_what_is_in_it_and_comes_back_with_it(path, capsys, tmp_path):
    assert run(["backup", str(path), str(tmp_path / "b.gpkg")]) == 0
    assert "3 处" in capsys.readouterr().err
    assert run(["restore", str(tmp_path / "b.gpkg"), str(tmp_path / "c.gpkg")]) == 0
    capsys.readouterr()
    assert len(document(capsys, "foreign", tmp_path / "c.gpkg")[1]["found"]) == 3
