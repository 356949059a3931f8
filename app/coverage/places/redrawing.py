"""Units of which some records changed: only these, and what hangs on them, are made again."""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import shapely

from app.coverage.places.drawing import filling, lines_of, own_outlines, parents, united
from app.coverage.places.patched import Patched, Values
from app.coverage.places.unit_index import LevelIndex
from app.coverage.places.units import (
    NOWHERE,
    Lines,
    Roll,
    UnitLevel,
    Units,
    UnitsMoved,
    gone_on,
    positions,
    refs_on,
)
from app.domain.kinds import UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import date

    from numpy.typing import NDArray

    from app.coverage.places.outlines import Projector
    from app.coverage.places.units import Gone, Refs
    from app.domain.dataset import Dataset

    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]
    Outlines = Patched[Values[np.object_]]
    Shifts = list["Ints | None"]

_Item = TypeVar("_Item", bound=np.generic)


def redrawn(
    units: Units, dataset: Dataset, day: date, codes: Mapping[str, AbstractSet[str]], projector: Projector
) -> Units:
    """Return the units of a later dataset, or of another stretch of days; the same where nothing is other.

    ``codes`` by kind: the units of which anything may differ from what ``units`` was made of.
    """
    touched = [sorted(codes.get(kind, ())) for kind in UNIT_KINDS]
    roll, restated, shifts = _called(units.lines.roll, dataset, day, touched)
    stale = roll.naming(restated) if restated else set()
    recorded = _recorded(units.recorded, roll, shifts, stale)
    redrawing = _Redrawing(units, roll, shifts, stale, recorded)
    redrawing.draw(dataset, day, touched, projector)
    if not restated and not any(redrawing.places):
        return units
    return redrawing.line()


def _called(
    roll: Roll, dataset: Dataset, day: date, touched: Sequence[Collection[str]]
) -> tuple[Roll, set[str], Shifts]:
    """Return the roll now, the units of which it says otherwise, and by level where positions went (None: nowhere)."""
    after = Roll(list(roll.codes), list(roll.refs), list(roll.gone), list(roll.position))
    restated: set[str] = set()
    shifts: Shifts = [None] * len(UNIT_KINDS)
    for level, kind in enumerate(UNIT_KINDS):
        here: dict[str, Refs] = {}
        gone: dict[str, Gone | None] = {}
        for code in touched[level]:
            record = dataset.of(kind).get(code)
            if record is not None and record.is_in_force(day):
                refs = refs_on(record, day)
                if roll.state_of(level, code) != refs:
                    here[code] = refs
            else:
                state = None if record is None else gone_on(record, day)
                if roll.state_of(level, code) != state:
                    gone[code] = state
        if here or gone:
            restated |= {*here, *gone}
            shifts[level] = _recalled(after, level, here, gone)
    return (after if restated else roll), restated, shifts


def _recalled(
    roll: Roll, level: int, here: Mapping[str, Refs], gone: Mapping[str, Gone | None]
) -> Ints | None:
    """Put the units that say otherwise into the roll; return where the positions of the others went."""
    codes, position = roll.codes[level], roll.position[level]
    out = sorted(position[code] for code in gone if code in position)
    came = sorted(code for code in here if code not in position)
    left = dict(roll.gone[level])
    for code, state in {**gone, **dict.fromkeys(here)}.items():
        left.pop(code, None)
        if state is not None:
            left[code] = state
    roll.gone[level] = left
    refs = list(roll.refs[level])
    for code in here.keys() - came:
        refs[position[code]] = here[code]
    shift = None
    if out or came:
        into = [bisect_left(codes, code) for code in came]
        every = np.arange(len(codes), dtype=np.int64)
        shift = every - np.searchsorted(out, every) + np.searchsorted(into, every, side="right")
        shift[out] = NOWHERE
        codes = codes.copy()
        for place in reversed(out):
            del codes[place], refs[place]
        for code in came:
            place = bisect_left(codes, code)
            insort(codes, code)
            refs.insert(place, here[code])
        roll.codes[level], roll.position[level] = codes, positions(codes)
    roll.refs[level] = refs
    return shift


def _recorded(before: Lines, roll: Roll, shifts: Shifts, stale: AbstractSet[str]) -> Lines:
    if roll is before.roll:
        return before
    after = Lines(roll)
    for level, table in enumerate(before.tables):
        places = _places_of(roll.position[level], stale)
        after.tables.append(
            _with_rows(
                _shifted(table, shifts, level, len(roll.codes[level])),
                places,
                lines_of(after, level, places, {}),
            )
        )
    return after


def _places_of(position: Mapping[str, int], codes: Iterable[str]) -> Ints:
    return np.array(sorted(position[code] for code in codes if code in position), dtype=np.int64)


def _with_rows(table: Ints, places: Ints, rows: Ints) -> Ints:
    """Return a table with some rows replaced; the same where they are as they were."""
    if np.array_equal(table[places], rows):
        return table
    table = table.copy()
    table[places] = rows
    return table


def _shifted(table: Ints, shifts: Shifts, level: int, count: int) -> Ints:
    """Return lines by level of units whose positions, and those of the units above, went elsewhere."""
    if all(shift is None for shift in shifts):
        return table
    table = table.copy()
    for above, shift in enumerate(shifts):
        if shift is not None and len(shift):
            column = table[:, above]
            table[:, above] = np.where(column == NOWHERE, NOWHERE, shift[column])
    return _moved(table, shifts[level], np.full((count, 4), NOWHERE, dtype=np.int64))


def _lost(table: Ints, shifts: Shifts, level: int, count: int) -> NDArray[np.bool_]:
    """Whether a unit above each unit is gone."""
    lost = np.zeros(len(table), dtype=np.bool_)
    for above, shift in enumerate(shifts):
        if shift is not None and len(shift):
            column = table[:, above]
            lost |= (column != NOWHERE) & (shift[column] == NOWHERE)
    return _moved(lost, shifts[level], np.zeros(count, dtype=np.bool_))


def _moved(values: NDArray[_Item], shift: Ints | None, into: NDArray[_Item]) -> NDArray[_Item]:
    """Return values of units at the positions that the units have now."""
    if shift is None:
        return values
    kept = shift != NOWHERE
    into[shift[kept]] = values[kept]
    return into


class _Redrawing:
    """One step from units to others; ``places`` are the positions, by level, of units whose outline is another."""

    def __init__(
        self, before: Units, roll: Roll, shifts: Shifts, stale: AbstractSet[str], recorded: Lines
    ) -> None:
        self.before, self.roll, self.shifts, self.recorded = before, roll, shifts, recorded
        self.stale = set(stale)  # units whose line may be another
        self.places: list[set[int]] = []
        self.own: list[Outlines] = []
        self.outlines: list[Outlines] = []

    def draw(
        self, dataset: Dataset, day: date, touched: Sequence[Collection[str]], projector: Projector
    ) -> None:
        """Make the outlines of the units that changed, and of those that are the union of such."""
        for level, kind in enumerate(UNIT_KINDS):
            position = self.roll.position[level]
            known = dataset.of(kind)
            own = self._moved(level, self.before.own[level])
            places = _places_of(position, touched[level])
            codes = self.roll.codes[level]
            sketches = [known[codes[place]].drawn_on(day) for place in places.tolist()]
            metres = own_outlines(projector, sketches)
            is_other = ~_are_same(own.at(places).array, metres)
            places, metres = places[is_other], metres[is_other]
            self.places.append(set(places.tolist()))
            self.own.append(own.replaced(places, Values(metres)))
            outlines = self._moved(level, self.before.levels[level].index.outlines)
            self.outlines.append(outlines.replaced(places, Values(metres)))
        for level in (2, 1, 0):
            self._unite(level)

    def _moved(self, level: int, outlines: Outlines) -> Outlines:
        shift = self.shifts[level]
        if shift is None:
            return outlines
        empty = np.full(len(self.roll.codes[level]), None, dtype=object)
        return Patched(Values(_moved(outlines.whole.array, shift, empty)))

    def _unite(self, level: int) -> None:
        """Make again the unions in which a part is another, came or went."""
        wanted = set(self.places[level])
        for below in range(level + 1, 4):
            tables, old = self.recorded.tables[below], self.before.recorded.tables[below]
            now = {*self.places[below], *_places_of(self.roll.position[below], self.stale).tolist()}
            wanted.update(parents(tables[sorted(now)], below, level).tolist())
            was = parents(old[self._places_before(below)], below, level)
            shift = self.shifts[level]
            wanted.update(
                (
                    was if shift is None or not len(shift) else np.where(was == NOWHERE, was, shift[was])
                ).tolist()
            )
        wanted.discard(NOWHERE)
        places = np.array(sorted(wanted), dtype=np.int64)
        places = places[shapely.is_missing(self.own[level].at(places).array)]
        if len(places) == 0:
            return
        drawn = [outlines.whole.array for outlines in self.outlines]
        shapes = np.empty(len(places), dtype=object)
        for row, (_, outline) in enumerate(united(drawn, self.recorded.tables, level, places.tolist())):
            shapes[row] = outline
        is_other = ~_are_same(self.outlines[level].at(places).array, shapes)
        self.outlines[level] = self.outlines[level].replaced(places[is_other], Values(shapes[is_other]))
        self.places[level] |= set(places[is_other].tolist())

    def _places_before(self, level: int) -> Ints:
        """Return the positions that units which are others now, or gone, had before."""
        codes = self.roll.codes[level]
        mine = {*(codes[place] for place in self.places[level]), *self.stale}
        return _places_of(self.before.lines.roll.position[level], mine)

    def line(self) -> Units:
        """Return the units with the lines that count, parents filled in where an outline near them is another."""
        before, roll = self.before, self.roll
        indexes = [self._index(level) for level in range(4)]
        lines = Lines(roll)
        levels: list[UnitLevel] = []
        drawn: list[frozenset[str]] = []
        relined: list[frozenset[str]] = []
        near: list[Geometries] = []  # of units above that changed, before and now
        for level, codes in enumerate(roll.codes):
            old = before.levels[level]
            count = len(codes)
            places = self._to_fill(level, near, indexes[level])
            fill = filling(level, places, indexes, self.recorded, lines)
            redo = np.union1d(places, _places_of(roll.position[level], self.stale)).astype(np.int64)
            filled = _moved(old.filled, self.shifts[level], np.full(count, NOWHERE, dtype=np.int64)).copy()
            filled[redo] = [fill[place][0] if place in fill else NOWHERE for place in redo.tolist()]
            table = _shifted(old.ancestors, self.shifts, level, count)
            rows = lines_of(lines, level, redo, fill)
            is_other = _lost(old.ancestors, self.shifts, level, count)
            is_other[redo] |= np.any(table[redo] != rows, axis=1)
            other = np.flatnonzero(is_other)
            table = _with_rows(table, redo, rows)
            is_as_recorded = (filled == NOWHERE).all() and all(
                a is b for a, b in zip(lines.tables, self.recorded.tables, strict=False)
            )
            lines.tables.append(self.recorded.tables[level] if is_as_recorded else table)
            levels.append(UnitLevel(codes, roll.position[level], indexes[level], lines.tables[level], filled))
            gone_or_new = set(roll.codes[level]) ^ set(old.codes) if self.shifts[level] is not None else set()
            mine = {codes[place] for place in other.tolist()}
            drawn.append(frozenset({*(codes[place] for place in self.places[level]), *gone_or_new}))
            relined.append(frozenset(mine | gone_or_new))
            if not mine <= self.stale:
                self.stale |= roll.naming(mine)
            near += self._shapes(level, indexes[level], drawn[level] | relined[level])
        step = UnitsMoved(tuple(drawn), tuple(relined), has_new_lines=bool(self.stale))
        if not self.stale:
            lines = before.lines
        return Units(levels, lines, self.recorded, self.own, before.descent.then(step))

    def _index(self, level: int) -> LevelIndex:
        index = self.before.levels[level].index
        if self.shifts[level] is not None:
            return LevelIndex(self.outlines[level])
        places = np.array(sorted(self.places[level]), dtype=np.int64)
        return index.moved(self.outlines[level], places) if len(places) else index

    def _to_fill(self, level: int, near: Sequence[Geometries], index: LevelIndex) -> Ints:
        """Return the units without recorded parent whose filled one may be another."""
        if level == 0:
            return np.empty(0, dtype=np.int64)
        is_open = self.recorded.tables[level][:, level - 1] == NOWHERE
        if not is_open.any():
            return np.empty(0, dtype=np.int64)
        shapes = np.concatenate([np.empty(0, dtype=object), *near])
        places = {*self.places[level], *_places_of(self.roll.position[level], self.stale).tolist()}
        places.update(index.envelopes.near(shapes).tolist())
        found = np.array(sorted(places), dtype=np.int64)
        open_ones: Ints = found[is_open[found]]
        return open_ones

    def _shapes(self, level: int, index: LevelIndex, codes: Collection[str]) -> list[Geometries]:
        """Return the outlines, before and now, of some units."""
        old = self.before.levels[level]
        return [
            old.index.outlines.at(_places_of(old.position, codes)).array,
            index.outlines.at(_places_of(self.roll.position[level], codes)).array,
        ]


def _are_same(outlines: Geometries, others: Geometries) -> NDArray[np.bool_]:
    """Whether outlines are the same to the bit, or both missing."""
    both_missing = shapely.is_missing(outlines) & shapely.is_missing(others)
    same: NDArray[np.bool_] = shapely.equals_identical(outlines, others) | both_missing
    return same
