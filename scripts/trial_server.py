"""A PostgreSQL with PostGIS to try a shared registry on: on loopback, in a folder of its own, run by whoever starts it.

``python scripts/trial_server.py FOLDER`` starts it with an empty database and says the address; Ctrl+C stops it, and the
folder keeps what is in it. The tests start theirs the same way. Its passwords are no secret and its data are
not synced to the disk: for a district's data there is ``docs/server.md``.
"""

from __future__ import annotations

import argparse
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ADMIN, KEEPER, PASSWORD = "admin", "keeper", "of-the-tests"  # the server's, and a registry's
HOST: Final = "127.0.0.1"
_PATTERN: Final = "pattern"  # an empty database with PostGIS, of which the others are copies
_NOBODY: Final = 65534
_SETTINGS: Final = ("fsync=off", "shared_buffers=32MB", "max_connections=200", "unix_socket_directories=")


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
def running(binaries: Path, folder: Path, port: int | None = None) -> Iterator[Server]:
    """Start a server whose data lie in a folder, made where there are none, and stop it at the end.

    It runs as whoever starts it, and as nobody where that is root: PostgreSQL refuses to run as root.
    """
    data, passfile = folder / "data", folder / "passwords"
    port = port or _free_port()
    must_be_free(port)
    if not data.exists():
        _make(binaries, folder)
    passfile.write_text(f"{HOST}:{port}:*:*:{PASSWORD}\n")
    passfile.chmod(0o600)
    control: list[str | Path] = [binaries / "pg_ctl", "-D", data, "-w", "-s"]
    told = f"-h {HOST} -p {port} " + " ".join(f"-c {setting}" for setting in _SETTINGS)
    _run(folder, [*control, "-l", folder / "log", "-o", told, "start"])
    try:
        server = Server(port, passfile)
        if not has_database(server, _PATTERN):
            _fill(server)
        yield server
    finally:
        _run(folder, [*control, "-m", "fast", "stop"])


def restart(binaries: Path, folder: Path) -> None:
    """Stop a running server at once, as where power fails, and start it again with what it was started with."""
    control: list[str | Path] = [binaries / "pg_ctl", "-D", folder / "data", "-w", "-s", "-m", "immediate"]
    _run(folder, [*control, "-l", folder / "log", "restart"])


def must_be_free(port: int) -> None:
    """Raise SystemExit with a sentence where another program listens on a port."""
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one just stopped is no hindrance
        try:
            asked.bind((HOST, port))
        except OSError as error:
            said = (
                f"Port {port} is taken, perhaps by a trial server that still runs. Stop it, or say --port N."
            )
            raise SystemExit(said) from error


def has_database(server: Server, name: str) -> bool:
    """Return whether a server has a database: one whose first start was cut short has none."""
    with server.connect("postgres") as connection:
        return (
            connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None
        )


def _run(folder: Path, command: Sequence[str | Path]) -> None:
    """Run one of PostgreSQL's programs in a folder, as nobody where we are root; Ctrl+C is ours, and it goes on to its end."""
    if os.geteuid() == 0:
        subprocess.run(
            command,
            capture_output=True,
            check=True,
            cwd=folder,
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
            start_new_session=True,
        )
    else:
        subprocess.run(command, capture_output=True, check=True, cwd=folder, start_new_session=True)


def _make(binaries: Path, folder: Path) -> None:
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
        os.chown(secret, _NOBODY, _NOBODY)
    made: list[str | Path] = [
        binaries / "initdb",
        "-D",
        folder / "data",
        "-U",
        ADMIN,
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
    ]
    _run(folder, [*made, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
    secret.unlink()


def _fill(server: Server) -> None:
    """Make the login that keeps registries, and the empty database with PostGIS of which the others are copies."""
    with server.connect("postgres") as connection:
        made = f"{_PATTERN}_being_made"  # named at the end: a start that was cut short goes on here
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(made)))
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(KEEPER)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made)))
    server.make_login(KEEPER)
    with server.connect(made) as connection:
        connection.execute("CREATE EXTENSION postgis")
    with server.connect("postgres") as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (made, _PATTERN)))
        )


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        return int(asked.getsockname()[1])


def main() -> int:
    """Run a trial server until it is interrupted."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("folder", type=Path)
    given.add_argument("--port", type=int, default=5433)
    asked = given.parse_args()
    found = programs()
    if found is None:
        print(
            "PostgreSQL with PostGIS is not installed: sudo apt-get install postgresql-postgis",
            file=sys.stderr,
        )
        return 2
    asked.folder.mkdir(parents=True, exist_ok=True)
    with running(found, asked.folder.resolve(), asked.port) as server:
        is_there = has_database(server, "registry")
        address = server.address("registry") if is_there else server.make_database("registry")
        print(f"export PGPASSFILE={server.passfile}")
        print(f".venv/bin/python main.py copy FILE.gpkg {address}", flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
