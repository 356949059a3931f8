"""The verb site: JSON to the letter, sentences for people, nothing else on standard output."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import app
from tests.app.siting.test_site import CELLS, station
from tests.app.town import a_town
from ui.cli.run import run

ASKED = ("--station-kind", "grid_post", "--radius", "210", "--count", "2", "--as-of", "2026-06-01")

_SOLVES = """
from app.coverage.siting.gains import _by_programme, _Clock, _Found
from tests.app.siting.test_models import a_table
found = _Found((), 1e9, 0.0)
_by_programme(a_table(3), 2, found, _Clock(1e18, lambda: False))
print(found.value)
"""


@pytest.fixture
def path(tmp_path):
    registry = a_town(tmp_path, station("S000001", 240, 330), households=CELLS)
    registry.close()
    return str(registry.path)


def test_that_the_json_is_that_of_the_reference(call, path):
    found = call("site", path, *ASKED)
    assert list(found)[:11] == [
        "station_kind", "radius", "count", "weight", "as_of", "status", "bound", "candidates", "before", "after", "places",
    ]  # fmt: skip
    told = {key: found[key] for key in ("station_kind", "radius", "count", "weight", "as_of", "status")}
    assert told == {
        "station_kind": "grid_post", "radius": 210, "count": 2, "weight": "households", "as_of": "2026-06-01",
        "status": "optimal",
    }  # fmt: skip
    assert set(found["before"]) == set(found["after"]) == {"covered", "total"}
    assert [set(place) for place in found["places"]] == [{"lon", "lat", "gain", "codes"}] * 2
    reached = call(
        "coverage", path, "--measure", "station:grid_post:210", "--by", "street", "--weight", "households"
    )
    assert found["before"] == {key: reached["total"][key] for key in ("covered", "total")}


def test_that_people_read_what_it_comes_to_in_their_language(path, capsys):
    assert run(["site", path, *ASKED, "--lang", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Most households covered: proven the best there is" in said
    assert "(straight line)" in said
    assert run(["site", path, *ASKED, "--model", "set"]) == 2
    assert "--count" in capsys.readouterr().err


def test_that_the_solver_says_nothing_on_standard_output():
    # a process of its own: the solver's first model alone would speak
    told = subprocess.run(
        [sys.executable, "-c", _SOLVES],
        cwd=Path(app.__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(told.stdout) > 0
