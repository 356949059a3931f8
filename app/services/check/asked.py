"""What a rule of `check` may look at: the records of one day and where they lie."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from app.coverage.answers import ALL
from app.coverage.book import Book
from app.coverage.places.places import Places
from app.coverage.weights import people
from app.domain.vocabulary import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from app.coverage.answers import Answers
    from app.coverage.places.placing import Placing
    from app.coverage.places.subjects import Subjects
    from app.coverage.places.units import Refs, Units
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from geo.crs import Zone


class Asked:
    """One question to the rules. Placings are computed when the first rule asks for them."""

    def __init__(
        self, dataset: Dataset, profile: Profile, zone: Zone, day: date, places: Places | None
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.zone = zone
        self.day = day
        self._places = places

    @cached_property
    def places(self) -> Places:
        """Where everything lies: the engine's own, so that nothing is computed twice."""
        return self._places or Places(self.dataset, self.zone)

    @property
    def units(self) -> Units:
        """The units in force."""
        return self.places.units(self.day)

    @property
    def subjects(self) -> Subjects:
        """Compounds and scattered buildings, in force or not."""
        return self.places.subjects()

    @property
    def placing(self) -> Placing:
        """Where they lie."""
        return self.places.placing(self.day)

    @cached_property
    def answers(self) -> Answers:
        """What is known of everybody on the day, as coverage knows it."""
        return Book(self.dataset, self.profile, self.places).on(self.day)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The row in ``placing`` of each compound and scattered building in force."""
        codes = list(self.answers.counted(ALL))
        return dict(zip(codes, self.subjects.rows_of(codes, self.day).tolist(), strict=True))

    @cached_property
    def refs(self) -> dict[str, Refs]:
        """The units that each of these names itself."""
        rows = np.array(list(self.rows.values()), dtype=np.int64)
        return dict(zip(self.rows, self.subjects.refs_of(rows), strict=True))

    @cached_property
    def _records(self) -> dict[str, Record]:
        asked = frozenset(self.answers.counted(ALL))
        return {code: record for code, record in self.answers.subjects() if code in asked}

    def subject(self, code: str) -> Record:
        """Return the compound or scattered building in force that has a code."""
        return self._records[code]

    @cached_property
    def compounds(self) -> list[Record]:
        """The compounds in force."""
        return self.dataset.in_force("compounds", self.day)

    @property
    def counted(self) -> Iterable[Record]:
        """The compounds in force of the kinds that coverage counts."""
        return (self._records[code] for code in self.answers.counted(None))

    def households_of(self, subject: Record) -> int | None:
        """Return the number of households that weighs a compound or scattered building."""
        return people(self.answers, subject.code, "households")


LEVELS_IN_A_SENTENCE: Final = tuple(LEVELS.values())
