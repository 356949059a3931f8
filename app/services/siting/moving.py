"""What a proposal comes to while one of its places is dragged: only who lies near that place is measured again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import shapely

from app.services.siting.ground import points, rounded
from geo.reach import reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.services.siting.ground import Ground
    from app.services.siting.ways import AlongRoads

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]


class Moving(Protocol):
    """Tells the covered households with one place elsewhere, and how many of them that place adds."""

    def with_place(self, at: int, lonlat: tuple[float, float]) -> tuple[float, float]:
        """Return covered households and the gain of the place, were place ``at`` there; nothing is kept of it."""


class MovingStraight:
    """By straight line: shares as ``reach`` has them, of the compounds within the radius of the place alone."""

    def __init__(self, ground: Ground, places: Sequence[tuple[float, float]], radius: float) -> None:
        """Take places in degrees; whom the stations there are reach is known."""
        self._ground, self._radius = ground, radius
        self._places = ground.engine.zone.to_metres(points(np.array(places)))
        self._bounds = shapely.bounds(ground.outlines)
        self._held: tuple[int, Geometries, Floats, float] | None = None

    def with_place(self, at: int, lonlat: tuple[float, float]) -> tuple[float, float]:
        """Return covered households and the gain of the place."""
        others, share, covered = self._without(at)
        (place,) = self._ground.engine.zone.to_metres(points(rounded(np.array([lonlat]))))
        rows = self._near(place)
        found = self._shares(rows, np.array([*others, place], dtype=object))
        gain = float(self._ground.weights[rows] @ np.maximum(found - share[rows], 0.0))
        return covered + gain, gain

    def _without(self, at: int) -> tuple[Geometries, Floats, float]:
        """Return the other places, the share of everybody that they and the stations reach, and the households."""
        if self._held is None or self._held[0] != at:
            others = np.delete(self._places, at)
            share = np.nan_to_num(self._ground.reached.copy())
            near = [self._near(place) for place in others]
            rows = np.unique(np.concatenate(near)) if near else np.empty(0, dtype=np.int64)
            share[rows] = self._shares(rows, others)
            self._held = (at, others, share, float(self._ground.weights @ share))
        return self._held[1:]

    def _near(self, place: shapely.Point) -> Ints:
        x, y, far, box = place.x, place.y, self._radius, self._bounds
        near = (
            (box[:, 0] <= x + far) & (box[:, 2] >= x - far) & (box[:, 1] <= y + far) & (box[:, 3] >= y - far)
        )
        return np.flatnonzero(near)

    def _shares(self, rows: Ints, places: Geometries) -> Floats:
        """Return the share of some that the stations and some places reach, of the places near them alone."""
        if not len(rows):
            return np.zeros(0)
        west, south = self._bounds[rows, :2].min(axis=0) - self._radius
        east, north = self._bounds[rows, 2:].max(axis=0) + self._radius
        everybody = np.concatenate([self._ground.stations, places])
        box = shapely.bounds(everybody)
        near = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        share, _ = reach(self._ground.outlines[rows], everybody[near], self._radius)
        return np.nan_to_num(share)


class MovingAlongRoads:
    """Along roads: whom one way within the radius reaches."""

    def __init__(self, ways: AlongRoads, ground: Ground, places: Sequence[tuple[float, float]]) -> None:
        self._ways, self._ground, self._places = ways, ground, list(places)
        self._held: tuple[int, NDArray[np.bool_], float] | None = None

    def with_place(self, at: int, lonlat: tuple[float, float]) -> tuple[float, float]:
        """Return covered households and the gain of the place."""
        if self._held is None or self._held[0] != at:
            held = self._ways.reached_now()
            for other, place in enumerate(self._places):
                if other != at:
                    held = held | self._reached(place)
            self._held = (at, held, float(self._ground.weights[held].sum()))
        _, held, covered = self._held
        gain = float(self._ground.weights[self._reached(lonlat) & ~held].sum())
        return covered + gain, gain

    def _reached(self, lonlat: tuple[float, float]) -> NDArray[np.bool_]:
        return self._ways.reached_from(self._ground.engine.zone.to_metres(points(np.array([lonlat]))))


def moving_of(ways: object, ground: Ground, places: Sequence[tuple[float, float]], radius: float) -> Moving:
    """Return what tells the figure of a proposal whose distances were found in some way."""
    from app.services.siting.ways import AlongRoads

    if isinstance(ways, AlongRoads):
        return MovingAlongRoads(ways, ground, places)
    return MovingStraight(ground, places, radius)
