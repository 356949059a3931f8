"""What is asked of zones and what is proposed: values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.text import Text
    from geo.bundling import Score

RELATION: Final = "zone_member"
WITHIN: Final = ("community", "street", "district")
EXISTING: Final = ("keep", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneRequest:
    """What zones are wanted.

    Attributes
    ----------
    households
        Households that a zone should have.
    street
        Only compounds placed in this street; None = everywhere.
    tolerance
        Share of ``households`` by which a zone may differ.
    reach
        Compounds whose nearest edges are at most this far apart adjoin [m]: the width of a road.
    within
        The unit whose border no zone crosses: community, street or district.
    kind
        Only compounds of this kind; None = all that are counted.
    with_scattered
        Also buildings that belong to no compound.
    existing
        ``keep``: what is in a zone stays there; ``replace``: zones that lie wholly among these compounds end.
    as_of
        First day of the new zones; None = today.

    """

    households: int
    street: str | None = None
    tolerance: float = 0.2
    reach: float = 60.0
    within: str = "street"
    kind: str | None = None
    with_scattered: bool = False
    existing: str = "keep"
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedZone:
    """One zone as proposed. ``why``: why it is smaller or larger than was asked for, None where it is not."""

    name: str
    street: str | None
    members: tuple[str, ...]
    households: int
    residents: int
    without_households: tuple[str, ...]
    communities: tuple[str, ...]
    area_m2: float
    compactness: float
    why: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonePlan:
    """A proposal. ``kept``: zones left alone; ``replaced``: zones that end; ``left_out``: code and reason."""

    request: ZoneRequest
    day: date
    zones: tuple[PlannedZone, ...]
    left_out: tuple[tuple[str, Text], ...]
    kept: tuple[str, ...]
    replaced: tuple[str, ...]
    score: Score
    baseline: Score

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the proposal as the command prints it."""
        request = self.request
        return {
            "households": request.households,
            "tolerance": request.tolerance,
            "reach_m": request.reach,
            "within": request.within,
            "street": request.street,
            "kind": request.kind,
            "with_scattered": request.with_scattered,
            "existing": request.existing,
            "as_of": self.day.isoformat(),
            "count": len(self.zones),
            "zones": [
                {
                    "name": zone.name,
                    "street": zone.street,
                    "members": list(zone.members),
                    "households": zone.households,
                    "residents": zone.residents,
                    "without_households": list(zone.without_households),
                    "communities": list(zone.communities),
                    "area_m2": zone.area_m2,
                    "compactness": zone.compactness,
                    "why": None if zone.why is None else zone.why.in_(lang),
                }
                for zone in self.zones
            ],
            "left_out": [{"code": code, "why": why.in_(lang)} for code, why in self.left_out],
            "kept": list(self.kept),
            "replaced": list(self.replaced),
            "score": _score(self.score),
            "baseline": _score(self.baseline),
        }


def _score(found: Score) -> dict[str, Any]:
    return {
        "zones": found.zones,
        "within_tolerance": found.within,
        "mean_difference": found.off,
        "compactness": found.compactness,
    }


def open_links(dataset: Dataset, zone: Record, day: date) -> list[Record]:
    """Return a zone's memberships that hold on ``day`` or later, by code."""
    if zone.valid_until is not None and zone.valid_until < day:
        return []
    rows = dataset.links_of(zone.code, RELATION)
    return sorted(
        (row for row in rows if row.valid_until is None or row.valid_until >= day), key=lambda row: row.code
    )
