"""Which of many outlines lie near some place: by their envelopes, in a tree that outlives many changes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from app.coverage.places.patched import Patched, Values

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]
    Outlines = Patched[Values[np.object_]]

_NEAR: Final = 0.01  # [m] more than what a point on a border may lie beside it
_WIDER: Final = np.array([-_NEAR, -_NEAR, _NEAR, _NEAR])
_FEW: Final = 500
_Bounds = tuple[float, ...]


class Envelopes:
    """The envelopes of outlines by row; None has none. Whatever came of the same outlines shares their tree."""

    def __init__(
        self, outlines: Outlines, tree: _Tree | None = None, moved: Mapping[int, _Bounds] | None = None
    ) -> None:
        self._tree = _Tree(outlines) if tree is None else tree
        self._moved = moved or {}  # rows that lie elsewhere than in the tree; NaN lies nowhere

    def near(self, shapes: Geometries, within: float = 0.0) -> Ints:
        """Return the rows, ascending, whose envelope lies ``within`` such metres, or little more, of any shape's."""
        bounds = shapely.bounds(shapes) + _WIDER * (1.0 + within / _NEAR)
        bounds = bounds[~np.isnan(bounds[:, 0])]
        if len(bounds) == 0:
            return np.empty(0, dtype=np.int64)
        found = np.unique(self._tree.made.query(shapely.box(*bounds.T))[1]).astype(np.int64)
        if not self._moved:
            return found
        rows = np.fromiter(self._moved, dtype=np.int64, count=len(self._moved))
        at = np.array(list(self._moved.values()))
        touches = np.zeros(len(rows), dtype=bool)
        for west, south, east, north in bounds:
            beside = (at[:, 0] > east) | (at[:, 2] < west) | (at[:, 1] > north) | (at[:, 3] < south)
            touches |= ~(beside | np.isnan(at[:, 0]))
        return np.union1d(np.setdiff1d(found, rows), rows[touches])

    def replaced(self, outlines: Outlines, rows: Ints) -> Envelopes:
        """Return the envelopes of outlines that are others at some rows."""
        if len(self._moved) + len(rows) > _FEW:
            return Envelopes(outlines)
        bounds = map(tuple, shapely.bounds(outlines.at(rows).array).tolist())
        return Envelopes(
            outlines, self._tree, {**self._moved, **dict(zip(rows.tolist(), bounds, strict=True))}
        )


class _Tree:
    """Made when first asked for."""

    def __init__(self, outlines: Outlines) -> None:
        self._outlines = outlines

    @cached_property
    def made(self) -> shapely.STRtree:
        """The tree."""
        return shapely.STRtree(self._outlines.whole.array)
