"""Rows of a server's registry that stand under another street or grid than the server itself would say, looking anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

_UNITS_FIRST = ("street", "community", "grid")


def misplaced(keeper: psycopg.Connection) -> list[str]:
    """Return a sentence on each such row: where it stands, and where it should. Nothing is changed."""
    tables = [
        row[0]
        for row in keeper.execute(
            """SELECT table_name FROM information_schema.columns
            WHERE table_schema = 'registry' AND column_name = 'scope_grid' ORDER BY 1"""
        )
    ]
    with keeper.transaction(force_rollback=True):
        keeper.execute("SET LOCAL search_path = registry, public")
        asked = " UNION ALL ".join(
            f"SELECT '{table}', id, scope_street, scope_grid FROM \"{table}\"" for table in tables
        ).encode()
        before = set(keeper.execute(asked).fetchall())
        for table in (*_UNITS_FIRST, *tables, "entity", "change_detail"):
            keeper.execute(f'UPDATE "{table}" SET id = id'.encode())
        after = set(keeper.execute(asked).fetchall())
    now = {row[:2]: row[2:] for row in after}
    return [
        f"{table} {row_id} stands under {where}, and not under {[*now[table, row_id]]}"
        for table, row_id, *where in sorted(before - after, key=str)
    ]
