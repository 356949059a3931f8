"""Somebody with the login of a grid worker and a client of his own: what he can read and write of other grids is nothing."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psycopg
import pytest
from psycopg import sql
from psycopg.pq import TransactionStatus
from shapely import box

from app.errors import Busy, InvalidInput
from app.persistence.shared.refusals import NotYours
from app.services.edit import edit
from app.services.keeping.care import backup
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.services.tasks.acts import Gap, add_tasks
from tests.app.builders import LAT, LON, a_small_registry, square
from tests.app.shared import attacks
from tests.app.shared.attacks import OWN_DETAIL, OWN_STEP, SECRET, Attack
from tests.app.shared.more_attacks import MORE_BARRED, MORE_OPEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.trial_server import Server

GRID = "340102001001001"
WORKER, OFFICER = "lina", "wang"
OPEN, BARRED = [*attacks.OPEN, *MORE_OPEN], [*attacks.BARRED, *MORE_BARRED]


class Town(NamedTuple):
    """A registry on a server with a grid worker: the database, and the ids that an attack may know."""

    server: Server
    database: str
    known: dict[str, str]

    def address(self, login: str) -> Path:
        return Path(self.server.address("worked", login))


@pytest.fixture(scope="module")
def town(server, tmp_path_factory):
    """Return the town: the worker has grid 1 with C1; of C2 in grid 2 every text says the secret word."""
    folder = tmp_path_factory.mktemp("town")
    with closing(a_small_registry(folder)) as registry, pytest.MonkeyPatch.context() as patch:
        edit.set_values(registry, ["C2"], {"name": f"{SECRET}小区", "address": SECRET}, why=SECRET)
        for code in ("C1", "C2"):
            edit.set_values(registry, [code], {"property_firm": "no"}, since=date(2026, 1, 1))
            edit.attach(registry, "O1", [code], since=date(2026, 1, 1))
        path = registry.path
        patch.setenv("PGPASSFILE", str(server.passfile))
        database = "attacked"
        copy_registry(path, Path(server.make_database(database)))
        for login, level, unit in ((WORKER, "grid", GRID), (OFFICER, "street", GRID[:9])):
            server.make_login(login)
            with server.connect(database, "keeper") as connection:
                connection.execute("SELECT registry.take_on(%s, %s, %s)", (login, level, unit))
        with server.connect(database) as connection:
            connection.execute("ANALYZE")
            asked = """SELECT (SELECT id FROM registry.compound WHERE code = 'C1'),
                (SELECT id FROM registry.compound WHERE code = 'C2'),
                (SELECT id FROM registry.grid WHERE code = '340102001001001'),
                (SELECT id FROM registry.grid WHERE code = '340102001001002'),
                (SELECT id FROM registry.change WHERE why = %s), '(SELECT registry.last_seq() + 1)',
                (SELECT id FROM registry.organisation LIMIT 1)"""
            found = connection.execute(asked, (SECRET,)).fetchone()
        for copy in ("control", "worked"):
            server.make_database(copy, database)
        yield Town(
            server, database, dict(zip(("c1", "c2", "g1", "g2", "step", "next", "o1"), found, strict=True))
        )


def foreign(connection: psycopg.Connection, grid: str) -> str:
    """Return all that is not of the worker's grid, as one text."""
    tables = [
        row[0]
        for row in connection.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = 'registry'::regnamespace AND relkind = 'r'
            AND relname NOT IN ('staff', 'whereabouts', 'bounds', 'turn', 'desk') ORDER BY relname"""
        )
    ]
    scoped = {
        row[0]
        for row in connection.execute(
            "SELECT table_name FROM information_schema.columns WHERE table_schema = 'registry' AND column_name = 'scope_grid'"
        )
    }
    told = []
    for table in tables:
        where = sql.SQL("true")
        if table in scoped:
            where = sql.SQL("scope_grid IS DISTINCT FROM {}").format(grid)
        elif table == "change":
            where = sql.SQL("by <> {}").format(WORKER)
        asked = sql.SQL("SELECT t.*::text FROM registry.{} t WHERE {} ORDER BY 1").format(
            sql.Identifier(table), where
        )
        told.append(f"{table}: {connection.execute(asked).fetchall()}")
    return "\n".join(told)


def said_by(connection: psycopg.Connection, attack: Attack, known: dict[str, str]) -> str:
    """Run an attack and return all that came back: rows, notices, the server's own words where it refused."""
    heard: list[str] = []
    connection.add_notice_handler(lambda notice: heard.append(str(notice.message_primary)))
    try:
        with connection.cursor() as cursor:
            for statement in attack.statements:
                text = statement.format(**known)
                if text.startswith("COPY") and text.endswith("STDOUT"):
                    with cursor.copy(text) as copy:
                        heard += [bytes(row).decode() for row in copy]
                elif text.startswith("COPY"):
                    with cursor.copy(text) as copy:
                        copy.write(attack.given.format(**known))
                else:
                    cursor.execute(text)
                    heard += [str(row) for row in (cursor.fetchall() if cursor.description else [])]
    except psycopg.errors.DivisionByZero as error:
        heard.append(f"{SECRET} {error}")  # a condition was tried on a row that is not his
    except psycopg.Error as error:
        heard.append(str(error))
    return "\n".join(heard)


def gone_through(town: Town, database: str, ways: list[Attack]) -> Iterator[str]:
    """Give the names of the attacks by which something was read or written, each in a transaction that is taken back."""
    known = town.known
    with town.server.connect(database, WORKER) as worker:
        before = foreign(worker, known["g1"])
    for attack in ways:
        with town.server.connect(database, WORKER) as worker:
            worker.autocommit = False
            worker.execute("SET search_path = registry, public")
            heard = said_by(worker, attack, known)
            is_read = SECRET in heard
            if worker.info.transaction_status != TransactionStatus.INERROR:
                worker.execute("SET search_path = registry, public")
                is_read = is_read or foreign(worker, known["g1"]) != before
            worker.rollback()
        if is_read:
            yield attack.name


def test_that_a_hundred_ways_to_other_grids_lead_nowhere(town):
    assert len(OPEN) >= 130
    with town.server.connect(town.database) as admin:
        before = foreign(admin, town.known["g1"])
        assert SECRET in before
        for number, attack in enumerate((*OPEN, *BARRED)):
            with town.server.connect(town.database, WORKER) as worker:
                worker.autocommit = False
                worker.execute("SET search_path = registry, public")
                # with a step of his own, so that it is not for want of one that he gets nowhere
                for own in (OWN_STEP, OWN_DETAIL):
                    worker.execute(own.format(**town.known).replace("x1", f"s{number}"))
                heard = said_by(worker, attack, town.known)
                try:
                    worker.commit()
                except psycopg.errors.InsufficientPrivilege as error:
                    heard += str(error)  # rows of his own, without a step in the journal
            assert SECRET not in heard, (attack.name, heard)
            assert foreign(admin, town.known["g1"]) == before, (attack.name, heard)


def test_that_without_the_guards_the_same_ways_lead_there(town):
    """The control: were an attack badly made it would prove nothing."""
    with town.server.connect("control") as admin:
        guarded = admin.execute("SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity").fetchall()
        for (table,) in guarded:
            admin.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        admin.execute("ANALYZE")
    led = set(gone_through(town, "control", [*OPEN, *BARRED]))
    assert led == {attack.name for attack in OPEN}


def test_that_a_worker_does_a_day_s_work_in_his_grid_and_sees_no_other(town, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    with (
        closing(Registry.open(town.address(WORKER))) as mine,
        closing(Registry.open(town.address("keeper"))) as all_,
    ):
        assert set(mine.dataset.of("compounds")) == {"C1"}
        assert {fact.values[0] for fact in mine.dataset.of("facts").values()} == {"C1"}
        assert set(mine.dataset.of("grids")) == set(all_.dataset.of("grids"))
        done = edit.set_values(
            mine, ["C1"], {"name": "新名", "property_firm": "unknown"}, since=date(2026, 3, 1)
        )
        assert all_.refresh().codes == ("C1",)
        assert all_.dataset.find("C1").get("name") == "新名"
        assert all_.history("C1", limit=1)[0].by == WORKER
        mine.undo()
        all_.refresh()
        assert all_.dataset.find("C1").get("name") != "新名"
        assert done.change in {step.change for step in mine.history("C1")}
        edit.set_values(all_, ["C2"], {"households": "9"})
        assert not mine.refresh().codes
        with pytest.raises(InvalidInput):
            edit.set_values(mine, ["340102001001002"], {"name": "别人的网格"})
        with pytest.raises(NotYours) as error:  # a task has no name to be called by
            add_tasks(mine, ["C1", "340102001001002"], Gap(measure="party", why="缺口", owner="网格员"))
        assert len(error.value.problems) == 1
    with closing(Registry.open(town.address(OFFICER))) as street:
        assert set(street.dataset.of("compounds")) == {"C1", "C2"}
        edit.set_values(street, ["C2"], {"name": "街道改的"})


def test_that_a_login_that_sees_a_part_makes_no_copy_that_would_pass_for_the_whole(
    town, tmp_path, monkeypatch
):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    for login in (WORKER, OFFICER):
        with pytest.raises(InvalidInput, match=f"登录名 {login} 只看得到"):
            backup(town.address(login), tmp_path / "part.gpkg")
        assert not list(tmp_path.iterdir())


def test_that_what_is_known_of_a_place_follows_it_into_another_grid(server, tmp_path, monkeypatch):
    """Its facts, ties and history go where it goes: to whoever has the grid now, and away from whoever had it."""
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    with closing(a_small_registry(tmp_path)) as registry:
        edit.set_values(registry, ["C2"], {"property_firm": "no"}, since=date(2026, 1, 1))
        edit.attach(registry, "O1", ["C2"], since=date(2026, 1, 1))
        path = registry.path
    address = Path(server.make_database("moving"))
    copy_registry(path, address)
    server.make_login("zhao")
    with server.connect("moving", "keeper") as connection:
        connection.execute("SELECT registry.take_on('zhao', 'grid', %s)", (GRID,))
    his = Path(server.address("moving", "zhao"))

    def seen() -> tuple[set[str], int, int, int]:
        with closing(Registry.open(his)) as worker:
            kinds = (worker.dataset.of(kind) for kind in ("facts", "attachments"))
            return (
                set(worker.dataset.of("compounds")),
                *map(len, kinds),
                len(worker.history("C2") if "C2" in worker.dataset.used_codes else []),
            )

    assert seen() == ({"C1"}, 0, 0, 0)
    with closing(Registry.open(address)) as all_, closing(Registry.open(his)) as open_all_day:
        edit.set_values(all_, ["C2"], {"geometry": square(0.005, 0.005).wkt})
        assert seen() == ({"C1", "C2"}, 1, 1, 4)
        open_all_day.refresh()
        assert len(open_all_day.dataset.of("facts")) == 1, "older than his last look, and new to him"
        all_.undo()
        assert seen() == ({"C1"}, 0, 0, 0)
        edit.set_values(all_, ["C1"], {"households": "7"})
        open_all_day.refresh()
        assert set(open_all_day.dataset.of("compounds")) == {"C1"}
        assert not open_all_day.dataset.of("facts")
        # the border moves instead
        edit.set_values(all_, [GRID], {"geometry": box(LON, LAT, LON + 0.0001, LAT + 0.02).wkt})
        assert seen() == (set(), 0, 0, 0)
        all_.undo()
        assert seen() == ({"C1"}, 0, 0, 0)


@pytest.mark.parametrize("login", [WORKER, "keeper"])
def test_that_rows_edited_with_another_program_are_refused_and_the_registry_opens_as_before(
    town, monkeypatch, login
):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    for statement in (
        "UPDATE registry.compound SET name = '改' WHERE code = 'C1'",
        "DELETE FROM registry.fact WHERE subject_id = (SELECT id FROM registry.compound WHERE code = 'C1')",
    ):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege, match="with the program"),
            town.server.connect("worked", login) as connection,
        ):
            connection.execute(statement)
    Registry.open(town.address(login)).close()


@pytest.fixture
def desk(town, server):
    """Return a worker's plain connection to a copy of the town, its settings those of nobody; what it does is taken back."""
    with town.server.connect("worked", WORKER) as worker:
        worker.autocommit = False
        worker.execute("SET search_path = registry, public")
        yield worker
        worker.rollback()


def own_step(worker: psycopg.Connection, town: Town, *more: str) -> None:
    for statement in (OWN_STEP, *more):
        worker.execute(statement.format(**town.known))


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ((OWN_STEP,), "a step tells of something"),
        ((OWN_STEP, OWN_DETAIL, "DELETE FROM fact WHERE subject_id = '{c1}'"), "edited with the program"),
        (
            (OWN_STEP, OWN_DETAIL, "UPDATE compound SET code = 'C2x' WHERE code = 'C1'"),
            "the list of codes has another code",
        ),
    ],
)
def test_that_a_step_tells_of_each_row_that_changes_with_it(town, desk, statements, said):
    own_step(desk, town, *statements[1:])
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=said):
        desk.commit()


def test_that_nothing_is_told_of_later_in_a_step_that_was_written_before(town, desk):
    own_step(desk, town, OWN_DETAIL)
    desk.commit()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        desk.execute(OWN_DETAIL.replace("'t' ||", "'u' ||").format(**town.known))


def test_that_the_id_of_a_record_that_was_removed_is_no_way_to_its_history(server, tmp_path, monkeypatch):
    """A removed record's id given to one of his own would take the record's steps along to him."""
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    with closing(a_small_registry(tmp_path)) as registry:
        edit.remove(registry, "C2", why=SECRET)
        path, gone = registry.path, next(d.row_id for d in registry.history("C2")[0].details)
    copy_registry(path, Path(server.make_database("removed")))
    server.make_login("remover")
    with server.connect("removed", "keeper") as keeper:
        keeper.execute("SELECT registry.take_on('remover', 'grid', %s)", (GRID,))
        own = keeper.execute("SELECT id FROM registry.grid WHERE code = %s", (GRID,)).fetchone()[0]
    with (
        server.connect("removed", "remover") as worker,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="not yours"),
    ):
        worker.execute(
            "INSERT INTO registry.compound (id, code, name, grid_id) VALUES (%s, 'C2', 'x', %s)", (gone, own)
        )


def test_that_what_is_done_before_a_conflict_is_seen_makes_nothing_of_others_his(town):
    """Triggers run before a conflict is found, and what they wrote stays; so it is for a record without steps of its own."""
    town.server.make_database("conflicting", town.database)
    with town.server.connect("conflicting", "keeper") as keeper:
        keeper.execute("DELETE FROM registry.change_detail WHERE row_id = %s", (town.known["c2"],))
    with (
        town.server.connect("conflicting", WORKER) as worker,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="another record's"),
    ):
        worker.execute(
            "INSERT INTO registry.compound (id, code, name, grid_id) VALUES (%s, 'C2', 'x', %s) ON CONFLICT DO NOTHING",
            (town.known["c2"], town.known["g1"]),
        )


def test_that_a_login_with_no_unit_can_name_no_table_hold_nobody_up_and_is_told_so(town, server, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    server.make_login("nobody_yet")
    for statement in (
        "LOCK TABLE registry.compound IN ACCESS EXCLUSIVE MODE",
        "SELECT registry.take_turn()",
        "SELECT registry.last_seq()",
        "SELECT nextval('registry.compound_fid_seq')",
    ):
        with (
            server.connect("worked", "nobody_yet") as stranger,
            stranger.transaction(),
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            stranger.execute(statement)
    with pytest.raises(InvalidInput, match="还没有分到"):
        Registry.open(town.address("nobody_yet"))
    with server.connect("worked", "keeper") as keeper:
        keeper.execute("SELECT registry.take_on('nobody_yet', 'grid', %s)", (GRID,))
        Registry.open(town.address("nobody_yet")).close()
        keeper.execute("SELECT registry.let_go('nobody_yet')")
        with pytest.raises(InvalidInput, match="还没有分到"):
            Registry.open(town.address("nobody_yet"))
        for whose, level, unit, said in (
            ("nobody_at_all", "grid", GRID, "does not exist"),
            ("nobody_yet", "grid", "no-such", "there is no grid 'no-such'"),
            ("nobody_yet", "Grid", GRID, "'Grid' is no level"),
        ):
            with pytest.raises(psycopg.Error, match=said):
                keeper.execute("SELECT registry.take_on(%s, %s, %s)", (whose, level, unit))


def test_that_whoever_keeps_others_from_writing_is_named(town, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    monkeypatch.setattr(
        "app.persistence.shared.store._SETTINGS", "-c search_path=registry,public -c lock_timeout=50"
    )
    with (
        closing(Registry.open(town.address("keeper"))) as mine,
        town.server.connect("worked", WORKER) as holder,
        holder.transaction(),
    ):
        holder.execute("SELECT registry.take_turn()")
        with pytest.raises(Busy, match=WORKER):
            edit.set_values(mine, ["C2"], {"households": "12"})
    with closing(Registry.open(town.address("keeper"))) as mine:
        edit.set_values(mine, ["C2"], {"households": "12"})


def test_that_the_server_samples_nothing_of_what_rows_say(town):
    """Row estimates and PostGIS's own questions answer from samples, whoever asks."""
    with town.server.connect(town.database) as admin:
        admin.execute("ANALYZE")
        sampled = admin.execute(
            """SELECT DISTINCT attname FROM pg_stats WHERE schemaname = 'registry'
            AND tablename IN (SELECT table_name FROM information_schema.columns
                WHERE table_schema = 'registry' AND column_name = 'scope_grid')"""
        ).fetchall()
    assert {name for (name,) in sampled if not name.endswith("_id")} <= {
        "fid",
        "id",
        "code",
        "kind",
        "scope_street",
        "scope_grid",
    }


def test_that_what_runs_with_the_keeper_s_rights_is_named_here_and_looks_where_it_must(town):
    """Closed by default: a new function of the registry is nobody's to call until it is put on this list."""
    with town.server.connect(town.database) as admin:
        functions = admin.execute(
            """SELECT proname, prosecdef, proconfig, has_function_privilege('public', oid, 'EXECUTE'), prorettype::regtype::text
            FROM pg_proc WHERE pronamespace = 'registry'::regnamespace"""
        ).fetchall()
        assert all(
            settings[0] == "search_path=registry, public, pg_temp" for _, _, settings, _, _ in functions
        )
        assert {name: settings[1:] for name, _, settings, _, _ in functions if settings[1:]} == {
            "locate": ["plan_cache_mode=force_generic_plan"]
        }
        assert {name for name, _, _, anybody, _ in functions if anybody} == {
            "is_staff",
            "has_all",
            "my_units",
            "is_my_step",
            "is_in_reach",
            "last_seq",
            "moves",
            "taken_codes",
            "take_turn",
            "look_at_the_day",
            "come_in",
            "go_out",
            "edits_record",
            "desks",
        }
        tables = admin.execute(
            """SELECT relname FROM pg_class WHERE relnamespace = 'registry'::regnamespace AND relkind NOT IN ('i', 'S')
            AND NOT (relkind = 'r' AND relrowsecurity AND relforcerowsecurity)"""
        ).fetchall()
        assert tables == [("schema_step",)]


def test_that_a_server_on_which_anybody_may_plant_functions_is_refused(server, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address = Path(server.make_database("planted"))
    with server.connect("planted") as admin:
        admin.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
        with pytest.raises(InvalidInput, match="REVOKE CREATE ON SCHEMA public FROM PUBLIC"):
            copy_registry(path, address)
        admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    copy_registry(path, address)


def test_that_a_redo_brings_back_one_s_own_step_and_nobody_else_s(town, monkeypatch):
    monkeypatch.setenv("PGPASSFILE", str(town.server.passfile))
    with (
        closing(Registry.open(town.address("keeper"))) as theirs,
        closing(Registry.open(town.address(WORKER))) as mine,
    ):
        edit.set_values(theirs, ["C1"], {"households": "77"})
        theirs.undo()
        mine.refresh()
        assert mine.next_redo() is None
        with pytest.raises(InvalidInput, match="没有可重做"):
            mine.redo()
        theirs.redo()
        assert theirs.dataset.find("C1").get("households") == 77
