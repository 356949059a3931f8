"""What makes a SQLite file a GeoPackage: application id, the three tables of the standard, and our layers in them.

Source: OGC 12-128r18, clauses 1.1.1 to 2.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.domain.kinds import KINDS
from app.persistence.columns import shape_type
from app.persistence.files.checksum import row_checksum
from app.persistence.geometry_blob import SRS_ID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from app.persistence.reading import Runs

USER_VERSION: Final = 10300
SYSTEMS: Final = "systems"  # of what a registry keeps of itself: the digest of its reference systems
_BACKDROP: Final = "backdrop"

_STANDARD: Final = (
    """CREATE TABLE gpkg_spatial_ref_sys (
        srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
        organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT)""",
    """CREATE TABLE gpkg_contents (
        table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
        description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
        min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
        CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))""",
    """CREATE TABLE gpkg_geometry_columns (
        table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
        srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
        CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
        CONSTRAINT uk_gc_table_name UNIQUE (table_name),
        CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
        CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))""",
)


def create_objects(connection: Runs) -> None:
    """Create the tables of the standard and ours, empty."""
    from app.persistence.tables import statements_of  # SQLAlchemy, which only who makes a table waits for

    for statement in (*_STANDARD, *statements_of()):
        connection.exec_driver_sql(statement)


def write_frame(connection: Runs, now: str) -> None:
    """Make an empty SQLite file a GeoPackage with all our tables; run inside a transaction."""
    from pyproj import CRS

    from app.persistence.tables import metadata

    create_objects(connection)
    insert = "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)"
    for name, srs_id, who, number, text in (
        ("Undefined cartesian SRS", -1, "NONE", -1, "undefined"),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined"),
        ("WGS 84 geodetic", 4326, "EPSG", 4326, CRS.from_epsg(4326).to_wkt("WKT1_GDAL")),
        ("CGCS2000 geodetic", SRS_ID, "EPSG", SRS_ID, CRS.from_epsg(SRS_ID).to_wkt("WKT1_GDAL")),
    ):
        connection.exec_driver_sql(insert, (name, srs_id, who, number, text, "longitude, latitude [degrees]"))
    for table in metadata.sorted_tables:
        note_table(connection, table.name, now)


def systems_digest(connection: Runs) -> str:
    """Return a digest of the reference systems that we wrote; other programs may have added theirs."""
    rows = connection.exec_driver_sql(
        f"SELECT * FROM gpkg_spatial_ref_sys WHERE srs_id IN (-1, 0, 4326, {SRS_ID}) ORDER BY srs_id"
    )
    return row_checksum([value for row in rows for value in row])


def shapes_of_tables() -> dict[str, str]:
    """Return each of our tables with the geometry type of its layer, empty for plain attributes."""
    shapes = {kind.table: shape_type(kind.name) if kind.is_layer else "" for kind in KINDS.values()}
    others = dict.fromkeys(("entity", "change", "change_detail", "registry_info", "schema_step", "kept"), "")
    return {**others, **shapes, _BACKDROP: "GEOMETRY"}


def note_table(connection: Runs, table: str, now: str) -> None:
    """Tell the standard's tables of one of ours, a layer or plain attributes."""
    kind = next((kind for kind in KINDS.values() if kind.table == table), None)
    shape = shapes_of_tables().get(table, "")
    connection.exec_driver_sql(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) VALUES (?, ?, ?, ?, ?, ?)",
        (
            table,
            "features" if shape else "attributes",
            table,
            "" if kind is None else kind.words.zh,
            now,
            SRS_ID if shape else None,
        ),
    )
    if shape:
        connection.exec_driver_sql(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, shape, SRS_ID)
        )


def note_change(connection: Runs, table: str, now: str, shapes: Sequence[BaseGeometry]) -> None:
    """Keep ``gpkg_contents`` true: when a table was last written, and a box that holds its outlines."""
    if not shapes:
        connection.exec_driver_sql(
            "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (now, table)
        )
        return
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapes))
    connection.exec_driver_sql(
        "UPDATE gpkg_contents SET last_change = ?, "
        "min_x = MIN(COALESCE(min_x, ?), ?), min_y = MIN(COALESCE(min_y, ?), ?), "
        "max_x = MAX(COALESCE(max_x, ?), ?), max_y = MAX(COALESCE(max_y, ?), ?) WHERE table_name = ?",
        (now, west, west, south, south, east, east, north, north, table),
    )
