"""A registry carried from a file to a server and back, row by row as it stands: codes, versions, checksums, journal."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.jobs import Ticket
from app.persistence import spelled
from app.persistence.columns import APPLICATION_ID
from app.persistence.connection import writing
from app.persistence.geometry_blob import from_blobs
from app.persistence.geopackage import SYSTEMS, USER_VERSION, note_change, systems_digest, write_frame
from app.persistence.info import write_info
from app.persistence.loading import DETAILS
from app.persistence.reading import connect, journal_mode_for, reading
from app.persistence.shared.faults import telling
from app.persistence.shared.guards import guard
from app.persistence.shared.rows import columns_of, copy_rows, rows_of
from app.persistence.shared.store import engine_of, foreign_schema
from app.persistence.shared.tables import IN_ORDER, SCHEMA, metadata
from app.persistence.store import now_text
from app.persistence.tally import TALLY, counted
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from app.persistence.reading import Runs
    from app.persistence.shared.address import Address

_OF_FILES: Final = frozenset((SYSTEMS, TALLY, DETAILS))  # what a registry keeps of itself only as a file
_AT_ONCE: Final = 5_000
TO_SERVER: Final = Text("复制到服务器", "Copying to the server")
TO_FILE: Final = Text("从服务器复制", "Copying from the server")
# what others lie in, then what others are about, then what is told of them: so the guards find where each row belongs
_KINDS: Final = tuple(KINDS[kind].table for kind in IN_ORDER)
_ORDER: Final = (*_KINDS, "entity", *sorted(metadata.tables.keys() - {*_KINDS, "entity"}))
_POSTGIS: Final = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'postgis')")
# before PostgreSQL 15 anybody may put functions into the schema public, under the names that PostGIS has there
_OPEN: Final = text(
    """SELECT EXISTS (SELECT FROM pg_namespace n, aclexplode(n.nspacl) a
    WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE')"""
)
# whether what has a registry's name is one; nothing where nothing has it
_TAKEN: Final = text(
    """SELECT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'schema_step')
    FROM pg_namespace n WHERE n.nspname = :schema"""
)


def to_server(path: Path, address: Address, ticket: Ticket, *, read_only: bool = False) -> None:
    """Put a file's registry into an empty database, in one transaction: stopped half-way, nothing is left there.

    Raises InvalidInput where the database holds one.
    """
    engine = engine_of(address)
    try:
        with (
            reading(path, read_only=read_only) as source,
            telling(address, is_writing=True),
            engine.begin() as target,
        ):
            _make_tables(target, address)
            guard(target, lambda: _fill(source, target, ticket))
    finally:
        engine.dispose()


def _fill(source: Runs, target: Connection, ticket: Ticket) -> None:
    counts = (source.exec_driver_sql(f'SELECT COUNT(*) FROM "{table}"').scalar() for table in _ORDER)
    done, total = 0, sum(map(int, counts))
    for table in _ORDER:
        rows = _rows_of_file(source, table)
        for start in range(0, len(rows), _AT_ONCE):
            ticket.step(TO_SERVER, done, total)
            some = rows[start : start + _AT_ONCE]
            copy_rows(target, table, some)
            done += len(some)
    ticket.step(TO_SERVER, total, total)


def _make_tables(connection: Connection, address: Address) -> None:
    is_registry = connection.execute(_TAKEN, {"schema": SCHEMA}).scalar()
    if is_registry is False:
        raise InvalidInput(foreign_schema(address))
    if is_registry:
        raise InvalidInput(
            Text(
                f"{address.text} 里已经有一本台账，没有动它。换一个空的数据库。",
                f"{address.text} holds a registry already; it was left as it is. Give an empty database.",
            )
        )
    if not connection.execute(_POSTGIS).scalar_one() and not _may_add_postgis(connection):
        raise InvalidInput(
            Text(
                f"{address.text} 没有装 PostGIS。请管理员在这个数据库里执行 CREATE EXTENSION postgis。",
                f"{address.text} has no PostGIS. Whoever keeps it runs CREATE EXTENSION postgis in this database.",
            )
        )
    if connection.execute(_OPEN).scalar_one():
        raise InvalidInput(
            Text(
                f"{address.text} 里谁都能往 public 放函数，挡不住别人。请管理员在这个数据库里执行 "
                "REVOKE CREATE ON SCHEMA public FROM PUBLIC，再复制。",
                f"In {address.text} anybody may put functions into the schema public, and so get round what is whose. "
                "Whoever keeps the server runs REVOKE CREATE ON SCHEMA public FROM PUBLIC in this database; then copy again.",
            )
        )
    connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(CreateIndex(index))


def _may_add_postgis(connection: Connection) -> bool:
    """Add PostGIS to the database, where the server has it and the login may; return whether it is there now."""
    try:
        with connection.begin_nested():
            connection.execute(text("CREATE EXTENSION postgis SCHEMA public"))
    except DBAPIError:  # whoever keeps the server has to: that is what the caller says
        return False
    return True


def _rows_of_file(source: Runs, table: str) -> list[tuple[object, ...]]:
    names = columns_of(table)
    columns = ", ".join(f'"{name}"' for name in names)
    rows = source.exec_driver_sql(f'SELECT {columns} FROM "{table}" NOT INDEXED ORDER BY fid').all()
    if table == "registry_info":
        at = names.index("key")
        rows = [row for row in rows if row[at] not in _OF_FILES]
    return [tuple(row) for row in rows]


def to_file(address: Address, path: Path, ticket: Ticket) -> None:
    """Write a server's registry into a new file at ``path``, as it is at one moment."""
    engine = engine_of(address)
    try:
        with (
            telling(address, is_writing=False),
            engine.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as source,
        ):
            into_file(source, path, ticket)
    finally:
        engine.dispose()


def into_file(source: Connection, path: Path, ticket: Ticket | None = None) -> None:
    """Write what a transaction on a server shows into a new file at ``path``."""
    ticket = ticket or Ticket()
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute(f"PRAGMA application_id={APPLICATION_ID}")
        plain.execute(f"PRAGMA user_version={USER_VERSION}")
        plain.execute(f"PRAGMA journal_mode={journal_mode_for(path)}")
    now = now_text()
    with closing(connect(path, read_only=False)) as kept, writing(kept) as target:
        write_frame(target, now)
        tables = metadata.sorted_tables
        for number, table in enumerate(tables):
            ticket.step(TO_FILE, number, len(tables))
            _into_file(target, table.name, rows_of(source, table.name), now)
        ticket.step(TO_FILE, len(tables), len(tables))
        last = target.exec_driver_sql(spelled.LAST_DETAIL).scalar() or 0
        told = {SYSTEMS: systems_digest(target), DETAILS: str(last), TALLY: counted(target).text}
        write_info(target, told)


def _into_file(target: Runs, table: str, rows: list[tuple[object, ...]], now: str) -> None:
    if not rows:
        return
    names = columns_of(table)
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    target.exec_driver_sql(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)
    if "geom" in names:
        at = names.index("geom")
        shapes = [shape for shape in from_blobs([row[at] for row in rows]) if shape is not None]  # type: ignore[misc]
        note_change(target, table, now, shapes)
