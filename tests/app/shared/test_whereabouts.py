"""Where the server says that a row lies: under the unit that it lies in now, whatever was done to it, to the unit or the day."""

from __future__ import annotations

import random
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from shapely import box

from app.coverage.explain import explain
from app.coverage.results import Query
from app.domain.edits import Put, Remove
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.services.zones import edits as zones
from tests.app.builders import LAT, LON, a_small_registry, square
from tests.app.shared.misplaced import misplaced
from tests.app.town import made

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


def _with_a_grid_that_is_yet_to_begin(served: Served) -> None:
    """Draw next year's grid over this year's, five times, as ids are drawn: one of six would be the lowest."""
    outline = box(LON, LAT, LON + 0.05, LAT + 0.05).wkt
    for number in range(5):
        values = {"code": f"34010200100101{number}", "name": "新网格", "geometry": outline}
        edit.add(served.registry, "grids", {**values, "valid_from": str(TODAY + timedelta(days=2))})
        served.keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (WORKER, values["code"]))


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
    _with_a_grid_that_is_yet_to_begin(served)
    assert served.seen()[0] == {"C1"}


def test_that_no_clock_of_a_session_brings_a_day_that_is_yet_to_come(served, server):
    """Whoever is to have next year's grid would look into it by saying that he lives in the far east."""
    _with_a_grid_that_is_yet_to_begin(served)
    for login in (WORKER, "keeper"):
        with server.connect(served.registry.path.name, login) as elsewhere:
            elsewhere.execute("SET timezone = 'X-167'")  # a week ahead
            elsewhere.execute("SELECT registry.look_at_the_day()")
            elsewhere.execute("UPDATE registry.compound SET id = id")
        assert served.seen()[0] == {"C1"}


def test_that_no_other_clock_keeps_a_day_from_coming(served, server):
    edit.set_values(served.registry, [GRID], {"valid_until": str(TODAY)})
    with server.connect(served.registry.path.name, WORKER) as elsewhere:
        elsewhere.execute("SET timezone = 'X+167'")
        served.admin.execute("UPDATE registry.bounds SET looked = '2020-01-01'")
        elsewhere.execute("SELECT registry.take_turn()")
    assert served.admin.execute("SELECT looked FROM registry.bounds").fetchone() == (TODAY,)


def test_that_a_community_that_goes_to_another_street_lies_there(served):
    registry, street = served.registry, "340102002"
    values = {"code": street, "name": "东街道", "district": "340102", "geometry": square(0.03, 0, 0.02)}
    edit.add(registry, "streets", values)
    edit.set_values(registry, [GRID[:12]], {"street": street})
    assert misplaced(served.keeper) == []
    registry.undo()
    assert misplaced(served.keeper) == []


def test_that_who_is_in_a_new_zone_lies_where_the_zone_does(served):
    """The zone and its members are one step, and what is about the zone is written after it."""
    zones.make_zone(served.registry, ["C1", "C2"], name="一区", on=DAY)
    assert misplaced(served.keeper) == []


def test_that_nobody_writes_beside_whoever_moves_a_border(served, server):
    """What neither had written yet the other would not see: it would stay where its place was before."""
    with server.connect(served.registry.path.name, WORKER) as worker:
        worker.autocommit = False
        (place,) = worker.execute("SELECT id FROM registry.compound WHERE code = 'C1'").fetchone()
        said = f"INSERT INTO registry.fact (id, subject_id, key, value) VALUES ('f1', '{place}', 'fee', '1')"
        worker.execute(said)
        served.keeper.execute("SET lock_timeout = 50")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            served.keeper.execute("SELECT registry.take_turn()")
        worker.rollback()
        worker.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="READ COMMITTED"):
            worker.execute(said)


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


def counted_in(registry, unit):
    """Return the codes of all compounds that the program places in a unit."""
    told = explain(registry.engine, Query(measure="party", by="grid", as_of=TODAY), unit)
    return [
        entry.code for some in (told.covered, told.uncovered, told.unknown, told.left_out) for entry in some
    ]


def outlines():
    """Yield outlines about the border of the two grids: bars, corners and rings cut unevenly, one cut in two, one that is outside."""
    rng = random.Random(7)
    border = LON + 0.01
    for number in range(40):
        west, south = border - 0.001 * rng.random(), LAT + 0.018 * rng.random()
        bar = box(west, south, west + 0.001, south + 0.0001 * rng.randint(1, 9))
        foot = box(west + 0.0009 * rng.random(), south - 0.0008, west + 0.001, south)
        shape = (bar, bar.union(foot), bar.union(foot).difference(bar.centroid.buffer(0.0001)))[number % 3]
        yield max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    yield box(border - 0.0005, LAT, border + 0.0005, LAT + 0.001)
    yield box(LON, LAT + 0.0199, LON + 0.001, LAT + 0.03)  # most of it in no grid
    yield box(LON - 0.1, LAT, LON - 0.09, LAT + 0.01)


def test_that_a_place_on_a_border_is_theirs_in_whose_grid_it_is_counted(served):
    """Who sees a compound in his figures sees the compound."""
    registry = served.registry
    made_here = [made("compounds", f"N{n:02}", geometry=shape) for n, shape in enumerate(outlines())]
    registry.commit([Put(record) for record in made_here], verb="add")
    counted = {}
    for unit in (GRID, f"{GRID[:-1]}2", "unplaced"):
        counted |= dict.fromkeys(counted_in(registry, unit), None if unit == "unplaced" else unit)
    stands = served.keeper.execute(
        "SELECT c.code, g.code FROM registry.compound c LEFT JOIN registry.grid g ON g.id = c.scope_grid"
    ).fetchall()
    assert dict(stands) == counted
    assert (counted["N41"], counted["N42"]) == (GRID, None)


def test_that_an_outline_that_crosses_itself_lies_somewhere(served):
    """The program takes none, others draw them."""
    share = served.admin.execute(
        """SELECT registry.share_in(ST_GeomFromText('POLYGON((0 0, 2 0, 2 2, 0 2, 0 0))'),
            ST_GeomFromText('POLYGON((0 0, 1 1, 1 0, 0 1, 3 3, 0 0))'), 4490)"""
    ).fetchone()
    assert share[0] is not None
