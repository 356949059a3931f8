"""Whether a border comes so near to itself that another rounding would make it cross. Metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.noding import points_of, polygons_of

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.arcs.net import Xy

    Floats = NDArray[np.float64]

_NEAR: Final = 1e-5  # [m]
_MANY: Final = 4_000_000  # pairs looked at in one go


def touching_itself_at(before: BaseGeometry | None, after: BaseGeometry) -> Xy | None:
    """Return where a new vertex lies on an edge of its own outline, or an old one on a new edge; None if nowhere.

    Where two vertices are the very same place, as where a hole begins on the border, nothing crosses.
    """
    rings = [shapely.get_coordinates(ring) for part in polygons_of(after) for ring in shapely.get_rings(part)]
    if not rings:
        return None
    start = np.vstack([ring[:-1] for ring in rings])
    end = np.vstack([ring[1:] for ring in rings])
    had = points_of(before)
    is_new = np.array([tuple(point) not in had for point in start.tolist()])
    follows = np.concatenate([np.roll(np.arange(len(ring) - 1), -1) + at for ring, at in _begins(rings)])
    is_changed = is_new | is_new[follows]
    whole = np.ones(len(start), dtype=bool)
    for vertices, edges in ((is_new, whole), (~is_new, is_changed)):
        found = _near(start[vertices], start[edges], end[edges])
        if found is not None:
            return found
    return None


def _begins(rings: list[Floats]) -> list[tuple[Floats, int]]:
    at, found = 0, []
    for ring in rings:
        found.append((ring, at))
        at += len(ring) - 1
    return found


def _near(points: Floats, start: Floats, end: Floats) -> Xy | None:
    if not len(points) or not len(start) or len(points) * len(start) > _MANY:
        return None
    way = end - start
    square = np.maximum((way**2).sum(axis=1), 1e-300)
    off = points[:, None] - start[None]
    at = np.clip((off * way).sum(axis=2) / square, 0.0, 1.0)
    off -= at[..., None] * way
    for point, edge in np.argwhere((off**2).sum(axis=2) < _NEAR**2).tolist():
        xy = points[point]
        if (xy != start[edge]).any() and (xy != end[edge]).any():
            return float(xy[0]), float(xy[1])
    return None
