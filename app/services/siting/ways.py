"""Whom each candidate would reach: by straight line, or along roads, never by both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.errors import InvalidInput, Problem
from app.services.siting.layers import read_layer
from app.text import Text
from geo.disc_pieces import Pieces, disc_pieces
from geo.walking import Roads

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from app.jobs import Ticket
    from app.services.siting.candidates import Candidates
    from app.services.siting.ground import Ground
    from app.services.siting.request import SiteRequest

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_REACHING: Final = Text("看谁够得着", "Finding who is in reach")
_LINES: Final = ("LineString", "MultiLineString")
MOST_PAIRS: Final = 6_000_000


@dataclass(frozen=True, slots=True)
class Near:
    """Distances of pairs (``subject``, ``place``) in metres; places are the candidates, then the stations there are."""

    subject: Ints
    place: Ints
    metres: Floats


class Straight:
    """By straight line: a compound is reached with the share of its area that lies in a disc."""

    is_exact_share = True

    def __init__(self, ground: Ground, candidates: Candidates, radius: float) -> None:
        self._ground, self._points, self._radius = ground, candidates.points, radius

    def among(self, candidates: Candidates) -> Straight:
        """Return the same for other candidates."""
        return Straight(self._ground, candidates, self._radius)

    def pieces(self, ticket: Ticket) -> Pieces:
        """Return the pieces that no station reaches yet."""
        return disc_pieces(
            self._ground.outlines,
            self._ground.stations,
            self._points,
            self._radius,
            lambda done, total: ticket.step(_REACHING, done, total),
        )

    def near(self, ticket: Ticket) -> Near:
        """Return the metres from each compound's outline to each place."""
        places = np.concatenate([self._points, self._ground.stations])
        drawn = np.flatnonzero(self._ground.drawn)
        _must_be_few(len(drawn) * len(places))
        metres = []
        for at, place in enumerate(places):
            if at % 100 == 0:
                ticket.step(_REACHING, at, len(places))
            metres.append(shapely.distance(self._ground.outlines[drawn], place))
        return Near(
            np.tile(drawn, len(places)),
            np.repeat(np.arange(len(places)), len(drawn)),
            np.concatenate(metres) if metres else np.zeros(0),
        )


class AlongRoads:
    """Along roads: a compound is reached whole or not, from where its outline is nearest to a road."""

    is_exact_share = False

    def __init__(self, roads: Roads, ground: Ground, candidates: Candidates, radius: float) -> None:
        self._ground, self._radius, self._roads = ground, radius, roads
        self._places = roads.joined(np.concatenate([candidates.points, ground.stations]))
        self._count = len(candidates)
        self._subjects = roads.joined(ground.outlines)

    def among(self, candidates: Candidates) -> AlongRoads:
        """Return the same for other candidates."""
        return AlongRoads(self._roads, self._ground, candidates, self._radius)

    def pieces(self, ticket: Ticket) -> Pieces:
        """Return every compound that no station reaches yet as one piece."""
        near = self._within(self._radius, ticket)
        held = np.zeros(len(self._ground.codes), dtype=bool)
        held[near.subject[near.place >= self._count]] = True
        subject = np.flatnonzero(~held & self._ground.drawn)
        name = np.full(len(held), -1, dtype=np.int64)
        name[subject] = np.arange(len(subject))
        pairs = (near.place < self._count) & (name[near.subject] >= 0)
        piece, place = name[near.subject[pairs]], near.place[pairs]
        order = np.lexsort((place, piece))
        starts = np.searchsorted(piece[order], np.arange(len(subject) + 1))
        return Pieces(subject, np.ones(len(subject)), starts, place[order])

    def near(self, ticket: Ticket) -> Near:
        """Return the metres from each compound to each place, where a road leads there."""
        _must_be_few(int(self._ground.drawn.sum()) * len(self._places.edge))
        return self._within(np.inf, ticket)

    def reached_now(self) -> NDArray[np.bool_]:
        """Whom the stations there are reach."""
        held = np.zeros(len(self._ground.codes), dtype=bool)
        for at in range(self._count, len(self._places.edge)):
            held |= np.isfinite(self._roads.from_place(self._places, at, self._subjects, self._radius))
        return held

    def reached_from(self, place: Geometries) -> NDArray[np.bool_]:
        """Whom one place [m] reaches."""
        way = self._roads.from_place(self._roads.joined(place), 0, self._subjects, self._radius)
        return np.isfinite(way)

    def _within(self, metres: float, ticket: Ticket) -> Near:
        subjects, places, ways = [], [], []
        for at in range(len(self._places.edge)):
            if at % 20 == 0:
                ticket.step(_REACHING, at, len(self._places.edge))
            way = self._roads.from_place(self._places, at, self._subjects, metres)
            mine = np.flatnonzero(np.isfinite(way))
            subjects.append(mine)
            places.append(np.full(len(mine), at))
            ways.append(way[mine])
        return Near(np.concatenate(subjects), np.concatenate(places), np.concatenate(ways))


Ways = Straight | AlongRoads


def ways_of(
    registry: Path, ground: Ground, candidates: Candidates, request: SiteRequest, ticket: Ticket
) -> Ways:
    """Return how distances are found; raise InvalidInput where the roads can't be read."""
    if request.roads is None:
        return Straight(ground, candidates, request.radius)
    lines, _ = read_layer(registry, request.roads, "roads", _LINES, ticket)
    roads = Roads(ground.engine.zone.to_metres(lines))
    if not len(roads):
        message = Text(f"{request.roads} 里没有路。", f"There is no road in {request.roads}.")
        raise InvalidInput(message, (Problem(message=message, column="roads", value=request.roads),))
    return AlongRoads(roads, ground, candidates, request.radius)


def _must_be_few(pairs: int) -> None:
    if pairs > MOST_PAIRS:
        message = Text(
            f"小区和候选点有 {pairs:,} 对，太多。median 要少一些候选点：用 --candidates 给一个点图层。",
            f"Compounds and candidates make {pairs:,} pairs, too many. Give fewer candidates for median with --candidates.",
        )
        raise InvalidInput(message, (Problem(message=message, column="candidates"),))
