"""The change of one subject's amounts, step by step: pure numbers, covered, uncovered and unknown (spec of change, 4 and 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.coverage.amounts import TINY, Amounts

if TYPE_CHECKING:
    from collections.abc import Iterator

COVERED, UNCOVERED, UNKNOWN = range(3)


class Flow(NamedTuple):
    """What went over from one column to another."""

    source: int
    target: int
    amount: float

    @property
    def amounts(self) -> Amounts:
        """The flow as amounts, which add up to nothing."""
        columns = [0.0, 0.0, 0.0]
        columns[self.source] -= self.amount
        columns[self.target] += self.amount
        return Amounts(*columns)


def flows(before: Amounts, after: Amounts) -> Iterator[Flow]:
    """Yield the only flows that lead from amounts to others of the same sum, from shrinking to growing columns."""
    change = after.minus(before)
    shrinking = [place for place, amount in enumerate(change) if amount < 0]
    growing = [place for place, amount in enumerate(change) if amount > 0]
    if len(shrinking) == 1:
        yield from (Flow(shrinking[0], place, change[place]) for place in growing)
    elif growing:
        yield from (Flow(place, growing[0], -change[place]) for place in shrinking)


def weight_of_amounts(
    before: Amounts, after: Amounts, *, unknown_before: bool, unknown_after: bool
) -> Amounts:
    """Return what of a change of two counts is their size: no more is laid to the answer than must have changed."""
    change = after.minus(before)
    if unknown_before or unknown_after:
        return Amounts(0, 0, sum(change))
    covered, uncovered = change.covered, change.uncovered
    if covered * uncovered >= 0:
        return Amounts(covered, uncovered, 0)
    rest = covered + uncovered
    return Amounts(rest, 0, 0) if abs(covered) > abs(uncovered) else Amounts(0, rest, 0)


class Step(NamedTuple):
    """One part of a subject's change: amounts, and how much of them counts in each row.

    ``rows``: unit's code → factor, ``""`` = in no unit. ``is_in_total``: a move inside the total is none.
    """

    part: str
    rows: dict[str, float]
    amounts: Amounts
    is_in_total: bool = True


def place_steps(
    before: dict[str, float],
    between: dict[str, float],
    after: dict[str, float],
    *,
    is_new_division: bool,
    amounts: Amounts,
) -> Iterator[Step]:
    """Yield what the subject itself did and what the units did (spec of change, 3); places by unit's code."""
    if is_same_place(before, after):
        return
    if is_new_division:
        yield _moved("redrawn", before, after, amounts)
        return
    known = {unit for place in (before, after) for unit, share in place.items() if share > TINY}
    if any(share > TINY and unit not in known for unit, share in between.items()):
        yield _moved("moved", before, after, amounts)
        return
    for part, source, target in (("moved", before, between), ("redrawn", between, after)):
        if not is_same_place(source, target):
            yield _moved(part, source, target, amounts)


def is_same_place(one: dict[str, float], other: dict[str, float]) -> bool:
    """Whether every share is the same within a billionth."""
    return all(abs(one.get(unit, 0.0) - other.get(unit, 0.0)) <= TINY for unit in (*one, *other))


def _moved(part: str, source: dict[str, float], target: dict[str, float], amounts: Amounts) -> Step:
    rows = {
        unit: target.get(unit, 0.0) - source.get(unit, 0.0)
        for unit in dict.fromkeys((*source, *target))
        if abs(target.get(unit, 0.0) - source.get(unit, 0.0)) > TINY
    }
    return Step(part, rows, amounts, is_in_total=False)
