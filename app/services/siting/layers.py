"""A layer that is named on the command line or chosen in the window: of a file, read with the guards of an import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.errors import InvalidInput, Problem
from app.exchange.coordinates import are_degrees, georeference, to_degrees
from app.exchange.reader import read_source
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.jobs import Ticket

    Geometries = NDArray[np.object_]


def split_name(named: str) -> tuple[Path, str | None]:
    """Return file and layer of ``FILE#LAYER``; a file of that whole name comes first."""
    whole = Path(named)
    head, mark, layer = named.rpartition("#")
    if not mark or whole.exists():
        return whole, None
    return Path(head), layer


def read_layer(
    registry: Path, named: str, column: str, types: Sequence[str], ticket: Ticket | None
) -> tuple[Geometries, tuple[int, ...]]:
    """Return the shapes of a layer in degrees, and the rows that have none.

    Raises
    ------
    InvalidInput
        Where the file can't be read, is the registry itself, has several layers and none is named, or has shapes of
        another type: ``types`` are those of GeoJSON that are taken.

    """
    path, layer = split_name(named)
    _not_the_registry(registry, path, column)
    source = read_source(path, layer=layer, ticket=ticket)
    if not source.has_outlines:
        raise _refused(column, path, None, "这个文件没有图形", "this file has no shapes")
    how = georeference(source.crs, None, None, is_table=False, file_format=source.format)
    shapes = to_degrees([row.outline for row in source.rows], how)
    empty: list[int] = []
    for row, shape in zip(source.rows, shapes, strict=True):
        if row.defect is not None:
            raise _refused(column, path, row.number, row.defect.zh.rstrip("。"), row.defect.en.rstrip("."))
        if shape is None:
            empty.append(row.number)
        elif shape.geom_type not in types:
            known = " ".join(types)
            raise _refused(
                column, path, row.number,
                f"是 {shape.geom_type}，这里只收 {known}",
                f"this is a {shape.geom_type}; only {known} are taken here",
            )  # fmt: skip
        elif not are_degrees(shape):
            raise _refused(
                column, path, row.number,
                "坐标不是经纬度，坐标系写错了",
                "the coordinates are no degrees; the CRS that the file names is wrong",
            )  # fmt: skip
    return shapes[~shapely.is_missing(shapes)], tuple(empty)


def _not_the_registry(registry: Path, path: Path, column: str) -> None:
    try:
        is_same = registry.samefile(path)
    except OSError:
        return  # the reader says what is wrong with the file
    if is_same:
        raise _refused(
            column, path, None,
            "这是台账自己的文件。台账里的图层直接写名字，如 compound",
            "this is the registry's own file; write the name alone of a layer of it, such as compound",
        )  # fmt: skip


def _refused(column: str, path: Path, row: int | None, zh: str, en: str) -> InvalidInput:
    at = Text("", "") if row is None else Text(f"第 {row} 行", f", row {row}")
    return InvalidInput(
        Text(f"{path.name}{at.zh}：{zh}。", f"{path.name}{at.en}: {en}."),
        (Problem(message=Text(zh, en), file=path.name, row=row, column=column),),
    )
