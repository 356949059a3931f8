"""Pinyin initials of Chinese names: 大关东三苑 → dgdsy, so that a place is found without an input method."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

BLOCKS: Final = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))  # first and last code point of each line of the table


@cache
def _letters() -> dict[int, str]:
    # a table of our own, 28 kB: loading the package it comes from holds the window up for a quarter of a second
    lines = (files("resources") / "pinyin" / "initials.txt").read_text("ascii").splitlines()
    return {
        first + place: letter
        for (first, _), line in zip(BLOCKS, lines, strict=True)
        for place, letter in enumerate(line)
        if letter != "."
    }


@cache
def initials(text: str) -> str:
    """Return the first letter of each character's most common reading; Latin letters and digits stay, in lower case."""
    letters = _letters()
    return "".join(
        (character.lower() if character.isalnum() else "")
        if character.isascii()
        else letters.get(ord(character), "")
        for character in text[:64]
    )
