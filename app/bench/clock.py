"""A stop-watch for benchmarks: several rounds, told as median and spread."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def clocked(mark: str, act: Callable[[], Any]) -> dict[str, list[float]]:
    """Return what an act took once: ``MARK_s`` by the clock, ``MARK_cpu`` in processor seconds of all threads."""
    began, worked = time.perf_counter(), time.process_time()
    act()
    return {f"{mark}_s": [time.perf_counter() - began], f"{mark}_cpu": [time.process_time() - worked]}


def timed(act: Callable[[], Any], rounds: int) -> tuple[list[float], Any]:
    """Return the seconds of each round and what the last one returned."""
    seconds = []
    result = None
    for _ in range(rounds):
        started = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - started)
    return seconds, result


def told(figures: Sequence[float], *, unit: str = "s", digits: int = 4) -> dict[str, Any]:
    """Return median, 95th percentile, extremes and their number; ``unit`` (``s``, ``mb``) stands in the names."""
    ranked = sorted(figures)
    last = len(ranked) - 1
    return {
        f"median_{unit}": round(statistics.median(ranked), digits),
        f"p95_{unit}": round(ranked[min(last, round(0.95 * last))], digits),
        f"least_{unit}": round(ranked[0], digits),
        f"most_{unit}": round(ranked[last], digits),
        "rounds": len(ranked),
    }


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return our median by theirs: below 1 we are faster."""
    return round(statistics.median(ours) / statistics.median(theirs), 5)
