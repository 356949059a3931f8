"""Alliances: members of four kinds, joined and left with dates, one change an act."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.period import today
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.mediation.alliances import alliances_on, join_alliance, leave_alliance, places_of_member
from tests.app.builders import a_small_registry

pytestmark = pytest.mark.system(12)
DAY = today()


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    edit.add(registry, "departments", {"code": "D1", "name": "司法所"})
    edit.add(registry, "alliances", {"code": "L1", "name": "红色物业联盟", "street": "340102001"})
    yield registry
    registry.close()


def members(registry, day=DAY):
    return {
        alliance.code: [m.code for m in alliance.members] for alliance in alliances_on(registry.dataset, day)
    }


def test_that_compounds_firms_organisations_and_departments_join_as_one_change(registry):
    steps = len(registry.history())
    join_alliance(registry, "L1", ["C1", "F1", "O1", "D1"])
    assert len(registry.history()) == steps + 1
    alliance = alliances_on(registry.dataset)[0]
    assert (alliance.name, alliance.place, alliance.of("firms")) == ("红色物业联盟", "340102001", ("F1",))
    assert members(registry) == {"L1": ["C1", "D1", "F1", "O1"]}
    join_alliance(registry, "L1", ["C1", "C2"])
    assert members(registry)["L1"] == ["C1", "C2", "D1", "F1", "O1"]
    registry.undo()
    registry.undo()
    assert members(registry) == {"L1": []}


def test_that_who_leaves_was_a_member_before(registry):
    first = DAY - timedelta(days=20)
    join_alliance(registry, "L1", ["C1", "C2"], on=first)
    leave_alliance(registry, "L1", ["C1"])
    assert members(registry) == {"L1": ["C2"]}
    assert members(registry, first) == {"L1": ["C1", "C2"]}
    leave_alliance(registry, "L1", ["C2"], on=first)
    assert members(registry, first)["L1"] == ["C1"]
    join_alliance(registry, "L1", ["C1"])
    assert members(registry) == {"L1": ["C1"]}


def test_that_who_was_to_join_later_can_join_earlier(registry):
    join_alliance(registry, "L1", ["C1"], on=DAY + timedelta(days=30))
    assert members(registry) == {"L1": []}
    join_alliance(registry, "L1", ["C1"])
    assert members(registry) == members(registry, DAY + timedelta(days=30)) == {"L1": ["C1"]}


def test_that_a_member_leads_to_where_it_works(registry):
    edit.attach(registry, "F1", ["C1"])
    edit.attach(registry, "O1", ["340102001001001"])
    edit.attach(registry, "D1", ["340102001001002"])
    found = {code: places_of_member(registry.dataset, code, DAY) for code in ("C2", "F1", "O1", "D1", "X")}
    assert found == {
        "C2": ["C2"],
        "F1": ["C1"],
        "O1": ["340102001001001"],
        "D1": ["340102001001002"],
        "X": [],
    }


@pytest.mark.parametrize(
    "act",
    [
        lambda r: join_alliance(r, "L1", []),
        lambda r: join_alliance(r, "L1", ["C404"]),
        lambda r: join_alliance(r, "L1", ["340102001"]),
        lambda r: join_alliance(r, "C1", ["C2"]),
        lambda r: leave_alliance(r, "L1", ["C1"]),
        lambda r: leave_alliance(r, "L404", ["C1"]),
    ],
)
def test_that_a_wrong_act_is_refused_and_writes_nothing(registry, act):
    steps = len(registry.history())
    with pytest.raises(InvalidInput):
        act(registry)
    assert len(registry.history()) == steps
