"""Outlines drawn anew after nodes of their net were moved, added or dropped. Untouched vertices keep every digit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.arcs.net import Edge
from geo.noding import polygons_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.arcs.net import Net, Outline, Xy

    Floats = NDArray[np.float64]


@dataclass(slots=True)
class Edits:
    """What is done to nodes. ``added``: edge → (how far along it, the new vertex); give it for each edge that shares it."""

    moved: dict[int, Xy] = field(default_factory=dict)
    added: dict[Edge, list[tuple[float, Xy]]] = field(default_factory=lambda: defaultdict(list))
    dropped: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Draft:
    """An outline drawn anew; ``shape`` None where a ring would have fewer than three vertices.

    ``inserted``: vertices that it got only because others have them there.
    """

    outline: Outline
    shape: BaseGeometry | None
    inserted: int = 0


def redrawn(net: Net, edits: Edits, only: str | None = None, *, is_straight: bool = False) -> list[Draft]:
    """Return every outline that the edits change; ``only`` one, if its neighbours are to be left alone.

    ``is_straight``: no edge changes its course, so that what only passes by other vertices may go on doing so.
    """
    takes = only is None and not is_straight
    rings: dict[int, dict[int, tuple[Floats, int]]] = defaultdict(dict)
    for number, starts in _touched(net, edits).items():
        if only is None or net.key_of(number) == only:
            made, inserted = _ring(net, number, starts, edits, takes_passed=takes)
            rings[net.rings[number].outline][number] = (made, inserted)
    return [_draft(net, place, changed) for place, changed in sorted(rings.items())]


def _touched(net: Net, edits: Edits) -> dict[int, set[int]]:
    """Return by ring the starts of the edges that change."""
    found: dict[int, set[int]] = defaultdict(set)
    for node in (*edits.moved, *edits.dropped):
        for ring, place in net.real[node]:
            found[ring] |= {place, (place - 1) % len(net.rings[ring].points)}
        for edge in net.through[node]:
            if node in edits.moved:
                found[edge.ring].add(edge.start)
    for edge in edits.added:
        found[edge.ring].add(edge.start)
    return found


def _ring(net: Net, number: int, starts: set[int], edits: Edits, *, takes_passed: bool) -> tuple[Floats, int]:
    """Return a ring's new vertices, the first not repeated, and how many it got only because others have them."""
    points = net.rings[number].points.copy()
    for place in {at % len(points) for start in starts for at in (start, start + 1)}:
        node = net.node(number, place)
        if node in edits.moved:
            points[place] = edits.moved[node]
        elif node in edits.dropped:
            points[place] = np.nan
    where: list[int] = []
    what: list[Xy] = []
    inserted = 0
    for start in sorted(starts):
        edge = Edge(number, start)
        new = list(edits.added.get(edge, ()))
        for t, node in net.along.get(edge, ()):
            if node in edits.moved:
                new.append((t, edits.moved[node]))
            elif takes_passed and node not in edits.dropped:
                new.append((t, tuple(net.xy[node].tolist())))
                inserted += 1
        for _, xy in sorted(new):
            where.append(start + 1)
            what.append(xy)
    whole = np.insert(points, where, np.array(what).reshape(-1, 2), axis=0) if where else points
    left = whole[~np.isnan(whole[:, 0])]
    return left[
        (left != np.roll(left, 1, axis=0)).any(axis=1)
    ], inserted  # vertices that fell on one place are one


def _draft(net: Net, place: int, changed: Mapping[int, tuple[Floats, int]]) -> Draft:
    outline = net.outlines[place]
    if any(len(points) < 3 for points, _ in changed.values()):
        return Draft(outline, None)
    polygons = polygons_of(outline.shape)
    by_part: dict[int, dict[int, Floats]] = defaultdict(dict)
    for number, (points, _) in changed.items():
        by_part[net.rings[number].part][net.rings[number].number] = np.vstack([points, points[:1]])
    for part, rings in by_part.items():
        lines = list(shapely.get_rings(polygons[part]))
        shell, *holes = (rings.get(number, line) for number, line in enumerate(lines))
        polygons[part] = shapely.Polygon(shell, holes)
    shape = polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
    return Draft(outline, shape, sum(inserted for _, inserted in changed.values()))
