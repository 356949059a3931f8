"""One spelling for what people write in many: widths, invisible signs, brackets, traditional characters, numerals."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from app.domain.identity.traditional import SIMPLIFIED

_KEPT: Final = 200_000  # texts of one file and one registry whose form is kept
_DASHES: Final = "-‐‑‒–—―−－_~～"  # no long vowel sign and no 一
_ONES: Final = dict(zip("零一二三四五六七八九", range(10), strict=True))
_SAME_NUMERAL: Final = str.maketrans("〇○壹贰叁肆", "零零一二三四")
_CHINESE: Final = re.compile(r"[零一二三四五六七八九十]+")
_ROMAN: Final = re.compile(r"(?<![a-z0-9])(viii|vii|iii|iv|vi|ix|ii|i|v|x)(?=[期区栋幢座村苑园弄号]|组团|$)")
_ROMAN_VALUES: Final = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}
_ROMAN_SIGNS: Final = {first + n: str(n + 1) for first in (0x2160, 0x2170) for n in range(12)}
_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_ORDINAL: Final = re.compile(r"第(?=\d)")
_BETWEEN_NUMERALS: Final = re.compile(
    r"([0-9一二三四五六七八九])[、,，/／~～&+－—–-]([0-9一二三四五六七八九])(?=[期区栋幢])"
)
_LOOSE_DASH: Final = re.compile(r"(?<!\d)-|-(?!\d)")
_ANY_NUMERAL: Final = re.compile(
    r"[\da-z〇○壹贰叁肆零一二三四五六七八九十第#＃幢]"
)  # what numerals are written with
_ORDINARY: Final = re.compile(r"[0-9A-Za-z\u4e00-\u9fa5]*")  # nothing that widths and signs could change
_BUILDING: Final = re.compile(r"(?<=\d)(?:号楼|号栋|号幢|栋楼|幢楼|#楼|幢|#|＃)")


class _Fold(dict[int, str | None]):
    """Code point → what stands for it; None where it is no part of a name: spaces, marks, quotes, brackets."""

    def __missing__(self, point: int) -> str | None:
        sign = chr(point)
        if sign in _DASHES:
            folded: str | None = "-"
        elif sign in "#＃" or sign.isalnum():
            folded = sign
        else:
            folded = None
        self[point] = folded
        return folded


_FOLD: Final = _Fold(dict(SIMPLIFIED))
_FOLD_LINES: Final = _Fold({**SIMPLIFIED, ord("\n"): "\n"})
_ROMAN_OF_LINES: Final = re.compile(_ROMAN.pattern, re.MULTILINE)


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> str:
    """Return a name as it is compared: half width, simplified, lower case, without spaces, signs and invisible marks.

    A hyphen between digits stays: 2-3栋 is not 23栋.
    """
    return _plain(text)


def _plain(text: str) -> str:
    if _ORDINARY.fullmatch(text) is not None:
        return text.lower().translate(_FOLD)
    return _folded(text, _FOLD)


def _folded(text: str, fold: _Fold) -> str:
    text = _BETWEEN_NUMERALS.sub(_as_span, text)
    folded = unicodedata.normalize("NFKC", text.translate(_ROMAN_SIGNS)).casefold().translate(fold)
    return _LOOSE_DASH.sub("", folded) if "-" in folded else folded


def _as_span(found: re.Match[str]) -> str:
    """Return two numerals with a hyphen between them: 一、二期 is 1-2期 and never 12期."""
    return "-".join(str(_ONES.get(sign, sign)) for sign in (found[1], found[2]))


@lru_cache(maxsize=_KEPT)
def counted(text: str) -> str:
    """Return what ``counted_once`` does, and keep it."""
    return counted_once(text)


def counted_once(text: str) -> str:
    """Return ``plain`` with every numeral in digits without leading zeros: 一 1 Ⅰ 壹 01 第一 are all 1; 幢 号楼 # are 栋."""
    return _counted(_plain(text), _ROMAN)


def counted_lines(lines: str) -> str:
    """Return what ``counted_once`` makes of each line of a text, in as many lines."""
    return _counted(_folded(lines, _FOLD_LINES), _ROMAN_OF_LINES)


def _counted(spelled: str, roman: re.Pattern[str]) -> str:
    if _ANY_NUMERAL.search(spelled) is None:
        return spelled
    spelled = roman.sub(lambda found: str(_ROMAN_VALUES[found[0]]), spelled.translate(_SAME_NUMERAL))
    spelled = _CHINESE.sub(_value, spelled)
    return _BUILDING.sub("栋", _ORDINAL.sub("", _ZEROS.sub("", spelled)))


def _value(found: re.Match[str]) -> str:
    """Return a Chinese numeral below a hundred in digits; digit by digit where it is written so."""
    text = found[0]
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return "".join(str(_ONES[sign]) for sign in text)
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return text
    return str((_ONES[tens] if tens else 1) * 10 + (_ONES[ones] if ones else 0))
