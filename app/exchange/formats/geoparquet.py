"""Layers as one GeoParquet file: a table with a column ``layer``, outlines as WKB, the system and box in its metadata."""

from __future__ import annotations

import errno
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.exchange.formats.layer_fields import NUMBER, TEXT, WHOLE, type_of
from app.exchange.formats.zipped import FIGURE_COLUMNS, figure_rows
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Layer, Leaving
    from app.jobs import Ticket

_WRITING: Final = Text("写 GeoParquet", "Writing GeoParquet")
LAYER: Final = "layer"
GEOMETRY: Final = "geometry"
_CRS: Final = "EPSG:4490"
_VERSION: Final = "1.1.0"


def write_geoparquet(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write all layers as rows of one table; the same content gives the same bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    ticket.step(_WRITING, 0, 2)
    layers = list(leaving.layers.values())
    types = {TEXT: pa.string(), WHOLE: pa.int64(), NUMBER: pa.float64()}
    outlines = shapely.orient_polygons(
        np.concatenate([layer.outlines for layer in layers]) if layers else np.empty(0, dtype=object),
        exterior_cw=False,
    )
    fields = [pa.field(LAYER, pa.string(), metadata={"words": leaving.say(Text("图层", "Layer"))})]
    columns: list[Any] = [pa.array([layer.name for layer in layers for _ in layer.rows], pa.string())]
    for name, (kind, words) in _columns(leaving, layers).items():
        values = [value for layer in layers for value in _values(layer, name)]
        plain = [None if value is None else str(value) for value in values] if kind == TEXT else values
        fields.append(pa.field(name, types[kind], metadata={"words": words}))
        columns.append(pa.array(plain, types[kind]))
    fields.append(pa.field(GEOMETRY, pa.binary()))
    columns.append(pa.array(shapely.to_wkb(outlines), pa.binary()))
    said = {
        "geo": json.dumps(geo_of(outlines)),
        "about": json.dumps(dict(leaving.notes()), ensure_ascii=False),
        "figures": json.dumps(
            [dict(zip(FIGURE_COLUMNS, row, strict=True)) for row in figure_rows(leaving)],
            ensure_ascii=False,
        ),
    }
    ticket.step(_WRITING, 1, 2)
    try:
        pq.write_table(pa.table(columns, schema=pa.schema(fields, metadata=said)), path, compression="snappy")
    except pa.ArrowInvalid as error:
        raise OSError(errno.EIO, str(error)) from error


def _columns(leaving: Leaving, layers: list[Layer]) -> dict[str, tuple[str, str]]:
    """Return the columns of all layers by name, each once: its type, the widest of those it has, and its words."""
    found: dict[str, tuple[str, str]] = {}
    order = (WHOLE, NUMBER, TEXT)
    for layer in layers:
        for column in layer.columns:
            kind = type_of(column, layer.values(column.name))
            before, words = found.get(column.name, (kind, leaving.say(column.words)))
            found[column.name] = (max(before, kind, key=order.index), words)
    return found


def _values(layer: Layer, name: str) -> list[object]:
    return layer.values(name) if name in layer.column_names else [None] * len(layer.rows)


def geo_of(outlines: Any) -> dict[str, Any]:
    """Return what GeoParquet says of a column ``GEOMETRY`` of outlines, shape (n,): its form, its system and its box."""
    kinds = sorted({shape.geom_type for shape in outlines if shape is not None})
    box = shapely.total_bounds(outlines) if kinds else None
    return {
        "version": _VERSION,
        "primary_column": GEOMETRY,
        "columns": {
            GEOMETRY: {
                "encoding": "WKB",
                "geometry_types": kinds,
                "crs": _system(),
                "edges": "planar",
                "orientation": "counterclockwise",
                **({} if box is None else {"bbox": [float(number) for number in box]}),
            }
        },
    }


@cache
def _system() -> dict[str, Any]:
    from pyproj import CRS

    found: dict[str, Any] = CRS.from_user_input(_CRS).to_json_dict()
    return found


def fields_in_geoparquet(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every column that a layer of a finished file fills."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise OSError(errno.EIO, str(error)) from error
    of_row = np.array(table[LAYER].to_pylist(), dtype=object)
    found = set()
    for name in table.column_names:
        if name not in (LAYER, GEOMETRY):
            is_said = np.asarray(table[name].is_valid())
            found |= {f"{layer}.{name}" for layer in set(of_row[is_said])}
    return found


PARQUET: Final = Format(
    name="parquet",
    words=Text("列式表（GeoParquet）", "Table by column (GeoParquet)"),
    ending=".parquet",
    layers=tables_in(Where.GEOJSON),
    write=write_geoparquet,
    fields_in=fields_in_geoparquet,
)
