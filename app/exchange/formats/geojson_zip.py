"""Layers as GeoJSON, one file a layer, in one zip file: each opens as one layer of one type of record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.exchange.formats.geojson import document_of
from app.exchange.formats.zipped import about_files, parts_of, write_zip
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.jobs import Ticket

_WRITING: Final = Text("写 GeoJSON", "Writing GeoJSON")
_ENDING: Final = ".geojson"


def write_geojson_zip(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write ``LAYER.geojson`` for each layer, with the tables of figures and what the file says of itself."""
    parts = {}
    for place, layer in enumerate(leaving.layers.values()):
        ticket.step(_WRITING, place, len(leaving.layers))
        parts[layer.name + _ENDING] = document_of(leaving, [layer], names_layer=False)
    write_zip(path, parts | about_files(leaving))


def fields_in_geojson_zip(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every property of a finished file."""
    return {
        f"{name.removesuffix(_ENDING)}.{column}"
        for name, content in parts_of(path).items()
        if name.endswith(_ENDING)
        for feature in json.loads(content)["features"]
        for column in feature["properties"]
    }


GEOJSON_ZIP: Final = Format(
    name="geojson.zip",
    words=Text("GeoJSON，一层一个文件（ZIP）", "GeoJSON, one file a layer (ZIP)"),
    ending=".geojson.zip",
    layers=tables_in(Where.GEOJSON),
    write=write_geojson_zip,
    fields_in=fields_in_geojson_zip,
)
