"""Outlines in as few bytes as may be, each coordinate to the bit.

What an outline is made of (parts, rings, how many corners) is its well-known binary with every coordinate zero, which
packs to next to nothing. The coordinates follow apart: as whole steps of the last decimal place where all have one, else
as the numbers that their bits are; of each the difference from the one before, by the place of its bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_DECIMALS: Final = range(6, 13)  # 0.1 m and finer
_AS_BITS: Final = -1


def coordinates_of(shapes: Sequence[Any]) -> tuple[list[bytes | None], int | None, bytes]:
    """Return the well-known binary of each outline without its coordinates, their decimals, and the coordinates.

    Where another program gave one a height, all stand whole in their binary, and there are no decimals.
    """
    outlines = np.empty(len(shapes), dtype=object)
    outlines[:] = shapes
    if shapely.has_z(outlines).any():
        return list(shapely.to_wkb(outlines)), None, b""
    places = shapely.get_coordinates(outlines)
    bare = shapely.set_coordinates(outlines.copy(), np.zeros_like(places))
    decimals, numbers = _numbers(np.ascontiguousarray(places.T).ravel())
    steps = np.diff(numbers, prepend=np.int64(0))
    folded = (steps << 1) ^ (steps >> 63)  # small ones of either sign have few bytes
    planes = folded.astype("<i8").view(np.uint8).reshape(-1, 8).T
    return list(shapely.to_wkb(bare)), decimals, np.ascontiguousarray(planes).tobytes()


def with_coordinates(shapes: Sequence[Any], decimals: int | None, content: bytes) -> list[Any]:
    """Return outlines with the coordinates that ``coordinates_of`` took from them; ValueError where they don't fit."""
    if decimals is None:
        return list(shapes)
    planes = np.frombuffer(content, np.uint8).reshape(8, -1)
    folded = np.ascontiguousarray(planes.T).view("<i8").ravel().astype(np.int64)
    steps = ((folded >> 1) & np.int64(0x7FFFFFFFFFFFFFFF)) ^ -(folded & 1)
    numbers = np.cumsum(steps, dtype=np.int64)
    flat = numbers.view(np.float64) if decimals == _AS_BITS else numbers / 10.0**decimals
    outlines = np.empty(len(shapes), dtype=object)
    outlines[:] = shapes
    return list(shapely.set_coordinates(outlines, flat.reshape(2, -1).T))


def _numbers(flat: NDArray[np.float64]) -> tuple[int, NDArray[np.int64]]:
    """Return coordinates as whole numbers, and of which decimal place; their bits where they have none."""
    if np.isfinite(flat).all() and (np.abs(flat) < 1e6).all():
        for decimals in _DECIMALS:
            whole = np.rint(flat * 10.0**decimals).astype(np.int64)
            if (whole / 10.0**decimals).tobytes() == flat.tobytes():
                return decimals, whole
    return _AS_BITS, flat.view(np.int64)
