"""What a city means by three-no and by covered: its facts, choices, rule and measures, declared in TOML.

A profile is the common declaration (``resources/profiles/common.toml``) with a city's own on top. The city's
text is kept in the registry, so that a registry means the same wherever it is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.vocabulary import ANSWERS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.profile.declared import (
        Adoption,
        Checklist,
        FactGroup,
        FactSpec,
        GridSize,
        MeasureSpec,
        Relation,
        Scheme,
        ThreeNoRule,
        WorkCosts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A city's profile, complete. ``text`` is the city's own TOML as kept in the registry."""

    id: str
    version: int
    name: Text
    districts: tuple[str, ...]
    three_no: ThreeNoRule
    property_stages: tuple[str, ...]
    groups: Mapping[str, FactGroup]
    facts: Mapping[str, FactSpec]
    choices: Mapping[str, Mapping[str, Text]]
    checklists: Mapping[str, Checklist]
    schemes: Mapping[str, tuple[Scheme, ...]]  # versions of each, the newest last
    relations: Mapping[str, Relation]
    adoption: Adoption
    grid_size: GridSize
    work: WorkCosts
    measures: Mapping[str, MeasureSpec]
    text: str

    @property
    def label(self) -> str:
        """Id and version, as results print it."""
        return f"{self.id}@{self.version}"

    def facts_of(self, kind: str) -> tuple[FactSpec, ...]:
        """Return the facts that a plural kind may have, in the order of declaration."""
        return tuple(spec for spec in self.facts.values() if kind in spec.of)

    def fact_choices(self, spec: FactSpec) -> Mapping[str, Text]:
        """Return the words of the values a fact may have; empty for counts and texts."""
        if spec.type == "answer":
            return ANSWERS
        return self.choices[spec.choices] if spec.type == "choice" else {}

    def scheme(self, scheme_id: str, version: int | None = None) -> Scheme | None:
        """Return a scheme in its newest version, or in the one asked for; None where there is none."""
        versions = self.schemes.get(scheme_id, ())
        if version is None:
            return versions[-1] if versions else None
        return next((scheme for scheme in versions if scheme.version == version), None)

    def schemes_for(self, kind: str, compound_kind: str | None = None) -> tuple[Scheme, ...]:
        """Return the newest version of every scheme that a record of a plural kind may be assessed by.

        ``compound_kind``: only those for compounds of that kind; None = of any.
        """
        newest = (versions[-1] for versions in self.schemes.values())
        return tuple(
            scheme
            for scheme in newest
            if kind in scheme.of
            and (not scheme.kinds or compound_kind is None or compound_kind in scheme.kinds)
        )

    def checklists_of(self, kind: str) -> tuple[Checklist, ...]:
        """Return the checklists of a plural kind."""
        return tuple(checklist for checklist in self.checklists.values() if checklist.of == kind)

    def relations_between(self, subject: str, to: str) -> tuple[Relation, ...]:
        """Return the relations that a record of one plural kind may have with one of another."""
        return tuple(r for r in self.relations.values() if subject in r.of and to in r.to)
