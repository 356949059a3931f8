"""The geography of a dataset: who is placed where on which day. Filled when asked; a change costs what moved."""

from __future__ import annotations

import threading
from heapq import merge
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.places.days import UnitDays
from app.coverage.places.drawing import units_on
from app.coverage.places.outlines import Projector
from app.coverage.places.placing import Placing
from app.coverage.places.placing_again import placed_again
from app.coverage.places.reaching import Reaching
from app.coverage.places.redrawing import redrawn
from app.coverage.places.subjects import Subjects
from app.coverage.places.units import PARENT_FIELDS
from app.domain.kinds import KINDS, UNIT_KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from app.coverage.places.units import Units
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from geo.crs import Zone

    Pair = tuple[Record | None, Record | None]
    Codes = Mapping[str, frozenset[str]]  # by kind

COUNTED: Final = "counted"  # compounds and scattered buildings, whether they count on the day or not
_GEOGRAPHY: Final = frozenset(kind.name for kind in KINDS.values() if kind.is_layer)
_EARLIER: Final = 16  # stretches of days that are remembered though units changed since
_REACHES: Final = 8
_PART: Final = 4  # where more than such a part of a kind moved, all of it is laid out anew


class _Stretch(NamedTuple):
    """Days without change, as ordinals: from the first to the last but one; and what lay there."""

    first: int
    end: int

    def has(self, day: date) -> bool:
        return self.first <= day.toordinal() < self.end


class _Kept:
    """What is known of one geography, and what was known of those before it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.days: UnitDays | None = None
        self.units: dict[_Stretch, Units] = {}
        self.subjects: dict[str, Subjects] = {}
        self.placings: dict[tuple[str, _Stretch], Placing] = {}
        self.earlier_units: list[tuple[_Stretch, Units, Codes]] = []  # latest first; with what moved since
        self.earlier_subjects: dict[str, tuple[Subjects, frozenset[str]]] = {}
        self.earlier_placings: list[tuple[str, _Stretch, Placing]] = []
        self.reaches: dict[tuple[str, float], Reaching] = {}

    def moved(self, units: Codes, subjects: Codes, pairs: Iterable[Pair]) -> _Kept:
        """Return what is known once units and subjects of some codes moved, the units' records from pair to pair."""
        after = _Kept()
        after.days = None if self.days is None else self.days.moved(pairs)
        after.subjects = {kind: known for kind, known in self.subjects.items() if kind not in subjects}
        after.earlier_subjects = dict(self.earlier_subjects)
        for kind, codes in subjects.items():
            if kind in self.subjects:
                after.earlier_subjects[kind] = (self.subjects[kind], codes)
            elif kind in self.earlier_subjects:
                known, since = self.earlier_subjects[kind]
                after.earlier_subjects[kind] = (known, since | codes)
        now = [(stretch, known, units) for stretch, known in reversed(self.units.items())]
        before = [(stretch, known, _merged(since, units)) for stretch, known, since in self.earlier_units]
        if units:
            after.earlier_units = [*now, *before][:_EARLIER]
        else:
            after.units, after.earlier_units = dict(self.units), list(self.earlier_units)
        still = {key: p for key, p in self.placings.items() if not units and key[0] not in subjects}
        stale = [(*key, p) for key, p in reversed(self.placings.items()) if key not in still]
        after.placings, after.reaches = still, dict(self.reaches)
        after.earlier_placings = [*stale, *self.earlier_placings][:_EARLIER]
        return after


class Places:
    """Units and placings of one dataset, by stretches of days in which nothing about units changes.

    Any thread may ask: a lock guards the filling of the caches.
    """

    def __init__(self, dataset: Dataset, zone: Zone) -> None:
        self.zone = zone
        self._dataset = dataset
        self._projector = Projector(zone)
        self._kept = _Kept()

    def for_dataset(self, dataset: Dataset) -> Places:
        """Return the places of another dataset, keeping whatever did not move since this one.

        What moved is placed again when it is asked for; this stays as it is. Where it isn't known what changed,
        everything is.
        """
        pairs = dataset.since(self._dataset)
        after = Places(dataset, self.zone)
        if pairs is None:
            return after
        after._projector = self._projector
        moved = [pair for pair in pairs if _has_moved(*pair)]
        units, subjects = _codes_of(moved)
        with self._kept.lock:
            after._kept = self._kept.moved(units, subjects, _of_units(moved)) if moved else self._kept
        return after

    def is_like(self, earlier: Places) -> bool:
        """Whether nothing moved since some earlier places from which these came."""
        return self._kept is earlier._kept

    @property
    def starts(self) -> list[int]:
        """Days, as ordinals, on which something about the units changes."""
        return self._days().starts

    def units(self, day: date) -> Units:
        """Return the units in force on a day."""
        kept = self._kept
        stretch = self._stretch(day)
        with kept.lock:
            units = kept.units.get(stretch)
            if units is None:
                known = ((u, codes) for old, u, codes in kept.earlier_units if old.has(day))
                earlier, codes = next(known, (None, {}))
                units = kept.units[stretch] = (
                    units_on(self._dataset, day, self._projector)
                    if earlier is None
                    else redrawn(earlier, self._dataset, day, codes, self._projector)
                )
            return units

    def subjects(self, kind: str = COUNTED) -> Subjects:
        """Return the records of a kind, in force or not, as they are placed."""
        kept = self._kept
        with kept.lock:
            subjects = kept.subjects.get(kind)
            if subjects is None:
                earlier, codes = kept.earlier_subjects.pop(kind, (None, frozenset[str]()))
                if earlier is None or len(codes) * _PART > len(earlier.codes):
                    subjects = Subjects(self._records(kind), self._projector, is_packed=kind == COUNTED)
                else:
                    now = {code: self._record(kind, code) for code in codes}
                    subjects = earlier.moved(now, self._projector)
                kept.subjects[kind] = subjects
            return subjects

    def placing(self, day: date, kind: str = COUNTED) -> Placing:
        """Return where the rows of ``subjects(kind)`` lie in the units of a day."""
        kept = self._kept
        stretch = self._stretch(day)
        with kept.lock:
            placing = kept.placings.get((kind, stretch))
            if placing is None:
                known = (p for own, old, p in kept.earlier_placings if own == kind and old.has(day))
                earlier = next(known, None)
                subjects, units = self.subjects(kind), self.units(day)
                placing = kept.placings[kind, stretch] = (
                    Placing(subjects, units) if earlier is None else placed_again(earlier, subjects, units)
                )
            return placing

    def reach(
        self, of: str, metres: float, stations: Sequence[str], outlines: NDArray[np.object_]
    ) -> Reaching:
        """Return what of each row of ``subjects()`` lies within reach of stations.

        ``of`` is the kind that they are of; what was last found for it and the distance is mended.
        """
        kept = self._kept
        with kept.lock:
            subjects = self.subjects()
            found = kept.reaches.pop((of, metres), None)
            if found is None or not found.is_of(subjects, stations, outlines):
                found = Reaching(subjects, stations, outlines, metres, found)
            kept.reaches[of, metres] = found
            for oldest in list(kept.reaches)[:-_REACHES]:
                del kept.reaches[oldest]
            return found

    def _days(self) -> UnitDays:
        kept = self._kept
        with kept.lock:
            if kept.days is None:
                kept.days = UnitDays.of(self._dataset)
            return kept.days

    def _stretch(self, day: date) -> _Stretch:
        return _Stretch(*self._days().stretch(day))

    def _records(self, kind: str) -> Iterable[Record]:
        if kind != COUNTED:
            return _by_code(self._dataset.of(kind))
        scattered = (r for r in _by_code(self._dataset.of("buildings")) if _is_ever_scattered(r))
        return merge(_by_code(self._dataset.of("compounds")), scattered, key=_code)

    def _record(self, kind: str, code: str) -> Record | None:
        if kind != COUNTED:
            return self._dataset.of(kind).get(code)
        compound, building = self._dataset.of("compounds").get(code), self._dataset.of("buildings").get(code)
        return (
            building
            if compound is None and building is not None and _is_ever_scattered(building)
            else compound
        )


def _by_code(records: Mapping[str, Record]) -> Iterable[Record]:
    """Return records in the order of their codes; one by one where that is the table's own."""
    if all(one < other for one, other in pairwise(records)):
        return records.values()
    return sorted(records.values(), key=_code)


def _code(record: Record) -> str:
    return record.code


def _is_ever_scattered(building: Record) -> bool:
    return building.get("compound") is None or any(
        value is None for _, value in building.past.get("compound", ())
    )


def _codes_of(moved: Iterable[Pair]) -> tuple[Codes, Codes]:
    """Return the codes of units, by kind, and of subjects, by kind and ``COUNTED``."""
    units: dict[str, set[str]] = {}
    subjects: dict[str, set[str]] = {}
    for before, after in moved:
        record = after or before
        assert record is not None  # noqa: S101  # narrows the type: a pair has one at least
        if record.kind in UNIT_KINDS:
            units.setdefault(record.kind, set()).add(record.code)
        subjects.setdefault(record.kind, set()).add(record.code)
        if record.kind == "compounds" or (
            record.kind == "buildings" and any(one and _is_ever_scattered(one) for one in (before, after))
        ):
            subjects.setdefault(COUNTED, set()).add(record.code)
    return _frozen(units), _frozen(subjects)


def _frozen(codes: Mapping[str, set[str]]) -> Codes:
    return {kind: frozenset(mine) for kind, mine in codes.items()}


def _merged(one: Codes, other: Codes) -> Codes:
    return {kind: one.get(kind, frozenset()) | other.get(kind, frozenset()) for kind in {*one, *other}}


def _of_units(pairs: Iterable[Pair]) -> list[Pair]:
    return [pair for pair in pairs if (pair[0] or pair[1]).kind in UNIT_KINDS]  # type: ignore[union-attr]


def _has_moved(before: Record | None, after: Record | None) -> bool:
    """Whether anything that placing reads of a record is another."""
    record = after or before
    if record is None or record.kind not in _GEOGRAPHY:
        return False
    return before is None or after is None or _place_of(before) != _place_of(after)


def _place_of(record: Record) -> tuple[object, ...]:
    """Return all of a record that placing reads; outlines as they are told, to the last digit."""
    fields = PARENT_FIELDS[record.kind]
    if chain := KINDS[record.kind].chain:
        fields = (*fields, chain)
    if "compound" in KINDS[record.kind].index:
        fields = (*fields, "compound")
    period = (record.valid_from, record.valid_until) if record.kind in UNIT_KINDS else None
    return (
        period,
        record.drawn,
        record.past.get("geometry", ()),
        tuple(record.get(field) for field in fields),
        tuple(record.past.get(field, ()) for field in fields),
    )
