"""Where subjects lie on a day: whole and by share, at each level (reference 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app.coverage.places.above import GRIDS, is_told_by_grids, told_by_grids
from app.coverage.places.descent import Descent
from app.coverage.places.patched import Patched, Values
from app.coverage.places.spread import Spread
from app.coverage.places.units import NOWHERE
from geo.shares import SLIVER, beside_one_another

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from app.coverage.places.subjects import Subjects
    from app.coverage.places.unit_index import LevelIndex
    from app.coverage.places.units import UnitLevel, Units
    from geo.shares import Shares

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Chosen = Patched[Values[np.int64]]


class Placing:
    """The rows of ``Subjects`` placed in the units of one stretch of days; a level is placed when it is asked for.

    Any thread may ask: what two find at once is the same.
    """

    def __init__(self, subjects: Subjects, units: Units) -> None:
        self.subjects = subjects
        self.units = units
        self.descent: Descent[frozenset[str]] = Descent()
        self._spreads: list[Patched[Spread] | None] = [None] * 4
        self._chosen: list[Chosen | None] = [None] * 4
        self._whole: Ints | None = None
        self._homes: Ints = np.full(
            len(subjects), NOWHERE, dtype=np.int64
        )  # grids, once all are placed by grid
        self.spreads = Spreads(self)

    def spread(self, level: int) -> Patched[Spread]:
        """Return how the rows spread over the units of a level."""
        found = self._spreads[level]
        if found is None:
            found = self._spreads[level] = Patched(self._in_full(level))
        return found

    def _in_full(self, level: int) -> Spread:
        every = np.arange(len(self.subjects), dtype=np.int64)
        if not is_told_by_grids(self.subjects, self.units, level):
            spread, homes = _placed(self.subjects, self.units, level, every)
            if level == GRIDS:
                self._homes = homes
            return spread
        self.spread(GRIDS)
        told, rest = told_by_grids(self.subjects, self.units, level, self._homes)
        return told.overlaid(rest, spread_of(self.subjects, self.units, level, rest), len(every))

    def chosen(self, level: int) -> Chosen:
        """Return the unit of a level that each row lies in, whole; NOWHERE for none (reference 4.3)."""
        found = self._chosen[level]
        if found is None:
            above = [self.chosen(number).whole.array for number in range(level)]
            spread = self.spread(level).whole
            drawn = self.subjects.are_drawn
            found = Patched(Values(choose(spread, above, self.units.levels[level], drawn)))
            self._chosen[level] = found
        return found

    @property
    def whole(self) -> Ints:
        """The unit of each level that each row lies in, whole: a row for each, NOWHERE for none."""
        if self._whole is None:
            self._whole = np.stack([self.chosen(level).whole.array for level in range(4)], axis=1)
        return self._whole

    def whole_of(self, rows: Ints) -> Ints:
        """Return the same of some rows."""
        return np.stack([self.chosen(level).at(rows).array for level in range(4)], axis=1)

    def known_spread(self, level: int) -> Patched[Spread] | None:
        """Return the spread of a level if it was asked for."""
        return self._spreads[level]

    def known_chosen(self, level: int) -> Chosen | None:
        """Return the units chosen at a level if they were asked for."""
        return self._chosen[level]

    def take(self, level: int, spread: Patched[Spread] | None, chosen: Chosen | None) -> None:
        """Take over what is known of a level; while this is being made."""
        self._spreads[level], self._chosen[level] = spread, chosen

    def changed_from(self, earlier: Placing) -> frozenset[str] | None:
        """Return the codes of the records that lie, or may lie, otherwise than in an earlier placing.

        Those that came or went since are among them. None where it isn't known: then all may.
        """
        steps = self.descent.since(earlier.descent)
        return None if steps is None else frozenset().union(*steps)


class Spreads:
    """The spreads of a placing by level, each placed when it is asked for."""

    def __init__(self, placing: Placing) -> None:
        self._placing = placing

    def __getitem__(self, level: int) -> Spread:
        return self._placing.spread(level).whole

    def __iter__(self) -> Iterator[Spread]:
        return (self[level] for level in range(4))


def spread_of(subjects: Subjects, units: Units, level: int, rows: Ints) -> Spread:
    """Place some rows at a level, numbered in their order; where no unit has an outline, by record alone."""
    return _placed(subjects, units, level, rows)[0]


def _placed(subjects: Subjects, units: Units, level: int, rows: Ints) -> tuple[Spread, Ints]:
    """Return how rows spread, and for each the unit that surely holds all of it, NOWHERE else."""
    unit_level = units.levels[level]
    drawn = subjects.drawn_of(rows) if unit_level.has_outline else np.zeros(len(rows), dtype=np.bool_)
    undrawn = np.flatnonzero(~drawn)
    recorded = units.lines.climb_all(subjects.refs_of(rows[undrawn]))[:, level]
    is_placed = recorded != NOWHERE
    by_record, recorded = undrawn[is_placed], recorded[is_placed]
    ones, outside = np.ones(len(by_record)), np.ones(len(rows))
    outside[by_record] = 0.0
    if not drawn.any():
        nowhere = np.full(len(rows), NOWHERE, dtype=np.int64)
        return Spread(by_record, recorded, ones, ones, outside, drawn), nowhere
    found = _shares(subjects, unit_level.index, rows)
    outside[drawn] = found.outside[drawn]
    if len(by_record) == 0:
        return Spread(found.subject, found.unit, found.share, found.counted, outside, drawn), found.home
    subject = np.concatenate([found.subject, by_record])
    order = np.argsort(subject, kind="stable")
    spread = Spread(
        subject[order],
        np.concatenate([found.unit, recorded])[order],
        np.concatenate([found.share, ones])[order],
        np.concatenate([found.counted, ones])[order],
        outside,
        drawn,
    )
    return spread, found.home


def _shares(subjects: Subjects, index: LevelIndex, rows: Ints) -> Shares:
    """Return where the outlines of rows lie; of many, only those of one group are there at a time."""
    groups = beside_one_another(subjects.envelopes.of(rows))
    if len(groups) == 1:
        return index.shares(subjects.outlines_of(rows))
    made = ((places, subjects.outlines_of(rows[places])) for places in groups)
    return index.shares_of_many(len(rows), made)


def choose(spread: Spread, above: Sequence[Ints], level: UnitLevel, drawn: NDArray[np.bool_]) -> Ints:
    """Return the unit that each row lies in whole: the largest that no ancestor keeps out, ``above`` being chosen."""
    allowed = np.ones(len(spread.unit), dtype=np.bool_)
    for number, chosen_above in enumerate(above):
        chosen = chosen_above[spread.subject]
        ancestor = level.ancestors[spread.unit, number]
        allowed &= (chosen == NOWHERE) | (ancestor == NOWHERE) | (chosen == ancestor)
    allowed |= ~drawn[spread.subject]
    return largest(len(spread), spread.subject[allowed], spread.unit[allowed], spread.share[allowed])


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
