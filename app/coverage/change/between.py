"""Where a subject lies on the later day if all units were still those of the earlier one (spec of change, 3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from app.coverage.answers import Answers
from app.coverage.assignment import assign
from app.coverage.change.states import places_of
from app.coverage.common import Common
from app.coverage.places.drawing import units_on
from app.coverage.places.outlines import Projector
from app.coverage.places.places import COUNTED, Places
from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS
from app.domain.record import NO_PAST

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.places.placing import Placing
    from app.coverage.places.subjects import Subjects
    from app.coverage.places.units import Units
    from app.coverage.results import Query
    from app.domain.record import Record


class _UnitsOfEarlier(Places):
    """The places of a dataset in which, whatever the day, the units are those of one day."""

    def __init__(self, engine: CoverageEngine, day: date, units: Units) -> None:
        super().__init__(engine.dataset, engine.zone)
        self._those, self._fixed, self._given = engine.places, day, units

    @override
    def units(self, day: date) -> Units:
        return self._given

    @override
    def subjects(self, kind: str = COUNTED) -> Subjects:
        return self._those.subjects(kind)

    @override
    def placing(self, day: date, kind: str = COUNTED) -> Placing:
        return self._those.placing(self._fixed, kind)


def places_between(
    engine: CoverageEngine, query: Query, subject: str, codes: Sequence[str], earlier: date, later: date
) -> dict[str, dict[str, float]]:
    """Return the place of each code: unit's code → share that counts there, ``""`` = in no unit.

    A subject that is itself a unit counts with its own record of the later day among the other units of the earlier.
    """
    units = engine.places.units(earlier)
    if subject in LEVELS:
        units = _with_own_records(engine, LEVELS.index(subject), codes, earlier, later)
    places = _UnitsOfEarlier(engine, earlier, units)
    answers = Answers(engine.dataset, engine.profile, places, engine.book.relations, later, Common())
    held = assign(answers, subject, codes, query.by, query.count, query.kind)
    found = places_of(held, units.levels[LEVELS.index(query.by)].codes, len(codes))
    return dict(zip(codes, found, strict=True))


def _with_own_records(
    engine: CoverageEngine, own: int, codes: Sequence[str], earlier: date, later: date
) -> Units:
    records = engine.dataset.of(UNIT_KINDS[own])
    changed = [_as_of(records[code], later) for code in codes]
    return units_on(engine.dataset.with_changes(changed), earlier, Projector(engine.zone))


def _as_of(record: Record, day: date) -> Record:
    """Return a record that was always what it is on a day; when it is in force stays."""
    values = tuple(record.on(field, day) for field in KINDS[record.kind].index)
    return record._replace(values=values, geometry=record.geometry_on(day), past=NO_PAST)
