"""Who reads an export decides what is in it: the fields of every layer, declared once (reference 7).

A column leaves only if it stands here: whatever else a registry holds, or will hold, stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.domain.audience import Audience
from app.domain.kinds import KINDS, LEVELS, OFFERED_KINDS, UNIT_KINDS, FieldType
from app.domain.leaving.content import Column
from app.domain.personal import is_screened
from app.domain.vocabulary import HEADINGS, HIGHEST, LEVEL_HEADINGS, LOWEST, RATE, TOTAL
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.kinds import Field, Kind
    from app.domain.profile.profile import Profile


def audience_of(written: str) -> Audience:
    """Return the audience of that name; InvalidInput if there is none."""
    try:
        return Audience(written)
    except ValueError as error:
        raise InvalidInput(
            Text(
                f"没有读者 {written!r}：写 public（公众）、street（街道）或 internal（内部）。",
                f"No audience {written!r}: write public, street or internal.",
            )
        ) from error


_CODE: Final = Text("代码", "Code")

FIGURES: Final = (
    *(Column(name, HEADINGS[name], "number") for name in ("covered", "uncovered", "unknown")),
    Column("total", TOTAL.heading(), "number"),
    Column("rate", RATE.heading(), "number", shown="rate"),
    Column("low", LOWEST.heading(), "number", shown="rate"),
    Column("high", HIGHEST.heading(), "number", shown="rate"),
    Column("hidden", Text("未公开", "Withheld")),
)

CHANGED: Final = (
    Column("changed_on", Text("最近改动", "Last changed"), least=Audience.INTERNAL, shown="day"),
    Column("changed_by", Text("改动人", "Changed by"), least=Audience.INTERNAL),
    Column("changed_verb", Text("改动", "Change"), least=Audience.INTERNAL),
    Column("changed_why", Text("改动原因", "Why"), least=Audience.INTERNAL),
)


_PERIOD: Final = {
    "valid_from": Text("第一天", "First day"),
    "valid_until": Text("最后一天", "Last day"),
    "source": Text("来源", "Source"),
}
_SHOWN_OF: Final = {"valid_from": "day", "valid_until": "day", "source": ""}
_RATING: Final = (
    ("low", Text("得分率最低", "lowest share"), "number", "rate"),
    ("high", Text("得分率最高", "highest share"), "number", "rate"),
    ("stars", Text("星级", "stars"), "count", ""),
    ("assessed", Text("评分日期", "assessed on"), "text", "day"),
)


def _street(name: str, zh: str, en: str, kind: str = "text", shown: str = "") -> Column:
    return Column(name, Text(zh, en), kind, Audience.STREET, shown)


_MIDDLE: Final = (
    Column("area_m2", Text("面积（平方米）", "Area (m²)"), "number"),
    Column("lon", Text("经度（EPSG:4490）", "Longitude (EPSG:4490)"), "number", shown="coordinate"),
    Column("lat", Text("纬度（EPSG:4490）", "Latitude (EPSG:4490)"), "number", shown="coordinate"),
)
# what is worked out about the records of a kind: beside what it is, and behind its own fields
_ANSWERED: Final = {
    "compounds": (
        Column("party", Text("已挂接党组织", "Party organisation attached")),
        Column("property", Text("物业服务在期", "Property service in force")),
        Column("status", Text("本指标", "This measure")),
    )
}
_FOUND: Final = {
    "compounds": (
        _street("three_no", "三无", "Three-no"),
        _street("firm", "物业企业", "Property firm"),
        _street("stage", "阶段", "Stage"),
        _street(
            "fee_yuan_m2_month", "物业费（元/平方米·月）", "Fee (yuan per m² and month)", "number", "money"
        ),
        _street("firm_grade", "信用等级", "Grade"),
        _street("firm_list", "红黑榜", "List"),
        _street("open_cases", "未办结纠纷", "Open cases", "count"),
    )
}

# a zone has no outline of its own: the union of its members leaves as one
_ZONE: Final = (
    Column("code", _CODE),
    Column("name", Text("名称", "Name")),
    Column("firm_name", Text("物业企业", "Property firm")),
    Column("street", vocabulary.LEVELS["street"].heading()),
    Column("street_name", Text("街道名称", "Street: name")),
    Column("compounds", Text("小区数", "Compounds"), "count"),
    Column("area_m2", Text("面积（平方米）", "Area (m²)"), "number"),
    _street("firm", "物业企业代码", "Property firm: code"),
    _street("households", "目标户数", "Households aimed at", "count"),
    _street("households_now", "现有户数", "Households", "count"),
    _street("residents_now", "现有人口", "Residents", "count"),
    _street("without_households", "没有户数的小区", "Compounds without a count", "count"),
    _street("compactness", "紧凑度", "Compactness", "number"),
    _street("pieces", "块数", "Pieces", "count"),
    _street("members", "成员", "Members"),
    *(_street(name, *words, shown=_SHOWN_OF[name]) for name, words in _PERIOD.items()),
)

LAYER_NAMES: Final = tuple(kind.table for kind in KINDS.values() if kind.is_layer)
_KIND_OF: Final = {kind.table: kind for kind in OFFERED_KINDS.values()}
_NUMBERS: Final = {
    FieldType.COUNT: "count",
    FieldType.YEAR: "count",
    FieldType.NUMBER: "number",
    "count": "count",
    "money": "number",
    "rate": "number",
}

_SHOWN: Final = {  # by the type of a field or a fact
    FieldType.YEAR: "year",
    FieldType.DAY: "day",
    "day": "day",
    "money": "money",
    "rate": "rate",
}


def columns_of(layer: str, audience: Audience, profile: Profile) -> tuple[Column, ...]:
    """Return the columns of a layer that these readers may have; () = the layer stays."""
    kind = _KIND_OF[layer]
    facts = tuple(
        Column(
            f"fact_{spec.key}",
            spec.words,
            _NUMBERS.get(spec.type, "text"),
            Audience.STREET,
            _SHOWN.get(spec.type, ""),
        )
        for spec in profile.facts_of(kind.name)
    )
    if kind.name in UNIT_KINDS:
        own = _unit_columns(kind)
    elif layer == "zone":
        own = (*_ZONE, *_further(kind, _ZONE))
    else:
        own = _layer_columns(kind) if kind.is_layer else _row_columns(kind)
    all_columns = (*own, *facts, *_ratings(kind, profile), *CHANGED)
    return tuple(column for column in all_columns if audience.may_read(column.least))


def _unit_columns(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind of units: what it is called, what it lies in, its figures, what else it says."""
    above = LEVELS[: LEVELS.index(kind.table)]
    named = (
        Column("code", _CODE),
        Column("name", kind.by_name["name"].words),
        *(Column(name, LEVEL_HEADINGS[name]) for name in above),
        *FIGURES,
    )
    return (*named, *_further(kind, named))


def _further(kind: Kind, named: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns of fields that are not among those named: each goes as far as the field itself says."""
    said = {column.name for column in named}
    return tuple(_column(field) for field in kind.fields if field.name not in said)


def _layer_columns(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of what lies in units: what it is, where, how large; then what the public may not have.

    Code and place go as far as the name does: without it they would only be a pin in the map.
    """
    least = _least_of_all(kind)
    own = [field for field in kind.fields if field.name not in LEVELS]
    first = [field for field in own if field.name == "name" or field.least is Audience.PUBLIC]
    where = (*(Column(level, LEVEL_HEADINGS[level]) for level in LEVELS), *_MIDDLE)
    return (
        Column("code", _CODE, least=least),
        *map(_column, first),
        *_ANSWERED.get(kind.name, ()),
        *(replace(column, least=least) for column in where),
        *(_column(field) for field in own if field not in first),
        *_FOUND.get(kind.name, ()),
    )


def _row_columns(kind: Kind) -> tuple[Column, ...]:
    """Return the columns of a kind that is no layer, made from its declaration."""
    columns = [Column("code", _CODE, least=_least_of_all(kind))] if kind.coded else []
    for field in kind.fields:
        columns.append(_column(field))
        if field.type is FieldType.REFERENCE:
            words = Text(f"{field.words.zh}名称", f"{field.words.en}: name")
            columns.append(Column(f"{field.name}_name", words, least=Audience.STREET))
    for name, words in _PERIOD.items():
        columns.append(Column(name, words, least=Audience.STREET, shown=_SHOWN_OF[name]))
    return tuple(columns)


def _least_of_all(kind: Kind) -> Audience:
    return kind.by_name["name"].least if kind.has_name else Audience.STREET


def _column(field: Field) -> Column:
    return Column(
        field.name, field.words, _NUMBERS.get(field.type, "text"), field.least, _SHOWN.get(field.type, "")
    )


def _ratings(kind: Kind, profile: Profile) -> tuple[Column, ...]:
    """Return the columns of what assessments add up to: the share of the full score, its range, the stars."""
    columns = []
    for scheme in profile.schemes_for(kind.name, None):
        for name, words, type_, shown in _RATING:
            said = Text(f"{scheme.words.zh}：{words.zh}", f"{scheme.words.en}: {words.en}")
            columns.append(Column(f"{name}_{scheme.id}", said, type_, Audience.STREET, shown))
    return tuple(columns)


def check_left(found: Iterable[str], allowed: Iterable[str]) -> tuple[str, ...]:
    """Return the fields read back from the finished file, sorted; a field that may not leave is a bug."""
    seen = set(found)
    if extra := sorted(seen - set(allowed)):
        raise RuntimeError(f"the finished file holds fields that its readers may not have: {extra}")
    return tuple(sorted(seen))


def holds_free_text(layer: str, column: str) -> bool:
    """Whether people wrote a column's text: one that could hold a personal number, unlike a code or a choice."""
    field = _KIND_OF[layer].by_name.get(column)
    if field is not None:
        return is_screened(field)
    return column not in ("code", "members", *LEVELS)
