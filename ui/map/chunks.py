"""Outlines as Qt paths: a few polygons to a path, along a Hilbert curve, made straight from numpy buffers.

One path per polygon costs a Python call each; one path for all is slower still, for the rasteriser is superlinear
in edges per line. Eight neighbours to a path is near the best of both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainterPath

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ui.map.view import Bounds

_ELEMENT: Final = np.dtype([("type", ">i4"), ("x", ">f8"), ("y", ">f8")])
_MOST_CHUNKS: Final = 24_000  # kept paths of one layer, all levels of detail together
WINDING: Final = 1  # overlapping outlines stay filled; rings are wound as_areas' way


def path_of(xy: NDArray[np.float64], is_start: NDArray[np.bool_]) -> QPainterPath:
    """Return a path through the points; a new stroke begins where ``is_start``."""
    elements = np.empty(len(xy), dtype=_ELEMENT)
    elements["type"] = np.where(is_start, 0, 1)
    elements["x"] = xy[:, 0]
    elements["y"] = xy[:, 1]
    head = np.array([len(xy)], dtype=">i4").tobytes()
    tail = np.array([0, WINDING], dtype=">i4").tobytes()
    buffer = QByteArray(head + elements.tobytes() + tail)  # the stream only points at it: it must live on
    stream = QDataStream(buffer, QIODevice.OpenModeFlag.ReadOnly)
    path = QPainterPath()
    stream >> path
    return path


def path_of_shape(shape: shapely.Geometry) -> QPainterPath:
    """Return the path of one outline or line, in its own coordinates."""
    ragged = _Ragged(np.array([shape], dtype=object))
    starts = np.zeros(len(ragged.xy), dtype=bool)
    starts[ragged.ring_starts[:-1]] = True
    return path_of(ragged.xy, starts)


def detail_level(mpp: float) -> int:
    """Return the level of detail for metres per device pixel; one level lasts for a factor of two."""
    return max(math.floor(math.log2(mpp)), -5)


class LayerPaths:
    """The paths of one layer, made when first asked for and kept by chunk and level of detail."""

    def __init__(self, shapes: NDArray[np.object_], *, per_chunk: int = 8, is_area: bool = True) -> None:
        self._fewest = 4 if is_area else 2
        boxes = shapely.bounds(shapes).reshape(-1, 4)
        self.order = _hilbert_order(boxes) if len(boxes) else np.empty(0, dtype=np.intp)
        self._sizes = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])[self.order]
        self._ragged = _Ragged(shapes[self.order])
        self._per_chunk = per_chunk
        first = np.arange(0, len(boxes), per_chunk)
        ordered = boxes[self.order]
        if len(boxes):
            self._boxes = np.column_stack(
                [
                    np.minimum.reduceat(ordered[:, 0], first),
                    np.minimum.reduceat(ordered[:, 1], first),
                    np.maximum.reduceat(ordered[:, 2], first),
                    np.maximum.reduceat(ordered[:, 3], first),
                ]
            )
            self._largest = np.maximum.reduceat(self._sizes, first)
        else:
            self._boxes, self._largest = np.empty((0, 4)), np.empty(0)
        self._kept: dict[tuple[int, int], tuple[bytes, list[tuple[int, QPainterPath]]]] = {}

    def visible(self, bounds: Bounds, smallest_m: float = 0.0) -> NDArray[np.intp]:
        """Return the chunks that meet ``bounds`` and hold a feature of at least that size."""
        west, south, east, north = bounds
        box = self._boxes
        return np.flatnonzero(
            (box[:, 0] <= east)
            & (box[:, 2] >= west)
            & (box[:, 1] <= north)
            & (box[:, 3] >= south)
            & (self._largest >= smallest_m)
        )

    def paths(
        self, chunk: int, level: int, classes: NDArray[np.uint8], *, smallest_m: float = 0.0
    ) -> list[tuple[int, QPainterPath]]:
        """Return a chunk's paths by class.

        ``classes`` are in the order of ``order``; a chunk whose classes did not change keeps its paths.
        ``smallest_m``, the same for one level, leaves out features whose box is smaller.
        """
        first = chunk * self._per_chunk
        last = min(first + self._per_chunk, len(self.order))
        wanted = classes[first:last]
        mark = wanted.tobytes()
        kept = self._kept.get((level, chunk))
        if kept is not None and kept[0] == mark:
            return kept[1]
        made = self._make(first, last, level, wanted, smallest_m)
        if len(self._kept) >= _MOST_CHUNKS:
            self._kept = {key: value for key, value in self._kept.items() if key[0] == level}
            if len(self._kept) >= _MOST_CHUNKS:
                self._kept.clear()
        self._kept[level, chunk] = (mark, made)
        return made

    def _make(
        self, first: int, last: int, level: int, wanted: NDArray[np.uint8], smallest_m: float
    ) -> list[tuple[int, QPainterPath]]:
        ragged = self._ragged
        rings = slice(ragged.feature_rings[first], ragged.feature_rings[last])
        starts = ragged.ring_starts[rings.start : rings.stop + 1]
        if len(starts) < 2:
            return []
        xy = ragged.xy[starts[0] : starts[-1]]
        ring_of = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        feature_of_ring = ragged.ring_feature[rings] - first
        if level > -5:
            snap = 2.0**level / 2
            xy = np.round(xy / snap) * snap
            keep = np.ones(len(xy), dtype=bool)
            keep[1:] = (np.diff(xy, axis=0) != 0).any(axis=1) | (np.diff(ring_of) != 0)
            sizes = np.bincount(ring_of[keep], minlength=len(starts) - 1)
            alive = sizes >= self._fewest
            if smallest_m:
                alive &= self._sizes[first:last][feature_of_ring] >= smallest_m
            keep &= alive[ring_of]
            xy, ring_of = xy[keep], ring_of[keep]
        if not len(xy):
            return []
        is_start = np.ones(len(xy), dtype=bool)
        is_start[1:] = np.diff(ring_of) != 0
        class_of = wanted[feature_of_ring][ring_of]
        found = np.unique(class_of)
        if len(found) == 1:
            return [(int(found[0]), path_of(xy, is_start))]
        made = []
        for one in found:
            mine = class_of == one
            made.append((int(one), path_of(xy[mine], is_start[mine])))
        return made


class _Ragged:
    """Rings of many shapes in one array: points, where rings start, which rings a feature has."""

    def __init__(self, shapes: NDArray[np.object_]) -> None:
        parts, owner = shapely.get_parts(shapes, return_index=True)
        if len(parts) and shapely.get_type_id(parts[0]) == 3:
            rings, part_of = shapely.get_rings(parts, return_index=True)
            owner = owner[part_of]
        else:
            rings = parts
        self.xy = shapely.get_coordinates(rings)
        counts = shapely.get_num_coordinates(rings)
        self.ring_starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.intp)
        self.ring_feature = owner.astype(np.intp)
        self.feature_rings = np.searchsorted(owner, np.arange(len(shapes) + 1))


def _hilbert_order(boxes: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the features along a Hilbert curve through the middles of their boxes."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    low = middle.min(axis=0)
    span = float(max((middle.max(axis=0) - low).max(), 1e-9))
    bits = 12
    cells = np.minimum((middle - low) / span * (1 << bits), (1 << bits) - 1).astype(np.int64)
    x, y = cells[:, 0].copy(), cells[:, 1].copy()
    key = np.zeros(len(x), dtype=np.int64)
    side = 1 << (bits - 1)
    while side:
        right, up = (x & side) > 0, (y & side) > 0
        key += side * side * ((3 * right) ^ up)
        flip = ~up & right
        x[flip], y[flip] = (1 << bits) - 1 - x[flip], (1 << bits) - 1 - y[flip]
        swap = ~up
        x[swap], y[swap] = y[swap], x[swap].copy()
        side >>= 1
    return np.argsort(key, kind="stable")
