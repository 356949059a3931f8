"""A PostgreSQL with PostGIS of the tests' own: on loopback, in a temporary folder, run by nobody in particular."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator

ADMIN, KEEPER, PASSWORD = "admin", "keeper", "of-the-tests"  # the server's, and a registry's
HOST: Final = "127.0.0.1"
_PATTERN: Final = "pattern"  # an empty database with PostGIS, of which the others are copies
_NOBODY: Final = 65534
_QUICK: Final = ("fsync=off", "shared_buffers=32MB", "max_connections=80", "unix_socket_directories=")


@dataclass(frozen=True)
class Server:
    """A running server: its port, and the file from which clients take the passwords of its logins."""

    port: int
    passfile: Path

    def address(self, database: str, login: str = KEEPER) -> str:
        return f"postgresql://{login}@{HOST}:{self.port}/{database}"

    def connect(self, database: str, login: str = ADMIN) -> psycopg.Connection:
        """Return a plain connection, as somebody with a client of his own would have it."""
        return psycopg.connect(
            host=HOST, port=self.port, dbname=database, user=login, password=PASSWORD, autocommit=True
        )

    def make_database(self, name: str, pattern: str = _PATTERN) -> str:
        """Make an empty database with PostGIS, or a copy of another, and return its address as its keeper has it."""
        with self.connect("postgres") as connection:
            made = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
            connection.execute(made.format(*map(sql.Identifier, (name, pattern, KEEPER))))
        return self.address(name)

    def make_login(self, name: str) -> None:
        """Let somebody in, who may do nothing special."""
        with self.connect("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), PASSWORD)
            )


def programs() -> Path | None:
    """Return the folder with the newest server's programs, None where this machine has none with PostGIS."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    there = [
        path.parent
        for path in found
        if (Path("/usr/share/postgresql") / path.parts[-3] / "extension/postgis.control").exists()
    ]
    return there[-1] if there else None


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """Start a server and stop it at the end; its folder goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="registry-server-"))
    as_nobody = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    try:
        secret = folder / "secret"
        secret.write_text(PASSWORD)
        if as_nobody:
            os.chown(folder, _NOBODY, _NOBODY)
            os.chown(secret, _NOBODY, _NOBODY)
        data = folder / "data"
        made = [binaries / "initdb", "-D", data, "-U", ADMIN, f"--pwfile={secret}", "--auth=scram-sha-256"]
        quiet = {"capture_output": True, "cwd": folder, **as_nobody}
        subprocess.run([*made, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"], check=True, **quiet)
        port = _free_port()
        told = " ".join(f"-c {setting}" for setting in _QUICK)
        control = [binaries / "pg_ctl", "-D", data, "-w", "-s"]
        starting = f"-h {HOST} -p {port} {told}"
        subprocess.run([*control, "-l", folder / "log", "-o", starting, "start"], check=True, **quiet)
        try:
            passfile = folder / "passwords"
            passfile.write_text(f"{HOST}:{port}:*:*:{PASSWORD}\n")
            passfile.chmod(0o600)
            server = Server(port, passfile)
            with server.connect("postgres") as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_PATTERN)))
            with server.connect(_PATTERN) as connection:
                connection.execute("CREATE EXTENSION postgis")
            server.make_login(KEEPER)
            yield server
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])
