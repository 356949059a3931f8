"""How far two names of normal form lie apart: equal, a slip of the pen, or names of two different things."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

_NUMBERS: Final = re.compile(r"\d+")
_LETTERED_PART: Final = re.compile(
    r"(?<=[^\n]{3})[东西南北中前后新老a-h甲乙丙丁](?:区|苑|园|院|村|组团|地块|座)$", re.MULTILINE
)
_ORDINAL_PART: Final = re.compile(r"\d+(?:-\d+)*(?:期|区|栋|座|组团|号院|号|村|苑|园|单元)?")
_SPAN: Final = re.compile(r"\d-\d")
_LEAST: Final = 3  # letters from which one of them may be a slip of the pen
_SERIES: Final = (  # a letter of one of these for another of it is meant: 东苑 is not 西苑
    "东南西北中前后",
    "上下左右内外",
    "新老旧",
    "大小",
    "甲乙丙丁戊己庚辛壬癸",
    "春夏秋冬",
    "梅兰竹菊",
    "abcdefghijklmnopqrstuvwxyz",
)
_SERIES_OF: Final = {letter: series for series in _SERIES for letter in series}


class Near(StrEnum):
    """What the distance of two names means."""

    EQUAL = "equal"
    SLIP = "slip"  # one letter off
    PART = "part"  # one names a whole, the other a numbered part of it
    SHORT = "short"  # one is what people call the other for short
    APART = "apart"


class Nearness(NamedTuple):
    """What two names have to do with each other; ``distance``: 0 equal to 1 nothing in common."""

    near: Near
    distance: float


APART: Final = Nearness(Near.APART, 1.0)


def nearness(one: str, other: str) -> Nearness:
    """Return how far two names of normal form lie apart.

    Names that differ in a number, or in a letter that counts (东 and 西, 甲 and 乙), are names of different things.
    """
    if one == other:
        return Nearness(Near.EQUAL, 0.0)
    longest = max(len(one), len(other))
    numbers, others = _NUMBERS.findall(one), _NUMBERS.findall(other)
    whole = whole_of(one)
    if len(whole) >= _LEAST and whole == whole_of(other) and _are_whole_and_part(one, other, whole):
        return Nearness(Near.PART, max(1, abs(len(one) - len(other))) / longest)
    if numbers != others:
        return APART
    if min(len(one), len(other)) < _LEAST or not _is_one_slip(one, other):
        return APART
    return Nearness(Near.SLIP, 1 / longest)


def whole_of(name: str) -> str:
    """Return a name of normal form without what names a part: what 桂雨花园1期, 桂雨花园1-2期 and 桂雨花园东区 are parts of."""
    return _ORDINAL_PART.sub("", _LETTERED_PART.sub("", name))


def _are_whole_and_part(one: str, other: str, whole: str) -> bool:
    """Whether one name is the whole's, or names several parts of which the other names one."""
    if whole in (one, other):
        return True
    spans = [_SPAN.search(one), _SPAN.search(other)]
    return any(spans) and bool(set(_NUMBERS.findall(one)) & set(_NUMBERS.findall(other)))


def slips(name: str) -> tuple[str, ...]:
    """Return the name and all forms with one letter less: two names one slip apart share at least one of them."""
    return (name, *(name[:at] + name[at + 1 :] for at in range(len(name))))


def _is_one_slip(one: str, other: str) -> bool:
    """Whether one letter was changed for another that is no other member of a series, left out, put in or exchanged."""
    if abs(len(one) - len(other)) > 1:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return short[at:] == long[at + 1 :]
    if one[at + 1 :] == other[at + 1 :]:
        series = _SERIES_OF.get(one[at])
        return series is None or _SERIES_OF.get(other[at]) != series
    return one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
