"""Figures withheld from the public: none of them can be read or worked back."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exchange.formats import suppression
from app.exchange.formats.suppression import withheld


def solvable(hidden, sums):
    """Return withheld rows that follow from the shown ones, by exact elimination (another way than the code's)."""
    order = sorted(hidden)
    lines = []
    for whole, parts in sums:
        line = [Fraction(0)] * len(order)
        for name, sign in ((whole, -1), *((part, 1) for part in parts)):
            if name in hidden:
                line[order.index(name)] += sign
        lines.append(line)
    pivots = []
    for column in range(len(order)):
        pivot = next(
            (line for line in lines if line[column] != 0 and not any(line is p for p, _ in pivots)), None
        )
        if pivot is None:
            continue
        scale = pivot[column]
        pivot[:] = [value / scale for value in pivot]
        for line in lines:
            if line is not pivot and line[column] != 0:
                factor = line[column]
                line[:] = [a - factor * b for a, b in zip(line, pivot, strict=True)]
        pivots.append((pivot, column))
    return {order[column] for pivot, column in pivots if sum(value != 0 for value in pivot) == 1}


counts = st.tuples(st.integers(0, 30), st.integers(0, 12), st.integers(0, 12))


@st.composite
def trees(draw):
    """Two or three levels that add up, as the registry's do."""
    rows, sums = {}, []

    def grow(name, depth):
        if depth == 0:
            rows[name] = draw(counts)
            return
        parts = [f"{name}.{n}" for n in range(draw(st.integers(1, 4)))]
        for part in parts:
            grow(part, depth - 1)
        rows[name] = tuple(sum(rows[part][place] for part in parts) for place in range(3))
        sums.append((name, parts))

    grow("total", draw(st.integers(1, 3)))
    return rows, sums


def is_small(cells):
    return any(0 < cell < 5 for cell in (*cells, sum(cells)))


@settings(max_examples=100, deadline=None)
@given(trees())
def test_that_no_small_row_is_shown_or_can_be_solved_for(tree):
    rows, sums = tree
    hidden = withheld(rows, sums)
    assert {name for name, cells in rows.items() if is_small(cells)} <= hidden
    assert not solvable(hidden, sums)


@settings(max_examples=50, deadline=None)
@given(trees())
def test_that_large_systems_are_safe_too_where_only_neighbours_are_looked_at(tree):
    rows, sums = tree
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(suppression, "_SOLVED_EXACTLY", -1)
        assert not solvable(withheld(rows, sums), sums)


def test_that_a_single_small_row_takes_another_with_it():
    rows = {"total": (60, 30, 10), "a": (3, 0, 0), "b": (20, 10, 5), "c": (37, 20, 5)}
    assert withheld(rows, [("total", ["a", "b", "c"])]) == {"a", "b"}


def test_that_nothing_is_withheld_where_all_counts_are_large_or_none():
    rows = {"total": (60, 30, 0), "a": (30, 15, 0), "b": (30, 15, 0)}
    assert withheld(rows, [("total", ["a", "b"])]) == frozenset()


def test_that_an_only_child_takes_its_parent_along():
    rows = {"total": (90, 30, 20), "s": (13, 10, 9), "g": (13, 3, 9), "rest": (0, 7, 0), "t": (77, 20, 11)}
    hidden = withheld(rows, [("total", ["s", "t"]), ("s", ["g", "rest"])])
    assert "g" in hidden
    assert len(hidden & {"s", "g", "rest"}) >= 2


@pytest.mark.parametrize("small", [1, 4])
def test_that_a_part_of_a_large_row_counts_as_small_too(small):
    rows = {"total": (200, 50, 9), "a": (100, 25, small), "b": (100, 25, 9 - small)}
    assert withheld(rows, [("total", ["a", "b"])]) >= {"a"}
