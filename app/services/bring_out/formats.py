"""The formats that are written: one line each, in the order in which they are offered. Painted ones: ``ui.map.export``."""

from __future__ import annotations

from typing import Final

from app.domain.leaving.format import Formats
from app.exchange.atlas.atlas import PDF
from app.exchange.formats.csv_table import CSV
from app.exchange.formats.geojson import GEOJSON
from app.exchange.formats.geojson_zip import GEOJSON_ZIP
from app.exchange.formats.geopackage import GEOPACKAGE
from app.exchange.formats.geoparquet import PARQUET
from app.exchange.formats.html_map import HTML
from app.exchange.formats.kml import KML
from app.exchange.formats.shapefile import SHAPEFILE
from app.exchange.workbook.book import WORKBOOK

WRITTEN: Final = Formats(
    HTML,
    PDF,
    WORKBOOK,
    CSV,
    GEOPACKAGE,
    GEOJSON_ZIP,
    GEOJSON,
    SHAPEFILE,
    PARQUET,
    KML,
)
