"""Counts, amounts of money and rates as people write them: 120户, 约120, 1,200, 3万元, 1.5元/㎡·月, 85%."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.errors import InvalidInput
from app.exchange.values.chinese_number import chinese_number
from app.exchange.values.outcome import NOTHING_KNOWN, Meaning, unclear
from app.exchange.values.plain import is_not_known, squeezed
from app.text import Text

APPROXIMATE: Final = Text("写的是约数，照数登记", "approximate; taken as the number")
REMARK: Final = Text("数后面的说明没有登记", "the remark behind the number is not kept")
IN_WORDS: Final = Text("写的是汉字数字", "written in characters")
SCALED: Final = Text("换成了元", "turned into yuan")
HEADED: Final = Text("按列名写的单位乘出来", "multiplied by the unit in the heading")
CONVERTED: Final = Text("换成了平方米", "turned into square metres")
_NO_COUNT: Final = Text(
    "看不出是多少。写一个整数，如 120。",
    "This is no count that can be told. Write a whole number, such as 120.",
)
_NO_NUMBER: Final = Text(
    "看不出是多少。写一个数，如 1.5。", "This is no amount that can be told. Write a number, such as 1.5."
)
_GROUPED: Final = re.compile(r"\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?")
_PLAIN: Final = re.compile(r"\d(?:\.\d+)?e-\d+|\d+(?:\.\d*)?|\.\d+", re.IGNORECASE)
_ABOUT: Final = re.compile(r"^(?:大约|大概|约有|约为|约|近|将近|接近|差不多|估计|≈|~|±)+")
_ABOUT_BEHIND: Final = re.compile(r"(?:左右|上下|±|多|余|来|许|\+|大约|约)$")
_TOTAL: Final = re.compile(r"^(?:共计|合计|总计|总共|共有|共|计|有|现有)")
_ASIDE: Final = re.compile(r"^(.*?)\s*[(\[【〔](.*)[)\]】〕]$")
_RANGE: Final = re.compile(r"(\d[\d,]*(?:\.\d+)?)\D{0,3}?(?:-|~|–|—|－|至|到|～)\D{0,2}?(\d[\d,]*(?:\.\d+)?)")
_NUMBER_WITHIN: Final = re.compile(r"\d+(?:\.\d+)?")
_NUMBERS_WITHIN: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_LARGEST: Final = 2**53
_TWO_COUNTS: Final = re.compile(r"([1-9]\d{2}),(?!000)(\d{3})")  # 120,130: one large number, or two
_ABOUT_ASIDE: Final = re.compile(r"大约|大概|约|左右|估计?|估算|上下|概数|约数")
_UNIT_ASIDE: Final = re.compile(r"户|人|栋|幢|座|个|元|万|万元|千元|亿元|元/月|㎡|m2|平方米|万元人民币")
_HEADED: Final = re.compile(
    r"[(（\[【/]?\s*(?:单位\s*[:：]\s*)?([十百千万亿]{1,2})\s*([元户人口栋幢个名家㎡]|平方米|m2)\s*(?:[)）\]】]|$)"
)
_SCALES: Final = {
    "十": 10,
    "百": 100,
    "千": 1000,
    "万": 10_000,
    "十万": 100_000,
    "百万": 1_000_000,
    "亿": 100_000_000,
}
_AREAS: Final = {
    **dict.fromkeys(("", "㎡", "m2", "平方米", "平米", "平方", "平", "方"), Decimal(1)),
    **dict.fromkeys(("万㎡", "万m2", "万平方米", "万平米", "万平方", "万平", "万方"), Decimal(10_000)),
    **dict.fromkeys(("公顷", "ha", "hm2"), Decimal(10_000)),
    **dict.fromkeys(("km2", "平方公里", "平方千米"), Decimal(1_000_000)),
    "亩": Decimal(2000) / 3,
}


@dataclass(frozen=True, slots=True)
class Units:
    """What may stand behind a number without being part of it. ``scales``: unit → factor."""

    scales: dict[str, float]
    is_whole: bool = True


COUNT_UNITS: Final = {
    "households": ("户", "家", "户家"),
    "imported": ("户",),
    "matched": ("户",),
    "surveyed": ("户",),
    "residents": ("人", "口", "口人", "名", "位"),
    "members": ("人", "名", "位", "名党员", "党员"),
    "buildings": ("栋", "幢", "座", "楼", "栋楼", "幢楼", "座楼"),
    "units": ("单元", "个单元"),
    "storeys": ("层", "楼", "层楼", "f"),
    "guards": ("人", "名", "位"),
    "cleaners": ("人", "名", "位"),
    "vehicles": ("辆", "台", "部"),
    "scheme_version": ("版",),
}
_OTHER_UNITS: Final = {unit for units in COUNT_UNITS.values() for unit in units} | {
    "元",
    "㎡",
    "m²",
    "m2",
    "平方米",
    "平米",
    "亩",
    "公顷",
    "米",
    "%",
    "年",
    "岁",
    "月",
    "日",
    "天",
    "次",
}
_MONEY: Final = {"": 1.0, "元": 1.0, "块": 1.0, "块钱": 1.0, "元整": 1.0, "圆": 1.0, "rmb": 1.0, "cny": 1.0, "角": 0.1,
                 "万": 10_000.0, "万元": 10_000.0, "千元": 1000.0, "亿": 1e8, "亿元": 1e8}  # fmt: skip
_AREA_MONTH: Final = re.compile(
    r"元?(?:[/每](?:㎡|m2|m²|平方米|平米|平方|平|方))(?:[/·.*×每]?月)?|元/月[/·.]?(?:㎡|m2|m²|平方米|平米|平方)"
)
_SCORE: Final = {"": 1.0, "分": 1.0}


def count_units(name: str, heading: str = "") -> tuple[str, ...]:
    """Return the units that fit a count: those of its field, and 个; ``heading`` may name one of its own in brackets."""
    return (*COUNT_UNITS.get(name, ("人", "名", "户", "辆", "小时")), "个", *_in_brackets(heading))


def other_unit(name: str, heading: str) -> str | None:
    """Return the unit that a heading names in brackets where it counts something else than a field: 栋 for 户数（栋）."""
    own = COUNT_UNITS.get(name, ())
    for unit in _in_brackets(heading) if own else ():
        bare = unit.lstrip("十百千万亿")
        if bare and bare not in own and bare in _OTHER_UNITS:
            return unit
    return None


def heading_scale(heading: str) -> int:
    """Return by what a heading multiplies the bare numbers under it: 10,000 for 补贴（万元）, else 1."""
    found = _HEADED.search(heading)
    return 1 if found is None else _SCALES.get(found[1], 1)


def read_count(raw: object, units: tuple[str, ...] = ("个",), scale: int = 1) -> Meaning:
    """Return the count that a cell writes; NOTHING_KNOWN for - and 不详; a question for 无, a range, another unit.

    ``scale``: by what the heading multiplies a number without a unit of its own.
    """
    if isinstance(raw, bool):
        raise InvalidInput(_NO_COUNT)
    if isinstance(raw, int | float):
        return _scaled(Decimal(repr(raw)), raw, scale)
    plain = squeezed(str(raw))
    if plain.isascii() and plain.isdigit():
        return _scaled(Decimal(plain), raw, scale)
    if not plain or is_not_known(plain):
        return NOTHING_KNOWN
    if plain in ("无", "没有", "none"):
        raise unclear(
            Text("“无”是 0，还是没有写明？", "Is 无 0, or is nothing known?"), (("0", Text("0", "0")),)
        )
    amount = _amount(plain)
    value = _number(amount)
    if value is None:
        raise _no_number(plain, raw, _NO_COUNT)
    two = _TWO_COUNTS.fullmatch(plain.removesuffix(amount.unit))
    if two is not None:
        why = Text("是一个数，还是两个数？", "Is this one number, or two?")
        raise unclear(why, (two[1] + two[2], two[1], two[2]))
    if not amount.unit and scale != 1 and not re.search("[百千万萬亿]", plain):
        return _scaled(value, raw, scale)
    if amount.unit and amount.unit not in {unit.casefold() for unit in units}:
        raise unclear(
            Text(f"单位“{amount.unit}”不像这一列的。", f"The unit {amount.unit!r} doesn't fit this column."),
            (str(int(value)),) if value == value.to_integral_value() else (),
        )
    return Meaning(_whole(value, raw), amount.said)


def _scaled(number: Decimal, raw: object, scale: int) -> Meaning:
    return Meaning(_whole(number * scale, raw), HEADED if scale != 1 and number else None)


def read_area(raw: object) -> Meaning:
    """Return whole square metres; 亩, 公顷 and 万㎡ are turned into them, and said."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Meaning(_whole(Decimal(round(Decimal(repr(raw)))), raw))
    plain = squeezed(str(raw))
    if not plain or is_not_known(plain):
        return NOTHING_KNOWN
    amount = _amount(plain, has_scales=False)
    value, factor = _number(amount), _AREAS.get(amount.unit)
    if value is None or factor is None:
        raise _no_number(plain, raw, _NO_NUMBER)
    return Meaning(_whole(Decimal(round(value * factor)), raw), amount.said if factor == 1 else CONVERTED)


def is_area_unit(unit: str) -> bool:
    """Whether a unit is square metres, however it is written."""
    return bool(unit) and _AREAS.get(squeezed(unit).casefold()) == 1


def read_money(raw: object, *, per_area: bool = False, scale: int = 1) -> Meaning:
    """Return yuan, or with ``per_area`` yuan per square metre and month; 万 and 万元 are multiplied out.

    ``scale``: by what the heading multiplies a number without a unit of its own.
    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Meaning(_positive(float(Decimal(repr(raw)) * scale), raw), SCALED if scale != 1 else None)
    plain = squeezed(str(raw)).lstrip("¥￥$ ").strip()
    if not plain or is_not_known(plain):
        return NOTHING_KNOWN
    if plain in ("无", "没有", "免费", "不收"):
        raise unclear(Text(f"“{plain}”是 0，还是没有写明？", f"Is {plain} 0, or is nothing known?"), ("0",))
    amount = _amount(plain)
    value = _number(amount)
    if value is None:
        raise _no_number(plain, raw, _NO_NUMBER)
    unit = amount.unit
    if per_area and _AREA_MONTH.fullmatch(unit):
        unit = "元"
    factor = _MONEY.get(unit)
    if factor is None or (per_area and (factor != 1.0 or re.search("[千万萬亿]", plain))):
        raise unclear(
            Text(f"单位“{amount.unit}”不像这一列的。", f"The unit {amount.unit!r} doesn't fit this column."),
            (format(value.normalize(), "f"),),
        )
    if not unit and scale != 1 and not re.search("[千万萬亿]", plain):
        factor = float(scale)
    said = SCALED if factor != 1.0 else amount.said
    return Meaning(_positive(float(value * Decimal(str(factor))), raw), said)


def read_plain_number(raw: object) -> Meaning:
    """Return a score or another number without a unit of its own; 分 may stand behind it."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return Meaning(_positive(float(raw), raw))
    plain = squeezed(str(raw))
    if not plain or is_not_known(plain):
        return NOTHING_KNOWN
    amount = _amount(plain)
    value = _number(amount)
    if value is None or amount.unit not in _SCORE:
        raise _no_number(plain, raw, _NO_NUMBER)
    return Meaning(_positive(float(value), raw), amount.said)


def read_rate(raw: object, heading: str = "") -> Meaning:
    """Return a share from 0 to 1 of ``85%``, ``0.85`` or 百分之八十五; a bare 85 is asked about, unless its heading says %."""
    plain = squeezed(str(raw)).replace(" ", "")
    if not plain or is_not_known(plain):
        return NOTHING_KNOWN
    percent = re.fullmatch(r"百分之(.+)", plain)
    is_percent = percent is not None or plain.endswith("%")
    amount = _amount(percent[1] if percent is not None else plain.removesuffix("%"))
    value = _number(amount)
    if value is None or amount.unit:
        raise _no_number(plain, raw, Text("看不出是多少。写 85% 或 0.85。", "Write 85% or 0.85."))
    is_headed = bool(re.search("[%％]", heading)) and not is_percent
    share = float(value / 100) if is_percent or (is_headed and value > 1) else float(value)
    if share > 1 and not is_percent and not is_headed and share <= 100:
        raise unclear(
            Text(f"{plain} 是 {plain}% 吗？", f"Is {plain} {plain} %?"),
            ((f"{plain}%", Text(f"{plain}%", f"{plain}%")),),
        )
    if share > 1:
        raise InvalidInput(
            Text(
                f"比率 {plain!r} 大于 100%。写 85% 或 0.85。", f"{plain!r} is above 100 %. Write 85% or 0.85."
            )
        )
    return Meaning(share, amount.said)


@dataclass(frozen=True, slots=True)
class _Amount:
    number: str
    unit: str
    said: Text | None


def _amount(plain: str, *, has_scales: bool = True) -> _Amount:
    """Take a cell apart: number, unit, and what is said of the rest (约, 左右, a remark in brackets).

    ``has_scales``: whether 万 and 千 belong to the number; else they stay with the unit.
    """
    said = None
    plain = plain.strip().rstrip("。.;；,，")
    bare = re.sub(r"(?:左右|上下)$", "", plain).strip()
    if bare != plain:
        said, plain = APPROXIMATE, bare
    aside = _ASIDE.fullmatch(plain)
    if aside is not None and aside[1]:
        plain, more = aside[1], aside[2].strip()
        if _UNIT_ASIDE.fullmatch(more) and plain[-1:].isdigit():
            plain += more
        elif _ABOUT_ASIDE.fullmatch(more):
            said = APPROXIMATE
        else:
            said = said if not _NUMBER_WITHIN.search(more) and len(more) <= 2 else said or REMARK
    plain = _TOTAL.sub("", plain).strip()
    bare = _ABOUT.sub("", plain)
    if bare != plain:
        said, plain = APPROXIMATE, bare.strip()
    number, unit = _split(plain, has_scales=has_scales)
    for _ in range(2):  # 120多户, 120户左右
        shorter = _ABOUT_BEHIND.sub("", unit)
        if shorter != unit:
            said, unit = APPROXIMATE, shorter
    for front in ("多", "余", "来"):
        if unit.startswith(front) and len(unit) > 1:
            said, unit = APPROXIMATE, unit[1:]
    if said is None and number and not number[0].isascii():
        said = IN_WORDS
    return _Amount(number, unit.strip().casefold(), said)


def _split(plain: str, *, has_scales: bool = True) -> tuple[str, str]:
    """Return the number at a text's beginning, in digits or characters, and what stands behind it."""
    found = _GROUPED.match(plain) or _PLAIN.match(plain)
    if found is not None:
        number, rest = re.sub(r"[,' ]", "", found.group()), plain[found.end() :].strip()
        if has_scales and rest[:1] and rest[0] in "百千万萬亿" and rest[:2] not in ("万元", "千元", "亿元"):
            scaled = chinese_number(number + rest[0])
            if scaled is not None:
                return str(scaled), rest[1:]
        return number, rest
    for end in range(len(plain), 0, -1):
        if chinese_number(plain[:end]) is not None:
            return plain[:end], plain[end:]
    return "", plain


def _number(amount: _Amount) -> Decimal | None:
    """Return the one number of a cell; None where it holds none, or several."""
    written = amount.number
    if not written or _NUMBER_WITHIN.search(re.sub(r"m2|e[+-]?\d+", "", amount.unit)):
        return None
    if written[0].isascii():
        return Decimal(written.rstrip("."))
    found = chinese_number(written)
    return None if found is None else Decimal(found)


def _no_number(plain: str, raw: object, what: Text) -> InvalidInput:
    """Return the question or refusal for a cell that is no single number: with the numbers it holds to choose from."""
    if plain.startswith("-") and _PLAIN.fullmatch(plain[1:]):
        return InvalidInput(Text(f"数量不能是负数：{raw!r}。", f"A count can't be negative: {raw!r}."))
    compact = "".join(plain.split())
    if compact != plain and compact.isascii() and compact.isdigit():
        return unclear(what, (compact,))
    found = _RANGE.search(plain)
    if found is not None:
        why = Text("写的是一个范围。取哪一个？", "This is a range. Which one is meant?")
        return unclear(why, tuple(dict.fromkeys(n.replace(",", "") for n in found.groups())))
    numbers = tuple(dict.fromkeys(one.replace(",", "") for one in _NUMBERS_WITHIN.findall(plain)))
    return unclear(what, numbers[:4]) if numbers else InvalidInput(what)


def _whole(number: Decimal, raw: object) -> int:
    if not number.is_finite() or number != number.to_integral_value():
        raise InvalidInput(Text(f"{raw!r} 要写成整数。", f"{raw!r} must be a whole number."))
    if number < 0:
        raise InvalidInput(Text(f"数量不能是负数：{raw!r}。", f"A count can't be negative: {raw!r}."))
    if number > _LARGEST:
        raise InvalidInput(Text(f"{raw!r} 太大。", f"{raw!r} is too large."))
    return int(number)


def _positive(number: float, raw: object) -> float:
    if not math.isfinite(number):
        raise InvalidInput(Text(f"{raw!r} 不是数字。", f"{raw!r} is not a number."))
    if number < 0:
        raise InvalidInput(Text(f"不能是负数：{raw!r}。", f"It can't be negative: {raw!r}."))
    return number


def _in_brackets(heading: str) -> tuple[str, ...]:
    found = re.search(r"[(（\[]([^()（）]{1,4})[)）\]]", heading)
    return () if found is None else (found[1],)
