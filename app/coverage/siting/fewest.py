"""The fewest places that reach every group: reduced by hand, part by part, and each part proven by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.solver import Programme, rows_of, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.siting.gains import Table

_ALMOST: Final = 1e-6  # a bound that misses a whole number by so much has reached it


class Cover(NamedTuple):
    """``chosen`` columns that reach all rows, and how many it takes at least."""

    chosen: tuple[int, ...]
    bound: int

    @property
    def is_proven(self) -> bool:
        """Whether no fewer would do."""
        return self.bound >= len(self.chosen)


def fewest_places(table: Table, seconds: float, stop: Callable[[], bool] = lambda: False) -> Cover:
    """Return the fewest columns that reach every row that any column reaches."""
    end = time.monotonic() + seconds
    rows: list[set[int]] = [set() for _ in range(table.rows)]
    for row, column in zip(table.row.tolist(), table.column.tolist(), strict=True):
        rows[row].add(column)
    chosen, rest = _reduced({frozenset(columns) for columns in rows if columns})
    bound = len(chosen)
    for part in _parts(rest):
        found, least = _part(part, end - time.monotonic(), stop)
        chosen += found
        bound += least
    return Cover(tuple(sorted(chosen)), bound)


def _reduced(rows: set[frozenset[int]]) -> tuple[list[int], list[frozenset[int]]]:
    """Return columns that must be, and the rows left: without those that come along and columns that another replaces."""
    chosen: list[int] = []
    while True:
        before = (len(rows), sum(map(len, rows)))
        rows = _without_columns(_without_rows(rows))
        needed = {next(iter(row)) for row in rows if len(row) == 1}
        chosen += sorted(needed)
        rows = {row for row in rows if needed.isdisjoint(row)}
        if (len(rows), sum(map(len, rows))) == before:
            return chosen, sorted(rows, key=sorted)


def _without_rows(rows: set[frozenset[int]]) -> set[frozenset[int]]:
    """Leave out rows that are reached whenever another is."""
    kept: set[frozenset[int]] = set()
    having: dict[int, list[frozenset[int]]] = {}
    for row in sorted(rows, key=lambda row: (len(row), sorted(row))):
        if not any(other <= row for column in row for other in having.get(column, ())):
            kept.add(row)
            having.setdefault(min(row), []).append(row)
    return kept


def _without_columns(rows: set[frozenset[int]]) -> set[frozenset[int]]:
    """Leave out columns that reach no more than another one does."""
    reached: dict[int, int] = {}
    at: dict[int, list[frozenset[int]]] = {}
    for place, row in enumerate(sorted(rows, key=sorted)):
        for column in row:
            reached[column] = reached.get(column, 0) | 1 << place
            at.setdefault(column, []).append(row)
    gone: set[int] = set()
    for column in sorted(reached):
        mine = reached[column]
        rarest = min(at[column], key=len)
        if any(
            other != column
            and other not in gone
            and mine & ~reached[other] == 0
            and (mine != reached[other] or other < column)
            for other in rarest
        ):
            gone.add(column)
    return {row - gone for row in rows} if gone else rows


def _parts(rows: list[frozenset[int]]) -> list[list[frozenset[int]]]:
    """Return rows in parts that share no column."""
    head: dict[int, int] = {}

    def find(column: int) -> int:
        while head.setdefault(column, column) != column:
            head[column] = head[head[column]]
            column = head[column]
        return column

    for row in rows:
        first, *others = sorted(row)
        for other in others:
            head[find(other)] = find(first)
    parts: dict[int, list[frozenset[int]]] = {}
    for row in rows:
        parts.setdefault(find(min(row)), []).append(row)
    return list(parts.values())


def _part(rows: list[frozenset[int]], seconds: float, stop: Callable[[], bool]) -> tuple[list[int], int]:
    """Return the fewest columns for one part, and how many it takes at least."""
    columns = sorted(set().union(*rows))
    name = {column: place for place, column in enumerate(columns)}
    greedy = _greedy(rows)
    if stop() or seconds <= 0:
        return greedy, 1
    number = np.array([len(row) for row in rows])
    starts, places, values = rows_of(
        np.repeat(np.arange(len(rows)), number),
        np.array([name[column] for row in rows for column in row], dtype=np.int64),
        np.ones(int(number.sum())),
        len(rows),
    )
    solved = solve(
        Programme(
            cost=np.ones(len(columns)),
            low=np.zeros(len(columns)),
            high=np.ones(len(columns)),
            whole=np.ones(len(columns), dtype=bool),
            starts=starts,
            columns=places,
            values=values,
            least=np.ones(len(rows)),
            most=np.full(len(rows), np.inf),
        ),
        seconds,
        stop,
    )
    found = greedy if solved.x is None else [columns[at] for at in np.flatnonzero(solved.x > 0.5).tolist()]
    least = max(1, int(np.ceil(solved.bound - _ALMOST))) if np.isfinite(solved.bound) else 1
    return min(found, greedy, key=len), min(least, len(found), len(greedy))


def _greedy(rows: list[frozenset[int]]) -> list[int]:
    chosen: list[int] = []
    while rows:
        counts: dict[int, int] = {}
        for row in rows:
            for column in row:
                counts[column] = counts.get(column, 0) + 1
        best = max(sorted(counts), key=counts.__getitem__)
        chosen.append(best)
        rows = [row for row in rows if best not in row]
    return chosen
