"""The values of a column, numbered as they come: each is kept once, and rows have its number."""

from __future__ import annotations

from collections import defaultdict
from itertools import count as counting
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.tables.cells import Coded, Same
from app.persistence.columnar.cuts import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from app.persistence.columnar.cuts import CutColumn

_SLOTS: Final = 12  # bits of a place where a value's number is looked for first
_SPREAD: Final = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))  # odd, without a pattern
_FEW: Final = 32  # rows whose values are numbered before the others are looked up again


class Numbering:
    """Numbers the values of one column.

    A value of few bytes is looked up by all rows at once, in slots that hold the values that came before; only what is
    not found there is looked up one by one.
    """

    def __init__(self) -> None:
        self._number: dict[bytes, int] = defaultdict(counting().__next__)
        self._parts: list[NDArray[np.int32]] = []
        self._low = np.zeros(1 << _SLOTS, dtype=np.uint64)
        self._high = np.zeros(1 << _SLOTS, dtype=np.uint64)
        self._at = np.full(1 << _SLOTS, -1, dtype=np.int32)  # the number of the value in a slot

    def add(self, column: CutColumn) -> None:
        """Take more rows."""
        keys = column.keys()
        if keys is None:
            numbers = map(self._number.__getitem__, column.all())
            self._parts.append(np.fromiter(numbers, np.int32, column.count))
            return
        low, high = keys
        if (low == low[0]).all() and (high == high[0]).all():
            self._parts.append(np.full(column.count, self._number[column.one(0)], dtype=np.int32))
        else:
            self._parts.append(self._looked_up(column, low, high))

    def _looked_up(
        self, column: CutColumn, low: NDArray[np.uint64], high: NDArray[np.uint64]
    ) -> NDArray[np.int32]:
        mixed = (low * _SPREAD[0] ^ high * _SPREAD[1]) * _SPREAD[0]
        slots: NDArray[np.intp] = (mixed >> np.uint64(64 - _SLOTS)).astype(np.intp)
        numbers = self._found(slots, low, high)
        missing, few = np.flatnonzero(numbers < 0), _FEW
        while len(missing):
            some, missing = missing[:few], missing[few:]
            for row in some.tolist():
                number = numbers[row] = self._number[column.one(row)]
                slot = slots[row]
                if self._at[slot] < 0:
                    self._low[slot], self._high[slot], self._at[slot] = low[row], high[row], number
            numbers[missing] = self._found(slots[missing], low[missing], high[missing])
            missing = missing[numbers[missing] < 0]
            few *= 2
        return numbers

    def _found(
        self, slots: NDArray[np.intp], low: NDArray[np.uint64], high: NDArray[np.uint64]
    ) -> NDArray[np.int32]:
        is_it = (self._low[slots] == low) & (self._high[slots] == high)
        return np.where(is_it, self._at[slots], np.int32(-1))

    def cells(self, read: Callable[[list[str]], list[Any]]) -> Same | Coded:
        """Return the column; ``read``: what stands for texts."""
        known = list(self._number)
        gap = self._number.get(NOTHING)
        if gap is not None:
            del known[gap]
        words = read([word.decode() for word in known])
        if gap is not None:
            words.insert(gap, None)
        return Same(words[0]) if len(words) == 1 else Coded(np.concatenate(self._parts), words)
