"""A gesture on one outline: its net is derived when it begins, and each step of it moves what shares the border."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.arcs.effects import Reason, Result, refused
from geo.arcs.judge import PLAIN, Around, Options, judged
from geo.arcs.net import TOLERANCE, Box, Edge, Net, Outline, Xy
from geo.arcs.redraw import Edits, redrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NEAR: Final = 1.0  # [m] a vertex or an edge is meant by a place as near as this
_REACH: Final = (
    0.5  # [m] a border as near as this may be shared: long edges bend by it from degrees to metres
)


@dataclass(frozen=True, slots=True)
class Vertex:
    """A vertex of the edited outline: where it lies, whose it is besides, and whether three borders meet there.

    ``is_own``: the outline has it as a vertex; else a neighbour's border only ends there.
    """

    xy: Xy
    others: tuple[str, ...]
    is_junction: bool
    is_own: bool


class Gesture:
    """One outline being edited.

    ``followers``: the outlines that move along where they share its border; itself need not be among them. ``around``:
    everything of their layers. ``box``: where its border can be taken hold of, all of it without.
    """

    def __init__(
        self, edited: Outline, followers: Sequence[Outline], around: Around, box: Box | None = None
    ) -> None:
        self.edited, self.around = edited, around
        west, south, east, north = edited.shape.bounds
        if box is not None:
            west, south, east, north = (
                max(west, box[0]),
                max(south, box[1]),
                min(east, box[2]),
                min(north, box[3]),
            )
        others = [other for other in followers if other.key != edited.key]
        self.net = Net([edited, *others], (west, south, east, north))

    # What can be taken hold of

    def vertices(self) -> list[Vertex]:
        """Return its vertices in the order of its rings, and those of neighbours that lie on its edges."""
        net, key = self.net, self.edited.key
        own = {
            net.node(ring, place)
            for ring in net.rings_of(key)
            for place in range(len(net.rings[ring].points))
        }
        return [
            Vertex(
                _xy(net.xy[node]),
                tuple(other for other in net.keys_at(node) if other != key),
                net.is_junction(node),
                node in own,
            )
            for node in dict.fromkeys(net.nodes_of(key))
        ]

    # What can be done

    def move(self, moves: Iterable[tuple[Xy, Xy]], options: Options = PLAIN) -> Result:
        """Move vertices, each given by where it lies and where it goes; whoever shares them moves along."""
        moved: dict[int, Xy] = {}
        for at, to in moves:
            node = self._vertex(at)
            if node is None:
                return refused(Reason.MISSED, at, self.edited.key)
            moved[node] = to
        return self._done(Edits(moved=moved), options)

    def insert(self, at: Xy, to: Xy | None = None, options: Options = PLAIN) -> Result:
        """Insert a vertex into the edge nearest to ``at``, at that very place of it or at ``to``."""
        found = self._side(at)
        if found is None:
            return refused(Reason.MISSED, at, self.edited.key)
        one, other, foot = found
        for node in (one, other):
            if np.hypot(*(self.net.xy[node] - np.asarray(foot))) <= TOLERANCE:  # a border ends here already
                return self._done(Edits(moved={node: to or _xy(self.net.xy[node])}), options)
        start = self.net.xy[one]
        edits = Edits()
        for edge, begin, end in self.net.carriers(one, other):
            part = np.hypot(*(np.asarray(foot) - start)) / np.hypot(*(self.net.xy[other] - start))
            is_forward = self.net.sides(edge) and _starts_with(self.net, edge, begin, one)
            share = float(part if is_forward else 1 - part)
            edits.added[edge].append((begin + share * (end - begin), to or foot))
        return self._done(edits, options)

    def delete(self, places: Iterable[Xy], options: Options = PLAIN) -> Result:
        """Delete vertices; refused where three borders meet at one."""
        dropped: set[int] = set()
        for at in places:
            node = self._vertex(at)
            if node is None:
                return refused(Reason.MISSED, at, self.edited.key)
            if self.net.is_junction(node) and not options.is_alone:
                return refused(Reason.JUNCTION, _xy(self.net.xy[node]), *self.net.keys_at(node))
            dropped.add(node)
        return self._done(Edits(dropped=dropped), options)

    def move_edge(self, at: Xy, by: Xy, options: Options = PLAIN) -> Result:
        """Move the edge nearest to a place, with both its ends, by so much east and north [m]."""
        found = self._side(at)
        if found is None:
            return refused(Reason.MISSED, at, self.edited.key)
        moved = {node: _xy(self.net.xy[node] + np.asarray(by)) for node in found[:2]}
        return self._done(Edits(moved=moved), options)

    def transform(self, change: Callable[[Floats], Floats], options: Options = PLAIN) -> Result:
        """Move all its vertices at once: ``change`` gets points, shape (n, 2), and returns where they go."""
        nodes = list(dict.fromkeys(self.net.nodes_of(self.edited.key)))
        to = change(self.net.xy[nodes])
        return self._done(Edits(moved=dict(zip(nodes, map(_xy, to), strict=True))), options)

    def move_nodes(
        self, to: Mapping[int, Xy], dropped: Iterable[int] = (), options: Options = PLAIN
    ) -> Result:
        """Move and drop nodes of the net."""
        return self._done(Edits(moved=dict(to), dropped=set(dropped)), options)

    def _done(self, edits: Edits, options: Options) -> Result:
        only = self.edited.key if options.is_alone else None
        drafts = redrawn(self.net, edits, only)
        drafts.sort(key=lambda draft: draft.outline.key != self.edited.key)
        return judged(drafts, self.around, options, self.net.slack)

    # What is meant by a place

    def _vertex(self, at: Xy) -> int | None:
        try:
            node, off = self.net.nearest(at, self.edited.key)
        except KeyError:
            return None
        return node if off <= NEAR else None

    def _side(self, at: Xy) -> tuple[int, int, Xy] | None:
        """Return the nodes between which the border comes nearest to a place, and the nearest point of it."""
        best: tuple[float, int, int, Xy] | None = None
        for ring in self.net.rings_of(self.edited.key):
            for place in range(len(self.net.rings[ring].points)):
                sides = [node for _, node in self.net.sides(Edge(ring, place))]
                for one, other in pairwise(sides):
                    if one is None or other is None or one == other:
                        continue
                    off, foot = _foot(self.net.xy[one], self.net.xy[other], np.asarray(at))
                    if best is None or off < best[0]:
                        best = (off, one, other, foot)
        return None if best is None or best[0] > NEAR else best[1:]


def _starts_with(net: Net, edge: Edge, begin: float, one: int) -> bool:
    return next(node for t, node in net.sides(edge) if t == begin) == one


def _foot(start: Floats, end: Floats, at: Floats) -> tuple[float, Xy]:
    way = end - start
    t = min(max(float(((at - start) * way).sum() / max(float((way**2).sum()), 1e-300)), 0.0), 1.0)
    foot = start + t * way
    return float(np.hypot(*(at - foot))), _xy(foot)


def _xy(point: Floats) -> Xy:
    return float(point[0]), float(point[1])


def touching(edited: shapely.Geometry, others: Sequence[Outline]) -> list[Outline]:
    """Return the outlines whose border comes to that of an outline, near enough to share it."""
    shapes = np.array([other.shape for other in others], dtype=object)
    near = shapely.dwithin(shapely.boundary(shapes), shapely.boundary(edited), _REACH)
    return [other for other, is_near in zip(others, near.tolist(), strict=True) if is_near]
