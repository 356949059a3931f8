"""The columns of an import template, made from the declaration: heading, what may stand there, how it is shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.domain.kinds import KINDS, Field, FieldType
from app.domain.values import read_field
from app.domain.vocabulary import ANSWERS
from app.errors import InvalidInput
from app.exchange.headings import SURVEYED, declared_headings, known_headings, normalised
from app.exchange.named import NAMED_FIELDS, declared_names, shown_name
from app.exchange.personal import is_personal_heading
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.domain.record import Value

CRS: Final = "EPSG:4490"
_COMMON: Final = {
    "code": Text("代码", "Code"),
    "valid_from": Text("开始日期", "First day"),
    "valid_until": Text("结束日期", "Last day"),
    "source": Text("来源", "Source"),
    "lon": vocabulary.DERIVED["lon"],
    "lat": vocabulary.DERIVED["lat"],
    SURVEYED: Text("调查日期", "Surveyed on"),
}
_ABOUT: Final = {
    "code": Text(
        "这条记录的代码，定了就不改。已有的行不要动；新增的行可以空着，由程序编。",
        "The record's code; it never changes. Leave it in rows that have one; new rows may leave it empty.",
    ),
    "official": Text(
        "统计用区划代码。新增的行必须写。", "The official statistical code; new rows must give it."
    ),
    "valid_from": Text(
        "从哪一天起有效，含当天。空着 = 一直有效。", "The first day it holds. Empty = it always held."
    ),
    "valid_until": Text(
        "到哪一天为止，含当天。空着 = 还在有效。", "The last day it holds. Empty = still in force."
    ),
    "source": Text("这条记录从哪里来：文件、会议、走访。", "Where the record comes from."),
    "lon": Text("点的经度，CGCS2000，度。边界请导入图层。", "Longitude of a point, CGCS2000 degrees."),
    "lat": Text("点的纬度，CGCS2000，度。", "Latitude of a point, CGCS2000 degrees."),
    SURVEYED: Text(
        "这一行各项调查的日期。空着：没有变的不动，变了的从导入当天起。",
        "The day on which this row's facts were surveyed. Empty: what is the same stays, what differs holds from the day of import.",
    ),
    "scheme_version": Text("评价办法的版本。空着 = 最新一版。", "The scheme's version. Empty = the newest."),
    "score": Text(
        "空着 = 这一项没有评。不能超过这一项的满分。", "Empty = not assessed. At most the item's maximum."
    ),
}
_EXAMPLES: Final = {
    "text": "",
    "count": "12",
    "number": "1.5",
    "money": "12000",
    "rate": "0.85",
    "year": "1998",
    "day": "2026-11-01",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateColumn:
    """One column. ``offers``: what its drop-down list has; ``to``: the kinds whose codes it takes.

    ``type`` is a field's or a fact's, ``reference`` or ``named`` (an id with words) among them.
    """

    field: str
    heading: str
    words: Text
    type: str
    about: Text
    is_required: bool = False
    offers: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    unit: str = ""
    example: str = ""
    source: str = ""

    @property
    def allowed(self) -> Text:
        """What may stand in a cell, in a sentence."""
        if self.to:
            zh = "、".join(KINDS[kind].words.zh for kind in self.to)
            en = ", ".join(KINDS[kind].words.en for kind in self.to)
            return Text(f"{zh}的代码，或代码加名称。", f"The code, or code and name, of: {en}.")
        if self.offers:
            listed = self.offers[:30]
            more = "…" if len(self.offers) > 30 else ""
            return Text(f"{'、'.join(listed)}{more}", f"{', '.join(listed)}{more}")
        return _TYPES[self.type]


_TYPES: Final = {
    "text": Text("文字", "text"),
    "count": Text("整数，0 或以上", "a whole number, 0 or more"),
    "number": Text("数字，0 或以上", "a number, 0 or more"),
    "money": Text("金额，0 或以上", "an amount, 0 or more"),
    "rate": Text("数字，0 或以上", "a number, 0 or more"),
    "year": Text("四位年份", "a year of four digits"),
    "day": Text("日期，如 2026-11-01", "a day such as 2026-11-01"),
    "value": Text(
        "按“事实”一列：有 / 无 / 未知、数字、选项或文字",
        "as the fact asks: yes, no, unknown, a number, a choice or text",
    ),
}


def template_columns(profile: Profile, kind: str, lang: str) -> tuple[TemplateColumn, ...]:
    """Return the columns of a kind's template. Each heading is understood again by an import."""
    spec = KINDS[kind]
    known = known_headings(kind, profile)
    columns = [_code_column(kind, lang)] if spec.coded else []
    columns += [_field_column(profile, kind, field, lang) for field in spec.fields]
    columns += [_common_column(name, "day", lang) for name in ("valid_from", "valid_until")]
    columns.append(_common_column("source", "text", lang))
    if spec.shape.has_points:
        columns += [_common_column(name, "number", lang) for name in ("lon", "lat")]
    facts = [
        fact for fact in profile.facts_of(kind) if fact.key not in spec.by_name and fact.key not in _COMMON
    ]
    if facts:
        columns.append(_common_column(SURVEYED, "day", lang))
        columns += [_fact_column(profile, fact, lang) for fact in in_groups(profile, facts)]
    return tuple(_told_apart(profile, columns, kind, known, lang))


def in_groups(profile: Profile, facts: Sequence[FactSpec]) -> list[FactSpec]:
    """Return facts in the order of their groups, those without a group first."""
    order = {name: place for place, name in enumerate(profile.groups, 1)}
    return sorted(facts, key=lambda fact: order.get(fact.group, 0))


def shown_choice(profile: Profile, choices: str, code: str, lang: str) -> str:
    """Return the words of a choice where they are understood again, else its code."""
    words = profile.choices.get(choices, {}).get(code)
    if words is None:
        return code
    field = Field(name="", type=FieldType.CHOICE, words=words, choices=choices)
    said = words.in_(lang)
    try:
        return said if said and read_field(field, said, profile) == code else code
    except InvalidInput:
        return code


def shown_answer(answer: str, lang: str) -> str:
    """Return yes, no or unknown as the language has it."""
    return ANSWERS[answer].in_(lang) if answer in ANSWERS else answer


def _code_column(kind: str, lang: str) -> TemplateColumn:
    about = "code" if KINDS[kind].letter or kind == "grids" else "official"
    is_required = about == "official"
    example = {"districts": "340102", "streets": "340102008", "communities": "340102008001"}.get(
        kind, f"{KINDS[kind].letter or 'G'}000001"
    )
    return TemplateColumn(
        field="code",
        heading=_COMMON["code"].in_(lang),
        words=_COMMON["code"],
        type="text",
        about=_ABOUT[about],
        is_required=is_required,
        example=example,
    )


def _common_column(name: str, kind: str, lang: str) -> TemplateColumn:
    words = _COMMON[name]
    heading = words.in_(lang)
    if name in ("lon", "lat"):
        heading = f"{heading}（{CRS}）" if lang == "zh" else f"{heading} ({CRS})"
    example = {"lon": "117.301234", "lat": "31.861234", "source": ""}.get(name, _EXAMPLES["day"])
    return TemplateColumn(
        field=name, heading=heading, words=words, type=kind, about=_ABOUT[name], example=example
    )


def _field_column(profile: Profile, kind: str, field: Field, lang: str) -> TemplateColumn:
    offers: tuple[str, ...] = ()
    shown = str(field.type)
    if (kind, field.name) in NAMED_FIELDS:
        offers = tuple(
            dict.fromkeys(shown_name(n, name, lang) for n, name in _named(profile, kind, field.name))
        )
        shown = "named"
    elif (kind, field.name) == ("facts", "value"):
        shown = "value"
    elif field.type is FieldType.CHOICE:
        offers = tuple(
            shown_choice(profile, field.choices, code, lang) for code in profile.choices[field.choices]
        )
    elif field.type is FieldType.ANSWER:
        offers = tuple(shown_answer(answer, lang) for answer in ANSWERS)
    return TemplateColumn(
        field=field.name,
        heading=field.words.in_(lang),
        words=field.words,
        type=shown,
        about=_ABOUT.get(field.name, field.words),
        is_required=field.required,
        offers=offers,
        to=field.to,
        example=offers[0] if offers else _EXAMPLES.get(shown, ""),
    )


def _named(profile: Profile, kind: str, field: str) -> list[tuple[list[tuple[str, Text]], str]]:
    """Return every id that a field may name, each with the names it is told apart from."""
    wholes: list[dict[str, Value]] = [{}]
    if field == "item":
        wholes = [{"scheme": name} for name in profile.schemes]
    elif field == "role":
        wholes = [{"relation": name} for name in profile.relations]
    found = []
    for whole in wholes:
        names = list(declared_names(profile, kind, field, whole))
        found += [(names, name) for name, _ in names]
    return found


def _fact_column(profile: Profile, fact: FactSpec, lang: str) -> TemplateColumn:
    offers: tuple[str, ...] = ()
    if fact.type == "answer":
        offers = tuple(shown_answer(answer, lang) for answer in ANSWERS)
    elif fact.type == "choice":
        offers = tuple(
            shown_choice(profile, fact.choices, code, lang) for code in profile.choices[fact.choices]
        )
    heading = fact.words.in_(lang)
    if fact.unit:
        heading += f"（{fact.unit}）" if lang == "zh" else f" ({fact.unit})"
    group = profile.groups.get(fact.group)
    about = (
        fact.words
        if group is None
        else Text(f"{group.words.zh}：{fact.words.zh}", f"{group.words.en}: {fact.words.en}")
    )
    return TemplateColumn(
        field=fact.key,
        heading=heading,
        words=fact.words,
        type=fact.type,
        about=about,
        offers=offers,
        unit=fact.unit,
        example=offers[0] if offers else _EXAMPLES.get(fact.type, ""),
        source=fact.source,
    )


def _told_apart(
    profile: Profile, columns: list[TemplateColumn], kind: str, known: Mapping[str, list[str]], lang: str
) -> list[TemplateColumn]:
    """Give a column its field's name in brackets where its heading alone could mean another; leave out what names a person."""
    given = Counter(normalised(column.heading) for column in columns)
    meant = Counter(word for words in known.values() for word in words)
    declared = declared_headings(kind, profile)
    found = []
    for column in columns:
        said = normalised(column.heading)
        if is_personal_heading(said) and said not in declared:
            continue  # an import leaves such a column out
        if given[said] > 1 or meant[said] > 1 or said not in known[column.field]:
            words = column.words.in_(lang)
            column = replace(
                column, heading=f"{words}（{column.field}）" if lang == "zh" else f"{words} ({column.field})"
            )
        found.append(column)
    return found
