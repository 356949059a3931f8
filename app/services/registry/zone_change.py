"""Another working zone for a registry: what it does to areas and figures, before it is done and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.coverage.engine import CoverageEngine
from app.coverage.results import Query
from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.services.registry.working_zone import AUTO, fitting_zone, zone_of_code
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.results import Figures
    from app.domain.edits import Changes
    from app.services.registry.registry import Registry
    from geo.crs import Zone

_REACH: Final = 500  # [m] at which stations are told


@dataclass(frozen=True, slots=True, kw_only=True)
class InZone:
    """What a registry comes to in one zone: area of all compounds in force [m²], figures by measure and weight."""

    zone: Zone
    area_m2: float
    figures: tuple[tuple[str, str, Figures], ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return it as the verb prints it."""
        rows = [{"measure": m, "weight": w, **figures.as_json(lang)} for m, w, figures in self.figures]
        return {"crs": self.zone.epsg, "area_m2": self.area_m2, "figures": rows}


def asked_zone(registry: Registry, written: str) -> Zone:
    """Return the zone that ``EPSG:n`` or ``auto`` (the one that fits) names; InvalidInput for anything else."""
    if written.strip().lower() == AUTO:
        return fitting_zone(registry.dataset)
    return zone_of_code(written)


def in_zone(registry: Registry, zone: Zone, day: date | None = None) -> InZone:
    """Return areas and figures as they are, or would be, in a zone: what weighs by area, and the stations' reach."""
    day = day or today()
    engine = (
        registry.engine if zone == registry.zone else CoverageEngine(registry.dataset, registry.profile, zone)
    )
    kinds = {str(station.on("kind", day)) for station in registry.dataset.in_force("stations", day)}
    asked = [("party", "area"), ("property", "area")]
    asked += [(f"station:{kind}:{_REACH}", "households") for kind in sorted(kinds)]
    figures = tuple(
        (
            measure,
            weight,
            engine.coverage(Query(measure=measure, by="district", as_of=day, weight=weight)).total.figures,
        )
        for measure, weight in asked
    )
    areas = (found.area_m2 or 0.0 for found in engine.derived_many("compounds", day).values())
    return InZone(zone=zone, area_m2=sum(areas), figures=figures)


def change_zone(registry: Registry, zone: Zone, *, why: str) -> Changes:
    """Put a zone in place of the registry's, as one change that can be taken back.

    Raises InvalidInput if ``why`` is empty.
    """
    if not why.strip():
        message = Text("要写为什么（--why）。", "Say why (--why).")
        raise InvalidInput(message, (Problem(message=message, column="why"),))
    return registry.change_zone(zone, why=why)
