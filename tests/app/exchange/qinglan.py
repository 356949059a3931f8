"""An invented district in memory, and a table held against it: what a plan makes of rows, without a file or a registry."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from shapely import box

from app.domain.dataset import Dataset
from app.domain.record import make_record
from app.exchange.picture import Block, Sheet, column_number
from app.exchange.planning.planning import build_plan
from app.exchange.reader import SheetRows, Source
from app.exchange.reading import SourceRow
from app.exchange.request import ImportRequest
from app.services.profile.profiles import load_profile

TODAY = date(2026, 11, 22)
EAST = "990001001001"  # 柳东
WEST = "990001001002"  # 柳西
SOUTH = "990001002001"  # 松南
_SERIAL = itertools.count(1)


def rec(kind, code, /, *, outline=None, **values):
    return make_record(kind, f"id-{next(_SERIAL)}", code, geometry=outline, **values)


def plot(number, *, shift=0.0):
    """Return the outline of the numbered compound, ``shift`` degrees to the east of where it lies."""
    east = 117.22 + number * 0.002 + shift
    return box(east, 31.90, east + 0.001, 31.901)


@cache
def units():
    return (
        rec("districts", "990001", name="青岚区", outline=box(117.2, 31.85, 117.4, 31.95)),
        rec("streets", "990001001", name="柳溪街道", district="990001"),
        rec("streets", "990001002", name="松坪街道", district="990001"),
        rec("communities", EAST, name="柳东社区居委会", street="990001001"),
        rec("communities", WEST, name="柳西社区居委会", street="990001001"),
        rec("communities", SOUTH, name="松南社区居委会", street="990001002"),
        rec("communities", "990001002002", name="松南村村委会", street="990001002"),
        rec("grids", EAST + "001", name="柳东第一网格", community=EAST),
        rec("grids", EAST + "002", name="柳东第二网格", community=EAST),
        rec("grids", WEST + "001", name="柳西第一网格", community=WEST),
        rec("grids", WEST + "002", name="柳西第二网格", community=WEST),
    )


def compounds():
    named = [
        ("Q001", "芷兰苑", EAST, 101),
        ("Q002", "芷兰里", EAST, 102),
        ("Q003", "芷兰庭", EAST, 103),
        ("Q007", "桂雨花园一期", EAST, 107),
        ("Q008", "桂雨花园二期", EAST, 108),
        ("Q025", "荷风苑", SOUTH, 125),
        ("Q026", "荷风里", SOUTH, 126),
    ]
    return [
        rec("compounds", code, name=name, community=at, households=count, kind="old", outline=plot(place))
        for place, (code, name, at, count) in enumerate(named)
    ]


def dataset(*more):
    records: dict[str, dict[str, object]] = {}
    for record in (*units(), *more):
        records.setdefault(record.kind, {})[record.code] = record
    return Dataset(records)


@cache
def _profile():
    return load_profile("yaohai")


def planned(data, kind, header, *rows, outlines=None, **options):
    """Return the plan of a table whose rows count from 1; ``outlines``: one a row."""
    found = tuple(
        SourceRow(number, row, None if outlines is None else outlines[number - 1])
        for number, row in enumerate(rows, 1)
    )
    source = Source(
        path=Path("t.geojson" if outlines else "t.csv"),
        format="geojson" if outlines else "csv",
        layer="t",
        columns=tuple(header),
        rows=found,
        has_outlines=outlines is not None,
        crs="EPSG:4490" if outlines is not None else None,
        encoding=None,
        notes=(),
    )
    request = ImportRequest(source=source.path, kind=kind, **{"on_conflict": "update", **options})
    return build_plan(data, _profile(), source, request, today=TODAY)


def sheet_plan(data, kind, *rows, merged=(), more=None, **options):
    """Return the plan of a workbook of one sheet, or several: rows as they stand, headings among them."""
    sheets = tuple(
        Sheet(name, [list(row) for row in of], merged=[block(label) for label in merged])
        for name, of in {"表": rows, **(more or {})}.items()
    )
    layer = "all" if len(sheets) > 1 else "表"
    source = Source(
        path=Path("t.xlsx"),
        format="xlsx",
        layer=layer,
        columns=None,
        rows=SheetRows(sheets),
        has_outlines=False,
        crs=None,
        encoding=None,
        notes=(),
        sheets=sheets,
    )
    request = ImportRequest(
        source=source.path, kind=kind, **{"on_conflict": "update", "layer": layer, **options}
    )
    return build_plan(data, _profile(), replace(source, layer=request.layer), request, today=TODAY)


def block(label):
    """Return the merged cells that a sheet calls A2:A4."""
    first, last = label.split(":")
    (left, top), (right, bottom) = ((column_number(cell[0]), int(cell[1:])) for cell in (first, last))
    return Block(top, left, bottom, right)


def set_by(plan, *fields):
    """Return what the rows that create or change set, in their order."""
    found = []
    for row in plan.rows:
        if row.action in ("create", "change"):
            cells = {cell.field: cell.after for cell in row.cells}
            found.append(tuple(cells.get(field) for field in fields))
    return found


def said(plan):
    """Return everything that a plan says in notes and problems."""
    notes = [note.zh for note in plan.notes]
    return " ".join([*notes, *(problem.message.zh for row in plan.rows for problem in row.problems)])


def told(plan):
    """Return what becomes of each row: its number, action and code."""
    return [(row.number, row.action, row.code) for row in plan.rows]
