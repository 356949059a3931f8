"""What of a record must be computed before the inspector can show it, off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from app.domain.kinds import KINDS
from ui.panels.inspector.adoption import stage_shown
from ui.panels.inspector.declared import credit_of, firms_serving, graded_by, met_by, relations_of
from ui.panels.inspector.standing import party_verdict, property_verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.answers import Verdict
    from app.coverage.results import Derived, ThreeNo
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.adoption.stages import Stage
    from app.services.registry.registry import Registry
    from ui.panels.inspector.declared import Credit, Graded, Met
    from ui.panels.inspector.dossier import Link, Near, StationFinder


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What had to be computed for a record, off the GUI thread."""

    derived: Derived | None = None
    three_no: ThreeNo | None = None
    near: list[Near] = field(default_factory=list)
    checklists: list[Met] = field(default_factory=list)
    graded: list[Graded] = field(default_factory=list)
    relations: list[Link] = field(default_factory=list)
    credits: list[Credit] = field(default_factory=list)
    adoption: Stage | None = None
    party: Verdict | None = None
    property: Verdict | None = None
    has_stations: bool = True  # any is recorded


def computing(
    registry: Registry, finder: StationFinder, record: Record, day: date, lang: str
) -> Callable[[Ticket], Computed]:
    """Return the job for a record as the registry is now."""
    engine, dataset, zone = registry.engine, registry.dataset, registry.zone
    profile, code = registry.profile, record.code
    is_compound, is_layer = record.kind == "compounds", KINDS[record.kind].is_layer

    def job(ticket: Ticket) -> Computed:
        computed = Computed(
            derived=engine.derived(code, day) if is_layer else None,
            three_no=engine.three_no(code, day) if is_compound else None,
            near=finder.nearest(dataset, zone, record, day, lang) if is_layer else [],
            has_stations=bool(dataset.of("stations")),
            party=party_verdict(engine, record, day),
            property=property_verdict(engine, record, day),
        )
        if ticket.is_cancelled:
            return computed
        return replace(
            computed,
            adoption=stage_shown(engine, code, day) if is_compound else None,
            checklists=met_by(engine, profile, record, day),
            graded=graded_by(dataset, profile, record, day),
            relations=relations_of(dataset, profile, code, day, lang),
            credits=[credit_of(dataset, firm, day, lang) for firm in firms_serving(dataset, record, day)],
        )

    return job
