"""How Chinese characters are read in names of places: the table behind searching by sound and the order of names.

A table of our own (``resources/pinyin/readings.txt``, made by ``scripts/makers/make_readings.py``): loading the package that
it comes from holds the window up for a quarter of a second.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, eq=False)
class Readings:
    """The table.

    Attributes
    ----------
    places
        Character → its place in the order of pinyin, tones after syllables, GB 18030 within a reading.
    said
        Character → its readings without tones, the commonest in names first.
    words
        Word → the place of each of its characters, where it is read otherwise than by itself.

    """

    places: Mapping[str, int]
    said: Mapping[str, tuple[str, ...]]
    words: Mapping[str, tuple[int, ...]]


@cache
def table() -> Readings:
    """Return the table, read when it is first asked for."""
    text = (files("resources") / "pinyin" / "readings.txt").read_text("utf-8")
    first, others, words = (part.splitlines() for part in text.split("\n\n"))
    places: dict[str, int] = {}
    said: dict[str, tuple[str, ...]] = {}
    starts: dict[str, int] = {}
    for line in first:
        reading, _, characters = line.partition(" ")
        starts[reading] = len(places)
        syllable = reading[:-1]
        for character in characters:
            places[character] = len(places)
            said[character] = (syllable,)
    for line in others:
        syllable, _, characters = line.partition(" ")
        for character in characters:
            said[character] = (*said[character], syllable)
    placed: dict[str, tuple[int, ...]] = {}
    for line in words:
        word, *readings = line.split()
        own = zip(word, readings, strict=True)
        placed[word] = tuple(_place(character, reading, places, starts) for character, reading in own)
    return Readings(places, said, placed)


def _place(character: str, reading: str, places: Mapping[str, int], starts: Mapping[str, int]) -> int:
    """Return a character's own place if it is read so by itself, else that of the reading's first character."""
    start = starts[reading]
    end = min((n for n in starts.values() if n > start), default=len(places))
    return places[character] if start <= places[character] < end else start


def fold(text: str) -> str:
    """Return text with the width of its letters and digits and their case folded, as both sides of a search are."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFKC", text).lower()


def fold_all(texts: Iterable[str]) -> list[str]:
    """Return many texts folded at once."""
    joined = "\n".join(text.replace("\n", " ") for text in texts)
    return fold(joined).split("\n")
