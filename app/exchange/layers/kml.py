"""KML, read without GDAL, so that no link in it calls anybody: folders as layers, data as columns under their own names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

import shapely

from app.exchange.layers import vector
from app.exchange.reading import ALL, Cell, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

_CRS: Final = "EPSG:4326"  # by the format's own rule
_NAME: Final = "name"
_TEXT: Final = ("name", "description", "address")  # of a place mark, beside its data
_SHAPES: Final = ("Point", "LineString", "LinearRing", "Polygon")
_DEEPEST: Final = 100  # elements within one another
_WHOLE: Final = re.compile(r"-?\d{1,15}")
_NUMBER: Final = re.compile(r"-?\d+\.\d+(?:[eE][-+]?\d+)?")


def layers(path: Path, name: str) -> list[Layer]:
    """Return the folders that hold place marks."""
    return [Layer(str(reading.layer), len(reading.rows)) for reading in _readings(path, name)]


def read(path: Path, name: str, layer: str | None, prefer: tuple[str, ...]) -> Reading:
    """Return one folder: the only one, the one named as what is imported (``prefer``), the one asked for, or all."""
    found = _readings(path, name)
    if layer == ALL:
        return vector.joined(found)
    chosen = vector.choose([Layer(str(r.layer), len(r.rows)) for r in found], layer, prefer)
    return next(reading for reading in found if reading.layer == chosen.name)


class _Marks:
    """What the parser finds: place marks by folder."""

    def __init__(self, name: str) -> None:
        self.folders: dict[str, list[dict[str, Any]]] = {}
        self._path: list[str] = []
        self._open: list[str] = [name]  # names of the folders around
        self._mark: dict[str, Any] | None = None
        self._field = ""
        self._types: dict[str, str] = {}
        self._text: list[str] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        plain = tag.rpartition(":")[2]
        if len(self._path) >= _DEEPEST:
            raise Unreadable("KML 嵌套太深。", "The KML is nested too deeply.")
        self._path.append(plain)
        self._text = []
        if plain == "Folder":
            self._open.append(given.get("id") or "")
        elif plain == "Placemark":
            self._mark = {"data": {}, "shapes": []}
        elif plain in ("Data", "SimpleData"):
            self._field = given.get("name", "")
        elif plain == "SimpleField":
            self._types[given.get("name", "")] = given.get("type", "string")
        elif plain == "Polygon" and self._mark is not None:
            self._mark["shapes"].append(("Polygon", []))

    def text(self, text: str) -> None:
        """Take text within an element."""
        self._text.append(text)

    def end(self, tag: str) -> None:
        """End an element."""
        plain = tag.rpartition(":")[2]
        said = "".join(self._text).strip()
        self._path.pop()
        above = self._path[-1] if self._path else ""
        self._text = []
        if plain == "Folder":
            self._open.pop()
        elif plain == _NAME and above == "Folder" and not self._open[-1]:
            self._open[-1] = said
        elif plain == "Placemark" and self._mark is not None:
            folder = next((name for name in reversed(self._open) if name), "")
            self.folders.setdefault(folder, []).append(self._mark)
            self._mark = None
        elif self._mark is not None:
            self._of_mark(plain, above, said)

    def _of_mark(self, plain: str, above: str, said: str) -> None:
        mark = self._mark
        assert mark is not None  # noqa: S101  # narrows the type
        if above == "Placemark" and plain in _TEXT:
            mark.setdefault(plain, said)
        elif plain == "SimpleData" or (plain == "value" and above == "Data"):
            mark["data"][self._field] = _value(said, self._types.get(self._field, ""))
        elif plain == "coordinates" and above in _SHAPES:
            if above == "LinearRing" and mark["shapes"] and "Polygon" in self._path:
                mark["shapes"][-1][1].append(said)
            else:
                mark["shapes"].append((above, [said]))


def _readings(path: Path, name: str) -> list[Reading]:
    marks = _Marks(name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = marks.start
    parser.EndElementHandler = marks.end
    parser.CharacterDataHandler = marks.text
    parser.EntityDeclHandler = _no_entities
    try:
        parser.Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        raise Unreadable(
            f"第 {error.lineno} 行不是 XML。文件可能没有传完，重新导出一次。",
            f"Line {error.lineno} is no XML. The file may be cut off; export it again.",
        ) from error
    if not marks.folders:
        raise Unreadable("KML 里没有地标。", "There is no place mark in the KML.")
    return [_reading(folder, found) for folder, found in marks.folders.items()]


def _no_entities(*_said: object) -> None:
    raise Unreadable("KML 里声明了实体，不读。", "The KML declares entities; it is not read.")


def _reading(folder: str, marks: list[dict[str, Any]]) -> Reading:
    reading = Reading(layer=folder, encoding="utf-8", crs=_CRS, wkb=[])
    names = dict.fromkeys(name for mark in marks for name in mark["data"])
    own = [name for name in _TEXT if name not in names and any(mark.get(name) for mark in marks)]
    reading.columns = [*own, *names]
    for number, mark in enumerate(marks, 1):
        reading.rows.append(
            [*(mark.get(name) or None for name in own), *(mark["data"].get(n) for n in names)]
        )
        wkb = None
        try:
            wkb = _outline(mark["shapes"])
        except (ValueError, IndexError, shapely.errors.ShapelyError):
            reading.defects[number] = (
                "坐标写得不对：要是“经度,纬度”。",
                "The coordinates are malformed: longitude,latitude is due.",
            )
        if reading.wkb is not None:
            reading.wkb.append(wkb)
    return reading


def _outline(shapes: list[tuple[str, list[str]]]) -> bytes | None:
    made = [_shape(kind, rings) for kind, rings in shapes]
    if not made:
        return None
    kinds = {shape.geom_type for shape in made}
    several: dict[str, Any] = {"Polygon": shapely.MultiPolygon, "Point": shapely.MultiPoint}
    collect = (
        several.get(kinds.pop(), shapely.GeometryCollection)
        if len(kinds) == 1
        else shapely.GeometryCollection
    )
    wkb: bytes = shapely.to_wkb(made[0] if len(made) == 1 else collect(made))
    return wkb


def _shape(kind: str, rings: list[str]) -> Any:
    lines = [[tuple(map(float, point.split(",")[:2])) for point in ring.split()] for ring in rings]
    if kind == "Polygon":
        return shapely.Polygon(lines[0], lines[1:])
    return shapely.Point(lines[0][0]) if kind == "Point" else shapely.LineString(lines[0])


def _value(said: str, kind: str) -> Cell:
    """Return a value as its column says it: numbers where the file declares them."""
    if not said:
        return None
    if kind in ("int", "uint", "short", "ushort") and _WHOLE.fullmatch(said):
        return int(said)
    if kind in ("float", "double") and (_NUMBER.fullmatch(said) or _WHOLE.fullmatch(said)):
        return float(said)
    return said
