"""GeoPackage and Shapefile, through pyogrio. Imported in the reading child alone, after GDAL was hemmed in."""

from __future__ import annotations

import math
import struct
import sys
import traceback
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

from app.exchange.layers.dbf import RAW, decoded, names_of, text_of, widths_of
from app.exchange.layers.geopackage import gpkg_layers
from app.exchange.reading import ALL, Cell, Layer, Reading, Unreadable

_SURFACES: Final = {  # types of WKB that bound nothing for us, by their four bytes, least first
    struct.pack("<I", number + more): words
    for number, words in {
        15: ("多面体曲面", "A surface of facets"),
        16: ("三角网（TIN）", "A surface of triangles (TIN)"),
        17: ("三角形", "A triangle"),
    }.items()
    for more in (0, 1000, 2000, 3000)
}
_LONGEST_PRJ = 20_000  # bytes


def check_shapefile(path: Path) -> None:
    """Refuse a Shapefile whose parts are missing or contradict one another."""
    for needed in (".shx", ".dbf"):
        if not path.with_suffix(needed).exists():
            raise Unreadable(
                f"缺 {needed} 文件。Shapefile 的 .shp、.shx、.dbf 要放在一起。",
                f"The {needed} file is missing. A Shapefile's .shp, .shx and .dbf belong together.",
            )
    shp, shx, dbf = (path.with_suffix(s).read_bytes() for s in (".shp", ".shx", ".dbf"))
    if len(shx) < 100 or len(dbf) < 32:
        raise Unreadable("Shapefile 不完整。", "The Shapefile is cut off.")
    claimed = struct.unpack(">I", shp[24:28])[0] * 2
    if claimed > len(shp):
        raise Unreadable(
            f".shp 不完整：文件头写 {claimed} 字节，只有 {len(shp)}。",
            f"The .shp is cut off: its header says {claimed} bytes, {len(shp)} are there.",
        )
    shapes = (min(struct.unpack(">I", shx[24:28])[0] * 2, len(shx)) - 100) // 8
    records = struct.unpack("<I", dbf[4:8])[0]
    if shapes != records:
        raise Unreadable(
            f".shx 有 {shapes} 个图形，.dbf 有 {records} 行，对不上。",
            f"The .shx has {shapes} shapes and the .dbf {records} rows; they don't belong together.",
        )
    header, width = struct.unpack("<HH", dbf[8:12])
    if header + width * records > len(dbf) + 1:
        raise Unreadable(".dbf 不完整。", "The .dbf is cut off.")


def layers(path: Path, name: str) -> list[Layer]:
    """Return the layers and attribute tables of a file; a Shapefile's one layer takes the file's name."""
    if path.suffix != ".shp":
        return gpkg_layers(path)
    pyogrio = _pyogrio()
    return [Layer(name, int(_guarded(lambda: pyogrio.read_info(path, encoding=RAW)["features"])))]


def read(path: Path, name: str, layer: str | None, encoding: str | None, prefer: tuple[str, ...]) -> Reading:
    """Return one layer: the only one, the one named as what is imported (``prefer``), or the one asked for."""
    if path.suffix == ".shp":
        if layer is not None and layer != name:
            raise _no_layer(layer, [name])
        return _shapefile(path, name, encoding)
    found = gpkg_layers(path)
    if layer == ALL and all(one.name != ALL for one in found):
        return joined([_layer(path, one) for one in found if one.rows])
    return _layer(path, choose(found, layer, prefer))


def joined(readings: list[Reading]) -> Reading:
    """Return several layers as one: columns of one name are one column; tables without outlines stay out where others have them."""
    drawn = [reading for reading in readings if reading.wkb is not None]
    readings = drawn or readings
    if not readings:
        raise Unreadable(
            "文件里没有矢量图层，也没有表。", "There is no vector layer in the file, and no table."
        )
    systems = {reading.crs for reading in drawn}
    if len(systems) > 1:
        raise Unreadable(
            "几个图层的坐标系不一样，不能一起导入。用 --layer 一个一个来。",
            "The layers have different systems and can't come in together. Take them one by one with --layer.",
        )
    whole = Reading(layer=ALL, encoding="utf-8", crs=readings[0].crs, wkb=[] if drawn else None)
    names = list(dict.fromkeys(name for reading in readings for name in reading.columns or ()))
    whole.columns = names
    for reading in readings:
        places = [names.index(name) for name in reading.columns or ()]
        start = len(whole.rows)
        for row in reading.rows:
            cells: list[Cell] = [None] * len(names)
            for place, cell in zip(places, row, strict=True):
                cells[place] = cell
            whole.rows.append(cells)
        if whole.wkb is not None:
            whole.wkb += reading.wkb or []
        whole.defects |= {start + number: defect for number, defect in reading.defects.items()}
        whole.notes += [note for note in reading.notes if note not in whole.notes]
        whole.parts.append((str(reading.layer), len(reading.rows)))
    return whole


def _layer(path: Path, chosen: Layer) -> Reading:
    reading = Reading(layer=chosen.name, encoding="utf-8")
    # all rows by a condition that all fulfil: without one GDAL stops at the count that another program noted
    _take(path, reading, None, layer=chosen.name, where="1 = 1")
    count = len(reading.rows)
    if count != chosen.rows:
        raise Unreadable(
            f"表里有 {chosen.rows} 行，只读出 {count} 行，文件可能损坏。",
            f"The table has {chosen.rows} rows, {count} could be read; it may be damaged.",
        )
    if reading.crs is not None and "Undefined " in reading.crs[:40]:
        reading.crs = None
    return reading


def _shapefile(path: Path, name: str, encoding: str | None) -> Reading:
    text = text_of(path, encoding)
    reading = Reading(layer=name, encoding=text.encoding, notes=list(text.notes))
    claimed = _guarded(lambda: _pyogrio().read_info(path, encoding=RAW)["features"])
    _take(path, reading, text.encoding, encoding=RAW)
    if reading.crs is None:
        reading.crs = _prj(path)
    count = len(reading.rows)
    if claimed not in (-1, count):
        raise Unreadable(
            f"文件头写 {claimed} 行，只读出 {count} 行，文件可能损坏。",
            f"The file claims {claimed} rows, {count} could be read; it may be damaged.",
        )
    return reading


def _prj(path: Path) -> str | None:
    """Return the text of a .prj that GDAL made nothing of, such as one in the newer form of WKT; None without one."""
    beside = path.with_suffix(".prj")
    if not beside.is_file():
        return None
    with beside.open("rb") as file:
        text = file.read(_LONGEST_PRJ).decode("utf-8", "replace").strip("\ufeff\0 \t\r\n")
    return text or None


def _take(path: Path, reading: Reading, text: str | None, **options: Any) -> None:
    """Read rows and outlines. ``text``: the encoding of a .dbf whose bytes came through as they are."""
    pyogrio = _pyogrio()
    info_options = {key: value for key, value in options.items() if key != "where"}
    info = _guarded(lambda: pyogrio.read_info(path, **info_options))
    meta, _fids, shapes, columns = _guarded(
        lambda: pyogrio.raw.read(path, datetime_as_string=True, **options)
    )
    reading.crs = meta["crs"]
    reading.columns = [str(column) for column in meta["fields"]]
    widths = [0] * len(columns)
    if text is not None:
        names = names_of(path, text)
        if len(names) == len(columns):
            reading.columns, widths = [name for name, _ in names], widths_of(path)
            reading.cut = [place for place, (_, may_be_cut) in enumerate(names) if may_be_cut]
        else:
            reading.columns = [decoded(c.encode(RAW), text, is_full=True) for c in reading.columns]
    count = len(shapes) if shapes is not None else (len(columns[0]) if len(columns) else 0)
    whole = [str(kind).startswith("OFTInteger") for kind in info["ogr_types"]]
    cells = [
        _column(values, is_whole, text, width)
        for values, is_whole, width in zip(columns, whole, widths, strict=True)
    ]
    reading.rows = [list(row) for row in zip(*cells, strict=True)] if cells else [[] for _ in range(count)]
    if shapes is not None:
        reading.wkb = [outline(number, wkb, reading) for number, wkb in enumerate(shapes, 1)]


def _pyogrio() -> Any:
    for unwanted in ("pandas", "geopandas", "pyarrow"):  # pyogrio takes them along where it finds them
        sys.modules.setdefault(unwanted, None)  # type: ignore[arg-type]
    import pyogrio
    import pyogrio.raw

    return pyogrio


def _guarded(call: Any) -> Any:
    try:
        return call()
    except (MemoryError, Unreadable):
        raise
    except Exception as error:  # whatever GDAL says of a stranger's file is the file's fault
        traceback.print_exc()
        if "Geometry type is not supported" in str(error):
            raise Unreadable(
                "这个图层的几何类型（如曲面、三角网）读不了。在 QGIS 里转成多边形再导入。",
                "The layer has a type of geometry (a curved surface, triangles) that can't be read. Convert it to polygons.",
            ) from error
        raise Unreadable(
            "内容不符合格式，读不了。文件可能损坏，重新导出一次。",
            "The content does not fit its format. The file may be damaged; export it again.",
        ) from error


def choose(layers: list[Layer], layer: str | None, prefer: tuple[str, ...]) -> Layer:
    """Return the layer asked for, the only one, or the first that is preferred; refuse where none of that settles it."""
    found = {one.name: one for one in layers}
    if layer is not None:
        if layer not in found:
            raise _no_layer(layer, list(found))
        return found[layer]
    if not found:
        raise Unreadable(
            "文件里没有矢量图层，也没有表。", "There is no vector layer in the file, and no table."
        )
    if len(found) == 1:
        return next(iter(found.values()))
    for name in prefer:
        if name in found:
            return found[name]
    raise Unreadable(
        f"文件里有 {len(found)} 个图层：{'、'.join(found)}。用 --layer 选一个，或用 --layer all 一起导入。",
        f"The file has {len(found)} layers: {', '.join(found)}. Choose one with --layer, or take all with --layer all.",
    )


def _no_layer(layer: str, names: list[str]) -> Unreadable:
    return Unreadable(
        f"没有图层 {layer!r}。有：{'、'.join(names)}。",
        f"There is no layer {layer!r}. There are: {', '.join(names)}.",
    )


def _column(values: Any, is_whole: bool, text: str | None, width: int) -> list[Cell]:
    listed = values.tolist()
    if text is not None:
        listed = [
            decoded(raw := value.encode(RAW), text, is_full=len(raw) >= width - 3)
            if isinstance(value, str) and not value.isascii()
            else value
            for value in listed
        ]
    return [_cell(value, is_whole) for value in listed]


def _cell(value: object, is_whole: bool) -> Cell:
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if is_whole and value.is_integer() else value
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, bytes):
        return None
    return str(value)


def outline(number: int, wkb: bytes | None, reading: Reading) -> bytes | None:
    """Return an outline without heights; None where there is none, or where it can't be read, which is a defect of its row."""
    if wkb is None:
        return None
    try:
        shape = shapely.force_2d(shapely.from_wkb(wkb))
        return None if np.isnan(shape.bounds).all() and not shape.is_empty else shapely.to_wkb(shape)
    except (shapely.errors.ShapelyError, NotImplementedError, ValueError, TypeError):
        kind = _SURFACES.get(wkb[1:5] if wkb[:1] == b"\x01" else wkb[4:0:-1])
        reading.defects[number] = (
            (
                f"是{kind[0]}，不能当作边界。转成多边形再导入。",
                f"{kind[1]} can't be taken as an outline. Convert it to polygons.",
            )
            if kind
            else ("图形读不了，坐标可能损坏。", "The geometry can't be read; its coordinates may be damaged.")
        )
        return None
