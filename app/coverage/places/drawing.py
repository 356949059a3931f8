"""The units of a day, made of their records, and made again where records changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.places.descent import Descent
from app.coverage.places.patched import Patched, Values
from app.coverage.places.unit_index import LevelIndex
from app.coverage.places.units import NOWHERE, Lines, Roll, UnitLevel, Units
from app.domain.kinds import UNIT_KINDS
from geo.shares import SLIVER, mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.coverage.places.outlines import Projector, Sketch
    from app.coverage.places.units import Line
    from app.domain.dataset import Dataset

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]
    Filled = dict[int, tuple[int, int]]  # unit → level and position of the nearest parent that holds it


def units_on(dataset: Dataset, day: date, projector: Projector) -> Units:
    """Return the units in force on a day."""
    roll = Roll.on(dataset, day)
    recorded = Lines(roll)
    for refs in roll.refs:
        recorded.tables.append(recorded.climb_all(refs))
    own = [
        own_outlines(projector, [dataset.of(kind)[code].drawn_on(day) for code in codes])
        for kind, codes in zip(UNIT_KINDS, roll.codes, strict=True)
    ]
    outlines = [drawn.copy() for drawn in own]
    for level in (2, 1, 0):
        undrawn = np.flatnonzero(shapely.is_missing(own[level])).tolist()
        for place, outline in united(outlines, recorded.tables, level, undrawn):
            outlines[level][place] = outline
    indexes = [LevelIndex(Patched(Values(drawn))) for drawn in outlines]
    lines = Lines(roll)
    levels = []
    for level, codes in enumerate(roll.codes):
        filled = np.full(len(codes), NOWHERE, dtype=np.int64)
        fill = filling(level, np.arange(len(codes), dtype=np.int64), indexes, recorded, lines)
        for place, (above, _) in fill.items():
            filled[place] = above
        is_as_recorded = not fill and all(a is b for a, b in zip(lines.tables, recorded.tables, strict=False))
        lines.tables.append(
            recorded.tables[level]
            if is_as_recorded
            else lines_of(lines, level, np.arange(len(codes), dtype=np.int64), fill)
        )
        levels.append(UnitLevel(codes, roll.position[level], indexes[level], lines.tables[level], filled))
    return Units(levels, lines, recorded, [Patched(Values(drawn)) for drawn in own], Descent())


def own_outlines(projector: Projector, drawn: Sequence[Sketch]) -> Geometries:
    """Return outlines in metres, None for what has no area: a point is no outline of a unit."""
    outlines = projector.metres(drawn)
    outlines[~(shapely.area(outlines) > 0)] = None
    return outlines


def united(
    outlines: Sequence[Geometries], recorded: Sequence[Ints], level: int, places: Iterable[int]
) -> Iterable[tuple[int, BaseGeometry | None]]:
    """Return for units without outline the union of those that record them as nearest parent (reference 4.5)."""
    wanted = sorted(places)
    if not wanted:
        return
    below = range(level + 1, 4)
    nearest = [parents(recorded[at], at, level) for at in below]
    order = [np.argsort(parent, kind="stable") for parent in nearest]
    ranked = [parent[by] for parent, by in zip(nearest, order, strict=True)]
    for place in wanted:
        parts: list[BaseGeometry] = []
        for at, by, parent in zip(below, order, ranked, strict=True):
            first, last = np.searchsorted(parent, place), np.searchsorted(parent, place, "right")
            parts += [part for part in outlines[at][by[first:last]] if part is not None]
        yield place, shapely.union_all(mended(np.array(parts, dtype=object))) if parts else None


def parents(recorded: Ints, own: int, level: int) -> Ints:
    """Return for units of a level ``own`` the unit of ``level`` if it is their nearest recorded parent."""
    is_nearest = np.all(recorded[:, level + 1 : own] == NOWHERE, axis=1)
    return np.where(is_nearest, recorded[:, level], NOWHERE)


def filling(level: int, places: Ints, indexes: Sequence[LevelIndex], recorded: Lines, lines: Lines) -> Filled:
    """Return the nearest parents, by outline, of units whose records leave them out (reference 2)."""
    filled: Filled = {}
    table = recorded.tables[level]
    for above in range(level - 1, -1, -1):
        places = places[table[places, above] == NOWHERE]
        places = places[[place not in filled for place in places.tolist()]]
        if len(places) == 0 or indexes[above].is_empty:
            continue
        shares = indexes[above].shares(indexes[level].outlines.at(places).array)
        best: dict[int, list[tuple[float, int]]] = {}
        pairs = zip(shares.subject.tolist(), shares.unit.tolist(), shares.share.tolist(), strict=True)
        for row, unit, share in pairs:
            place = int(places[row])
            if not _contradicts(lines.upwards(above, unit), table[place].tolist(), above):
                best.setdefault(place, []).append((share, unit))
        for place, choices in best.items():
            largest = max(share for share, _ in choices)
            filled[place] = (above, min(unit for share, unit in choices if share >= largest - SLIVER))
    return filled


def _contradicts(line: Line, recorded: Sequence[int], level: int) -> bool:
    return any(
        NOWHERE not in (line[above], recorded[above]) and line[above] != recorded[above]
        for above in range(level)
    )


def lines_of(lines: Lines, level: int, places: Ints, filled: Filled) -> Ints:
    """Return the units above some units of a level, by their records and by the parents filled in."""
    refs = lines.roll.refs[level]
    table = lines.climb_all([refs[place] for place in places.tolist()])
    for row, place in enumerate(places.tolist()):
        if place in filled:
            table[row] = lines.climb(refs[place], filled[place])
    return table
