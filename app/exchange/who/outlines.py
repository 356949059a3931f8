"""How two outlines lie to each other, in degrees: whether they are equal, drawings of one thing, or apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely

from app.exchange.who.evidence import share_of
from geo.repair import tidied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

MOSTLY: Final = 0.5  # share of the smaller outline from which two are drawings of one thing
_DEGREE: Final = 111_320.0  # metres


def lying(one: BaseGeometry | None, other: BaseGeometry | None) -> tuple[float | None, float | None]:
    """Return the share two outlines have in common and the metres between them; None where that can't be said."""
    if one is None or other is None or not (shapely.is_valid(one) and shapely.is_valid(other)):
        return None, None
    return share_of(one, other), metres_between(one, other)


def are_of_one_size(one: BaseGeometry | None, other: BaseGeometry | None) -> bool:
    """Whether the smaller outline is over half as large as the other."""
    areas = sorted(0.0 if shape is None else float(shape.area) for shape in (one, other))
    return areas[0] > areas[1] * MOSTLY


def metres_between(one: BaseGeometry, other: BaseGeometry) -> float:
    """Return roughly how many metres two outlines in degrees lie apart."""
    return float(one.distance(other)) * _DEGREE


def prints_of(outlines: Sequence[BaseGeometry | None]) -> list[bytes | None]:
    """Return bytes that two outlines share only if they are equal, whatever vertex they begin with."""
    if not outlines:
        return []
    shapes = shapely.transform(tidied(outlines), lambda points: points.round(9))
    return list(shapely.to_wkb(shapely.normalize(shapes)))


def is_mostly_one(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two outlines are drawings of the same thing: over half of the smaller lies in the other."""
    if not (shapely.is_valid(one) and shapely.is_valid(other)):
        return False
    if min(one.area, other.area) == 0:
        return bool(one.distance(other) < 1e-4)
    return share_of(one, other) > MOSTLY
