"""Counts shared out over parts, or added up over what is merged. Nothing is made up: unknown stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.record import Record

COUNTS: Final = ("households", "imported", "matched", "surveyed")  # of a row of household counts
_ADDED: Final = ("households", "residents", "buildings", "units")  # counts of which the parts make the whole
_AT_MOST: Final = {"matched": "imported", "surveyed": "households"}


def added_fields(kind: str) -> tuple[str, ...]:
    """Return the counts of a kind of which the parts' numbers make up the whole's; storeys are none."""
    return tuple(name for name in _ADDED if name in KINDS[kind].index)


def shared_out(total: int | None, weights: Sequence[float]) -> tuple[int | None, ...]:
    """Return whole numbers in proportion to weights that add up to ``total`` exactly; all None of an unknown one."""
    if total is None:
        return (None,) * len(weights)
    whole = sum(weights)
    if not whole > 0:
        return (total, *(0 for _ in weights[1:]))
    exact = [total * weight / whole for weight in weights]
    shares = [int(part) for part in exact]
    left = total - sum(shares)
    by_rest = sorted(range(len(weights)), key=lambda place: (shares[place] - exact[place], place))
    for place in by_rest[:left]:
        shares[place] += 1
    return tuple(shares)


def total_of(values: Sequence[int | None]) -> int | None:
    """Return the sum; None where one of them is unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def counts_shared(row: Record, weights: Sequence[float]) -> list[dict[str, int | None]]:
    """Return a row of household counts for each part: each adds up to the whole, and no part is more than its whole."""
    shared: dict[str, tuple[int | None, ...]] = {}
    for name in sorted(COUNTS, key=lambda name: name in _AT_MOST):
        total = row.get(name)
        within = shared.get(_AT_MOST.get(name, ""), ())
        bounds = [float(value) for value in within if value is not None]
        shared[name] = shared_out(
            total if isinstance(total, int) else None, bounds if len(bounds) == len(weights) else weights
        )
    return [{name: shared[name][place] for name in COUNTS} for place in range(len(weights))]


def counts_added(rows: Sequence[Record]) -> dict[str, int | None]:
    """Return the counts of several rows together."""
    return {name: total_of([_count(row.get(name)) for row in rows]) for name in COUNTS}


def _count(value: object) -> int | None:
    return value if isinstance(value, int) else None
