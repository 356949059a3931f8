"""Districts, streets, communities and grids on one day: outlines, parents, successors (reference 2, 4.5, 4.6)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS
from geo.shares import SLIVER, UnitIndex, mended

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from app.coverage.places.outlines import Projector
    from app.domain.dataset import Dataset
    from app.domain.record import Record

PARENT_FIELDS: Final = {  # the units that a record itself names, from the district down
    kind.name: tuple(name for name in reversed(kind.parents) if name in LEVELS) for kind in KINDS.values()
}
NOWHERE: Final = -1

Refs = tuple[str | None, str | None, str | None, str | None]  # recorded code at each level
Line = tuple[int, int, int, int]  # position of the unit at each level, NOWHERE where there is none
_NO_LINE: Final[Line] = (NOWHERE, NOWHERE, NOWHERE, NOWHERE)


def refs_on(record: Record, day: date) -> Refs:
    """Return the units that a record itself names on a day, from the district down."""
    row: list[str | None] = [None, None, None, None]
    for field in PARENT_FIELDS[record.kind]:
        if (value := record.on(field, day)) is not None:
            row[LEVELS.index(field)] = str(value)
    return (row[0], row[1], row[2], row[3])


def day_starts(records: Iterable[Record], fields: Sequence[str]) -> list[int]:
    """Return the days, as ordinals, on which a record begins, has ended, or one of its fields changes."""
    days: set[int] = set()
    for record in records:
        if record.valid_from is not None:
            days.add(record.valid_from.toordinal())
        if record.valid_until is not None:
            days.add(record.valid_until.toordinal() + 1)
        if record.past:
            for field in fields:
                days.update(last.toordinal() + 1 for last, _ in record.past.get(field, ()))
    return sorted(days)


def unit_days(dataset: Dataset) -> list[int]:
    """Return the days on which anything about units that matters to placing changes."""
    fields = ("geometry", "successor", "district", "street", "community")
    return day_starts((r for kind in UNIT_KINDS for r in dataset.of(kind).values()), fields)


def epoch_of(starts: Sequence[int], day: date) -> int:
    """Return the number of the stretch of days, without change, that ``day`` belongs to."""
    return bisect_right(starts, day.toordinal())


class UnitLevel:
    """The units of one level in force, by code as text; every array is in this order."""

    def __init__(self, records: list[Record], outlines: NDArray[np.object_]) -> None:
        self.codes = [record.code for record in records]
        self.position = {code: place for place, code in enumerate(self.codes)}
        self.outlines = outlines  # in metres; own, or the union of children
        self.ancestors: NDArray[np.int64] = np.full((len(records), 4), NOWHERE, dtype=np.int64)
        self.filled: NDArray[np.int64] = np.full(len(records), NOWHERE, dtype=np.int64)
        self.index = UnitIndex(outlines)

    @property
    def has_outline(self) -> bool:
        """Whether any unit of the level has an outline, its own or by its children."""
        return not self.index.is_empty


class Units:
    """All units in force on a day, from the district down, with the parents that count on that day."""

    def __init__(self, dataset: Dataset, day: date, projector: Projector) -> None:
        self._all: list[Mapping[str, Record]] = [dataset.of(kind) for kind in UNIT_KINDS]
        self._day = day
        records = [dataset.in_force(kind, day) for kind in UNIT_KINDS]
        self._position = [{r.code: i for i, r in enumerate(rows)} for rows in records]
        self._refs = [[refs_on(record, day) for record in rows] for rows in records]
        self._ancestors: list[list[Line]] | None = None
        self._lines: dict[tuple[int, str], Line] = {}
        outlines = [_areas_only(projector.metres([r.geometry_on(day) for r in rows])) for rows in records]
        recorded = [[self._climb(refs) for refs in rows] for rows in self._refs]
        _unite_children(outlines, recorded)
        self.levels = [UnitLevel(rows, own) for rows, own in zip(records, outlines, strict=True)]
        self._fill_and_climb(recorded)

    def line(self, refs: Refs) -> Line:
        """Return the units that recorded codes stand for: the lowest and its ancestors first (reference 4.6)."""
        return self._climb(refs)

    def line_at(self, code: str) -> Line | None:
        """Return a unit's ancestors and itself; None unless a unit of this code is in force."""
        for number, level in enumerate(self.levels):
            place = level.position.get(code)
            if place is not None:
                line = level.ancestors[place].tolist()
                line[number] = place
                return (line[0], line[1], line[2], line[3])
        return None

    def may_lie_in(self, unit: int, chosen: Sequence[int], level: int) -> bool:
        """Whether no ancestor of a unit of ``level`` differs from the unit chosen at its level (reference 4.3)."""
        line = self.levels[level].ancestors[unit]
        return all(
            NOWHERE in (chosen[above], line[above]) or chosen[above] == line[above] for above in range(level)
        )

    def _climb(self, refs: Refs, lowest: tuple[int, int] | None = None) -> Line:
        found = list(_NO_LINE)
        if lowest is not None:
            self._take(found, self._upwards(*lowest))
        for level in (3, 2, 1, 0):
            code = refs[level]
            if code is not None:
                self._take(found, self._line_of(level, code))
        return (found[0], found[1], found[2], found[3])

    @staticmethod
    def _take(found: list[int], line: Line) -> None:
        for level in range(4):
            if found[level] == NOWHERE:
                found[level] = line[level]

    def _line_of(self, level: int, code: str) -> Line:
        """Return a recorded unit, or its successor, with its ancestors; its parents alone if it is gone."""
        line = self._lines.get((level, code))
        if line is None:
            line = self._lines[level, code] = self._find_line(level, code)
        return line

    def _find_line(self, level: int, code: str) -> Line:
        seen: set[str] = set()
        record = None
        while code not in seen:
            place = self._position[level].get(code)
            if place is not None:
                return self._upwards(level, place)
            seen.add(code)
            known = self._all[level].get(code)
            if known is None:
                break
            record = known
            chain = KINDS[record.kind].chain
            if chain and (following := record.on(chain, self._day)) is not None:
                code = str(following)
        return _NO_LINE if record is None else self._climb(refs_on(record, self._day))

    def _upwards(self, level: int, place: int) -> Line:
        line = list(
            self._climb(self._refs[level][place])
            if self._ancestors is None
            else self._ancestors[level][place]
        )
        line[level] = place
        return (line[0], line[1], line[2], line[3])

    def _fill_and_climb(self, recorded: list[list[Line]]) -> None:
        """Fill the nearest parents that records leave out, from the top down (reference 2)."""
        ancestors: list[list[Line]] = []
        self._ancestors = ancestors
        for level, units in enumerate(self.levels):
            self._lines.clear()
            filled = self._filled(level, recorded[level]) if level else {}
            ancestors.append(
                [self._climb(refs, filled.get(place)) for place, refs in enumerate(self._refs[level])]
            )
            for place, (at, _) in filled.items():
                units.filled[place] = at
            if ancestors[level]:
                units.ancestors = np.array(ancestors[level], dtype=np.int64).reshape(-1, 4)
        self._lines.clear()

    def _filled(self, level: int, recorded: list[Line]) -> dict[int, tuple[int, int]]:
        filled: dict[int, tuple[int, int]] = {}
        open_places = list(range(len(recorded)))
        for above in range(level - 1, -1, -1):
            open_places = [p for p in open_places if p not in filled and recorded[p][above] == NOWHERE]
            if not open_places or not self.levels[above].has_outline:
                continue
            shares = self.levels[above].index.shares(self.levels[level].outlines[open_places])
            best: dict[int, list[tuple[float, int]]] = {}
            for row, unit, share in zip(
                shares.subject.tolist(), shares.unit.tolist(), shares.share.tolist(), strict=True
            ):
                place = open_places[row]
                if not self._contradicts(above, unit, recorded[place]):
                    best.setdefault(place, []).append((share, unit))
            for place, choices in best.items():
                largest = max(share for share, _ in choices)
                filled[place] = (above, min(unit for share, unit in choices if share >= largest - SLIVER))
        return filled

    def _contradicts(self, level: int, unit: int, recorded: Line) -> bool:
        line = self._upwards(level, unit)
        return any(
            NOWHERE not in (line[above], recorded[above]) and line[above] != recorded[above]
            for above in range(level)
        )


def _unite_children(outlines: list[NDArray[np.object_]], recorded: list[list[Line]]) -> None:
    """Give a unit without outline the union of those that record it as nearest parent (reference 4.5)."""
    children: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for level, lines in enumerate(recorded):
        for place, line in enumerate(lines):
            nearest = max((above for above in range(level) if line[above] != NOWHERE), default=None)
            if nearest is not None:
                children.setdefault((nearest, line[nearest]), []).append((level, place))
    for level in (2, 1, 0):
        for place, outline in enumerate(outlines[level]):
            if outline is None:
                parts = [outlines[below][child] for below, child in children.get((level, place), ())]
                drawn = [part for part in parts if part is not None]
                outlines[level][place] = (
                    shapely.union_all(mended(np.array(drawn, dtype=object))) if drawn else None
                )


def _areas_only(outlines: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return outlines with None for what has no area: a point is no outline of a unit."""
    kept = outlines.copy()
    kept[~(shapely.area(outlines) > 0)] = None
    return kept
