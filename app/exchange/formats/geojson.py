"""Layers as one GeoJSON of RFC 7946: WGS 84, longitude first, outer rings counter-clockwise."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import shapely
from shapely.geometry import mapping

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.exchange.formats.safe_file import write_whole
from app.exchange.formats.zipped import FIGURE_COLUMNS, whole_if_whole
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from app.domain.leaving.content import Layer, Leaving
    from app.domain.leaving.figures import FigureRow
    from app.jobs import Ticket


_FIGURES: Final = FIGURE_COLUMNS[4:11]


def write_geojson(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write every layer; a feature names its own in ``layer``. Same content, same bytes."""
    layers = list(leaving.layers.values())
    ticket.step(Text("写 GeoJSON", "Writing GeoJSON"), 0, 1)
    write_whole(path, document_of(leaving, layers, names_layer=True))


def document_of(leaving: Leaving, layers: Sequence[Layer], *, names_layer: bool) -> bytes:
    """Return layers as one GeoJSON, with what it says of itself and the figures of what lies in no unit, and of all."""
    features: list[dict[str, Any]] = []
    for layer in layers:
        outlines = shapely.orient_polygons(layer.outlines, exterior_cw=False)
        names = layer.column_names
        head = {"layer": layer.name} if names_layer else {}
        for row, outline in zip(layer.rows, outlines, strict=True):
            features.append(
                {
                    "type": "Feature",
                    "geometry": None if outline is None else _geometry(outline),
                    "properties": {**head, **dict(zip(names, row, strict=True))},
                }
            )
    named = {} if names_layer or len(layers) != 1 else {"name": layers[0].name}
    document = {
        "type": "FeatureCollection",
        **named,
        "about": dict(leaving.notes()),
        "synthetic": leaving.synthetic is not None,
        "as_of": leaving.as_of.isoformat(),
        "review_number": leaving.review_number,
        "ends": {
            level.name: {"unplaced": _end(level.unplaced), "total": _end(level.total)}
            for layer in layers
            if (level := leaving.levels.get(layer.name)) is not None
        },
        "features": features,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def _end(row: FigureRow) -> dict[str, object]:
    return {"name": row.name, **dict(zip(_FIGURES, map(whole_if_whole, row.cells()), strict=True))}


def _geometry(outline: BaseGeometry) -> dict[str, Any]:
    def rounded(value: Any) -> Any:
        return round(value, 7) if isinstance(value, float) else [rounded(part) for part in value]

    plain = mapping(outline)
    return {"type": plain["type"], "coordinates": rounded(plain["coordinates"])}


def fields_in_geojson(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every property of a finished file."""
    document = json.loads(path.read_text("utf-8"))
    return {
        f"{feature['properties']['layer']}.{name}"
        for feature in document["features"]
        for name in feature["properties"]
        if name != "layer"
    }


GEOJSON: Final = Format(
    name="geojson",
    words=Text("GeoJSON", "GeoJSON"),
    ending=".geojson",
    layers=tables_in(Where.GEOJSON),
    write=write_geojson,
    fields_in=fields_in_geojson,
)
