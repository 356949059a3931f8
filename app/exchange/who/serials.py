"""Numbers that only count the rows of a sheet: they name nothing, whatever stands above them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from app.domain.identity.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER: Final = re.compile(r"0*(\d{1,5})")


def is_serial(cells: Iterable[object]) -> bool:
    """Whether what fills a column counts the rows: 1 2 3, 001 002, (1) (2), begun again with each group, some left out.

    Codes of the kinds that have a form of their own (12 digits, a letter and six) never count so.
    """
    texts = [str(cell).strip().removesuffix(".0") for cell in cells if cell is not None and str(cell).strip()]
    found = [_NUMBER.fullmatch(plain(text)) for text in texts]
    numbers = [int(match[1]) for match in found if match is not None]
    if not numbers or len(numbers) < len(texts) * 0.9:
        return False
    return numbers[0] == 1 if len(numbers) == 1 else _goes_up(numbers)


def _goes_up(numbers: Sequence[int]) -> bool:
    """Whether most numbers follow the one before, or begin again at one."""
    steps = list(pairwise(numbers))
    usual = sum(1 for one, other in steps if other - one == 1 or other == 1)
    return numbers[0] <= len(numbers) + 1 and usual * 4 >= len(steps) * 3
