"""What is plain: which polygon lies within which other, far from its border, proved by signs alone.

A sign is believed where the rounding of its terms can't have turned it (J. R. Shewchuk, *Adaptive precision
floating-point arithmetic*, 1997, the first bound for ``orient2d``); what stays open is left to an exact predicate.
A point lies in a polygon that crosses itself if a ray from it meets an odd number of edges, as in GEOS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from geo.rings import Corners, Rings, batches, expanded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Geometries = NDArray[np.object_]

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
        met = np.flatnonzero((rings.y1[edge] > level) != (rings.y2[edge] > level))
        pair, edge = pair[met], edge[met]
        begin_x, begin_y = rings.x1[edge], rings.y1[edge]
        rise = rings.y2[edge] - begin_y
        one = (rings.x2[edge] - begin_x) * (level[met] - begin_y)
        other = rise * (x[some][pair] - begin_x)
        side = one - other
        unsure = np.abs(side) <= _DOUBT * (np.abs(one) + np.abs(other))
        in_doubt[some][pair[unsure]] = True
        hits = np.bincount(pair[(side > 0) == (rise > 0)], minlength=len(number))
        inside[some] = (hits & 1).astype(bool)
    return inside, in_doubt


def keep_clear(
    outlines: Geometries, corners: Corners, boxes: Floats, rings: Rings, subject: Ints, polygon: Ints
) -> Flags:
    """Return for pairs whether no edge of the polygon meets the subject, surely.

    ``outlines``: of subjects, with their vertices and boxes (west, south, east, north).
    """
    held_pair, held_edge = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for some in batches(rings.number[polygon], _AT_ONCE):
        number = rings.number[polygon[some]]
        pair, edge = expanded(number, rings.first[polygon[some]])
        pair, edge = _near(boxes, rings, subject[some], number, pair, edge)
        pair += some.start
        for few in batches(corners.number[subject[pair]], 2 * _AT_ONCE):
            open_yet = ~_all_left(corners, rings, boxes, subject[pair[few]], edge[few])
            held_pair.append(pair[few][open_yet])
            held_edge.append(edge[few][open_yet])
    pair, edge = np.concatenate(held_pair), np.concatenate(held_edge)
    clear = np.ones(len(subject), dtype=bool)
    if len(pair):
        used, mine = np.unique(subject[pair], return_inverse=True)
        clear[pair[~_miss(Rings.of(outlines[used]), rings, mine, edge)]] = False
    return clear


def _miss(subjects: Rings, rings: Rings, subject: Ints, edge: Ints) -> Flags:
    """Whether each edge surely lies outside of a subject: it starts there and meets no edge of it."""
    inside, in_doubt = points_within(rings.x1[edge], rings.y1[edge], subjects, subject)
    missed = ~(inside | in_doubt)
    for some in batches(subjects.number[subject], _AT_ONCE):
        pair, own = expanded(subjects.number[subject[some]], subjects.first[subject[some]])
        other = edge[some][pair]
        apart = _are_beside(subjects, own, rings, other)
        rest = np.flatnonzero(~apart)
        apart[rest] = _are_beside(rings, other[rest], subjects, own[rest])
        missed[some][pair[~apart]] = False
    return missed


def _are_beside(lines: Rings, line: Ints, rings: Rings, edge: Ints) -> Flags:
    """Whether both ends of an edge surely lie on the same side of the line along another."""
    begin_x, begin_y = lines.x1[line], lines.y1[line]
    along_x, along_y = lines.x2[line] - begin_x, lines.y2[line] - begin_y
    sides = []
    for x, y in ((rings.x1, rings.y1), (rings.x2, rings.y2)):
        one, other = along_x * (y[edge] - begin_y), along_y * (x[edge] - begin_x)
        side = one - other
        side[np.abs(side) <= _DOUBT * (np.abs(one) + np.abs(other))] = 0.0
        sides.append(np.sign(side))
    beside: Flags = sides[0] * sides[1] > 0
    return beside


def are_stars(rings: Rings) -> Flags:
    """Whether each polygon is surely one ring that runs once around the mean of its vertices: then it is valid.

    Seen from there every edge goes on in the same direction, so that no two can meet.
    """
    number = np.maximum(rings.number, 1)
    owner = rings.owner
    size = len(rings.number)
    middle_x = (np.bincount(owner, weights=rings.x1, minlength=size) / number)[owner]
    middle_y = (np.bincount(owner, weights=rings.y1, minlength=size) / number)[owner]
    x1, y1, x2, y2 = rings.x1 - middle_x, rings.y1 - middle_y, rings.x2 - middle_x, rings.y2 - middle_y
    one, other = x1 * y2, x2 * y1
    goes_on = one - other > _DOUBT * (np.abs(one) + np.abs(other))
    turns = np.bincount(owner[(y1 <= 0) & (y2 > 0)], minlength=size)
    steps = np.bincount(owner[goes_on], minlength=size)
    stars: Flags = (turns == 1) & (steps == rings.number)
    return stars


def _near(
    boxes: Floats, rings: Rings, subject: Ints, number: Ints, pair: Ints, edge: Ints
) -> tuple[Ints, Ints]:
    west, south, east, north = (np.repeat(boxes[subject, side], number) for side in range(4))
    low_x, low_y, high_x, high_y = (side[edge] for side in rings.boxes)
    near = np.flatnonzero((low_x <= east) & (high_x >= west) & (low_y <= north) & (high_y >= south))
    return pair[near], edge[near]


def _all_left(subjects: Corners, rings: Rings, boxes: Floats, subject: Ints, edge: Ints) -> Flags:
    """Whether all vertices of each subject surely lie to the left of the line along an edge."""
    begin_x, begin_y = rings.x1[edge], rings.y1[edge]
    along_x, along_y = rings.x2[edge] - begin_x, rings.y2[edge] - begin_y
    west, south, east, north = boxes[subject].T
    wide = np.maximum(np.abs(west - begin_x), np.abs(east - begin_x))
    high = np.maximum(np.abs(south - begin_y), np.abs(north - begin_y))
    least = _DOUBT * (np.abs(along_x) * high + np.abs(along_y) * wide)
    number = subjects.number[subject]
    _, corner = expanded(number, subjects.first[subject])
    side = np.repeat(along_x, number) * (subjects.y[corner] - np.repeat(begin_y, number))
    side -= np.repeat(along_y, number) * (subjects.x[corner] - np.repeat(begin_x, number))
    if len(side) == 0:
        return np.zeros(0, dtype=bool)
    nearest = np.minimum.reduceat(side, np.cumsum(number) - number)
    left: Flags = nearest > least
    return left
