"""What lies over the map beside its records: zones as they stand, a proposal, the members of something. Values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.crs import Zone


@dataclass(frozen=True, eq=False, kw_only=True)
class Sketch:
    """Outlines in metres of ``zone``, each with a name.

    Attributes
    ----------
    layer
        The layer that switches it off, "" = none does.
    is_proposed
        Nothing of it is written yet: drawn dashed.
    tone
        Whose it is where two differ: ``base``, ``mine`` or ``theirs``, each in a colour of its own; "" = nobody's.

    """

    zone: Zone
    shapes: NDArray[np.object_]
    names: tuple[str, ...]
    layer: str = ""
    is_proposed: bool = False
    tone: str = ""
    codes: tuple[str, ...] = field(default=())

    @cached_property
    def boxes(self) -> NDArray[np.float64]:
        """West, south, east, north of each outline, shape (n, 4)."""
        found: NDArray[np.float64] = shapely.bounds(self.shapes).reshape(-1, 4)
        return found

    @cached_property
    def anchors(self) -> NDArray[np.float64]:
        """A point inside each outline, shape (n, 2)."""
        points = shapely.point_on_surface(self.shapes)
        return np.column_stack((shapely.get_x(points), shapely.get_y(points)))
