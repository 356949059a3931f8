"""Where all subjects of a sort count at a level, whether they are in the base of a measure or not."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from app.coverage.assignment import assign
from app.coverage.common import seats_name
from app.coverage.places.units import NOWHERE
from app.domain.kinds import KINDS, LEVELS
from app.domain.profile.declared import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from app.coverage.answers import Answers
    from app.coverage.places.units import UnitLevel

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


class Everybody(NamedTuple):
    """All that may be subjects of one sort, by code as text: whoever is in the base of a measure is among them."""

    codes: Sequence[str]
    position: Mapping[str, int]


class Seats:
    """Pairs of subject and unit by position, by subject; ``counted`` of each counts there, ``outside`` nowhere."""

    def __init__(
        self,
        everybody: Everybody,
        units: UnitLevel,
        subject: Ints,
        unit: Ints,
        counted: Floats,
        outside: Floats,
    ) -> None:
        self.everybody = everybody
        self.units = units
        self.subject = subject
        self.unit = unit
        self.counted = counted
        self.outside = outside

    @cached_property
    def unit_of(self) -> Ints:
        """The one unit of each subject, where each counts whole; NOWHERE without."""
        units = np.full(len(self.everybody.codes), NOWHERE, dtype=np.int64)
        units[self.subject] = self.unit
        return units


def everybody_of(answers: Answers, subject: str) -> Everybody:
    """Return all that may be subjects of a sort."""

    def find() -> Everybody:
        if subject in LEVELS:
            level = answers.places.units(answers.day).levels[LEVELS.index(subject)]
            return Everybody(level.codes, level.position)
        kind = SUBJECTS[subject]
        if subject == "compound" or KINDS[kind].is_layer:
            subjects = answers.places.subjects(*(() if subject == "compound" else (kind,)))
            return Everybody(subjects.codes, subjects.position)
        codes = sorted(answers.dataset.of(kind))
        return Everybody(codes, {code: place for place, code in enumerate(codes)})

    day = answers.day if subject in LEVELS else None
    found: Everybody = answers.common.of(seats_name(subject), day, find)
    return found


def seats_of(answers: Answers, subject: str, by: str, count: str, kind: str | None) -> Seats:
    """Return where the subjects of a sort count at a level; ``kind`` places firms (``--kind``)."""

    def find() -> Seats:
        everybody = everybody_of(answers, subject)
        units = answers.places.units(answers.day).levels[LEVELS.index(by)]
        if subject == "compound":
            return _of_compounds(answers, everybody, units, by, count)
        held = assign(answers, subject, everybody.codes, by, count, kind)
        return Seats(everybody, units, held.subject, held.unit, held.counted, held.outside)

    key = (answers.day, by, count, kind if subject == "firm" else None)
    found: Seats = answers.common.of(seats_name(subject), key, find)
    return found


def _of_compounds(answers: Answers, everybody: Everybody, units: UnitLevel, by: str, count: str) -> Seats:
    level = LEVELS.index(by)
    rows = answers.places.subjects().rows_on(answers.day)
    placing = answers.places.placing(answers.day)
    if count == "whole":
        chosen = placing.chosen(level).at(rows).array
        placed = np.flatnonzero(chosen != NOWHERE)
        outside = np.where(chosen == NOWHERE, 1.0, 0.0)
        return Seats(everybody, units, placed, chosen[placed], np.ones(len(placed)), outside)
    spread = placing.spread(level).at(rows)
    return Seats(everybody, units, spread.subject, spread.unit, spread.counted, spread.outside)
