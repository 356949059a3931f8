"""The rows of one coverage on one day: kept, and only those added again whose subjects a change touched.

A sum of whole numbers is mended by what is taken from it and put to it, which is exact whatever the order; any other is
added again, exactly and rounded once, so that it equals one found anew, or from parts, to the last digit.
"""

from __future__ import annotations

from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.coverage.mending.amounts import IN_BASE
from app.coverage.mending.slices import ByUnit
from app.coverage.patched import Columns
from app.coverage.places.units import NOWHERE
from app.coverage.results import Figures, Row
from geo.exact import sliced, summed
from geo.shares import SLIVER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from app.coverage.mending.seats import Seats
    from app.coverage.mending.slices import Cell

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Four = tuple[float, ...]  # covered, uncovered, unknown, without weight


class Adding(NamedTuple):
    """How rows are said: whole numbers or not, the way of counting, and what a unit is called."""

    is_whole_numbers: bool
    counting: str
    name_of: Callable[[str], str]


class Sums(NamedTuple):
    """Rows in the order of ``seats.units``, with the numbers that they say; ``unplaced_codes`` as they are told."""

    seats: Seats
    columns: Columns
    by_unit: Columns
    unplaced: Four
    total: Four
    rows: tuple[Row, ...]
    unplaced_codes: tuple[str, ...]


def added(
    columns: Columns, seats: Seats, how: Adding, earlier: Sums | None = None, renamed: Collection[str] = ()
) -> Sums:
    """Return all sums, added up; the rows of ``earlier`` serve again where they say the same of the same units."""
    summands = summands_of(columns, seats)
    size = len(seats.units.codes)
    add = _counted if how.is_whole_numbers else summed
    by_unit = np.array([add(one, seats.unit, size) for one in summands.by_unit])
    in_base = columns.whole[IN_BASE] > 0
    outside = np.flatnonzero(in_base & (seats.outside >= SLIVER)).tolist()
    codes = seats.everybody.codes
    return Sums(
        seats=seats,
        columns=columns,
        by_unit=Columns(by_unit),
        unplaced=_all(summands.unplaced, add),
        total=_all(summands.total, add),
        rows=_rows(by_unit, seats, how, earlier, renamed),
        unplaced_codes=tuple(sorted(codes[place] for place in outside)),
    )


class Summands(NamedTuple):
    """What is added up, four columns each: by pair of subject and unit as in the seats, outside any unit, and in all."""

    by_unit: list[Floats]
    unplaced: list[Floats]
    total: list[Floats]


def summands_of(columns: Columns, seats: Seats) -> Summands:
    """Return the numbers whose sums the rows are."""
    numbers = columns.whole[:IN_BASE]
    in_base = columns.whole[IN_BASE] > 0
    return Summands(
        by_unit=[one[seats.subject] * seats.counted for one in numbers],
        unplaced=[(one * seats.outside)[in_base] for one in numbers],
        total=[one[in_base] for one in numbers],
    )


class Slices(NamedTuple):
    """Sums as numbers whose exact sum each is, four columns each: by unit, outside any unit, and in all."""

    by_unit: Mapping[str, Cell]
    unplaced: Cell
    total: Cell


def slices_of(columns: Columns, seats: Seats, how: Adding) -> Slices:
    """Return the sums so that they can be added to those of other data without rounding."""
    summands = summands_of(columns, seats)
    codes = seats.units.codes
    cut = _cut_once if how.is_whole_numbers else sliced
    by_unit = ByUnit(codes, [cut(one, seats.unit, len(codes)) for one in summands.by_unit])
    unplaced, total = (
        tuple(tuple(cut(one, np.zeros(len(one), dtype=np.int64), 1)[:, 0].tolist()) for one in columns_)
        for columns_ in (summands.unplaced, summands.total)
    )
    return Slices(by_unit, unplaced, total)


def _cut_once(values: Floats, bins: Ints, size: int) -> Floats:
    return _counted(values, bins, size)[np.newaxis]


def _counted(values: Floats, bins: Ints, size: int) -> Floats:
    """Return sums by bin of whole numbers, which no order can round."""
    return np.bincount(bins, weights=values, minlength=size).astype(np.float64)


def _all(columns: Sequence[Floats], add: Callable[[Floats, Ints, int], Floats]) -> Four:
    return tuple(float(add(one, np.zeros(len(one), dtype=np.int64), 1)[0]) for one in columns)


def _rows(
    by_unit: Floats,
    seats: Seats,
    how: Adding,
    earlier: Sums | None,
    renamed: Collection[str],
) -> tuple[Row, ...]:
    units = seats.units
    if earlier is None or not _are_same(earlier.seats, seats):
        each = zip(units.codes, by_unit.T.tolist(), strict=True)
        return tuple(_row(code, values, how) for code, values in each)
    rows = list(earlier.rows)
    changed = np.flatnonzero((by_unit != earlier.by_unit.whole).any(axis=0)).tolist()
    for place in {*changed, *(units.position[code] for code in renamed if code in units.position)}:
        rows[place] = _row(units.codes[place], by_unit[:, place].tolist(), how)
    return tuple(rows)


def _are_same(one: Seats, other: Seats) -> bool:
    """Whether there are the same units."""
    codes, others = one.units.codes, other.units.codes
    return codes is others or codes == others


def mended_sums(earlier: Sums, columns: Columns, seats: Seats, how: Adding, renamed: Collection[str]) -> Sums:
    """Return the sums after a change; what it did not touch is not looked at where numbers are whole."""
    changes = columns.changes_since(earlier.columns) if how.is_whole_numbers else None
    if changes is None or seats is not earlier.seats:
        if columns is earlier.columns and seats is earlier.seats and not renamed:
            return earlier
        return added(columns, seats, how, earlier, renamed)
    units = seats.units
    touched = {units.position[code] for code in renamed if code in units.position}
    by_unit: dict[int, Four] = {}
    unplaced, total = earlier.unplaced, earlier.total
    for place, (before, now) in changes.items():
        total = _moved(total, before, now)
        unit = int(seats.unit_of[place])
        if unit == NOWHERE:
            unplaced = _moved(unplaced, before, now)
            continue
        by_unit[unit] = _moved(by_unit.get(unit) or earlier.by_unit.at(unit), before, now)
    rows = earlier.rows
    if by_unit or touched:
        new = earlier.by_unit.with_changes(by_unit)
        listed = list(rows)
        for place in {*by_unit, *touched}:
            listed[place] = _row(units.codes[place], new.at(place), how)
        rows = tuple(listed)
    return Sums(
        seats=seats,
        columns=columns,
        by_unit=earlier.by_unit.with_changes(by_unit),
        unplaced=unplaced,
        total=total,
        rows=rows,
        unplaced_codes=_unplaced(earlier, changes, seats),
    )


def _moved(sums: Four, before: Four, now: Four) -> Four:
    return tuple(one - was + is_now for one, was, is_now in zip(sums, before, now, strict=False))


def _unplaced(earlier: Sums, changes: dict[int, tuple[Four, Four]], seats: Seats) -> tuple[str, ...]:
    codes = seats.everybody.codes
    lost = {
        codes[place]: now[IN_BASE] > 0
        for place, (before, now) in changes.items()
        if before[IN_BASE] != now[IN_BASE] and seats.unit_of[place] == NOWHERE
    }
    if not lost:
        return earlier.unplaced_codes
    left = {code for code in earlier.unplaced_codes if code not in lost}
    return tuple(sorted(left | {code for code, is_there in lost.items() if is_there}))


def _row(code: str, values: Sequence[float], how: Adding) -> Row:
    return Row(unit=code, name=how.name_of(code), figures=figures_of(values, how))


def figures_of(values: Sequence[float], how: Adding) -> Figures:
    """Return the figures of covered, uncovered, unknown and without weight; whole numbers where they are."""
    covered, uncovered, unknown, without = values
    if how.is_whole_numbers:
        covered, uncovered, unknown = round(covered), round(uncovered), round(unknown)
    if how.counting == "whole":
        without = round(without)
    return Figures(covered=covered, uncovered=uncovered, unknown=unknown, without_weight=without)


class Beside(NamedTuple):
    """The rows of two days, each unit's figures beside those that it had."""

    now: Sums
    before: Sums
    rows: tuple[Row, ...]


def beside(now: Sums, before: Sums, how: Adding, name_then: Callable[[str], str]) -> Beside:
    """Return the units of either day; one that is there on one alone has nothing on the other."""
    today = {row.unit: row for row in now.rows}
    then = {row.unit: row.figures for row in before.rows}
    none = nothing_of(how)
    rows = tuple(
        Row(
            unit=code,
            name=today[code].name if code in today else name_then(code),
            figures=today[code].figures if code in today else none,
            before=then.get(code, none),
        )
        for code in sorted({*today, *then})
    )
    return Beside(now, before, rows)


def mended_beside(
    earlier: Beside, now: Sums, before: Sums, how: Adding, name_then: Callable[[str], str]
) -> Beside:
    """Return the same after a change: where the same units are there on both days, other rows alone are made again."""
    sums = (now, before, earlier.now, earlier.before)
    if not all(_are_same(now.seats, one.seats) for one in sums):
        return beside(now, before, how, name_then)
    rows = list(earlier.rows)
    for new, old in ((now.rows, earlier.now.rows), (before.rows, earlier.before.rows)):
        for place in compress(range(len(rows)), map(is_not, new, old)):
            there, then = now.rows[place], before.rows[place].figures
            rows[place] = Row(unit=there.unit, name=there.name, figures=there.figures, before=then)
    return Beside(now, before, tuple(rows))


def nothing_of(how: Adding) -> Figures:
    """Return the figures of a unit that was not there."""
    zero = 0 if how.is_whole_numbers else 0.0
    return Figures(covered=zero, uncovered=zero, unknown=zero)
