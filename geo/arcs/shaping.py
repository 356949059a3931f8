"""Borders made simpler or right-angled: each shared stretch once, for all who share it alike. Metres."""

from __future__ import annotations

import heapq
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.arcs.effects import Reason, Result, refused
from geo.arcs.judge import PLAIN, Options
from geo.arcs.net import Edge, Net, Xy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.arcs.gesture import Gesture

    Floats = NDArray[np.float64]

_ASLANT: Final = np.radians(25.0)  # an edge further off both directions is meant to be aslant


def simplify(gesture: Gesture, tolerance: float, options: Options = PLAIN) -> Result:
    """Drop the vertices of an outline that lie within ``tolerance`` [m] of the line without them.

    Vertices at which borders meet, or at which the neighbour changes, stay.
    """
    net, key = gesture.net, gesture.edited.key
    dropped: set[int] = set()
    for ring in net.rings_of(key):
        for chain in chains(net, ring):
            dropped |= {chain[place] for place in idle(net.xy[chain], tolerance)}
    if not dropped:
        return refused(Reason.NOTHING, None, key)
    return gesture.move_nodes({}, dropped, options)


def idle(points: Floats, tolerance: float) -> set[int]:
    """Return the places of a line's vertices that may go: no vertex then lies further than ``tolerance`` off it.

    The one that matters least goes first, so that corners stay and what only wavers goes; both ends stay.
    """
    before, after = list(range(-1, len(points) - 1)), list(range(1, len(points) + 1))

    def off(place: int) -> float:
        start, end = points[before[place]], points[after[place]]
        between = points[before[place] + 1 : after[place]]
        way = end - start
        at = np.clip((between - start) @ way / max(float(way @ way), 1e-300), 0.0, 1.0)
        return float(np.hypot(*(between - start - at[:, None] * way).T).max())

    queue = [(off(place), place) for place in range(1, len(points) - 1)]
    heapq.heapify(queue)
    gone: set[int] = set()
    while queue:
        gap, place = heapq.heappop(queue)
        if place in gone:
            continue
        now = off(place)
        if now > gap:  # what lay beside it has gone meanwhile
            heapq.heappush(queue, (now, place))
            continue
        if now > tolerance:
            break
        gone.add(place)
        before[after[place]], after[before[place]] = before[place], after[place]
        for beside in (before[place], after[place]):
            if 0 < beside < len(points) - 1:
                heapq.heappush(queue, (off(beside), beside))
    return gone


def chains(net: Net, ring: int) -> list[list[int]]:
    """Return a ring's nodes in stretches between those at which borders meet or the neighbour changes.

    A ring that nobody shares, or one all of which one neighbour shares, is cut at the two nodes farthest apart.
    """
    walk = net.walk(ring)
    sharers = [
        frozenset(net.key_of(edge.ring) for edge, _, _ in net.carriers(one, other))
        for one, other in pairwise([*walk, walk[0]])
    ]
    fixed = [
        place
        for place, node in enumerate(walk)
        if net.is_junction(node) or sharers[place - 1] != sharers[place]
    ]
    if len(fixed) < 2:
        first = fixed[0] if fixed else 0
        off = np.hypot(*(net.xy[walk] - net.xy[walk[first]]).T)
        fixed = sorted({first, int(np.argmax(off))})
    whole = [*walk, *walk]
    marks = [*fixed, fixed[0] + len(walk)]
    return [whole[one : other + 1] for one, other in pairwise(marks) if other - one > 1]


def right_angles(gesture: Gesture, options: Options = PLAIN) -> Result:
    """Turn the edges of an outline into its two main directions; edges that are clearly aslant stay."""
    net, key = gesture.net, gesture.edited.key
    moved: dict[int, Xy] = {}
    for ring in net.rings_of(key):
        points = net.rings[ring].points
        new = squared(points)
        nodes = [net.node(ring, place) for place in range(len(points))]
        for place, node in enumerate(nodes):
            if node is None:
                continue
            if float(np.hypot(*(new[place] - points[place]))) > 1e-6:
                moved[node] = _xy(new[place])
            end = (place + 1) % len(points)
            is_moved = float(np.hypot(*(new[[place, end]] - points[[place, end]]).T).max()) > 1e-6
            for t, passed in net.along.get(Edge(ring, place), ()) if is_moved else ():
                moved[passed] = _xy(new[place] + t * (new[end] - new[place]))
    if not moved:
        return refused(Reason.NOTHING, None, key)
    return gesture.move_nodes(moved, (), options)


def squared(points: Floats) -> Floats:
    """Return a ring's vertices, the first not repeated, with its edges in two directions at right angles."""
    way = np.roll(points, -1, axis=0) - points
    length, angle = np.hypot(way[:, 0], way[:, 1]), np.arctan2(way[:, 1], way[:, 0])
    main = float(np.angle((length * np.exp(4j * angle)).sum()) / 4)
    cos, sin = np.cos(main), np.sin(main)
    turn = np.array([[cos, -sin], [sin, cos]])
    own = points @ turn
    along = (angle - main + np.pi / 4) % (np.pi / 2) - np.pi / 4
    level = np.abs(np.sin(angle - main)) < np.abs(np.cos(angle - main))
    sort = np.where(np.abs(along) > _ASLANT, 2, np.where(level, 0, 1))
    new = own.copy()
    for which, axis in ((0, 1), (1, 0)):
        for run in _runs(sort == which):
            ends = [*run, (run[-1] + 1) % len(points)]
            weight = np.zeros(len(ends))
            weight[:-1] += length[run]
            weight[1:] += length[run]
            new[ends, axis] = np.average(own[ends, axis], weights=weight)
    made: Floats = new @ turn.T
    return made


def _runs(is_one: NDArray[np.bool_]) -> list[list[int]]:
    """Return the stretches of a closed sequence in which something holds."""
    places = np.flatnonzero(is_one).tolist()
    if len(places) in (0, len(is_one)):
        return [places] if places else []
    start = next(place for place in places if not is_one[place - 1])
    runs: list[list[int]] = []
    for step in range(len(is_one)):
        place = (start + step) % len(is_one)
        if is_one[place]:
            if not is_one[place - 1]:
                runs.append([])
            runs[-1].append(place)
    return runs


def trace(points: Floats, start: Xy, end: Xy, *, is_other_way: bool = False) -> list[Xy]:
    """Return the vertices of a ring, the first not repeated, between two places on it, by the shorter way or the other."""
    ring = shapely.LinearRing(points)
    length = ring.length
    begin, stop = (float(shapely.line_locate_point(ring, shapely.Point(at))) for at in (start, end))
    so_far = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(shapely.get_coordinates(ring), axis=0).T))])[
        :-1
    ]
    is_forward = ((stop - begin) % length <= length / 2) != is_other_way
    span = (stop - begin) % length if is_forward else (begin - stop) % length
    off = (so_far - begin) % length if is_forward else (begin - so_far) % length
    between = [place for place in np.argsort(off).tolist() if 1e-6 < off[place] < span - 1e-6]
    return [start, *(_xy(points[place]) for place in between), end]


def _xy(point: Sequence[float] | Floats) -> Xy:
    return float(point[0]), float(point[1])
