"""Where the server says that a row lies: under the unit that it lies in now, whatever was done to it, to the unit or the day."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from shapely import box

from app.domain.edits import Put, Remove
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from tests.app.builders import LAT, LON, a_small_registry
from tests.app.shared.misplaced import misplaced
from tests.app.town import made

if TYPE_CHECKING:
    import psycopg

GRID = "340102001001001"
NARROW = box(LON, LAT, LON + 0.0001, LAT + 0.02)
DAY = date(2026, 1, 1)
TODAY = datetime.now(tz=UTC).date()
WORKER = "whereabouts_worker"


class Served(NamedTuple):
    """A registry on a server: as its keeper has it open, as a program of the keeper's own, and a worker's address."""

    registry: Registry
    keeper: psycopg.Connection
    admin: psycopg.Connection
    worker: Path

    def seen(self) -> tuple[set[str], int]:
        """Return the compounds that the worker sees, and how many steps on the first one."""
        with closing(Registry.open(self.worker)) as worker:
            known = "C1" in worker.dataset.used_codes
            return set(worker.dataset.of("compounds")), len(worker.history("C1")) if known else 0


@pytest.fixture(scope="module")
def worker(server):
    """Return the login of somebody who has one grid."""
    server.make_login(WORKER)
    return WORKER


@pytest.fixture
def served(server, worker, new_address, tmp_path):
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address = new_address()
    copy_registry(path, address)
    with (
        closing(Registry.open(address)) as registry,
        server.connect(address.name, "keeper") as keeper,
        server.connect(address.name) as admin,
    ):
        keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (worker, GRID))
        yield Served(registry, keeper, admin, Path(server.address(address.name, worker)))


def test_that_what_comes_back_into_another_grid_brings_its_history_there(served):
    removed = edit.remove(served.registry, "C1", "登记错了")
    edit.set_values(served.registry, [GRID], {"geometry": NARROW.wkt})
    served.registry.undo(removed.change)
    assert misplaced(served.keeper) == []
    assert served.seen() == (set(), 0)


def test_that_many_that_come_back_at_once_bring_theirs(served):
    """They were brought in by a step that tells of them in one row, and names none of them."""
    registry, corner = served.registry, box(LON, LAT, LON + 1e-4, LAT + 1e-4)
    many = [made("compounds", f"N{number}", geometry=corner) for number in range(40)]
    registry.commit([Put(record) for record in many], verb="add", is_bulk=True)
    removed = registry.commit([Remove(record) for record in many], verb="remove")
    edit.set_values(registry, [GRID], {"geometry": box(LON + 0.005, LAT, LON + 0.01, LAT + 0.02).wkt})
    registry.undo(removed.change)
    assert len(registry.dataset.of("compounds")) == 42
    assert misplaced(served.keeper) == []
    assert served.seen() == (set(), 0)


def test_that_an_answer_that_was_taken_back_before_its_place_moved_stays_with_neither(served):
    """It belonged to the old grid, what it was about belongs to the new one: those above both have it."""
    registry = served.registry
    said = edit.set_values(registry, ["C1"], {"gate_guard": "yes"}, since=DAY)
    registry.undo(said.change)
    before = served.seen()
    moved = edit.set_values(registry, [GRID], {"geometry": NARROW.wkt})
    assert misplaced(served.keeper) == []
    assert served.seen() == (set(), 0)
    registry.undo(moved.change)
    assert misplaced(served.keeper) == []
    assert served.seen() == before


def test_that_a_unit_that_is_yet_to_begin_has_nothing(served):
    """The next year's grid is drawn over this year's: whoever is to have it waits until then."""
    tomorrow = TODAY + timedelta(days=2)
    outline = box(LON, LAT, LON + 0.05, LAT + 0.05).wkt
    codes = [
        f"34010200100101{number}" for number in range(5)
    ]  # ids are drawn: one of six would be the lowest
    for code in codes:
        edit.add(
            served.registry,
            "grids",
            {"code": code, "name": "新网格", "geometry": outline, "valid_from": str(tomorrow)},
        )
    for code in codes:
        served.keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (WORKER, code))
    assert served.seen()[0] == {"C1"}


@pytest.mark.parametrize("comes_by", ["opening", "writing"])
def test_that_the_day_after_a_unit_s_last_nothing_lies_in_it_any_more(served, comes_by):
    """No clock of the server's tells of midnight: whoever comes first on a day does."""
    assert served.seen()[0] == {"C1"}
    served.admin.execute("ALTER TABLE registry.grid DISABLE TRIGGER settle")  # as if it had ended by itself
    edit.set_values(served.registry, [GRID], {"valid_until": str(TODAY - timedelta(days=1))})
    served.admin.execute("ALTER TABLE registry.grid ENABLE TRIGGER settle")
    assert served.seen()[0] == {"C1"}
    served.admin.execute("UPDATE registry.bounds SET looked = current_date - 1")
    if comes_by == "writing":
        served.keeper.execute("SELECT registry.take_turn()")
    else:
        Registry.open(served.worker).close()
    assert misplaced(served.keeper) == []
    assert served.seen() == (set(), 0)


def test_that_whoever_opens_on_a_new_day_waits_for_nobody_who_writes(served, server):
    with server.connect(served.registry.path.name, "keeper") as writer:
        writer.autocommit = False
        writer.execute("SELECT registry.take_turn()")
        served.admin.execute("UPDATE registry.bounds SET looked = current_date - 2")
        assert served.seen()[0] == {"C1"}
