"""The tiled town on a map, opened once for all tests of tools that write nothing."""

from __future__ import annotations

import pytest

from tests.app.outlines.tiles import a_tiled_registry
from tests.ui.map.tiled import Town


@pytest.fixture(scope="session")
def tiled_registry(tmp_path_factory):
    opened = a_tiled_registry(tmp_path_factory.mktemp("tiles"))
    yield opened
    opened.close()


@pytest.fixture
def town(qtbot, tiled_registry):
    made = Town(tiled_registry)
    qtbot.addWidget(made.canvas)
    made.canvas.show()
    qtbot.waitExposed(made.canvas)
    yield made
    made.canvas.close()
