"""A border led along a drawn line: the ground between the old and the new one changes hands, in every layer. Metres.

Whoever lies on one side of the old border grows up to the new one, whoever lies on the other side gives the ground, and
so do the units above and below them where the border is theirs too. Where several would grow into the same ground, the
borders between them are led on straight until they meet the new one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.arcs.cutting import cut_line, line_of, met_by, split_outline
from geo.arcs.effects import Reason, Result, refused
from geo.arcs.judge import PLAIN, Around, Options, broken_at, judged, pieces_of
from geo.arcs.net import TOLERANCE, Net, Outline, Xy
from geo.arcs.redraw import Draft, Edits, redrawn
from geo.noding import areas_only, corners, noded, points_of, polygons_of, without_idle, without_spikes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

_BESIDE: Final = 2 * TOLERANCE  # [m] so far off a border it is asked who lies there
_NOTHING: Final = 1e-6  # [m²]

Takers = tuple[tuple[str, str | None], ...]  # layer → who gets the ground there


@dataclass(frozen=True, slots=True)
class Cell:
    """Ground that changes hands, and who gets it in each layer; None: nobody there."""

    ground: BaseGeometry
    takers: Takers


class _Undivided(Exception):
    """Whose ground it becomes can't be told."""

    def __init__(self, at: Xy) -> None:
        self.at = at


def reshape(
    edited: Outline, line: Floats, followers: Sequence[Outline], around: Around, options: Options = PLAIN
) -> Result:
    """Lead the border of an outline along a line, points of shape (n, 2), from its first meeting with it to its last.

    Of the two stretches of border between them the line replaces the one that lies nearer: with the least ground between.
    """
    path = line_of(line)
    if path is None:
        return refused(Reason.LINE, None, edited.key)
    if not shapely.is_simple(path):
        return refused(Reason.CROSSES, _middle(path), edited.key)
    others = [other for other in followers if other.key != edited.key]
    met = met_by(edited, path, others)
    if len(met.ends) < 2:
        return refused(Reason.LINE, _middle(path), edited.key)
    border = _Border(edited, others, {draft.outline.key: draft for draft in met.drafts}, path, met.ends)
    if border.ring is None:
        return refused(Reason.LINE, _middle(path), edited.key)
    try:
        return border.led(around, options)
    except _Undivided as error:
        return refused(Reason.DIVIDED, error.at, *border.keys_at(error.at))
    except _Broken as error:
        return refused(Reason.CROSSES, error.at, edited.key)


class _Broken(Exception):
    """An outline would cross itself before anything changes hands: borders drawn a hair apart can't be joined here."""

    def __init__(self, at: Xy) -> None:
        self.at = at


class _Border:
    """The border of an outline between its first and its last meeting with a line."""

    def __init__(
        self,
        edited: Outline,
        others: Sequence[Outline],
        met: dict[str, Draft],
        path: shapely.LineString,
        ends: Sequence[Xy],
    ) -> None:
        self._original = {one.key: one for one in (edited, *others)}
        basis = [_with_shape(one, met) for one in (edited, *others)]
        net = Net(basis, edited.shape.bounds)
        self._key = edited.key
        at = sorted(ends, key=lambda end: float(shapely.line_locate_point(path, shapely.Point(end))))
        self._path = _joined(cut_line(path, ends))
        self.ring = self._ring(net, at[0], at[-1])
        self._arc: list[int] = []
        if self.ring is None or self._path is None:
            self.ring = None
            return
        self._arc = self._replaced(net, self.ring, at[0], at[-1])
        moved = {node: _xy(net.xy[node]) for node in self._arc}
        whole = {draft.outline.key: draft for draft in redrawn(net, Edits(moved=moved))}
        self._net = net
        self._basis = {one.key: _with_shape(one, whole) for one in basis}

    def _ring(self, net: Net, first: Xy, last: Xy) -> int | None:
        for ring in net.rings_of(self._key):
            points = {(x, y) for x, y in net.rings[ring].points.tolist()}
            if first in points and last in points and first != last:
                return ring
        return None

    def _replaced(self, net: Net, ring: int, first: Xy, last: Xy) -> list[int]:
        walk = net.walk(ring)
        a, b = (min(range(len(walk)), key=lambda n: _off(net.xy[walk[n]], end)) for end in (first, last))
        whole = [*walk, *walk]
        ways = (
            whole[a : b + 1 if b > a else b + 1 + len(walk)],
            whole[b : a + 1 if a > b else a + 1 + len(walk)][::-1],
        )
        return min(ways, key=lambda way: abs(_loop(net, way, self._line()).area))

    def _line(self) -> Floats:
        return shapely.get_coordinates(self._path)

    def keys_at(self, at: Xy) -> tuple[str, ...]:
        """Return the outlines that meet at a place, the edited one first."""
        off = np.hypot(*(self._net.xy - np.asarray(at)).T)
        keys = self._net.keys_at(int(np.argmin(off)))
        return (self._key, *(key for key in keys if key != self._key))

    def led(self, around: Around, options: Options) -> Result:
        """Return what becomes of everybody."""
        own = self._basis[self._key]
        for one in self._basis.values():
            if (at := broken_at(one.shape)) is not None:
                raise _Broken(at)
        region = areas_only(shapely.make_valid(_loop(self._net, self._arc, self._line())))
        everybody = self._everybody(around, region)
        cells: list[Cell] = []
        for piece in pieces_of(shapely.difference(region, own.shape), 0.0):
            cells += self._cells(piece, everybody)
        for piece in pieces_of(shapely.intersection(region, own.shape), 0.0):
            cells += self._cells(piece, everybody)
        if not cells:
            return refused(Reason.NOTHING, None, self._key)
        beside = {key for node in self._arc for key in self._net.keys_at(node)} if own.level is None else None
        drafts = handed_over(
            cells, everybody, {**self._original, **{o.key: o for o in around(region.bounds)}}, beside
        )
        if options.is_alone:
            drafts = [draft for draft in drafts if draft.outline.key == self._key]
        drafts.sort(key=lambda draft: draft.outline.key != self._key)
        return judged(drafts, around, options, self._net.slack)

    def _everybody(self, around: Around, region: BaseGeometry) -> list[Outline]:
        known = {one.key: one for one in around(region.bounds)}
        return list({**known, **self._basis}.values())

    # Who gets which ground

    def _cells(self, piece: shapely.Polygon, everybody: Sequence[Outline]) -> list[Cell]:
        """Return a piece of ground parted among those who lie on the other side of the old border."""
        sides = [(one, other) for one, other in pairwise(self._arc) if self._is_side(piece, one, other)]
        takers = {side: self._takers(piece, side, everybody) for side in sides}
        grounds: list[BaseGeometry] = [piece]
        for (one, at), (same, other) in pairwise(sides):
            if at == same and takers[one, at] != takers[same, other]:
                cut = self._led_on(piece, at, (one, other))
                grounds = [part for ground in grounds for part in _parted(ground, cut)]
        cells = []
        for ground in grounds:
            mine: dict[Takers, float] = {}
            for one, other in sides:
                if self._is_side(ground, one, other):
                    length = float(np.hypot(*(self._net.xy[one] - self._net.xy[other])))
                    mine[takers[one, other]] = mine.get(takers[one, other], 0.0) + length
            if len(mine) != 1:
                raise _Undivided(_xy(shapely.get_coordinates(ground.representative_point())[0]))
            cells.append(Cell(ground, next(iter(mine))))
        return cells

    def _is_side(self, piece: BaseGeometry, one: int, other: int) -> bool:
        middle = shapely.Point((self._net.xy[one] + self._net.xy[other]) / 2)
        return bool(shapely.boundary(piece).distance(middle) < 1e-6)

    def _takers(self, piece: BaseGeometry, side: tuple[int, int], everybody: Sequence[Outline]) -> Takers:
        start, end = self._net.xy[side[0]], self._net.xy[side[1]]
        way = (end - start) / max(float(np.hypot(*(end - start))), 1e-300)
        step = min(_BESIDE, float(np.hypot(*(end - start))) / 4) * np.array([-way[1], way[0]])
        middle = (start + end) / 2
        spots = [shapely.Point(middle + step), shapely.Point(middle - step)]
        spot = spots[0] if not piece.contains(spots[0]) else spots[1]
        found: dict[str, str | None] = {}
        for outline in everybody:
            found.setdefault(outline.layer, None)
            if found[outline.layer] is None and outline.shape.contains(spot):
                found[outline.layer] = outline.key
        return tuple(sorted(found.items()))

    def _led_on(self, piece: shapely.Polygon, at: int, beside: tuple[int, int]) -> shapely.LineString:
        """Return the line on which a border that ended at the old one goes on to the new one."""
        here = self._net.xy[at]
        far = float(np.hypot(piece.bounds[2] - piece.bounds[0], piece.bounds[3] - piece.bounds[1]))
        for node in sorted(self._net.beside(at) - set(beside)):
            way = (here - self._net.xy[node]) / max(float(np.hypot(*(here - self._net.xy[node]))), 1e-300)
            ray = shapely.LineString([here + way * TOLERANCE, here + way * 2 * far])
            hits = shapely.get_coordinates(shapely.intersection(ray, shapely.boundary(piece)))
            if not len(hits):
                continue
            hit = hits[int(np.argmin(np.hypot(*(hits - here).T)))]
            if piece.contains(shapely.Point((here + hit) / 2)):
                return shapely.LineString([here, hit])
        foot = shapely.get_coordinates(shapely.shortest_line(self._path, shapely.Point(here)))[0]
        if not piece.contains(shapely.Point((here + foot) / 2)):
            raise _Undivided(_xy(here))
        return shapely.LineString([here, foot])


def handed_over(
    cells: Sequence[Cell],
    everybody: Sequence[Outline],
    original: dict[str, Outline],
    givers: set[str] | None = None,
) -> list[Draft]:
    """Return who has another outline once the ground has changed hands; ``givers``: those alone that give any."""
    near = [
        one for one in everybody if any(shapely.dwithin(one.shape, cell.ground, TOLERANCE) for cell in cells)
    ]
    shapes = [*(cell.ground for cell in cells), *(one.shape for one in near)]
    for place in range(len(cells)):
        whole, rest = noded(shapes[place], [*shapes[:place], *shapes[place + 1 :]])
        shapes = [*rest[:place], whole, *rest[place:]]
    for shape in shapes:
        if (at := broken_at(shape)) is not None:
            raise _Broken(at)
    grounds, nodal = shapes[: len(cells)], shapes[len(cells) :]
    posts = frozenset().union(*(points_of(original[one.key].shape) for one in near), *map(points_of, grounds))
    after = {}
    for one, shape in zip(near, nodal, strict=True):
        takes = [g for g, cell in zip(grounds, cells, strict=True) if dict(cell.takers)[one.layer] == one.key]
        gives = [g for g, cell in zip(grounds, cells, strict=True) if dict(cell.takers)[one.layer] != one.key]
        if givers is not None and one.key not in givers:
            gives = []
        new = shape
        if takes:
            new = shapely.union_all(np.array([new, *takes], dtype=object))
        if gives:
            new = shapely.difference(new, shapely.union_all(np.array(gives, dtype=object)))
        after[one.key] = (without_spikes(new), shape)
    moved = {key for key, (new, _) in after.items() if _has_moved(original[key].shape, new)}
    turns = frozenset(_xy(at) for key in moved for at in corners(after[key][0]))
    drafts = []
    for key, (new, shape) in after.items():
        had = points_of(original[key].shape)
        if key in moved:
            tidy = without_idle(new, posts)
            drafts.append(Draft(original[key], tidy if shapely.is_valid(tidy) else new))
        elif needed := (turns & points_of(shape)) - had:
            drafts.append(Draft(original[key], without_idle(shape, had | needed), len(needed)))
    return drafts


def _has_moved(before: BaseGeometry, after: BaseGeometry) -> bool:
    return bool(shapely.area(shapely.symmetric_difference(before, after)) > _NOTHING)


def _with_shape(one: Outline, drafts: dict[str, Draft]) -> Outline:
    draft = drafts.get(one.key)
    return one if draft is None or draft.shape is None else replace(one, shape=draft.shape)


def _joined(lines: Sequence[shapely.LineString]) -> shapely.LineString | None:
    if not lines:
        return None
    points = [shapely.get_coordinates(lines[0]), *(shapely.get_coordinates(line)[1:] for line in lines[1:])]
    return shapely.LineString(np.vstack(points))


def _loop(net: Net, arc: Sequence[int], line: Floats) -> shapely.Polygon:
    """Return the ring of the old border and the new one, which begin and end at the same places."""
    points = net.xy[list(arc)].copy()
    points[0], points[-1] = line[0], line[-1]
    return shapely.Polygon(np.vstack([points, line[::-1][1:]]))


def _parted(ground: BaseGeometry, cut: shapely.LineString) -> list[BaseGeometry]:
    pieces = split_outline(Outline("", "", ground), shapely.get_coordinates(cut), []).pieces
    return [part for piece in pieces for part in polygons_of(piece)] or [ground]


def _middle(path: shapely.LineString) -> Xy:
    point = shapely.line_interpolate_point(path, 0.5, normalized=True)
    return float(point.x), float(point.y)


def _off(point: Floats, at: Xy) -> float:
    return float(np.hypot(*(point - np.asarray(at))))


def _xy(point: Iterable[float]) -> Xy:
    x, y = point
    return float(x), float(y)
