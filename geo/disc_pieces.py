"""Polygons cut along the discs around candidates: pieces of which each lies wholly within or wholly beyond every disc.

What a set of candidates reaches of a polygon is then the sum of the pieces that one of them reaches, exactly, and no
longer the area of a union that is another for every set.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from geo.reach import INNER, QUARTER
from geo.shares import mended

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]
    Geometries = NDArray[np.object_]

_TINY: Final = 1e-9  # of a polygon: a piece so small is none
_AT_ONCE: Final = 2000  # polygons cut between two reports
_VERTICES: Final = 2_000_000  # pairs of vertex and disc looked at together


class Pieces(NamedTuple):
    """Pieces of subjects that no station reaches yet.

    ``subject`` (n,): whose it is. ``share`` (n,): the part of its area, 1 of a point. ``starts`` (n + 1,) and
    ``candidates``: piece i lies within the discs of ``candidates[starts[i]:starts[i + 1]]``, which may be none.
    """

    subject: Ints
    share: Floats
    starts: Ints
    candidates: Ints


def _nothing(_done: int, _total: int) -> None:
    """Take a report and show it to nobody."""


def disc_pieces(
    subjects: Geometries,
    stations: Geometries,
    candidates: Geometries,
    metres: float,
    report: Callable[[int, int], None] = _nothing,
) -> Pieces:
    """Cut every subject along the discs that have a part of it.

    Parameters
    ----------
    subjects
        Polygons or points in metres, or None: those have no pieces. A point is one piece.
    stations
        Points or outlines in metres that reach already; None reaches nothing. What they reach is no piece.
    candidates
        Points in metres.
    metres
        Radius of every disc; a disc has the vertices that ``geo.reach.reach`` gives it.
    report
        Told after each lot how many of how many polygons are cut; what it raises ends the work.

    """
    places = np.concatenate([candidates, stations[~shapely.is_missing(stations)]])
    subjects = np.asarray(subjects, dtype=object)
    drawn = np.flatnonzero(~(shapely.is_missing(subjects) | shapely.is_empty(subjects)))
    subject, place = shapely.STRtree(places).query(subjects[drawn], predicate="dwithin", distance=metres)
    subject = drawn[subject]
    order = np.lexsort((place, subject))
    subject, place = subject[order], place[order]
    areas = shapely.area(subjects)
    whole = (areas[subject] == 0) | _holds(subjects, subject, places, place, metres)
    is_cut = np.zeros(len(subjects), dtype=bool)
    is_cut[subject[~whole]] = True
    uncut = drawn[~is_cut[drawn]]
    cut = _Cutter(subjects, areas, places, metres)
    owners, shares, inside, at = [uncut], [np.ones(len(uncut))], [], len(uncut)
    cut_pairs = np.flatnonzero(~whole)
    cut_subjects = np.flatnonzero(is_cut)
    for first in range(0, len(cut_subjects), _AT_ONCE):
        lot = cut_subjects[first : first + _AT_ONCE]
        mine = cut_pairs[
            np.searchsorted(subject[cut_pairs], lot[0]) : np.searchsorted(
                subject[cut_pairs], lot[-1], "right"
            )
        ]
        owner, share, (piece, disc) = cut.pieces(lot, subject[mine], place[mine])
        owners.append(owner)
        shares.append(share)
        inside.append((piece + at, disc))
        at += len(owner)
        report(min(first + _AT_ONCE, len(cut_subjects)), len(cut_subjects))
    owner, share = np.concatenate(owners), np.concatenate(shares)
    of_whole = _of_all_pieces(owner, subject[whole], place[whole])
    piece = np.concatenate([of_whole[0], *(pair[0] for pair in inside)])
    disc = np.concatenate([of_whole[1], *(pair[1] for pair in inside)])
    return _left_over(owner, share, piece, disc, len(candidates))


def _left_over(owner: Ints, share: Floats, piece: Ints, disc: Ints, count: int) -> Pieces:
    """Return the pieces that none of the discs from ``count`` on has, and by which others each is reached."""
    is_open = np.ones(len(owner), dtype=bool)
    is_open[piece[disc >= count]] = False
    kept = np.flatnonzero(is_open)
    name = np.cumsum(is_open) - 1
    pairs = is_open[piece]
    piece, disc = name[piece[pairs]], disc[pairs]
    order = np.lexsort((disc, piece))
    starts = np.searchsorted(piece[order], np.arange(len(kept) + 1))
    return Pieces(owner[kept], share[kept], starts.astype(np.int64), disc[order])


def _of_all_pieces(owner: Ints, subject: Ints, place: Ints) -> tuple[Ints, Ints]:
    """Return pairs (piece, place) of places that hold a whole subject, and so each of its pieces."""
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], subject)
    last = np.searchsorted(owner[order], subject, "right")
    number = last - first
    at = np.repeat(first - np.cumsum(number) + number, number) + np.arange(number.sum())
    return order[at], np.repeat(place, number)


def _holds(subjects: Geometries, subject: Ints, places: Geometries, place: Ints, metres: float) -> Bools:
    """Whether the disc around a point holds all vertices of a subject, for pairs of the two."""
    held = np.zeros(len(subject), dtype=bool)
    points, at = shapely.get_coordinates(subjects, return_index=True)
    starts = np.searchsorted(at, np.arange(len(subjects) + 1))
    counts = np.diff(starts)
    is_point = shapely.get_type_id(places) == shapely.GeometryType.POINT
    middle = np.full((len(places), 2), np.nan)
    middle[is_point] = shapely.get_coordinates(places[is_point])
    for some in _lots(counts[subject]):
        number = counts[subject[some]]
        ends = np.cumsum(number)
        vertex = np.repeat(starts[subject[some]] - ends + number, number) + np.arange(ends[-1])
        far = np.hypot(*(points[vertex] - np.repeat(middle[place[some]], number, axis=0)).T)
        held[some] = np.maximum.reduceat(far, ends - number) <= metres * INNER
    return held


def _lots(sizes: Ints) -> list[slice]:
    """Return slices of which each adds up to about as much as is looked at together."""
    lot = np.cumsum(sizes) // _VERTICES
    ends = [0, *(np.flatnonzero(np.diff(lot)) + 1).tolist(), len(sizes)]
    return [slice(a, b) for a, b in pairwise(ends) if b > a]


class _Cutter:
    """Cuts polygons along the borders of discs."""

    def __init__(self, subjects: Geometries, areas: Floats, places: Geometries, metres: float) -> None:
        self._subjects, self._areas = subjects, areas
        self._discs = shapely.buffer(mended(places), metres, quad_segs=QUARTER)
        shapely.prepare(self._discs)
        ring, disc = shapely.get_coordinates(shapely.boundary(self._discs), return_index=True)
        line = np.flatnonzero((disc[1:] == disc[:-1]) & (ring[1:] != ring[:-1]).any(axis=1))
        self._lines = np.stack([ring[line], ring[line + 1]], axis=1)
        self._first = np.searchsorted(disc[line], np.arange(len(places) + 1))

    def pieces(self, lot: Ints, subject: Ints, place: Ints) -> tuple[Ints, Floats, tuple[Ints, Ints]]:
        """Return whose each piece is, its share, and the pairs (piece, disc) of those that lie within."""
        mended_ones = mended(self._subjects[lot])
        shapely.prepare(mended_ones)
        position = np.full(len(self._subjects), -1, dtype=np.int64)
        position[lot] = np.arange(len(lot))
        of = position[subject]
        whole = np.concatenate([shapely.boundary(mended_ones), self._borders(mended_ones, of, place)])
        owner = np.concatenate([np.arange(len(lot)), self._owner])
        order = np.argsort(owner, kind="stable")
        together: Geometries = np.asarray(shapely.geometrycollections(whole[order], indices=owner[order]))
        noded: Geometries = np.asarray(shapely.unary_union(together[:, None], axis=1))
        found: Geometries = np.empty(len(lot), dtype=object)
        found[:] = [shapely.polygonize([one]) for one in noded]
        faces, mine = shapely.get_parts(found, return_index=True)
        points = shapely.point_on_surface(faces)
        kept = np.flatnonzero(shapely.contains(mended_ones[mine], points))
        kept = kept[shapely.area(faces[kept]) > _TINY * self._areas[lot[mine[kept]]]]
        faces, mine, points = faces[kept], mine[kept], points[kept]
        share = shapely.area(faces) / self._areas[lot[mine]]
        starts = np.searchsorted(of, np.arange(len(lot) + 1))
        number = np.diff(starts)[mine]
        piece = np.repeat(np.arange(len(mine)), number)
        disc = place[np.repeat(starts[mine] - np.cumsum(number) + number, number) + np.arange(number.sum())]
        within = shapely.contains(self._discs[disc], points[piece])
        return lot[mine], share, (piece[within], disc[within])

    def _borders(self, polygons: Geometries, of: Ints, place: Ints) -> Geometries:
        """Return the sides of discs that come near the polygons; whose each is stands in ``_owner``."""
        number = (self._first[1:] - self._first[:-1])[place]
        pair = np.repeat(np.arange(len(place)), number)
        line = np.repeat(self._first[place] - np.cumsum(number) + number, number) + np.arange(number.sum())
        low, high = self._lines[line].min(axis=1), self._lines[line].max(axis=1)
        box = shapely.bounds(polygons)[of[pair]]
        near = np.flatnonzero((low <= box[:, 2:]).all(axis=1) & (high >= box[:, :2]).all(axis=1))
        self._owner = of[pair[near]]
        made: Geometries = shapely.linestrings(self._lines[line[near]])
        return made
