"""A small registry whose settings are the test's own."""

from __future__ import annotations

import pytest

from tests.app.builders import a_small_registry


@pytest.fixture(autouse=True)
def settings(tmp_path, monkeypatch):
    path = tmp_path / "settings" / "s.ini"
    path.parent.mkdir()
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", str(path))
    return path


@pytest.fixture
def registry(tmp_path):
    (tmp_path / "desk").mkdir()
    registry = a_small_registry(tmp_path / "desk")
    yield registry
    registry.close()
