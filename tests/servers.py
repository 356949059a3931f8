"""A server for the tests that need one, and registries on it."""

from __future__ import annotations

import os
import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scripts.trial_server import Server

NEEDED = "COMPOUND_REGISTRY_NEEDS_SHARED_DATA"  # the variable of .ci/run
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
        yield started


@pytest.fixture
def new_address(server: Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Give the address of an empty database each time, with the passwords of its logins where clients look for them."""
    monkeypatch.setenv("PGPASSFILE", str(server.passfile))
    return lambda: Path(server.make_database(f"registry{next(_NUMBERS)}"))
