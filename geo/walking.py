"""Distances along roads: lines as a graph of their vertices, places joined to the nearest road, Dijkstra with a limit."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Geometries = NDArray[np.object_]

_SAME: Final = 0.01  # metres: vertices so near are one junction
_MEETS: Final = 0.1  # metres: an end so near another line's side joins it there


class Joined(NamedTuple):
    """Places on the graph.

    ``edge``: the nearest side of a road, -1 where there is no place. ``along``: metres from its first end; ``off``:
    straight metres to it.
    """

    edge: Ints
    along: Floats
    off: Floats


class Roads:
    """A graph of roads. Lines meet at vertices that they share, or where one ends on another's side.

    Lines that merely cross do not meet: one of them is a bridge or a tunnel.
    """

    def __init__(self, lines: Geometries) -> None:
        """Take LineStrings and MultiLineStrings in metres."""
        parts = shapely.get_parts(lines)
        parts = parts[~shapely.is_empty(parts)]
        points, line = shapely.get_coordinates(parts, return_index=True)
        side = np.flatnonzero(line[1:] == line[:-1])
        first, last = _with_ends(points, side)
        keys = np.round(np.concatenate([first, last]) / _SAME).astype(np.int64)
        _, node = np.unique(keys, axis=0, return_inverse=True)
        node = node.reshape(-1)
        ends = np.stack([node[: len(first)], node[len(first) :]], axis=1)
        length = np.hypot(*(last - first).T)
        kept = ends[:, 0] != ends[:, 1]
        self._ends, self._length = ends[kept], length[kept]
        self._first, self._last = first[kept], last[kept]
        self._nodes = int(node.max()) + 1 if len(node) else 0
        self._sides = _lines(self._first, self._last)
        self._tree = shapely.STRtree(self._sides)
        self._next = _neighbours(self._ends, self._length, self._nodes)

    def __len__(self) -> int:
        """Return the number of sides."""
        return len(self._length)

    def joined(self, places: Geometries) -> Joined:
        """Return where places touch the roads, straight from their outline; ties: the side that comes first."""
        edge = np.full(len(places), -1, dtype=np.int64)
        along, off = np.zeros(len(places)), np.full(len(places), np.inf)
        there = np.flatnonzero(~(shapely.is_missing(places) | shapely.is_empty(places)))
        if not len(self) or not len(there):
            return Joined(edge, along, off)
        (row, side), metres = self._tree.query_nearest(places[there], return_distance=True)
        order = np.lexsort((side, row))
        row, at = np.unique(row[order], return_index=True)
        side, metres = side[order][at], metres[order][at]
        mine = there[row]
        touch = shapely.get_point(shapely.shortest_line(self._sides[side], places[mine]), 0)
        edge[mine], off[mine] = side, metres
        along[mine] = np.minimum(shapely.line_locate_point(self._sides[side], touch), self._length[side])
        return Joined(edge, along, off)

    def from_place(self, sources: Joined, at: int, targets: Joined, metres: float) -> Floats:
        """Return for each target the metres from one source, straight to the road, along it, and straight on.

        Infinite where that is more than ``metres``, or no road leads there.
        """
        far = np.full(len(targets.edge), np.inf)
        edge = int(sources.edge[at])
        if edge < 0:
            return far
        reached = self._spread(edge, float(sources.along[at]), metres - float(sources.off[at]))
        there = np.flatnonzero(targets.edge >= 0)
        on, along = targets.edge[there], targets.along[there]
        by_first = reached[self._ends[on, 0]] + along
        by_last = reached[self._ends[on, 1]] + self._length[on] - along
        way = np.minimum(by_first, by_last)
        same = on == edge
        way[same] = np.minimum(way[same], np.abs(along[same] - sources.along[at]))
        far[there] = way + sources.off[at] + targets.off[there]
        far[far > metres] = np.inf
        return far

    def _spread(self, edge: int, along: float, limit: float) -> Floats:
        """Return the metres from a point of a side to every node, infinite beyond the limit."""
        found = np.full(self._nodes, np.inf)
        a, b = self._ends[edge].tolist()
        waiting = [(along, a), (float(self._length[edge]) - along, b)]
        heapq.heapify(waiting)
        while waiting:
            metres, node = heapq.heappop(waiting)
            if metres > limit:
                break
            if metres >= found[node]:
                continue
            found[node] = metres
            for other, length in self._next[node]:
                if metres + length < found[other]:
                    heapq.heappush(waiting, (metres + length, other))
        return found


def _lines(first: Floats, last: Floats) -> Geometries:
    """Return each side as a line."""
    made: Geometries = np.asarray(shapely.linestrings(np.stack([first, last], axis=1)), dtype=object)
    return made


def _with_ends(points: Floats, side: Ints) -> tuple[Floats, Floats]:
    """Return the sides' two ends, sides cut where another line ends on them."""
    first, last = points[side], points[side + 1]
    if not len(side):
        return first, last
    is_end = np.ones(len(points), dtype=bool)
    is_end[np.intersect1d(side, side + 1)] = False
    ends = points[is_end]
    sides = _lines(first, last)
    end, at = shapely.STRtree(sides).query(shapely.points(ends), predicate="dwithin", distance=_MEETS)
    along = np.asarray(shapely.line_locate_point(sides[at], shapely.points(ends[end])))
    inner = (along > _MEETS) & (along < shapely.length(sides[at]) - _MEETS)
    cuts: dict[int, list[tuple[float, int]]] = {}
    for where, on, which in zip(along[inner].tolist(), at[inner].tolist(), end[inner].tolist(), strict=True):
        cuts.setdefault(on, []).append((where, which))
    pieces_first, pieces_last = [first], [last]
    for on, mine in sorted(cuts.items()):
        stops = [first[on], *(ends[which] for _, which in sorted(mine)), last[on].copy()]
        last[on] = stops[1]
        pieces_first.append(np.array(stops[1:-1]))
        pieces_last.append(np.array(stops[2:]))
    return np.concatenate(pieces_first), np.concatenate(pieces_last)


def _neighbours(ends: Ints, length: Floats, nodes: int) -> list[list[tuple[int, float]]]:
    """Return for each node the nodes that sides lead to, each with the metres."""
    found: list[list[tuple[int, float]]] = [[] for _ in range(nodes)]
    for (a, b), metres in zip(ends.tolist(), length.tolist(), strict=True):
        found[a].append((b, metres))
        found[b].append((a, metres))
    return found
