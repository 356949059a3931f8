"""What is plain: which polygon lies within which other, far from its border, proved by signs alone.

A sign is believed where the rounding of its terms can't have turned it (J. R. Shewchuk, *Adaptive precision
floating-point arithmetic*, 1997, the first bound for ``orient2d``); what stays open is left to an exact predicate.
A point lies in a polygon that crosses itself if a ray from it meets an odd number of edges, as in GEOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.rings import Corners, Rings, batches, expanded, stretches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

_DOUBT: Final = 4e-16  # of the terms' absolute sum; the bound is 3.4e-16
_AT_ONCE: Final = 50_000  # edges, so that the arrays stay in the cache


def points_within(x: Floats, y: Floats, rings: Rings, polygon: Ints) -> tuple[Flags, Flags]:
    """Return for pairs of a point and a polygon whether it lies within, and whether that is in doubt.

    A point on an edge is in doubt, or, on a level edge, on either side.
    """
    inside, in_doubt = np.zeros(len(x), dtype=bool), np.zeros(len(x), dtype=bool)
    for some in batches(rings.number[polygon], _AT_ONCE):
        number = rings.number[polygon[some]]
        pair, edge = expanded(number, rings.first[polygon[some]])
        level = np.repeat(y[some], number)
        met = np.flatnonzero((rings.y1.take(edge) > level) != (rings.y2.take(edge) > level))
        pair, edge = pair[met], edge[met]
        begin_x, begin_y = rings.x1.take(edge), rings.y1.take(edge)
        rise = rings.y2.take(edge) - begin_y
        one = (rings.x2.take(edge) - begin_x) * (level.take(met) - begin_y)
        other = rise * (x[some].take(pair) - begin_x)
        side = one - other
        unsure = np.abs(side) <= _DOUBT * (np.abs(one) + np.abs(other))
        in_doubt[some][pair[unsure]] = True
        hits = np.bincount(pair[(side > 0) == (rise > 0)], minlength=len(number))
        inside[some] = (hits & 1).astype(bool)
    return inside, in_doubt


def keep_clear(
    subjects: Corners, boxes: Floats, rings: Rings, subject: Ints, polygon: Ints
) -> tuple[Flags, Flags]:
    """Return for pairs whether no edge of the polygon meets the subject, surely, and whether one surely crosses it.

    Every subject is one ring. ``boxes``: theirs, west, south, east, north.
    """
    touched, crossed = np.zeros(len(subject), dtype=bool), np.zeros(len(subject), dtype=bool)
    held_pair, held_edge = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for some in batches(rings.number[polygon], _AT_ONCE):
        number = rings.number[polygon[some]]
        pair, edge = expanded(number, rings.first[polygon[some]])
        pair, edge = _near(boxes, rings, subject[some], number, pair, edge)
        pair += some.start
        for few in batches(subjects.number[subject[pair]], 2 * _AT_ONCE):
            mine, line = pair[few], edge[few]
            left, met, cut = _met(subjects, rings, boxes, subject[mine], line)
            touched[mine[met]] = True
            crossed[mine[cut]] = True
            held_pair.append(mine[~left & ~met])
            held_edge.append(line[~left & ~met])
    pair, edge = np.concatenate(held_pair), np.concatenate(held_edge)
    open_yet = np.flatnonzero(~touched[pair])
    pair, edge = pair[open_yet], edge[open_yet]
    within, in_doubt = points_within(
        rings.x1.take(edge), rings.y1.take(edge), *_edges_of(subjects, subject[pair])
    )
    touched[pair[within | in_doubt]] = True
    return ~touched, crossed


def _met(
    subjects: Corners, rings: Rings, boxes: Floats, subject: Ints, edge: Ints
) -> tuple[Flags, Flags, Flags]:
    """Return whether a subject lies left of the line along an edge, may meet the edge with its ring, and crosses it.

    The first and the last are sure.
    """
    left, row, corner, side = _lined_up(subjects, rings, boxes, subject, edge)
    met, cut = np.zeros(len(edge), dtype=bool), np.zeros(len(edge), dtype=bool)
    over = np.flatnonzero((row[1:] == row[:-1]) & (side[1:] * side[:-1] <= 0))  # edges over the line
    mine, begin = row[over], corner[over]
    from_x, from_y = subjects.x.take(begin), subjects.y.take(begin)
    along_x, along_y = subjects.x.take(begin + 1) - from_x, subjects.y.take(begin + 1) - from_y
    line = edge[mine]
    back = _sign(along_x, along_y, rings.x1.take(line) - from_x, rings.y1.take(line) - from_y)
    back *= _sign(along_x, along_y, rings.x2.take(line) - from_x, rings.y2.take(line) - from_y)
    met[mine[back <= 0]] = True
    cut[mine[(back < 0) & (side[over] * side[over + 1] < 0)]] = True
    return left, met, cut


def _lined_up(
    subjects: Corners, rings: Rings, boxes: Floats, subject: Ints, edge: Ints
) -> tuple[Flags, Ints, Ints, Floats]:
    """Return whether all of each subject surely lies left of the line along an edge.

    And for the others, vertex by vertex, the row, the vertex, and the side: 1 left, -1 right, 0 unsure.
    """
    begin_x, begin_y = rings.x1.take(edge), rings.y1.take(edge)
    along_x, along_y = rings.x2.take(edge) - begin_x, rings.y2.take(edge) - begin_y
    west, south, east, north = (boxes[subject, side] for side in range(4))
    wide = np.maximum(np.abs(west - begin_x), np.abs(east - begin_x))
    high = np.maximum(np.abs(south - begin_y), np.abs(north - begin_y))
    least = _DOUBT * (np.abs(along_x) * high + np.abs(along_y) * wide)
    number = subjects.number.take(subject)
    row, corner = expanded(number, subjects.first.take(subject))
    side = np.repeat(along_x, number) * (subjects.y.take(corner) - np.repeat(begin_y, number))
    side -= np.repeat(along_y, number) * (subjects.x.take(corner) - np.repeat(begin_x, number))
    if len(edge) == 0:
        return np.zeros(0, dtype=bool), row, corner, side
    left = np.minimum.reduceat(side, np.cumsum(number) - number) > least
    rest = np.flatnonzero(np.repeat(~left, number))
    row, corner, side = row[rest], corner[rest], side[rest]
    sign = np.sign(side)
    sign[np.abs(side) <= least[row]] = 0.0
    return left, row, corner, sign


def _sign(along_x: Floats, along_y: Floats, x: Floats, y: Floats) -> Floats:
    """Return the side of a point seen along a line from its beginning: 1 left, -1 right, 0 unsure."""
    one, other = along_x * y, along_y * x
    side = one - other
    sign: Floats = np.sign(side)
    sign[np.abs(side) <= _DOUBT * (np.abs(one) + np.abs(other))] = 0.0
    return sign


def _edges_of(subjects: Corners, subject: Ints) -> tuple[Rings, Ints]:
    """Return the edges of those subjects that are asked for, and which are whose."""
    used = np.flatnonzero(np.bincount(subject, minlength=len(subjects.number)))
    place = np.zeros(len(subjects.number), dtype=np.int64)
    place[used] = np.arange(len(used))
    number = subjects.number[used] - 1
    _, begin = expanded(number, subjects.first[used])
    x, y = subjects.x, subjects.y
    return Rings(x[begin], y[begin], x[begin + 1], y[begin + 1], number), place[subject]


def are_stars(rings: Rings) -> Flags:
    """Whether each polygon is surely one ring that runs once around the mean of its vertices: then it is valid.

    Seen from there every edge goes on in the same direction, so that no two can meet.
    """
    pieces = [_stars(rings.stretch(some)) for some in stretches(len(rings.number))]
    return np.concatenate([np.zeros(0, dtype=bool), *pieces])


def _stars(rings: Rings) -> Flags:
    stars = np.zeros(len(rings.number), dtype=bool)
    drawn = np.flatnonzero(rings.number)
    number, first = rings.number[drawn], rings.first[drawn]
    if len(drawn) == 0:
        return stars
    middle_x = np.repeat(np.add.reduceat(rings.x1, first) / number, number)
    middle_y = np.repeat(np.add.reduceat(rings.y1, first) / number, number)
    y1, y2 = rings.y1 - middle_y, rings.y2 - middle_y
    one, other = (rings.x1 - middle_x) * y2, (rings.x2 - middle_x) * y1
    goes_on = one - other > _DOUBT * (np.abs(one) + np.abs(other))
    turns = np.add.reduceat(((y1 <= 0) & (y2 > 0)).astype(np.int64), first)
    stars[drawn] = np.logical_and.reduceat(goes_on, first) & (turns == 1)
    return stars


def _near(
    boxes: Floats, rings: Rings, subject: Ints, number: Ints, pair: Ints, edge: Ints
) -> tuple[Ints, Ints]:
    west, south, east, north = (np.repeat(boxes[subject, side], number) for side in range(4))
    low_x, low_y, high_x, high_y = (side.take(edge) for side in rings.boxes)
    near = np.flatnonzero((low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south))
    return pair[near], edge[near]
