"""Rows of a registry file written anew without what is purged, each under a checksum of what it holds then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.persistence.damage import damaged_row
from app.persistence.files.checksum import fits, row_checksum
from app.persistence.row_codec import UNDECODABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.persistence.reading import Runs

Row = dict[str, Any]


def rewritten(
    connection: Runs, table: str, without: Callable[[Row], Row], *, is_dry: bool
) -> Iterator[tuple[Row, Row]]:
    """Yield each row of a table that ``without`` changes, as it was and as it is now; written unless ``is_dry``.

    Raises IntegrityFault at a row that does not fit its checksum: a new one would make the damage good.
    """
    columns = [row[1] for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")')]
    listed = ", ".join(f'"{name}"' for name in columns)
    rows = connection.exec_driver_sql(f'SELECT {listed} FROM "{table}" NOT INDEXED ORDER BY fid').all()
    place = columns.index("checksum") if "checksum" in columns else None
    for values in rows:
        row = dict(zip(columns, values, strict=True))
        try:
            new = without(row)
        except UNDECODABLE as error:
            raise damaged_row(table, row) from error
        if new == row:
            continue
        if place is not None:
            if not fits(tuple(values)[1:], place - 1):
                raise damaged_row(table, row)
            shape = new[columns[place + 1]] if place + 1 < len(columns) else None
            new["checksum"] = row_checksum([new[name] for name in columns[1:place]], shape)
        changed = [name for name in columns if new[name] != row[name]]
        if not is_dry:
            sets = ", ".join(f'"{name}" = ?' for name in changed)
            connection.exec_driver_sql(
                f'UPDATE "{table}" SET {sets} WHERE fid = ?',
                (*(new[name] for name in changed), row["fid"]),
            )
        yield row, new
