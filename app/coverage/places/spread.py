"""How subjects spread over the units of one level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """How subjects spread over the units of one level. Pairs are by subject, then by unit's code.

    ``share`` is the share of the subject's own area, ``counted`` what counts in ``split`` (reference 4.2),
    ``outside`` the share that counts nowhere, 1 for a subject that is in no unit at all.
    """

    subject: Ints
    unit: Ints
    share: Floats
    counted: Floats
    outside: Floats
    by_outline: NDArray[np.bool_]  # for every subject: whether its outline, not its record, places it here

    def __len__(self) -> int:
        """Return the number of subjects."""
        return len(self.outside)

    def at(self, rows: Ints) -> Spread:
        """Return how some subjects spread; they are numbered anew, in the order of ``rows``."""
        first = np.searchsorted(self.subject, rows, side="left")
        number = np.searchsorted(self.subject, rows, side="right") - first
        subject = np.repeat(np.arange(len(rows), dtype=np.int64), number)
        pair = np.arange(len(subject)) - np.repeat(np.cumsum(number) - number - first, number)
        return Spread(
            subject,
            self.unit[pair],
            self.share[pair],
            self.counted[pair],
            self.outside[rows],
            self.by_outline[rows],
        )

    def overlaid(self, rows: Ints, other: Spread, count: int) -> Spread:
        """Return how ``count`` subjects spread: at ``rows`` (ascending) as ``other`` says, else as here."""
        outside, by_outline = np.ones(count), np.zeros(count, dtype=np.bool_)
        outside[: len(self)], by_outline[: len(self)] = self.outside, self.by_outline
        outside[rows], by_outline[rows] = other.outside, other.by_outline
        is_replaced = np.zeros(max(count, len(self)), dtype=np.bool_)
        is_replaced[rows] = True
        kept = ~is_replaced[self.subject]
        subject = np.concatenate([self.subject[kept], rows[other.subject]])
        order = np.argsort(subject, kind="stable")

        return Spread(
            subject[order],
            np.concatenate([self.unit[kept], other.unit])[order],
            np.concatenate([self.share[kept], other.share])[order],
            np.concatenate([self.counted[kept], other.counted])[order],
            outside,
            by_outline,
        )

    def renumbered(self, position: Ints) -> Spread:
        """Return the same with units at other positions, in the same order; pairs with what is gone are left out."""
        unit = position[self.unit]
        kept = unit >= 0
        return Spread(
            self.subject[kept],
            unit[kept],
            self.share[kept],
            self.counted[kept],
            self.outside,
            self.by_outline,
        )
