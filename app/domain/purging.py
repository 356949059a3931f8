"""A text that is to be taken out for good: how it is recognised, and what stands in its place."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cached_property
from typing import Any, Final

PURGED: Final = "〔已清除〕"  # where a text or a whole value stood
PURGED_CODE: Final = "PURGED"  # the same in a code, which has letters, digits, "-" and "_" only
_APART: Final = r"[\s\-‐-―·.()_/]{0,2}"  # how people part the digits of a number
_LEAST_DIGITS: Final = 5
_LEAST_LETTERS: Final = 3


class Sought:
    """A text that is sought; wide and narrow, small and capital letters are one, digits may stand apart."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self._plain = unicodedata.normalize("NFKC", self.text)
        self.is_number = re.fullmatch(r"\d+[Xx]?", self._plain) is not None
        letters = [re.escape(letter) for letter in self._plain]
        self._pattern = re.compile((_APART if self.is_number else "").join(letters), re.IGNORECASE)
        edges = r"(?<!\d){}(?!\d)" if self.is_number else "{}"
        self._in_code = re.compile(edges.format(re.escape(self._plain)), re.IGNORECASE)

    @property
    def is_too_short(self) -> bool:
        """Whether so short a text stands in places that nobody means."""
        if self.is_number:
            return len(self._plain) < _LEAST_DIGITS
        return len(self._plain) < (_LEAST_LETTERS if self._plain.isascii() else 2)

    def is_in(self, value: object) -> bool:
        """Whether a text, or a number as it is written, holds what is sought."""
        if isinstance(value, str):
            return self._pattern.search(value) is not None or (
                not value.isascii() and self._pattern.search(unicodedata.normalize("NFKC", value)) is not None
            )
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and self.is_number and self._plain == f"{value:.0f}"

    def is_in_code(self, code: str) -> bool:
        """Whether a code holds what is sought; not where a longer number only begins or ends like it."""
        return self._in_code.search(code) is not None

    def without(self, text: str) -> str:
        """Return a text with ``PURGED`` wherever what is sought stands; one that does not hold it as it is."""
        if not self.is_in(text):
            return text
        kept = self._pattern.sub(PURGED, text)
        return self._pattern.sub(PURGED, unicodedata.normalize("NFKC", kept)) if self.is_in(kept) else kept

    def code_without(self, code: str) -> str:
        """Return a code with ``PURGED_CODE`` wherever what is sought stands."""
        return self._in_code.sub(PURGED_CODE, code)

    @cached_property
    def spellings(self) -> tuple[bytes, ...]:
        """The bytes under which it may lie in a file: as it is and as JSON writes it."""
        written = (self.text, self._plain)
        quoted = (json.dumps(text, ensure_ascii=plain)[1:-1] for text in written for plain in (False, True))
        return tuple({text.encode("utf-8", "surrogatepass") for text in (*written, *quoted)})


def is_purged(value: Any) -> bool:
    """Whether something was taken out of a value of the journal, or out of anything in it."""
    if isinstance(value, str):
        return PURGED in value
    if isinstance(value, dict):
        return any(is_purged(one) for one in value.values())
    return isinstance(value, list | tuple) and any(is_purged(one) for one in value)
