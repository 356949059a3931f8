"""The way back from metres to degrees: what was there before gets the very degrees that it had."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.crs import Zone


class WayBack:
    """From metres to degrees: a vertex that was there before gets the very degrees that it had."""

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._known: dict[tuple[float, float], tuple[float, float]] = {}

    def learn(self, metres: BaseGeometry, degrees: BaseGeometry) -> None:
        """Remember an outline's vertices, which are the same in number and order."""
        xy, lonlat = shapely.get_coordinates(metres).tolist(), shapely.get_coordinates(degrees).tolist()
        if len(xy) == len(lonlat):
            for at, was in zip(xy, lonlat, strict=True):
                self._known.setdefault((at[0], at[1]), (was[0], was[1]))

    def of(self, outline: BaseGeometry) -> BaseGeometry:
        """Return an outline in degrees."""

        def move(points: NDArray[np.float64]) -> NDArray[np.float64]:
            found = self._zone.lonlat(points)
            for place, (x, y) in enumerate(points.tolist()):
                if (was := self._known.get((x, y))) is not None:
                    found[place] = was
            return found

        return shapely.transform(outline, move)
