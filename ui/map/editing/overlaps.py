"""Ground that an outline under the hand would share with another of its kind, and what is left when one gives way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import shapely

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection

    from shapely.geometry.base import BaseGeometry

    from ui.map.style import MapStyle

LEAST_M2: Final = 0.05  # what a side drawn along another shares with it is no ground
_GONE: Final = Text(
    "这里都是 {} 的地，裁掉重叠后一点不剩", "All of it is ground of {}; nothing is left once that is clipped"
)
_PARTED: Final = Text(
    "裁掉和 {} 重叠的部分后会断成 {} 块。换个画法，或按 Tab 换归属",
    "Clipped against {} it would fall into {: part|parts}. Draw it otherwise, or change the owner with Tab",
)
_TAKEN: Final = Text("{} 会一点不剩。按 Tab 换归属", "Nothing of {} would be left. Change the owner with Tab")
_CUT: Final = Text(
    "{} 会断成 {} 块。换个画法，或按 Tab 换归属",
    "{} would fall into {: part|parts}. Draw it otherwise, or change the owner with Tab",
)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground of one other record [m²], as it lies [m]."""

    code: str
    name: str
    shape: BaseGeometry
    area: float


def overlaps(
    style: MapStyle, kind: str, outline: BaseGeometry, *, without: Collection[str] = ()
) -> tuple[Overlap, ...]:
    """Return what an outline [m] shares with others of a kind, the largest first; an invalid outline shares nothing."""
    layer = style.scene.layer(kind)
    if not len(layer) or not outline.is_valid or outline.is_empty:
        return ()
    found = []
    for place in layer.near(outline.bounds).tolist():
        code = layer.codes[place]
        if code in without:
            continue
        shared = shapely.intersection(outline, layer.shapes[place])
        if shared.area > LEAST_M2:
            found.append(Overlap(code, layer.labels[place] or code, shared, float(shared.area)))
    return tuple(sorted(found, key=lambda one: -one.area))


def why_not(
    style: MapStyle, kind: str, outline: BaseGeometry, found: Collection[Overlap], *, is_taking: bool
) -> Text | None:
    """Return why an outline can't be clipped against others, or they against it; None where it can."""
    layer = style.scene.layer(kind)
    if is_taking:
        for one in found:
            left = shapely.difference(layer.shapes[layer.index[one.code]], outline)
            if left.area <= LEAST_M2:
                return _TAKEN.format(one.name)
            if (count := _parts(left)) > _parts(layer.shapes[layer.index[one.code]]):
                return _CUT.format(one.name, count)
        return None
    left = outline
    for one in found:
        left = shapely.difference(left, one.shape)
        if left.area <= LEAST_M2:
            return _GONE.format(one.name)
        if (count := _parts(left)) > 1:
            return _PARTED.format(one.name, count)
    return None


def _parts(shape: BaseGeometry) -> int:
    return sum(1 for part in shapely.get_parts(shape) if part.area > LEAST_M2)
