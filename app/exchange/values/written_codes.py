"""Codes as spreadsheets leave them: with an apostrophe, as a number, with blanks, or with their digits cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput
from app.exchange.values.plain import squeezed
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

_CUT: Final = re.compile(r"\d(?:\.\d+)?e\+?\d{1,3}", re.IGNORECASE)
_PARTED: Final = re.compile(r"\d+(?:[ \-]\d+)+")
_EXACT: Final = 2**53  # beyond it a number of a sheet has lost digits
CUT_DIGITS: Final = Text(
    "工作表把长数字截断了，代码的位数丢了。把这一列的格式改成文本，重新填。",
    "The spreadsheet has cut the digits of this code. Format the column as text and fill it in again.",
)


def written_code(raw: object) -> str:
    """Return a code as it was meant: without apostrophe, blanks and the .0 of a number.

    Raises
    ------
    InvalidInput
        If the spreadsheet has cut its digits: it can't be told any more.

    """
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if abs(raw) > _EXACT or raw != int(raw):
            raise InvalidInput(CUT_DIGITS)
        return str(int(raw))
    text = squeezed(str(raw))
    if _CUT.fullmatch(text):
        raise InvalidInput(CUT_DIGITS)
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]
    if _PARTED.fullmatch(text) and len(re.sub(r"\D", "", text)) in (6, 9, 12, 15, 18):
        text = re.sub(r"\D", "", text)
    return text


def levels_of_digits(cells: Sequence[object]) -> int | None:
    """Return how many digits the codes of a column have, 6, 9, 12 or 15, where nearly all have as many; else None."""
    lengths: dict[int, int] = {}
    filled = 0
    for cell in cells:
        if cell is None or cell == "":
            continue
        filled += 1
        text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else squeezed(str(cell))
        if text.isascii() and text.isdigit():
            if len(text) == 12 and text.endswith("000000"):
                text = text[:6]
            elif len(text) == 12 and text.endswith("000"):
                text = text[:9]
            lengths[len(text)] = lengths.get(len(text), 0) + 1
    for digits in (6, 9, 12, 15):
        if filled and lengths.get(digits, 0) * 10 >= filled * 9:
            return digits
    return None
