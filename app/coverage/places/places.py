"""The geography of a dataset: who is placed where on which day. Filled when asked, kept while nothing moves."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from app.coverage.places.outlines import Projector
from app.coverage.places.placing import Placing, Subjects, place
from app.coverage.places.units import PARENT_FIELDS, Units, epoch_of, unit_days
from app.domain.kinds import KINDS, UNIT_KINDS

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from geo.crs import Zone

COUNTED: Final = "counted"  # compounds and scattered buildings, whether they count on the day or not
_GEOGRAPHY: Final = tuple(kind.name for kind in KINDS.values() if kind.is_layer)


class Places:
    """Units and placings of one dataset, by stretches of days in which nothing about units changes.

    Any thread may ask: a lock guards the filling of the caches.
    """

    def __init__(self, dataset: Dataset, zone: Zone, projector: Projector | None = None) -> None:
        self.zone = zone
        self._dataset = dataset
        self._projector = Projector(zone) if projector is None else projector
        self._lock = threading.RLock()
        self._starts: list[int] | None = None
        self._units: dict[int, Units] = {}
        self._subjects: dict[str, Subjects] = {}
        self._placings: dict[tuple[str, int], Placing] = {}
        self._earlier: dict[
            tuple[str, int], Placing
        ] = {}  # in the same units, of subjects that changed since

    def for_dataset(self, dataset: Dataset) -> Places:
        """Return the places of a later dataset, keeping whatever did not move.

        Units that moved leave nothing; a compound, building or station that moved is placed again, alone.
        """
        moved = {kind for kind in _GEOGRAPHY if not _is_same_geography(kind, self._dataset, dataset)}
        if not moved:
            return self
        with self._lock:
            after = Places(dataset, self.zone, self._projector.renewed())
            if moved.isdisjoint(UNIT_KINDS):
                gone = moved | ({COUNTED} if moved & {"compounds", "buildings"} else set())
                after._starts, after._units = self._starts, dict(self._units)
                after._subjects = {k: v for k, v in self._subjects.items() if k not in gone}
                after._placings = {k: v for k, v in self._placings.items() if k[0] not in gone}
                earlier = {**self._earlier, **self._placings}
                after._earlier = {k: v for k, v in earlier.items() if k not in after._placings}
        return after

    @property
    def starts(self) -> list[int]:
        """Days, as ordinals, on which something about the units changes."""
        with self._lock:
            if self._starts is None:
                self._starts = unit_days(self._dataset)
            return self._starts

    def units(self, day: date) -> Units:
        """Return the units in force on a day."""
        epoch = epoch_of(self.starts, day)
        with self._lock:
            units = self._units.get(epoch)
            if units is None:
                units = self._units[epoch] = Units(self._dataset, day, self._projector)
            return units

    def subjects(self, kind: str = COUNTED) -> Subjects:
        """Return the records of a kind, in force or not, as they are placed."""
        with self._lock:
            subjects = self._subjects.get(kind)
            if subjects is None:
                subjects = self._subjects[kind] = Subjects(self._records(kind), self._projector)
            return subjects

    def placing(self, day: date, kind: str = COUNTED) -> Placing:
        """Return where the rows of ``subjects(kind)`` lie in the units of a day."""
        epoch = epoch_of(self.starts, day)
        with self._lock:
            placing = self._placings.get((kind, epoch))
            if placing is None:
                placing = self._placings[kind, epoch] = place(
                    self.subjects(kind), self.units(day), self._earlier.pop((kind, epoch), None)
                )
            return placing

    def _records(self, kind: str) -> list[Record]:
        if kind != COUNTED:
            return sorted(self._dataset.of(kind).values(), key=lambda record: record.code)
        found = [*self._dataset.of("compounds").values()]
        found += [r for r in self._dataset.of("buildings").values() if _is_ever_scattered(r)]
        return sorted(found, key=lambda record: record.code)


def _is_ever_scattered(building: Record) -> bool:
    return building.get("compound") is None or any(
        value is None for _, value in building.past.get("compound", ())
    )


def _is_same_geography(kind: str, before: Dataset, after: Dataset) -> bool:
    old, new = before.of(kind), after.of(kind)
    if old is new:
        return True
    if old.keys() != new.keys():
        return False
    return all(
        record is other or _place_of(record) == _place_of(other)
        for record, other in ((record, new[code]) for code, record in old.items())
    )


def _place_of(record: Record) -> tuple[object, ...]:
    """Return all of a record that placing reads; outlines by identity, which is quick and never wrong."""
    fields = PARENT_FIELDS[record.kind]
    if chain := KINDS[record.kind].chain:
        fields = (*fields, chain)
    if "compound" in KINDS[record.kind].index:
        fields = (*fields, "compound")
    period = (record.valid_from, record.valid_until) if record.kind in UNIT_KINDS else None
    return (
        period,
        id(record.geometry),
        tuple((last, id(outline)) for last, outline in record.past.get("geometry", ())),
        tuple(record.get(field) for field in fields),
        tuple(record.past.get(field, ()) for field in fields),
    )
