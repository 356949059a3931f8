"""What a column is called where it must be told from its like: its heading, ``户数#2``, or ``#3`` without one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.exchange.headings import normalised
from app.exchange.sheets.header import leaf

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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


def place_of(labels: Sequence[str], said: str, cut: Collection[int] = ()) -> int | None:
    """Return the position of the column that a user names: letter by letter, else as headings are compared.

    ``cut``: columns whose heading may be the beginning of the one that the user has in mind.
    """
    if said in labels:
        return labels.index(said)
    wanted = normalised(said)
    whole = next((place for place, label in enumerate(labels) if normalised(label) == wanted), None)
    if whole is not None:
        return whole
    last = next((place for place, label in enumerate(labels) if normalised(leaf(label)) == wanted), None)
    if last is not None:
        return last
    return next((p for p in sorted(cut) if labels[p] and wanted.startswith(normalised(labels[p]))), None)


def completed(names: Sequence[str], cut: Collection[int], known: Mapping[str, Collection[str]]) -> list[str]:
    """Return the headings, one that was cut off in full where headings of one field alone begin like it."""
    found = list(names)
    for place in cut:
        begin = normalised(names[place])
        fields = {field for field, of in known.items() if any(heading.startswith(begin) for heading in of)}
        exact = any(begin in of for of in known.values())
        if len(fields) == 1 and not exact and begin:
            found[place] = next(h for h in known[fields.pop()] if h.startswith(begin))
    return found
