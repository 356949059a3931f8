"""Answers on any day of one dataset, and what follows from many days: ever three-no."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Final

from app.coverage.answers import Answers, Verdict
from app.coverage.common import STATIONS, Common
from app.coverage.relations import Relations
from app.coverage.stations import stations_at
from app.domain.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.coverage.places.places import Places
    from app.domain.dataset import Dataset
    from app.domain.dataset_steps import Pair
    from app.domain.profile.profile import Profile

_DAYS_KEPT: Final = 4096
_LISTED: Final = "three_no_listed"


class Book:
    """All that can be asked of one dataset by one profile, day by day."""

    def __init__(
        self,
        dataset: Dataset,
        profile: Profile,
        places: Places,
        relations: Relations | None = None,
        common: Common | None = None,
    ) -> None:
        self.dataset = dataset
        self.profile = profile
        self.places = places
        self.relations = Relations(dataset) if relations is None else relations
        self.common = Common() if common is None else common
        self._lock = threading.Lock()
        self._days: dict[date, Answers] = {}

    def for_dataset(
        self, dataset: Dataset, places: Places, pairs: Sequence[Pair], topics: frozenset[str]
    ) -> Book:
        """Return the book of a dataset that came from this one by some pairs of records, and touched some topics."""
        relations = self.relations.for_dataset(dataset, pairs)
        return Book(dataset, self.profile, places, relations, self.common.after(topics))

    def on(self, day: date) -> Answers:
        """Return the answers on a day."""
        with self._lock:
            answers = self._days.get(day)
            if answers is None:
                if len(self._days) >= _DAYS_KEPT:
                    self._days.clear()
                answers = self._days[day] = Answers(
                    self.dataset, self.profile, self.places, self.relations, day, self.common
                )
            return answers

    def station_at(self, code: str, kinds: Collection[str], day: date) -> Verdict:
        """Whether a station in force, of one of these kinds, stands in a compound or unit; none there = no."""
        stations = self.common.of(STATIONS, day, lambda: stations_at(self.on(day)))
        found = tuple(name for name, kind in stations.get(code, ()) if not kinds or kind in kinds)
        return Verdict(Answer.YES, "in_force", found) if found else Verdict(Answer.NO, "none_there")

    def ever_three_no(self, code: str, day: date) -> Answer:
        """Return whether a compound was three-no, derived or listed, on some day up to ``day``.

        No only if it was no on every day from the first on which anything was known (reference 3).
        """
        if self._was_listed(code, day):
            return Answer.YES
        is_known = False
        was_always_no = True
        for moment in self._moments(code, day):
            answer = self.on(moment).three_no(code).answer
            if answer is Answer.YES:
                return Answer.YES
            if answer is Answer.NO:
                is_known = True
            elif is_known:
                was_always_no = False
        return Answer.NO if is_known and was_always_no else Answer.UNKNOWN

    def _was_listed(self, code: str, day: date) -> bool:
        if code in self.dataset.of("buildings"):
            return False
        for fact in self.dataset.facts(code).get(_LISTED, ()):
            begins = fact.valid_from or date.min
            if fact.values[2] == "yes" and begins <= day:
                held = self.dataset.fact_on(code, _LISTED, begins)
                if held == fact:
                    return True
        return False

    def _moments(self, code: str, day: date) -> list[date]:
        """Return the first day of every stretch up to ``day`` in which nothing about three-no changes."""
        days = {date.min.toordinal()}
        if code not in self.dataset.of("buildings"):
            for key in (*self.profile.three_no.fact_keys, "property_firm"):
                for fact in self.dataset.facts(code).get(key, ()):
                    if fact.valid_from is not None:
                        days.add(fact.valid_from.toordinal())
                    if fact.valid_until is not None:
                        days.add(fact.valid_until.toordinal() + 1)
        for span in self.relations.engagements_with(code):
            days |= self.relations.days_of(span)
        days |= self._complete_days(code)
        first, last = date.min.toordinal(), day.toordinal()
        return [date.fromordinal(moment) for moment in sorted(days) if first <= moment <= last]

    def _complete_days(self, code: str) -> set[int]:
        """Return the days on which a declared register, or the compound's place, may change an answer."""
        units = self.relations.units_with("property_complete")
        if not units:
            return set()
        days = {*self.places.starts, *self.places.subjects().starts_of(code)}
        for unit in units:
            for fact in self.dataset.facts(unit).get("property_complete", ()):
                if fact.valid_from is not None:
                    days.add(fact.valid_from.toordinal())
                if fact.valid_until is not None:
                    days.add(fact.valid_until.toordinal() + 1)
        return days
