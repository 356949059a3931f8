"""From the scores of an assessment to a total with its range, and to stars. Pure arithmetic."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.profile.declared import Band, Scheme, SchemeItem
    from app.domain.record import Record

_EXACT = 1e-9  # a total that reaches a threshold but for rounding has reached it


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """An assessment added up.

    ``low`` and ``high`` are shares of the full score (0 to 1): the unassessed items at nothing and at their
    maximum. ``stars`` and ``band`` are None where the missing items could still change them, or where the
    scheme has no thresholds; 0 stars is below the lowest threshold.
    """

    points: float
    full: float
    low: float
    high: float
    stars_low: int | None
    stars_high: int | None
    band: Band | None
    missing: tuple[str, ...]

    @property
    def stars(self) -> int | None:
        """The stars, if nothing missing could change them."""
        return self.stars_low if self.stars_low == self.stars_high else None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the sums and the stars."""
        return {
            "points": self.points,
            "full": self.full,
            "low": self.low,
            "high": self.high,
            "stars": self.stars,
            "stars_low": self.stars_low,
            "stars_high": self.stars_high,
            "missing": list(self.missing),
        }


class Assessed(NamedTuple):
    """The latest assessment of a subject by a scheme: its day, the scheme's version, the scores by item."""

    on: date
    version: int | None
    scores: dict[str, float | None]
    rows: tuple[Record, ...]


def item_weight(scheme: Scheme, item: SchemeItem) -> float:
    """Return what one point of an item counts: its weight times its group's."""
    group = next((group for group in scheme.groups if group.id == item.group), None)
    return item.weight * (1.0 if group is None else group.weight)


def rate(scheme: Scheme, scores: Mapping[str, float | None]) -> Rating:
    """Add up scores by item id. An item without a score is unknown, not zero: the total has a range."""
    points, full, open_points = [], [], []
    missing = []
    for item in scheme.items:
        weight = item_weight(scheme, item)
        full.append(weight * item.maximum)
        score = scores.get(item.id)
        if score is None:
            missing.append(item.id)
            open_points.append(weight * item.maximum)
        else:
            points.append(weight * score)
    total, got, still = math.fsum(full), math.fsum(points), math.fsum(open_points)
    low = got / total if total else 0.0
    high = min(1.0, (got + still) / total) if total else 0.0
    worst, best = band_of(scheme, low), band_of(scheme, high)
    has_bands = bool(scheme.bands)
    return Rating(
        points=got,
        full=total,
        low=low,
        high=high,
        stars_low=_stars(worst) if has_bands else None,
        stars_high=_stars(best) if has_bands else None,
        band=worst if worst == best else None,
        missing=tuple(missing),
    )


def band_of(scheme: Scheme, share: float) -> Band | None:
    """Return the highest band that a share of the full score reaches; None below all of them."""
    return next((band for band in scheme.bands if share >= band.at_least - _EXACT), None)


def assessments_of(dataset: Dataset, subject: str, scheme: str, day: date) -> Assessed | None:
    """Return the latest assessment on or before ``day``: the rows of one day, which belong together, by code."""
    rows = [
        row
        for row in dataset.children("assessments", "subject", subject)
        if row.get("scheme") == scheme and _day(row) <= day
    ]
    if not rows:
        return None
    latest = max(_day(row) for row in rows)
    version = max(_version(row) for row in rows if _day(row) == latest)
    whole = tuple(
        sorted(
            (row for row in rows if _day(row) == latest and _version(row) == version),
            key=lambda row: row.code,
        )
    )
    return Assessed(latest, version or None, {row.text("item"): _score(row) for row in whole}, whole)


def _version(row: Record) -> int:
    version = row.get("scheme_version")
    return version if isinstance(version, int) else 0


def _day(row: Record) -> date:
    on = row.get("on")
    assert isinstance(on, date)  # noqa: S101  # narrows the type
    return on


def _score(row: Record) -> float | None:
    score = row.get("score")
    return float(score) if isinstance(score, int | float) else None


def _stars(band: Band | None) -> int:
    return 0 if band is None else band.stars
