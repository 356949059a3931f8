"""From what people write in a cell or on a command line to a field's value, and back to words."""

from __future__ import annotations

import math
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from app.domain.codes.codes import normal_code, normal_credit_code
from app.domain.kinds import FieldType
from app.domain.period import read_day
from app.errors import InvalidInput
from app.text import Text, readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.kinds import Field
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.domain.record import Value

_ANSWERS: Final = {
    **dict.fromkeys(("yes", "是", "有", "true", "1", "y"), "yes"),
    **dict.fromkeys(("no", "否", "无", "false", "0", "n"), "no"),
    **dict.fromkeys(("unknown", "未知", "不详", "不清楚"), "unknown"),
}

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f]")
_HALF: Final = re.compile("[\ud800-\udfff]")  # half of a character, which JSON can hold


def is_empty(raw: object) -> bool:
    """Whether a cell says nothing: None, blank text or NaN."""
    if isinstance(raw, str):
        return not raw or raw.isspace()
    return raw is None or (isinstance(raw, float) and math.isnan(raw))


def read_field(field: Field, raw: object, profile: Profile) -> Value:
    """Return the value of ``field`` that ``raw`` says; None for an empty cell.

    References are returned as codes, not looked up. Raises InvalidInput with a sentence of what is allowed.
    """
    if is_empty(raw):
        return None
    match field.type:
        case FieldType.TEXT:
            return normal_credit_code(raw) if field.name == "credit_code" else read_text(raw)
        case FieldType.COUNT | FieldType.YEAR:
            return _whole(raw)
        case FieldType.NUMBER:
            return _number(raw)
        case FieldType.DAY:
            return read_day(raw)
        case FieldType.ANSWER:
            return read_answer(raw)
        case FieldType.CHOICE:
            return _choice(raw, profile.choices[field.choices])
        case FieldType.REFERENCE:
            return _reference(field, raw)


def read_fact(spec: FactSpec, raw: object, profile: Profile) -> str:
    """Return the text that a fact's row keeps for what ``raw`` says."""
    if spec.type == "answer":
        return read_answer(raw)
    if spec.type == "choice":
        return _choice(raw, profile.choices[spec.choices])
    if spec.type == "count":
        return str(_whole(raw))
    if spec.type == "money":
        return repr(_number(raw))
    return repr(read_rate(raw)) if spec.type == "rate" else read_text(raw)


def fact_value(spec: FactSpec | None, text: str) -> str | int | float:
    """Return a kept fact as the number or text that it is."""
    if spec is not None and spec.type == "count":
        return int(text)
    if spec is not None and spec.type in ("money", "rate"):
        return float(text)
    return text


def read_rate(raw: object) -> float:
    """Return a rate as a share from 0 to 1; people write ``85%``, ``85％`` or ``0.85``."""
    written = str(raw).strip()
    is_percent = written.endswith(("%", "％"))
    share = _number(written.rstrip("%％")) / 100 if is_percent else _number(raw)
    if share > 1:
        raise InvalidInput(
            Text(
                f"比率 {written!r} 大于 100%。写 85% 或 0.85。",
                f"{written!r} is above 100 %. Write 85% or 0.85.",
            )
        )
    return share


def read_answer(raw: object) -> str:
    """Return ``yes``, ``no`` or ``unknown``."""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    written = read_text(raw).lower()
    answer = _ANSWERS.get(written)
    if answer is None:
        raise InvalidInput(
            Text(
                f"{written!r} 不是有 / 无 / 未知。写 有、无 或 未知。",
                f"{written!r} is not yes, no or unknown.",
            )
        )
    return answer


def _choice(raw: object, choices: Mapping[str, Text]) -> str:
    written = read_text(raw)
    if written in choices:
        return written
    for code, words in choices.items():
        if written.lower() in (code.lower(), words.zh, words.en.lower()):
            return code
    known_zh = "、".join(f"{words.zh}（{code}）" for code, words in choices.items())
    raise InvalidInput(
        Text(
            f"没有 {written!r} 这个选项。可以写：{known_zh}。",
            f"No such choice: {written!r}. Known: {', '.join(choices)}.",
        )
    )


def _reference(field: Field, raw: object) -> str:
    kind = field.to[0]
    if kind in ("districts", "streets", "communities") and len(field.to) == 1:
        return normal_code(kind, raw)
    return read_text(raw)


def read_text(raw: object) -> str:
    """Return a text without blanks around it; raise InvalidInput for control characters and halves of characters."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # a code that a sheet kept as a number
    if isinstance(raw, date):
        return raw.isoformat()
    text = str(raw).strip()
    if _CONTROL.search(text) is not None:
        raise InvalidInput(Text("文字里有控制字符。", "The text holds control characters."))
    if not text.isascii() and _HALF.search(text) is not None:
        raise InvalidInput(
            Text(
                f"文字里有不成字的编码：{readable(text)}。",
                f"The text holds no whole characters: {readable(text)}.",
            )
        )
    return text


def _whole(raw: object) -> int:
    number = _number(raw, allow_negative=True)
    if not number.is_integer():
        raise InvalidInput(Text(f"{raw!r} 要写成整数。", f"{raw!r} must be a whole number."))
    if number < 0:
        raise InvalidInput(Text(f"数量不能是负数：{raw!r}。", f"A count can't be negative: {raw!r}."))
    if number > 2**53:
        raise InvalidInput(Text(f"{raw!r} 太大。", f"{raw!r} is too large."))
    return int(number)


def _number(raw: object, *, allow_negative: bool = False) -> float:
    written = str(raw).strip().replace(",", "").replace("，", "")
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidInput(Text(f"{raw!r} 不是数字。", f"{raw!r} is not a number."))
    if number < 0 and not allow_negative:
        raise InvalidInput(Text(f"不能是负数：{raw!r}。", f"It can't be negative: {raw!r}."))
    return number
