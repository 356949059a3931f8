"""Care of the file: is it ours and whole; copy it while it is open; bring a copy back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.errors import IntegrityFault, InvalidInput, OtherGeoPackage, RegistryError
from app.persistence.aside import made_aside
from app.persistence.checksum import row_checksum
from app.persistence.columns import APPLICATION_ID, OTHER_CHECKED, row_names
from app.persistence.geopackage import create_objects
from app.persistence.migrations import NEWEST, columns_since, tables_since
from app.persistence.reading import NO_BACKUPS, address_of, is_read_only, reading
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.kinds import Kind
    from app.persistence.reading import Runs

SCHEMA_DIGEST: Final = (
    "94a3b00ab58c1431091c9171454828bc"  # of the newest schema step; a test makes it anew from the tables
)


@dataclass(frozen=True, slots=True)
class Damage:
    """One place where the file does not hold what was written. ``code`` is the record's, or its row id."""

    table: str
    code: str
    message: Text


def must_be_registry(path: Path) -> int:
    """Return the schema step of the registry at ``path``; raise unless it is ours, of this program or an older one.

    A stranger's file is refused before anything in it can run: application id, and every table, index, view
    and trigger compared with ours. Row checksums are compared when the rows are read. All is asked through one
    read transaction of SQLite's, never of the bytes: those may be in the middle of a write, whole only together
    with the log, and closing a handle of our own would let go of the locks that this process holds on the file.
    """
    if not path.exists():
        raise InvalidInput(Text(f"没有这个文件：{path}。", f"There is no file {path}."))
    if not path.is_file():
        raise InvalidInput(
            Text(f"{path} 不是文件。请给一个 .gpkg 台账。", f"{path} is not a file. Name a .gpkg registry.")
        )
    try:
        with reading(path, read_only=is_read_only(path)) as connection:
            return _step_of(path, connection)
    except RegistryError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_NOTADB":
            raise _no_registry(path) from error
        raise


def _no_registry(path: Path) -> InvalidInput:
    return InvalidInput(
        Text(
            f"{path} 不是台账（不是 GeoPackage）。可以用 import 导入其中的数据。",
            f"{path} is no registry (not a GeoPackage). Its data can be imported.",
        )
    )


def _step_of(path: Path, connection: Runs) -> int:
    """Judge what a read transaction shows; SQLite recovered the file and compared its size when that began."""
    if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
        raise _no_registry(path)
    theirs = _objects(connection)
    if "registry_info" not in {name for _, name in theirs}:
        raise OtherGeoPackage(
            Text(
                f"{path} 是别的 GeoPackage，不是台账。用 import 导入其中的数据。",
                f"{path} is some other GeoPackage, no registry. Import its data instead.",
            )
        )
    number = connection.exec_driver_sql("SELECT MAX(number) FROM schema_step").scalar()
    if not isinstance(number, int):
        raise IntegrityFault(
            Text(
                f"{path} 的表 schema_step 里步号读不懂（{number!r}）。{NO_BACKUPS.zh}",
                f"Table schema_step of {path} has no readable number ({number!r}). {NO_BACKUPS.en}",
            )
        )
    if number > NEWEST:
        raise InvalidInput(
            Text(
                f"{path} 是更新的版本写的（第 {number} 步）。请升级程序。",
                f"{path} was written by a newer program (step {number}). Update the program.",
            )
        )
    if digest_of(theirs) == SCHEMA_DIGEST:
        return int(number)
    ours = our_objects() if number == NEWEST else objects_at(number)
    for key, sql in ours.items():
        if theirs.get(key) != sql:
            raise IntegrityFault(
                Text(
                    f"{path} 的表 {key[1]} 与台账不同，没有打开。",
                    f"Table {key[1]} of {path} is not as a registry has it; not opened.",
                )
            )
    strange = [name for (kind, name) in theirs.keys() - ours.keys() if kind in ("trigger", "view")]
    if strange:
        raise IntegrityFault(
            Text(
                f"{path} 带有别人的触发器或视图（{strange[0]}），没有打开。",
                f"{path} carries a foreign trigger or view ({strange[0]}); not opened.",
            )
        )
    return int(number)


def _objects(connection: Runs) -> dict[tuple[str, str], str | None]:
    rows = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    )
    return {(row[0], row[1]): None if row[2] is None else " ".join(row[2].split()) for row in rows}


def digest_of(objects: Mapping[tuple[str, str], str | None]) -> str:
    """Return a digest of a schema: the kind, name and SQL of every object in it."""
    text = "\n".join(f"{kind} {name} {sql}" for (kind, name), sql in sorted(objects.items()))
    return blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def our_objects() -> dict[tuple[str, str], str | None]:
    """Return every object of a registry's schema, as SQLite tells it, made from the declared tables."""
    from sqlalchemy import create_engine  # a file that is exactly ours is known by its digest alone

    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        create_objects(connection)
        found = _objects(connection)
    engine.dispose()
    return found


def objects_at(step: int) -> dict[tuple[str, str], str | None]:
    """Return what ``our_objects`` were in a file of an older step."""
    found = {}
    later = tables_since(step)
    for (kind, name), sql in our_objects().items():
        if name in later:
            continue
        for column in columns_since(step, name):
            sql = None if sql is None else re.sub(rf" {column} [A-Z]+,", "", sql)
        found[kind, name] = sql
    return found


def verify_file(path: Path) -> list[Damage]:
    """Return every damaged place of a registry: SQLite's own check, relations, and each row's checksum."""
    step = must_be_registry(path)
    later = tables_since(step)
    kinds = {name: kind for name, kind in KINDS.items() if kind.table not in later}
    damaged: list[Damage] = []
    with reading(path, read_only=is_read_only(path)) as connection:
        for row in connection.exec_driver_sql("PRAGMA integrity_check"):
            if row[0] != "ok":
                damaged.append(Damage("", "", Text(f"SQLite：{row[0]}", f"SQLite: {row[0]}")))
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            damaged.append(
                Damage(
                    str(row[0]),
                    str(row[1]),
                    Text("指向不存在的记录。", "It refers to a record that is not there."),
                )
            )
        coded = {kind.table for kind in kinds.values() if kind.coded}
        tables = {}
        for name, kind in kinds.items():
            newer = columns_since(step, kind.table)
            tables[kind.table] = tuple(column for column in row_names(name) if column not in newer)
        for table, names in {**tables, **OTHER_CHECKED}.items():
            shape = names.index("geom") if "geom" in names else None
            check = names.index("checksum")
            columns = ", ".join(f'"{name}"' for name in names)
            for row in connection.exec_driver_sql(f'SELECT {columns} FROM "{table}"'):
                content = [value for place, value in enumerate(row) if place not in (shape, check)]
                if _checksum_is_wrong(content, row, shape, check):
                    code = str(row[1]) if table in coded else str(row[0])
                    message = Text(
                        "内容与校验不符：文件损坏，或被别的程序改过。",
                        "The content does not fit its checksum: damage, or an edit by another program.",
                    )
                    damaged.append(Damage(table, code, message))
        if not any(d.table in tables for d in damaged):
            damaged += _lost_rows(connection, kinds)
        damaged += _lost_journal(connection, kinds)
    return damaged


def _checksum_is_wrong(content: list[Any], row: Any, shape: int | None, check: int) -> bool:
    try:
        return bool(row_checksum(content, None if shape is None else row[shape]) != row[check])
    except TypeError:  # a column that turned into bytes
        return True


def _lost_rows(connection: Runs, kinds: Mapping[str, Kind]) -> list[Damage]:
    """Rows that the journal says are there, and are not: deleted by another program."""
    lost = []
    for kind, spec in kinds.items():
        rows = connection.exec_driver_sql(
            f"""SELECT d.code FROM change_detail d JOIN change c ON c.id = d.change_id
            WHERE d.kind = ? AND d.field = 'record'
            GROUP BY d.row_id HAVING SUM(CASE WHEN d.before IS NULL THEN 1 ELSE -1 END) > 0
            AND NOT EXISTS (SELECT 1 FROM "{spec.table}" t WHERE t.id = d.row_id)""",
            (kind,),
        )
        message = Text(
            "记录不见了：不是本程序删的。", "The record is gone, and this program did not remove it."
        )
        lost += [Damage(spec.table, str(row[0]), message) for row in rows]
    return lost


def _lost_journal(connection: Runs, kinds: Mapping[str, Kind]) -> list[Damage]:
    """Return steps that are gone from the journal, and records of which no step tells."""
    lost = []
    first, last, steps = connection.exec_driver_sql("SELECT MIN(seq), MAX(seq), COUNT(*) FROM change").one()
    if steps and (first != 1 or last != steps):
        message = Text(
            f"日志里有 {last} 步，只剩 {steps} 步。", f"The journal counts {last} steps; {steps} are left."
        )
        lost.append(Damage("change", "", message))
    for spec in kinds.values():
        name = "code" if spec.coded else "id"
        rows = connection.exec_driver_sql(
            f"""SELECT "{name}" FROM "{spec.table}" t WHERE NOT EXISTS
            (SELECT 1 FROM change_detail d WHERE d.row_id = t.id AND d.field = 'record')"""
        )
        message = Text(
            "日志里没有这条记录：不是本程序登记的。",
            "The journal does not know this record: another program put it in.",
        )
        lost += [Damage(spec.table, str(row[0]), message) for row in rows]
    return lost


def copy_registry(source: Path, target: Path) -> None:
    """Copy a registry, open or not, into one closed file (rollback journal) that can be mailed.

    Raises InvalidInput if the target is taken, StorageFault where it can't be written; it is whole or not there.
    """
    with made_aside(target) as aside, closing(sqlite3.connect(aside)) as writer:
        with closing(sqlite3.connect(address_of(source, read_only=is_read_only(source)), uri=True)) as reader:
            reader.backup(writer)
        writer.execute("PRAGMA journal_mode=DELETE")
