"""Whom a measure is about, by the unit they lie in: status, name, and the part of the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.coverage.measures import parse_measure
from app.domain.kinds import KINDS, LEVELS
from app.domain.personal import without_numbers
from app.domain.profile.declared import SUBJECTS
from app.domain.vocabulary import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.results import Derived
    from app.domain.leaving.content import Leaving
    from app.services.registry.registry import Registry
    from app.text import Text


class Subject(NamedTuple):
    """One subject: ``part`` is the code of the part of the unit that it lies in, "" = in none."""

    code: str
    name: str
    status: str
    part: str
    kind: Text


class Subjects:
    """The subjects of a paper's measure on its day. ``is_shown``: whether readers may have them one by one."""

    def __init__(self, registry: Registry, leaving: Leaving, *, is_shown: bool) -> None:
        self._registry, self._leaving = registry, leaving
        measure = parse_measure(registry.profile, leaving.measure)
        self._kind = SUBJECTS[measure.spec.subject]
        self._status = registry.engine.status_of(leaving.measure, leaving.as_of, leaving.kind)
        self._by_unit: dict[str, list[Subject]] = {}
        self._derived: Mapping[str, Derived] = registry.engine.derived_many(self._kind, leaving.as_of)
        if is_shown:
            self._sort()
        is_drawn = is_shown or leaving.has_status
        self.statuses: Mapping[str, str] = (
            {code: said[0] for code, said in self._status.items()}
            if is_drawn and self._kind in ("compounds", "buildings")
            else {}
        )

    def in_unit(self, code: str) -> Sequence[Subject]:
        """Return the open subjects of a unit of the paper: those not covered or not known."""
        return self._by_unit.get(code, ())

    def all_by(self, level: str) -> list[Subject]:
        """Return all open subjects of the paper's units, each in its unit of ``level``."""
        units = {row.code for row in self._leaving.levels[level].rows}
        return [
            subject._replace(part=unit)
            for unit, subjects in self._by_unit.items()
            if unit in units
            for subject in subjects
        ]

    def _sort(self) -> None:
        by = self._leaving.by
        own = KINDS[self._kind].table  # a subject that is itself a part of the unit stands for the unit
        below = "street" if by == "district" else "grid"
        day, words = self._leaving.as_of, KINDS[self._kind].words
        for code, said in self._status.items():
            if said[0] not in ("uncovered", "unknown"):
                continue
            unit = self._at(code, by)
            name = without_numbers(self._registry.engine.name_on(code, day))
            self._by_unit.setdefault(unit, []).append(
                Subject(
                    code,
                    name or self._leaving.say(UNNAMED),
                    said[0],
                    unit if own in (by, below) else self._at(code, below),
                    words,
                )
            )

    def _at(self, code: str, level: str) -> str:
        if level in LEVELS and KINDS[self._kind].table == level:
            return code
        derived = self._derived.get(code)
        return (getattr(derived, level) or "") if derived is not None else ""
