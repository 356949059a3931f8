"""Where outlines meet: their vertices as common nodes, derived around one place, T-junctions found. Metres.

Nothing of it is kept: outlines stay plain polygons, and a net is made of them when an edit begins. A node is one place
at which outlines have a vertex, or at which one has a vertex and another only passes by with an edge (a T-junction).
Vertices nearer than ``TOLERANCE`` are one node; each keeps its own coordinates until the node is moved.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from geo.neighbours import parts
from geo.noding import polygons_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

TOLERANCE: Final = (
    0.02  # [m] vertices as near as this are one node: degrees cut to seven decimals move them by 1.6 cm
)
_BENT: Final = (
    2e-8  # [1/m] by so much of its length squared an edge that is straight in degrees bends in metres
)

Xy = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """One outline in metres. ``level``: its floor among layers that tile, 0 the topmost; None = its layer needs not tile."""

    key: str
    layer: str
    shape: BaseGeometry
    level: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """One ring of an outline: its place there, and its vertices, the first not repeated."""

    outline: int
    part: int
    number: int
    points: Floats


class Edge(NamedTuple):
    """The edge of a ring that begins at one of its vertices."""

    ring: int
    start: int


class Net:
    """The nodes of outlines within a box.

    Attributes
    ----------
    outlines
        As they were given.
    rings
        All of theirs.
    xy
        Where each node lies, shape (n, 2).
    real
        For each node the vertices that it is: (ring, place in it).
    through
        For each node the edges that only pass by it.
    slack
        How far apart lie what counts as one place: vertices of a node, a node and an edge that passes by it [m].
    along
        Edge → the nodes that it passes by, in its direction.

    """

    def __init__(self, outlines: Sequence[Outline], box: Box) -> None:
        self.outlines = tuple(outlines)
        self.place = {outline.key: place for place, outline in enumerate(self.outlines)}
        self.rings = [
            Ring(place, part, number, shapely.get_coordinates(line)[:-1])
            for place, outline in enumerate(self.outlines)
            for part, polygon in enumerate(polygons_of(outline.shape))
            for number, line in enumerate(shapely.get_rings(polygon))
        ]
        vertices, edges = self._within(box)
        self._node_of = self._nodes(vertices)
        self.through: list[list[Edge]] = [[] for _ in range(len(self.xy))]
        self.along: dict[Edge, list[tuple[float, int]]] = {}
        self._find_passed(edges)

    def _within(self, box: Box) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return (ring, place) of the edges whose own box meets a box, and of the vertices that they join."""
        west, south, east, north = (
            box[0] - TOLERANCE,
            box[1] - TOLERANCE,
            box[2] + TOLERANCE,
            box[3] + TOLERANCE,
        )
        vertices: list[NDArray[np.int64]] = []
        edges: list[NDArray[np.int64]] = []
        for ring, one in enumerate(self.rings):
            x, y = one.points.T
            end_x, end_y = np.roll(x, -1), np.roll(y, -1)
            meets = (np.minimum(x, end_x) <= east) & (np.maximum(x, end_x) >= west)
            meets &= (np.minimum(y, end_y) <= north) & (np.maximum(y, end_y) >= south)
            for found, is_one in ((vertices, meets | np.roll(meets, 1)), (edges, meets)):
                places = np.flatnonzero(is_one)
                found.append(np.column_stack((np.full(len(places), ring), places)))
        none = np.empty((0, 2), dtype=np.int64)
        return np.vstack([none, *vertices]), np.vstack([none, *edges])

    def _nodes(self, vertices: NDArray[np.int64]) -> dict[tuple[int, int], int]:
        points = np.array([self.rings[ring].points[place] for ring, place in vertices.tolist()]).reshape(
            -1, 2
        )
        unique, place_of = np.unique(points, axis=0, return_inverse=True)
        marks = np.asarray(shapely.points(unique), dtype=object)
        first, second = shapely.STRtree(marks).query(marks, predicate="dwithin", distance=TOLERANCE)
        near = np.column_stack((first, second))[first < second].astype(np.int64)
        cluster = parts(len(unique), near)
        _, lowest = np.unique(cluster, return_index=True)
        self.xy: Floats = unique[lowest]
        self.real: list[list[tuple[int, int]]] = [[] for _ in range(len(self.xy))]
        self.slack = float(np.abs(unique - self.xy[cluster]).max(initial=0.0))
        node_of: dict[tuple[int, int], int] = {}
        for (ring, place), node in zip(vertices.tolist(), cluster[place_of.ravel()].tolist(), strict=True):
            node_of[ring, place] = node
            self.real[node].append((ring, place))
        return node_of

    def _find_passed(self, edges: NDArray[np.int64]) -> None:
        """Find the nodes that edges pass by without having them as a vertex."""
        if not len(edges) or not len(self.xy):
            return
        ends = np.array([self._ends(Edge(ring, start)) for ring, start in edges.tolist()])
        length = np.hypot(*(ends[:, 1] - ends[:, 0]).T)
        lines = np.asarray(shapely.linestrings(ends), dtype=object)
        tree = shapely.STRtree(np.asarray(shapely.points(self.xy), dtype=object))
        edge, node = tree.query(lines, predicate="dwithin", distance=TOLERANCE + _BENT * length**2)
        has = [
            {self._node_of[ring, place] for ring, place in self._active(number)}
            for number in range(len(self.rings))
        ]
        start, way = ends[edge, 0], ends[edge, 1] - ends[edge, 0]
        at = ((self.xy[node] - start) * way).sum(axis=1) / np.maximum(length[edge] ** 2, 1e-300)
        found: dict[Edge, list[tuple[float, int]]] = defaultdict(list)
        for row, (place, one, t) in enumerate(zip(edge.tolist(), node.tolist(), at.tolist(), strict=True)):
            which = Edge(int(edges[place, 0]), int(edges[place, 1]))
            if one in has[which.ring] or not 0 < t < 1:
                continue
            found[which].append((t, one))
            foot = start[row] + t * way[row]
            self.slack = max(self.slack, float(np.hypot(*(self.xy[one] - foot))))
            self.through[one].append(which)
        self.along = {which: sorted(nodes) for which, nodes in found.items()}

    def _active(self, ring: int) -> list[tuple[int, int]]:
        if not hasattr(self, "_by_ring"):
            self._by_ring: dict[int, list[tuple[int, int]]] = defaultdict(list)
            for vertex in self._node_of:
                self._by_ring[vertex[0]].append(vertex)
        return self._by_ring.get(ring, [])

    def _ends(self, edge: Edge) -> tuple[Floats, Floats]:
        points = self.rings[edge.ring].points
        return points[edge.start], points[(edge.start + 1) % len(points)]

    # What stands where

    def node(self, ring: int, place: int) -> int | None:
        """Return the node that a vertex is; None away from the box."""
        return self._node_of.get((ring, place % len(self.rings[ring].points)))

    def keys_at(self, node: int) -> tuple[str, ...]:
        """Return the outlines that pass through a node, with a vertex or with an edge."""
        rings = [ring for ring, _ in self.real[node]] + [edge.ring for edge in self.through[node]]
        return tuple(dict.fromkeys(self.outlines[self.rings[ring].outline].key for ring in rings))

    def key_of(self, ring: int) -> str:
        """Return the outline that a ring is of."""
        return self.outlines[self.rings[ring].outline].key

    def nodes_of(self, key: str) -> list[int]:
        """Return the nodes of an outline's border, those that it only passes by as well, ring by ring in its direction."""
        return [node for ring in self.rings_of(key) for node in self.walk(ring)]

    def rings_of(self, key: str) -> list[int]:
        """Return the rings of an outline."""
        return [place for place, ring in enumerate(self.rings) if ring.outline == self.place[key]]

    def walk(self, ring: int) -> list[int]:
        """Return the nodes that a ring comes by, in its direction, as far as they lie in the box."""
        found = []
        for place in range(len(self.rings[ring].points)):
            if (node := self.node(ring, place)) is not None:
                found.append(node)
            found += [passed for _, passed in self.along.get(Edge(ring, place), ())]
        return found

    def nearest(self, at: Xy, key: str) -> tuple[int, float]:
        """Return the node of an outline that lies nearest to a place, and how far off [m]; KeyError if it has none here."""
        nodes = self.nodes_of(key)
        if not nodes:
            raise KeyError(key)
        off = np.hypot(*(self.xy[nodes] - np.asarray(at)).T)
        best = int(np.argmin(off))
        return nodes[best], float(off[best])

    def sides(self, edge: Edge) -> list[tuple[float, int | None]]:
        """Return the nodes of an edge from its start to its end with how far along they lie, 0 to 1."""
        return [
            (0.0, self.node(*edge)),
            *self.along.get(edge, ()),
            (1.0, self.node(edge.ring, edge.start + 1)),
        ]

    def carriers(self, one: int, other: int) -> list[tuple[Edge, float, float]]:
        """Return the edges that lead from node to node without another between, and from where to where along them."""
        found = {}
        for edge in self._edges_at(one):
            sides = self.sides(edge)
            for (start, a), (end, b) in pairwise(sides):
                if {a, b} == {one, other}:
                    found[edge] = (edge, start, end)
        return list(found.values())

    def _edges_at(self, node: int) -> list[Edge]:
        found = []
        for ring, place in self.real[node]:
            found += [Edge(ring, place), Edge(ring, (place - 1) % len(self.rings[ring].points))]
        return found + self.through[node]

    def beside(self, node: int) -> frozenset[int]:
        """Return the nodes to which a border leads from a node without another between."""
        found = set()
        for edge in self._edges_at(node):
            sides = [at for _, at in self.sides(edge)]
            for a, b in pairwise(sides):
                found |= {b} if a == node else {a} if b == node else set()
        return frozenset(at for at in found if at is not None)

    def is_junction(self, node: int) -> bool:
        """Whether three borders or more meet at a node."""
        return len(self.beside(node)) > 2
