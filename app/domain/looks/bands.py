"""Where the bands of a rate begin, and what they are called: one place for map, legend, page and picture.

The limits are fixed, so that pages and dates compare; the colours of the bands are ``seq`` and ``wash`` of the palette.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from app.text import Text

LIMITS: Final = (0.5, 0.7, 0.85, 1.0)  # each begins a band; below the first lies another
GAP_LIMITS: Final = (1, 3, 6, 11, 21)  # how many not covered or not known begin a band of gaps
FEW_LIMITS: Final = (0, 1, 2, 3, 4)  # the same of units that hold few: nothing missing is a band of its own
UNKNOWN_FROM: Final = 0.25  # the part of all that is unknown, from which a unit is hatched
MUCH_UNKNOWN: Final = Text("四分之一以上未查清", "a quarter or more unknown")
MUCH_UNKNOWN_MARK: Final = Text(f"未知 ≥ {UNKNOWN_FROM:.0%}", f"unknown ≥ {UNKNOWN_FROM:.0%}")


def band_of(rate: float | None) -> int | None:
    """Return the band of a rate, 0 to 4, the last one for 100 % alone; None where there is no rate."""
    return None if rate is None else sum(rate >= limit for limit in LIMITS)


def gap_band(missing: float, limits: tuple[int, ...] = GAP_LIMITS) -> int | None:
    """Return the band of what is missing, 0 to 4; None where nothing is and no band begins with nothing."""
    if not missing and limits[0]:
        return None
    return max(0, sum(missing >= limit for limit in limits) - 1)


def marks() -> tuple[str, ...]:
    """Return what stands under the bands of a narrow legend: <50 50 70 85 100%."""
    percent = [f"{limit * 100:g}" for limit in LIMITS]
    return (f"<{percent[0]}", *percent[:-1], f"{percent[-1]}%")


def names() -> tuple[Text, ...]:
    """Return what the bands are called where there is room."""
    percent = [f"{limit * 100:g}" for limit in LIMITS]
    between = [Text(*[f"{low}–{high}"] * 2) for low, high in pairwise(percent)]
    last = f"{percent[-1]}%"
    return (Text(f"不到 {percent[0]}%", f"under {percent[0]}%"), *between, Text(last, last))


def gap_marks(limits: tuple[int, ...] = GAP_LIMITS) -> tuple[str, ...]:
    """Return what stands under the bands of gaps: 1–2 3–5 6–10 11–20 21+, or 0 1 2 3 4+."""
    between = [f"{low}–{high - 1}" if high > low + 1 else f"{low}" for low, high in pairwise(limits)]
    return (*between, f"{limits[-1]}+")
