"""What a column is called where it must be told from its like: its heading, ``户数#2``, or ``#3`` without one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.exchange.headings import normalised
from app.exchange.sheets.header import leaf
from app.text import Text

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


def completed(
    names: Sequence[str], cut: Collection[int], known: Mapping[str, Collection[str]]
) -> tuple[list[str], list[Text]]:
    """Return the headings, each that was cut off in full, and what is said of those that could go on otherwise.

    A heading is filled up where headings of one field alone begin like it, or where those of one field alone lack
    a single character: 所属社 is 所属社区, though 所属社区网格 begins so too.
    """
    found, notes = list(names), []
    for place in sorted(cut):
        begin = normalised(names[place])
        if not begin or any(begin in of for of in known.values()):
            continue
        fields = {field for field, of in known.items() if any(heading.startswith(begin) for heading in of)}
        nearest = {
            f for f in fields if any(len(h) == len(begin) + 1 and h.startswith(begin) for h in known[f])
        }
        meant = fields if len(fields) == 1 else nearest
        if len(meant) != 1:
            continue
        found[place] = min((h for h in known[meant.pop()] if h.startswith(begin)), key=len)
        if len(fields) > 1:
            notes.append(
                Text(
                    f"列名“{names[place]}”是截断的，当作“{found[place]}”。",
                    f"The heading {names[place]!r} was cut off; it is taken for {found[place]!r}.",
                )
            )
    return found, notes


def nameless(labels: Sequence[str], left: Collection[str]) -> Text | None:
    """Return that no column gives the records of a layer a name or a code, with those that could; None where none could."""
    could = [label for label in labels if label in left]
    if not could:
        return None
    shown = "、".join(could[:5])
    return Text(
        f"没有一列当作名称，导入的都会没有名称。哪一列是名称，写明它：{shown}。",
        f"No column is taken for the name, so what comes in has none. Say which column it is: {shown}.",
    )
