"""A placing of which only what moved, and what lies where units moved, is placed again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from app.coverage.places.patched import Patched, Values
from app.coverage.places.placing import Placing, choose, spread_of
from app.coverage.places.units import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from app.coverage.places.spread import Spread
    from app.coverage.places.subjects import Moved, Subjects
    from app.coverage.places.units import UnitLevel, Units, UnitsMoved

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]


def placed_again(before: Placing, subjects: Subjects, units: Units) -> Placing:
    """Return the placing of ``subjects`` in ``units``, by what an earlier one of others knows."""
    moved = subjects.descent.since(before.subjects.descent)
    redrawn = units.descent.since(before.units.descent)
    if moved is None or redrawn is None:
        return Placing(subjects, units)
    if not moved and not redrawn:
        return before
    if any(
        old.has_outline != new.has_outline for old, new in zip(before.units.levels, units.levels, strict=True)
    ):
        return Placing(subjects, units)
    return _Again(before, subjects, units, moved, redrawn).placing()


class _Again:
    def __init__(
        self,
        before: Placing,
        subjects: Subjects,
        units: Units,
        moved: Sequence[Moved],
        redrawn: Sequence[UnitsMoved],
    ) -> None:
        self._before, self._subjects, self._units = before, subjects, units
        self._moved = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(step.rows for step in moved)]))
        self._codes = set[str]().union(*(step.codes for step in moved))
        self._redrawn = redrawn
        self._has_new_lines = any(step.has_new_lines for step in redrawn)

    def placing(self) -> Placing:
        """Return the placing."""
        after = Placing(self._subjects, self._units)
        relocated = self._moved  # rows that may lie in another unit of a level so far
        for level in range(4):
            position = self._position(level)
            rows = np.union1d(self._moved, self._near_redrawn(level))
            spread = self._before.known_spread(level)
            if spread is not None:
                spread = spread if position is None else Patched(spread.whole.renumbered(position))
                spread = spread.replaced(rows, spread_of(self._subjects, self._units, level, rows))
            others = [rows]
            if self._has_new_lines:
                by_record, values = self._by_record(level, spread)
                spread = None if spread is None else spread.replaced(by_record, values)
                others += [by_record, self._near_relined(level)]
            relocated = np.unique(np.concatenate([relocated, *others]))
            chosen = self._before.known_chosen(level)
            if chosen is not None and spread is not None:
                if position is not None:
                    old = chosen.whole.array
                    chosen = Patched(Values(np.where(old == NOWHERE, NOWHERE, position[old])))
                above = [after.chosen(number).at(relocated).array for number in range(level)]
                drawn = ~shapely.is_missing(self._subjects.outlines_of(relocated))
                found = choose(spread.at(relocated), above, self._units.levels[level], drawn)
                chosen = chosen.replaced(relocated, Values(found))
            after.take(level, spread, chosen)
        codes = self._codes.union(self._subjects.codes_of(relocated))
        after.descent = self._before.descent.then(frozenset(codes))
        return after

    def _position(self, level: int) -> Ints | None:
        """Return where each unit of before stands now, NOWHERE for the gone; None where all stand as they stood."""
        old, new = self._before.units.levels[level], self._units.levels[level]
        if old.codes is new.codes:
            return None
        return np.array([*(new.position.get(code, NOWHERE) for code in old.codes), NOWHERE], dtype=np.int64)

    def _near_redrawn(self, level: int) -> Ints:
        """Return the rows near units whose outline is, or was, another.

        What an edge is to a subject, another unit's border too or a stray, changes with these units' edges alone.
        """
        codes = set[str]().union(*(step.redrawn[level] for step in self._redrawn))
        if not codes:
            return np.empty(0, dtype=np.int64)
        old, new = self._before.units.levels[level], self._units.levels[level]
        return self._subjects.envelopes.near(np.concatenate([_outlines(old, codes), _outlines(new, codes)]))

    def _near_relined(self, level: int) -> Ints:
        """Return the rows in units that may have other units above them."""
        codes = set[str]().union(*(step.relined[level] for step in self._redrawn))
        if not codes:
            return np.empty(0, dtype=np.int64)
        new = self._units.levels[level]
        if new.has_outline:
            return self._subjects.envelopes.near(_outlines(new, codes))
        spread = self._before.known_spread(level)
        if spread is None:
            return np.arange(len(self._subjects), dtype=np.int64)
        old, pairs = self._before.units.levels[level], spread.whole
        places = [old.position[code] for code in codes if code in old.position]
        return np.unique(pairs.subject[np.isin(pairs.unit, places)])

    def _by_record(self, level: int, spread: Patched[Spread] | None) -> tuple[Ints, Spread]:
        """Return the rows that a level places otherwise by their record, and how; all that go by it if not known."""
        rows = np.arange(len(self._subjects), dtype=np.int64)
        if self._units.levels[level].has_outline:
            rows = rows[~self._subjects.are_drawn]
        found = spread_of(self._subjects, self._units, level, rows)
        if spread is None:
            return rows, found
        known = spread.at(rows)
        differs = np.flatnonzero((_single(known) != _single(found)) | (known.outside != found.outside))
        return rows[differs], found.at(differs)


def _outlines(level: UnitLevel, codes: Collection[str]) -> Geometries:
    places = sorted(level.position[code] for code in codes if code in level.position)
    return level.index.outlines.at(np.array(places, dtype=np.int64)).array


def _single(spread: Spread) -> Ints:
    """Return the unit of each row that lies in one at most."""
    unit = np.full(len(spread), NOWHERE, dtype=np.int64)
    unit[spread.subject] = spread.unit
    return unit
