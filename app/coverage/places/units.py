"""Districts, streets, communities and grids on one day: outlines, parents, successors (reference 2, 4.5, 4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from app.coverage.places.descent import Descent
    from app.coverage.places.patched import Patched, Values
    from app.coverage.places.unit_index import LevelIndex
    from app.domain.dataset import Dataset
    from app.domain.record import Record

    Ints = NDArray[np.int64]
    Outlines = Patched[Values[np.object_]]

PARENT_FIELDS: Final = {  # the units that a record itself names, from the district down
    kind.name: tuple(name for name in reversed(kind.parents) if name in LEVELS) for kind in KINDS.values()
}
NOWHERE: Final = -1

Refs = tuple[str | None, str | None, str | None, str | None]  # recorded code at each level
Line = tuple[int, int, int, int]  # position of the unit at each level, NOWHERE where there is none
_NO_LINE: Final[Line] = (NOWHERE, NOWHERE, NOWHERE, NOWHERE)
_FIELDS: Final = {
    kind: tuple((LEVELS.index(field), field) for field in fields) for kind, fields in PARENT_FIELDS.items()
}

_PLACES: Final = {
    kind: tuple((level, KINDS[kind].index[field]) for level, field in fields)
    for kind, fields in _FIELDS.items()
}


def refs_on(record: Record, day: date) -> Refs:
    """Return the units that a record itself names on a day, from the district down."""
    row: list[str | None] = [None, None, None, None]
    if not record.past:  # nearly all: the values as they stand
        values = record.values
        for level, place in _PLACES[record.kind]:
            if (value := values[place]) is not None:
                row[level] = str(value)
        return (row[0], row[1], row[2], row[3])
    for level, field in _FIELDS[record.kind]:
        if (value := record.on(field, day)) is not None:
            row[level] = str(value)
    return (row[0], row[1], row[2], row[3])


class Gone(NamedTuple):
    """A unit that is not in force: what it names, and what stands for it."""

    refs: Refs
    follower: str | None


def gone_on(record: Record, day: date) -> Gone:
    """Return what a unit that is not in force says on a day."""
    chain = KINDS[record.kind].chain
    following = record.on(chain, day) if chain else None
    return Gone(refs_on(record, day), None if following is None else str(following))


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Which units there are on a day, level by level from the district down, by code as text."""

    codes: list[list[str]]
    refs: list[list[Refs]]
    gone: list[Mapping[str, Gone]]  # not in force, or not yet
    position: list[Mapping[str, int]]

    @classmethod
    def on(cls, dataset: Dataset, day: date) -> Roll:
        """Return the units of a day."""
        roll = cls([], [], [], [])
        for kind in UNIT_KINDS:
            known = sorted(dataset.of(kind).items())
            here = [(code, refs_on(record, day)) for code, record in known if record.is_in_force(day)]
            roll.codes.append([code for code, _ in here])
            roll.refs.append([refs for _, refs in here])
            roll.gone.append({c: gone_on(record, day) for c, record in known if not record.is_in_force(day)})
            roll.position.append(positions(roll.codes[-1]))
        return roll

    def state_of(self, level: int, code: str) -> Gone | Refs | None:
        """Return what whoever names a unit reads of it: what it names itself, and its successor if it is gone."""
        place = self.position[level].get(code)
        return self.gone[level].get(code) if place is None else self.refs[level][place]

    def naming(self, codes: set[str]) -> set[str]:
        """Return units that name any of these, directly or by others, and these themselves."""
        found = set(codes)
        before = -1
        while len(found) != before:
            before = len(found)
            for own, refs, gone in zip(self.codes, self.refs, self.gone, strict=True):
                found.update(code for code, row in zip(own, refs, strict=True) if not found.isdisjoint(row))
                found.update(
                    c for c, one in gone.items() if one.follower in found or not found.isdisjoint(one.refs)
                )
        return found


def positions(codes: Sequence[str]) -> dict[str, int]:
    """Return the place of each code."""
    return {code: place for place, code in enumerate(codes)}


class Lines:
    """The units above each unit, from the district down; of a level once its ``tables`` are there."""

    def __init__(self, roll: Roll, tables: Sequence[Ints] = ()) -> None:
        self.roll = roll
        self.tables: list[Ints] = list(tables)  # by level, row by unit, column by level: position or NOWHERE
        self._known: dict[tuple[int, str], Line] = {}

    def climb(self, refs: Refs, lowest: tuple[int, int] | None = None) -> Line:
        """Return the units that recorded codes stand for: the lowest and its ancestors first (reference 4.6).

        ``lowest``, a level and a position, goes before them all.
        """
        found = list(_NO_LINE)
        if lowest is not None:
            _take(found, self.upwards(*lowest))
        for level in (3, 2, 1, 0):
            code = refs[level]
            if code is not None:
                _take(found, self._line_of(level, code))
        return (found[0], found[1], found[2], found[3])

    def climb_all(self, refs: Sequence[Refs]) -> Ints:
        """Return the line of each, as rows."""
        known: dict[Refs, Line] = {}
        rows = []
        for ref in refs:
            line = known.get(ref)
            if line is None:
                line = known[ref] = self.climb(ref)
            rows.append(line)
        return np.array(rows, dtype=np.int64).reshape(-1, 4)

    def upwards(self, level: int, place: int) -> Line:
        """Return a unit with the units above it."""
        line = self.tables[level][place].tolist()
        line[level] = place
        return (line[0], line[1], line[2], line[3])

    def _line_of(self, level: int, code: str) -> Line:
        """Return a recorded unit, or its successor, with its ancestors; its parents alone if it is gone."""
        line = self._known.get((level, code))
        if line is None:
            line = self._known[level, code] = self._find_line(level, code)
        return line

    def _find_line(self, level: int, code: str) -> Line:
        seen: set[str] = set()
        last: Gone | None = None
        while code not in seen:
            place = self.roll.position[level].get(code)
            if place is not None:
                return self.upwards(level, place)
            seen.add(code)
            known = self.roll.gone[level].get(code)
            if known is None:
                break
            last = known
            code = known.follower or code
        return _NO_LINE if last is None else self.climb(last.refs)


def _take(found: list[int], line: Line) -> None:
    for level in range(4):
        if found[level] == NOWHERE:
            found[level] = line[level]


class UnitLevel:
    """The units of one level in force, by code as text; every array is in this order."""

    def __init__(
        self, codes: list[str], position: Mapping[str, int], index: LevelIndex, ancestors: Ints, filled: Ints
    ) -> None:
        self.codes = codes
        self.position = position
        self.index = index
        self.ancestors = ancestors
        self.filled = filled

    @property
    def outlines(self) -> NDArray[np.object_]:
        """The outline of each unit in metres; its own, or the union of children."""
        return self.index.outlines.whole.array

    @property
    def has_outline(self) -> bool:
        """Whether any unit of the level has an outline, its own or by its children."""
        return not self.index.is_empty


@dataclass(frozen=True, slots=True)
class UnitsMoved:
    """What one step changed, by level: codes of units whose outline is another, or that came or went, and of lines."""

    redrawn: tuple[frozenset[str], ...]
    relined: tuple[frozenset[str], ...]  # whose units above are others, or that came or went
    has_new_lines: bool  # whether a record that names units may stand for others


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """All units in force on a day, from the district down, with the parents that count on that day."""

    levels: list[UnitLevel]
    lines: Lines  # as they count
    recorded: Lines  # by records alone
    own: list[Outlines]  # outlines of the units' own, in metres
    descent: Descent[UnitsMoved]

    def line(self, refs: Refs) -> Line:
        """Return the units that recorded codes stand for: the lowest and its ancestors first (reference 4.6)."""
        return self.lines.climb(refs)

    def line_at(self, code: str) -> Line | None:
        """Return a unit's ancestors and itself; None unless a unit of this code is in force."""
        for number, level in enumerate(self.levels):
            place = level.position.get(code)
            if place is not None:
                return self.lines.upwards(number, place)
        return None

    def may_lie_in(self, unit: int, chosen: Sequence[int], level: int) -> bool:
        """Whether no ancestor of a unit of ``level`` differs from the unit chosen at its level (reference 4.3)."""
        line = self.levels[level].ancestors[unit]
        return all(
            NOWHERE in (chosen[above], line[above]) or chosen[above] == line[above] for above in range(level)
        )
