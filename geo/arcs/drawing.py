"""Ground added to an outline or taken out of it: new outlines, parts, holes. Neighbours get the vertices that they share. Metres."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.arcs.effects import Reason, Result, refused
from geo.arcs.judge import PLAIN, Around, Options, broken_at, inside, judged, pieces_of
from geo.arcs.net import Net, Outline, Xy
from geo.arcs.redraw import Draft, Edits, redrawn
from geo.noding import areas_only, noded, polygons_of, without_spikes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry


def draw(
    key: str,
    layer: str,
    shape: BaseGeometry,
    around: Around,
    options: Options = PLAIN,
    level: int | None = None,
) -> Result:
    """Draw a new outline; ground that others of its layer have is clipped off it, or off them if it is the keeper."""
    if not shape.area > 0:
        return refused(Reason.VANISHES, None, key)
    if (at := broken_at(shape)) is not None:
        return refused(Reason.CROSSES, at, key)
    new = Outline(key, layer, shape, level)
    others = [other for other in around(shape.bounds, layer) if other.key != key]
    drafts = stitched(new, others)
    drafts[0] = replace(drafts[0], outline=replace(new, shape=shapely.Polygon()))
    return judged(drafts, around, options)


def add_part(edited: Outline, shape: BaseGeometry, around: Around, options: Options = PLAIN) -> Result:
    """Add ground to an outline: a part of its own, or joined to it where they touch."""
    if not shape.area > 0:
        return refused(Reason.NOTHING, None, edited.key)
    if (at := broken_at(shape)) is not None:
        return refused(Reason.CROSSES, at, edited.key)
    others = [other for other in around(shape.bounds, edited.layer) if other.key != edited.key]
    part, *rest = stitched(Outline("", edited.layer, shape), [edited, *others])
    own = next((draft.shape for draft in rest if draft.outline.key == edited.key), None)
    whole, (ground,) = noded(edited.shape if own is None else own, [part.shape or shape])
    for one in (whole, ground):
        if (at := broken_at(one)) is not None:
            return refused(Reason.CROSSES, at, edited.key)
    after = without_spikes(shapely.union(whole, ground))
    drafts = [Draft(edited, after), *(draft for draft in rest if draft.outline.key != edited.key)]
    return judged(drafts, around, _with(options, Reason.PARTS))


def cut_hole(edited: Outline, shape: BaseGeometry, around: Around, options: Options = PLAIN) -> Result:
    """Cut a hole; in a layer that tiles its ground would be nobody's, and that is refused unless it may."""
    if not shape.area > 0:
        return refused(Reason.NOTHING, None, edited.key)
    if (at := broken_at(shape)) is not None:
        return refused(Reason.CROSSES, at, edited.key)
    if not edited.shape.contains_properly(shape):
        return refused(Reason.OUTSIDE, inside(shape), edited.key)
    after = areas_only(shapely.difference(edited.shape, shape))
    return judged([Draft(edited, after)], around, replace(_with(options, Reason.HOLES), must_cover=True))


def fill_hole(edited: Outline, at: Xy, around: Around, options: Options = PLAIN) -> Result:
    """Fill the hole at a place, as far as no other outline of the layer lies in it."""
    spot = shapely.Point(at)
    for part in polygons_of(edited.shape):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            if hole.contains(spot):
                return _filled(edited, hole, around, options)
    return refused(Reason.MISSED, at, edited.key)


def _filled(edited: Outline, hole: BaseGeometry, around: Around, options: Options) -> Result:
    others = [other.shape for other in around(hole.bounds, edited.layer) if other.key != edited.key]
    ground, nodal = noded(hole, others)
    left = areas_only(shapely.difference(ground, shapely.union_all(np.array(nodal, dtype=object))))
    if not pieces_of(left):
        keys = [other.key for other in around(hole.bounds, edited.layer) if other.key != edited.key]
        area = float(hole.area)
        result = refused(Reason.OVERLAPS, inside(hole), edited.key, *keys[:1])
        assert result.refusal is not None  # noqa: S101  # narrows the type
        return replace(result, refusal=replace(result.refusal, area=area))
    whole, (ground,) = noded(edited.shape, [left])
    after = without_spikes(shapely.union(whole, ground))
    return judged([Draft(edited, after)], around, _with(options, Reason.HOLES))


def drop_part(edited: Outline, at: Xy, around: Around, options: Options = PLAIN) -> Result:
    """Drop the part of an outline at a place; its other parts stay."""
    spot = shapely.Point(at)
    parts = polygons_of(edited.shape)
    left = [part for part in parts if not part.intersects(spot)]
    if len(left) == len(parts):
        return refused(Reason.MISSED, at, edited.key)
    if not left:
        return refused(Reason.VANISHES, at, edited.key)
    draft = Draft(edited, left[0] if len(left) == 1 else shapely.MultiPolygon(left))
    return judged([draft], around, replace(options, must_cover=True))


def stitched(new: Outline, others: Sequence[Outline]) -> list[Draft]:
    """Return a new outline on the very vertices of others where it lies on them, and those that get one of its own."""
    box = new.shape.bounds
    net = Net([new, *others], box)
    edits = Edits()
    for node in dict.fromkeys(net.nodes_of(new.key)):
        theirs = [at for at in net.real[node] if net.key_of(at[0]) != new.key]
        xy = net.rings[theirs[0][0]].points[theirs[0][1]] if theirs else net.xy[node]
        edits.moved[node] = (float(xy[0]), float(xy[1]))
    drafts = [
        draft
        for draft in redrawn(net, edits)
        if draft.shape is not None and _differs(draft.outline.shape, draft.shape)
    ]
    own = next((draft for draft in drafts if draft.outline.key == new.key), Draft(new, new.shape))
    found = [own]
    for draft in drafts:
        if draft.outline.key != new.key:
            more = shapely.get_num_coordinates(draft.shape) - shapely.get_num_coordinates(draft.outline.shape)
            found.append(replace(draft, inserted=max(0, int(more))))
    return found


def _differs(before: BaseGeometry, after: BaseGeometry) -> bool:
    return not shapely.equals_exact(areas_only(before), areas_only(after), 0.0)


def _with(options: Options, reason: Reason) -> Options:
    return replace(options, allowed=options.allowed | {reason})
