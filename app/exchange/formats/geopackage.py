"""Layers as a GeoPackage with a spatial index, for QGIS: a new file, never the live one (design 2)."""

from __future__ import annotations

import errno
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.exchange.formats.geopackage_more import OURS, tell_more
from app.exchange.formats.layer_fields import NUMBER, TEXT, WHOLE, array_of, mask_of, type_of
from app.exchange.formats.zipped import FIGURE_COLUMNS, figure_rows
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from app.domain.leaving.content import Leaving
    from app.jobs import Ticket


def write_geopackage(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write every layer, indexed, with its style and words, and the tables ``about`` and ``figures``; same content, same bytes."""
    import pyogrio
    from pyogrio import raw

    day = f"{leaving.as_of.isoformat()}T00:00:00.000Z"
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": day})
    try:
        for place, layer in enumerate(leaving.layers.values()):
            ticket.step(Text("写 GeoPackage", "Writing the GeoPackage"), place, len(leaving.layers))
            values = [layer.values(column.name) for column in layer.columns]
            raw.write(
                str(path),
                geometry=shapely.to_wkb(_alike(layer.outlines)),
                field_data=[
                    array_of(type_of(column, cells), cells)
                    for column, cells in zip(layer.columns, values, strict=True)
                ],
                fields=np.array(layer.column_names, dtype=object),
                field_mask=[mask_of(cells) for cells in values],
                layer=layer.name,
                driver="GPKG",
                geometry_type=_type_of(layer.outlines),
                crs="EPSG:4490",
                encoding="UTF-8",
                append=False,
                dataset_options={"VERSION": "1.2"} if place == 0 else None,  # read by QGIS of any age
                layer_options={"SPATIAL_INDEX": "YES", "DESCRIPTION": leaving.say(layer.words)},
            )
        for name, header, rows in (
            ("about", ("label", "text"), leaving.notes()),
            ("figures", FIGURE_COLUMNS, figure_rows(leaving)),
        ):
            cells = [list(column) for column in zip(*rows, strict=True)]
            raw.write(
                str(path),
                geometry=None,
                field_data=[array_of(_kind_of(column), column) for column in cells],
                fields=np.array(header, dtype=object),
                field_mask=[mask_of(column) for column in cells],
                layer=name,
                driver="GPKG",
                geometry_type=None,
                crs=None,
                append=False,
            )
    except pyogrio.errors.DataSourceError as error:
        raise OSError(errno.EIO, str(error)) from error
    except pyogrio.errors.FeatureError as error:
        raise OSError(errno.ENOSPC if "full" in str(error) else errno.EIO, str(error)) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
    tell_more(path, leaving)


def _kind_of(values: list[object]) -> str:
    """Return the type of a column of a table that holds no records."""
    numbers = [value for value in values if isinstance(value, int | float)]
    if not numbers:
        return TEXT
    return WHOLE if all(isinstance(value, int) for value in numbers) else NUMBER


def _alike(outlines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons as multi-polygons where a layer has both: a GeoPackage column holds one type."""
    kinds = set(shapely.get_type_id(outlines[~shapely.is_missing(outlines)]))
    if kinds != {shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON}:
        return outlines
    alike = outlines.copy()
    for place, shape in enumerate(outlines):
        if shape is not None and shape.geom_type == "Polygon":
            alike[place] = shapely.MultiPolygon([shape])
    return alike


def _type_of(outlines: NDArray[np.object_]) -> str:
    kinds = {shape.geom_type for shape in outlines if shape is not None}
    if len(kinds) == 1:
        return str(next(iter(kinds)))
    if kinds <= {"Polygon", "MultiPolygon"}:
        return "MultiPolygon" if kinds else "Unknown"
    return "Unknown"


def fields_in_geopackage(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every column of a finished file that is not GeoPackage's own."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
        if file.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise OSError(errno.EIO, "the file arrived damaged")
        layers = [name for (name,) in file.execute("SELECT table_name FROM gpkg_contents")]
        return {
            f"{layer}.{column}"
            for layer in layers
            if layer not in OURS and re.fullmatch(r"\w+", layer)
            for (column,) in file.execute("SELECT name FROM pragma_table_info(?)", (layer,))
            if column not in ("fid", "geom")
        }


GEOPACKAGE: Final = Format(
    name="gpkg",
    words=Text("GeoPackage", "GeoPackage"),
    ending=".gpkg",
    layers=tables_in(Where.GEOPACKAGE),
    write=write_geopackage,
    fields_in=fields_in_geopackage,
)
