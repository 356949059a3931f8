"""Rows of a shared registry's tables, as a file has them: days as text, outlines in a GeoPackage's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import shapely
from psycopg import sql
from sqlalchemy import insert, select

from app.persistence.columns import OTHER_CHECKED
from app.persistence.geometry_blob import SRS_ID, start_of, to_blobs
from app.persistence.shared.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

_NAMES_SYSTEM: Final = (
    0x20000000  # in the number of a shape's kind: its reference system follows (PostGIS, EWKB)
)


def columns_of(table: str) -> tuple[str, ...]:
    """Return a table's columns but for ``fid``, in the order in which rows are handed on."""
    names = OTHER_CHECKED.get(table)
    return names or tuple(column.name for column in metadata.tables[table].columns if column.name != "fid")


def rows_of(connection: Connection, table: str, ids: Collection[str] | None = None) -> list[tuple[Any, ...]]:
    """Return rows in the order in which they were written: all of them, or those of some ids."""
    there = metadata.tables[table]
    names = columns_of(table)
    asked = select(*(there.c[name] for name in names)).order_by(there.c.fid)
    if ids is not None:
        asked = asked.where(there.c.id.in_(list(ids)))
    rows = [tuple(row) for row in connection.execute(asked)]
    if "geom" not in names:
        return rows
    at = names.index("geom")
    blobs = to_blobs(list(shapely.from_wkb([row[at] for row in rows]))) if rows else []
    return [(*row[:at], blob, *row[at + 1 :]) for row, blob in zip(rows, blobs, strict=True)]


def put_rows(connection: Connection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Add rows, in their order."""
    if rows:
        connection.execute(insert(metadata.tables[table]), [values_of(table, row) for row in rows])


def copy_rows(connection: Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Add many rows, in their order, as PostgreSQL takes them in fastest."""
    names = columns_of(table)
    at = names.index("geom") if "geom" in names else None
    told = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(told) as copy:
        for row in rows:
            copy.write_row(row if at is None else (*row[:at], _outline(row[at]), *row[at + 1 :]))


def _outline(blob: bytes | None) -> str | None:
    """Return an outline of a GeoPackage as PostGIS reads it in a text: well-known binary that names its system."""
    if blob is None:
        return None
    shape = blob[start_of(blob) :]
    order: Literal["little", "big"] = "little" if shape[0] else "big"
    kind = int.from_bytes(shape[1:5], order) | _NAMES_SYSTEM
    return b"".join((shape[:1], kind.to_bytes(4, order), SRS_ID.to_bytes(4, order), shape[5:])).hex()


def values_of(table: str, row: Sequence[Any]) -> dict[str, Any]:
    """Return a row as it is bound, by column."""
    values = dict(zip(columns_of(table), row, strict=True))
    blob = values.get("geom")
    if blob is not None:
        values["geom"] = blob[start_of(blob) :]
    return values
