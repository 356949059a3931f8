"""Layers as KML for Google Earth and its kind: a folder a layer, names, colours of the classes, every column."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

import shapely

from app.domain.kinds import LEVELS, Where, tables_in
from app.domain.leaving.format import Format
from app.domain.leaving.paper import look_of
from app.domain.looks import palette
from app.exchange.formats.layer_fields import NUMBER, TEXT, WHOLE, type_of
from app.exchange.formats.safe_file import write_whole
from app.exchange.formats.zipped import FIGURE_COLUMNS, whole_if_whole
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from app.domain.leaving.content import Column, Layer, Leaving
    from app.jobs import Ticket

_WRITING: Final = Text("写 KML", "Writing KML")
_TYPES: Final = {TEXT: "string", WHOLE: "int", NUMBER: "double"}
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NAMESPACE: Final = "http://www.opengis.net/kml/2.2"
_FIELD: Final = re.compile(r'<SimpleData name="(\w+)">')
_FOLDER: Final = re.compile(r'<Folder id="(\w+)">')
_SEEN: Final = ("compound", "station")  # beside the units asked for; the rest is there to be switched on


def write_kml(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Write every layer; the same content gives the same bytes."""
    write_whole(path, "".join(_lines(leaving, ticket)).encode("utf-8"))


def _lines(leaving: Leaving, ticket: Ticket) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="{_NAMESPACE}"><Document>\n'
    yield f"<name>{_plain(leaving.title)}</name>\n"
    said = "\n".join(f"{label}：{text}" for label, text in (*leaving.notes(), *_ends(leaving)))
    yield f"<description>{_plain(said)}</description>\n"
    yield from _styles(leaving)
    layers = list(leaving.layers.values())
    for layer in layers:
        yield from _schema(leaving, layer)
    for place, layer in enumerate(layers):
        ticket.step(_WRITING, place, len(layers))
        yield from _folder(leaving, layer)
    yield "</Document></kml>\n"


def _ends(leaving: Leaving) -> list[tuple[str, str]]:
    """Return the figures of what lies in no unit, and of all, as label and text."""
    level = leaving.levels[leaving.by]
    return [
        (
            f"{leaving.say(level.words)} {row.name}",
            " ".join(
                f"{name} {whole_if_whole(cell)}"
                for name, cell in zip(FIGURE_COLUMNS[4:11], row.cells(), strict=True)
            ),
        )
        for row in (level.unplaced, level.total)
    ]


def _styles(leaving: Leaving) -> Iterator[str]:
    colours = palette.page()
    looks = {look_of(row).colour for row in leaving.levels[leaving.by].rows}
    for colour in sorted(looks):
        yield _style(f"u{colour[1:]}", colour, colours["ink"], 0.8, 1.2)
    for status, drawn in palette.statuses("light").items():
        yield _style(f"c-{status}", drawn.fill, drawn.edge, 0.9, 1.0)
    yield _style("border", "", colours["street_line"], 0, 1.5)
    yield _style("plain", colours["no_data"], colours["ctl"], 0.6, 1.0)
    icon = f"<color>{_abgr(colours['accent'], 1)}</color><scale>0.7</scale>"
    yield f'<Style id="post"><IconStyle>{icon}</IconStyle><LabelStyle><scale>0.7</scale></LabelStyle></Style>\n'


def _style(name: str, fill: str, edge: str, part: float, width: float) -> str:
    inside = (
        f"<PolyStyle><color>{_abgr(fill, part)}</color></PolyStyle>"
        if fill
        else "<PolyStyle><fill>0</fill></PolyStyle>"
    )
    line = f"<LineStyle><color>{_abgr(edge, 1)}</color><width>{width}</width></LineStyle>"
    return f'<Style id="{name}">{line}{inside}</Style>\n'


def _abgr(colour: str, part: float) -> str:
    """Return a colour as KML has it: opacity, blue, green, red."""
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{round(255 * part):02x}{blue}{green}{red}".lower()


def _schema(leaving: Leaving, layer: Layer) -> Iterator[str]:
    yield f'<Schema name="{layer.name}" id="{layer.name}">\n'
    for column in layer.columns:
        kind = _TYPES[type_of(column, layer.values(column.name))]
        words = _plain(leaving.say(column.words))
        yield f'<SimpleField type="{kind}" name="{column.name}"><displayName>{words}</displayName></SimpleField>\n'
    yield "</Schema>\n"


def _folder(leaving: Leaving, layer: Layer) -> Iterator[str]:
    is_seen = layer.name in (leaving.by, *_SEEN)
    yield f'<Folder id="{layer.name}"><name>{_plain(leaving.say(layer.words))}</name>'
    yield f"<visibility>{int(is_seen)}</visibility>\n"
    styles = _styles_of(leaving, layer)
    names = layer.values("name") if "name" in layer.column_names else layer.values("code")
    outlines = shapely.orient_polygons(layer.outlines, exterior_cw=False)
    for row, outline, name, style in zip(layer.rows, outlines, names, styles, strict=True):
        yield f"<Placemark><name>{_plain(str(name or ''))}</name>"
        yield "" if is_seen else "<visibility>0</visibility>"
        yield f"<styleUrl>#{style}</styleUrl>{_data(layer.name, layer.columns, row)}"
        yield "" if outline is None or outline.is_empty else _geometry(outline)
        yield "</Placemark>\n"
    yield "</Folder>\n"


def _styles_of(leaving: Leaving, layer: Layer) -> list[str]:
    if layer.name == leaving.by:
        looks = {row.code: look_of(row).colour[1:] for row in leaving.levels[leaving.by].rows}
        return [f"u{looks[code]}" if code in looks else "border" for code in map(str, layer.values("code"))]
    if layer.name == "compound" and "status" in layer.column_names:
        return [f"c-{status or 'plain'}" for status in layer.values("status")]
    plain = "border" if layer.name in LEVELS else "post" if layer.name == "station" else "plain"
    return [plain] * len(layer.rows)


def _data(schema: str, columns: Sequence[Column], row: Sequence[object]) -> str:
    said = "".join(
        f'<SimpleData name="{column.name}">{_plain(str(value))}</SimpleData>'
        for column, value in zip(columns, row, strict=True)
        if value is not None
    )
    return f"<ExtendedData><SchemaData schemaUrl={quoteattr('#' + schema)}>{said}</SchemaData></ExtendedData>"


def _geometry(outline: BaseGeometry) -> str:
    match outline.geom_type:
        case "Point":
            return f"<Point><coordinates>{_coordinates(outline)}</coordinates></Point>"
        case "LineString":
            return f"<LineString><coordinates>{_coordinates(outline)}</coordinates></LineString>"
        case "Polygon":
            rings = shapely.get_rings(outline)
            bounds = [
                f"<{side}BoundaryIs><LinearRing><coordinates>{_coordinates(ring)}</coordinates></LinearRing></{side}BoundaryIs>"
                for side, ring in zip(["outer", *["inner"] * (len(rings) - 1)], rings, strict=True)
            ]
            return f"<Polygon>{''.join(bounds)}</Polygon>"
    return f"<MultiGeometry>{''.join(map(_geometry, shapely.get_parts(outline)))}</MultiGeometry>"


def _coordinates(shape: BaseGeometry) -> str:
    return " ".join(f"{x!r},{y!r}" for x, y in shapely.get_coordinates(shape).tolist())


def _plain(text: str) -> str:
    """Return text as XML holds it; characters that XML has no place for stay away."""
    return escape(_NOT_XML.sub("", text))


def fields_in_kml(path: Path, _leaving: Leaving) -> set[str]:
    """Return ``layer.column`` for every column that a record of a finished file fills."""
    text = path.read_text("utf-8")
    if not text.endswith("</kml>\n"):
        raise OSError(5, "the file arrived cut off")
    pieces = _FOLDER.split(text)
    return {
        f"{layer}.{field}"
        for layer, content in zip(pieces[1::2], pieces[2::2], strict=True)
        for field in _FIELD.findall(content)
    }


KML: Final = Format(
    name="kml",
    words=Text("KML（谷歌地球等）", "KML (Google Earth and others)"),
    ending=".kml",
    layers=tables_in(Where.GEOJSON),
    write=write_kml,
    fields_in=fields_in_kml,
)
