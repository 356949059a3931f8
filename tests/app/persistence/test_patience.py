"""Who finds the registry held by others waits and tries again; whatever is acknowledged is in the file."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.domain.edits import Put
from app.errors import Busy, Conflict
from app.persistence import connection, reading
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def registry(tmp_path):
    opened = a_small_registry(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def holder(registry):
    """Give a connection of another program that holds the write lock."""
    with closing(sqlite3.connect(registry.path, isolation_level=None)) as plain:
        plain.execute("BEGIN IMMEDIATE")
        yield plain


@pytest.fixture
def hasty(monkeypatch):
    monkeypatch.setattr(reading, "A_TRY", 0.05)
    monkeypatch.setattr(reading, "PATIENCE", 0.2)


def test_that_of_eight_commands_at_once_none_is_turned_away(registry):
    for number in range(8):
        edit.add(registry, "compounds", {"code": f"C00000{number}", "name": f"小区{number}"})
    registry.close()
    runs = [
        subprocess.Popen(
            [
                sys.executable,
                "main.py",
                "set",
                str(registry.path),
                f"C00000{number}",
                "households=5",
                "--json",
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(8)
    ]
    answers = [(run.communicate(), run.returncode) for run in runs]
    assert [status for _, status in answers] == [0] * 8, answers
    told = {json.loads(out)["change"] for (out, _), _ in answers}
    again = Registry.open(registry.path)
    assert len(told) == 8
    assert told <= {change.change for change in again.history()}
    assert all(again.find(f"C00000{number}").get("households") == 5 for number in range(8))
    again.close()


def test_that_a_write_waits_until_the_other_program_lets_go(registry, holder, hasty, monkeypatch):
    writing, begun = connection.writing, []

    @contextmanager
    def let_go_at_the_third(kept):
        begun.append(kept)
        if len(begun) == 3:
            holder.execute("ROLLBACK")
        with writing(kept) as found:
            yield found

    monkeypatch.setattr(connection, "writing", let_go_at_the_third)
    monkeypatch.setattr(reading, "PATIENCE", 60.0)
    assert edit.set_values(registry, ["C1"], {"address": "新"}).change is not None
    assert len(begun) == 3


def test_that_busy_after_all_patience_is_told_by_its_own_kind(registry, holder, hasty):
    with pytest.raises(Busy) as refused:
        edit.set_values(registry, ["C1"], {"address": "新"})
    assert (refused.value.kind, refused.value.exit_status) == ("busy", 4)
    assert registry.find("C1").get("address") is None
    holder.execute("ROLLBACK")
    edit.set_values(registry, ["C1"], {"address": "新"})
    assert registry.find("C1").get("address") == "新"


def test_that_who_loses_every_race_decides_at_last_while_holding_the_lock(registry):
    other = Registry.open(registry.path, by="quick")
    asked = []

    def build(dataset):
        asked.append(len(dataset.of("compounds")))
        if len(asked) < 5:
            edit.add(other, "compounds", {"name": f"抢先{len(asked)}"})
        record = dataset.of("compounds")["C1"]
        return [Put(record.with_values(address="新"), record)]

    assert registry.write(build, verb="set").change is not None
    assert asked == [2, 3, 4, 5, 6]
    assert len(registry.dataset.of("compounds")) == 6
    other.close()


def test_that_a_refusal_after_a_lost_race_leaves_what_is_shown_as_it_was(registry):
    other = Registry.open(registry.path, by="quick")
    edit.set_values(other, ["C1"], {"address": "他们的"})
    shown = (registry.dataset, registry.profile, registry.zone)
    with pytest.raises(Conflict):
        edit.set_values(registry, ["C1"], {"address": "我的"})
    assert (registry.dataset, registry.profile, registry.zone) == shown
    assert registry.refresh().codes == ("C1",)
    other.close()
