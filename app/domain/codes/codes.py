"""Codes: what they look like, what their digits say, and the check character of a credit code."""

from __future__ import annotations

import re
from typing import Final

from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.text import Text

_LONGEST: Final = 12  # digits of an official code, those above the community padded with zeros
_OTHER: Final = re.compile(r"^[A-Za-z0-9_-]{1,32}$")
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z


def normal_code(kind: str, written: object) -> str:
    """Return ``written`` as the registry keeps it.

    12-digit districts and streets lose their zero padding. Raises InvalidInput where the code can't be
    one of ``kind`` (a plural kind as in the commands).
    """
    code = str(written).strip()
    if code.endswith(".0") and code[:-2].isdigit():
        code = code[:-2]  # a sheet that kept the code as a number
    digits = KINDS[kind].digits
    if digits:
        if re.fullmatch(r"\d{12}", code) and code.endswith("0" * (_LONGEST - digits)):
            code = code[:digits]
        if not (code.isascii() and code.isdigit() and len(code) == digits):
            raise InvalidInput(
                Text(
                    f"{KINDS[kind].words.zh}代码要 {digits} 位数字，这里是 {code!r}。",
                    f"A {KINDS[kind].table} code has {digits} digits; this is {code!r}.",
                )
            )
        return code
    if not _OTHER.fullmatch(code):
        raise InvalidInput(
            Text(
                f"代码 {code!r} 不行：1 到 32 个字母、数字、“-”或“_”。",
                f"{code!r} can't be a code: 1 to 32 letters, digits, '-' or '_'.",
            )
        )
    return code


def street_kind(code: str) -> str:
    """Return ``subdistrict`` ``town`` ``township`` or ``other`` by digits 7 to 9 of a street code."""
    number = int(code[6:9])
    if 1 <= number <= 99:
        return "subdistrict"
    if 100 <= number <= 199:
        return "town"
    return "township" if 200 <= number <= 399 else "other"


def community_kind(code: str) -> str:
    """Return ``villagers`` or ``residents`` by digits 10 to 12 of a community code."""
    number = int(code[9:12])
    return "villagers" if 200 <= number <= 399 or 500 <= number <= 599 else "residents"


def credit_check_character(first_17: str) -> str:
    """Return the 18th character of a unified social credit code (weights 3^i mod 31).

    The scheme's own text isn't among the project's papers: alphabet and weights are taken as widely used, and no
    sentence of the program cites a standard for them.
    """
    total = sum(_CREDIT_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(first_17))
    return _CREDIT_ALPHABET[-total % 31]


def normal_credit_code(written: object) -> str:
    """Return a credit code in capitals; raise InvalidInput if its length, letters or check character are wrong."""
    code = str(written).strip().upper()
    if len(code) != 18 or any(letter not in _CREDIT_ALPHABET for letter in code):
        raise InvalidInput(
            Text(
                f"统一社会信用代码 {code!r} 不对：要 18 位数字和大写字母（不含 I O S V Z）。",
                f"{code!r} is no unified social credit code: 18 digits and capitals without I O S V Z.",
            )
        )
    right = credit_check_character(code[:17])
    if right != code[17]:
        raise InvalidInput(
            Text(
                f"统一社会信用代码 {code} 的校验位不对：末位应是 {right}。核对营业执照。",
                f"The check character of {code} is wrong: the last should be {right}. Compare with the licence.",
            )
        )
    return code
