"""Which libraries open a stranger's file is shown: in the window, in crash reports and in benchmarks."""

from __future__ import annotations

import re
import sqlite3

import pyogrio
import pytest

from app.bench import libraries
from ui.bridge import reports
from ui.cli.bench import suites as bench

_VERSION = re.compile(r"\d+\.\d+\.\d+")


def test_that_both_readers_and_their_sqlites_are_told():
    found = libraries.libraries()
    assert set(found) == set(libraries.WORDS)
    assert found["sqlite"] == sqlite3.sqlite_version
    assert found["gdal"] == pyogrio.__gdal_version_string__
    assert _VERSION.fullmatch(found["gdal_sqlite"])


def test_that_nothing_is_loaded_to_say_it_while_the_program_fails(monkeypatch):
    monkeypatch.delitem(libraries.sys.modules, "pyogrio")
    assert set(libraries.libraries(is_loaded_only=True)) == {"python", "sqlite"}


def test_that_crash_reports_and_benchmarks_name_them(tmp_path):
    found = libraries.libraries()
    head = "\n".join(reports._head("list"))
    for said in (
        f"SQLite {found['sqlite']}",
        f"GDAL {found['gdal']}",
        f"SQLite in GDAL {found['gdal_sqlite']}",
    ):
        assert said in head
    assert {name: bench.versions()[name] for name in ("sqlite", "gdal", "gdal_sqlite")} == {
        name: found[name] for name in ("sqlite", "gdal", "gdal_sqlite")
    }


@pytest.mark.parametrize(
    ("version", "is_said"), [((3, 40, 0), True), ((3, 40, 1), False), ((3, 60, 0), False)]
)
def test_that_a_too_old_sqlite_of_the_system_is_a_note(monkeypatch, version, is_said):
    monkeypatch.setattr(libraries.sqlite3, "sqlite_version_info", version)
    assert (libraries.note_at_start() is not None) is is_said
