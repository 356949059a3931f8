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

    def heading(self) -> Text:
        """Return the words as a heading, a button or a choice has them: English begins with a capital there."""
        return Text(self.zh, self.en[:1].upper() + self.en[1:])

    def format(self, *args: object, **values: object) -> Text:
        """Return both sentences with the same values filled in."""
        return Text(self.zh.format(*args, **values), self.en.format(*args, **values))


def readable(text: str) -> str:
    r"""Return text that can be shown and kept: bytes that the system could not decode are read as UTF-8.

    What is no UTF-8 stands escaped (``\xff``). File names, arguments and names of users come with such bytes from
    disks and terminals with another encoding.
    """
    if text.isascii():
        return text
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a pair, which no byte stands for
        return text.encode("utf-8", "backslashreplace").decode()
