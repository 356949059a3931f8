"""By which changes a dataset came from older ones, as far back as is worth knowing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import ref

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.record import Record

    Pair = tuple[Record | None, Record | None]  # a record before and after; None where there is none

_STEPS_KEPT: Final = 64
_PAIRS_KEPT: Final = 50_000  # an import of a city is not held along for the sake of a comparison


class Step(NamedTuple):
    """One change: the dataset before it, which this does not keep alive, and what became of each record."""

    older: ref[object]
    pairs: tuple[Pair, ...]


def steps_after(older: object, steps: tuple[Step, ...], pairs: tuple[Pair, ...]) -> tuple[Step, ...]:
    """Return the steps, the latest first, of a dataset that came from ``older`` (whose steps are given) by ``pairs``."""
    kept = []
    size = 0
    for step in (Step(ref(older), pairs), *steps[: _STEPS_KEPT - 1]):
        size += len(step.pairs)
        if size > _PAIRS_KEPT:
            break
        kept.append(step)
    return tuple(kept)


def since(steps: tuple[Step, ...], old: object) -> tuple[Pair, ...] | None:
    """Return what became of each record since ``old``, a record that is the same again left out; None: not known."""
    taken = []
    for step in steps:
        taken.append(step)
        if step.older() is old:
            break
    else:
        return None
    if len(taken) == 1:
        return _that_differ(taken[0].pairs)
    joined: dict[tuple[str, str], Pair] = {}
    for step in reversed(taken):
        for before, after in step.pairs:
            record = before or after
            assert record is not None  # noqa: S101  # narrows the type
            key = (record.kind, record.code)
            joined[key] = (joined[key][0] if key in joined else before, after)
    return _that_differ(joined.values())


def _that_differ(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    return tuple(pair for pair in pairs if pair[0] is not pair[1])
