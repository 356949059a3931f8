"""Mediators as counts: each category of the profile's group, summed over compounds, communities and streets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import LEVELS
from app.services.registry.lookup import record_called

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.profile.declared import FactSpec

GROUP: Final = "mediators"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorRow:
    """One category: how many people at each kind of place, and which places. A kind nobody counted is left out."""

    spec: FactSpec
    counts: Mapping[str, int]  # plural kind → people
    codes: tuple[str, ...]

    @property
    def total(self) -> int | None:
        """All of the category; None where nobody counted."""
        return sum(self.counts.values()) if self.counts else None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the category with its words and counts."""
        return {
            "key": self.spec.key,
            "words": {"zh": self.spec.words.zh, "en": self.spec.words.en},
            "total": self.total,
            "counts": dict(self.counts),
            "codes": list(self.codes),
        }


def mediator_rows(engine: CoverageEngine, day: date, unit: str | None = None) -> list[MediatorRow]:
    """Return every declared category with its people as of a day, in a unit and what lies in it (None: everywhere).

    Raises InvalidInput for a code that nothing has.
    """
    if unit is not None:
        record = record_called(engine.dataset, unit)
        unit = record.code
    rows = []
    for spec in engine.profile.facts.values():
        if spec.group != GROUP or spec.type != "count":
            continue
        counts: dict[str, int] = {}
        codes: list[str] = []
        for kind in spec.of:
            for place in _places(engine, kind, day, unit):
                fact = engine.dataset.fact_on(place, spec.key, day)
                if fact is not None:
                    counts[kind] = counts.get(kind, 0) + int(fact.text("value"))
                    codes.append(place)
        rows.append(MediatorRow(spec=spec, counts=counts, codes=tuple(codes)))
    return rows


def _places(engine: CoverageEngine, kind: str, day: date, unit: str | None) -> Sequence[str]:
    codes = [record.code for record in engine.dataset.in_force(kind, day)]
    if unit is None:
        return codes
    placed = engine.derived_many(kind, day)
    return [
        code
        for code in codes
        if code == unit
        or ((at := placed.get(code)) is not None and any(getattr(at, level) == unit for level in LEVELS))
    ]
