"""The way to a server breaks while it saves: a change is written once, and what is said of it is so."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.errors import StorageFault
from app.persistence.shared.listening import Listening
from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from scripts.trial_server import PASSWORD
from tests.app.builders import a_small_registry
from tests.app.shared.relay import Relay


@pytest.fixture
def far(tmp_path, new_address, server, monkeypatch):
    """Return a registry's address, and a way to it that can be cut."""
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    address = new_address()
    monkeypatch.setenv("PGPASSWORD", PASSWORD)  # the file of passwords knows no other port
    copy_registry(path, address)
    with Relay(server.port) as relay:
        yield address, relay


def through(address: Path, relay: Relay, server) -> Path:
    return Path(address.as_posix().replace(f":{server.port}/", f":{relay.port}/"))


def steps(address: Path) -> list[str]:
    with closing(Registry.open(address)) as registry:
        return [step.change for step in registry.history()]


def test_that_a_change_whose_answer_got_lost_is_written_once_and_said_to_be(far, server):
    address, relay = far
    before = steps(address)
    with closing(Registry.open(through(address, relay, server))) as desk:
        relay.cut_at_commit.set()
        done = edit.set_values(desk, ["C1"], {"households": "77"})
        assert relay.cuts == 1
        assert desk.dataset.find("C1").get("households") == 77
        assert steps(address) == [done.change, *before]
        edit.set_values(desk, ["C1"], {"households": "78"})
    assert len(steps(address)) == len(before) + 2


def test_that_what_nobody_can_tell_is_said_to_be_unknown(far, server):
    address, relay = far
    before = steps(address)
    with closing(Registry.open(through(address, relay, server))) as desk:
        relay.is_closed_after.set()
        relay.cut_at_commit.set()
        with pytest.raises(StorageFault, match="还不知道存上没有"):
            edit.set_values(desk, ["C1"], {"households": "77"})
        with pytest.raises(StorageFault, match="没有保存"):
            edit.set_values(desk, ["C1"], {"households": "78"})
    assert len(steps(address)) == len(before) + 1


def test_that_a_desk_hears_again_once_a_server_that_was_away_is_back(far, server, monkeypatch):
    address, _ = far
    monkeypatch.setattr("app.persistence.shared.listening._AGAIN", 0.05)
    database, tried, heard = address.name, threading.Event(), threading.Event()
    connected = Listening._connected

    def trying(listening):
        tried.set()
        return connected(listening)

    monkeypatch.setattr(Listening, "_connected", trying)
    with closing(Registry.open(address)) as desk, server.connect("postgres") as admin:
        desk.hear(heard.set)
        assert heard.wait(30)
        admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        tried.clear()
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )
        assert tried.wait(30)
        tried.clear()
        assert tried.wait(30), "it was refused, and is tried again"
        heard.clear()
        admin.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        assert heard.wait(30)


def test_that_a_desk_that_dies_on_its_way_lets_go_of_its_turn(far, server):
    """By the relay, too, through which the drill kills a process: there it seemed to live on, and held everybody up."""
    address, relay = far
    told = {"host": "127.0.0.1", "port": relay.port, "dbname": address.name, "user": "keeper"}
    with closing(psycopg.connect(**told, password=PASSWORD)) as dying:
        dying.execute("SELECT registry.take_turn()")
        with socket.socket(fileno=os.dup(dying.fileno())) as way:
            way.shutdown(socket.SHUT_RDWR)
        with server.connect(address.name, "keeper") as next_one:
            next_one.execute("SET lock_timeout = 20000")
            next_one.execute("SELECT registry.take_turn()")
