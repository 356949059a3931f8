"""Names by their sound: 长淮街道 is found by chjd, zhjd, changhuai, chang淮 and 长淮, without an input method.

A name is spelled once, every character followed by its reading with a capital (``长Chang淮Huai``), one line for each
way to read it; what is typed becomes a pattern that steps from syllable to syllable.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice, product
from typing import TYPE_CHECKING, Final

from app.domain.text.readings import fold, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LONGEST: Final = 64
_MOST_WAYS: Final = 8
_PIECE: Final = 4096
_SIGN: Final = "\x1f"  # stands in no name, and between many of them
_VOWELS: Final = frozenset("aeiouv")
_NEVER: Final = re.compile(r"(?!)")


def spell_all(texts: Iterable[str], pause: Callable[[], object] = lambda: None) -> list[str]:
    """Return every way to read each text, one a line: characters each followed by its syllable with a capital.

    ``pause`` is called now and then, so that a worker can be stopped and never holds the interpreter for long.
    """
    rest = iter(texts)
    found: list[str] = []
    while piece := list(islice(rest, _PIECE)):
        pause()
        folded = fold("\n".join(text[:_LONGEST].replace("\n", " ") for text in piece))
        lines = zip(folded.split("\n"), folded.translate(_spelling()).split("\n"), strict=True)
        several = _several()
        found += ["\n".join(_ways(line)) if several.search(line) else spelt for line, spelt in lines]
    return found


@lru_cache(20_000)
def spelled(text: str) -> str:
    """Return every way to read one text, as ``spell_all`` does."""
    return spell_all([text])[0]


def letters_of(spelt: str) -> str:
    """Return the initials of what was spelled, one way a line."""
    return spelt.translate(_INITIALS).lower()


def all_letters(spelt: Iterable[str]) -> list[str]:
    """Return ``letters_of`` each of many."""
    joined = _SIGN.join(spelt)
    return letters_of(joined).split(_SIGN) if joined else []


def initials(text: str) -> str:
    """Return the first letter of each character's commonest reading; Latin letters and digits stay, in lower case."""
    return letters_of(spelled(text)).partition("\n")[0]


def all_initials(text: str) -> str:
    """Return the initials of every way to read a text, the commonest first, with spaces between."""
    return " ".join(dict.fromkeys(letters_of(spelled(text)).split("\n")))


def has_syllable(typed: str) -> bool:
    """Whether what was typed can be more than initials: only then is it worth looking for by its sound."""
    return len(typed) > 1 and any(c in _VOWELS or not c.isascii() for c in typed) and not typed.isdigit()


@lru_cache(64)
def sound_pattern(typed: str) -> re.Pattern[str]:
    """Return what finds a folded text in ``spelled`` names: initials, syllables, characters, mixed as one likes."""
    wanted = fold(typed).replace(" ", "")
    if not wanted:
        return _NEVER
    said = table().said
    parts = []
    for place, character in enumerate(wanted):
        if character.isascii() and character.isalpha():
            start = f"[a-z]*[^a-zA-Z\\n]?{character.upper()}"
            parts.append(f"(?:{character}|{start})" if place else character.upper())
        else:
            syllable = "[A-Z][a-z]*" if character in said else ""
            parts.append(("[a-z]*" if place else "") + re.escape(character) + syllable)
    return re.compile("".join(parts))


def sounds_like(name: str, typed: str) -> bool:
    """Whether a name holds what was typed, by its characters or by its sound."""
    wanted = fold(typed).strip()
    return wanted in fold(name) or sound_pattern(wanted).search(spelled(name)) is not None


def begins_like(name: str, typed: str) -> bool:
    """Whether a name begins with what was typed, by its characters or by its sound."""
    wanted = fold(typed).strip()
    return fold(name).startswith(wanted) or any(
        found.start() <= line_start(found) + 1 for found in sound_pattern(wanted).finditer(spelled(name))
    )


def line_start(found: re.Match[str]) -> int:
    """Return where the line of a find in spelled names begins: a find at it, or one after it, begins the name."""
    return found.string.rfind("\n", 0, found.start()) + 1


def _ways(folded: str) -> Iterator[str]:
    """Yield ways to read a text in which some character has several readings."""
    one, several = _spelling(), _alternatives()
    parts = _several().split(folded)  # what has one reading, then a character with several, and so on
    choices = [
        several[part] if place % 2 else (part.translate(one),) for place, part in enumerate(parts) if part
    ]
    return map("".join, islice(product(*choices), _MOST_WAYS))


class _Initials(dict[int, int | None]):
    def __missing__(self, point: int) -> int | None:
        kept = chr(point).isascii() and (
            chr(point).isupper() or chr(point).isdigit() or chr(point) in {"\n", _SIGN}
        )
        self[point] = point if kept else None
        return self[point]


_INITIALS: Final = _Initials()


class _Spelling(dict[int, str]):
    def __missing__(self, point: int) -> str:
        character = chr(point)
        self[point] = character.upper() if character.isascii() else character
        return self[point]


@cache
def _spelling() -> _Spelling:
    return _Spelling({ord(c): c + readings[0].capitalize() for c, readings in table().said.items()})


@cache
def _several() -> re.Pattern[str]:
    return re.compile("([" + "".join(_alternatives()) + "])")


@cache
def _alternatives() -> dict[str, tuple[str, ...]]:
    return {
        character: tuple(character + syllable.capitalize() for syllable in readings)
        for character, readings in table().said.items()
        if len(readings) > 1
    }
