"""What tests of bringing in share."""

from __future__ import annotations

import pytest

from tests.app.bring_in.tables import TODAY
from tests.app.builders import a_small_registry


@pytest.fixture
def registry(tmp_path, monkeypatch, carried):
    """Return a small registry, open, on a day that stands still."""
    monkeypatch.setattr("app.services.bring_in.import_data.today", lambda: TODAY)
    registry = carried(a_small_registry(tmp_path))
    yield registry
    registry.close()
