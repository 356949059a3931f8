"""The order of names for people: digits by value, Latin letters, then Chinese by pinyin as places are read.

GB 18030 follows pinyin in its first level only; 馨 鑫 曦 瑶 衢 stand in the second and are common in names. Records for
programs stay in the order of their codes.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from app.domain.text.readings import fold, table

if TYPE_CHECKING:
    from collections.abc import Sequence

# code points of the keys: signs < digits < letters < characters with a reading < all others
_SIGN, _DIGIT, _LETTER, _CHINESE, _OTHER = 0x100, 0x200, 0x300, 0x1000, 0x20000
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_NUMERALS: Final = "零一二三四五六七八九"
# a Chinese numeral that counts: after 第, or before what is counted; never the beginning of a name (三里庵)
_COUNTING: Final = re.compile(rf"(?:(?<=第)|(?<=.)(?=[{_NUMERALS}十]+[期栋幢号组]))[{_NUMERALS}十]+")


def name_keys(texts: Sequence[str]) -> list[str]:
    """Return a key for each text, to be compared as text; made at once, for 300,000 names take long one by one."""
    joined = fold("\n".join(text.replace("\n", " ") for text in texts))
    if not joined.isascii():
        joined = _COUNTING.sub(_numeral, joined)
        joined = _words().sub(_word, joined)
    joined = _DIGITS.sub(_number, joined)
    keys = joined.translate(_ranks()).split("\n")
    assert len(keys) == max(1, len(texts))  # noqa: S101  # else whoever sorts by them would sort wrongly
    return keys[: len(texts)]


def name_key(text: str) -> str:
    """Return the key of one text."""
    return name_keys([text])[0]


def _number(found: re.Match[str]) -> str:
    """Return digits so that more of them come later: their count goes before them, beyond what a name holds."""
    digits = found[0].lstrip("0") or "0"
    return chr(_PRIVATE + min(len(digits), 0xFF)) + digits


def _numeral(found: re.Match[str]) -> str:
    tens, ten, ones = found[0].rpartition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        return found[0]  # written out digit by digit, or beyond 99: left to the order of characters
    value = (_NUMERALS.index(tens) if tens else 1) * 10 if ten else 0
    return str(value + (_NUMERALS.index(ones) if ones else 0))


_PRIVATE: Final = 0xE000  # the private area: no name holds its characters


@cache
def _words() -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, table().words), key=len, reverse=True)))


def _word(found: re.Match[str]) -> str:
    return "".join(chr(_PLANE + place) for place in table().words[found[0]])


_PLANE: Final = 0xF0000  # a private plane: places of characters in words, taken by the same translation


class _Ranks(dict[int, int]):
    """Code point → code point of the key; what is not in the table is ranked when it is met."""

    def __missing__(self, point: int) -> int:
        if point >= _PLANE:
            rank = _CHINESE + point - _PLANE
        elif _PRIVATE <= point <= _PRIVATE + 0xFF:
            rank = _DIGIT + point - _PRIVATE
        elif chr(point).isalpha():
            rank = _LETTER + point if point < _CHINESE - _LETTER else min(_OTHER + point, 0x10FFFF)
        else:
            rank = _SIGN + min(point, 0x7F)
        self[point] = rank
        return rank


@cache
def _ranks() -> _Ranks:
    ranks = _Ranks({ord(character): _CHINESE + place for character, place in table().places.items()})
    ranks.update({ord(digit): ord(digit) for digit in "0123456789"})
    ranks[ord("\n")] = ord("\n")
    return ranks
