"""What follows from how much is covered, uncovered and unknown, in a result as in what leaves the registry."""

from __future__ import annotations


class Known:
    """What follows from a covered, an uncovered and an unknown part; the parts are the subclass's fields."""

    __slots__ = ()

    covered: float
    uncovered: float
    unknown: float

    @property
    def total(self) -> float:
        """All that is in the base."""
        return self.covered + self.uncovered + self.unknown

    @property
    def rate(self) -> float | None:
        """Covered among the known; None where nothing is known."""
        known = self.covered + self.uncovered
        return self.covered / known if known else None

    @property
    def low(self) -> float | None:
        """The rate if every unknown turned out uncovered."""
        return self.covered / self.total if self.total else None

    @property
    def high(self) -> float | None:
        """The rate if every unknown turned out covered."""
        return (self.covered + self.unknown) / self.total if self.total else None
