"""Figures beside a kept table: what was put right since it was published, what its definition changed, what happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.coverage.change.published import coverage_since, explain_since, published
from app.services.snapshots.stamp import records_digest, stamp_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.coverage.results import Coverage, Explanation, Query
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from app.services.snapshots.snapshots import Snapshot

CORRECTED: Final = "corrected"
DEFINITION: Final = "definition"


def coverage_against(
    registry: Registry, kept: Snapshot, as_of: date, ticket: Ticket | None = None
) -> Coverage:
    """Return the coverage of a day as the kept table asks for it, beside the table; before + Σ parts = now.

    Raises InvalidInput where the profile has the table's measure, unit, weight or kind no more.
    """
    engine = registry.engine
    found = coverage_since(engine, kept.published, _query(kept, as_of), _part(engine, kept), ticket)
    return replace(found, snapshot=kept.as_json("zh"))


def explain_against(registry: Registry, kept: Snapshot, unit: str, as_of: date) -> Explanation:
    """Return what lies behind one row of that comparison: who was put right since, then who changed."""
    engine = registry.engine
    found = explain_since(engine, kept.published, _query(kept, as_of), unit, _part(engine, kept))
    return replace(found, snapshot=kept.as_json("zh"))


def is_still_so(registry: Registry, kept: Snapshot) -> bool:
    """Whether the table is counted the same today, to the digit."""
    return published(registry.engine, kept.query).coverage == kept.published.coverage


def differs(registry: Registry, kept: Snapshot) -> list[str]:
    """Return what of the table's stamp is otherwise now: ``records``, ``profile``, ``zone``."""
    then, now = kept.stamp, stamp_of(registry, registry.engine)
    found = [] if then.records == now.records else ["records"]
    if (then.profile, then.profile_text) != (now.profile, now.profile_text):
        found.append("profile")
    return found if then.zone == now.zone else [*found, "zone"]


def _query(kept: Snapshot, as_of: date) -> Query:
    return replace(kept.query, as_of=as_of, against=kept.query.as_of)


def _part(engine: CoverageEngine, kept: Snapshot) -> Callable[[], str]:
    """Return what tells the part's name: a table whose records are as they were differs by its definition alone."""

    def told() -> str:
        is_same = kept.stamp.records == records_digest(engine.dataset) and kept.stamp.zone == engine.zone.epsg
        return DEFINITION if is_same else CORRECTED

    return told
