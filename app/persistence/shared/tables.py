"""The tables of a shared registry: those of a file, with PostgreSQL's types for days, numbers and outlines.

What ``app.persistence.tables`` declares is taken over table by table and column by column, so that a kind is said once. Values pass as a
file keeps them (days as text, outlines as well-known binary), and so the checksums of the rows are the same in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

from app.domain.kinds import KINDS
from app.persistence import tables as files
from app.persistence.geometry_blob import SRS_ID

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

SCHEMA: Final = "registry"
_LAYERS: Final = frozenset(("POINT", "MULTIPOLYGON", "GEOMETRY"))


class Day(UserDefinedType[str]):
    """A day: a date there, its text here."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return "date"

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read it as text."""
        return func.to_char(column, "YYYY-MM-DD")


class Outline(UserDefinedType[bytes]):
    """An outline of PostGIS there, well-known binary here; degrees of CGCS2000."""

    cache_ok = True

    def __init__(self, shape: str) -> None:
        self.shape = shape

    def get_col_spec(self, **_: object) -> str:
        """Return the type's name in SQL."""
        return f"geometry({self.shape}, {SRS_ID})"

    def bind_expression(self, bindvalue: Any) -> ColumnElement[Any]:
        """Write it from well-known binary."""
        return func.ST_GeomFromWKB(bindvalue, SRS_ID)

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Read it as well-known binary."""
        return func.ST_AsBinary(column, "NDR")


def outline_index(table: str) -> str:
    """Return the name of a layer's index: no GiST, of which PostGIS tells every login of the database how far it reaches."""
    return f"ix_{table}_outline"


def _type_of(column: Column[Any]) -> TypeEngine[Any]:
    """Return PostgreSQL's type for a column of a file; raises KeyError for one that nobody has thought of."""
    kept = column.type
    if isinstance(kept, Text):
        return Text(collation="C")  # by bytes, on every server alike
    if isinstance(kept, Integer):
        return BigInteger()
    if isinstance(kept, LargeBinary):
        return LargeBinary()
    spelling = str(kept)
    if spelling in _LAYERS:
        return Outline(spelling)
    return {"DATE": Day(), "DATETIME": Text(collation="C"), "DOUBLE": Double()}[spelling]


def _taken_over(table: Table, into: MetaData) -> None:
    columns: list[Column[Any]] = [
        Column(column.name, _type_of(column), primary_key=column.primary_key, nullable=column.nullable)
        for column in table.columns
    ]
    made = Table(table.name, into, *columns)
    unique = {column.name for column in table.columns if column.unique}
    for index in table.indexes:
        names = [column.name for column in index.columns]
        unique -= set(names)
        Index(index.name, *(made.c[name] for name in names), unique=index.unique)
    if table.name == "entity":
        unique |= {"id", "code"}
    for name in sorted(unique):
        Index(f"uq_{table.name}_{name}", made.c[name], unique=True)
    if "geom" in made.c:
        Index(outline_index(table.name), made.c.geom, postgresql_using="spgist")


def _in_order() -> tuple[str, ...]:
    placed: list[str] = []
    waiting = list(KINDS)
    while waiting:
        ready = (name for name in waiting if _named_by(name) <= {*placed, name})
        placed.append(next(ready, waiting[0]))
        waiting.remove(placed[-1])
    return tuple(placed)


def _named_by(kind: str) -> set[str]:
    return {other for field in KINDS[kind].fields for other in field.to}


# all kinds, each after those whose records its own lie in or are about: so guards find where a row belongs
IN_ORDER: Final = _in_order()
metadata: Final = MetaData()
for _table in files.metadata.sorted_tables:
    _taken_over(_table, metadata)
Index("ix_change_detail_row_id", metadata.tables["change_detail"].c.row_id)
