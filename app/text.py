"""A sentence in both languages of the program."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """Chinese first, English by option. Both must be given: a missing word is a type error."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """Return the words in ``lang`` ("zh" or "en")."""
        return self.en if lang == "en" else self.zh

    def format(self, *args: object, **values: object) -> Text:
        """Return both sentences with the same values filled in."""
        return Text(self.zh.format(*args, **values), self.en.format(*args, **values))
