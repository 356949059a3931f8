"""Amounts of one subject: covered, uncovered and unknown, over all its units together."""

from __future__ import annotations

from typing import Final, NamedTuple

TINY: Final = 1e-9


class Amounts(NamedTuple):
    """Amounts of one subject, over all its units together."""

    covered: float = 0
    uncovered: float = 0
    unknown: float = 0

    def plus(self, other: Amounts) -> Amounts:
        """Return the sum, column by column."""
        return Amounts(*(a + b for a, b in zip(self, other, strict=True)))

    def minus(self, other: Amounts) -> Amounts:
        """Return the difference, column by column."""
        return Amounts(*(a - b for a, b in zip(self, other, strict=True)))

    def times(self, factor: float) -> Amounts:
        """Return each column times a factor."""
        return Amounts(*(a * factor for a in self))

    def is_tiny(self, weight: float) -> bool:
        """Whether every column is nothing beside a subject's weight."""
        return all(abs(a) < TINY * max(1.0, weight) for a in self)
