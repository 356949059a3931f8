"""A tiled town of four levels with compounds that share walls, laid out in metres; borders meet in T-junctions."""

from __future__ import annotations

import uuid
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.domain.kinds import UNIT_KINDS
from app.domain.record import Record, make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry
from geo.crs import Zone

if TYPE_CHECKING:
    from pathlib import Path

ZONE = Zone(117)
EAST, NORTH = 530_000.0, 3_527_000.0
DISTRICT = "340102"
STREETS = ("340102001", "340102002")
COMMUNITIES = ("340102001001", "340102001002", "340102002001")
# west, south, east, north in metres from the corner; the first community has three grids that meet in a T
CELLS = {
    "340102001001001": (0, 0, 300, 200),
    "340102001001002": (0, 200, 140, 400),
    "340102001001003": (140, 200, 300, 400),
    "340102001002001": (300, 0, 600, 150),
    "340102001002002": (300, 150, 600, 400),
    "340102002001001": (0, 400, 250, 600),
    "340102002001002": (250, 400, 600, 600),
}
GRIDS = tuple(CELLS)
HOMES = {  # C000001 and C000002 share a wall, C000003 stands with a T in it, C000004 stands alone in a grid's corner
    "C000001": (20, 20, 80, 90),
    "C000002": (80, 20, 150, 120),
    "C000003": (20, 90, 80, 150),
    "C000004": (200, 60, 280, 140),
    "C000005": (320, 20, 420, 120),
    "C000006": (350, 200, 500, 320),
}


def at(x: float, y: float) -> tuple[float, float]:
    """Return a place of the town in metres of the zone."""
    return EAST + x, NORTH + y


def degrees(shape):
    """Return an outline that is laid out in metres from the corner in degrees."""
    return ZONE.to_degrees([shapely.transform(shape, lambda xy: xy + np.array([EAST, NORTH]))])[0]


def metres(shape):
    """Return an outline in metres from the corner."""
    return shapely.transform(ZONE.to_metres([shape])[0], lambda xy: xy - np.array([EAST, NORTH]))


def cell(west, south, east, north):
    return degrees(shapely.Polygon([(west, south), (east, south), (east, north), (west, north)]))


def corners_of(cells):
    """Return the outline around rectangles, its corners alone: borders of others end on its edges."""
    return degrees(shapely.union_all([shapely.box(*one) for one in cells]).simplify(0).normalize())


def made(kind: str, code: str, /, **values: object) -> Record:
    return make_record(kind, str(uuid.uuid4()), code, **values)


def records(homes=HOMES) -> list[Record]:
    """Return the town: outlines of communities, streets and the district have no vertex where only grids meet."""

    def around(prefix):
        return corners_of([CELLS[code] for code in GRIDS if code.startswith(prefix)])

    rows = [made("districts", DISTRICT, name="瑶海区", geometry=around(DISTRICT))]
    for code, name in zip(STREETS, ("明光路街道", "长淮街道"), strict=True):
        rows.append(made("streets", code, name=name, district=DISTRICT, geometry=around(code)))
    for code, name in zip(COMMUNITIES, ("临泉路社区", "元一社区", "和平社区"), strict=True):
        rows.append(made("communities", code, name=name, street=code[:9], geometry=around(code)))
    for code in GRIDS:
        name = f"第{'一二三'[int(code[-1]) - 1]}网格"
        rows.append(made("grids", code, name=name, community=code[:12], geometry=cell(*CELLS[code])))
    for place, (code, box) in enumerate(homes.items()):
        rows.append(
            made("compounds", code, name=f"大关东{'一二三四五六'[place]}苑", kind="old", households=100 + place, geometry=cell(*box))
        )  # fmt: skip
    return rows


def a_tiled_registry(folder: Path, rows: list[Record] | None = None) -> Registry:
    return create_registry(
        folder / "tiles.gpkg", load_profile("yaohai"), records=rows or records(), by="tester"
    )


def total(dataset, kind: str) -> float:
    """Return the area of all outlines of a kind [m²]."""
    return sum(float(metres(record.geometry).area) for record in dataset.of(kind).values())


def untiled(dataset) -> list[str]:
    """Return what is wrong with the tiling: a level that does not cover the one above exactly, or overlaps."""
    found = []
    shapes = {kind: {c: metres(r.geometry) for c, r in dataset.of(kind).items()} for kind in UNIT_KINDS}
    whole = total(dataset, "districts")
    for kind, outlines in shapes.items():
        found += [f"{code} is broken" for code, shape in outlines.items() if not shape.is_valid]
        area = sum(shape.area for shape in outlines.values())
        union = shapely.union_all(list(outlines.values()))
        if abs(area - whole) > 1e-9 * whole:
            found.append(f"{kind}: {area} m² of {whole}")
        if abs(union.area - whole) > 1e-8 * whole:
            found.append(f"{kind} overlap: {union.area} of {whole}")
    for above, kind in pairwise(UNIT_KINDS):
        for code, shape in shapes[above].items():
            parts = [one for child, one in shapes[kind].items() if child.startswith(code)]
            off = shapely.symmetric_difference(shape, shapely.union_all(parts)).area
            if off > 1e-8 * shape.area:
                found.append(f"{code} is not its {kind}: {off} m²")
    return found
