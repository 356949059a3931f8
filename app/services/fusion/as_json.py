"""Cuts and proposals as the command line prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from app.services.fusion.cuts import Cut
    from app.services.fusion.fuse import Proposal


def cuts_json(
    cuts: Sequence[Cut], day: date, crs: str, level: str | None, street: str | None
) -> dict[str, Any]:
    """Return every cut compound, gravest first."""
    return {
        "as_of": day.isoformat(),
        "level": level,
        "street": street,
        "crs": crs,
        "count": len(cuts),
        "cuts": [cut_json(cut) for cut in cuts],
    }


def cut_json(cut: Cut) -> dict[str, Any]:
    """Return one cut compound."""
    return {
        "code": cut.code,
        "name": cut.name or None,
        "households": cut.households,
        "area_m2": cut.area_m2,
        "smaller": cut.smaller,
        "affected": cut.affected,
        "affected_m2": cut.affected_m2,
        "units": dict(cut.units),
        "sides": _sides(cut),
    }


def proposal_json(proposal: Proposal) -> dict[str, Any]:
    """Return what a proposal would do, unrounded."""
    query = proposal.query
    return {
        "compound": proposal.compound.code,
        "name": proposal.compound.text("name") or None,
        "from": None if proposal.is_correction else proposal.day.isoformat(),
        "as_of": proposal.day.isoformat(),
        "to": dict(proposal.to),
        "moves": [
            {
                "level": move.level,
                "unit": move.record.code,
                "name": move.record.text("name") or None,
                "gained_m2": move.gained_m2,
                "is_moved": move.is_moved,
            }
            for move in proposal.moves
        ],
        "emptied": list(proposal.emptied),
        "torn": list(proposal.torn),
        "before": {} if proposal.before is None else _sides(proposal.before),
        "after": {} if proposal.after is None else _sides(proposal.after),
        "newly_cut": _codes(proposal.newly_cut),
        "released": list(proposal.released),
        "measure": query.measure,
        "weight": query.weight,
        "count": query.count,
        "kind": query.kind,
        "figures": [
            {
                "level": row.level,
                "unit": row.unit,
                "name": row.name or None,
                "before": row.before.as_json(),
                "after": row.after.as_json(),
            }
            for row in proposal.figures
        ],
    }


def _sides(cut: Cut) -> dict[str, list[dict[str, Any]]]:
    return {
        level: [{"unit": unit, "share": share} for unit, share in sides] for level, sides in cut.sides.items()
    }


def _codes(cuts: Iterable[Cut]) -> list[dict[str, Any]]:
    return [{"code": cut.code, "name": cut.name or None, "sides": _sides(cut)} for cut in cuts]
