"""The normal form of a name, by kind: two names of one form in one place are the same name, however they are written."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.identity.spelling import counted, counted_once, plain

_KEPT: Final = 200_000
_ESTATE: Final = re.compile(r"(?<=..)(?:住宅小区|居民小区|小区|住宅区)+(?=\d|$)")
_FIRM: Final = re.compile(r"(?<=..)(?:有限责任公司|股份有限公司|有限公司|股份公司|公司|有限)$")
_FIRM_TRADE: Final = re.compile(r"(?<=..)(?:物业管理服务|物业管理|物业服务|物业)$")
_PARTY: Final = re.compile(r"^(?:中国共产党|中共)(?=..)")
_BRANCH: Final = re.compile(r"(?:党支部委员会|支部委员会|党支部|支部)$")
_GENERAL: Final = re.compile(
    r"(?:党总支部委员会|总支部委员会|党总支委员会|党总支部|总支委员会|党总支|总支部|总支)$"
)
_COMMITTEE: Final = re.compile(r"(?:党委会|委员会|党委)$")
_GRID: Final = re.compile(r"(?<=.)(?:基础网格|专属网格|微网格|网格|格)$")
_GRID_BEFORE: Final = re.compile(r"^(?:网格)(?=\d)")
_NUMBER: Final = re.compile(r"(?<=\d)号$")
_TYPES: Final = {  # suffix → what it says the unit is; longest first
    "communities": (
        (re.compile(r"(?:社区居民委员会|居民委员会|社区居委会|社区委员会|居委会|社区)$"), "residents"),
        (re.compile(r"(?:村村民委员会|村民委员会|村村委会|村委会|行政村|村)$"), "villagers"),
    ),
    "streets": (
        (re.compile(r"(?:街道办事处|街道办|街办|街道)$"), "subdistrict"),
        (re.compile(r"(?:镇人民政府|镇政府|镇)$"), "town"),
        (re.compile(r"(?:乡人民政府|乡政府|乡)$"), "township"),
    ),
    "districts": (
        (re.compile(r"区$"), "district"),
        (re.compile(r"县$"), "county"),
        (re.compile(r"市$"), "city"),
    ),
}
UNIT_NAMES: Final = frozenset(_TYPES)
_OF_THEIR_OWN: Final = UNIT_NAMES | {
    "grids",
    "firms",
    "organisations",
}  # kinds whose names have forms of their own
_ESTATE_OF_LINES: Final = re.compile(_ESTATE.pattern, re.MULTILINE)


class Reading(NamedTuple):
    """What a unit's name may be read as: its core, and what sort of unit it says it is ("" where it doesn't say)."""

    core: str
    sort: str


@lru_cache(maxsize=_KEPT)
def normal_name(kind: str, text: str) -> str:
    """Return the form that all spellings of one name of a record of ``kind`` share; "" for an empty name."""
    if kind == "grids":
        return grid_core(text)
    if kind in _TYPES:
        core, sort = readings_of(kind, text)[0]
        return core + "|" + sort
    spelled = counted_once(text)
    if kind == "firms":
        return _FIRM.sub("", spelled)
    if kind == "organisations":
        bare = _PARTY.sub("", spelled)
        for suffix, short in ((_GENERAL, "党总支"), (_BRANCH, "党支部"), (_COMMITTEE, "党委")):
            if suffix.search(bare):
                return suffix.sub(short, bare)
        return bare
    return _ESTATE.sub("", spelled)


def is_plainly_normal(kind: str) -> bool:
    """Whether the normal form of a name of a kind is its counted form ``without_estate``."""
    return kind not in _OF_THEIR_OWN


def without_estate(lines: str) -> str:
    """Return lines of counted forms without the words for an estate, which say nothing."""
    return _ESTATE_OF_LINES.sub("", lines)


def short_firm(text: str) -> str:
    """Return a firm's name without its legal form and trade: what people call it by."""
    return _FIRM_TRADE.sub("", _FIRM.sub("", counted(text)))


def is_short_firm(text: str) -> bool:
    """Whether a firm is named without its legal form, which no registered name is."""
    return _FIRM.search(plain(text)) is None


def grid_core(text: str) -> str:
    """Return what tells a grid from its neighbours: 第一网格, 1号网格, 网格01 and 01 are all 1."""
    spelled = _GRID_BEFORE.sub("", counted(text))
    return _NUMBER.sub("", _GRID.sub("", spelled))


@lru_cache(maxsize=_KEPT)
def readings_of(kind: str, text: str) -> tuple[Reading, ...]:
    """Return how a unit's name can be read, likeliest first: 和平村 is the village 和平, or short for 和平村社区."""
    spelled = counted(text)
    found = []
    for suffix, sort in _TYPES[kind]:
        core = suffix.sub("", spelled)
        if core != spelled and core:
            found.append(Reading(core, sort))
    found.append(Reading(spelled, ""))
    return tuple(found)


def may_be_one(kind: str, written: str, registered: str) -> bool:
    """Whether the name of a unit that somebody writes may be the registered one: one core, no other sort of unit."""
    return any(
        one.core == other.core and (not one.sort or not other.sort or one.sort == other.sort)
        for one in readings_of(kind, written)
        for other in readings_of(kind, registered)[:1]
    )
