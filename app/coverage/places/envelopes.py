"""Which of many outlines lie near some place, by their envelopes alone: four numbers a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_NEAR: Final = 0.01  # [m] more than what a point on a border may lie beside it
_WIDER: Final = np.array([-_NEAR, -_NEAR, _NEAR, _NEAR])
_FEW: Final = 500
_ONE_BY_ONE: Final = 16  # shapes that are held against every row; more are looked up in a tree of them
_AT_ONCE: Final = 20_000  # rows that are looked up there together
_Bounds = tuple[float, ...]


class Envelopes:
    """The envelopes of outlines by row: west, south, east, north (n, 4) in metres; NaN lies nowhere.

    Whatever came of the same outlines shares them.
    """

    def __init__(self, bounds: Floats, moved: Mapping[int, _Bounds] | None = None) -> None:
        self._bounds = bounds
        self._moved = moved or {}  # rows that lie elsewhere

    def of(self, rows: Ints) -> Floats:
        """Return the envelopes of some rows."""
        bounds = np.full((len(rows), 4), np.nan)
        known = np.flatnonzero(rows < len(self._bounds))
        bounds[known] = self._bounds[rows[known]]
        if self._moved:
            for place in np.flatnonzero(np.isin(rows, list(self._moved))).tolist():
                bounds[place] = self._moved[int(rows[place])]
        return bounds

    def near(self, shapes: Geometries, within: float = 0.0) -> Ints:
        """Return the rows, ascending, whose envelope lies ``within`` such metres, or little more, of any shape's."""
        bounds = shapely.bounds(shapes) + _WIDER * (1.0 + within / _NEAR)
        bounds = bounds[~np.isnan(bounds[:, 0])]
        if len(bounds) == 0:
            return np.empty(0, dtype=np.int64)
        found = _meeting(self._bounds, bounds)
        if not self._moved:
            return found
        rows = np.fromiter(self._moved, dtype=np.int64, count=len(self._moved))
        touched = rows[_meeting(np.array(list(self._moved.values())), bounds)]
        return np.union1d(np.setdiff1d(found, rows), touched)

    def replaced(self, rows: Ints, outlines: Geometries) -> Envelopes:
        """Return the envelopes of outlines that are others at some rows."""
        bounds = shapely.bounds(outlines)
        moved = {**self._moved, **dict(zip(rows.tolist(), map(tuple, bounds.tolist()), strict=True))}
        if len(moved) <= _FEW:
            return Envelopes(self._bounds, moved)
        whole = np.full((max(len(self._bounds), max(moved) + 1), 4), np.nan)
        whole[: len(self._bounds)] = self._bounds
        whole[list(moved)] = list(moved.values())
        return Envelopes(whole)


def _meeting(boxes: Floats, others: Floats) -> Ints:
    """Return the places, ascending, of the boxes that meet any of the others."""
    found = _near_box(boxes, np.concatenate([others[:, :2].min(axis=0), others[:, 2:].max(axis=0)]))
    if len(others) == 1 or len(found) == 0:
        return found
    near = boxes[found]
    meets = np.zeros(len(near), dtype=bool)
    if len(others) <= _ONE_BY_ONE:
        for other in others:
            meets[_near_box(near, other)] = True
        return found[meets]
    tree = shapely.STRtree(np.asarray(shapely.box(*others.T), dtype=object))
    for first in range(0, len(near), _AT_ONCE):
        pairs = tree.query(shapely.box(*near[first : first + _AT_ONCE].T))
        meets[first + pairs[0]] = True
    return found[meets]


def _near_box(boxes: Floats, box: Floats) -> Ints:
    """Return the places of the boxes that meet one; where NaN is compared, nothing meets."""
    west, south, east, north = box
    meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return np.flatnonzero(meets).astype(np.int64)
