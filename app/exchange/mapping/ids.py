"""Whether the ids that features carry beside their properties are the codes of their records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from app.domain.codes.codes import normal_code
from app.domain.kinds import KINDS, UNIT_KINDS
from app.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange.reading import Cell

_GRID: Final = 15  # digits
_MADE: Final = re.compile(r"[A-Z]\d{6,}")  # as codes are made here


def are_codes(kind: str, cells: Sequence[Cell]) -> bool:
    """Whether ids have the form of a kind's codes, no two alike; what only counts the features is no code."""
    found = []
    for cell in cells:
        text = "" if cell is None else str(cell).strip()
        try:
            code = normal_code(kind, text)
        except InvalidInput:
            return False
        if kind == "grids" and not (code.isdecimal() and len(code) == _GRID):
            return False
        if kind not in UNIT_KINDS and not (_MADE.fullmatch(code) and code.startswith(KINDS[kind].letter)):
            return False
        found.append(code)
    return bool(found) and len(set(found)) == len(found)
