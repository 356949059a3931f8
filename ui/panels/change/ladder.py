"""The way from the figures of before to those of now, rung by rung: what each part of a change adds to each column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.looks import wording
from app.domain.vocabulary import CHANGE_PARTS, HEADINGS
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.results import Figures, Row

COLUMNS: Final = ("covered", "uncovered", "unknown")
_TINY: Final = 1e-9

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Rung:
    """One step: where each column stood, and what the step adds to it. ``part`` "" = the figures of a day."""

    part: str
    words: Text
    starts: Triple
    moves: Triple
    codes: tuple[str, ...] = ()

    @property
    def ends(self) -> Triple:
        """Where each column stands after the step."""
        one, two, three = (start + move for start, move in zip(self.starts, self.moves, strict=True))
        return one, two, three

    def told(self, lang: str) -> str:
        """Return the rung in words, for who doesn't see it drawn."""
        if not self.part:
            told = zip(COLUMNS, self.starts, strict=True)
            return f"{self.words.in_(lang)}: " + ", ".join(
                f"{HEADINGS[name].in_(lang)} {wording.amount(amount)}" for name, amount in told
            )
        moved = [
            f"{HEADINGS[name].in_(lang)} {signed(amount)}"
            for name, amount in zip(COLUMNS, self.moves, strict=True)
            if abs(amount) > _TINY
        ]
        return f"{self.words.in_(lang)}, {len(self.codes)}: {', '.join(moved) or '±0'}"


def ladder(row: Row, before: Text, now: Text) -> list[Rung]:
    """Return the rungs of a row: its figures on the day of before, each part, its figures now; [] where nothing is compared."""
    if row.before is None or row.parts is None:
        return []
    at = _of(row.before)
    none: Triple = (0.0, 0.0, 0.0)
    rungs = [Rung("", before, at, none)]
    for part in row.parts:
        moves = (part.covered, part.uncovered, part.unknown)
        rungs.append(Rung(part.part, CHANGE_PARTS[part.part], at, moves, part.codes))
        at = rungs[-1].ends
    return [*rungs, Rung("", now, _of(row.figures), none)]


def _of(figures: Figures) -> Triple:
    return figures.covered, figures.uncovered, figures.unknown


def signed(amount: float, *, digits: int = 2) -> str:
    """Return an amount with its sign, a zero as ±0."""
    amount = round(amount, digits)
    if not amount:
        return "±0"
    return f"{'+' if amount > 0 else '−'}{wording.amount(abs(amount))}"


def points(before: float | None, now: float | None) -> str:
    """Return how far a rate moved, in percentage points; a dash where there is no rate on one of the days."""
    if before is None or now is None:
        return wording.NO_RATE
    moved = round((now - before) * 100, 1)
    return f"{'+' if moved > 0 else '−' if moved < 0 else '±'}{abs(moved):.1f}"
