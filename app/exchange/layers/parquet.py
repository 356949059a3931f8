"""GeoParquet, read by pyarrow in the reading child alone: columns, outlines as WKB, the system that its metadata says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from app.exchange.layers import vector
from app.exchange.reading import Cell, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CRS84: Final = "EPSG:4326"  # where a file says none, by the format's own rule


def layers(path: Path, name: str) -> list[Layer]:
    """Return the one table of a file."""
    return [Layer(name, int(_made(path, metadata_alone=True).num_rows))]


def read(path: Path, name: str) -> Reading:
    """Return the rows of a file, with outlines where it says which column holds them."""
    table = _made(path)
    geometry, crs = _geometry(table.schema.metadata or {}, table.column_names)
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


def _made(path: Path, *, metadata_alone: bool = False) -> Any:
    """Return a file's table, or what it says of itself alone; raise Unreadable for one that is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(1)
    try:
        file = pq.ParquetFile(path)
        return file.metadata if metadata_alone else file.read()
    except (pa.ArrowInvalid, OSError) as error:
        raise Unreadable(
            "内容不符合格式，读不了。文件可能损坏，重新导出一次。",
            "The content does not fit its format. The file may be damaged; export it again.",
        ) from error


def _geometry(metadata: dict[bytes, bytes], names: Sequence[str]) -> tuple[str | None, str | None]:
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
    if names.count(column) != 1:
        raise Unreadable(
            f"GeoParquet 说图形在“{column}”一列，文件里没有这一列。重新导出一次。",
            f"The GeoParquet says that its outlines are in column {column!r}, which it doesn't have. Export it again.",
        )
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
