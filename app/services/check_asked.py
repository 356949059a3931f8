"""What a rule of `check` may look at: the records of one day and where they lie."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.coverage.places import Places
from app.domain.kinds import COUNTED_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.coverage.placing import Placing, Subjects
    from app.coverage.units import Units
    from app.domain.dataset import Dataset
    from app.domain.profile import Profile
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
    def rows(self) -> dict[str, int]:
        """The row in ``placing`` of each compound and scattered building in force."""
        rows = self.subjects.rows_on(self.day)
        return {
            record.code: int(rows[place])
            for place, record in enumerate(self.subjects.records)
            if record.is_in_force(self.day)
            and (record.kind == "compounds" or record.on("compound", self.day) is None)
        }

    @cached_property
    def compounds(self) -> list[Record]:
        """The compounds in force."""
        return self.dataset.in_force("compounds", self.day)

    @cached_property
    def counted(self) -> list[Record]:
        """The compounds in force of the kinds that coverage counts."""
        return [c for c in self.compounds if (c.on("kind", self.day) or "unknown") in COUNTED_KINDS]

    def households_of(self, subject: Record) -> int | None:
        """Return the latest household count on or before the day, else the record's own field (reference 4.8)."""
        latest = None
        for row in self.dataset.household_counts(subject.code):
            on, count = row.get("on"), row.get("households")
            if isinstance(on, date) and on <= self.day and row.is_in_force(self.day) and count is not None:
                latest = count
        value = subject.on("households", self.day) if latest is None else latest
        return value if isinstance(value, int) else None

    @cached_property
    def with_organisation(self) -> frozenset[str]:
        """The codes to which an organisation in force is attached."""
        return self._tied("attachments", "organisation", "organisations", "to")

    @cached_property
    def with_firm(self) -> frozenset[str]:
        """The codes of compounds with an engagement in force, of any stage the profile counts."""
        return self._tied("engagements", "firm", "firms", "compound", self.profile.property_stages)

    def _tied(
        self, kind: str, by: str, owners: str, field: str, stages: tuple[str, ...] | None = None
    ) -> frozenset[str]:
        known: Mapping[str, Record] = self.dataset.of(owners)
        found = set()
        for tie in self.dataset.in_force(kind, self.day):
            owner = known.get(str(tie.on(by, self.day)))
            counts = stages is None or tie.on("stage", self.day) in stages
            if owner is not None and owner.is_in_force(self.day) and counts:
                found.add(str(tie.on(field, self.day)))
        return frozenset(found)


LEVEL_WORDS: Final = (("区", "district"), ("街道", "street"), ("社区", "community"), ("网格", "grid"))
