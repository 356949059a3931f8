"""Headings between the rows of a table: what stands under one of them belongs to it, as if a column said so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.values import is_empty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.exchange.picture import Cell
    from app.exchange.sheets.header import Shown
    from app.exchange.sheets.records import Records

SECTION: Final = "分段标题"  # what the column is called that holds the heading above each row
_ORDINAL: Final = re.compile(
    r"^\s*[(（]?\s*(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[)）]?\s*[、.．：:]\s*|^\s*[(（][一二三四五六七八九十\d]{1,3}[)）]\s*"
)
_BEHIND: Final = re.compile(r"\s*[(（].*[)）]\s*$|\s*[:：]\s*$")
_LIKE_UNIT: Final = re.compile(r".{1,10}(街道|镇|乡|街道办事处|办事处|社区|社区居委会|居委会|村委会|网格)")


class Sections:
    """Keeps which heading each record stands under. One that stands above the headings counts, if it is a unit's name."""

    def __init__(self, shown: Shown, start: int, header: int) -> None:
        above = [str(filled[0][1]) for row in range(start, header) if len(filled := shown.filled(row)) == 1]
        last = plain_section(above[-1]) if above else ""
        self._begun: list[tuple[int, str]] = [(-1, last if _LIKE_UNIT.fullmatch(last) else "")]

    def begin(self, at: int, cells: Sequence[Cell]) -> None:
        """Take the row at a position in its sheet, from 0, that is a heading of those below it."""
        self._begun.append((at, plain_section(next((str(cell) for cell in cells if not is_empty(cell)), ""))))

    def put_into(self, names: tuple[str, ...], rows: Records) -> tuple[str, ...]:
        """Give the records a further column with their heading, where there are such headings; return all columns' names."""
        if len(self._begun) < 2:
            return names
        under = np.searchsorted([at for at, _ in self._begun], rows.in_grid) - 1
        sections: list[Cell] = [self._begun[at][1] or None for at in under.tolist()]
        if not any(sections):
            return names
        rows.add_column(sections)
        return (*names, SECTION)


def plain_section(text: str) -> str:
    """Return a heading without what numbers it and what is said in brackets: 一、柳东社区（3个） is 柳东社区."""
    return _BEHIND.sub("", _ORDINAL.sub("", text.strip())).strip()
