"""What splits and merges stand on: the data of one moment, what may be split or merged, and how things are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.errors import InvalidInput, Problem
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from geo.crs import Zone


@dataclass(frozen=True)
class Ground:
    """The data as they are, how they are read and measured, and the day from which something is to be otherwise."""

    registry: Registry
    dataset: Dataset
    day: date

    @classmethod
    def of(cls, registry: Registry, day: date) -> Ground:
        """Return a registry's data of one moment."""
        return cls(registry, registry.engine.dataset, day)

    @property
    def profile(self) -> Profile:
        """How things are read."""
        return self.registry.profile

    @property
    def zone(self) -> Zone:
        """How they are measured."""
        return self.registry.zone

    def named(self, record: Record) -> Text:
        """Return a record's kind, name and code."""
        words = KINDS[record.kind].words
        zh, en = (PeopleWords(self.dataset, self.profile, lang).named(record.code) for lang in ("zh", "en"))
        return Text(f"{words.zh} {zh}", f"{words.en}: {en}")

    def fact(self, row: Record) -> Text:
        """Return a fact's name and value."""
        said = [
            PeopleWords(self.dataset, self.profile, lang).fact(row.text("key"), row.text("value"))
            for lang in ("zh", "en")
        ]
        return Text("：".join(said[0]), ": ".join(said[1]))

    def scheme(self, name: str) -> Text:
        """Return what assessments by a scheme are called."""
        declared = self.profile.scheme(name)
        words = Text(name, name) if declared is None else declared.words
        return Text(f"评分：{words.zh}", f"Assessment: {words.en}")

    def area(self, outline: BaseGeometry) -> float:
        """Return an outline's area [m²]."""
        return float(self.zone.to_metres([outline])[0].area)

    def outline(self, record: Record) -> BaseGeometry:
        """Return the outline of a record that may be split or merged on the day.

        Raises InvalidInput where it has none, does not hold on the day and the one before, or changed on a later day.
        """
        said = self._why_not(record)
        if said is not None:
            raise InvalidInput(said, (Problem(message=said, code=record.code),))
        shape = record.geometry_on(self.day)
        assert shape is not None  # noqa: S101 - asked above
        return shape

    def _why_not(self, record: Record) -> Text | None:
        words, day = KINDS[record.kind].words, self.day
        shape = record.geometry_on(day)
        later = [last + ONE_DAY for steps in record.past.values() for last, _ in steps if last >= day]
        if not KINDS[record.kind].is_layer:
            return Text(
                f"{record.code} 是{words.zh}，没有边界，不能拆分或合并。",
                f"{record.code} is one of {words.en}; it has no outline and can't be split or merged.",
            )
        if not record.is_in_force(day):
            span = f"{record.valid_from or '…'} – {record.valid_until or '…'}"
            return Text(
                f"{record.code} 在 {day} 不在册（{span}）。换一天。",
                f"{record.code} is not in force on {day} ({span}). Give another day.",
            )
        if record.valid_from is not None and record.valid_from >= day:
            return Text(
                f"{record.code} 从 {day} 才有，前一天没有可以结束的。写以后的一天，或者更正边界。",
                f"{record.code} begins on {day}, so there is nothing to end the day before. Give a later day, or correct the outline.",
            )
        if later:
            return Text(
                f"{record.code} 在 {max(later)} 还改过。写 {max(later)} 或以后的一天，那次改动才不会丢。",
                f"{record.code} was changed on {max(later)}. Give that day or a later one, so that nothing of it is lost.",
            )
        if shape is None or not shape.area > 0:
            return Text(
                f"{record.code} 没有画出边界，先画它。", f"{record.code} has no outline. Draw it first."
            )
        return None
