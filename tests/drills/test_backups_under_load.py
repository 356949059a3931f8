"""Backups under load, the short part, beside a copy that must not count as one."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing

import pytest

from app.services.edit import edit
from app.services.keeping import backups
from tests.app.builders import a_small_registry
from tests.drills.backups_under_load import is_good, run, steps_in


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(tmp_path / "s.ini"))


def test_that_every_backup_made_while_others_write_is_good(tmp_path):
    found = run(tmp_path, 5)
    assert found.good == found.made == 5


def test_that_a_plain_copy_of_the_file_is_found_not_to_be_good(tmp_path):
    """Somebody reads meanwhile, so that what is written stays in the log, which the plain copy leaves out."""
    registry = a_small_registry(tmp_path)
    with closing(sqlite3.connect(registry.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM change").fetchone()
        edit.set_values(registry, ["C1", "C2"], {"address": "w 1"})
        plain = tmp_path / "plain.gpkg"
        shutil.copyfile(registry.path, plain)
        made = backups.make(registry.path)
        least = steps_in(registry.path)
    registry.close()
    assert is_good(made.path, least=least)
    assert not is_good(plain, least=least)
