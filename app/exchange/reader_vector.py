"""GeoPackage and Shapefile, through pyogrio. Imported in the reading child alone, after GDAL was hemmed in."""

from __future__ import annotations

import codecs
import math
import sqlite3
import struct
import sys
import zipfile
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import shapely

from app.exchange.encodings import UnknownEncoding, canonical, detect
from app.exchange.reading import Cell, Layer, Reading, Unreadable

_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_UNPACKED = 1 << 29  # bytes that a zipped Shapefile may hold


def check_gpkg(path: Path) -> None:
    """Refuse a GeoPackage that is cut off or damaged, before GDAL sees it."""
    head = path.read_bytes()[:100]
    if len(head) < 100:
        raise Unreadable("GeoPackage 不完整。重新拷贝一次。", "The GeoPackage is cut off. Copy it again.")
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    page = 65536 if page == 1 else page
    if head[24:28] == head[92:96] and path.stat().st_size < page * pages:
        raise Unreadable(
            f"GeoPackage 不完整：应有 {page * pages} 字节，只有 {path.stat().st_size}。重新拷贝一次。",
            f"The GeoPackage is cut off: {page * pages} bytes are due, {path.stat().st_size} are there. Copy it again.",
        )
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            known = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'"
            ).fetchone()[0]
    except sqlite3.Error as error:
        raise Unreadable(f"GeoPackage 损坏：{error}。", f"The GeoPackage is damaged: {error}.") from error
    if verdict != "ok":
        raise Unreadable(f"GeoPackage 损坏：{verdict}。", f"The GeoPackage is damaged: {verdict}.")
    if not known:
        raise Unreadable(
            "是 SQLite 文件，但不是 GeoPackage（没有 gpkg_contents）。",
            "It is an SQLite file but no GeoPackage (no gpkg_contents).",
        )


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


def unzip(path: Path) -> Path:
    """Return the Shapefile inside a zip file, unpacked beside it under names of ours."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if PurePosixPath(m.filename).suffix.lower() in _SIDECARS]
            shapes = [m for m in members if m.filename.lower().endswith(".shp")]
            if len(shapes) != 1:
                raise Unreadable(
                    f"压缩包里要有一个 Shapefile，这里有 {len(shapes)} 个。",
                    f"The zip file should hold one Shapefile; it holds {len(shapes)}.",
                )
            stem = shapes[0].filename[:-4]
            members = [m for m in members if m.filename[: m.filename.rfind(".")] == stem]
            if sum(m.file_size for m in members) > _UNPACKED:
                raise Unreadable("压缩包展开后太大。", "The zip file is too large when unpacked.")
            for member in members:
                suffix = PurePosixPath(member.filename).suffix.lower()
                with archive.open(member) as packed, path.with_suffix(suffix).open("wb") as file:
                    left = _UNPACKED
                    while block := packed.read(min(1 << 20, left)):
                        left -= len(block)
                        file.write(block)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise Unreadable(f"压缩包打不开：{error}。", f"The zip file can't be opened: {error}.") from error
    return path.with_suffix(".shp")


def layers(path: Path, name: str) -> list[Layer]:
    """Return the layers and attribute tables of a file; a Shapefile's one layer takes the file's name."""
    pyogrio = _pyogrio()
    found = []
    for layer, _ in _guarded(lambda: pyogrio.list_layers(path)):
        rows = int(_guarded(lambda layer=layer: pyogrio.read_info(path, layer=layer)["features"]))
        found.append(Layer(name if path.suffix == ".shp" else str(layer), rows))
    return found


def read(path: Path, name: str, layer: str | None, encoding: str | None, prefer: tuple[str, ...]) -> Reading:
    """Return one layer: the only one, the one named as what is imported (``prefer``), or the one asked for."""
    pyogrio = _pyogrio()
    is_shapefile = path.suffix == ".shp"
    reading = Reading(layer=name if is_shapefile else None)
    chosen: str | None = None
    options: dict[str, Any] = {}
    if is_shapefile:
        if layer is not None and layer != name:
            raise _no_layer(layer, [name])
        reading.encoding = options["encoding"] = _dbf_encoding(path, encoding, reading)
    else:
        reading.layer = chosen = _choose(path, layer, prefer)
        reading.encoding = "utf-8"
    info = _guarded(lambda: pyogrio.read_info(path, layer=chosen, **options))
    meta, _fids, shapes, columns = _guarded(
        lambda: pyogrio.raw.read(path, layer=chosen, datetime_as_string=True, **options)
    )
    reading.crs = meta["crs"]
    reading.columns = [str(column) for column in meta["fields"]]
    count = len(shapes) if shapes is not None else (len(columns[0]) if len(columns) else 0)
    if info["features"] not in (-1, count):
        raise Unreadable(
            f"文件头写 {info['features']} 行，只读出 {count} 行，文件可能损坏。",
            f"The file claims {info['features']} rows, {count} could be read; it may be damaged.",
        )
    whole = [str(kind).startswith("OFTInteger") for kind in info["ogr_types"]]
    cells = [_column(values, is_whole) for values, is_whole in zip(columns, whole, strict=True)]
    reading.rows = [list(row) for row in zip(*cells, strict=True)] if cells else [[] for _ in range(count)]
    if shapes is not None:
        reading.wkb = [_outline(number, wkb, reading) for number, wkb in enumerate(shapes, 1)]
    return reading


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
        text = str(error).replace("\n", " ")[:300]
        raise Unreadable(f"读不了这个文件：{text}", f"The file can't be read: {text}") from error


def _choose(path: Path, layer: str | None, prefer: tuple[str, ...]) -> str:
    names = [str(name) for name, _ in _guarded(lambda: _pyogrio().list_layers(path))]
    if layer is not None:
        if layer not in names:
            raise _no_layer(layer, names)
        return layer
    if len(names) == 1:
        return names[0]
    for name in prefer:
        if name in names:
            return name
    if not names:
        raise Unreadable("文件里没有图层。", "The file has no layer.")
    raise Unreadable(
        f"文件里有 {len(names)} 个图层：{'、'.join(names)}。用 --layer 选一个。",
        f"The file has {len(names)} layers: {', '.join(names)}. Choose one with --layer.",
    )


def _no_layer(layer: str, names: list[str]) -> Unreadable:
    return Unreadable(
        f"没有图层 {layer!r}。有：{'、'.join(names)}。",
        f"There is no layer {layer!r}. There are: {', '.join(names)}.",
    )


def _dbf_encoding(path: Path, given: str | None, reading: Reading) -> str:
    try:
        if given:
            return canonical(given)
        data = path.with_suffix(".dbf").read_bytes()
        body = data[struct.unpack("<H", data[8:10])[0] :]
        names = b"".join(
            data[at : at + 11].split(b"\0")[0] + b"\n"
            for at in range(32, 32 + 32 * 255, 32)
            if at + 32 <= struct.unpack("<H", data[8:10])[0]
        )
        found = detect(names + body)
        hint = path.with_suffix(".cpg")
        if hint.exists():
            said = hint.read_text("ascii", errors="replace").strip()
            try:
                claimed = canonical({"936": "gbk", "65001": "utf-8"}.get(said, said))
                codecs.decode(names + body, claimed)
            except (UnknownEncoding, UnicodeDecodeError):
                reading.notes.append(
                    (
                        f".cpg 写的是 {said}，内容不是，按 {found} 读。",
                        f"The .cpg says {said}, the content is {found}.",
                    )
                )
            else:
                return claimed
        return found
    except UnknownEncoding as error:
        raise Unreadable(
            f".dbf 的文字不是 {error} 编码，换一个 --encoding。",
            f"The .dbf is not {error}; try another --encoding.",
        ) from error


def _column(values: Any, is_whole: bool) -> list[Cell]:
    return [_cell(value, is_whole) for value in values.tolist()]


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


def _outline(number: int, wkb: bytes | None, reading: Reading) -> bytes | None:
    if wkb is None:
        return None
    try:
        shape = shapely.force_2d(shapely.from_wkb(wkb))
        return None if np.isnan(shape.bounds).all() and not shape.is_empty else shapely.to_wkb(shape)
    except (shapely.errors.ShapelyError, NotImplementedError, ValueError, TypeError) as error:
        reading.defects[number] = (f"图形读不了：{error}。", f"The geometry can't be read: {error}.")
        return None
