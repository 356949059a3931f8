"""Outlines in metres, made of outlines in degrees; those of units are kept as long as someone may ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.outlines import Drawn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.domain.outlines import Outlines
    from geo.crs import Zone

    Geometries = NDArray[np.object_]
    Sketch = BaseGeometry | Drawn | None


_FEW: Final = 10_000
AT_ONCE: Final = 2048  # outlines that are there in degrees at one time


class Projector:
    """Projects outlines of one registry into its zone. Any thread may ask.

    An outline that a table keeps is known by its row there, and made in degrees only while it is projected. One that
    is there as itself is known by its identity, for outlines are immutable; it is held along, so that its identity
    can't be given to another outline.
    """

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self._rows: dict[int, tuple[Outlines, Geometries]] = {}
        self._known: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}
        self._asked = _FEW  # the most that was asked for at once

    def metres(self, drawn: Sequence[Sketch], *, is_kept: bool = True) -> Geometries:
        """Return outlines in metres; None stays None, and an empty one becomes None.

        ``is_kept``: whether to know them the next time.
        """
        metres = np.empty(len(drawn), dtype=object)
        tables: dict[int, tuple[Outlines, list[int], list[int]]] = {}
        others: list[int] = []
        for place, sketch in enumerate(drawn):
            if isinstance(sketch, Drawn):
                outlines, row = sketch.place
                _, places, rows = tables.setdefault(id(outlines), (outlines, [], []))
                places.append(place)
                rows.append(row)
            elif sketch is not None:
                others.append(place)
        for outlines, places, rows in tables.values():
            metres[places] = self._of_rows(outlines, np.array(rows, dtype=np.int64), is_kept=is_kept)
        if others:
            metres[others] = self._of_shapes([drawn[place] for place in others], is_kept=is_kept)  # type: ignore[misc]
        return metres

    def _of_rows(self, outlines: Outlines, rows: NDArray[np.int64], *, is_kept: bool) -> Geometries:
        _, known = self._rows.get(id(outlines), (outlines, None))
        if known is None and is_kept:
            known = np.empty(len(outlines), dtype=object)
            self._rows[id(outlines)] = outlines, known
        metres = np.empty(len(rows), dtype=object) if known is None else known[rows]
        new = np.flatnonzero(shapely.is_missing(metres))
        for first in range(0, len(new), AT_ONCE):
            some = new[first : first + AT_ONCE]
            metres[some] = self._projected(outlines.many(rows[some]))
        if known is not None and is_kept:
            known[rows[new]] = metres[new]
        return metres

    def _of_shapes(self, shapes: Sequence[BaseGeometry], *, is_kept: bool) -> Geometries:
        self._asked = max(self._asked, len(shapes))
        if len(self._known) > 4 * self._asked:  # most of them have been replaced
            self._known = {}
        known = self._known
        new = {id(shape): shape for shape in shapes if id(shape) not in known}
        found: dict[int, tuple[BaseGeometry, BaseGeometry]] = {}
        if new:
            pairs = zip(new.values(), self._projected(list(new.values())).tolist(), strict=True)
            found = dict(zip(new, pairs, strict=True))
        if is_kept:
            known.update(found)
        metres = (found[key][1] if key in found else known[key][1] for key in map(id, shapes))
        return np.fromiter(metres, dtype=object, count=len(shapes))

    def _projected(self, degrees: Sequence[BaseGeometry | None] | Geometries) -> Geometries:
        moved = self.zone.to_metres(degrees)
        moved[shapely.is_empty(moved)] = None
        return moved
