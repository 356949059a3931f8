"""Whole numbers in Chinese characters: 一百二十, 二千零五, 壹佰, 二〇〇三, 3千, 1.2万."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_DIGITS: Final = {
    letter: value
    for letters, value in zip(
        ("〇零○", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"),
        range(10),
        strict=True,
    )
    for letter in letters
}
_STEPS: Final = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GREAT: Final = {"万": 10_000, "萬": 10_000, "亿": 100_000_000}
_SHORT: Final = {"百": 10, "佰": 10, "千": 100, "仟": 100, "万": 1000, "萬": 1000}
_MIXED: Final = re.compile(r"(\d+(?:\.\d+)?)(千|万|萬|亿|百)")
_WORDS: Final = re.compile(f"[{''.join((*_DIGITS, *_STEPS, *_GREAT))}]+")
_ROW: Final = re.compile(f"[{''.join(_DIGITS)}]+")


def chinese_number(text: str) -> int | None:
    """Return the number that a text writes in characters, or in digits with 千, 万 or 亿; None where it is none.

    A last digit right behind a step counts the next lower one, as people say it: 一千二 is 1200, 一千零二 is 1002.
    """
    mixed = _MIXED.fullmatch(text)
    if mixed is not None:
        value = Decimal(mixed[1]) * {**_STEPS, **_GREAT}[mixed[2]]
        return int(value) if value == value.to_integral_value() else None
    if _WORDS.fullmatch(text) is None:
        return None
    if _ROW.fullmatch(text):
        return int("".join(str(_DIGITS[letter]) for letter in text)) if len(text) > 1 else _DIGITS[text]
    return _composed(text)


def _composed(text: str) -> int | None:
    total = part = 0
    digit: int | None = None
    last_step, last_great = 10_000, 10**12
    for letter in text:
        if letter in _DIGITS:
            if digit:  # two digits beside each other are no composed number
                return None
            digit = _DIGITS[letter]
        elif letter in _STEPS:
            step = _STEPS[letter]
            if step >= last_step:
                return None
            if not digit and not (digit is None and step == 10 and part == 0):  # 十二, but not 零十
                return None
            part += (digit or 1) * step
            digit, last_step = None, step
        else:
            great = _GREAT[letter]
            if great >= last_great or part + (digit or 0) == 0:
                return None
            total += (part + (digit or 0)) * great
            part, digit, last_step, last_great = 0, None, 10_000, great
    if digit and text[-2:-1] in _SHORT:
        digit *= _SHORT[text[-2]]
    return total + part + (digit or 0)
