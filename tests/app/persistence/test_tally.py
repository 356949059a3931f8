"""Opening compares a tally of the records instead of the whole journal, and asks the journal where it does not fit."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.persistence import loading, reading
from app.persistence.files.checksum import row_checksum
from app.persistence.foreign import rows
from app.persistence.store import FileStore
from app.persistence.tally import TALLY, counted
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.persistence.damaging import by_sql


@pytest.fixture
def registry(tmp_path):
    opened = a_small_registry(tmp_path)
    yield opened
    opened.close()


def kept(path):
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute("SELECT value FROM registry_info WHERE key = ?", (TALLY,)).fetchone()[0]


def rows_of(path):
    with reading.reading(path, read_only=True) as connection:
        return counted(connection).text


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(st.lists(st.sampled_from(["add", "set", "remove", "undo", "redo", "fact"]), min_size=4, max_size=12))
def test_that_the_tally_is_that_of_the_rows_after_any_changes(tmp_path, acts):
    registry = a_small_registry(tmp_path)
    for number, act in enumerate(acts):
        codes = list(registry.dataset.of("compounds"))
        if act == "add":
            edit.add(registry, "compounds", {"name": f"新{number}"})
        elif act == "set":
            edit.set_values(registry, codes, {"households": str(number + 1)})
        elif act == "remove" and codes:
            edit.remove(registry, codes[-1], why="没有了")
        elif act == "fact":
            edit.set_values(registry, codes[:1], {"address": f"路{number}号"})
        elif act == "undo":
            registry.undo()
        elif act == "redo" and registry.next_redo() is not None:
            registry.redo()
    registry.close()
    assert kept(registry.path) == rows_of(registry.path)
    assert FileStore(registry.path).load().is_tallied
    assert care.verify(registry.path) == []


def test_that_opening_asks_nothing_of_the_journal_whose_answer_grows_with_it(registry, monkeypatch):
    asked = []
    monkeypatch.setattr(rows, "_told_by_journal", lambda *_: asked.append("records") or {})
    monkeypatch.setattr(loading, "details_gone", lambda *_, is_thorough: asked.append(is_thorough) or [])
    Registry.open(registry.path).close()
    assert asked == [False]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM compound WHERE code = 'C2'",
        "DELETE FROM entity WHERE code = 'C2'",
        "UPDATE registry_info SET value = '0:0', checksum = 'x' WHERE key = 'tally'",
        "INSERT INTO entity (id, code, kind) VALUES ('x', 'C9', 'compounds')",
    ],
)
def test_that_what_the_tally_misses_is_named_by_the_journal(registry, statement):
    registry.close()
    by_sql(registry.path, statement)
    loaded = FileStore(registry.path).load()
    assert loaded.damaged or loaded.foreign
    assert care.verify(registry.path)


def test_that_a_file_without_a_tally_opens_and_has_one_from_its_next_change_on(registry):
    registry.close()
    by_sql(registry.path, "DELETE FROM registry_info WHERE key = 'tally'")
    again = Registry.open(registry.path)
    edit.set_values(again, ["C1"], {"households": "12"})
    again.close()
    assert kept(registry.path) == rows_of(registry.path)
    assert FileStore(registry.path).load().is_tallied


def test_that_an_older_program_that_wrote_beside_us_is_noticed_and_mended(registry):
    registry.close()
    before = kept(registry.path)
    again = Registry.open(registry.path)
    edit.set_values(again, ["C1"], {"households": "13"})
    again.close()
    assert kept(registry.path) != before
    with closing(sqlite3.connect(registry.path)) as plain:  # it does not know of the tally
        (row_id,) = plain.execute("SELECT id FROM registry_info WHERE key = 'tally'").fetchone()
    right = row_checksum([row_id, "tally", before])
    by_sql(
        registry.path,
        f"UPDATE registry_info SET value = '{before}', checksum = '{right}' WHERE key = 'tally'",
    )
    loaded = FileStore(registry.path).load()
    assert (loaded.damaged, loaded.is_tallied) == ((), False)
    again = Registry.open(registry.path)
    edit.set_values(again, ["C1"], {"households": "14"})
    again.close()
    assert kept(registry.path) == rows_of(registry.path)
