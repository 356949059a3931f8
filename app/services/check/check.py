"""Data-quality findings: what somebody should look at before trusting a figure (`check`)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.jobs import Ticket
from app.services.check import far as check_far
from app.services.check import places as check_places
from app.services.check import records as check_records
from app.services.check.asked import Asked
from app.services.check.datum import datum_shift
from app.services.check.finding import RULES, Finding, in_order
from app.services.check.personal import personal_number
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from geo.crs import Zone

__all__ = ["RULES", "Finding", "check", "findings_of"]

_RULES: Final[dict[str, Callable[[Asked], Iterable[Finding]]]] = {
    "grid_gap": check_places.grid_gap,
    "grid_overlap": check_places.grid_overlap,
    "compound_overlap": check_places.compound_overlap,
    "outside_unit": check_places.outside_unit,
    "straddles": check_places.straddles,
    "no_outline": check_places.no_outline,
    "recorded_differs": check_places.recorded_differs,
    "duplicate": check_records.duplicate,
    "unnamed": check_records.unnamed,
    "grid_without_community": check_records.grid_without_community,
    "grid_size": check_records.grid_size,
    "firm_code": check_records.firm_code,
    "no_parent_organisation": check_records.no_parent_organisation,
    "three_no_contradiction": check_records.three_no_contradiction,
    "yes_without_record": check_records.yes_without_record,
    "missing_households": check_records.missing_households,
    "stale_fact": check_records.stale_fact,
    "datum_shift": datum_shift,
    "far_away": check_far.far_away,
    "zone_differs": check_far.zone_differs,
    "personal_number": personal_number,
}
_STAGE: Final = Text("检查数据", "Checking the data")


def check(
    dataset: Dataset,
    profile: Profile,
    engine: CoverageEngine,
    zone: Zone,
    day: date,
    rules: Sequence[str] = (),
    *,
    ticket: Ticket | None = None,
) -> list[Finding]:
    """Return the findings of ``rules`` (none named: all) on a day, gravest first, waived ones last.

    Raises
    ------
    InvalidInput
        For a rule that does not exist, naming those that do.

    """
    unknown = [rule for rule in rules if rule not in _RULES]
    if unknown:
        message = Text(
            f"没有检查规则 {unknown[0]}。有：{' '.join(RULES)}。",
            f"There is no rule {unknown[0]}. There are: {' '.join(RULES)}.",
        )
        raise InvalidInput(message, tuple(Problem(message=message, value=rule) for rule in unknown))
    asked = Asked(dataset, profile, zone, day, engine.places)
    ticket = ticket or Ticket()
    chosen = [rule for rule in RULES if not rules or rule in rules]
    found: list[Finding] = []
    for done, rule in enumerate(chosen):
        ticket.step(_STAGE, done, len(chosen))
        found += _RULES[rule](asked)
    waived = _waived(dataset, day)
    return in_order([replace(f, waived_until=waived[f.id]) if f.id in waived else f for f in found])


def _waived(dataset: Dataset, day: date) -> dict[str, date | None]:
    """Return the last day of each waiver that holds on ``day``, by its finding's id."""
    rows = dataset.of("waivers").values()
    return {row.text("finding"): row.valid_until for row in rows if row.is_in_force(day)}


def findings_of(findings: Iterable[Finding], code: str) -> list[Finding]:
    """Return the findings that concern a record."""
    return [finding for finding in findings if code in finding.codes]
