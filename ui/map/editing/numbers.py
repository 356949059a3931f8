"""A corner said in numbers: metres of the zone, degrees, or a length and a bearing from the corner before. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from app.text import Text
from ui.map.editing.measures import from_bearing

if TYPE_CHECKING:
    from geo.crs import Zone
    from ui.map.editing.snapping import Point

ASKED: Final = Text(
    "东 北（米）、经度 纬度，或 长@方位角（如 75.3@90）",
    "East north (m), longitude latitude, or length@bearing (75.3@90)",
)
_TWO: Final = Text(
    "写两个数：东 北、经度 纬度，或 长@方位角。读到的是“{}”",
    "Two numbers are needed: east north, longitude latitude, or length@bearing. Read: '{}'",
)
_NO_START: Final = Text(
    "长@方位角要有前一个角点；第一个点写坐标",
    "A length and a bearing need a corner before them; give the first as coordinates",
)
_NO_LENGTH: Final = Text("长度要大于 0", "The length must be above 0")
_FAR: Final = Text(
    "{} 离这张图太远（{:,.0f} 公里）。核对东、北的次序和位数",
    "{} is far from this map ({:,.0f} km). Check the order and the digits",
)
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?")
_FAR_M: Final = 300_000.0


def read_point(text: str, start: Point | None, zone: Zone, middle: Point) -> Point | Text:
    """Return the point [m] that a text says, or the sentence that says what it lacks.

    ``start``: the corner that a length and a bearing go from. ``middle``: the middle of the window, from which
    nothing can be meant that is over 300 km away.
    """
    found = [float(number) for number in _NUMBER.findall(text.replace("，", " ").replace("°", " "))]
    if len(found) != 2:
        return _TWO.format(text.strip())
    one, two = found
    if "@" in text or "＠" in text:
        if start is None:
            return _NO_START
        return from_bearing(start, one, two) if one > 0 else _NO_LENGTH
    at = (one, two)
    if abs(one) <= 180 and abs(two) <= 90:
        east, north = zone.xy(np.array([[one, two]]))[0]
        at = (float(east), float(north))
    away = float(np.hypot(at[0] - middle[0], at[1] - middle[1]))
    return at if away <= _FAR_M else _FAR.format(text.strip(), away / 1000)
