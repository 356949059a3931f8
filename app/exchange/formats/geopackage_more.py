"""What a GeoPackage tells people beside its rows: words of columns and codes, styles, the tables of figures."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import shapely

from app.exchange.formats.qgis_style import qml_of, sld_of, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Layer, Leaving

OURS: Final = ("about", "figures", "layer_styles")  # tables that hold no records
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT,
  description TEXT, mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL,
  value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
CREATE TABLE layer_styles (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
  f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
  description TEXT, owner TEXT, ui TEXT, update_time DATETIME);
"""
_SCHEMA: Final = "http://www.geopackage.org/spec121/#extension_schema"


def tell_more(path: Path, leaving: Leaving) -> None:
    """Put words, choices and styles into a finished GeoPackage. Raises OSError where the disk takes no more."""
    day = f"{leaving.as_of.isoformat()}T00:00:00.000Z"
    try:
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA journal_mode=MEMORY")
            file.executescript(f"BEGIN;{_TABLES}")
            for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
                file.execute(
                    "INSERT INTO gpkg_extensions (table_name, column_name, extension_name, definition, scope) "
                    "VALUES (?, NULL, 'gpkg_schema', ?, 'read-write')",
                    (table, _SCHEMA),
                )
            file.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) "
                "VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?, 0)",
                (day,),
            )
            for layer in leaving.layers.values():
                _words(file, leaving, layer)
                _style(file, leaving, layer, day)
            file.commit()
    except sqlite3.OperationalError as error:
        raise OSError(28 if "full" in str(error) else 5, str(error)) from error


def _words(file: sqlite3.Connection, leaving: Leaving, layer: Layer) -> None:
    """Say what each column is called, and what its codes mean."""
    taken: set[str] = set()
    for column in layer.columns:
        words = leaving.say(column.words)
        choices = words_of(leaving, layer, column.name)
        constraint = f"{layer.name}_{column.name}" if choices else None
        alias = words if words not in taken else f"{words} ({column.name})"  # a name stands once a table
        taken.add(alias)
        file.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, NULL, ?)",
            (layer.name, column.name, alias, words, f"{column.words.zh} · {column.words.en}", constraint),
        )
        file.executemany(
            "INSERT INTO gpkg_data_column_constraints VALUES (?, 'enum', ?, NULL, NULL, NULL, NULL, ?)",
            [(constraint, value, leaving.say(said)) for value, said in choices.items()],
        )


def _style(file: sqlite3.Connection, leaving: Leaving, layer: Layer, day: str) -> None:
    kinds = set(shapely.get_type_id(layer.outlines[~shapely.is_missing(layer.outlines)]))
    points = {shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT}
    shape = "marker" if kinds and kinds <= points else "fill"
    words = leaving.say(layer.words)
    file.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, "
        "styleSLD, useAsDefault, description, owner, ui, update_time) VALUES ('', '', ?, 'geom', ?, ?, ?, 1, ?, '', NULL, ?)",
        (
            layer.name, words, qml_of(leaving, layer, shape), sld_of(leaving, layer, shape),
            leaving.say(leaving.measure_words), day,
        ),
    )  # fmt: skip
