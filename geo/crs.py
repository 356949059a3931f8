"""A metric coordinate system for a place: the 3-degree Gauss-Kruger zones of CGCS2000."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo import gauss_kruger
from geo.errors import CrsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

DEGREES = "EPSG:4490"  # CGCS2000; always longitude, latitude here, whatever the official axis order
_FIRST, _LAST = 75, 135  # central meridians [degrees] of EPSG:4534 … EPSG:4554


@dataclass(frozen=True, slots=True)
class Zone:
    """A Gauss-Kruger zone without zone prefix; ``meridian`` is its central meridian [degrees east]."""

    meridian: int

    @property
    def epsg(self) -> str:
        """Its code, such as EPSG:4548 for 117° E."""
        return f"EPSG:{4534 + (self.meridian - _FIRST) // 3}"

    def to_metres(
        self, geometries: NDArray[np.object_] | Sequence[BaseGeometry | None]
    ) -> NDArray[np.object_]:
        """Project outlines vertex by vertex: degrees (longitude, latitude) to metres (east, north)."""
        return _moved(geometries, self.xy)

    def to_degrees(
        self, geometries: NDArray[np.object_] | Sequence[BaseGeometry | None]
    ) -> NDArray[np.object_]:
        """Project back, metres to degrees."""
        return _moved(geometries, self.lonlat)

    def xy(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project points, shape (n, 2), degrees to metres."""
        return gauss_kruger.forward(lonlat, self.meridian)

    def lonlat(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points in degrees, shape (n, 2)."""
        return gauss_kruger.back(xy, self.meridian)


def zone_of_epsg(code: str) -> Zone:
    """Return the zone of an EPSG code as ``Zone.epsg`` gives it, such as EPSG:4548; CrsError for any other."""
    number = int(code.removeprefix("EPSG:")) if code.removeprefix("EPSG:").isdigit() else 0
    meridian = _FIRST + 3 * (number - 4534)
    if not _FIRST <= meridian <= _LAST:
        raise CrsError(f"{code} is no zone of three degrees")
    return Zone(meridian)


def zone_for(longitude: float) -> Zone:
    """Return the zone whose central meridian lies nearest; the outermost one beyond 75° and 135° E."""
    if not np.isfinite(longitude):
        raise CrsError(f"no zone for longitude {longitude}")
    return Zone(int(min(max(round(longitude / 3) * 3, _FIRST), _LAST)))


def from_crs(geometries: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Return outlines given in ``crs`` (``EPSG:n`` or WKT) as CGCS2000 degrees, longitude first."""
    transformer = _transformer(crs, DEGREES)

    def project(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    return _moved(geometries, project)


@cache
def _transformer(source: str, target: str) -> Transformer:
    from pyproj import Transformer  # only foreign systems need it, and importing it takes a tenth of a second

    return Transformer.from_crs(source, target, always_xy=True)


def _moved(
    geometries: NDArray[np.object_] | Sequence[BaseGeometry | None],
    project: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> NDArray[np.object_]:
    array = np.asarray(geometries, dtype=object)
    moved: NDArray[np.object_] = shapely.transform(array, project)
    return moved
