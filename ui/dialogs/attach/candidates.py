"""Which organisations or firms a record could be attached to, the nearest first: values only, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS
from app.domain.text.initials import sounds_like
from app.domain.text.name_order import name_keys
from app.domain.text.readings import fold
from app.domain.vocabulary import LEVELS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from app.coverage.results import Derived
    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from geo.crs import Zone

_NOWHERE: Final = float("inf")
_OWN: Final = {
    level: Text(f"本{LEVELS[level].zh}", f"own {LEVELS[level].en}")
    for level in ("grid", "community", "street")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An organisation or firm to choose. ``metres`` from the record to the nearest thing it belongs to."""

    code: str
    name: str
    rank: int
    metres: float
    note: Text

    def answers(self, typed: str) -> bool:
        """Whether what was typed is part of its name, by its characters or its sound, or of its code."""
        wanted = fold(typed).strip()
        return not wanted or wanted in self.code.lower() or sounds_like(self.name, wanted)


def organisation_candidates(
    dataset: Dataset,
    profile: Profile,
    zone: Zone,
    target: Record,
    derived: Derived | None,
    day: date,
) -> list[Candidate]:
    """Return the organisations in force: own grid's first, then own community's, street's, then by distance."""
    own = _own_units(target, derived)
    organisations = dataset.in_force("organisations", day)
    belongs = {o.code: [a.text("to") for a in dataset.attachments_of(o.code)] for o in organisations}
    distances = _distances(dataset, zone, target, belongs, day)
    found = []
    for organisation in organisations:
        level = _level(own, dataset, belongs[organisation.code])
        parts = [_OWN[level]] if level else []
        if not level and (metres := distances[organisation.code]) < _NOWHERE:
            parts.append(_distance_words(metres))
        kind = profile.choices["organisation_type"].get(organisation.text("type"))
        if kind is not None:
            parts.append(kind)
        members = organisation.get("members")
        if isinstance(members, int):
            parts.append(Text(f"党员 {members}", f"{members} members"))
        name = organisation.text("name")
        found.append(
            Candidate(
                code=organisation.code,
                name=name,
                rank=("grid", "community", "street", "").index(level),
                metres=distances[organisation.code],
                note=_joined(parts),
            )
        )
    return _nearest_first(found)


def firm_candidates(
    dataset: Dataset,
    profile: Profile,
    zone: Zone,
    target: Record,
    derived: Derived | None,
    day: date,
) -> list[Candidate]:
    """Return the firms in force: those that serve the nearest compounds first."""
    firms = dataset.in_force("firms", day)
    serves = {
        firm.code: [e.text("compound") for e in dataset.engagements_of(firm.code) if e.is_in_force(day)]
        for firm in firms
    }
    distances = _distances(dataset, zone, target, serves, day)
    street = derived.street if derived is not None else None
    found = []
    for firm in firms:
        is_own = street is not None and firm.text("street") == street
        count = len(serves[firm.code])
        parts = [_OWN["street"]] if is_own else []
        if distances[firm.code] < _NOWHERE:
            parts.append(_distance_words(distances[firm.code]))
        if count:
            parts.append(Text(f"服务 {count} 个小区", f"serves {count}"))
        listed = firm.text("list")
        if listed in ("red", "black"):
            parts.append(profile.choices["firm_list"][listed])
        name = firm.text("name")
        found.append(
            Candidate(
                code=firm.code,
                name=name,
                rank=0,
                metres=distances[firm.code],
                note=_joined(parts),
            )
        )
    return _nearest_first(found)


def related_candidates(
    dataset: Dataset,
    zone: Zone,
    target: Record,
    kinds: Sequence[str],
    derived: Derived | None,
    day: date,
) -> list[Candidate]:
    """Return the records of some kinds in force: own units first, then by distance; those that lie nowhere by name."""
    records = [
        record for kind in kinds for record in dataset.in_force(kind, day) if record.code != target.code
    ]
    own = _own_units(target, derived)
    belongs = {record.code: _where(dataset, record, day) for record in records}
    distances = _distances(dataset, zone, target, belongs, day)
    found = []
    for record in records:
        level = own.get(record.code, "")
        parts = [_OWN[level]] if level else []
        if not level and distances[record.code] < _NOWHERE:
            parts.append(_distance_words(distances[record.code]))
        if len(kinds) > 1:
            parts.append(KINDS[record.kind].words)
        if "post" in KINDS[record.kind].index and record.text("post"):
            parts.append(Text(record.text("post"), record.text("post")))
        name = record.text("name") or record.code
        found.append(
            Candidate(
                code=record.code,
                name=name,
                rank=("grid", "community", "street", "").index(level),
                metres=distances[record.code],
                note=_joined(parts),
            )
        )
    return _nearest_first(found)


def _where(dataset: Dataset, record: Record, day: date) -> list[str]:
    """Return what a record lies at: itself, what it serves, or what it is related to."""
    if KINDS[record.kind].is_layer:
        return [record.code]
    rows = [(row, "compound") for row in dataset.engagements_of(record.code)]
    rows += [(row, "to") for row in (*dataset.attachments_of(record.code), *dataset.links_of(record.code))]
    return [row.text(end) for row, end in rows if row.is_in_force(day)]


def matching(candidates: Iterable[Candidate], typed: str, limit: int = 60) -> list[Candidate]:
    """Return the candidates that what was typed can mean, nearest first, at most ``limit``."""
    found = []
    for candidate in candidates:
        if candidate.answers(typed):
            found.append(candidate)
            if len(found) == limit:
                break
    return found


def _nearest_first(found: list[Candidate]) -> list[Candidate]:
    keys = dict(zip((c.code for c in found), name_keys([c.name for c in found]), strict=True))
    return sorted(found, key=lambda c: (c.rank, c.metres, keys[c.code], c.code))


def _own_units(target: Record, derived: Derived | None) -> dict[str, str]:
    own = {target.code: "grid"}  # attached to it before, or to itself: as near as can be
    if derived is not None:
        for level in ("grid", "community", "street"):
            unit = getattr(derived, level)
            if unit:
                own.setdefault(unit, level)
    for level in ("grid", "community", "street"):
        if level in KINDS[target.kind].index and target.text(level):
            own.setdefault(target.text(level), level)
    return own


def _level(own: Mapping[str, str], dataset: Dataset, units: Sequence[str]) -> str:
    levels = [own[unit] for unit in units if unit in own]
    for unit in units:
        record = dataset.find(unit)
        if record is not None and record.kind == "grids" and record.text("community") in own:
            levels.append("community")
    return next((level for level in ("grid", "community", "street") if level in levels), "")


def _distances(
    dataset: Dataset, zone: Zone, target: Record, belongs: Mapping[str, Sequence[str]], day: date
) -> dict[str, float]:
    """Return how far each owner's nearest thing is [m], by centres: an order, not a survey."""
    here = target.geometry_on(day)
    codes = sorted({code for codes in belongs.values() for code in codes})
    shapes = {}
    for code in codes:
        record = dataset.find(code)
        shape = None if record is None else record.geometry_on(day)
        if shape is not None:
            shapes[code] = shape
    if here is None or here.is_empty or not shapes:
        return dict.fromkeys(belongs, _NOWHERE)
    outlines = np.array([here, *shapes.values()], dtype=object)
    centres = shapely.get_coordinates(shapely.centroid(outlines))
    xy = zone.xy(centres)
    metres = dict(zip(shapes, np.hypot(*(xy[1:] - xy[0]).T).tolist(), strict=True))
    return {
        owner: min((metres[code] for code in codes if code in metres), default=_NOWHERE)
        for owner, codes in belongs.items()
    }


def _distance_words(metres: float) -> Text:
    if metres < 1000:
        return Text(f"{metres:.0f} 米", f"{metres:.0f} m")
    return Text(f"{metres / 1000:.1f} 公里", f"{metres / 1000:.1f} km")


def _joined(parts: Sequence[Text]) -> Text:
    return Text(" · ".join(part.zh for part in parts), " · ".join(part.en for part in parts))
