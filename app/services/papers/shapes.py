"""Outlines of units for a small map: simplified together, so that neighbours keep one border."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.leaving.paper import UnitShape
from app.services.registry.working_zone import zone_of_code

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.domain.leaving.content import Leaving

_WIDTH: Final = 390  # pixels of the smallest screen: no border may be off by more than half of one there
_AREAS: Final = (3, 6)  # polygons and multipolygons, in shapely's numbers


def shapes_of(leaving: Leaving) -> tuple[UnitShape, ...]:
    """Return the units that the export has outlines of, in the order of its layer; () where the format holds none."""
    layer = leaving.layers.get(leaving.by)
    if layer is None:
        return ()
    drawn = [
        place
        for place, outline in enumerate(layer.outlines)
        if outline is not None and not outline.is_empty and shapely.get_type_id(outline) in _AREAS
    ]
    if not drawn:
        return ()
    codes = layer.values("code")
    metres = zone_of_code(leaving.crs).to_metres(layer.outlines[drawn])
    west, south, east, north = shapely.total_bounds(metres)
    plain = simplified(metres, 0.5 * max(east - west, north - south) / _WIDTH)
    points = shapely.get_coordinates(shapely.point_on_surface(metres))
    return tuple(
        UnitShape(str(codes[place]), outline, float(x), float(y))
        for place, outline, (x, y) in zip(drawn, plain, points, strict=True)
    )


def simplified(areas: NDArray[np.object_], tolerance: float) -> NDArray[np.object_]:
    """Return areas [m] with corners left out that lie within ``tolerance`` [m] of the line without them.

    A border that two of them share is simplified once for both. One that would vanish stays as it is.
    """
    if len(areas) > 1 and bool(shapely.coverage_is_valid(areas)):
        # takes the square root of an area for a tolerance: a triangle of that size is left out
        plain = shapely.coverage_simplify(areas, tolerance)
    else:
        plain = shapely.simplify(areas, tolerance, preserve_topology=True)
    found = np.array(areas, dtype=object)
    for place, outline in enumerate(plain):
        if outline is not None and not outline.is_empty and shapely.get_type_id(outline) in _AREAS:
            found[place] = outline
    return found
