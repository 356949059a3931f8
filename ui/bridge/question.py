"""The question asked of coverage just now, and its answer at every level."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.coverage.results import Query
from app.domain.kinds import LEVELS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage
    from app.jobs import Ticket

NO_STATUS: Final = ("left_out", "not_in_base", ())
COMPUTING: Final = Text("算覆盖率", "Computing coverage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of coverage just now. ``weight`` None = the measure's own default."""

    measure: str = "party"
    by: str = "grid"
    weight: str | None = None
    count: str = "whole"
    kind: str | None = None
    against: date | None = None

    def query(self, day: date, by: str | None = None) -> Query:
        """Return it as the engine takes it."""
        return Query(
            measure=self.measure,
            by=by or self.by,
            as_of=day,
            weight=self.weight,
            count=self.count,
            kind=self.kind,
            against=self.against,
        )


@dataclass(frozen=True, slots=True)
class Figured:
    """The current question answered at every level, with each subject's status. Filled by one background job."""

    question: Question
    as_of: date
    coverages: dict[str, Coverage] = field(default_factory=dict)  # by level
    statuses: Mapping[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)


def figure(engine: CoverageEngine, question: Question, day: date, ticket: Ticket) -> Figured:
    """Answer a question at every level."""
    coverages = {}
    for step, level in enumerate(LEVELS):
        ticket.step(COMPUTING, step, len(LEVELS) + 1)
        coverages[level] = engine.coverage(question.query(day, level), ticket)
    ticket.step(COMPUTING, len(LEVELS), len(LEVELS) + 1)
    return Figured(question, day, coverages, engine.status_of(question.measure, day))
