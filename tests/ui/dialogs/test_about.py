"""About the program: its version and the libraries that open files here."""

from __future__ import annotations

import sqlite3

from PySide6.QtWidgets import QLabel, QPushButton

from app.bench.libraries import libraries
from app.bench.libraries import sqlite3 as asked
from tests.ui.robots.find import the


def test_that_it_names_the_libraries_that_open_files(open_window, qtbot):
    robot = open_window()
    robot.action("help.about").trigger()
    found = libraries()
    for name in ("sqlite", "gdal", "gdal_sqlite"):
        label = the(QLabel, f"about.{name}", inside=robot.window)
        qtbot.waitUntil(lambda label=label, name=name: label.text() == found[name], timeout=60_000)
    assert sqlite3.sqlite_version == the(QLabel, "about.sqlite", inside=robot.window).text()
    the(QPushButton, "about.close", inside=robot.window).click()


def test_that_a_too_old_sqlite_is_said_when_a_registry_opens(open_window, registry_path, monkeypatch):
    monkeypatch.setattr(asked, "sqlite_version_info", (3, 30, 0))
    robot = open_window(registry_path).wait_for_registry()
    robot.until(lambda: "SQLite" in robot.window.map_area.toast.accessibleName())
