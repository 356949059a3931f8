"""GeoJSON, read without GDAL, so that a ``crs`` link calls nobody and a bad feature is named by its number."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

import shapely
from shapely.geometry import shape

from app.exchange.encodings import text_in
from app.exchange.layers.esri_json import as_geojson, is_esri
from app.exchange.reading import Cell, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

_GEOMETRIES: Final = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
)
_IDS: Final = "id"  # the member of a feature that stands beside its properties
_CRS84: Final = ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "OGC:CRS84")
_EPSG: Final = re.compile(r"^(?:urn:(?:x-)?ogc:def:crs:)?EPSG:(?:[\d.]*:)?(\d+)$", re.IGNORECASE)


def layers(path: Path, name: str) -> list[Layer]:
    """Return the one layer of a GeoJSON file."""
    return [Layer(name, len(_features(_load(path, None)[0])))]


def read(path: Path, name: str, encoding: str | None) -> Reading:
    """Return the features of a GeoJSON file: a collection, a bare feature or a bare geometry."""
    document, used = _load(path, encoding)
    features = _features(document)
    reading = Reading(layer=name, crs=_crs(document), encoding=used, wkb=[])
    columns: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            columns.update(dict.fromkeys(str(key) for key in properties))
    if _IDS not in columns and any(isinstance(f, dict) and f.get(_IDS) is not None for f in features):
        columns[_IDS] = None
        reading.ids = len(columns) - 1
    reading.columns = list(columns)
    assert reading.wkb is not None  # noqa: S101  # narrows the type
    for number, feature in enumerate(features, 1):
        outline: bytes | None = None
        cells: list[Cell] = [None] * len(columns)
        try:
            if not isinstance(feature, dict) or feature.get("type") not in ("Feature", *_GEOMETRIES):
                raise Unreadable("不是 GeoJSON 要素。", "This is no GeoJSON feature.")
            cells = _cells(feature, columns)
            outline = _outline(feature.get("geometry") if feature["type"] == "Feature" else feature)
        except Unreadable as error:
            reading.defects[number] = (error.zh, error.en)
        reading.rows.append(cells)
        reading.wkb.append(outline)
    return reading


def _load(path: Path, encoding: str | None) -> tuple[dict[str, Any], str]:
    text, used = text_in(path.read_bytes(), encoding)
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        by_lines = _by_lines(text)
        if by_lines is not None:
            return by_lines, used
        raise Unreadable(
            f"第 {error.lineno} 行第 {error.colno} 列不是 JSON：{error.msg}。文件可能没有传完。",
            f"Line {error.lineno}, column {error.colno} is not JSON: {error.msg}. The file may be cut off.",
        ) from error
    except RecursionError as error:
        raise Unreadable("JSON 嵌套太深。", "The JSON is nested too deeply.") from error
    if not isinstance(document, dict):
        raise Unreadable(
            "不是 GeoJSON：最外层要是一个对象。", "Not GeoJSON: the outermost must be an object."
        )
    return as_geojson(document) if is_esri(document) else document, used


def _by_lines(text: str) -> dict[str, Any] | None:
    """Return the features of a text that holds one a line, None where it is anything else."""
    features = []
    for line in text.lstrip("\ufeff").splitlines():
        bare = line.strip("\x1e \t,")
        if not bare:
            continue
        try:
            feature = json.loads(bare, parse_constant=_no_constant)
        except (json.JSONDecodeError, RecursionError):
            return None
        if not isinstance(feature, dict) or feature.get("type") not in ("Feature", *_GEOMETRIES):
            return None
        features.append(feature)
    return {"type": "FeatureCollection", "features": features} if features else None


def _no_constant(name: str) -> NoReturn:
    raise Unreadable(f"GeoJSON 里不能有 {name}。", f"GeoJSON can't hold {name}.")


def _features(document: dict[str, Any]) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise Unreadable("FeatureCollection 里没有 features。", "The FeatureCollection has no features.")
        return features
    if kind == "Feature" or kind in _GEOMETRIES:
        return [document]
    if kind is None:
        raise Unreadable("不是 GeoJSON：没有写 type。", "Not GeoJSON: it has no type.")
    raise Unreadable(
        f"不是 GeoJSON：type 是 {kind!r}。", f"Not GeoJSON: its type is {kind!r}, not FeatureCollection."
    )


def _crs(document: dict[str, Any]) -> str:
    crs = document.get("crs")
    if crs is None:
        return "EPSG:4326"
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if isinstance(name, str):
        if name in _CRS84:
            return "EPSG:4326"
        match = _EPSG.match(name)
        if match:
            return f"EPSG:{match.group(1)}"
    raise Unreadable(
        "看不懂文件里的 crs。用 --crs EPSG:n 写明。",
        "The file's crs can't be read. Say it with --crs EPSG:n.",
    )


def _cells(feature: dict[str, Any], columns: dict[str, None]) -> list[Cell]:
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise Unreadable("properties 要是一个对象。", "The properties must be an object.")
    return [
        _plain(feature.get(column) if column == _IDS and column not in properties else properties.get(column))
        for column in columns
    ]


def _plain(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return json.dumps(value, ensure_ascii=False)


def _outline(geometry: object) -> bytes | None:
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or geometry.get("type") not in _GEOMETRIES:
        kind = geometry.get("type") if isinstance(geometry, dict) else geometry
        raise Unreadable(f"没有这种几何：{kind!r}。", f"There is no geometry {kind!r}.")
    try:
        made = shape(geometry)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        shapely.errors.ShapelyError,
    ) as error:
        raise Unreadable(
            "坐标写得不对：要是 [经度, 纬度] 的数组，环首尾相接。",
            "The coordinates are malformed: arrays of [longitude, latitude] are due, rings closed.",
        ) from error
    return shapely.to_wkb(made, output_dimension=2)
