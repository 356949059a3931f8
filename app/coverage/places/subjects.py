"""Records to be placed: each outline and recorded parents that they had over time is a row of its own."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.coverage.places.days import day_starts
from app.coverage.places.descent import Descent
from app.coverage.places.drawings import Drawings
from app.coverage.places.envelopes import Envelopes
from app.coverage.places.outlines import AT_ONCE
from app.coverage.places.patched import Patched, Values
from app.coverage.places.units import PARENT_FIELDS, refs_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.coverage.places.outlines import Projector, Sketch
    from app.coverage.places.units import Refs
    from app.domain.record import Record

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_FIRST_DAY: Final = 1  # ordinal of date.min
_NO_REFS: Final[Refs] = (None, None, None, None)
_MANY: Final = 16  # codes looked up one by one, as a part of all


@dataclass(frozen=True, slots=True)
class Moved:
    """What one step changed: rows, and the codes that have or had them."""

    rows: Ints
    codes: frozenset[str]


class Subjects:
    """Records by code, and their rows. A record keeps its rows while others come and go; rows of the gone are empty."""

    codes: list[str]
    outlines_by_row: Patched[Drawings]  # in metres

    def __init__(self, records: Iterable[Record], projector: Projector, *, is_packed: bool = False) -> None:
        """Take records in the order of their codes, one after the other.

        ``is_packed``: whether outlines are kept in little room, and made whenever they are asked for.
        """
        self.codes = []
        rows = _Rows()
        first: list[int] = []
        later: dict[str, tuple[tuple[int, int], ...]] = {}
        surveyed = _Surveyed(projector)

        def pieces() -> Iterator[NDArray[np.object_]]:
            for record in records:
                mine = rows.add(record.code, record, ())
                self.codes.append(record.code)
                first.append(mine[0][1])
                if len(mine) > 1:
                    later[record.code] = mine
                if len(rows.drawn) >= AT_ONCE:
                    yield surveyed.outlines(rows)
            yield surveyed.outlines(rows)

        outlines = Drawings.packed(pieces()) if is_packed else Drawings(np.concatenate(list(pieces())))
        self._first: Ints = np.array(first, dtype=np.int64)
        self._later: Mapping[str, tuple[tuple[int, int], ...]] = later  # of whom more than one row: day, row
        self.outlines_by_row = Patched(outlines)
        self._areas: Patched[Values[np.float64]] = Patched(Values(np.concatenate(surveyed.areas)))
        self._drawn: Patched[Values[np.bool_]] = Patched(Values(np.concatenate(surveyed.drawn)))
        self._refs = Patched(Values(_objects(rows.refs)))
        self._owners = Patched(Values(_objects(rows.owners)))
        self.envelopes = Envelopes(np.concatenate(surveyed.bounds))
        self.descent: Descent[Moved] = Descent()

    def moved(self, records: Mapping[str, Record | None], projector: Projector) -> Subjects:
        """Return the subjects of later records: by code those that moved, came, or (None) went."""
        after = object.__new__(Subjects)
        rows = _Rows(len(self.outlines_by_row))
        later = dict(self._later)
        came: dict[str, int] = {}
        gone: set[str] = set()
        for code, record in sorted(records.items()):
            known = self._rows_of(code)
            mine = rows.add(code, record, tuple(row for _, row in known))
            later.pop(code, None)
            if len(mine) > 1:
                later[code] = mine
            if mine and not known:
                came[code] = mine[0][1]
            elif known and not mine:
                gone.add(code)
        after._later = later
        after.codes, after._first = self._listed(came, gone)
        if after.codes is self.codes and "position" in self.__dict__:
            after.__dict__["position"] = self.position
        order = np.argsort(np.array(rows.rows, dtype=np.int64))
        at = np.array(rows.rows, dtype=np.int64)[order]
        outlines = projector.metres(rows.drawn, is_kept=False)[order]
        after.outlines_by_row = self.outlines_by_row.replaced(at, Drawings(outlines))
        after._drawn = self._drawn.replaced(at, Values(~shapely.is_missing(outlines)))
        after._areas = self._areas.replaced(at, Values(shapely.area(outlines)))
        after._refs = self._refs.replaced(at, Values(_objects(rows.refs)[order]))
        after._owners = self._owners.replaced(at, Values(_objects(rows.owners)[order]))
        after.envelopes = self.envelopes.replaced(at, outlines)
        after.descent = self.descent.then(Moved(at, frozenset(records)))
        return after

    def _listed(self, came: Mapping[str, int], gone: set[str]) -> tuple[list[str], Ints]:
        if not came and not gone:
            return self.codes, self._first
        out = [bisect_left(self.codes, code) for code in gone]
        codes = self.codes.copy()
        for place in sorted(out, reverse=True):
            del codes[place]
        first = np.delete(self._first, out)
        into = [bisect_left(codes, code) for code in came]  # all before any is put in
        first = np.insert(first, into, list(came.values()))
        for code in came:
            insort(codes, code)
        return codes, first

    @cached_property
    def position(self) -> dict[str, int]:
        """The place of each code among ``codes``."""
        return {code: place for place, code in enumerate(self.codes)}

    def __contains__(self, code: object) -> bool:
        return isinstance(code, str) and self._place_of(code) is not None

    def __len__(self) -> int:
        """Return the number of rows, those of gone records included."""
        return len(self.outlines_by_row)

    @property
    def outlines(self) -> NDArray[np.object_]:
        """The outline of each row in metres; of compounds made anew each time."""
        return self.outlines_by_row.whole.array

    @property
    def are_drawn(self) -> NDArray[np.bool_]:
        """Whether each row has an outline."""
        return self._drawn.whole.array

    @property
    def areas(self) -> Floats:
        """The area of each row's outline [m²]; NaN without."""
        return self._areas.whole.array

    def areas_of(self, rows: Ints) -> Floats:
        """Return the areas of some rows."""
        return self._areas.at(rows).array

    def outlines_of(self, rows: Ints) -> NDArray[np.object_]:
        """Return the outlines of some rows."""
        return self.outlines_by_row.at(rows).array

    def drawn_of(self, rows: Ints) -> NDArray[np.bool_]:
        """Return whether some rows have an outline."""
        return self._drawn.at(rows).array

    def refs_of(self, rows: Ints) -> list[Refs]:
        """Return the recorded units of some rows."""
        return list(self._refs.at(rows).array)

    def codes_of(self, rows: Ints) -> list[str]:
        """Return the code whose record has, or had, each of some rows."""
        return list(self._owners.at(rows).array)

    def rows_on(self, day: date) -> Ints:
        """Return, for every record, its row on a day."""
        if not self._later:
            return self._first
        rows = self._first.copy()
        place, start, row = self._spans
        begun = start <= day.toordinal()
        rows[place[begun]] = row[begun]  # rows of a record are in order of days: the latest wins
        return rows

    @cached_property
    def _spans(self) -> tuple[Ints, Ints, Ints]:
        """Of records with several rows: the record's place, the first day as ordinal, and the row."""
        spans = [
            (self.position[code], start, row) for code, mine in self._later.items() for start, row in mine
        ]
        place, start, row = np.array(spans, dtype=np.int64).T
        return place, start, row

    def rows_of(self, codes: Sequence[str], day: date) -> Ints:
        """Return the rows of some codes, each of which there is, on a day."""
        if len(codes) * _MANY < len(self.codes):
            found = [self._rows_of(code) for code in codes]
            return np.array([_row_on(mine, day) for mine in found], dtype=np.int64)
        position = self.position
        places = np.array([position[code] for code in codes], dtype=np.int64)
        return self.rows_on(day)[places]

    def starts_of(self, code: str) -> list[int]:
        """Return the days, as ordinals, on which this record's outline or recorded parents change."""
        return [start for start, _ in self._rows_of(code)[1:]]

    def _rows_of(self, code: str) -> tuple[tuple[int, int], ...]:
        mine = self._later.get(code)
        if mine is None:
            place = self._place_of(code)
            mine = () if place is None else ((_FIRST_DAY, int(self._first[place])),)
        return mine

    def _place_of(self, code: str) -> int | None:
        if "position" in self.__dict__:
            return self.position.get(code)
        place = bisect_left(self.codes, code)
        return place if place < len(self.codes) and self.codes[place] == code else None


class _Rows:
    """Rows being made, the new ones from a number on."""

    def __init__(self, count: int = 0) -> None:
        self._count = count
        self.rows: list[int] = []
        self.owners: list[str] = []
        self.drawn: list[Sketch] = []
        self.refs: list[Refs] = []
        self._same: dict[Refs, Refs] = {}  # many lie in the same units

    def add(self, code: str, record: Record | None, known: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Add the rows of a record, those it has first; return the first day of each. What is left of them is emptied."""
        if record is not None and not record.past and not known:  # nearly all: one row, which is new
            row = self._count
            self._count += 1
            self._put(row, code, record.drawn, refs_on(record, date.min))
            return ((_FIRST_DAY, row),)
        starts = [] if record is None else _variant_starts(record)
        mine = list(known[: len(starts)])
        while len(mine) < len(starts):
            mine.append(self._count)
            self._count += 1
        for start, row in zip(starts, mine, strict=True):
            day = date.fromordinal(start)
            assert record is not None  # noqa: S101  # narrows the type: only a record has starts
            self._put(row, code, record.drawn_on(day), refs_on(record, day))
        for row in known[len(starts) :]:
            self._put(row, code, None, _NO_REFS)
        return tuple(zip(starts, mine, strict=True))

    def _put(self, row: int, code: str, drawn: Sketch, refs: Refs) -> None:
        self.rows.append(row)
        self.owners.append(code)
        self.drawn.append(drawn)
        self.refs.append(self._same.setdefault(refs, refs))


class _Surveyed:
    """What is measured of outlines while they are there."""

    def __init__(self, projector: Projector) -> None:
        self._projector = projector
        self.areas: list[Floats] = []
        self.bounds: list[Floats] = []
        self.drawn: list[NDArray[np.bool_]] = []

    def outlines(self, rows: _Rows) -> NDArray[np.object_]:
        """Return the outlines of rows in metres that have just been made."""
        outlines = self._projector.metres(rows.drawn, is_kept=False)
        rows.drawn.clear()
        self.areas.append(shapely.area(outlines))
        self.bounds.append(shapely.bounds(outlines))
        self.drawn.append(~shapely.is_missing(outlines))
        return outlines


def _row_on(mine: tuple[tuple[int, int], ...], day: date) -> int:
    """Return the row of the latest start that is not after the day."""
    number = day.toordinal()
    return max((start, row) for start, row in mine if start <= number)[1]


def _objects(items: Sequence[object]) -> NDArray[np.object_]:
    """Return things as an array of themselves, tuples included."""
    return np.fromiter(items, dtype=object, count=len(items))


def _variant_starts(record: Record) -> list[int]:
    if not record.past:
        return [_FIRST_DAY]
    fields = ("geometry", *PARENT_FIELDS[record.kind])
    return sorted({_FIRST_DAY, *day_starts(record._replace(valid_from=None, valid_until=None), fields)})
