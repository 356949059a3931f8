"""Where subjects lie on a day: whole and by share, at each level (reference 4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.units import NOWHERE, PARENT_FIELDS, day_starts, refs_on
from geo.shares import SLIVER, Shares, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from app.coverage.places.outlines import Projector
    from app.coverage.places.units import Refs, UnitLevel, Units
    from app.domain.record import Record

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_FIRST_DAY: Final = 1  # ordinal of date.min


@dataclass(frozen=True, slots=True)
class Spread:
    """How subjects spread over the units of one level. Pairs are by subject, then by unit's code.

    ``share`` is the share of the subject's own area, ``counted`` what counts in ``split`` (reference 4.2),
    ``outside`` the share that counts nowhere, 1 for a subject that is in no unit at all.
    """

    subject: Ints
    unit: Ints
    share: Floats
    counted: Floats
    outside: Floats
    by_outline: NDArray[np.bool_]  # for every subject: whether its outline, not its record, places it here


class Subjects:
    """Records to be placed, with each outline and recorded parents they had over time as a row of its own."""

    def __init__(self, records: Sequence[Record], projector: Projector) -> None:
        self.codes = [record.code for record in records]
        self.position = {code: place for place, code in enumerate(self.codes)}
        self.records = records
        starts: list[int] = []
        degrees = []
        self.refs: list[Refs] = []
        owner: list[int] = []
        for place, record in enumerate(records):
            for start in _variant_starts(record):
                day = date.fromordinal(start)
                starts.append(start)
                owner.append(place)
                degrees.append(record.geometry_on(day))
                self.refs.append(refs_on(record, day))
        self.degrees = degrees
        self.outlines = projector.metres(degrees)
        self.areas: Floats = shapely.area(self.outlines)
        self._starts = np.array(starts, dtype=np.int64)
        self._owner = np.array(owner, dtype=np.int64)
        self._is_constant = len(starts) == len(records)

    def rows_on(self, day: date) -> Ints:
        """Return, for every record, its row on a day."""
        if self._is_constant:
            return np.arange(len(self.codes), dtype=np.int64)
        rows = np.zeros(len(self.codes), dtype=np.int64)
        begun = np.flatnonzero(self._starts <= day.toordinal())
        rows[self._owner[begun]] = begun  # rows of a record are in order of days: the latest wins
        return rows

    def starts_of(self, code: str) -> list[int]:
        """Return the days, as ordinals, on which this record's outline or recorded parents change."""
        mine: list[int] = self._starts[self._owner == self.position[code]].tolist()
        return mine[1:]


def _variant_starts(record: Record) -> list[int]:
    if not record.past:
        return [_FIRST_DAY]
    fields = ("geometry", *PARENT_FIELDS[record.kind])
    return sorted({_FIRST_DAY, *day_starts((record._replace(valid_from=None, valid_until=None),), fields)})


class Placing:
    """The rows of ``Subjects`` placed in the units of one stretch of days."""

    def __init__(self, subjects: Subjects, units: Units, shares: Sequence[Shares | None]) -> None:
        self.subjects = subjects
        self.shares = shares
        count = len(subjects.refs)
        drawn = ~shapely.is_missing(subjects.outlines)
        lines = _lines(subjects.refs, units)
        self.spreads: list[Spread] = []
        self.whole: NDArray[np.int64] = np.full((count, 4), NOWHERE, dtype=np.int64)
        for level, unit_level in enumerate(units.levels):
            found = shares[level]
            recorded = lines[:, level]
            goes_by_record = np.ones(count, dtype=bool) if found is None else ~drawn
            by_record = np.flatnonzero((recorded != NOWHERE) & goes_by_record)
            spread = _spread(count, found, by_record, recorded[by_record], drawn)
            self.spreads.append(spread)
            allowed = self._allowed(spread, unit_level, level) | ~drawn[spread.subject]
            self.whole[:, level] = largest(
                count, spread.subject[allowed], spread.unit[allowed], spread.share[allowed]
            )

    def _allowed(self, spread: Spread, unit_level: UnitLevel, level: int) -> NDArray[np.bool_]:
        """Whether each pair's unit is a candidate: no ancestor of it differs from a unit chosen above."""
        allowed = np.ones(len(spread.unit), dtype=bool)
        for above in range(level):
            chosen = self.whole[spread.subject, above]
            ancestor = unit_level.ancestors[spread.unit, above]
            allowed &= (chosen == NOWHERE) | (ancestor == NOWHERE) | (chosen == ancestor)
        return allowed


def place(subjects: Subjects, units: Units, before: Placing | None = None) -> Placing:
    """Place every row of ``subjects``; a level where no unit has an outline goes by record alone.

    ``before`` is an earlier placing in the same units: outlines that it knows are not measured again.
    """
    count = len(subjects.outlines)
    known = np.full(count, NOWHERE, dtype=np.int64)
    if before is not None:
        rows = {id(outline): row for row, outline in enumerate(before.subjects.outlines)}
        known[:] = [rows.get(id(outline), NOWHERE) for outline in subjects.outlines]
    old, new = np.flatnonzero(known != NOWHERE), np.flatnonzero(known == NOWHERE)
    shares: list[Shares | None] = []
    for place_of_level, level in enumerate(units.levels):
        kept = None if before is None else before.shares[place_of_level]
        if not level.has_outline:
            shares.append(None)
        elif kept is None:
            shares.append(level.index.shares(subjects.outlines))
        else:
            measured = level.index.shares(subjects.outlines[new])
            shares.append(joined(count, [(old, kept.of_rows(known[old])), (new, measured)]))
    return Placing(subjects, units, shares)


def largest(count: int, subject: Ints, unit: Ints, size: Floats) -> Ints:
    """Return for each subject the unit of its largest pair; of all within 1e-9, the first in order of code."""
    chosen = np.full(count, NOWHERE, dtype=np.int64)
    if len(subject) == 0:
        return chosen
    most = np.zeros(count)
    np.maximum.at(most, subject, size)
    near = size >= most[subject] - SLIVER
    first = np.full(count, np.iinfo(np.int64).max, dtype=np.int64)
    np.minimum.at(first, subject[near], unit[near])
    placed = np.unique(subject)
    chosen[placed] = first[placed]
    return chosen


def _lines(refs: Sequence[Refs], units: Units) -> Ints:
    known: dict[Refs, tuple[int, int, int, int]] = {}
    rows = []
    for ref in refs:
        line = known.get(ref)
        if line is None:
            line = known[ref] = units.line(ref)
        rows.append(line)
    return np.array(rows, dtype=np.int64).reshape(-1, 4)


def _spread(
    count: int, found: Shares | None, by_record: Ints, recorded: Ints, drawn: NDArray[np.bool_]
) -> Spread:
    ones = np.ones(len(by_record))
    outside = np.ones(count)
    if found is None:
        outside[by_record] = 0.0
        return Spread(by_record, recorded, ones, ones, outside, np.zeros(count, dtype=bool))
    outside[drawn] = found.outside[drawn]
    outside[by_record] = 0.0
    if len(by_record) == 0:
        return Spread(found.subject, found.unit, found.share, found.counted, outside, drawn)
    subject = np.concatenate([found.subject, by_record])
    order = np.argsort(subject, kind="stable")
    return Spread(
        subject[order],
        np.concatenate([found.unit, recorded])[order],
        np.concatenate([found.share, ones])[order],
        np.concatenate([found.counted, ones])[order],
        outside,
        drawn,
    )
