"""Spatial indexes and tables that other programs add to a registry: what may stay, and what goes before we write.

A trigger on a table that is not ours never runs while we write, for we write to our own tables alone. One on a table
of ours would; the only ones that may be there keep the spatial index that QGIS makes on request. They call functions
that SQLite does not have, so index and triggers go, whole, with our next write; QGIS makes the index anew.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.persistence.reading import Runs

_TRIGGER: Final = re.compile(
    r'CREATE TRIGGER "rtree_(?P<table>\w+)_geom_(?:insert|update\d?|delete)" AFTER (?:INSERT|UPDATE(?: OF "geom")?|DELETE) '
    r'ON "(?P=table)" WHEN (?P<when>[^;]*?) BEGIN (?P<body>.*) END'
)
_BODY: Final = r'(?:INSERT OR REPLACE INTO|DELETE FROM|UPDATE) "rtree_{}_geom" [^;]*'


def strange_triggers(connection: Runs, ours: Iterable[str]) -> list[str]:
    """Return the names of triggers that would run when we write and that keep no spatial index of a layer."""
    tables = {table.lower() for table in ours}
    rows = connection.exec_driver_sql("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
    return [row[0] for row in rows if str(row[1]).lower() in tables and not _keeps_index(row[1], row[2])]


def drop_spatial_indexes(connection: Runs) -> None:
    """Take away the spatial indexes on our layers, with their triggers; to be called before anything is written."""
    rows = connection.exec_driver_sql("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'").all()
    layers = {kind.table for kind in KINDS.values() if kind.is_layer} | {"backdrop"}
    indexed = {row[1] for row in rows if row[1] in layers}
    for name, table in rows:
        if table in indexed:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for table in sorted(indexed):
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "rtree_{table}_geom"')
        connection.exec_driver_sql(
            "DELETE FROM gpkg_extensions WHERE table_name = ? AND extension_name = 'gpkg_rtree_index'",
            (table,),
        )


def _keeps_index(table: object, sql: object) -> bool:
    match = _TRIGGER.fullmatch(" ".join(str(sql).split()))
    if match is None or match["table"] != table or "SELECT" in f"{match['when']} {match['body']}".upper():
        return False
    statements = [part.strip() for part in match["body"].split(";") if part.strip()]
    return all(re.fullmatch(_BODY.format(re.escape(match["table"])), part) for part in statements)
