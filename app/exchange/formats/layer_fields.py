"""The columns of a layer as arrays of one type each, for formats that have columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.domain.leaving.content import Column, Layer

TEXT: Final = "text"
WHOLE: Final = "count"
NUMBER: Final = "number"
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


def type_of(column: Column, values: list[object]) -> str:
    """Return what a column's values are: text, whole numbers, or numbers. Counts that are whole are whole numbers."""
    if column.type == "text":
        return TEXT
    numbers = [value for value in values if value is not None]
    is_whole = all(isinstance(value, int) for value in numbers) and bool(numbers)
    return WHOLE if column.type == "count" or is_whole else NUMBER


def array_of(kind: str, values: list[object]) -> NDArray[Any]:
    """Return values of a type; what is missing stands as 0 where they are numbers, see ``mask_of``."""
    if kind == TEXT:
        return np.array([None if value is None else str(value) for value in values], dtype=object)
    numbers = [0 if value is None else value for value in values]
    return np.array(numbers, dtype=np.int64 if kind == WHOLE else np.float64)


def mask_of(values: list[object]) -> NDArray[np.bool_]:
    """Return which values are missing."""
    return np.array([value is None for value in values], dtype=bool)


def by_shape(layer: Layer) -> dict[str, NDArray[np.int64]]:
    """Return the places of a layer's rows by what their outlines are: "" areas, or none; "_pt" points; "_ln" lines."""
    kinds = shapely.get_type_id(layer.outlines)
    points = np.isin(kinds, (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT))
    lines = np.isin(kinds, (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING))
    found = {"": ~(points | lines), "_pt": points, "_ln": lines}
    if points.any() and not np.isin(kinds, _AREAS).any() and not lines.any():
        found = {"": np.ones(len(kinds), bool)}  # a layer of points alone, with those that have no place yet
    return {name: np.flatnonzero(chosen) for name, chosen in found.items() if chosen.any()}
