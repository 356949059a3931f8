"""A server for the tests that need one, and registries on it: one story is told of a file and of a server from one source."""

from __future__ import annotations

import hashlib
import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.trial_server import Server

NEEDED = "COMPOUND_REGISTRY_NEEDS_SHARED_DATA"  # the variable of .ci/run
TESTER = "tester"  # who tells stories: the user of files, and a login of the district's
BOTH_STORES = "both_stores"  # the mark of a story that is told of both
_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Give a running server. Where PostgreSQL with PostGIS is not installed its tests are skipped, but not by CI."""
    from scripts.trial_server import programs, running  # and the driver, which few tests need

    found = programs()
    if found is None:
        said = "PostgreSQL with PostGIS is not installed here: apt-get install postgresql-15-postgis-3"
        if os.environ.get(NEEDED):
            pytest.fail(said)
        pytest.skip(said)
    with (
        tempfile.TemporaryDirectory(prefix="registry-server-") as folder,  # nobody may not enter pytest's
        running(found, Path(folder)) as started,
    ):
        started.make_login(TESTER)
        yield started


@pytest.fixture
def new_address(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Give the address of an empty database each time, with the passwords of its logins where clients look for them."""
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    return lambda: Path(server.make_database(f"registry{next(_NUMBERS)}"))


@pytest.fixture(scope="session")
def patterns() -> dict[str, str]:
    """Return the databases that hold the content of a file, by its checksum: the same content is a copy of one of them."""
    return {}


@pytest.fixture
def on_server(
    server: Server, patterns: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Path], Path]]:
    """Give what puts a file's registry on the server and returns its address, as the tester opens it.

    Each has a database of its own, which is gone at the end of the test.
    """
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    made: list[str] = []

    def put(path: Path) -> Path:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        if content not in patterns:
            database = f"pattern{next(_NUMBERS)}"
            copy_registry(path, Path(server.make_database(database)))
            with server.connect(database, "keeper") as keeper:
                keeper.execute("SELECT registry.take_on(%s, 'district')", (TESTER,))
            patterns[content] = database
        made.append(f"story{next(_NUMBERS)}")
        server.make_database(made[-1], patterns[content])
        return Path(server.address(made[-1], TESTER))

    yield put
    with server.connect("postgres") as admin:
        for database in made:
            admin.execute(f"DROP DATABASE {database} WITH (FORCE)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tell a story that is marked so of a file and of a server."""
    if "carried" in metafunc.fixturenames and metafunc.definition.get_closest_marker(BOTH_STORES):
        metafunc.parametrize("carried", ["file", "server"], indirect=True)


@pytest.fixture
def carried(request: pytest.FixtureRequest) -> Callable[[Registry], Registry]:
    """Give what carries an open registry to where this telling of a story takes place, and opens it there."""
    if getattr(request, "param", "file") == "file":
        return lambda registry: registry
    put = request.getfixturevalue("on_server")

    def carry(registry: Registry) -> Registry:
        registry.close()
        return Registry.open(put(registry.path), by=TESTER)

    return carry
