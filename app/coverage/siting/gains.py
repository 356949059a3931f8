"""Which places gain most where each group takes the best of the places chosen: proven, or with what is left of the gap.

The same model is maximal cover (a group gains its weight or nothing) and the median (it gains the metres that it is
spared, times its weight). The way: greedy and exchange give a choice; a Lagrangian bound, in which the groups may be
served twice at a price, tells which candidates can be in no better choice and which are in all of them; what is left
undecided, mostly a few dozen, is an integer programme.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.solver import Programme, rows_of, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

_ROUNDS: Final = 60  # of the search for prices
_DENSE: Final = 40_000  # entries of a table so large that a round costs less than what it saves the programme
_MORE_ROUNDS: Final = 600
_PATIENCE: Final = 6  # rounds without a better bound before the steps get shorter
_PART: Final = 1e-6  # of a column: what is less is none
_EXACT: Final = 1e-9  # of the sum of all weights: so near is equal


class Table(NamedTuple):
    """What group ``row`` gains by candidate ``column``, above 0; by rows. ``rows`` and ``columns``: how many there are."""

    row: Ints
    column: Ints
    value: Floats
    rows: int
    columns: int

    def of(self, kept: Bools) -> Table:
        """Return the table with some of its entries alone."""
        return Table(self.row[kept], self.column[kept], self.value[kept], self.rows, self.columns)


class Choice(NamedTuple):
    """``chosen`` columns, what they gain together, and what no choice of as many can exceed."""

    chosen: tuple[int, ...]
    value: float
    bound: float

    @property
    def is_proven(self) -> bool:
        """Whether there is no better one."""
        return self.bound <= self.value


def best_places(table: Table, count: int, seconds: float, stop: Callable[[], bool] = lambda: False) -> Choice:
    """Return the ``count`` columns that gain most together; fewer where more would gain nothing."""
    clock = _Clock(time.monotonic() + seconds, stop)
    everything = float(_highest(table).sum())
    exact = _EXACT * max(everything, 1.0)
    table = without_dominated(table)
    if count <= 0 or not len(table.row):
        return Choice((), 0.0, 0.0)
    found = _Found(_exchanged(table, _greedy(table, count, exact), exact, clock), everything, exact)
    found.value = worth(table, found.chosen)
    for tighten in (_by_prices, _by_relaxing, _by_programme):
        if found.is_proven or clock.is_up:
            break
        table = tighten(table, count, found, clock)
    return Choice(found.chosen, found.value, found.value if found.is_proven else found.bound)


def worth(table: Table, chosen: tuple[int, ...]) -> float:
    """Return what some columns gain together."""
    return float(_best(table, chosen).sum())


def _best(table: Table, chosen: tuple[int, ...]) -> Floats:
    is_in = np.zeros(table.columns, dtype=bool)
    is_in[list(chosen)] = True
    return _highest(table.of(is_in[table.column]))


def _highest(table: Table) -> Floats:
    best = np.zeros(table.rows)
    np.maximum.at(best, table.row, table.value)
    return best


def _adding(table: Table, best: Floats) -> Floats:
    """Return what each column would add to what the groups have."""
    more = np.maximum(table.value - best[table.row], 0.0)
    found: Floats = np.bincount(table.column, weights=more, minlength=table.columns).astype(np.float64)
    return found


@dataclass(slots=True)
class _Clock:
    end: float
    stop: Callable[[], bool]

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.end - time.monotonic()

    @property
    def is_up(self) -> bool:
        """Whether the work is to end."""
        return self.left <= 0 or self.stop()


@dataclass(slots=True)
class _Found:
    """The best choice so far and what none can exceed. ``columns``: those that are in every better choice."""

    chosen: tuple[int, ...]
    bound: float
    exact: float
    value: float = 0.0
    columns: tuple[int, ...] = ()

    @property
    def is_proven(self) -> bool:
        """Whether there is no better one."""
        return self.bound <= self.value + self.exact

    def take(self, table: Table, chosen: tuple[int, ...]) -> None:
        """Take a choice where it is better."""
        if (value := worth(table, chosen)) > self.value:
            self.chosen, self.value = chosen, value


def _greedy(table: Table, count: int, exact: float) -> tuple[int, ...]:
    best = np.zeros(table.rows)
    chosen: list[int] = []
    while len(chosen) < count:
        adding = _adding(table, best)
        column = int(np.argmax(adding))
        if adding[column] <= exact:
            break
        chosen.append(column)
        mine = table.column == column
        best[table.row[mine]] = np.maximum(best[table.row[mine]], table.value[mine])
    return tuple(chosen)


def _exchanged(table: Table, chosen: tuple[int, ...], exact: float, clock: _Clock) -> tuple[int, ...]:
    """Change one for another as long as that gains."""
    value, at, tried = worth(table, chosen), 0, 0
    while tried < len(chosen) and not clock.is_up:
        best = _best(table, chosen[:at] + chosen[at + 1 :])
        adding = _adding(table, best)
        column = int(np.argmax(adding))
        tried += 1
        if best.sum() + adding[column] > value + exact:
            chosen, value = (*chosen[:at], column, *chosen[at + 1 :]), float(best.sum() + adding[column])
            tried = 0
        at = (at + 1) % len(chosen)
    return chosen


def _by_prices(table: Table, count: int, found: _Found, clock: _Clock) -> Table:
    """Bound by prices, and leave out the columns that can be in no better choice."""
    bound, gains = _prices(table, count, found.value, clock)
    found.bound = min(found.bound, bound)
    order = np.argsort(-gains, kind="stable")
    is_top = np.zeros(len(gains), dtype=bool)
    is_top[order[:count]] = True
    least = gains[order[min(count, len(gains)) - 1]]
    barred = ~is_top & (bound + gains - least <= found.value + found.exact)
    return table.of(~barred[table.column])


def _by_relaxing(table: Table, count: int, found: _Found, clock: _Clock) -> Table:
    """Bound by columns that may be chosen in parts, and leave out what can be in no better choice."""
    model = _Model(table, count)
    solved = solve(model.programme(is_whole=False), clock.left, clock.stop)
    if solved.x is None or not solved.is_proven:
        return table
    found.bound = min(found.bound, -solved.bound)
    parts = solved.x[: model.count]
    used = np.zeros(table.columns, dtype=bool)
    used[model.columns] = parts > _PART
    few = _Model(table.of(used[table.column]), count)
    among = solve(few.programme(is_whole=True), clock.left, clock.stop)
    if among.x is not None:
        found.take(table, _exchanged(table, few.chosen(among.x), found.exact, clock))
    worse = -solved.bound - np.abs(solved.reduced[: model.count]) <= found.value + found.exact
    found.columns = tuple(model.columns[worse & (parts > 1 - _PART)].tolist())
    kept = np.zeros(table.columns, dtype=bool)
    kept[model.columns] = ~(worse & (parts < _PART))
    return table.of(kept[table.column])


def _by_programme(table: Table, count: int, found: _Found, clock: _Clock) -> Table:
    """Choose among the columns that are left, to the proof where there is time for it."""
    model = _Model(table, count)
    solved = solve(model.programme(is_whole=True, chosen=found.columns), clock.left, clock.stop)
    if solved.x is not None:
        found.take(table, model.chosen(solved.x))
    found.bound = max(found.value, min(found.bound, -solved.bound))
    return table


def _prices(table: Table, count: int, value: float, clock: _Clock) -> tuple[float, Floats]:
    """Return the best bound that prices of the groups give, and what each column gains beyond them."""
    highest = _highest(table)
    prices, step, since = highest / 2, 1.0, 0
    found: tuple[Floats, float, Floats] = (prices, np.inf, np.zeros(table.columns))
    for _ in range(_ROUNDS if len(table.row) < _DENSE else _MORE_ROUNDS):
        beyond = table.value - prices[table.row]
        gains = np.bincount(table.column, np.maximum(beyond, 0.0), table.columns).astype(np.float64)
        top = np.argpartition(-gains, min(count, len(gains)) - 1)[:count]
        bound = float(prices.sum() + gains[top].sum())
        if bound < found[1] - _EXACT * abs(bound):
            found, since = (prices, bound, gains), 0
        else:
            since += 1
        if since > _PATIENCE:
            step, since = step / 2, 0
            prices = found[0]
        if found[1] <= value or step < 1e-3 or clock.is_up:
            break
        is_top = np.zeros(table.columns, dtype=bool)
        is_top[top] = True
        served = np.bincount(table.row[is_top[table.column] & (beyond > 0)], minlength=table.rows)
        slope = 1.0 - served
        slope[(prices <= 0) & (slope > 0)] = 0
        steep = float(slope @ slope)
        if steep == 0:
            break
        prices = np.clip(prices - step * (bound - value) / steep * slope, 0.0, highest)
    return found[1:]


class _Model:
    """The programme of a table: a whole number for each column that gains anything, a step each for what it gains."""

    def __init__(self, table: Table, count: int) -> None:
        self.columns = np.unique(table.column)
        self.count = len(self.columns)
        self._steps, self._most = _steps(table), count
        self._name = np.zeros(table.columns, dtype=np.int64)
        self._name[self.columns] = np.arange(self.count)

    def programme(self, *, is_whole: bool, chosen: tuple[int, ...] = ()) -> Programme:
        """Return it; ``chosen`` columns are in it come what may."""
        size = self.count + len(self._steps.gain)
        low = np.zeros(size)
        low[self._name[list(chosen)]] = 1
        whole = np.zeros(size, dtype=bool)
        whole[: self.count] = is_whole
        rows = self._rows()
        return Programme(
            cost=-np.concatenate([np.zeros(self.count), self._steps.gain]),
            low=low,
            high=np.ones(size),
            whole=whole,
            starts=rows[0],
            columns=rows[1],
            values=rows[2],
            least=np.full(len(rows[0]) - 1, -np.inf),
            most=np.append(np.zeros(len(rows[0]) - 2), float(self._most)),
        )

    def chosen(self, x: Floats) -> tuple[int, ...]:
        """Return the columns that a solution has."""
        return tuple(self.columns[x[: self.count] > 0.5].tolist())

    def _rows(self) -> tuple[Ints, Ints, Floats]:
        """Return the rows: a step needs a column of its own or the step before; no more columns than may be."""
        steps, x, many = self._steps, self.count, len(self._steps.gain)
        each, own = np.arange(many), np.arange(x)
        has_before = steps.before >= 0
        row = np.concatenate([each, each[has_before], steps.entry, np.full(x, many)])
        column = np.concatenate([x + each, x + steps.before[has_before], self._name[steps.column], own])
        value = np.concatenate(
            [np.ones(many), -np.ones(int(has_before.sum()) + len(steps.entry)), np.ones(x)]
        )
        return rows_of(row, column, value, many + 1)


class _Steps(NamedTuple):
    """Each group's gain in steps: ``gain`` of step k once a column of step k or better is chosen.

    ``entry``: the step of each entry of ``table``. ``before``: the next better step of the group, -1 for none.
    """

    gain: Floats
    before: Ints
    entry: Ints
    column: Ints


def _steps(table: Table) -> _Steps:
    order = np.lexsort((-table.value, table.row))
    row, value, column = table.row[order], table.value[order], table.column[order]
    is_first = np.append(True, row[1:] != row[:-1])
    is_new = is_first | np.append(True, value[1:] != value[:-1])
    first = np.flatnonzero(is_new)
    begins = is_first[first]
    following = np.where(np.append(begins[1:], True), 0.0, np.append(value[first][1:], 0.0))
    before = np.where(begins, -1, np.arange(len(first)) - 1)
    return _Steps(value[first] - following, before, np.cumsum(is_new) - 1, column)


def without_dominated(table: Table) -> Table:
    """Return the table without columns that gain every group no more than another one does."""
    of: list[dict[int, float]] = [{} for _ in range(table.columns)]
    at: list[list[int]] = [[] for _ in range(table.rows)]
    sets = [0] * table.columns
    for row, column, value in zip(
        table.row.tolist(), table.column.tolist(), table.value.tolist(), strict=True
    ):
        of[column][row] = value
        sets[column] |= 1 << row
        at[row].append(column)
    kept = np.ones(table.columns, dtype=bool)
    for column, mine in enumerate(of):
        if not mine:
            continue
        rarest = min(mine, key=lambda row: len(at[row]))
        kept[column] = not any(
            other != column
            and kept[other]
            and sets[column] & ~sets[other] == 0
            and (sets[column] != sets[other] or other < column or mine != of[other])
            and all(of[other][row] >= value for row, value in mine.items())
            for other in at[rarest]
        )
    return table.of(kept[table.column])


def in_order(table: Table, chosen: tuple[int, ...]) -> tuple[int, ...]:
    """Return some columns so that each is the one of those left that adds most; ties: the lowest."""
    best = np.zeros(table.rows)
    left = list(chosen)
    order: list[int] = []
    is_in = np.zeros(table.columns, dtype=bool)
    is_in[left] = True
    mine = table.of(is_in[table.column])
    while left:
        adding = _adding(mine, best)
        column = max(sorted(left), key=lambda one: adding[one])
        order.append(column)
        left.remove(column)
        of = mine.column == column
        np.maximum.at(best, mine.row[of], mine.value[of])
    return tuple(order)
