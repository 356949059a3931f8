"""Which libraries open files: SQLite for registries comes from the system, GDAL for layers brings its own.

A stranger's GeoPackage is looked at by the first before it is read by the second; `docs/libraries.md` says which
advisories were looked up for both.
"""

from __future__ import annotations

import platform
import sqlite3
import sys
from functools import cache
from typing import Final

from app.text import Text

OLDEST_SQLITE: Final = (3, 40, 1)  # that the program is tried with
WORDS: Final = {
    "python": Text("Python", "Python"),
    "sqlite": Text("SQLite（本机的，读写台账）", "SQLite (the system's, for registries)"),
    "gdal": Text("GDAL（读写图层）", "GDAL (for layers)"),
    "gdal_sqlite": Text("SQLite（GDAL 自带的）", "SQLite (inside GDAL)"),
}
_NOTHING: Final = (
    b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},"geometry":null}]}'
)


def libraries(*, is_loaded_only: bool = False) -> dict[str, str]:
    """Return the version of each library that opens files, by a short name; ``WORDS`` has their words.

    ``is_loaded_only``: nothing is loaded for it, so that it can be asked while the program fails.
    """
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    if is_loaded_only and "pyogrio" not in sys.modules:
        return found
    return found | _gdal()


@cache
def _gdal() -> dict[str, str]:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    found = {"gdal": str(pyogrio.__gdal_version_string__)}
    try:
        (told,) = pyogrio.raw.read(
            _NOTHING, sql="SELECT sqlite_version()", sql_dialect="SQLITE", read_geometry=False
        )[3]
    except (DataLayerError, DataSourceError):  # a GDAL built without SQLite has no version of it
        return found
    return {**found, "gdal_sqlite": str(told[0])}


def note_at_start() -> Text | None:
    """Return what is said at each start where the system's SQLite is older than any that we try; None else."""
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return None
    oldest = ".".join(map(str, OLDEST_SQLITE))
    return Text(
        f"本机的 SQLite 是 {sqlite3.sqlite_version}，比试过的 {oldest} 旧。请更新系统，别人发来的文件先别打开。",
        f"This system's SQLite is {sqlite3.sqlite_version}, older than {oldest}, the oldest that was tried. "
        "Update the system, and leave files from others unopened until then.",
    )
