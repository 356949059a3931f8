"""Outlines in metres: each is projected once and kept as long as someone may ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.crs import Zone


_FEW: Final = 10_000


class Projector:
    """Projects outlines of one registry into its zone. Any thread may ask.

    Outlines are immutable, so identity stands for content; the degrees are held along, so that an identity
    can't be given to another outline.
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._known: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}
        self._asked = _FEW  # the most that was asked for at once

    def metres(self, degrees: Sequence[BaseGeometry | None]) -> NDArray[np.object_]:
        """Return outlines in metres; None stays None, and so does an empty one."""
        self._asked = max(self._asked, len(degrees))
        if len(self._known) > 4 * self._asked:  # most of them have been replaced
            self._known = {}
        known = self._known
        new = {id(g): g for g in degrees if g is not None and id(g) not in known}
        if new:
            moved = self.zone.to_metres(list(new.values()))
            moved[shapely.is_empty(moved)] = None
            known.update(zip(new, zip(new.values(), moved.tolist(), strict=True), strict=True))
        metres = (None if outline is None else known[id(outline)][1] for outline in degrees)
        return np.fromiter(metres, dtype=object, count=len(degrees))
