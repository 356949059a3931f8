"""One outline cut in pieces by a line, and several joined to one. Metres.

Where the line meets a border that others share, all of them get the vertex, in every layer. Pieces and unions are made of
the vertices that are there: nothing is computed that a neighbour would have to compute the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.arcs.effects import Effect, Reason, Refusal, Result, refused
from geo.arcs.judge import LEAST, PLAIN, Options, broken_at, inside, pieces_of
from geo.arcs.net import TOLERANCE, Edge, Net, Outline, Xy
from geo.arcs.redraw import Draft, Edits, redrawn
from geo.neighbours import parts
from geo.noding import areas_only, points_of, polygons_of, without_idle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]

_EXACT: Final = 1e-9  # of an area: what its pieces may miss by rounding


@dataclass(frozen=True, slots=True)
class Cut:
    """An outline in pieces, the largest first, and what becomes of its neighbours: they get vertices where the line ends."""

    pieces: tuple[BaseGeometry, ...]
    result: Result


def split_outline(outline: Outline, line: Floats, neighbours: Sequence[Outline]) -> Cut:
    """Cut an outline along a line, points of shape (n, 2), that crosses it from border to border.

    Parts that the line does not touch stay with the largest piece. ``neighbours``: all that share its border or lie within
    it; one of a lower level that the line would cut is a reason to refuse.
    """
    path = line_of(line)
    if path is None:
        return Cut((), refused(Reason.LINE, None, outline.key))
    if not shapely.is_simple(path):
        return Cut((), refused(Reason.CROSSES, _middle(path), outline.key))
    others = [other for other in neighbours if other.key != outline.key]
    for other in others:
        if other.level is not None and outline.level is not None and other.level > outline.level:
            lies_in = shapely.intersection(other.shape, outline.shape).area > other.shape.area / 2
            if lies_in and _is_cut(other.shape, path):
                return Cut((), refused(Reason.CUTS, _middle(path), outline.key, other.key))
    nodal = met_by(outline, path, others)
    pieces, rest = _pieces(nodal.shape, path, nodal.ends)
    if len(pieces) < 2:
        return Cut((), refused(Reason.LINE, _middle(path), outline.key))
    lost = nodal.shape.area - sum(piece.area for piece in (*pieces, *rest))
    if (
        abs(lost) > LEAST + _EXACT * nodal.shape.area
    ):  # it runs a hair beside the border, or touches it: no clean cut
        return Cut((), refused(Reason.CROSSES, _middle(path), outline.key))
    whole = _with_rest(sorted(pieces, key=lambda piece: -piece.area), rest)
    effects = tuple(_with_vertices(draft) for draft in nodal.drafts if draft.outline.key != outline.key)
    return Cut(whole, Result(effects))


def line_of(points: Floats) -> shapely.LineString | None:
    """Return a line through points, shape (n, 2); None where they make none."""
    if len(points) < 2 or not np.isfinite(points).all():
        return None
    path = shapely.LineString(points)
    return path if path.length > TOLERANCE else None


@dataclass(frozen=True, slots=True)
class Met:
    """An outline that has a vertex wherever a line meets its border, those places, and all outlines that got one."""

    shape: BaseGeometry
    ends: tuple[Xy, ...]
    drafts: tuple[Draft, ...]


def met_by(outline: Outline, path: shapely.LineString, others: Sequence[Outline]) -> Met:
    """Give an outline and those that share its border a vertex at each place where a line meets it."""
    net = Net([outline, *others], outline.shape.bounds)
    edits = Edits()
    ends: dict[Xy, None] = {}
    for at in _meetings(outline.shape, path):
        node, off = net.nearest(at, outline.key)
        if off <= TOLERANCE:
            own = [place for place in net.real[node] if net.key_of(place[0]) == outline.key]
            xy = net.rings[own[0][0]].points[own[0][1]] if own else net.xy[node]
            at = (float(xy[0]), float(xy[1]))
            for edge in net.through[node]:
                edits.added[edge].append((_share(net, edge, at), at))
        else:
            for edge in _edges_through(net, at, outline.key):
                edits.added[edge].append((_share(net, edge, at), at))
        ends[at] = None
    edits.added.update({edge: list(dict.fromkeys(added)) for edge, added in edits.added.items()})
    drafts = [draft for draft in redrawn(net, edits, is_straight=True) if draft.shape is not None]
    mine = next((draft.shape for draft in drafts if draft.outline.key == outline.key), None)
    return Met(outline.shape if mine is None else mine, tuple(ends), tuple(drafts))


def _meetings(shape: BaseGeometry, path: shapely.LineString) -> list[Xy]:
    met = shapely.intersection(shapely.boundary(shape), path)
    found = shapely.get_coordinates(met)
    ends = shapely.get_coordinates(path)[[0, -1]]
    border = shapely.boundary(shape)
    near = [end for end in ends if border.distance(shapely.Point(end)) <= TOLERANCE]
    if near:
        feet = [shapely.get_coordinates(shapely.shortest_line(border, shapely.Point(end)))[0] for end in near]
        found = np.vstack([found, *feet])
    return [(float(x), float(y)) for x, y in found]


def _edges_through(net: Net, at: Xy, key: str) -> list[Edge]:
    """Return the edges of all outlines that pass by a place which lies on the border of one."""
    best: tuple[float, int, int] | None = None
    for ring in net.rings_of(key):
        for place in range(len(net.rings[ring].points)):
            sides = [node for _, node in net.sides(Edge(ring, place))]
            for one, other in pairwise(sides):
                if one is None or other is None or one == other:
                    continue
                off = shapely.LineString(net.xy[[one, other]]).distance(shapely.Point(at))
                if best is None or off < best[0]:
                    best = (off, one, other)
    return [] if best is None else [edge for edge, _, _ in net.carriers(best[1], best[2])]


def _share(net: Net, edge: Edge, at: Xy) -> float:
    points = net.rings[edge.ring].points
    start, end = points[edge.start], points[(edge.start + 1) % len(points)]
    way = end - start
    return float(((np.asarray(at) - start) * way).sum() / max(float((way**2).sum()), 1e-300))


def _pieces(
    shape: BaseGeometry, path: shapely.LineString, ends: Sequence[Xy]
) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    """Return the pieces into which a line cuts an outline, and the parts that it does not touch."""
    inner = cut_line(path, ends)
    pieces: list[BaseGeometry] = []
    rest: list[BaseGeometry] = []
    for part in polygons_of(shape):
        shapely.prepare(part)
        mine = [line for line in inner if part.contains(_halfway(line))]
        if not mine:
            rest.append(part)
            continue
        cuts = {xy for line in mine for xy in (line.coords[0], line.coords[-1])}
        lines = [chain for ring in shapely.get_rings(part) for chain in _chains(ring, cuts)]
        faces = shapely.get_parts(shapely.polygonize([*lines, *mine]))
        pieces += [face for face in faces if part.contains(face.representative_point())]
    return pieces, rest


def cut_line(path: shapely.LineString, ends: Sequence[Xy]) -> list[shapely.LineString]:
    """Return the pieces of a line between the places where it meets a border, which are their very ends."""
    points = shapely.get_coordinates(path)
    length = np.hypot(*np.diff(points, axis=0).T)
    so_far = np.concatenate([[0.0], np.cumsum(length)])
    at = sorted((float(shapely.line_locate_point(path, shapely.Point(end))), end) for end in ends)
    lines = []
    for (begin, one), (stop, other) in pairwise(at):
        if stop - begin <= TOLERANCE:
            continue
        between = points[(so_far > begin + TOLERANCE / 10) & (so_far < stop - TOLERANCE / 10)]
        lines.append(shapely.LineString(np.vstack([[one], between, [other]])))
    return lines


def _chains(ring: BaseGeometry, cuts: set[tuple[float, ...]]) -> list[shapely.LineString]:
    """Return a ring in chains that begin and end at places of ``cuts``."""
    whole = shapely.get_coordinates(ring)
    points = whole[:-1]
    at = [place for place, xy in enumerate(points.tolist()) if tuple(xy) in cuts]
    if not at:
        return [shapely.LineString(whole)]
    turned = np.roll(points, -at[0], axis=0)
    marks = [place - at[0] for place in at] + [len(points)]
    whole = np.vstack([turned, turned[:1]])
    return [shapely.LineString(whole[one : other + 1]) for one, other in pairwise(marks)]


def _halfway(line: shapely.LineString) -> shapely.Point:
    return shapely.line_interpolate_point(line, 0.5, normalized=True)


def _middle(path: shapely.LineString) -> Xy:
    point = _halfway(path)
    return float(point.x), float(point.y)


def _is_cut(shape: BaseGeometry, path: shapely.LineString) -> bool:
    """Whether a line passes through the inside of an outline, not along its border."""
    within = shapely.intersection(path, shape)
    off = shapely.difference(within, shapely.buffer(shapely.boundary(shape), 2 * TOLERANCE))
    return bool(off.length > TOLERANCE)


def _with_rest(pieces: Sequence[BaseGeometry], rest: Sequence[BaseGeometry]) -> tuple[BaseGeometry, ...]:
    if not rest:
        return tuple(pieces)
    first = shapely.MultiPolygon(
        [*polygons_of(pieces[0]), *(one for part in rest for one in polygons_of(part))]
    )
    return (first, *pieces[1:])


def _with_vertices(draft: Draft) -> Effect:
    outline = draft.outline
    more = int(shapely.get_num_coordinates(draft.shape) - shapely.get_num_coordinates(outline.shape))
    return Effect(
        key=outline.key, layer=outline.layer, before=outline.shape, after=draft.shape, inserted=more
    )


def merge_outlines(
    outlines: Sequence[Outline], neighbours: Sequence[Outline], options: Options = PLAIN
) -> Result:
    """Join outlines that touch along a border; the first gets all the ground, of the others nothing is left.

    Vertices that only marked the border between them go, unless a neighbour has one there. A hole that comes about is a
    reason to refuse, unless it may or another outline of the layer lies in it.
    """
    keys = tuple(outline.key for outline in outlines)
    first, *rest = outlines
    for outline in rest:
        if outline.layer != first.layer:
            return refused(Reason.LAYERS, None, first.key, outline.key)
    nodal = _stitched(outlines)
    for outline, shape in zip(outlines, nodal, strict=True):
        if (at := broken_at(shape)) is not None:
            return refused(Reason.CROSSES, at, outline.key)
    apart = _apart(nodal, keys)
    if apart is not None:
        return Result(refusal=apart)
    others = [other for other in neighbours if other.key not in keys]
    posts = frozenset().union(*(points_of(other.shape) for other in others))
    whole = without_idle(areas_only(shapely.union_all(np.array(nodal, dtype=object))), posts)
    effects = [
        Effect(
            key=first.key,
            layer=first.layer,
            before=first.shape,
            after=whole,
            gained=areas_only(shapely.union_all(np.array(nodal[1:], dtype=object))),
        )
    ]
    effects += [
        Effect(key=one.key, layer=one.layer, before=one.shape, after=None, lost=one.shape) for one in rest
    ]
    return Result(tuple(effects), _new_hole(whole, outlines, others, options))


def _stitched(outlines: Sequence[Outline]) -> list[BaseGeometry]:
    """Return outlines with the very vertices of each other wherever they touch."""
    shapes = np.array([outline.shape for outline in outlines], dtype=object)
    box = shapely.total_bounds(shapes)
    net = Net(outlines, (float(box[0]), float(box[1]), float(box[2]), float(box[3])))
    shared = [node for node in range(len(net.xy)) if len(net.keys_at(node)) > 1]
    edits = Edits(moved={node: (float(net.xy[node][0]), float(net.xy[node][1])) for node in shared})
    new = {draft.outline.key: draft.shape for draft in redrawn(net, edits)}
    return [new.get(outline.key) or outline.shape for outline in outlines]


def _apart(shapes: Sequence[BaseGeometry], keys: Sequence[str]) -> Refusal | None:
    """Return why outlines do not hang together; None if they do."""
    borders = shapely.boundary(np.array(shapes, dtype=object))
    pairs, points = [], []
    for one in range(len(shapes)):
        for other in range(one + 1, len(shapes)):
            common = shapely.intersection(borders[one], borders[other])
            if common.length > TOLERANCE or pieces_of(shapely.intersection(shapes[one], shapes[other])):
                pairs.append((one, other))
            elif not common.is_empty:
                points.append((one, other, common))
    number = parts(len(shapes), np.array(pairs, dtype=np.int64).reshape(-1, 2)).tolist()
    lone = next((place for place, part in enumerate(number) if part), None)
    if lone is None:
        return None
    for one, other, common in points:
        if lone in (one, other):
            x, y = shapely.get_coordinates(common)[0].tolist()
            return Refusal(Reason.POINT, (x, y), (keys[one], keys[other]))
    return Refusal(Reason.APART, inside(shapes[lone]), (keys[0], keys[lone]))


def _new_hole(
    whole: BaseGeometry, before: Sequence[Outline], others: Sequence[Outline], options: Options
) -> Refusal | None:
    had = shapely.union_all(
        [
            shapely.Polygon(ring)
            for one in before
            for part in polygons_of(one.shape)
            for ring in part.interiors
        ]
    )
    layer = [other.shape for other in others if other.layer == before[0].layer]
    known = shapely.union_all(np.array([had, *layer], dtype=object))
    for part in polygons_of(whole):
        for ring in part.interiors:
            left = pieces_of(shapely.difference(shapely.Polygon(ring), known))
            if left and Reason.HOLES not in options.allowed:
                return Refusal(Reason.HOLES, inside(left[0]), (before[0].key,), float(left[0].area))
    return None
