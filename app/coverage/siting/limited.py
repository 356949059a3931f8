"""Places that can serve only so many each: who is served by which, and which places that makes the best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.solver import Programme, rows_of, solve

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

_EXACT: Final = 1e-7
_ALMOST: Final = 1e-6


class Demand(NamedTuple):
    """How much each row asks for, and which columns may serve it.

    ``row``, ``column``, ``cost``: the entries: what it costs to serve one of the row by the column, 0 where it is
    only wanted that it is served. ``otherwise`` (rows,): what one costs that no column serves; infinite where all
    must be served.
    """

    weight: Floats
    row: Ints
    column: Ints
    cost: Floats
    columns: int
    otherwise: Floats


class Served(NamedTuple):
    """``chosen`` columns and what all costs; ``bound``: no choice costs less. ``chosen`` None: it can't be done."""

    chosen: tuple[int, ...] | None
    cost: float
    bound: float

    @property
    def is_proven(self) -> bool:
        """Whether no choice costs less."""
        return self.cost <= self.bound + _ALMOST * max(1.0, abs(self.bound))


def best_limited(
    demand: Demand,
    capacity: float,
    count: int | None,
    seconds: float,
    stop: Callable[[], bool] = lambda: False,
    price: float = 0.0,
) -> Served:
    """Return the columns, at most ``count``, that serve at the least cost; ``price`` is that of a column."""
    solved = solve(_programme(demand, capacity, count, price, None), seconds, stop)
    if solved.x is None:
        return Served(None, np.inf, solved.bound)
    chosen = tuple(np.flatnonzero(solved.x[: demand.columns] > 0.5).tolist())
    serving = cost_of(demand, capacity, chosen, stop)
    cost = serving + price * len(chosen)
    bound = solved.bound + _left(demand)
    return Served(chosen, cost, min(bound, cost) if np.isfinite(bound) else 0.0)


def cost_of(
    demand: Demand, capacity: float, chosen: tuple[int, ...], stop: Callable[[], bool] = lambda: False
) -> float:
    """Return what serving costs with these columns; infinite where they can't serve all that must be."""
    is_in = np.zeros(demand.columns, dtype=bool)
    is_in[list(chosen)] = True
    solved = solve(_programme(demand, capacity, None, 0.0, is_in), np.inf, stop)
    return np.inf if solved.x is None else solved.bound + _left(demand)


def _left(demand: Demand) -> float:
    """Return what it costs to serve nobody, where that may be."""
    may_be = np.isfinite(demand.otherwise)
    return float((demand.weight[may_be] * demand.otherwise[may_be]).sum())


def _programme(
    demand: Demand, capacity: float, count: int | None, price: float, fixed: NDArray[np.bool_] | None
) -> Programme:
    """Return the programme: columns first, then how much each entry serves."""
    x, flows = demand.columns, len(demand.row)
    rows, flow, own = len(demand.weight), np.arange(flows), np.arange(x)
    most = np.minimum(demand.weight[demand.row], capacity)
    must = ~np.isfinite(demand.otherwise)
    # rows: what each row gets, what each column gives, an entry none without its column, how many columns
    row = np.concatenate(
        [
            demand.row,
            rows + demand.column,
            rows + own,
            rows + x + flow,
            rows + x + flow,
            np.full(x, rows + x + flows),
        ]
    )
    column = np.concatenate([x + flow, x + flow, own, x + flow, demand.column, own])
    value = np.concatenate(
        [np.ones(flows), np.ones(flows), np.full(x, -capacity), np.ones(flows), -most, np.ones(x)]
    )
    starts, columns, values = rows_of(row, column, value, rows + x + flows + 1)
    saved = demand.cost - np.where(must, 0.0, demand.otherwise)[demand.row]
    low, high = np.zeros(x + flows), np.concatenate([np.ones(x), most])
    whole = np.arange(x + flows) < x
    if fixed is not None:
        low[:x] = high[:x] = fixed
        whole[:] = False
    return Programme(
        cost=np.concatenate([np.full(x, price), saved]),
        low=low,
        high=high,
        whole=whole,
        starts=starts,
        columns=columns,
        values=values,
        least=np.concatenate([np.where(must, demand.weight, 0.0), np.full(x + flows + 1, -np.inf)]),
        most=np.concatenate(
            [demand.weight, np.zeros(x + flows), [np.inf if count is None else float(count)]]
        ),
    )
