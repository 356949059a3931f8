"""A stop-watch for benchmarks: several rounds, told as median and spread."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def timed(act: Callable[[], Any], rounds: int) -> tuple[list[float], Any]:
    """Return the seconds of each round and what the last one returned."""
    seconds = []
    result = None
    for _ in range(rounds):
        started = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - started)
    return seconds, result


def told(seconds: Sequence[float], *, unit: str = "s") -> dict[str, Any]:
    """Return median, 95th percentile and extremes in seconds, or in milliseconds with ``unit="ms"``."""
    factor, digits = (1000.0, 3) if unit == "ms" else (1.0, 4)
    ranked = sorted(seconds)
    last = len(ranked) - 1
    return {
        f"median_{unit}": round(statistics.median(ranked) * factor, digits),
        f"p95_{unit}": round(ranked[min(last, round(0.95 * last))] * factor, digits),
        f"least_{unit}": round(ranked[0] * factor, digits),
        f"most_{unit}": round(ranked[last] * factor, digits),
        "rounds": len(ranked),
    }


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return our median by theirs: below 1 we are faster."""
    return round(statistics.median(ours) / statistics.median(theirs), 4)
