"""Pinyin initials of Chinese names: 大关东三苑 → dgdsy. Loaded when first needed, in a worker."""

from __future__ import annotations

from functools import cache


@cache
def _initial(character: str) -> str:
    from pypinyin import Style, pinyin

    if character.isascii():
        return character.lower() if character.isalnum() else ""
    found = pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return found[0][0].lower() if found and found[0] else ""


@cache
def _read(text: str) -> str:
    return "".join(_initial(character) for character in text)


def initials(text: str) -> str:
    """Return the first letters of each character; Latin letters and digits stay."""
    return _read(text) if len(text) <= 64 else "".join(_initial(character) for character in text)
