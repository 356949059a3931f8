"""What a proposal of zones stands on: what was asked, the day, and where everything lies then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.period import today

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.coverage.answers import Answers
    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Derived
    from app.domain.dataset import Dataset
    from app.services.registry.registry import Registry
    from app.services.zones.plan import ZoneRequest


@dataclass(frozen=True, slots=True)
class Ground:
    """One day of a registry as zones need it; ``placed``: where each compound and building lies, by code."""

    request: ZoneRequest
    day: date
    engine: CoverageEngine
    answers: Answers
    placed: Mapping[str, Derived]

    @property
    def dataset(self) -> Dataset:
        """All records."""
        return self.engine.dataset


def ground_of(registry: Registry, request: ZoneRequest) -> Ground:
    """Return the ground of a request."""
    day, engine = request.as_of or today(), registry.engine
    placed = dict(engine.derived_many("compounds", day))
    if request.with_scattered:
        placed |= engine.derived_many("buildings", day)
    return Ground(request, day, engine, engine.book.on(day), placed)
