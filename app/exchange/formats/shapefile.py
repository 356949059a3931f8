"""Layers as Shapefiles in one zip file, with a dictionary of their short field names, which our import reads back.

The format holds field names of 10 bytes and texts of 254: ``fields.csv`` says which field is which column, and
``texts.csv`` has the texts that are longer, by file, row and field.
"""

from __future__ import annotations

import errno
import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.exchange.formats.layer_fields import TEXT, array_of, by_shape, mask_of, type_of
from app.exchange.formats.zipped import about_files, csv_bytes, parts_of, write_zip
from app.exchange.layers.dictionary import FIELDS, FIELDS_HEAD, TEXTS, TEXTS_HEAD, fields_said, short_names
from app.text import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.domain.leaving.content import Layer, Leaving
    from app.jobs import Ticket

_WRITING: Final = Text("写 Shapefile", "Writing the Shapefiles")
_MOST_BYTES: Final = 254  # of a text
_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_TYPES: Final = {"": "Polygon", "_pt": "Point", "_ln": "LineString"}


def write_shapefiles(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write a Shapefile for each layer, of one that has points too another for these; the same content, the same bytes."""
    import pyogrio

    parts: dict[str, bytes] = {}
    fields: list[tuple[object, ...]] = []
    texts: list[tuple[object, ...]] = []
    day = leaving.as_of.isoformat()
    with tempfile.TemporaryDirectory(dir=path.parent) as place:
        try:
            for at, layer in enumerate(leaving.layers.values()):
                ticket.step(_WRITING, at, len(leaving.layers))
                shorts = short_names(layer.column_names)
                for ending, chosen in by_shape(layer).items():
                    name = layer.name + ending
                    texts += _write(Path(place), name, layer, shorts, chosen, day, ending)
                    parts |= {name + part: (Path(place) / (name + part)).read_bytes() for part in _PARTS}
                    fields += [
                        (name, shorts[column.name], column.name, column.words.zh, column.words.en)
                        for column in layer.columns
                    ]
        except pyogrio.errors.DataSourceError as error:
            raise OSError(errno.EIO, str(error)) from error
        except pyogrio.errors.FeatureError as error:
            raise OSError(errno.ENOSPC if "full" in str(error) else errno.EIO, str(error)) from error
    parts[FIELDS] = csv_bytes(FIELDS_HEAD, fields)
    if texts:
        parts[TEXTS] = csv_bytes(TEXTS_HEAD, texts)
    write_zip(path, parts | about_files(leaving))


def _write(
    place: Path,
    name: str,
    layer: Layer,
    shorts: dict[str, str],
    chosen: NDArray[np.int64],
    day: str,
    ending: str,
) -> list[tuple[object, ...]]:
    """Write one Shapefile; return the texts that it can't hold whole."""
    from pyogrio import raw

    data, masks = [], []
    long: list[tuple[object, ...]] = []
    for column in layer.columns:
        all_values = layer.values(column.name)
        kind = type_of(column, all_values)
        values = [all_values[at] for at in chosen]
        array = array_of(kind, values)
        if kind == TEXT:
            for row, text in enumerate(array):
                if text is not None and len(text.encode()) > _MOST_BYTES:
                    long.append((name, row + 1, shorts[column.name], text))
                    array[row] = text.encode()[:_MOST_BYTES].decode("utf-8", "ignore")
        data.append(array)
        masks.append(mask_of(values))
    outlines: Any = layer.outlines[chosen]
    kinds = {shape.geom_type for shape in outlines if shape is not None}
    raw.write(
        str(place / f"{name}.shp"),
        geometry=shapely.to_wkb(outlines),
        field_data=data,
        fields=np.array([shorts[column] for column in layer.column_names], dtype=object),
        field_mask=masks,
        layer=name,
        driver="ESRI Shapefile",
        geometry_type="Point" if kinds and kinds <= {"Point"} else _TYPES[ending],
        crs="EPSG:4490",
        encoding="UTF-8",
        layer_options={"DBF_DATE_LAST_UPDATE": day},
    )
    return long


def fields_in_shapefiles(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every field of a finished file, by its dictionary; OSError where a field is not in it."""
    parts = parts_of(path)
    said = fields_said(parts[FIELDS].decode("utf-8-sig"))
    found = set()
    for name, content in parts.items():
        if name.endswith(".dbf"):
            stem = name.removesuffix(".dbf")
            for short in _fields_of(content):
                if (stem, short) not in said:
                    raise OSError(errno.EIO, f"{stem}.{short} is in no dictionary")
                layer = stem.removesuffix("_pt").removesuffix("_ln")
                found.add(f"{layer}.{said[stem, short]}")
    return found


def _fields_of(dbf: bytes) -> list[str]:
    """Return the field names of a .dbf."""
    head = io.BytesIO(dbf)
    head.seek(32)
    found = []
    while (said := head.read(32)) and said[:1] != b"\r":
        found.append(said[:11].split(b"\0")[0].decode("ascii"))
    return found


SHAPEFILE: Final = Format(
    name="shp.zip",
    words=Text("Shapefile（ZIP，带字段对照）", "Shapefile (ZIP, with a dictionary of fields)"),
    ending=".shp.zip",
    layers=tables_in(Where.GEOPACKAGE),
    write=write_shapefiles,
    fields_in=fields_in_shapefiles,
)
