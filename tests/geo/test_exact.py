"""Sums that do not hang on the order, nor on how the numbers were parted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.exact import joined, rounded, sliced, summed

NUMBERS = st.floats(min_value=-1e15, max_value=1e15, allow_subnormal=True)


def by_hand(values, bins, size):
    return [math.fsum(v for v, b in zip(values, bins, strict=True) if b == place) for place in range(size)]


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 2)), max_size=60))
def test_that_every_bin_is_rounded_once(pairs):
    values = np.array([v for v, _ in pairs], dtype=np.float64)
    bins = np.array([b for _, b in pairs], dtype=np.int64)
    assert summed(values, bins, 3).tolist() == by_hand(values.tolist(), bins.tolist(), 3)


@given(st.lists(NUMBERS, max_size=60), st.randoms(use_true_random=False))
def test_that_parts_add_up_to_the_whole_however_they_were_parted(values, dice):
    whole = math.fsum(values)
    dice.shuffle(values)
    cuts = sorted(dice.randint(0, len(values)) for _ in range(3))
    parts = [values[a:b] for a, b in zip([0, *cuts], [*cuts, len(values)], strict=True)]
    kept = [sliced(np.array(part), np.zeros(len(part), dtype=np.int64), 1)[:, 0].tolist() for part in parts]
    assert joined(kept) == whole


@pytest.mark.parametrize("seed", range(3))
def test_that_many_numbers_of_all_sizes_are_added_without_loss(seed):
    dice = np.random.default_rng(seed)
    values = dice.random(20_000) * 10.0 ** dice.integers(-12, 9, 20_000)
    bins = dice.integers(0, 40, 20_000)
    found = sliced(values, bins, 40)
    assert rounded(found).tolist() == by_hand(values.tolist(), bins.tolist(), 40)
    assert len(found) <= 5


def test_that_nothing_adds_up_to_nothing():
    none = np.zeros(0)
    assert summed(none, none.astype(np.int64), 2).tolist() == [0.0, 0.0]
