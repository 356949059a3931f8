"""Zones as they stand on a day: members, totals, outline; and where one does not hang together, that it doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.coverage.weights import people
from app.domain.period import today
from app.services.zones.plan import RELATION
from app.text import Text
from geo.neighbours import adjoining, compactness, hull_of, moments_of, parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from app.coverage.engine import CoverageEngine
    from app.domain.edits import Changes

REACH: Final = 60.0  # [m] members farther apart than this are separate pieces
_AREAS: Final = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneShown:
    """One zone on a day. ``pieces``: how many groups of adjoining members it falls into (0 = no outline known).

    ``outline``: union of its members' outlines, degrees; None where none is known as more than a point.
    """

    code: str
    name: str
    street: str | None
    firm: str | None
    target: int | None
    members: tuple[str, ...]
    households: int
    residents: int
    without_households: tuple[str, ...]
    communities: tuple[str, ...]
    area_m2: float
    compactness: float | None
    pieces: int
    outline: BaseGeometry | None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return it as the command prints it."""
        outline = self.outline
        return {
            "code": self.code,
            "name": self.name,
            "street": self.street,
            "firm": self.firm,
            "target": self.target,
            "members": list(self.members),
            "households": self.households,
            "residents": self.residents,
            "without_households": list(self.without_households),
            "communities": list(self.communities),
            "area_m2": self.area_m2,
            "compactness": self.compactness,
            "pieces": self.pieces,
            "geometry": None if outline is None else shapely.to_wkt(outline, rounding_precision=-1),
        }


def zones_on(
    engine: CoverageEngine, as_of: date | None = None, *, street: str | None = None, reach: float = REACH
) -> list[ZoneShown]:
    """Return the zones in force on a day, by code; of one street if given."""
    day = as_of or today()
    dataset = engine.dataset
    zones = [
        zone for zone in dataset.in_force("zones", day) if street is None or zone.on("street", day) == street
    ]
    members = {
        zone.code: [
            link.text("to")
            for link in sorted(dataset.links_of(zone.code, RELATION), key=lambda link: link.text("to"))
            if link.is_in_force(day)
            and (record := dataset.find(link.text("to"))) is not None
            and record.is_in_force(day)
        ]
        for zone in zones
    }
    codes = [code for own in members.values() for code in own]
    degrees = _outlines(engine, codes, day)
    metres = engine.zone.to_metres(degrees)
    pieces = _pieces(members, metres, reach)
    placed = {**engine.derived_many("compounds", day), **engine.derived_many("buildings", day)}
    answers = engine.book.on(day)
    moments = moments_of(metres)
    shown, first = [], 0
    for zone in zones:
        own = members[zone.code]
        place = slice(first, first + len(own))
        first += len(own)
        counts = [people(answers, code, "households") for code in own]
        sums = [float(part[place].sum()) for part in (moments.area, moments.x, moments.y, moments.second)]
        communities = {placed[code].community for code in own}
        shown.append(
            ZoneShown(
                code=zone.code,
                name=str(zone.on("name", day) or ""),
                street=_text(zone.on("street", day)),
                firm=_text(zone.on("firm", day)),
                target=count if isinstance(count := zone.on("households", day), int) else None,
                members=tuple(own),
                households=sum(count or 0 for count in counts),
                residents=sum(people(answers, code, "residents") or 0 for code in own),
                without_households=tuple(c for c, n in zip(own, counts, strict=True) if n is None),
                communities=tuple(sorted(code for code in communities if code is not None)),
                area_m2=sum(placed[code].area_m2 or 0.0 for code in own),
                compactness=compactness(*sums) if pieces[zone.code] else None,
                pieces=pieces[zone.code],
                outline=_union(degrees[place]),
            )
        )
    return shown


def torn_by(
    engine: CoverageEngine, changes: Changes, as_of: date | None = None, *, reach: float = REACH
) -> list[ZoneShown]:
    """Return the zones that a change touched and that do not hang together on a day: to be said, not forbidden."""
    records = [engine.dataset.find(code) for code in changes.codes]
    touched = {
        record.text("subject") if record.kind == "links" else record.code
        for record in records
        if record is not None
    }
    return [zone for zone in zones_on(engine, as_of, reach=reach) if zone.pieces > 1 and zone.code in touched]


def torn_words(zone: ZoneShown) -> Text:
    """Return the sentence about a zone that does not hang together."""
    return Text(
        f"{zone.name} 分成了 {zone.pieces} 块，互不相邻",
        f"{zone.name} falls into {zone.pieces} pieces that do not adjoin",
    )


def hulls_of(
    engine: CoverageEngine, members: Mapping[str, Sequence[str]], day: date, *, reach: float = REACH
) -> dict[str, BaseGeometry]:
    """Return for each zone one outline in metres that fills the roads between its members, for the map."""
    everything = [*engine.dataset.in_force("compounds", day), *engine.dataset.in_force("buildings", day)]
    known = [
        (record.code, outline)
        for record in everything
        if (record.kind == "compounds" or record.on("compound", day) is None)
        and (outline := record.geometry_on(day)) is not None
    ]
    codes = [code for code, _ in known]
    shapes = np.full(len(known), None, dtype=object)
    shapes[:] = [outline for _, outline in known]
    shapes = engine.zone.to_metres(shapes)
    place_of = {code: place for place, code in enumerate(codes)}
    tree = shapely.STRtree(shapes)
    found = {}
    for zone, own in members.items():
        mine = [place_of[code] for code in own if code in place_of]
        if mine:
            near = set(tree.query(shapely.box(*shapely.total_bounds(shapes[mine])).buffer(reach)).tolist())
            found[zone] = hull_of(shapes[mine], [shapes[n] for n in sorted(near - set(mine))], reach)
    return found


def _outlines(engine: CoverageEngine, codes: Sequence[str], day: date) -> NDArray[np.object_]:
    found = np.full(len(codes), None, dtype=object)
    records = [engine.dataset.find(code) for code in codes]
    found[:] = [None if record is None else record.geometry_on(day) for record in records]
    return found


def _pieces(
    members: Mapping[str, Sequence[str]], metres: NDArray[np.object_], reach: float
) -> dict[str, int]:
    group = [zone for zone, own in members.items() for _ in own]
    part = parts(len(group), adjoining(metres, reach, group))
    found: dict[str, set[int]] = {zone: set() for zone in members}
    for zone, number, outline in zip(group, part.tolist(), metres, strict=True):
        if outline is not None:
            found[zone].add(number)
    return {zone: len(numbers) for zone, numbers in found.items()}


def _union(degrees: NDArray[np.object_]) -> BaseGeometry | None:
    there = degrees[np.isin(shapely.get_type_id(degrees), _AREAS)]
    if not len(there):
        return None
    united: BaseGeometry = shapely.union_all(there)
    return united


def _text(value: object) -> str | None:
    return None if value is None else str(value)
