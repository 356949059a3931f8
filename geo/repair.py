"""Outlines as we keep them: two dimensions, one part not wrapped as many, nothing instead of empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

_MULTI = (4, 5, 6)  # type ids of MultiPoint, MultiLineString, MultiPolygon


def tidied(outlines: Sequence[BaseGeometry | None]) -> NDArray[np.object_]:
    """Return outlines without Z and M, single parts unwrapped, empty ones as None. No vertex is moved."""
    shapes = np.empty(len(outlines), dtype=object)
    shapes[:] = outlines
    shapes = shapely.force_2d(shapes)
    shapes[shapely.is_empty(shapes)] = None
    single = np.isin(shapely.get_type_id(shapes), _MULTI) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def same_outline(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Whether two outlines bound the same place to 1e-9 degrees, whatever vertex they begin with."""
    if one is None or other is None:
        return one is other
    bare, other_bare = tidied([one, other])
    if bare is None or other_bare is None:
        return bare is other_bare
    return bool(shapely.equals_exact(bare, other_bare, 1e-9, normalize=True))
