"""The three models, with and without a capacity, against every choice that there is."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from app.coverage.siting.fewest import fewest_places
from app.coverage.siting.gains import Table, _by_programme, _Clock, _Found, best_places, in_order, worth
from app.coverage.siting.limited import Demand, best_limited, cost_of

ROWS, COLUMNS = 7, 6


def a_table(seed, *, is_cover=True, rows=ROWS, columns=COLUMNS):
    """Return what each row gains by each column: its weight or nothing, or anything."""
    random = np.random.default_rng(seed)
    inside = random.random((rows, columns)) < 0.4
    weight = random.integers(1, 9, rows).astype(float)
    row, column = np.nonzero(inside)
    value = weight[row] if is_cover else random.integers(1, 30, len(row)).astype(float)
    return Table(row, column, value, rows, columns)


def choices(columns, most):
    return (chosen for size in range(most + 1) for chosen in combinations(range(columns), size))


@pytest.mark.parametrize("is_cover", [True, False])
@pytest.mark.parametrize("seed", range(60))
def test_that_no_choice_gains_more(seed, is_cover):
    table = a_table(seed, is_cover=is_cover)
    count = 1 + seed % 4
    best = max(worth(table, chosen) for chosen in choices(COLUMNS, count))
    found = best_places(table, count, 60)
    assert found.is_proven
    assert len(found.chosen) <= count
    assert found.value == pytest.approx(best, abs=1e-9) == worth(table, found.chosen) == found.bound
    ordered = in_order(table, found.chosen)
    assert sorted(ordered) == sorted(found.chosen)
    gains = np.diff([worth(table, ordered[:at]) for at in range(len(ordered) + 1)])
    assert (np.diff(gains) <= 1e-9).all()


@pytest.mark.parametrize("seed", range(60))
def test_that_a_bound_that_is_not_reached_is_no_less_than_the_best(seed):
    table = a_table(seed, is_cover=seed % 2 == 0, rows=30, columns=14)
    best = max(worth(table, chosen) for chosen in combinations(range(14), 3))
    asked = iter([False] * (seed % 7))
    found = best_places(table, 3, 60, lambda: next(asked, True))  # stopped after some looks
    assert found.value <= best + 1e-9 <= found.bound + 2e-9
    assert worth(table, found.chosen) == pytest.approx(found.value)


@pytest.mark.parametrize("seed", range(60))
def test_that_no_fewer_reach_everything(seed):
    table = a_table(seed)
    rows = set(table.row.tolist())
    sets = [
        {r for r, c in zip(table.row, table.column, strict=True) if c == column} for column in range(COLUMNS)
    ]
    fewest = next(len(c) for c in choices(COLUMNS, COLUMNS) if set().union(*(sets[one] for one in c)) >= rows)
    found = fewest_places(table, 60)
    assert set().union(*(sets[one] for one in found.chosen)) >= rows
    assert len(found.chosen) == fewest == found.bound
    stopped = fewest_places(table, 0)
    assert stopped.bound <= fewest <= len(stopped.chosen)


def cheapest(demand, capacity, chosen):
    """Return the least cost by trying where each single one goes; weights are small whole numbers."""
    ones = [row for row, weight in enumerate(demand.weight) for _ in range(int(weight))]
    prices = {
        (r, c): cost for r, c, cost in zip(demand.row, demand.column, demand.cost, strict=True) if c in chosen
    }
    best = np.inf
    for places in product([*chosen, None], repeat=len(ones)):
        if any(places.count(one) > capacity for one in chosen):
            continue
        each = zip(ones, places, strict=True)
        best = min(
            best, sum(demand.otherwise[r] if c is None else prices.get((r, c), np.inf) for r, c in each)
        )
    return best


def a_demand(seed, otherwise):
    random = np.random.default_rng(seed)
    row, column = np.nonzero(random.random((3, 3)) < 0.7)
    cost = random.integers(1, 9, len(row)).astype(float) if otherwise == "far" else np.zeros(len(row))
    left = {"one": 1.0, "far": 9.0, "must": np.inf}[otherwise]
    return Demand(random.integers(1, 3, 3).astype(float), row, column, cost, 3, np.full(3, left))


@pytest.mark.parametrize("otherwise", ["one", "far", "must"])
@pytest.mark.parametrize("seed", range(12))
def test_that_limited_places_serve_as_cheaply_as_can_be(seed, otherwise):
    demand = a_demand(seed, otherwise)
    count, capacity = 1 + seed % 3, 1 + seed % 2
    price = 1.0 if otherwise == "must" else 0.0
    costs = {c: cheapest(demand, capacity, c) + price * len(c) for c in choices(3, count)}
    found = best_limited(demand, capacity, count, 60, price=price)
    if min(costs.values()) == np.inf:
        assert found.chosen is None
        assert found.bound == np.inf
        return
    assert found.is_proven
    assert found.cost == pytest.approx(min(costs.values()), abs=1e-6)
    for chosen, cost in costs.items():
        assert cost_of(demand, capacity, chosen) + price * len(chosen) == pytest.approx(cost, abs=1e-6)


def test_that_a_programme_is_solved_after_another_with_other_threads():
    import highspy

    highspy.Highs.resetGlobalScheduler(True)
    other = highspy.Highs()
    other.silent()
    other.setOptionValue("threads", 2)
    other.addVars(1, np.zeros(1), np.ones(1))
    other.run()
    table = a_table(1, rows=30, columns=14)
    found = _Found((), 1e9, 0.0)
    _by_programme(table, 3, found, _Clock(np.inf, lambda: False))
    assert found.value == max(worth(table, chosen) for chosen in combinations(range(14), 3)) == found.bound
    highspy.Highs.resetGlobalScheduler(True)
