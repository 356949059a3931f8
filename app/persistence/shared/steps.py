"""A shared registry brought up to date by whoever keeps it: the steps of its tables, and its guards, in one transaction.

The guards carry the version that made them (as the schema's comment). A program of the same or a later version that has others makes
them anew when the keeper opens the registry: what is mended in them reaches the registries that there are.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Final

from sqlalchemy import text, update
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable

from app import VERSION
from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.persistence import spelled
from app.persistence.columns import row_names
from app.persistence.files.checksum import row_checksum
from app.persistence.migrations import NEWEST, STEPS, columns_since, tables_since
from app.persistence.shared.guards import guard, made_by
from app.persistence.shared.rows import rows_of
from app.persistence.shared.runs import SharedRuns
from app.persistence.shared.tables import SCHEMA, metadata
from app.persistence.shared.whereabouts import locate_all
from app.persistence.store import now_text
from app.text import Text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.persistence.shared.address import Address

_STEP: Final = text("SELECT max(number) FROM schema_step")
_KEEPER: Final = text(
    """SELECT nspowner::regrole::text, nspowner = session_user::regrole, obj_description(oid, 'pg_namespace')
    FROM pg_namespace WHERE nspname = :schema"""
)
_TURN: Final = text("LOCK TABLE turn")  # nobody else writes, nor brings it up to date

# policies, triggers and functions go; rows, and who is on the staff, stay
_CLEAR: Final = """DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT oid::regclass AS called FROM pg_class WHERE relnamespace = 'registry'::regnamespace AND relkind = 'r' LOOP
        EXECUTE 'ALTER TABLE ' || one.called || ' DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY';
    END LOOP;
    FOR one IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'registry' LOOP
        EXECUTE 'DROP POLICY ' || quote_ident(one.policyname) || ' ON registry.' || quote_ident(one.tablename);
    END LOOP;
    FOR one IN SELECT tgname, tgrelid::regclass AS called FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
        WHERE relnamespace = 'registry'::regnamespace AND NOT tgisinternal LOOP
        EXECUTE 'DROP TRIGGER ' || quote_ident(one.tgname) || ' ON ' || one.called;
    END LOOP;
    FOR one IN SELECT oid::regprocedure AS called FROM pg_proc WHERE pronamespace = 'registry'::regnamespace LOOP
        EXECUTE 'DROP FUNCTION ' || one.called;
    END LOOP;
END $$"""


def bring_up_to_date(connection: Connection, address: Address) -> None:
    """Bring a registry to the tables and guards of this program, where they are others and the login keeps it.

    Raises InvalidInput where the tables are of another program and the login can do nothing about it.
    """
    step = connection.execute(_STEP).scalar_one()
    if step > NEWEST:
        raise _newer(address, step)
    keeper, is_keeper, guards = connection.execute(_KEEPER, {"schema": SCHEMA}).one()
    if step < NEWEST and not is_keeper:
        raise _older(address, keeper)
    if not is_keeper or (step == NEWEST and not _is_older(guards)):
        return
    connection.execute(_TURN)
    step = connection.execute(_STEP).scalar_one()  # another program of the keeper's may have been first
    connection.exec_driver_sql(_CLEAR)
    _take_steps(connection, step)
    guard(connection, lambda: locate_all(connection))


def _is_older(guards: str | None) -> bool:
    """Whether guards were made by another program than this, and no later one."""
    if guards == made_by():
        return False
    version = (guards or "0").split()[0]
    return _numbers(version) <= _numbers(VERSION)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _take_steps(connection: Connection, step: int) -> None:
    new, now = tables_since(step), now_text()
    for table in metadata.sorted_tables:
        if table.name in new:
            connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index))
    for kind in KINDS.values():
        added = columns_since(step, kind.table)
        if added and kind.table not in new:
            _add_columns(connection, kind.name, added)
    runs = SharedRuns(connection)
    for one in STEPS:
        if one.number > step:
            runs.exec_driver_sql(spelled.STEP_IN, (str(uuid.uuid4()), one.number, one.sentence, now))


def _add_columns(connection: Connection, kind: str, added: frozenset[str]) -> None:
    """Add columns to a table, and give its rows their new checksums; one that did not fit stays so."""
    table, names = metadata.tables[KINDS[kind].table], row_names(kind)
    for column in table.columns:
        if column.name in added:
            told = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD {told}')
    place = names.index("checksum")
    for row in rows_of(connection, table.name):
        shape = row[place + 1] if len(row) > place + 1 else None
        old = [value for name, value in zip(names[:place], row, strict=False) if name not in added]
        if row_checksum(old, shape) == row[place]:
            mended = update(table).where(table.c.id == row[names.index("id")])
            connection.execute(mended.values(checksum=row_checksum(row[:place], shape)))


def _older(address: Address, keeper: str) -> InvalidInput:
    return InvalidInput(
        Text(
            f"{address.text} 的台账是旧版程序建的，还没有更新。请 {keeper} 用这个版本打开一次，就更新好了，别人再打开。",
            f"The registry in {address.text} was made by an older version of the program. Once {keeper} has opened it with "
            "this version it is up to date, and everybody can.",
        )
    )


def _newer(address: Address, step: int) -> InvalidInput:
    return InvalidInput(
        Text(
            f"{address.text} 的台账是新版程序建的（第 {step} 版的表，这个程序到第 {NEWEST} 版）。装新版程序再打开。",
            f"The registry in {address.text} was made by a newer version of the program (tables of step {step}, this one "
            f"knows {NEWEST}). Install the newer version.",
        )
    )
