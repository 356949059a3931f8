"""Outlines packed for a page: whole millionths of a degree, int16 steps, deflate, base64 (design 7)."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCALE: Final = 1_000_000  # steps a degree: 0.11 m on the ground at most
_LONGEST: Final = 32_767


def pack(outlines: NDArray[np.object_]) -> dict[str, Any]:
    """Return polygons, lines and points as numbers that ``script.js`` unpacks; None is a feature without rings.

    Two blocks of numbers: rings of each feature, points of each ring, first points' x, then y (from the origin), 4 bytes
    each; then all steps' x, then y, 2 bytes each, a step of -3 as 5 and of 3 as 6 (zigzag). A block holds the lowest
    byte of all its numbers first, then the next of all: bytes of like meaning deflate best side by side. Steps too long
    are cut in pieces. A polygon's last point, which is its first, is left out; a point is a ring of one.
    """
    rings, feature = _rings(outlines)
    if len(rings) == 0:
        return _as_text(np.zeros(len(outlines), np.uint32), *(np.zeros(0, np.int64),) * 2, origin=(0, 0))
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    whole = np.rint(lonlat * SCALE).astype(np.int64)
    is_closed = shapely.get_type_id(rings) == shapely.GeometryType.LINEARRING
    fresh = np.ones(len(ring), bool)
    fresh[1:] = (ring[1:] != ring[:-1]) | (whole[1:] != whole[:-1]).any(axis=1)
    is_last = np.append(ring[1:] != ring[:-1], True)
    is_first = np.append(True, ring[1:] != ring[:-1])
    fresh &= is_first | ~(is_last & is_closed[ring])
    whole, ring = whole[fresh], ring[fresh]
    whole, ring = _cut_long_steps(whole, ring)
    rings_of = np.bincount(feature, minlength=len(outlines)).astype(np.uint32)
    origin = whole.min(axis=0)
    return _as_text(rings_of, ring, whole - origin, origin=(int(origin[0]), int(origin[1])))


def _rings(outlines: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    parts, part_of = shapely.get_parts(outlines, return_index=True)
    kept = ~(shapely.is_missing(parts) | shapely.is_empty(parts))
    parts, part_of = parts[kept], part_of[kept]
    is_polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(parts[is_polygon], return_index=True)
    every = np.concatenate([rings, parts[~is_polygon]])
    feature = np.concatenate([part_of[is_polygon][ring_of], part_of[~is_polygon]]).astype(np.int64)
    order = np.argsort(feature, kind="stable")
    return every[order], feature[order]


def _cut_long_steps(
    whole: NDArray[np.int64], ring: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    step = np.zeros_like(whole)
    inside = ring[1:] == ring[:-1]
    step[1:][inside] = (whole[1:] - whole[:-1])[inside]
    pieces = np.maximum(-(-np.abs(step).max(axis=1) // _LONGEST), 1)
    if pieces.max() == 1:
        return whole, ring
    at = np.repeat(np.arange(len(whole)), pieces)
    number = np.arange(len(at)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 1
    before = whole[at] - step[at]
    return before + np.rint(step[at] * (number / pieces[at])[:, None]).astype(np.int64), ring[at]


def _as_text(
    rings_of: NDArray[np.uint32],
    ring: NDArray[np.int64],
    whole: NDArray[np.int64],
    *,
    origin: tuple[int, int],
) -> dict[str, Any]:
    points_of = np.bincount(ring, minlength=int(rings_of.sum())).astype("<u4")
    whole = whole.reshape(-1, 2)
    first = np.ones(len(ring), bool)
    first[1:] = ring[1:] != ring[:-1]
    step = np.zeros_like(whole)
    step[1:] = whole[1:] - whole[:-1]
    heads = np.concatenate([rings_of, points_of, whole[first, 0], whole[first, 1]]).astype("<u4")
    steps = np.concatenate([step[~first, 0], step[~first, 1]])
    zigzag = np.where(steps < 0, -2 * steps - 1, 2 * steps).astype("<u2")
    packed = zlib.compress(_planes(heads) + _planes(zigzag), 9)
    return {
        "features": len(rings_of),
        "rings": len(points_of),
        "points": len(whole),
        "origin": list(origin),
        "scale": SCALE,
        "packed": base64.b64encode(packed).decode("ascii"),
    }


def _planes(numbers: NDArray[Any]) -> bytes:
    """Return the lowest byte of every number, then the next of every one."""
    return numbers.view(np.uint8).reshape(-1, numbers.itemsize).T.tobytes()
