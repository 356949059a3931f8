"""Care of the file: is it ours and whole; copy it while it is open; bring a copy back."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.errors import IntegrityFault, InvalidInput, OtherGeoPackage, RegistryError
from app.jobs import Ticket
from app.persistence.backups.way_back import way_back
from app.persistence.columns import APPLICATION_ID, MIRROR_ID
from app.persistence.damage import MISSING, NOWHERE, STRANGE, Damage
from app.persistence.faults import telling
from app.persistence.files.aside import made_aside
from app.persistence.foreign.indexes import strange_triggers
from app.persistence.geometry_blob import SRS_ID
from app.persistence.geopackage import SYSTEMS, create_objects, shapes_of_tables, systems_digest
from app.persistence.loading import checked_rows, load_content
from app.persistence.migrations import (
    LAST_STRICT,
    LAST_UNNAMED,
    NEWEST,
    STEPS,
    columns_since,
    tables_since,
)
from app.persistence.reading import Reader, begun, is_read_only, reading
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from app.persistence.files.hindrance import Hindrance
    from app.persistence.loading import Loaded
    from app.persistence.reading import Runs

_COPYING: Final = Text("复制", "Copying")
_PAGES_AT_ONCE: Final = 1000  # 4 MB
SCHEMA_DIGEST: Final = STEPS[-1].digest


def must_be_registry(path: Path) -> int:
    """Return the schema step of the registry at ``path``; raise unless it is ours, of this program or an older one."""
    return judged(path)[0]


def judged(path: Path) -> tuple[int, Hindrance | None]:
    """Return the schema step of a registry, as ``must_be_registry``, and what kept it from being read in the plain way.

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
            return _step_of(path, connection), connection.hindrance
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
    mark = connection.exec_driver_sql("PRAGMA application_id").scalar()
    if mark == MIRROR_ID:
        raise InvalidInput(
            Text(
                f"{path} 是本机为一本共享台账留的副本，不单独打开。打开那本共享台账的地址，连不上时程序会用它。",
                f"{path} is this computer's copy of a shared registry and is not opened by itself. Open the address of that "
                "registry; the program uses this copy when the server can't be reached.",
            )
        )
    if mark != APPLICATION_ID:
        raise _no_registry(path)
    theirs = _objects(connection)
    if "registry_info" not in {name for _, name in theirs}:
        raise OtherGeoPackage(
            Text(
                f"{path} 是别的 GeoPackage，不是台账。用 import 导入其中的数据。",
                f"{path} is some other GeoPackage, no registry. Import its data instead.",
            )
        )
    is_newest = digest_of(theirs) == SCHEMA_DIGEST
    number = _step(connection, path, is_newest=is_newest)
    if is_newest:
        return number
    ours = our_objects() if number == NEWEST else objects_at(number)
    for key, sql in ours.items():
        if theirs.get(key) != sql:
            raise IntegrityFault(
                Text(
                    f"{path} 的表 {key[1]} 与台账不同，没有打开。用 restore 带回一份备份；没有备份，就先原样留着这份文件。",
                    f"Table {key[1]} of {path} is not as a registry has it; not opened. Bring back a backup (restore); where there is none, keep this file as it is.",
                )
            )
    strange = sorted(name for (kind, name) in theirs.keys() - ours.keys() if kind == "view")
    strange += strange_triggers(connection, (name for kind, name in ours if kind == "table"))
    if strange:
        raise IntegrityFault(
            Text(
                f"{path} 带有别人的触发器或视图（{strange[0]}），没有打开。",
                f"{path} carries a foreign trigger or view ({strange[0]}); not opened.",
            )
        )
    return number


def _step(connection: Runs, path: Path, *, is_newest: bool) -> int:
    """Return the schema step that a file says it has taken; the steps are 1, 2, 3 and so on, none left out."""
    steps = [row[0] for row in connection.exec_driver_sql("SELECT number FROM schema_step ORDER BY fid")]
    is_sound = all(type(step) is int for step in steps) and sorted(steps) == list(range(1, len(steps) + 1))
    if not is_sound or not steps or (is_newest and len(steps) != NEWEST):
        back = way_back(path)
        raise IntegrityFault(
            Text(
                f"{path.name} 里记着的升级步数与写下时不同（表 schema_step），不知道是哪个版本写的，没有打开。{back.zh}",
                f"The steps that {path.name} says it has taken (table schema_step) are not as written, "
                f"so its version can't be told; not opened. {back.en}",
            )
        )
    if len(steps) > NEWEST:
        raise InvalidInput(
            Text(
                f"{path} 是更新的版本写的（第 {len(steps)} 步）。请升级程序。",
                f"{path} was written by a newer program (step {len(steps)}). Update the program.",
            )
        )
    return len(steps)


def _objects(connection: Runs) -> dict[tuple[str, str], str | None]:
    rows = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    )
    return {
        (str(kind), str(name)): None if sql is None else " ".join(str(sql).split())
        for kind, name, sql in rows
    }


def digest_of(objects: Mapping[tuple[str, str], str | None]) -> str:
    """Return a digest of a schema: the kind, name and SQL of every object in it."""
    text = "\n".join(f"{kind} {name} {sql}" for (kind, name), sql in sorted(objects.items()))
    return blake2b(text.encode(), digest_size=16).hexdigest()


@cache
def our_objects() -> dict[tuple[str, str], str | None]:
    """Return every object of a registry's schema, as SQLite tells it, made from the declared tables."""
    with closing(sqlite3.connect(":memory:")) as plain:
        connection = Reader(plain)
        create_objects(connection)
        return _objects(connection)


def _older_objects(step: int) -> dict[tuple[str, str], str | None]:
    """Return ``our_objects`` with those tables and indexes that were declared otherwise up to a schema step."""
    from app.persistence.tables import statements_of, tables_at

    older = tables_at(step)
    with closing(sqlite3.connect(":memory:")) as plain:
        connection = Reader(plain)
        for statement in statements_of(within=older):
            connection.exec_driver_sql(statement)
        old = _objects(connection)
    kept = {
        (what, name): sql
        for (what, name), sql in our_objects().items()
        if (name if what == "table" else _indexed(sql)) not in older.tables
    }
    return {**kept, **old}


def objects_at(step: int) -> dict[tuple[str, str], str | None]:
    """Return what ``our_objects`` were in a file of an older step."""
    found = {}
    later = tables_since(step)
    objects = our_objects() if step > LAST_UNNAMED else _older_objects(step)
    for (kind, name), sql in objects.items():
        if (_indexed(sql) if kind == "index" else name) in later:
            continue
        for column in columns_since(step, name):
            sql = None if sql is None else re.sub(rf" {column} [A-Z]+,", "", sql)
        found[kind, name] = sql
    return found


def _indexed(sql: str | None) -> str:
    """Return the table that an index is on."""
    match = re.search(r"\bON \"?(\w+)", sql or "")
    return "" if match is None else match[1]


def verify_file(path: Path, *, with_edits: bool = True) -> list[Damage]:
    """Return every damaged place of a registry: all that opening compares, SQLite's own check, the journal, the frame.

    It reads on after each damage, whatever it is. ``with_edits``: edits of other programs are named as well.
    """
    step = must_be_registry(path)
    with reading(path, read_only=is_read_only(path)) as connection:
        asked: tuple[Callable[[], Iterable[Damage]], ...] = (
            lambda: _not_ours(load_content(connection, step, is_thorough=True), with_edits=with_edits),
            lambda: (
                [*checked_rows(connection, "kept", step)[1], *_packs_gone(connection)]
                if step > LAST_STRICT
                else []
            ),
            lambda: checked_rows(connection, "change")[1],
            lambda: checked_rows(connection, "change_detail")[1],
            lambda: _frame(connection),
            lambda: _references(connection),
            lambda: _sqlites_own(connection),
        )
        return list(dict.fromkeys(found for ask in asked for found in _named(ask)))


def _packs_gone(connection: Runs) -> list[Damage]:
    """Return the second copies that are gone: they are only ever added, or all made anew, so no number is left out."""
    numbers = [row[0] for row in connection.exec_driver_sql("SELECT fid FROM kept NOT INDEXED ORDER BY fid")]
    gone = next((place for place, number in enumerate(numbers, 1) if number != place), None)
    return [] if gone is None else [Damage("kept", str(gone), MISSING)]


def _not_ours(loaded: Loaded, *, with_edits: bool) -> list[Damage]:
    """Return every row that is not as our last change left it, whether damaged or edited by another program."""
    edits = [
        Damage(KINDS[edit.kind].table, edit.code or f"fid {edit.fid}", edit.message, is_edit=True)
        for edit in loaded.foreign
    ]
    return [*loaded.damaged, *(edits if with_edits else ())]


def content_of(path: Path) -> tuple[int, Loaded]:
    """Return the schema step of a registry and all that it holds, damaged or not."""
    step = must_be_registry(path)
    with reading(path, read_only=is_read_only(path)) as connection:
        return step, load_content(connection, step, is_thorough=True)


def _named(ask: Callable[[], Iterable[Damage]]) -> list[Damage]:
    """Return what was found; where SQLite can't read on, that too is a finding."""
    try:
        return list(ask())
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return [Damage("", "", words_of(error))]


def _sqlites_own(connection: Runs) -> list[Damage]:
    tables = dict(connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master"))
    found = []
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            index = re.search(r"index (\w+)", said)
            table = tables.get(index[1], "") if index else ""
            found.append(Damage(table, "", Text(f"SQLite：{said}", f"SQLite: {said}")))
    return found


def _references(connection: Runs) -> list[Damage]:
    return [
        Damage(str(row[0]), str(row[1]), NOWHERE)
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
    ]


def _frame(connection: Runs) -> list[Damage]:
    """Return where the tables of the GeoPackage standard speak otherwise of our tables than we wrote."""
    tables = {
        row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    ours = {table: shape for table, shape in shapes_of_tables().items() if table in tables}
    contents = {
        (table, "features" if shape else "attributes", table, SRS_ID if shape else None)
        for table, shape in ours.items()
    }
    columns = {(table, "geom", shape, SRS_ID, 0, 0) for table, shape in ours.items() if shape}
    systems = {(-1, "NONE", -1), (0, "NONE", 0), (4326, "EPSG", 4326), (SRS_ID, "EPSG", SRS_ID)}
    found = []
    for table, names, right in (
        ("gpkg_contents", "table_name, data_type, identifier, srs_id", contents),
        ("gpkg_geometry_columns", "table_name, column_name, geometry_type_name, srs_id, z, m", columns),
        ("gpkg_spatial_ref_sys", "srs_id, organization, organization_coordsys_id", systems),
    ):
        rows = {tuple(row) for row in connection.exec_driver_sql(f"SELECT {names} FROM {table}")}
        found += [Damage(table, str(row[0]), MISSING) for row in right - rows]
        if (
            table != "gpkg_spatial_ref_sys"
        ):  # of the layers that other programs put beside ours it may say anything
            rows = {row for row in rows if row[0] in ours}
        found += [
            Damage(table, str(row[0]), STRANGE) for row in rows - right if table != "gpkg_spatial_ref_sys"
        ]
    kept = connection.exec_driver_sql("SELECT value FROM registry_info WHERE key = ?", (SYSTEMS,)).scalar()
    if kept is not None and kept != systems_digest(connection):  # an older file has kept none
        found.append(Damage("gpkg_spatial_ref_sys", "", STRANGE))
    sentences = {step.number: step.sentence for step in STEPS}
    for number, sentence in connection.exec_driver_sql("SELECT number, sentence FROM schema_step"):
        if sentences.get(number) != sentence:
            found.append(Damage("schema_step", str(number), STRANGE))
    return found


def steps_of(path: Path, verb: str) -> list[str]:
    """Return the ids of the steps of one verb."""
    with reading(path, read_only=is_read_only(path)) as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM change WHERE verb = ?", (verb,))]


def copy_registry(source: Path, target: Path, ticket: Ticket | None = None) -> None:
    """Copy a registry, open or not, into one closed file (rollback journal) that can be mailed.

    Raises InvalidInput if the target is taken, StorageFault where it can't be written; it is whole or not there.
    """
    with made_aside(target) as aside:
        copy_into(source, aside, ticket)


def copy_into(source: Path, draft: Path, ticket: Ticket | None = None) -> None:
    """Copy what a registry holds at one moment into a new closed file, while others go on writing.

    One read transaction holds that moment for all pages, however many writes come in between; after each few of them
    the ticket may stop the work.
    """
    ticket = ticket or Ticket()

    def report(_status: int, remaining: int, total: int) -> None:
        ticket.step(_COPYING, total - remaining, total)

    with closing(sqlite3.connect(draft)) as writer:
        with telling(source, is_writing=False):
            connection, _ = begun(source, read_only=is_read_only(source))
        with closing(connection) as reader:
            reader.backup(writer, pages=_PAGES_AT_ONCE, progress=report)
        writer.execute("PRAGMA journal_mode=DELETE")
