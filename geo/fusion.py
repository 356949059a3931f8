"""Borders of units led along the outline of a compound that they cut, without gap or overlap. Metres in, metres out.

The unit that takes a compound gets exactly the ground that the others lose: wherever outlines meet, all get the same
vertices first (``geo.noding``), and no vertex is moved. Units of several levels are redrawn together, so that a grid's
border on a community's line stays on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.noding import areas_only, corners, noded, points_of, polygons_of, without_idle
from geo.shares import mended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Geometries = NDArray[np.object_]

NARROW: Final = 0.5  # [m] mean width below which a piece cut off is a border drawn twice, and goes along
SCRAP: Final = 50.0  # [m²] a piece cut off that is smaller holds no house, and goes along
HAIR: Final = (
    0.01  # [m] a level at which no wider piece changes hands is left alone: lines of levels differ by it
)
LEAST_AREA: Final = 1.0  # [m²] a unit of which less is left is emptied
_BOTH_SIDES: Final = 0.75  # of a sliver's border, where units lie on both sides of it
_NOTHING: Final = 1e-6  # [m²] less is rounding
_ROUNDS: Final = 4  # pieces that go along may cut off others


@dataclass(frozen=True, slots=True)
class Layer:
    """The units of one level as drawn. ``taker`` gets the ground; None: nobody here, its parts do."""

    outlines: Geometries  # None: not drawn
    taker: int | None


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What becomes of the units of one level.

    Attributes
    ----------
    outlines
        All of them; the same object where nothing changes.
    changed
        Positions of those with another outline, in order. Some only got a vertex where a neighbour's border now ends.
    gained
        What each of ``changed`` gains [m²]; negative for a loss.
    emptied
        Positions of those of which nothing is left; their outline here is empty.
    torn
        Positions of those that fall into more pieces than they had.

    """

    outlines: Geometries
    changed: tuple[int, ...]
    gained: tuple[float, ...]
    emptied: tuple[int, ...]
    torn: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fusion:
    """The ground that goes to the takers, and the levels redrawn in the order given."""

    ground: BaseGeometry
    layers: tuple[Redrawn, ...]


def fuse(
    compound: BaseGeometry,
    layers: Sequence[Layer],
    districts: Geometries | None = None,
    keeper: int | None = None,
) -> Fusion:
    """Give all of ``compound`` to the taker of each layer; ground in no unit at all stays in none.

    Slivers between units on both sides are taken along.

    Parameters
    ----------
    compound
        Polygon or multipolygon.
    layers
        Levels to redraw together.
    districts
        Units above them, whose lines stay.
    keeper
        The one in which the compound is fused; what lies in the others stays theirs.

    """
    body = areas_only(mended(np.array([compound], dtype=object))[0])
    fence = _near(body, [] if districts is None else list(districts))
    drawn = [_near(body, list(layer.outlines)) for layer in layers]
    body = _within(body, fence, keeper, [outline for units in drawn for outline in units.values()])
    done: Fusion | None = None
    for _ in range(_ROUNDS):
        done, crumbs = _given(body, layers, drawn)
        if not crumbs:
            break
        body = areas_only(shapely.union_all([done.ground, *crumbs]))
    assert done is not None  # noqa: S101  # narrows the type
    return done


def _near(body: BaseGeometry, outlines: list[BaseGeometry | None]) -> dict[int, BaseGeometry]:
    """Return the outlines, made valid, that meet a shape, by position."""
    shapes = np.empty(len(outlines), dtype=object)
    shapes[:] = outlines
    found = np.flatnonzero((shapely.area(shapes) > 0) & shapely.dwithin(shapes, body, NARROW))
    return dict(zip(found.tolist(), mended(shapes[found]), strict=True))


def _within(
    body: BaseGeometry, fence: dict[int, BaseGeometry], keeper: int | None, others: list[BaseGeometry]
) -> BaseGeometry:
    whole, kept = noded(body, [*fence.values(), *others])
    if not kept:
        return whole
    inside = shapely.union_all(kept)
    lines = shapely.boundary(inside)
    beyond: list[BaseGeometry] = [
        part for part in polygons_of(shapely.difference(whole, inside)) if not _is_between(part, lines)
    ]
    if keeper is not None:
        beyond += [post for place, post in zip(fence, kept, strict=False) if place != keeper]
    return areas_only(shapely.difference(whole, shapely.union_all(beyond))) if beyond else whole


def _is_between(part: BaseGeometry, lines: BaseGeometry) -> bool:
    """Whether a part in no unit is a sliver with units on both sides, not one along the outer border."""
    shared = shapely.length(shapely.intersection(shapely.boundary(part), lines))
    return is_narrow(part) and bool(shared > _BOTH_SIDES * part.length)


def is_narrow(piece: BaseGeometry, width: float = NARROW) -> bool:
    """Whether a piece is a sliver along a border: its mean width is under ``width``."""
    return bool(2 * piece.area < width * piece.length)


def _given(
    body: BaseGeometry, layers: Sequence[Layer], drawn: Sequence[dict[int, BaseGeometry]]
) -> tuple[Fusion, list[BaseGeometry]]:
    """Return the layers with ``body`` given to their takers, and the slivers that this cuts off the others."""
    ground, shared = noded(body, [outline for units in drawn for outline in units.values()])
    rest = iter(shared)
    after: list[dict[int, BaseGeometry]] = []
    before: list[dict[int, BaseGeometry]] = []
    crumbs: list[BaseGeometry] = []
    for layer, units in zip(layers, drawn, strict=True):
        nodal = {place: next(rest) for place in units}
        before.append(nodal)
        if not _is_cut(ground, nodal, layer.taker):
            after.append(nodal)
            continue
        new = {}
        for place, outline in nodal.items():
            if place == layer.taker:
                new[place] = areas_only(shapely.union(outline, ground))
                continue
            new[place] = areas_only(shapely.difference(outline, ground))
            crumbs += _cut_off(outline, new[place])
        after.append(new)
    ends = _ends(before, after, drawn)
    posts = ends.union(*(points_of(outline) for own in drawn for outline in own.values()))
    redrawn = tuple(
        _redrawn(layer, own, new, ends, posts) for layer, own, new in zip(layers, drawn, after, strict=True)
    )
    return Fusion(ground, redrawn), crumbs


def _is_cut(ground: BaseGeometry, units: dict[int, BaseGeometry], taker: int | None) -> bool:
    """Whether more than a hair of the ground lies in other units than the taker, or in none."""
    beside = [shapely.intersection(unit, ground) for place, unit in units.items() if place != taker]
    if taker is not None:
        beside.append(shapely.difference(ground, units[taker]) if taker in units else ground)
    return any(not is_narrow(piece, HAIR) for part in beside for piece in polygons_of(part))


def _cut_off(before: BaseGeometry, after: BaseGeometry) -> list[BaseGeometry]:
    """Return the slivers and scraps among the pieces of a unit that it had not before."""
    pieces = polygons_of(after)
    had = {piece.normalize().wkb for piece in polygons_of(before)}
    return [
        piece
        for piece in pieces
        if (is_narrow(piece) or piece.area < SCRAP) and piece.normalize().wkb not in had
    ]


def _ends(
    before: Sequence[dict[int, BaseGeometry]],
    after: Sequence[dict[int, BaseGeometry]],
    drawn: Sequence[dict[int, BaseGeometry]],
) -> frozenset[tuple[float, float]]:
    """Return the vertices at which a border turns that did not before: every outline through them must have them."""
    found: set[tuple[float, float]] = set()
    for nodal, new, own in zip(before, after, drawn, strict=True):
        for place, outline in new.items():
            if _has_moved(nodal[place], outline):
                found |= {(x, y) for x, y in corners(outline).tolist()} - points_of(own[place])
    return frozenset(found)


def _has_moved(before: BaseGeometry, after: BaseGeometry) -> bool:
    return abs(before.area - after.area) > _NOTHING or bool(
        shapely.area(shapely.symmetric_difference(before, after)) > _NOTHING
    )


def _redrawn(
    layer: Layer,
    own: dict[int, BaseGeometry],
    after: dict[int, BaseGeometry],
    ends: frozenset[tuple[float, float]],
    posts: frozenset[tuple[float, float]],
) -> Redrawn:
    outlines = layer.outlines.copy()
    changed, gained, emptied, torn = [], [], [], []
    for place, raw in after.items():
        was = own[place]
        if raw.area < min(LEAST_AREA, was.area / 2):
            new: BaseGeometry = shapely.Polygon()
            emptied.append(place)
        else:
            new = without_idle(raw, posts)
            if not shapely.is_valid(new):
                new = raw
            if not _has_moved(was, new) and ends & points_of(new) <= points_of(was):
                continue
            if len(polygons_of(new)) > len(polygons_of(was)):
                torn.append(place)
        outlines[place] = new
        changed.append(place)
        gained.append(float(new.area - was.area))
    return Redrawn(outlines, tuple(changed), tuple(gained), tuple(emptied), tuple(torn))
