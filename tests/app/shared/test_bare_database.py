"""A database in which nobody has put PostGIS yet."""

from __future__ import annotations

from contextlib import closing

import pytest

from scripts.trial_server import ADMIN, KEEPER, has_database, running
from tests.app.builders import a_small_registry
from ui.cli.run import run


def test_that_a_copy_brings_postgis_where_it_may_and_says_who_does_where_not(
    tmp_path, server, new_address, capsys
):
    new_address()  # for its passwords
    with server.connect("postgres") as connection:
        connection.execute(f"CREATE DATABASE bare OWNER {KEEPER} TEMPLATE template0")
    with closing(a_small_registry(tmp_path)) as registry:
        path = registry.path
    assert run(["copy", str(path), server.address("bare")]) == 2
    assert "CREATE EXTENSION postgis" in capsys.readouterr().err
    assert run(["copy", str(path), server.address("bare", ADMIN)]) == 0
    back = tmp_path / "back.gpkg"
    assert run(["copy", server.address("bare", ADMIN), str(back)]) == 0
    assert run(["verify", str(back)]) == 0


def test_that_a_trial_server_whose_port_is_taken_says_so_and_makes_nothing(server, tmp_path):
    with (
        pytest.raises(SystemExit, match=rf"Port {server.port} is taken.*--port"),
        running(tmp_path, tmp_path / "trial", server.port),
    ):
        pass
    assert not list(tmp_path.iterdir())
    assert has_database(server, "postgres")
    assert not has_database(server, "half_made")
