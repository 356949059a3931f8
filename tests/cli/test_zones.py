"""The verbs zones and zone: a proposal, the same written, a list, hand edits."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.app.town import STREETS, a_town
from ui.cli.run import run

pytestmark = pytest.mark.system(28)


@pytest.fixture
def path(tmp_path):
    registry = a_town(tmp_path, households={(i, 0): 500 for i in range(12)})
    registry.close()
    return str(registry.path)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_that_a_proposal_is_printed_and_nothing_written(call, path):
    before = digest(path)
    found = call("zones", path, "--households", "1000", "--street", STREETS[0])
    assert digest(path) == before
    assert (found["count"], found["committed"], found["households"], found["street"]) == (
        5,
        False,
        1000,
        STREETS[0],
    )
    assert {len(zone["members"]) for zone in found["zones"]} == {2}
    assert set(found["zones"][0]) == {
        "name", "street", "members", "households", "residents", "without_households", "communities", "area_m2",
        "compactness", "why",
    }  # fmt: skip
    assert found["score"]["within_tolerance"] == 5
    assert found["baseline"]["zones"] >= 5


def test_that_a_committed_proposal_is_listed_shown_changed_by_hand_and_taken_back(call, path):
    written = call("zones", path, "--households", "1000", "--commit", "--why", "片区化")
    assert (written["verb"], written["codes"][0], written["committed"]) == ("zones", "Z000001", True)
    listed = call("zones", path, "--street", STREETS[0])
    assert [zone["code"] for zone in listed["zones"]] == [f"Z00000{n}" for n in range(1, 6)]
    assert call("zone", path, "Z000001")["members"] == ["C000001", "C000002"]
    assert call("zone", path, "Z000001")["geometry"].startswith("MULTIPOLYGON")
    assert call("zone", path, "Z000001", "--add", "C000003")["verb"] == "zones"
    assert call("zone", path, "Z000001", "--drop", "C000001")["change"]
    assert call("zone", path, "Z000001")["members"] == ["C000002", "C000003"]
    assert call("zone", path, "Z000002", "--merge", "Z000001")["change"]
    assert call("zone", path, "Z000002")["members"] == ["C000002", "C000003", "C000004"]
    assert call("zone", path, "Z000002", "--end")["change"]
    assert call("zones", path)["count"] == 4
    for _ in range(5):
        call("undo", path)
    assert call("zones", path)["count"] == 0


def test_that_a_second_run_leaves_zones_alone_or_replaces_them(call, path):
    call("zones", path, "--households", "1000", "--commit")
    again = call("zones", path, "--households", "1000", "--commit")
    assert (again["count"], again["change"], len(again["kept"])) == (0, None, 6)
    call("zones", path, "--households", "2000", "--existing", "replace", "--commit")
    assert {zone["target"] for zone in call("zones", path)["zones"]} == {2000}
    assert call("zones", path)["count"] == 4


def test_that_a_torn_zone_is_said(path, capsys):
    assert run(["zones", path, "--households", "1000", "--commit"]) == 0
    assert run(["zone", path, "Z000001", "--add", "C000012"]) == 0
    assert "2 块" in capsys.readouterr().err
    assert run(["zones", path, "--lang", "en"]) == 0
    assert "Z000001" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("zones", "--households", "0"),
        ("zones", "--households", "1000", "--street", "999"),
        ("zones", "--households", "1000", "--within", "galaxy"),
        ("zones", "--commit"),
        ("zone", "Z404"),
        ("zone", "C000001"),
        ("zone", "Z000001", "--add", "C404"),
        ("zone", "Z000001", "--add", "C000001", "--end"),
        ("zone", "Z000001", "--drop", "C000009"),
    ],
)
def test_that_wrong_input_exits_2_says_why_and_leaves_every_byte(call, path, arguments):
    call("zones", path, "--households", "1000", "--commit")
    before = digest(path)
    assert call(arguments[0], path, *arguments[1:], status=2)["error"]["message"]
    assert digest(path) == before
