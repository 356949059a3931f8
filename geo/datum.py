"""The shifted coordinates of Chinese web maps, GCJ-02 and BD-09, to and from WGS 84 / CGCS2000.

Source: the public reverse-engineered form of the GCJ-02 offset (Krasovsky 1940 ellipsoid) and Baidu's further
polar shift; both are formulae, no data. The inverse is iterated until it returns to the start within 1e-11 degrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

DATUMS: Final = ("cgcs2000", "wgs84", "gcj02", "bd09")
_A: Final = 6378245.0  # [m] semi-major axis of Krasovsky 1940
_EE: Final = 0.00669342162296594323  # its first eccentricity squared
_BD: Final = np.pi * 3000.0 / 180.0


def to_wgs84(lonlat: Array, datum: str) -> Array:
    """Return points, shape (n, 2) in degrees, of ``datum`` (one of DATUMS) as WGS 84."""
    if datum in ("cgcs2000", "wgs84"):
        return lonlat
    if datum == "bd09":
        lonlat = _invert(_bd09_from_gcj02, lonlat)
    elif datum != "gcj02":
        raise ValueError(f"no datum {datum!r}")
    return _invert(_gcj02_from_wgs84, lonlat)


def from_wgs84(lonlat: Array, datum: str) -> Array:
    """Return WGS 84 points, shape (n, 2) in degrees, in ``datum``."""
    if datum in ("cgcs2000", "wgs84"):
        return lonlat
    if datum not in DATUMS:
        raise ValueError(f"no datum {datum!r}")
    shifted = _gcj02_from_wgs84(lonlat)
    return _bd09_from_gcj02(shifted) if datum == "bd09" else shifted


def _gcj02_from_wgs84(lonlat: Array) -> Array:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (wave + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
    north += (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (wave + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
    east += (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    sine = np.sin(np.radians(lat))
    magic = 1.0 - _EE * sine * sine
    d_lat = np.degrees(north * magic * np.sqrt(magic) / (_A * (1.0 - _EE)))
    d_lon = np.degrees(east * np.sqrt(magic) / (_A * np.cos(np.radians(lat))))
    return np.column_stack([lon + d_lon, lat + d_lat])


def _bd09_from_gcj02(lonlat: Array) -> Array:
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD)
    return np.column_stack([radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006])


def _invert(forward: object, shifted: Array) -> Array:
    assert callable(forward)  # noqa: S101  # narrows the type
    guess = shifted.copy()
    for _ in range(20):
        error = shifted - forward(guess)
        guess = guess + error
        if error.size == 0 or float(np.max(np.abs(error))) < 1e-12:
            break
    return guess
