"""GeoParquet, read by pyarrow in the reading child alone: columns, outlines as WKB, the system that its metadata says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from app.exchange.layers import vector
from app.exchange.reading import Cell, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

_CRS84: Final = "EPSG:4326"  # where a file says none, by the format's own rule


def layers(path: Path, name: str) -> list[Layer]:
    """Return the one table of a file."""
    return [Layer(name, int(_file(path).metadata.num_rows))]


def read(path: Path, name: str) -> Reading:
    """Return the rows of a file, with outlines where it says which column holds them."""
    file = _file(path)
    table = file.read()
    geometry, crs = _geometry(file.schema_arrow.metadata or {})
    reading = Reading(layer=name, encoding="utf-8", crs=crs)
    names = [str(column) for column in table.column_names if column != geometry]
    reading.columns = names
    cells = [[_cell(value) for value in table[column].to_pylist()] for column in names]
    count = int(table.num_rows)
    reading.rows = [list(row) for row in zip(*cells, strict=True)] if cells else [[] for _ in range(count)]
    if geometry is not None:
        found = table[geometry].to_pylist()
        reading.wkb = [
            vector.outline(number, wkb if isinstance(wkb, bytes) else None, reading)
            for number, wkb in enumerate(found, 1)
        ]
    return reading


def _file(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(
            "内容不符合格式，读不了。文件可能损坏，重新导出一次。",
            "The content does not fit its format. The file may be damaged; export it again.",
        ) from error


def _geometry(metadata: dict[bytes, bytes]) -> tuple[str | None, str | None]:
    """Return the column of outlines and their system, as the file's metadata says them; None for a plain table."""
    if b"geo" not in metadata:
        return None, None
    try:
        said = json.loads(metadata[b"geo"])
        column = str(said["primary_column"])
        about = said["columns"][column]
        encoding, crs = str(about["encoding"]), about.get("crs", _CRS84)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(
            "GeoParquet 的说明看不懂。重新导出一次。",
            "The GeoParquet's metadata can't be read. Export it again.",
        ) from error
    if encoding != "WKB":
        raise Unreadable(
            f"图形是 {encoding} 编码，只能读 WKB。另存为 GeoPackage 再导入。",
            f"The outlines are encoded as {encoding}; only WKB can be read. Save the file as GeoPackage.",
        )
    return column, _system(crs)


def _system(crs: Any) -> str | None:
    if not isinstance(crs, dict):
        return crs if isinstance(crs, str) else None
    code = crs.get("id")
    if isinstance(code, dict) and str(code.get("authority")).upper() == "EPSG":
        return f"EPSG:{code.get('code')}"
    if isinstance(code, dict) and str(code.get("code")) == "CRS84":
        return _CRS84
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return str(CRS.from_json_dict(crs).to_wkt())
    except CRSError:
        return None


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value.strip() or None
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return None if value != value else value  # noqa: PLR0124  # not a number
    if isinstance(value, bytes):
        return None
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
