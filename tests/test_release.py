"""The version is one: in the program, its package, its changelog, what it says of itself; and no file of a user's depends on it."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget

from app import VERSION
from ui.bridge import reports
from ui.bridge.context import WindowContext
from ui.bridge.settings_store import SettingsStore
from ui.bridge.tasks import TaskRunner
from ui.cli.bench import suites
from ui.dialogs.about import AboutDialog

ROOT = Path(__file__).resolve().parent.parent
HEADS = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_that_package_and_changelog_say_the_version_that_the_program_says():
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == VERSION
    assert HEADS[0].split()[0] == VERSION


def test_that_versions_are_dated_and_go_up():
    numbers = [tuple(int(part) for part in head.split()[0].split(".")) for head in HEADS]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)
    assert [head for head in HEADS if not re.fullmatch(r"\d+\.\d+\.\d+ · \d{4}-\d{2}-\d{2}", head)] == []


def test_that_a_command_says_the_version_and_starts_no_window():
    done = subprocess.run(
        [sys.executable, "main.py", "--version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"小区一张图 · Compound Registry {VERSION}\n")


def test_that_about_crash_reports_and_benchmarks_say_it(qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "s.ini"))
    parent = QWidget()
    qtbot.addWidget(parent)
    tasks = TaskRunner(parent)
    about = AboutDialog(WindowContext(tasks, SettingsStore(), parent=parent), parent)
    said = about.findChild(QLabel, "about.version").text()
    tasks.shut_down()
    assert said.split()[-1] == VERSION
    assert next(reports._head("list")) == f"Compound Registry {VERSION}"
    assert suites.versions()["compound-registry"] == VERSION


def test_that_a_registry_does_not_depend_on_the_version_that_wrote_it(yaohai_sample):
    """What a file is compared by is the step of its schema: two versions with the same steps take it as their own."""
    text = re.compile(rf"\b{re.escape(VERSION)}\b")
    rows = sqlite3.connect(yaohai_sample)
    kept = dict(rows.execute("SELECT key, value FROM registry_info WHERE key != 'profile'").fetchall())
    frame = rows.execute("SELECT srs_name, definition FROM gpkg_spatial_ref_sys").fetchall()
    rows.close()
    assert [key for key, value in kept.items() if text.search(str(value))] == []
    assert [row for row in frame if text.search(str(row))] == []
