"""The outlines that a split or merge makes, in degrees, and why they can't be made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.errors import InvalidInput, Problem
from app.services.outlines.cutting import merge_geometry, split_geometry
from app.services.registry.place_warnings import must_be_degrees
from app.text import Text
from geo.arcs.effects import NARROW, Reason
from geo.arcs.judge import Options
from geo.noding import polygons_of
from geo.way_back import WayBack

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.services.registry.registry import Registry
    from geo.crs import Zone

_SLIVER_M2: Final = 0.01  # what is smaller is no part but the width of a line
_WHOLE: Final = 1e-6  # of the area: how far parts may miss the whole
_LYING_APART: Final = (Reason.APART, Reason.POINT)
_MEANT: Final = Options(allowed=frozenset({Reason.HOLES, Reason.PARTS}))


def cut(
    registry: Registry, code: str, line: BaseGeometry, day: date
) -> tuple[list[BaseGeometry], dict[str, BaseGeometry]]:
    """Return the parts of an outline along a line, the largest first, and the outlines of neighbours that get a vertex.

    All in degrees. A piece of a multipart outline that the line does not touch goes with the largest part. Raises
    InvalidInput where the line does not cut it, or would cut units below it.
    """
    if line.geom_type != "LineString":
        said = Text(
            f"要一条线（LINESTRING），这里是 {line.geom_type}。",
            f"A line is wanted (LINESTRING); this is {line.geom_type}.",
        )
        raise InvalidInput(said, (Problem(message=said, code=code, column="by"),))
    if line.is_empty or not np.isfinite(shapely.get_coordinates(line)).all():
        said = Text(
            "线里没有点，或者坐标不是数。写两个点或更多。",
            "The line has no points, or coordinates that are no numbers. Give two points or more.",
        )
        raise InvalidInput(said, (Problem(message=said, code=code, column="by"),))
    must_be_degrees(line, registry.dataset)
    points = registry.zone.xy(shapely.get_coordinates(line))
    found = split_geometry(registry, code, [(x, y) for x, y in points.tolist()], day)
    if found.plan.refusal is not None:
        raise InvalidInput(found.plan.refusal.message, (found.plan.refusal,))
    return list(found.pieces), found.plan.outlines()


def must_tile(zone: Zone, code: str, outline: BaseGeometry, parts: Sequence[BaseGeometry]) -> None:
    """Raise InvalidInput unless outlines given as parts (degrees) are areas, make up the whole and don't overlap."""
    for place, part in enumerate(parts, 1):
        if not (part.area > 0 and shapely.is_valid(part)):
            said = Text(
                f"第 {place} 份不是一块面，或者边界自相交。重画这一份。",
                f"Part {place} is no area, or its border crosses itself. Draw that part again.",
            )
            raise InvalidInput(said, (Problem(message=said, code=code, column="geometry"),))
    whole, *pieces = zone.to_metres([outline, *parts])
    off = shapely.area(shapely.symmetric_difference(whole, shapely.union_all(pieces)))
    twice = sum(piece.area for piece in pieces) - shapely.area(shapely.union_all(pieces))
    if len(pieces) < 2:
        said = Text(f"{code} 要拆成两份或更多。", f"{code} must be split into two parts or more.")
    elif off > _WHOLE * whole.area + _SLIVER_M2:
        said = Text(
            f"各份拼起来和 {code} 差 {off:.2f} 平方米。各份要正好拼满它。",
            f"The parts together differ from {code} by {off:.2f} m². They must make it up exactly.",
        )
    elif twice > _WHOLE * whole.area + _SLIVER_M2:
        said = Text(
            f"各份之间重叠 {twice:.2f} 平方米。各份不能重叠。",
            f"The parts overlap by {twice:.2f} m². They can't overlap.",
        )
    else:
        return
    raise InvalidInput(said, (Problem(message=said, code=code, column="geometry"),))


def must_join(zone: Zone, code: str, outlines: Sequence[BaseGeometry], whole: BaseGeometry) -> None:
    """Raise InvalidInput unless a joint outline that somebody gives (degrees) is the ground of all, no more and no less."""
    drawn, *sources = zone.to_metres([whole, *outlines])
    if drawn.area > 0 and shapely.is_valid(drawn):
        joint = shapely.union_all(sources)
        off = shapely.area(shapely.symmetric_difference(joint, drawn))
        if off <= _WHOLE * joint.area + _SLIVER_M2:
            return
        said = Text(
            f"合并后的边界和各条拼起来差 {off:.2f} 平方米。重新合并一次，或换一天。",
            f"The joint outline differs from their ground by {off:.2f} m². Merge them anew, or give another day.",
        )
    else:
        said = Text(
            "合并后的边界不是一块面，或者自相交。重画。",
            "The joint outline is no area, or crosses itself. Draw it again.",
        )
    raise InvalidInput(said, (Problem(message=said, code=code, column="geometry"),))


def narrow_parts(zone: Zone, outlines: Sequence[BaseGeometry]) -> list[int]:
    """Return the places of outlines (degrees) that have a part narrower than half a metre."""
    return [
        place
        for place, outline in enumerate(zone.to_metres(outlines))
        if any(2 * part.area < NARROW * part.length for part in polygons_of(outline))
    ]


def joined(
    registry: Registry, codes: Sequence[str], outlines: Sequence[BaseGeometry], day: date, *, is_torn: bool
) -> BaseGeometry:
    """Return several outlines (degrees) as one. Raises InvalidInput where they don't border on each other.

    ``is_torn``: it is meant that they lie apart, or around a hole.
    """
    found = merge_geometry(registry, codes, day, _MEANT if is_torn else Options())
    if found.outline is not None:
        return found.outline
    refusal, reason = found.plan.refusal, found.plan.reason
    is_apart = reason is not None and reason.reason in _LYING_APART
    if is_apart and is_torn:
        metres = registry.zone.to_metres(outlines)
        back = WayBack(registry.zone)
        for shape, degrees in zip(metres, outlines, strict=True):
            back.learn(shape, degrees)
        return back.of(shapely.union_all(metres))
    assert refusal is not None  # noqa: S101 - there is no outline
    said = refusal.message
    if is_apart:
        said = Text(
            f"{said.zh}把中间的也选上，或说明就要这样（--torn）。",
            f"{said.en} Take what lies between as well, or say that it is meant (--torn).",
        )
    raise InvalidInput(said, (refusal,))
