"""Several parties measured in turns: who is first changes from round to round, so that a neighbour's load is borne by all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from app.bench.clock import ratio, told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Marks = dict[str, list[float]]
    Parties = Mapping[str, Callable[[int], Marks]]

OURS: Final = "ours"
THEIRS: Final = "theirs"  # another checkout of this program; any other party is a peer, called by its name
MEMORY: Final = "_mb"  # how a mark ends that counts megabytes; all others are seconds


class LeftOutError(Exception):
    """A party can't do what is measured; the words say why, as the party said it."""


def in_turns(parties: Parties, rounds: int) -> tuple[dict[str, Marks], dict[str, str]]:
    """Return the figures of each party by mark, and who could not do it and why.

    One round for warming up comes before: it compiles modules and fills the system's own memory of files.
    """
    found: dict[str, Marks] = {}
    left_out: dict[str, str] = {}
    for number in range(rounds + 1):
        order = list(parties.items())
        for name, act in order if number % 2 else order[::-1]:
            if name in left_out:
                continue
            try:
                marks = act(number)
            except LeftOutError as fault:
                left_out[name] = str(fault)
                continue
            for mark, figures in marks.items():
                if number:
                    found.setdefault(name, {}).setdefault(mark, []).extend(figures)
    return {name: marks for name, marks in found.items() if name not in left_out}, left_out


def compared(found: Mapping[str, Marks]) -> dict[str, Any]:
    """Return medians and spread of each party by mark, and our median by that of each other: below 1 ours is less."""
    marks = dict.fromkeys(mark for own in found.values() for mark in own)
    return {
        mark: _compared({name: own[mark] for name, own in found.items() if own.get(mark)}, mark)
        for mark in marks
    }


def load() -> float | None:
    """Return how many processes waited for a processor in the last minute, None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _compared(figures: dict[str, list[float]], mark: str) -> dict[str, Any]:
    unit = "mb" if mark.endswith(MEMORY) else "s"
    digits = 1 if unit == "mb" else 6
    row: dict[str, Any] = {name: told(values, unit=unit, digits=digits) for name, values in figures.items()}
    ratios = {
        name: ratio(figures[OURS], values)
        for name, values in figures.items()
        if name != OURS and OURS in figures and min(values) > 0
    }
    return {**row, "ratio_to": ratios}
