"""Sums whose last digit does not hang on the order, or on how the numbers were parted: kept as slices, rounded once.

A slice holds of every number the bits above one place, so few that adding up a whole bin of them rounds nothing away
(the error-free extraction of Rump, Ogita and Oishi, *Accurate floating-point summation*, SIAM J. Sci. Comput. 31, 2008).
"""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def sliced(values: Floats, bins: Ints, size: int) -> Floats:
    """Return the sums of ``values`` by bin, shape (slices, ``size``): the exact sum of a bin is that of its column.

    ``values`` and ``bins`` have shape (n,); numbers are finite. Nothing to add gives no slice.
    """
    left = values.astype(np.float64)
    found: list[Floats] = []
    room = int(np.ceil(np.log2(len(left) + 2)))
    while left.size and (largest := float(np.abs(left).max())) > 0:
        above = np.ldexp(1.0, int(np.frexp(largest)[1]) + room)
        high = (above + left) - above
        found.append(np.bincount(bins, weights=high, minlength=size).astype(np.float64))
        left = left - high
    return np.array(found, dtype=np.float64).reshape(len(found), size)


def summed(values: Floats, bins: Ints, size: int) -> Floats:
    """Return the sum of each bin, shape (``size``,), rounded once."""
    return rounded(sliced(values, bins, size))


def rounded(slices: Floats) -> Floats:
    """Return the sum of each column, shape (n,), rounded once."""
    if len(slices) == 0:
        return np.zeros(slices.shape[1])
    found: Floats = slices[:2].sum(axis=0)  # one addition rounds once
    more = np.flatnonzero((slices[2:] != 0).any(axis=0))
    found[more] = [fsum(column) for column in slices[:, more].T.tolist()]
    return found + 0.0


def joined(parts: Iterable[Iterable[float]]) -> float:
    """Return the sum of slices that were found apart, rounded once."""
    return fsum(number for part in parts for number in part)
