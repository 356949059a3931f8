"""Text that a spreadsheet must not take for a formula."""

from __future__ import annotations

from typing import Final

_STARTS: Final = frozenset("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫−")
_SKIPPED: Final = " \u00a0\u200b\u200c\u200d\u2060\u3000\ufeff"  # a spreadsheet may look past these
LONGEST_CELL: Final = 32_767


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet could run this text: = + - @ TAB CR, also full-width, also after blanks."""
    return text.lstrip(_SKIPPED)[:1] in _STARTS and text.lstrip(_SKIPPED) != ""


def for_csv(text: str) -> str:
    """Return the text with a leading apostrophe where a spreadsheet could run it."""
    return "'" + text if begins_like_formula(text) else text
