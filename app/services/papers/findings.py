"""What is doubtful about the data of a paper, each with the unit in which it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.kinds import KINDS, LEVELS
from app.domain.leaving.paper import PaperFinding
from app.domain.personal import without_numbers
from app.domain.vocabulary import RULES, SEVERITIES
from app.services.check.check import check
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.jobs import Ticket
    from app.services.registry.registry import Registry


def findings_in(
    registry: Registry, day: date, by: str, unit: str, ticket: Ticket
) -> tuple[PaperFinding, ...]:
    """Return the findings that nobody waived, gravest first; with ``unit`` those alone that concern what lies in it."""
    found = check(registry.dataset, registry.profile, registry.engine, registry.zone, day, ticket=ticket)
    said = []
    for finding in found:
        if finding.waived_until is not None:
            continue
        lines = [_line(registry, code, day) for code in finding.codes]
        if unit and not any(unit in line for line in lines):
            continue
        place = LEVELS.index(by)
        said.append(
            PaperFinding(
                rule=RULES[finding.rule],
                severity=finding.severity,
                severity_words=SEVERITIES[finding.severity],
                message=Text(without_numbers(finding.message.zh), without_numbers(finding.message.en)),
                unit=next((line[place] for line in lines if line[place]), ""),
                codes=finding.codes,
            )
        )
    return tuple(said)


def _line(registry: Registry, code: str, day: date) -> Sequence[str]:
    """Return the unit at each level in which a record lies, itself included; "" at a level where it lies in none."""
    record = registry.dataset.find(code)
    if record is None:
        return [""] * len(LEVELS)
    derived = registry.engine.derived_many(record.kind, day).get(code)
    own = KINDS[record.kind].table
    return [code if level == own else (getattr(derived, level, None) or "") for level in LEVELS]
