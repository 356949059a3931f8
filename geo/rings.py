"""The edges of polygons as arrays: every ring the right way round, with the box that each edge fills."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Geometries = NDArray[np.object_]

POLYGONS: Final = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))

AT_ONCE: Final = 8_000  # polygons worked on at once


class Rings:
    """Edges by polygon and ring; outer rings run anticlockwise, inner ones clockwise. Lines and points have none.

    Attributes
    ----------
    x1, y1, x2, y2
        Where each edge begins and ends, as it is run through.
    number, first
        For each polygon how many edges it has, and which is the first.

    """

    def __init__(self, x1: Floats, y1: Floats, x2: Floats, y2: Floats, number: Ints) -> None:
        self.x1, self.y1, self.x2, self.y2 = x1, y1, x2, y2
        self.number = number
        self.first: Ints = np.cumsum(number) - number

    @classmethod
    def of(cls, polygons: Geometries, corners: Corners | None = None) -> Rings:
        """Return the edges of polygons; ``corners``: theirs, where they have been read."""
        if corners is None and len(polygons) > AT_ONCE:
            return cls._joined([cls.of(polygons[some]) for some in stretches(len(polygons))])
        corners = Corners.of(polygons) if corners is None else corners
        polygon = np.arange(len(polygons))
        is_inner = np.zeros(len(polygons), dtype=bool)
        if not (corners.are_rings.all() and np.isin(shapely.get_type_id(polygons), POLYGONS).all()):
            corners, polygon, is_inner = _rings_of(polygons)
        start, end = _edges(corners.first, corners.number, _runs_wrong(corners, is_inner))
        number = np.bincount(polygon, weights=corners.number - 1, minlength=len(polygons)).astype(np.int64)
        return cls(corners.x[start], corners.y[start], corners.x[end], corners.y[end], number)

    @classmethod
    def _joined(cls, pieces: Sequence[Rings]) -> Rings:
        return cls(
            np.concatenate([piece.x1 for piece in pieces]),
            np.concatenate([piece.y1 for piece in pieces]),
            np.concatenate([piece.x2 for piece in pieces]),
            np.concatenate([piece.y2 for piece in pieces]),
            np.concatenate([piece.number for piece in pieces]),
        )

    def once(self) -> Rings:
        """Return the same edges, without keeping whose each is and which box it fills once they were asked."""
        return Rings(self.x1, self.y1, self.x2, self.y2, self.number)

    def stretch(self, polygons: slice) -> Rings:
        """Return the edges of neighbouring polygons alone, without copying them."""
        number = self.number[polygons]
        begin = int(self.first[polygons.start])
        edges = slice(begin, begin + int(number.sum()))
        return Rings(self.x1[edges], self.y1[edges], self.x2[edges], self.y2[edges], number)

    def some(self, polygons: Ints) -> Rings:
        """Return the edges of some polygons alone; these are numbered anew, in the order given."""
        number = self.number[polygons]
        _, edge = expanded(number, self.first[polygons])
        return Rings(self.x1[edge], self.y1[edge], self.x2[edge], self.y2[edge], number)

    @cached_property
    def owner(self) -> Ints:
        """The polygon of each edge."""
        return np.repeat(np.arange(len(self.number), dtype=np.int64), self.number)

    @cached_property
    def boxes(self) -> tuple[Floats, Floats, Floats, Floats]:
        """West, south, east and north of each edge."""
        return (
            np.minimum(self.x1, self.x2),
            np.minimum(self.y1, self.y2),
            np.maximum(self.x1, self.x2),
            np.maximum(self.y1, self.y2),
        )


class Corners:
    """The vertices of polygons, or of rings, by polygon or ring; the last of each ring is its first again."""

    def __init__(self, x: Floats, y: Floats, number: Ints) -> None:
        self.x, self.y, self.number = x, y, number
        self.first: Ints = np.cumsum(number) - number

    @classmethod
    def of(cls, polygons: Geometries) -> Corners:
        """Return the vertices of polygons or rings."""
        points = shapely.get_coordinates(polygons)
        number = shapely.get_num_coordinates(polygons).astype(np.int64)
        return cls(points[:, 0].copy(), points[:, 1].copy(), number)

    @cached_property
    def are_rings(self) -> Flags:
        """Whether each polygon is one ring: its first vertex comes twice, at both ends.

        A second ring ends elsewhere, or brings it twice more.
        """
        one = np.zeros(len(self.number), dtype=bool)
        drawn = np.flatnonzero(self.number)
        if len(drawn):
            first, number = self.first[drawn], self.number[drawn]
            is_first = (self.x == np.repeat(self.x[first], number)) & (
                self.y == np.repeat(self.y[first], number)
            )
            times = np.add.reduceat(is_first.astype(np.int64), first)
            one[drawn] = (times == 2) & is_first[first + number - 1]
        return one

    def some(self, polygons: Ints) -> Corners:
        """Return the vertices of some polygons alone; these are numbered anew, in the order given."""
        number = self.number[polygons]
        _, corner = expanded(number, self.first[polygons])
        return Corners(self.x[corner], self.y[corner], number)


def stretches(count: int, at_once: int = AT_ONCE) -> list[slice]:
    """Return ``count`` polygons in stretches of so many: what is made of them stays in the cache."""
    return [slice(first, min(first + at_once, count)) for first in range(0, count, at_once)]


def expanded(number: Ints, first: Ints) -> tuple[Ints, Ints]:
    """Return, for each of ``number`` things in each group, the group and the thing."""
    group = np.repeat(np.arange(len(number), dtype=np.int64), number)
    thing = np.arange(len(group)) + np.repeat(first - (np.cumsum(number) - number), number)
    return group, thing


def batches(number: Ints, at_once: int) -> list[slice]:
    """Return stretches of groups that hold about ``at_once`` things each: arrays that stay in the cache."""
    work = np.cumsum(number)
    found = []
    start = 0
    while start < len(number):
        done = work[start - 1] if start else 0
        end = max(int(np.searchsorted(work, done + at_once, side="right")), start + 1)
        found.append(slice(start, end))
        start = end
    return found


def _rings_of(polygons: Geometries) -> tuple[Corners, Ints, Flags]:
    """Return the vertices of each ring, the polygon of each ring, and whether the ring is a hole."""
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    is_area = (shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)
    rings, ring_part = shapely.get_rings(parts[is_area], return_index=True)
    is_inner = np.zeros(len(rings), dtype=bool)
    is_inner[1:] = ring_part[1:] == ring_part[:-1]  # the first of a part is its outline
    return Corners.of(rings), part_of[is_area][ring_part], is_inner


def _runs_wrong(rings: Corners, is_inner: Flags) -> Flags:
    """Whether each ring runs the other way than it should; areas count from its first vertex, which keeps digits."""
    x, y, number, first = rings.x, rings.y, rings.number, rings.first
    if len(first) == 0:
        return np.zeros(0, dtype=bool)
    u, v = x - np.repeat(x[first], number), y - np.repeat(y[first], number)
    twice = np.zeros(len(x))
    twice[:-1] = u[:-1] * v[1:] - u[1:] * v[:-1]  # 0 from one ring to the next: both ends are 0
    wrong: Flags = (np.add.reduceat(twice, first) < 0) != is_inner
    return wrong


def _edges(first: Ints, size: Ints, is_wrong: Flags) -> tuple[Ints, Ints]:
    """Return the vertices at which each edge begins and ends; wrong rings are run through backwards."""
    is_start = np.ones(int(size.sum()), dtype=bool)
    is_start[first + size - 1] = False
    start = np.flatnonzero(is_start)
    wrong = np.flatnonzero(is_wrong)
    if len(wrong) == 0:
        return start, start + 1
    begin = first - np.arange(len(first))  # each ring before has one edge less than vertices
    ring, edge = expanded(size[wrong] - 1, begin[wrong])
    flipped = 2 * first[wrong][ring] + size[wrong][ring] - 2 - start[edge]
    end = start + 1
    start[edge], end[edge] = flipped + 1, flipped
    return start, end
