"""Coordinates as people write them: 117.22518, 117°13'30.6", 东经117.2度; and both in one cell: 117.22518,31.904636."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from app.exchange.values.plain import squeezed

if TYPE_CHECKING:
    from collections.abc import Sequence

_ANGLE: Final = re.compile(
    r"(?P<before>东经|北纬|经度|纬度|[eEnN])?\s*[:=]?\s*(?P<degrees>\d{1,3}(?:\.\d+)?)\s*(?:[°º˚度]\s*"
    r"(?:(?P<minutes>\d{1,2}(?:\.\d+)?)\s*['′’‘分]\s*(?:(?P<seconds>\d{1,2}(?:\.\d+)?)\s*(?:[\"″”“秒]|''|′′)?\s*)?)?)?"
    r"(?P<behind>[eEnN](?![a-zA-Z]))?"
)
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[\s,，;；/、|()（）\[\]]*")
_EAST: Final = frozenset(["东经", "经度", "e", "E"])
_NORTH: Final = frozenset(["北纬", "纬度", "n", "N"])
_SIXTY: Final = 60
LON: Final = (70.0, 140.0)  # of China, with room
LAT: Final = (3.0, 55.0)
NORTHING: Final = ((1.8e6, 6.1e6),)  # of a projection in China [m]
EASTING: Final = ((1.0e5, 9.0e5), (1.3e7, 4.6e7))  # without the zone's number, and with it
_METRES: Final = r"(?:[xXyYnNeE东北][^\d:=]{0,3}[:=]?\s*)?(\d{6,8}(?:\.\d+)?)\s*[mM米]?"
_METRE_PAIR: Final = re.compile(rf"[(\[]?\s*{_METRES}(?:\s*[,;，；、/|]\s*|\s+){_METRES}\s*[)\]]?")


class Angle(NamedTuple):
    """Degrees, and the axis that was written with them: ``lon``, ``lat`` or None."""

    degrees: float
    axis: str | None


def read_coordinate(raw: object) -> float | None:
    """Return the number of one coordinate's cell: metres or degrees, minutes and seconds too; None for what is none."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return float(raw)
    plain = squeezed(str(raw))
    if _NUMBER.fullmatch(plain):
        return float(plain)
    found = _ANGLE.fullmatch(plain)
    angle = None if found is None else _angle(found)
    return None if angle is None else angle.degrees


def read_pair(raw: object) -> tuple[float, float] | None:
    """Return longitude and latitude of a cell that holds both, or easting and northing; None where they can't be told.

    They may stand in either order. In China the one is at least 70, the other at most 55, and of metres no easting
    is as large as a northing, or it has its zone's number: which is which is never a guess.
    """
    plain = squeezed(str(raw))
    metres = _METRE_PAIR.fullmatch(plain)
    if metres is not None:
        return _metres(float(metres[1]), float(metres[2]))
    found, at = [], 0
    while at < len(plain):
        at = _BETWEEN.match(plain, at).end()  # type: ignore[union-attr]  # it matches nothing, too
        match = _ANGLE.match(plain, at)
        angle = None if match is None else _angle(match)
        if match is None or angle is None:
            break
        found.append(angle)
        at = match.end()
    if len(found) != 2 or at < len(plain):
        return None
    one, other = found
    if one.axis == "lat" or other.axis == "lon" or one.degrees <= LAT[1] < other.degrees:
        one, other = other, one
    if LON[0] <= one.degrees <= LON[1] and LAT[0] <= other.degrees <= LAT[1]:
        return one.degrees, other.degrees
    return None


def _metres(one: float, other: float) -> tuple[float, float] | None:
    if is_within(one, NORTHING):
        one, other = other, one
    return (one, other) if is_within(one, EASTING) and is_within(other, NORTHING) else None


def is_within(number: float, ranges: Sequence[tuple[float, float]]) -> bool:
    """Whether a number lies within one of some ranges."""
    return any(low <= number <= high for low, high in ranges)


def _angle(found: re.Match[str]) -> Angle | None:
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= _SIXTY or seconds >= _SIXTY or (found["minutes"] and "." in found["degrees"]):
        return None
    word = found["before"] or found["behind"] or ""
    axis = "lon" if word in _EAST else "lat" if word in _NORTH else None
    return Angle(float(found["degrees"]) + minutes / 60 + seconds / 3600, axis)
