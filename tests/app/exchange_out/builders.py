"""A small place to export: 2 streets of 2 grids, compounds of every status, one name that attacks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import shapely
from shapely.geometry import Point, Polygon, box

from app.domain.audience import Audience
from app.domain.leaving.content import Backdrop, Column, Layer, Leaving
from app.domain.leaving.figures import FigureRow, Level
from app.domain.leaving.paper import Paper, PaperChange, PaperPart, PaperUnit, Todo, UnitShape
from app.exchange.formats.audience import FIGURES
from app.text import Text

EVIL = (
    "{{7*7}}${alert(1)}<script>alert(2)</script>{% raw %}</script><!--<img src=x onerror=alert(3)>&\u2028=1+1"
)
DAY = date(2026, 11, 21)


def a_row(code, name, covered, uncovered, unknown, **more):
    return FigureRow(code=code, name=name, covered=covered, uncovered=uncovered, unknown=unknown, **more)


def a_sum(name, rows):
    return a_row(
        "", name, sum(r.covered for r in rows), sum(r.uncovered for r in rows), sum(r.unknown for r in rows)
    )


def columns(*names):
    return tuple(Column(name, Text(f"{name}字", name)) for name in names)


def a_level(name, word, rows):
    return Level(
        name=name,
        words=Text(word, name),
        rows=tuple(rows),
        unplaced=a_row("", "未落格", 0, 0, 0),
        total=a_sum("合计", rows),
    )


def a_leaving(*, across=4, evil=EVIL, seed=7, **changed):
    chance = random.Random(seed)
    west, south, step = 117.28, 31.84, 0.012
    grids, cells, compounds, shapes, stations, spots = [], [], [], [], [], []
    streets = {}
    for x in range(across):
        for y in range(across):
            cell = box(west + x * step, south + y * step, west + (x + 1) * step, south + (y + 1) * step)
            street = f"34010200{1 + (x >= across // 2)}"
            code = f"{street}001{len(grids):03d}"
            states = chance.choices(
                ["covered", "uncovered", "unknown"], [5, 2, 1 if x else 6], k=chance.randint(0, 8)
            )
            if x == y == 0:
                states = []
            if x == across - 1:
                states = ["covered"] * 5
            for n, state in enumerate(states):
                lon = west + x * step + step * (0.18 + 0.3 * (n % 3))
                lat = south + y * step + step * (0.18 + 0.3 * (n // 3))
                number = len(compounds)
                name = evil if number == 3 else "" if number == 5 else f"大关东{number}苑"
                compounds.append(
                    (
                        f"C{number:06d}",
                        name,
                        "old",
                        state,
                        state.replace("un", ""),
                        street,
                        code,
                        100 + number,
                    )
                )
                outline = Point(lon, lat).buffer(step * 0.12, quad_segs=chance.randint(1, 4))
                shapes.append(
                    shapely.affinity.rotate(outline, chance.random() * 90) if number % 4 else Point(lon, lat)
                )
                if n == 0:
                    stations.append(
                        (
                            f"S{number:06d}",
                            f"网格驿站{number}",
                            "grid_post" if number % 2 else "mediation_room",
                        )
                    )
                    spots.append(Point(lon, lat + step * 0.2))
            row = a_row(
                code, f"第{len(grids)}网格", *(states.count(s) for s in ("covered", "uncovered", "unknown"))
            )
            grids.append(row)
            cells.append(cell)
            streets.setdefault(street, []).append((row, cell))
    names = dict(zip(streets, ("长淮街道", "和平路街道"), strict=True))
    street_rows = [replace(a_sum(names[c], [r for r, _ in rows]), code=c) for c, rows in streets.items()]
    unit_columns = (*columns("code", "name"), *FIGURES)
    levels = {"street": a_level("street", "街道", street_rows), "grid": a_level("grid", "网格", grids)}
    layers = {
        "street": a_unit_layer("street", unit_columns, street_rows, [shapely.union_all([c for _, c in r]) for r in streets.values()]),
        "grid": a_unit_layer("grid", unit_columns, grids, cells),
        "compound": Layer(
            name="compound", words=Text("小区", "Compounds"),
            columns=columns("code", "name", "kind", "status", "party", "street", "grid", "area_m2"),
            rows=tuple(compounds), outlines=np.array(shapes, dtype=object),
        ),
        "station": Layer(
            name="station", words=Text("服务站点", "Stations"), columns=columns("code", "name", "kind"),
            rows=tuple(stations), outlines=np.array(spots, dtype=object),
        ),
    }  # fmt: skip
    river = Polygon(
        [
            (west, south + 0.02),
            (west + 0.05, south + 0.021),
            (west + 0.05, south + 0.0225),
            (west, south + 0.0215),
        ]
    )
    road = shapely.LineString(
        [(west, south + 0.01), (west + 0.03, south + 0.012), (west + 0.05, south + 0.04)]
    )
    values = {
        "title": "瑶海区", "lang": "zh", "audience": Audience.STREET, "as_of": DAY, "by": "street",
        "measure": "party", "weight": "compounds", "measure_words": Text("党组织覆盖", "Party organisation"),
        "definition": Text("有在期党组织挂接到小区本身", "attached"), "base": Text("小区", "compounds"),
        "weight_words": Text("按个数", "by number"), "rule": None, "profile": "yaohai@3", "crs": "EPSG:4548",
        "datum": Text("WGS 84", "WGS 84"), "source": Text("瑶海区台账", "registry"),
        "synthetic": Text("内部要素为合成", "made up"), "review_number": "", "levels": levels, "layers": layers,
        "choices": {
            "compound.kind": {"old": Text("老旧", "old")},
            "compound.party": {"covered": Text("有", "yes"), "known": Text("未知", "unknown")},
            "station.kind": {"grid_post": Text("网格驿站", "grid post"), "mediation_room": Text("调解室", "mediation room")},
        },
        "backdrop": (Backdrop("water", np.array([river], dtype=object)), Backdrop("road", np.array([road], dtype=object))),
    }  # fmt: skip
    return Leaving(**{**values, **changed})


def a_unit_layer(name, columns_, rows, outlines):
    return Layer(
        name=name,
        words=Text(name, name),
        columns=columns_,
        rows=tuple((r.code, r.name, *r.cells(), "yes" if r.is_hidden else None) for r in rows),
        outlines=np.array(outlines, dtype=object),
    )


def a_paper(leaving, **changed):
    """Return what a paper says of a made-up leaving: one change, one thing to do, outlines in metres."""
    level, layer = leaving.levels[leaving.by], leaving.layers[leaving.by]
    before = a_row("", "合计", level.total.covered, level.total.uncovered - 3, level.total.unknown + 3)
    part = PaperPart(
        part="settled_no", words=Text("查清为无", "found no"), covered=0, uncovered=3, unknown=-3, subjects=3
    )
    change = PaperChange(
        against=date(2026, 6, 30), before=before, parts=(part,),
        sentence=Text(f"未覆盖多了 3：查清为无 3{EVIL}。", "3 found no."),
    )  # fmt: skip
    todo = Todo(what="cover", text=Text("先办长淮街道", "begin there"), unit="", codes=(), names=())
    metres = shapely.transform(layer.outlines, lambda lonlat: (lonlat - (117, 31)) * 1e5)
    shapes = [
        UnitShape(code, outline, outline.centroid.x, outline.centroid.y)
        for code, outline in zip(layer.values("code"), metres, strict=True)
    ]
    units = [
        PaperUnit(row=row, below=(), below_rest=a_row("", "未落格", 0, 0, 0), change=change, todo=(todo,))
        for row in level.rows
    ]
    values = {
        "title": leaving.title, "place": leaving.title, "unit": "", "lang": leaving.lang,
        "audience": leaving.audience, "measure": leaving.measure, "by": leaving.by, "weight": leaving.weight,
        "as_of": leaving.as_of, "against": change.against, "measure_words": leaving.measure_words,
        "by_words": level.words, "below_words": level.words, "definition": leaving.definition,
        "base": leaving.base, "weight_words": leaving.weight_words, "is_counted": True, "rule": leaving.rule,
        "profile": leaving.profile, "units": tuple(units), "unplaced": level.unplaced, "total": level.total,
        "change": change, "todo": (todo,), "findings": (), "shapes": tuple(shapes), "statuses": {},
        "notes": tuple(leaving.notes()), "synthetic": leaving.synthetic, "review_number": "",
    }  # fmt: skip
    return Paper(**{**values, **changed})


def with_paper(leaving):
    """Return a leaving with the paper of each of its questions."""
    further = tuple(replace(asked, papers=(a_paper(asked),)) for asked in leaving.further)
    return replace(leaving, papers=(a_paper(leaving),), further=further)
