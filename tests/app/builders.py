"""Small registries for tests: valid by default, override what matters."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shapely import box

from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry

if TYPE_CHECKING:
    from shapely import Polygon

LON, LAT = 117.30, 31.86  # in Yaohai


def square(east: float, north: float, size: float = 0.001) -> Polygon:
    """Return a square whose lower left corner lies so many degrees from the test place."""
    return box(LON + east, LAT + north, LON + east + size, LAT + north + size)


def held(path: Path) -> str:
    """Return a digest of all that a registry file and its log hold: the same whenever the log is folded into the file."""
    found = hashlib.sha256()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as plain:
        tables = plain.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        for (table,) in tables:
            found.update(repr((table, plain.execute(f'SELECT * FROM "{table}"').fetchall())).encode())
    return found.hexdigest()


def an_empty_registry(folder: Path, name: str = "a.gpkg", profile: str = "yaohai") -> Registry:
    return create_registry(folder / name, load_profile(profile), by="tester")


def a_small_registry(folder: Path, name: str = "a.gpkg") -> Registry:
    """One district, street and community with two grids side by side; compounds C1 (left), C2 (right)."""
    (folder / name).write_bytes(_small_registry())
    return Registry.open(folder / name, by="tester")


@cache
def _small_registry() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        registry = _built(Path(folder))
        registry.close()
        return registry.path.read_bytes()


def _built(folder: Path) -> Registry:
    registry = an_empty_registry(folder)
    edit.add(registry, "districts", {"code": "340102", "name": "瑶海区", "geometry": square(0, 0, 0.02)})
    edit.add(
        registry,
        "streets",
        {"code": "340102001", "name": "明光路街道", "district": "340102", "geometry": square(0, 0, 0.02)},
    )
    edit.add(
        registry,
        "communities",
        {"code": "340102001001", "name": "临泉路社区", "street": "340102001", "geometry": square(0, 0, 0.02)},
    )
    for number, east in ((1, 0.0), (2, 0.01)):
        edit.add(
            registry,
            "grids",
            {
                "code": f"34010200100100{number}",
                "name": f"第{number}网格",
                "community": "340102001001",
                "geometry": box(LON + east, LAT, LON + east + 0.01, LAT + 0.02),
            },
        )
    edit.add(
        registry,
        "compounds",
        {
            "code": "C1",
            "name": "大关东三苑",
            "kind": "old",
            "households": "412",
            "geometry": square(0.002, 0.002),
        },
    )
    edit.add(
        registry,
        "compounds",
        {"code": "C2", "name": "大关东二苑", "kind": "commercial", "geometry": square(0.012, 0.002)},
    )
    edit.add(registry, "organisations", {"code": "O1", "name": "第一网格支部", "type": "branch"})
    edit.add(registry, "firms", {"code": "F1", "name": "安居物业", "credit_code": "91350100M000100Y43"})
    return registry
