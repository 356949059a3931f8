"""Outlines cut along a line and joined into one, and why that can't be done.

Cut and joined in the zone's metres, where edges are straight; vertices that stay keep their degrees to the bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.ops import split as cut_by

from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from geo.crs import Zone

SLIVER_M2: Final = 0.01  # what is smaller is no part but the width of a line
_TOUCHING_M: Final = 0.01  # borders that lie closer than this are one
_WHOLE: Final = 1e-6  # of the area: how far parts may miss the whole


def cut(zone: Zone, code: str, outline: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """Return the parts of an outline along a line, the largest first; all in degrees.

    A piece of a multipart outline that the line does not cut goes with the largest part. Raises InvalidInput where
    the line does not cut it.
    """
    whole, knife = zone.to_metres([outline, line])
    pieces: list[BaseGeometry] = []
    untouched: list[BaseGeometry] = []
    for polygon in shapely.get_parts(whole):
        parts = _cut_one(polygon, knife)
        (untouched if len(parts) < 2 else pieces).extend(parts)
    if not pieces:
        said = Text(
            f"这条线没有把 {code} 切开：它要从边界外面进来，再从边界外面出去。",
            f"The line does not cut {code}: it must come in over its border and go out over it.",
        )
        raise InvalidInput(said, (Problem(message=said, code=code, column="by"),))
    pieces.sort(key=lambda piece: -piece.area)
    if untouched:
        pieces[0] = shapely.union_all([pieces[0], *untouched])
        pieces.sort(key=lambda piece: -piece.area)
    return back_to_degrees(zone, pieces, [outline])


def _cut_one(polygon: BaseGeometry, knife: BaseGeometry) -> list[BaseGeometry]:
    pieces = [polygon]
    for line in shapely.get_parts(knife):
        pieces = [part for piece in pieces for part in cut_by(piece, line).geoms]
    return [piece for piece in pieces if piece.area > SLIVER_M2]


def must_tile(zone: Zone, code: str, outline: BaseGeometry, parts: Sequence[BaseGeometry]) -> None:
    """Raise InvalidInput unless outlines given as parts (degrees) make up the whole and don't overlap."""
    whole, *pieces = zone.to_metres([outline, *parts])
    off = shapely.area(shapely.symmetric_difference(whole, shapely.union_all(pieces)))
    twice = sum(piece.area for piece in pieces) - shapely.area(shapely.union_all(pieces))
    if len(pieces) < 2:
        said = Text(f"{code} 要拆成两份或更多。", f"{code} must be split into two parts or more.")
    elif off > _WHOLE * whole.area + SLIVER_M2:
        said = Text(
            f"各份拼起来和 {code} 差 {off:.2f} 平方米。各份要正好拼满它。",
            f"The parts together differ from {code} by {off:.2f} m². They must make it up exactly.",
        )
    elif twice > _WHOLE * whole.area + SLIVER_M2:
        said = Text(
            f"各份之间重叠 {twice:.2f} 平方米。各份不能重叠。",
            f"The parts overlap by {twice:.2f} m². They can't overlap.",
        )
    else:
        return
    raise InvalidInput(said, (Problem(message=said, code=code, column="geometry"),))


def joined(
    zone: Zone, codes: Sequence[str], outlines: Sequence[BaseGeometry], *, is_torn: bool
) -> BaseGeometry:
    """Return several outlines (degrees) as one. Raises InvalidInput where they don't border on each other.

    ``is_torn``: it is meant that they lie apart.
    """
    shapes = zone.to_metres(outlines)
    apart = _apart(shapes)
    if apart and not is_torn:
        alone = "、".join(codes[place] for place in apart)
        alone_en = ", ".join(codes[place] for place in apart)
        said = Text(
            f"{alone} 和 {codes[0]} 不挨着，并不成一块。把中间的也选上，或说明就要这样（--torn）。",
            f"{alone_en} does not border on {codes[0]}; together they are in pieces. Take what lies between as well, or say that it is meant (--torn).",
        )
        raise InvalidInput(said, tuple(Problem(message=said, code=codes[at]) for at in apart))
    union = shapely.union_all(shapes)
    if union.geom_type != "Polygon" and not apart:  # drawn with a hair between them
        union = shapely.buffer(
            shapely.union_all(shapely.buffer(shapes, _TOUCHING_M, join_style="mitre")),
            -_TOUCHING_M,
            join_style="mitre",
        )
    (whole,) = back_to_degrees(zone, [union], outlines)
    return whole


def _apart(shapes: NDArray[np.object_]) -> list[int]:
    """Return the places of outlines that no common border leads to from the first."""
    wide = shapely.buffer(shapes, _TOUCHING_M, join_style="mitre")
    reached, open_ = {0}, [0]
    while open_:
        here = open_.pop()
        for place in range(len(shapes)):
            if place not in reached and _borders(wide[here], wide[place], shapes[place]):
                reached.add(place)
                open_.append(place)
    return [place for place in range(len(shapes)) if place not in reached]


def _borders(wide: BaseGeometry, other: BaseGeometry, shape: BaseGeometry) -> bool:
    """Whether two outlines share more than a corner: their widened ones then share a strip."""
    if not shapely.intersects(wide, other):
        return False
    strip = shapely.area(shapely.intersection(wide, other))
    return bool(strip > 8 * _TOUCHING_M**2 or shapely.area(shapely.intersection(wide, shape)) > SLIVER_M2)


def back_to_degrees(
    zone: Zone, shapes: Sequence[BaseGeometry], sources: Sequence[BaseGeometry]
) -> list[BaseGeometry]:
    """Return shapes in degrees; a vertex of ``sources`` (degrees) that stands in them gets its own degrees again."""
    degrees = shapely.get_coordinates(list(sources))
    known = dict(zip(map(tuple, zone.xy(degrees).tolist()), map(tuple, degrees.tolist()), strict=True))

    def lonlat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        found = zone.lonlat(xy)
        for place, point in enumerate(map(tuple, xy.tolist())):
            if point in known:
                found[place] = known[point]
        return found

    return [_plain(shapely.transform(shape, lonlat)) for shape in shapes]


def _plain(shape: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(shape)
    return parts[0] if len(parts) == 1 else shape
