"""Which rows of figures to withhold so that nothing small or telling can be read or worked back (reference 7).

A row is withheld whole. Rows are bound by sums: a street is its communities and what lies in none of them.
Withholding one row of a sum is no use, so others follow until no withheld row can be solved for, and until what
the withheld rows of a sum come to together tells no more than a row that is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEAST: Final = 5  # counts from 1 to 4 are withheld; 0 says nothing of anybody
_TOGETHER: Final = 2 * LEAST  # what withheld rows of one sum must come to: less would narrow each down
_SOLVED_EXACTLY: Final = 300  # rows up to which the whole system is looked at at once


def is_small(cells: Sequence[float]) -> bool:
    """Whether one of covered, uncovered, unknown or their sum is a count from 1 to 4."""
    return any(0 < cell < LEAST for cell in (*cells[:3], sum(cells[:3])))


def withheld(
    counts: Mapping[str, Sequence[float]],
    sums: Sequence[tuple[str, Sequence[str]]],
    tells: Callable[[Sequence[float]], bool] = is_small,
) -> frozenset[str]:
    """Return the names of rows to withhold.

    Parameters
    ----------
    counts
        Covered, uncovered and unknown of every row, by a name of the caller's; behind them whatever else
        ``tells`` looks at, as numbers that add up with the rows.
    sums
        (whole, parts): the counts of ``whole`` are the sums of those of ``parts``.
    tells
        Whether a row with these numbers may not be shown.

    """
    hidden = {name for name, cells in counts.items() if tells(cells)}
    if not hidden:
        return frozenset()
    total = {name: sum(cells[:3]) for name, cells in counts.items()}
    groups = [(whole, *parts) for whole, parts in sums]
    groups_of: dict[str, list[int]] = {}
    for place, group in enumerate(groups):
        for name in group:
            groups_of.setdefault(name, []).append(place)

    def cover_all() -> None:
        waiting = {place for name in hidden for place in groups_of.get(name, ())}
        while waiting:
            whole, *parts = group = groups[waiting.pop()]
            inside = [name for name in group if name in hidden]
            together = [sum(cells) for cells in zip(*(counts[n] for n in parts if n in hidden), strict=True)]
            if inside and (
                len(inside) < 2
                or sum(total[name] for name in inside) < _TOGETHER
                or (whole not in hidden and tells(together))
            ):
                added = _smallest(group, hidden, total)
                if added is not None:
                    hidden.add(added)
                    waiting.update(groups_of[added])

    cover_all()
    while len(hidden) <= _SOLVED_EXACTLY and (solved := _solvable(hidden, sums)):
        near = (_smallest(groups[place], hidden, total) for one in sorted(solved) for place in groups_of[one])
        next_one = next((name for name in near if name is not None), None)
        if next_one is None:
            break  # nothing is left to withhold: every row of these sums already is
        hidden.add(next_one)
        cover_all()
    return frozenset(hidden)


def _smallest(group: Sequence[str], hidden: set[str], total: Mapping[str, float]) -> str | None:
    shown = [name for name in group if name not in hidden and total[name] > 0]
    return min(shown, key=lambda name: (total[name], name), default=None)


def _solvable(hidden: set[str], sums: Sequence[tuple[str, Sequence[str]]]) -> set[str]:
    """Return the withheld rows whose numbers follow from what is shown."""
    order = sorted(hidden)
    column = {name: place for place, name in enumerate(order)}
    lines = []
    for whole, parts in sums:
        line = np.zeros(len(order))
        for name, sign in ((whole, -1.0), *((part, 1.0) for part in parts)):
            if name in column:
                line[column[name]] += sign
        if line.any():
            lines.append(line)
    if not lines:
        return set()
    _, strength, directions = np.linalg.svd(np.array(lines))
    free = directions[int((strength > 1e-9).sum()) :]
    return {name for name in order if not (np.abs(free[:, column[name]]) > 1e-9).any()}
