"""What benchmarks bring in: a GeoJSON of made-up compounds, and a long workbook of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.bench.ground import make_ground
from geo.crs import zone_for

if TYPE_CHECKING:
    from pathlib import Path


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
