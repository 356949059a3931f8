"""Rows of one file about the same record: what says nothing new, and what contradicts another row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from app.exchange.row_reader import Draft


def repeated_rows(
    rows: Sequence[tuple[str | None, Draft]], today: date
) -> tuple[frozenset[int], dict[int, str]]:
    """Return the places of rows that repeat what others say, and of those that contradict: place → field.

    Which of two contradicting rows is right is never guessed: both are named.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for place, (code, draft) in enumerate(rows):
        if code is not None and not draft.problems:
            groups[code].append(place)
    echoes: set[int] = set()
    clashes: dict[int, str] = {}
    for places in groups.values():
        if len(places) == 1:
            continue
        said: dict[tuple[str, date | None], object] = {}
        wrong: str | None = None
        for place in places:
            new = False
            for key, value in _said(rows[place][1], today):
                new = new or key not in said
                if said.setdefault(key, value) != value and wrong is None:
                    wrong = key[0]
            if not new:
                echoes.add(place)
        if wrong is not None:
            clashes.update(dict.fromkeys(places, wrong))
    return frozenset(echoes - clashes.keys()), clashes


def _said(draft: Draft, today: date) -> Iterator[tuple[tuple[str, date | None], object]]:
    for name, value in (*draft.values.items(), *draft.common.items()):
        if value is not None:
            yield (name, None), value
    if draft.outline is not None:
        yield ("geometry", None), draft.outline.wkb
    for key, answer in draft.facts.items():
        yield (key, draft.surveyed or today), answer
