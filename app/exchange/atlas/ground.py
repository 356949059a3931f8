"""What the maps of an atlas are drawn from: outlines in metres, made ready once for all sheets, and views of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.crs import zone_of_epsg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.leaving.content import Leaving

_INCH: Final = 0.0254
_EMPTY: Final = np.empty(0, dtype=object)


@dataclass(frozen=True, eq=False)
class Drawn:
    """The records of a layer that have an outline: codes, names, and outlines [m] with their boxes (w, s, e, n)."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    shapes: NDArray[np.object_]
    more: dict[str, NDArray[np.object_]]

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """The box of each outline, shape (n, 4)."""
        return shapely.bounds(self.shapes).reshape(-1, 4)

    def within(self, box: tuple[float, float, float, float]) -> NDArray[np.intp]:
        """Return the places of the records whose boxes touch a box."""
        west, south, east, north = box
        b = self.boxes
        return np.flatnonzero((b[:, 0] <= east) & (b[:, 2] >= west) & (b[:, 1] <= north) & (b[:, 3] >= south))


class Ground:
    """All layers of an export, in metres."""

    def __init__(self, leaving: Leaving) -> None:
        self._zone = zone_of_epsg(leaving.crs)
        self._leaving = leaving
        self.layers = {name: self._drawn(name) for name in leaving.layers}
        self.backdrop = [
            (part.kind, part.rank, Drawn(_EMPTY, _EMPTY, self._zone.to_metres(part.outlines), {}))
            for part in leaving.backdrop
        ]

    def layer(self, name: str) -> Drawn:
        """Return a layer; an empty one where the export has none."""
        return self.layers.get(name) or Drawn(_EMPTY, _EMPTY, _EMPTY, {})

    def _drawn(self, name: str) -> Drawn:
        layer = self._leaving.layers[name]
        kept = [i for i, shape in enumerate(layer.outlines) if shape is not None and not shape.is_empty]

        def column(column_name: str) -> NDArray[np.object_]:
            found = np.full(len(kept), None, dtype=object)
            if column_name in layer.column_names:
                values: list[Any] = layer.values(column_name)
                found[:] = [values[i] for i in kept]
            return found

        more = {each: column(each) for each in ("district", "street", "community", "grid", "kind")}
        shapes = self._zone.to_metres(layer.outlines[kept]) if kept else _EMPTY
        return Drawn(column("code"), column("name"), shapes, more)


class View:
    """A part of the ground in a frame of a page: ``left``, ``top``, ``width``, ``height`` [pt]; north is up."""

    def __init__(
        self, box: tuple[float, float, float, float], frame: tuple[float, float, float, float], margin: float
    ) -> None:
        self.left, self.top, self.width, self.height = frame
        west, south, east, north = box
        self.metres = max(  # to a point
            (east - west) / (self.width * (1 - 2 * margin)),
            (north - south) / (self.height * (1 - 2 * margin)),
            0.05,
        )
        self._x = (west + east) / 2 - self.metres * self.width / 2
        self._y = (south + north) / 2 + self.metres * self.height / 2
        self.box = (
            self._x,
            self._y - self.metres * self.height,
            self._x + self.metres * self.width,
            self._y,
        )

    @property
    def scale(self) -> int:
        """The denominator of the scale on paper, to three figures."""
        exact = self.metres / (_INCH / 72)
        step = int(10 ** max(0, len(f"{exact:.0f}") - 3))
        return round(exact / step) * step

    @property
    def origin(self) -> tuple[float, float]:
        """The point of the page that hatching is anchored to: the zone's own origin."""
        return self.point(0.0, 0.0)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return where a place of the ground [m] lies on the page [pt]."""
        return self.left + (x - self._x) / self.metres, self.top + (self._y - y) / self.metres

    def points(self, shapes: Iterable[BaseGeometry]) -> NDArray[np.object_]:
        """Return outlines [m] as they lie on the page [pt]."""
        array = np.array(list(shapes), dtype=object)
        offset = np.array([self.left - self._x / self.metres, self.top + self._y / self.metres])
        scale = np.array([1 / self.metres, -1 / self.metres])
        found: NDArray[np.object_] = shapely.transform(array, lambda xy: xy * scale + offset)
        return found
