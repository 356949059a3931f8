"""A small registry on the disk, and a way to call a verb on it."""

from __future__ import annotations

import json

import pytest

from tests.app.builders import a_small_registry
from ui.cli.run import run


@pytest.fixture
def path(tmp_path, carried):
    registry = carried(a_small_registry(tmp_path))
    registry.close()
    return str(registry.path)


@pytest.fixture
def call(capsys):
    """Run a verb with ``--json``, insist on its status, and return what it printed."""

    def do(*arguments, status=0):
        found = run([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        assert found == status, err or out
        return json.loads(out)

    return do
