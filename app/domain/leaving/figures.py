"""The figures of one kind of unit as they leave: a row for each, what lies in none, and all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.known import Known

if TYPE_CHECKING:
    from app.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRow(Known):
    """One unit's figures as they leave: ``is_hidden`` = too few households, so that no number stands here."""

    code: str
    name: str
    covered: float
    uncovered: float
    unknown: float
    is_hidden: bool = False

    def cells(self) -> tuple[float | None, ...]:
        """Return covered, uncovered, unknown, total, rate, low, high; None where there is none or it is hidden."""
        if self.is_hidden:
            return (None,) * 7
        return (
            self.covered,
            self.uncovered,
            self.unknown,
            self.total,
            self.rate,
            self.low,
            self.high,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The figures of one kind of unit; ``unplaced`` and ``total`` end every table."""

    name: str
    words: Text
    rows: tuple[FigureRow, ...]
    unplaced: FigureRow
    total: FigureRow
