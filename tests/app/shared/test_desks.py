"""Who is at work on a shared registry: each desk once, as long as its connection lives, and nothing of it for others."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import psycopg
import pytest

from app.persistence.shared import listening
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

GRID = "340102001001001"
DATABASE, WORKER, STRANGER = "met", "sun", "qian"


@pytest.fixture(scope="module")
def met(server, tmp_path_factory):
    """Return the server with a registry of which the worker has grid 1 with C1."""
    with (
        closing(a_small_registry(tmp_path_factory.mktemp("met"))) as registry,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("PGPASSFILE", str(server.passfile))
        copy_registry(registry.path, Path(server.make_database(DATABASE)))
        for login in (WORKER, STRANGER):
            server.make_login(login)
        with server.connect(DATABASE, "keeper") as keeper:
            keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (WORKER, GRID))
        yield server


@pytest.fixture
def sit_down(met):
    """Give a desk at the registry; every one has gone home at the end."""
    with ExitStack() as stack:

        def one(login="keeper"):
            registry = stack.enter_context(closing(Registry.open(Path(met.address(DATABASE, login)))))
            here, met_others = threading.Event(), threading.Event()
            registry.hear(here.set, met_others.set)
            assert here.wait(30)
            return registry, met_others

        yield one


def until(is_so):
    """Ask a server that tells nobody of what died."""
    end = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < end
        threading.Event().wait(0.05)


def logins(registry):
    return [desk.login for desk in registry.desks()]


def test_that_every_desk_is_seen_once_with_its_units_and_its_last_writing_until_it_closes(sit_down):
    mine, met_others = sit_down()
    (me,) = mine.desks()
    assert (me.login, me.units, me.is_me, me.record) == ("keeper", (("district", ""),), True, "")
    worker, _ = sit_down(WORKER)
    assert met_others.wait(30), "told that somebody came"
    met_others.clear()
    edit.set_values(worker, ["C1"], {"households": "7"})
    his = next(desk for desk in mine.desks() if not desk.is_me)
    assert (his.login, his.units) == (WORKER, (("grid", GRID),))
    assert his.since <= his.wrote
    assert logins(worker) == ["keeper", WORKER], "he is told, too"
    worker.close()
    assert met_others.wait(30), "told that somebody went"
    assert logins(mine) == ["keeper"]
    assert mine.history(limit=1)[0].by == WORKER, "that he was there is no step of the journal"


def test_that_which_record_is_edited_is_seen_by_those_alone_who_have_it(sit_down):
    mine, _ = sit_down()
    worker, met_others = sit_down(WORKER)
    for code, seen in (("C1", True), ("C2", False), ("C1", True), ("", False)):
        met_others.clear()
        mine.edits_record(code)
        assert met_others.wait(30), "told at once"
        told = next(desk for desk in worker.desks() if desk.login == "keeper").record
        assert told == (code if seen else ""), code
    c2 = mine.dataset.find("C2").id
    worker._store.edits_record(c2)  # not his: nobody is told that he edits it
    worker.edits_record("C1")
    until(lambda: [desk.record for desk in mine.desks() if not desk.is_me] == ["C1"])


def test_that_a_desk_whose_connection_dies_is_gone(sit_down, met):
    mine, _ = sit_down()
    with met.connect(DATABASE, WORKER) as dying:
        dying.execute("SET application_name = 'compound-registry desk'")
        dying.execute("SELECT registry.come_in()")
        assert logins(mine) == ["keeper", WORKER]
        with socket.socket(fileno=dying.fileno()) as cut:
            cut.shutdown(socket.SHUT_RDWR)  # as a process that is killed: no word of it
            cut.detach()
        until(lambda: logins(mine) == ["keeper"])
        with suppress(psycopg.OperationalError):
            dying.close()


def test_that_a_desk_is_back_and_hears_again_when_the_server_is(sit_down, met, monkeypatch):
    tried = []

    def connected(self, as_before=listening.Listening._connected):
        tried.append(self)
        return as_before(self)

    monkeypatch.setattr(listening, "_AGAIN", 0.05)
    monkeypatch.setattr(listening.Listening, "_connected", connected)
    mine, _ = sit_down()
    with met.connect("postgres") as admin:
        admin.execute(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS false")
        try:
            tried.clear()
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (DATABASE,)
            )
            until(lambda: len(tried) >= 2)
        finally:
            admin.execute(f"ALTER DATABASE {DATABASE} ALLOW_CONNECTIONS true")
    until(lambda: mine.desks() and logins(mine) == ["keeper"])


def test_that_a_login_without_a_place_here_is_no_desk_and_sees_none(sit_down, met):
    sit_down()
    with met.connect(DATABASE, STRANGER) as stranger:
        for asked in ("SELECT * FROM registry.desks()", "SELECT registry.come_in()"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                stranger.execute(asked)


def test_that_a_server_from_before_knows_desks_once_its_keeper_has_opened_it(met, monkeypatch, tmp_path):
    monkeypatch.setenv("PGPASSFILE", str(met.passfile))
    database = "older"
    met.make_database(database, DATABASE)
    with met.connect(database, "keeper") as keeper:
        keeper.execute(
            "DROP TABLE registry.desk; DROP FUNCTION registry.desks(); COMMENT ON SCHEMA registry IS NULL"
        )
    address = {login: Path(met.address(database, login)) for login in ("keeper", WORKER)}

    def opened(login):
        with closing(Registry.open(address[login])) as registry:
            registry.hear(lambda: None, lambda: None)
            return registry.desks()

    assert opened(WORKER) is None
    assert opened("keeper") is not None
    assert opened(WORKER) is not None


def test_that_a_file_does_not_know_who_has_it_open(tmp_path):
    with closing(a_small_registry(tmp_path)) as registry:
        registry.hear(lambda: None, lambda: None)
        registry.edits_record("C1")
        assert registry.desks() is None
