"""A sentence in both languages of the program."""

from __future__ import annotations

from string import Formatter
from typing import Any, Final, NamedTuple


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
        """Return both sentences with the same values filled in; one in both languages stands in each as it reads there.

        In the English one ``{0:, record|records}`` is a count with what is counted: "1 record", "2,000 records".
        """
        filled = []
        for lang, words in (("zh", self.zh), ("en", self.en)):
            said = [value.in_(lang) if isinstance(value, Text) else value for value in args]
            named = {
                name: value.in_(lang) if isinstance(value, Text) else value for name, value in values.items()
            }
            filled.append(
                _COUNTING.vformat(words, said, named) if "|" in words else words.format(*said, **named)
            )
        return Text(*filled)


def counted(count: float, one: str, more: str, spec: str = "") -> str:
    """Return a count with what is counted, in English: ``one`` names 1 of it, ``more`` any other number of it."""
    return f"{count:{spec}} {one if count == 1 else more}"


class _Counting(Formatter):
    """Fills in values as ``str.format`` does, and counts with what is counted: ``{: record|records}``."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        if "|" not in format_spec:
            return super().format_field(value, format_spec)
        spec, _, words = format_spec.partition(" ")
        one, _, more = words.partition("|")
        if isinstance(value, str):  # a count in its form already
            return f"{value} {one if value == '1' else more}"
        return counted(value, one, more, spec)


_COUNTING: Final = _Counting()


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
