"""One run of the checks, beside what stood there before the user began."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.check.check import check

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.dataset import Dataset
    from app.jobs import Ticket
    from app.services.check.finding import Finding
    from app.services.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Checked:
    """What one run found, and the ids of what stood there before the user began."""

    findings: list[Finding]
    before: frozenset[str]


def checking(
    registry: Registry, day: date, opened: Dataset, known: frozenset[str] | None
) -> Callable[[Ticket], Checked]:
    """Return the job that checks a registry as it is now.

    ``opened``: what it held when it was opened; ``known``: the ids of what is found in that on this day, once looked up.
    """
    dataset, profile, engine, zone = registry.dataset, registry.profile, registry.engine, registry.zone

    def job(ticket: Ticket) -> Checked:
        found = check(dataset, profile, engine, zone, day, ticket=ticket)
        if known is not None:
            return Checked(found, known)
        if opened is dataset:
            return Checked(found, frozenset(finding.id for finding in found))
        old = check(opened, profile, engine.with_dataset(opened), zone, day, ticket=ticket)
        return Checked(found, frozenset(finding.id for finding in old))

    return job
