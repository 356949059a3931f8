"""Benchmarks of the file: bringing in a GeoJSON of compounds, and single edits written through the journal."""

from __future__ import annotations

import json
import sqlite3
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.bench.clock import ratio, timed, told
from app.bench.ground import SIZES, make_ground
from app.leftovers import BENCH, own_folder
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.edit.edit import set_values
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from geo.crs import zone_for

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.registry.registry import Registry

_EDITS: Final = 60
_PEER: Final = "geopandas.read_file"
BOOK_ROWS: Final = 60_000
_FIRST: Final = "桐柳荷槐梅兰竹松枫杏桃榆"
_SECOND: Final = "溪园苑庭湾岸林景和泰安宁华名锦翠"
_LAST: Final = (
    "苑",
    "园",
    "里",
    "庭",
    "花园",
    "公寓",
    "家园",
    "新村",
    "小区",
    "雅居",
    "名邸",
    "佳苑",
    "华府",
    "豪庭",
    "嘉园",
    "学府",
    "广场",
    "一期",
    "二期",
    "东区",
    "西区",
    "公馆",
)
_MOST: Final = 25_000  # compounds in one file; a district at a time is how they come


def import_file(size: str, seed: int) -> dict[str, Any]:
    """Measure plan and commit of one GeoJSON; the peer, where it is installed, only reads it."""
    with own_folder(BENCH) as folder:
        source = write_geojson(folder / "compounds.geojson", size, seed)
        registry = create_registry(folder / "bench.gpkg", load_profile("yaohai"), name="bench")
        try:
            request = ImportRequest(source=source, kind="compounds")
            planning, plan = timed(lambda: plan_import(registry, request), 1)
            writing, _ = timed(lambda: commit_import(registry, plan), 1)
            again, _ = timed(lambda: plan_import(registry, request), 1)
        finally:
            registry.close()
        found: dict[str, Any] = {
            "input": {"compounds": len(plan.rows), "bytes": source.stat().st_size},
            "ours": {"plan": told(planning), "commit": told(writing), "plan_of_the_same_again": told(again)},
            "peers": {_PEER: {"left_out": "geopandas is not installed"}},
            "ratio_to": {},
        }
        if find_spec("geopandas") is not None:
            import geopandas

            reading, _ = timed(lambda: geopandas.read_file(source), 3)
            note = "reads only: no check, no plan, nothing written"
            found["peers"][_PEER] = {**told(reading), "note": note}
            found["ratio_to"][_PEER] = ratio(planning, reading)
        return found


def journal(size: str, seed: int) -> dict[str, Any]:
    """Measure one corrected field, committed; the floor is a bare SQLite commit in the same mode and folder."""
    with own_folder(BENCH) as folder:
        registry = create_registry(folder / "bench.gpkg", load_profile("yaohai"), name="bench")
        try:
            source = write_geojson(folder / "compounds.geojson", size, seed)
            commit_import(registry, plan_import(registry, ImportRequest(source=source, kind="compounds")))
            seconds = _edit(registry)
        finally:
            registry.close()
        floor = _bare_commits(folder / "floor.sqlite")
        return {
            "input": {"compounds": min(SIZES[size][0], _MOST), "edits": _EDITS},
            "ours": told(seconds, unit="ms"),
            "peers": {"sqlite3 WAL+FULL, one row": told(floor, unit="ms")},
            "ratio_to": {"sqlite3 WAL+FULL, one row": ratio(seconds, floor)},
        }


def _edit(registry: Registry) -> list[float]:
    codes = sorted(registry.dataset.of("compounds"))
    seconds = []
    for number in range(_EDITS):
        code = codes[number * 7919 % len(codes)]
        took, _ = timed(partial(set_values, registry, [code], {"households": str(1000 + number)}), 1)
        seconds += took
    return seconds


def _bare_commits(path: Path) -> list[float]:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t(a INTEGER, b TEXT)"
        )
        seconds, _ = timed(
            lambda: connection.execute("INSERT INTO t VALUES (1, 'one row of a journal')"), _EDITS
        )
    finally:
        connection.close()
    return seconds


def write_workbook(path: Path, rows: int, seed: int) -> Path:
    """Write made-up compounds as a street's table has them, by code, and return the path."""
    import random

    import xlsxwriter

    chosen = random.Random(seed)  # noqa: S311  # the same rows for each side
    names = [f"{a}{b}{c}{d}" for a in _FIRST for b in _SECOND for c in _SECOND for d in _LAST]
    chosen.shuffle(names)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("小区")
    sheet.write_row(0, 0, ("小区代码", "小区名称", "小区类型", "地址", "户数", "建成年份", "门卫", "业委会"))
    for row in range(rows):
        name = f"{names[row % len(names)]}{'' if row < len(names) else row // len(names)}"
        cells = (
            f"C{500_000 + row:06}",
            name,
            chosen.choice(("商品房", "老旧")),
            f"{chosen.choice(names)[:3]}路{chosen.randint(1, 999)}号",
            chosen.randint(40, 3000),
            chosen.randint(1980, 2024),
            chosen.choice(("有", "无", "")),
            chosen.choice(("在任", "无", "")),
        )
        sheet.write_row(row + 1, 0, cells)
    book.close()
    return path


def write_geojson(path: Path, size: str, seed: int) -> Path:
    """Write made-up compounds as an import may find them, in degrees, and return the path."""
    ground = make_ground(size, seed)
    count = min(len(ground.compounds), _MOST)
    outlines = zone_for(117).to_degrees(
        shapely.transform(ground.compounds[:count], lambda xy: xy + np.array([500_000, 3_500_000]))
    )
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": f"C{place:06}",
                "name": f"小区{place}",
                "households": int(ground.households[place]),
            },
            "geometry": json.loads(shapely.to_geojson(outline)),
        }
        for place, outline in enumerate(outlines)
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8"
    )
    return path
