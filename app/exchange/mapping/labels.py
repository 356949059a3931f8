"""What a column is called where it must be told from its like: its heading, ``户数#2``, or ``#3`` without one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.exchange.headings import normalised
from app.exchange.sheets.header import leaf

if TYPE_CHECKING:
    from collections.abc import Sequence


def labels_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return one label for each heading, no two alike: a repeated heading counts on, a missing one is its place."""
    seen: Counter[str] = Counter()
    taken = set(names)
    found = []
    for place, name in enumerate(names):
        seen[name] += 1
        label = name if name and seen[name] == 1 else f"{name}#{seen[name] if name else place + 1}"
        while label in taken and label != name:
            label += "#"
        taken.add(label)
        found.append(label)
    return tuple(found)


def place_of(labels: Sequence[str], said: str) -> int | None:
    """Return the position of the column that a user names: letter by letter, else as headings are compared."""
    if said in labels:
        return labels.index(said)
    wanted = normalised(said)
    whole = next((place for place, label in enumerate(labels) if normalised(label) == wanted), None)
    if whole is not None:
        return whole
    return next((place for place, label in enumerate(labels) if normalised(leaf(label)) == wanted), None)
