"""Sums of units that were not rounded yet: kept by column, so that those of a thousand units travel as a few arrays."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Column = tuple[float, ...]  # its exact sum is the number
    Cell = tuple[Column, ...]


class ByUnit(Mapping[str, "Cell"]):
    """By the code of a unit its cell: of each column the numbers whose exact sum it is.

    ``columns`` have shape (slices, units), units in the order of ``codes``.
    """

    def __init__(self, codes: Sequence[str], columns: Sequence[Floats]) -> None:
        self._codes, self._columns = tuple(codes), tuple(columns)

    def __reduce__(self) -> tuple[type[ByUnit], tuple[tuple[str, ...], tuple[Floats, ...]]]:
        return ByUnit, (self._codes, self._columns)

    @cached_property
    def _position(self) -> dict[str, int]:
        return {code: place for place, code in enumerate(self._codes)}

    def __getitem__(self, code: str) -> Cell:
        place = self._position[code]
        return tuple(tuple(column[:, place].tolist()) for column in self._columns)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return len(self._codes)
