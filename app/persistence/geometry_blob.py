"""Geometry as a GeoPackage keeps it: a small header before well-known binary.

Source: OGC 12-128r18 (GeoPackage 1.3), clause 2.1.3. Little-endian, envelope [minx, maxx, miny, maxy] except
for points, reference system 4490.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

SRS_ID: Final = 4490
_POINT: Final = struct.pack("<2sBBi", b"GP", 0, 0b0000_0001, SRS_ID)
_AREA: Final = struct.pack("<2sBBi", b"GP", 0, 0b0000_0011, SRS_ID)
_ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)


def to_blobs(geometries: Sequence[BaseGeometry | None]) -> list[bytes | None]:
    """Return a GeoPackage blob for each geometry, None for None."""
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    wkbs = shapely.to_wkb(array, flavor="iso", byte_order=1)
    bounds = shapely.bounds(array)[:, [0, 2, 1, 3]].astype("<f8")
    is_point = shapely.get_type_id(array) == 0
    blobs: list[bytes | None] = []
    for wkb, box, point in zip(wkbs, bounds, is_point, strict=True):
        if wkb is None:
            blobs.append(None)
        else:
            blobs.append(_POINT + wkb if point else _AREA + box.tobytes() + wkb)
    return blobs


def from_blobs(blobs: Sequence[bytes | None]) -> list[BaseGeometry | None]:
    """Return the geometry of each blob; raises ``shapely.errors.GEOSException`` where one is damaged."""
    wkbs = np.empty(len(blobs), dtype=object)
    wkbs[:] = [None if blob is None else blob[start_of(blob) :] for blob in blobs]
    return list(shapely.from_wkb(wkbs))


def start_of(blob: bytes) -> int:
    """Return where the well-known binary of a blob begins, told by its first four bytes; raises IndexError where it has none."""
    return 8 + _ENVELOPE_BYTES[(blob[3] >> 1) & 7]
