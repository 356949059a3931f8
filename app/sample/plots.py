"""Free ground for what is drawn last: office towers and industrial parks between the compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.geometry import Point

from app.sample.ground import Site
from geo.courtyards import bearing_of, lone_building
from geo.tessellate import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from app.sample.ground import Ground
    from app.sample.rows import Dice, Rows

_CLEAR: Final = 9.0  # from whatever else stands there, and from the grid's border [m]
_TRIES: Final = 25


class Plots:
    """Finds free ground inside grids; what it gave away is no longer free."""

    def __init__(self, rows: Rows, ground: Ground, dice: Dice) -> None:
        self._ground, self._dice = ground, dice
        self._grids = {record.code: record.geometry for record in rows.of("grids")}
        taken = [site.shape for site in (*ground.sites, *ground.lone)]
        taken += [shape.geometry for shape in ground.backdrop if shape.kind == "water" or shape.rank <= 3]
        self._tree = shapely.STRtree(ground.zone.to_metres(np.array(taken, dtype=object)))
        self._given: list[Polygon] = []

    def find(self, kind: str, grids: Sequence[str], count: int, scale: float) -> list[Site]:
        """Return ``count`` sites of a kind, at most one a grid, in the order of ``grids``."""
        found: list[Site] = []
        for grid in grids:
            if len(found) == count:
                break
            shape = self._place(self._grids[grid], scale)
            if shape is not None:
                community, street = self._ground.grids[grid]
                stored = rounded(self._ground.zone.to_degrees(np.array([shape], dtype=object)))[0]
                district = self._ground.streets[street][0]
                found.append(Site(stored, shape.area, shape, grid, community, street, district, kind=kind))
        return found

    def _place(self, grid: BaseGeometry | None, scale: float) -> Polygon | None:
        if grid is None:
            return None
        plot = self._ground.zone.to_metres(np.array([grid], dtype=object))[0]
        room = plot.buffer(-_CLEAR)
        if room.is_empty:
            return None
        west, south, east, north = room.bounds
        bearing = bearing_of(shapely.get_parts(plot)[0])
        for _ in range(_TRIES):
            x, y = (float(self._dice.rng.random()) for _ in range(2))
            at = Point(west + x * (east - west), south + y * (north - south))
            shape = lone_building(at, bearing, self._dice.rng)
            shape = shapely.affinity.scale(shape, scale, scale, origin=at)
            if self._is_free(shape, room):
                self._given.append(shape)
                return shape
        return None

    def _is_free(self, shape: Polygon, room: BaseGeometry) -> bool:
        return (
            room.contains(shape)
            and not len(self._tree.query(shape, predicate="dwithin", distance=_CLEAR))
            and not any(shape.distance(other) < _CLEAR for other in self._given)
        )
