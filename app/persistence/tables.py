"""The tables of a registry file, made from the declared kinds.

Every table has ``fid`` (GeoPackage asks for it) beside a UUID ``id``; relations go by ``id`` through ``entity``, which
remembers every code that was ever given. What nobody asks for has no index, foreign keys among it: every reference is
looked up when a registry is read. Every row carries a checksum of its content and a
version that grows with each edit.

What is unique in a record's table is said by an index, and no column of it must be filled: other programs add rows,
copy them and split them. A unique index makes QGIS give a copy another code, where a table's constraint, which it
does not see, makes it save half; and a row that lacks our columns is listed as theirs. What a record needs is decided
by our rules (``app.domain.rules.rules``), not by the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeEngine, UserDefinedType

from app.domain.kinds import KINDS, FieldType
from app.persistence.columns import column_of, shape_type
from app.persistence.migrations import LAST_STRICT, LAST_UNNAMED, NEWEST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.sql.ddl import DDLElement

    from app.domain.kinds import Kind


class _Spelled(UserDefinedType[object]):
    """A column type spelled as GeoPackage wants it; values pass as SQLite gives them."""

    cache_ok = True

    def __init__(self, spelling: str) -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return self.spelling


_DAY: Final = _Spelled("DATE")
_INSTANT: Final = _Spelled("DATETIME")
_REAL: Final = _Spelled("DOUBLE")
_TYPES: Final[dict[FieldType, TypeEngine[Any]]] = {
    FieldType.TEXT: Text(),
    FieldType.COUNT: Integer(),
    FieldType.NUMBER: _REAL,
    FieldType.YEAR: Integer(),
    FieldType.DAY: _DAY,
    FieldType.CHOICE: Text(),
    FieldType.ANSWER: Text(),
}

_NAMES: Final = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ix": "ix_%(table_name)s_%(column_0_name)s",
}
metadata: Final = MetaData(naming_convention=_NAMES)


def _row_columns() -> tuple[Column[object], ...]:
    return (
        Column("fid", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=True),
    )


def _add_entity(into: MetaData, step: int = NEWEST) -> None:
    is_asked = step <= LAST_UNNAMED  # by foreign keys; whoever reads a registry has all of it at hand
    Table(
        "entity",
        into,
        Column("fid", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=is_asked),
        Column("code", Text, nullable=False, unique=is_asked),
        Column("kind", Text, nullable=False),
    )


def _add_kind_table(into: MetaData, kind: Kind, step: int = NEWEST) -> None:
    """Declare a kind's table as files of a schema step have it."""
    is_strict = step <= LAST_STRICT
    columns: list[Column[object]] = [
        Column("fid", Integer, primary_key=True),
        Column("id", Text, nullable=not is_strict, unique=is_strict),
    ]
    if kind.coded:
        columns.append(Column("code", Text, nullable=not is_strict, unique=is_strict))
    for field in kind.fields:
        if field.type is FieldType.REFERENCE:
            is_needed = field.required and is_strict
            key = [ForeignKey("entity.id")] if step <= LAST_UNNAMED else []
            columns.append(Column(column_of(field), Text, *key, nullable=not is_needed))
        else:
            columns.append(Column(field.name, _TYPES[field.type]))
    columns += [
        Column("valid_from", _DAY),
        Column("valid_until", _DAY),
        Column("source", Text),
        Column("version", Integer, nullable=not is_strict),
        Column("past", Text),
        Column("checksum", Text, nullable=not is_strict),
    ]
    if kind.is_layer:
        columns.append(Column("geom", _Spelled(shape_type(kind.name))))
    table = Table(kind.table, into, *columns)
    if not is_strict:
        for name in ("id", "code") if kind.coded else ("id",):
            Index(f"uq_{kind.table}_{name}", table.c[name], unique=True)


def _add_details(into: MetaData, step: int = NEWEST) -> None:
    is_asked = step <= LAST_UNNAMED
    made = Table(
        "change_detail",
        into,
        Column("fid", Integer, primary_key=True),
        Column("id", Text, nullable=False, unique=is_asked),
        Column("change_id", Text, ForeignKey("change.id"), nullable=False),
        Column("kind", Text, nullable=False),
        Column("row_id", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("field", Text, nullable=False),
        Column("before", Text),
        Column("after", Text),
        Column("checksum", Text, nullable=False),
    )
    for name in ("change_id", "code", "row_id") if is_asked else ("change_id", "code"):
        Index(f"ix_change_detail_{name}", made.c[name])


def _add_changes(into: MetaData) -> None:
    Table(
        "change",
        into,
        *_row_columns(),
        Column("seq", Integer, nullable=False, unique=True),
        Column("at", _INSTANT, nullable=False),
        Column("by", Text, nullable=False),
        Column("verb", Text, nullable=False),
        Column("why", Text),
        Column("undoes", Text),
        Column("undone_by", Text),
        Column("checksum", Text, nullable=False),
    )


def tables_at(step: int) -> MetaData:
    """Return the tables that a step later than ``step`` declared otherwise, as files of that step have them."""
    found = MetaData(naming_convention=_NAMES)
    _add_entity(found, step)
    _add_changes(found)
    _add_details(found, step)
    for kind in KINDS.values():
        _add_kind_table(found, kind, step)
    return found


_add_entity(metadata)
for _kind in KINDS.values():
    _add_kind_table(metadata, _kind)

backdrop: Final = Table(
    "backdrop",
    metadata,
    *_row_columns(),
    Column("kind", Text, nullable=False),  # road, water
    Column("rank", Integer, nullable=False),  # 1 = widest
    Column("checksum", Text, nullable=False),
    Column("geom", _Spelled("GEOMETRY")),
)
_add_changes(metadata)
_add_details(metadata)
change: Final = metadata.tables["change"]
change_detail: Final = metadata.tables["change_detail"]
Table(
    "registry_info",
    metadata,
    *_row_columns(),
    Column("key", Text, nullable=False, unique=True),
    Column("value", Text),
    Column("checksum", Text, nullable=False),
)
Table(
    "schema_step",
    metadata,
    *_row_columns(),
    Column("number", Integer, nullable=False, unique=True),
    Column("sentence", Text, nullable=False),
    Column("at", _INSTANT, nullable=False),
)
Table(
    "kept",
    metadata,
    *_row_columns(),
    Column("kind", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("names", LargeBinary),
    Column("checksum", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)


def statements_of(tables: Iterable[str] | None = None, *, within: MetaData = metadata) -> list[str]:
    """Return the SQL that makes tables and their indexes, by name or all of them, in the order in which they refer."""
    wanted = None if tables is None else set(tables)
    made: list[str] = []
    for table in within.sorted_tables:
        if wanted is None or table.name in wanted:
            indexes = sorted(table.indexes, key=lambda index: str(index.name))
            parts: list[DDLElement] = [CreateTable(table), *(CreateIndex(index) for index in indexes)]
            made += [str(part.compile(dialect=sqlite.dialect())).strip() for part in parts]
    return made
