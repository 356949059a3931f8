"""Where N new stations go: asked of a registry, answered as a proposal. Nothing is written."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from app.domain.codes.maker import CodeMaker
from app.domain.record import make_record
from app.services.siting.candidates import Candidates, candidates_of
from app.services.siting.ground import WEIGHT, figures_of, ground_of, points, rounded
from app.services.siting.request import COVER, MEDIAN, ROADS, STRAIGHT
from app.services.siting.searching import Found, search, served_by
from app.services.siting.ways import AlongRoads, ways_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from app.services.siting.ground import Ground
    from app.services.siting.request import SiteRequest
    from app.services.siting.ways import Near, Ways
    from geo.disc_pieces import Pieces

_SEARCHING: Final = Text("找最好的位置", "Finding the best places")
_TINY: Final = 1e-9
OPTIMAL: Final = "optimal"
BOUNDED: Final = "bounded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One proposed station: where, the households that it adds, and the compounds of which it reaches more."""

    lon: float
    lat: float
    gain: float
    codes: tuple[str, ...]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{lon, lat, gain, codes}``."""
        return {"lon": self.lon, "lat": self.lat, "gain": self.gain, "codes": list(self.codes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Households that stations reach, of how many."""

    covered: float
    total: float

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{covered, total}``."""
        return {"covered": self.covered, "total": self.total}


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """A proposal. ``places`` in the order in which they are added, ``gain`` of each beside those before it.

    ``bound``: of cover, the covered households that no choice exceeds; of set, the number of stations that no choice
    does with fewer than; of median, the mean metres that no choice goes below. ``metres``: of median, the mean way to
    the nearest station before and after. ``candidates``: where they stand. ``is_by_hand``: somebody moved the places.
    """

    request: SiteRequest
    status: str
    bound: float
    candidates: Candidates
    before: Reached
    after: Reached
    places: tuple[Place, ...]
    metres: tuple[float | None, float | None] | None
    without_weight: int
    without_outline: int
    is_by_hand: bool = False

    @property
    def ways(self) -> str:
        """How distances were found."""
        return STRAIGHT if self.request.roads is None else ROADS

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the proposal, unrounded."""
        request = self.request
        return {
            "station_kind": request.station_kind,
            "radius": request.radius,
            "count": request.count,
            "weight": WEIGHT,
            "as_of": request.as_of.isoformat(),
            "status": self.status,
            "bound": self.bound,
            "candidates": len(self.candidates),
            "before": self.before.as_json(lang),
            "after": self.after.as_json(lang),
            "places": [place.as_json(lang) for place in self.places],
            "model": request.model,
            "distance": self.ways,
            "capacity": request.capacity,
            "metres": None if self.metres is None else {"before": self.metres[0], "after": self.metres[1]},
            "without_weight": self.without_weight,
            "without_outline": self.without_outline,
            "notes": [note.in_(lang) for note in self.candidates.notes],
        }


class Asked(NamedTuple):
    """What is asked, with all that was read for it: the answer to one, and to another set of places, stand on it."""

    request: SiteRequest
    ground: Ground
    candidates: Candidates
    ways: Ways


def asked_of(registry: Registry, request: SiteRequest, ticket: Ticket) -> Asked:
    """Read what a request stands on; see ``plan_site`` for what is refused."""
    request.check()
    ground = ground_of(registry.engine, request)
    candidates = candidates_of(registry.path, ground, request, ticket)
    return Asked(request, ground, candidates, ways_of(registry.path, ground, candidates, request, ticket))


def plan_site(registry: Registry, request: SiteRequest, ticket: Ticket) -> SitePlan:
    """Return where the stations go best.

    Raises
    ------
    InvalidInput
        For a kind, radius, count or model that there isn't, a layer that can't be read or has no candidate within the
        units, and a set or capacity that can't be met.

    """
    return plan_of(asked_of(registry, request, ticket), ticket)


def plan_of(asked: Asked, ticket: Ticket) -> SitePlan:
    """Return the best places of what was read; raise InvalidInput where a set or capacity can't be met."""
    request, ground, candidates, ways = asked
    near = ways.near(ticket) if request.model == MEDIAN else None
    pieces = ways.pieces(ticket)
    ticket.step(_SEARCHING, 0, 1)
    searched = None if near is not None else pieces
    found = search(searched, near, ground, request, len(candidates), lambda: ticket.is_cancelled)
    ticket.step(_SEARCHING, 1, 1)
    metres = None if near is None else (_mean(near, ground, near.place >= len(candidates)), found.metres)
    return _told(asked, pieces, found, metres)


def plan_with(
    asked: Asked, plan: SitePlan, lonlat: Sequence[tuple[float, float]], ticket: Ticket
) -> SitePlan:
    """Return a proposal with its places where somebody put them, in the same order.

    What no choice of the candidates exceeds stays as it was found; the mean way of a median is not told.
    """
    places = rounded(np.array(lonlat, dtype=np.float64).reshape(-1, 2))
    by_hand = Candidates(places, asked.ground.engine.zone.to_metres(points(places)), plan.candidates.notes)
    ways, chosen = asked.ways.among(by_hand), tuple(range(len(places)))
    pieces = ways.pieces(ticket)
    found = Found(
        chosen,
        0.0,
        is_proven=False,
        served=served_by(pieces, asked.ground, asked.request, len(places), chosen),
    )
    told = _told(asked._replace(candidates=by_hand, ways=ways), pieces, found, None)
    return replace(told, candidates=plan.candidates, bound=plan.bound, is_by_hand=True)


def _told(
    asked: Asked, pieces: Pieces, found: Found, metres: tuple[float | None, float | None] | None
) -> SitePlan:
    """Return what was found with its figures."""
    request, ground, candidates, ways = asked
    covered = _covered(asked, pieces, found, is_along_roads=isinstance(ways, AlongRoads))
    codes = _codes(pieces, found.chosen, ground)
    return SitePlan(
        request=request,
        status=OPTIMAL if found.is_proven else BOUNDED,
        bound=_bound(request, found, covered[0], covered[-1]),
        candidates=candidates,
        before=Reached(covered=covered[0], total=ground.figures.total),
        after=Reached(covered=covered[-1], total=ground.figures.total),
        places=tuple(
            Place(lon=float(lon), lat=float(lat), gain=now - before, codes=mine)
            for (lon, lat), before, now, mine in zip(
                candidates.lonlat[list(found.chosen)], covered, covered[1:], codes, strict=False
            )
        ),
        metres=metres,
        without_weight=int(ground.figures.without_weight),
        without_outline=int((~ground.drawn).sum()),
    )


def _covered(asked: Asked, pieces: Pieces, found: Found, *, is_along_roads: bool) -> list[float]:
    """Return the households covered before, then with one new station more each time.

    By straight line these are the figures of the measure on records that would be written; along roads, and where a
    station serves only so many, no measure says so and they are added up here.
    """
    request, ground, candidates, _ = asked
    base = ground.figures.covered
    if is_along_roads:
        is_open = np.zeros(len(ground.codes), dtype=bool)
        is_open[pieces.subject] = True
        base = float(ground.weights[ground.drawn & ~is_open].sum())
    if found.served is not None:
        return [base, *(base + served for served in found.served)]
    if is_along_roads:
        amounts = pieces.share * ground.weights[pieces.subject]
        return [
            base + float(amounts[_within(pieces, found.chosen[:at])].sum())
            for at in range(len(found.chosen) + 1)
        ]
    lonlat = candidates.lonlat[list(found.chosen)].tolist()
    records = station_records(ground.engine.dataset, request, lonlat)
    covered, engine = [base], ground.engine
    for record in records:
        engine = with_stations(engine, [record])
        covered.append(figures_of(engine, request).covered)
    return covered


def station_records(
    dataset: Dataset,
    request: SiteRequest,
    lonlat: Sequence[Sequence[float]],
    names: Sequence[str] = (),
    *,
    since: date | None = None,
) -> list[Record]:
    """Return new stations of the kind that is asked for, from a day on (default: the one that is asked about)."""
    made, shapes = CodeMaker(dataset), points(np.array(lonlat).reshape(-1, 2))
    return [
        make_record(
            "stations",
            str(uuid.uuid4()),
            made.make("stations"),
            name=names[at] if names else f"+{at + 1}",
            kind=request.station_kind,
            valid_from=since or request.as_of,
            geometry=shape,
        )
        for at, shape in enumerate(shapes)
    ]


def with_stations(engine: CoverageEngine, records: Sequence[Record]) -> CoverageEngine:
    """Return an engine in which these stations stand too."""
    return engine.with_dataset(engine.dataset.with_changes(records))


def _within(pieces: Pieces, chosen: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which pieces lie in the disc of one of some candidates."""
    inside = np.zeros(len(pieces.subject), dtype=bool)
    row = np.repeat(np.arange(len(pieces.subject)), np.diff(pieces.starts))
    inside[row[np.isin(pieces.candidates, np.array(chosen, dtype=np.int64))]] = True
    return inside


def _codes(pieces: Pieces, chosen: Sequence[int], ground: Ground) -> list[tuple[str, ...]]:
    """Return for each place the compounds of which it reaches a part that none before it does."""
    found, before = [], np.zeros(len(pieces.subject), dtype=bool)
    for column in chosen:
        mine = _within(pieces, [column]) & ~before
        before |= mine
        reached = np.unique(pieces.subject[mine & (pieces.share > _TINY)])
        found.append(tuple(ground.codes[at] for at in reached.tolist()))
    return found


def _mean(near: Near, ground: Ground, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float | None:
    """Return the mean metres of a household to the nearest of some places; None where nobody has a way to one."""
    nearest = np.full(len(ground.codes), np.inf)
    np.minimum.at(nearest, near.subject[kept], near.metres[kept])
    there = np.isfinite(nearest) & (ground.weights > 0)
    weight = ground.weights[there]
    return float(weight @ nearest[there] / weight.sum()) if weight.sum() else None


def _bound(request: SiteRequest, found: Found, before: float, after: float) -> float:
    """Return what no choice exceeds, in the unit that is told."""
    if request.model != COVER:
        return found.bound
    return after if found.is_proven else max(after, before + found.bound)
