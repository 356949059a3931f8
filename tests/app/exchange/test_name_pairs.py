"""Ten thousand labelled pairs: what is taken without asking is right, and little that is the same is missed."""

from __future__ import annotations

import pytest

from scripts.name_pairs import PAIRS, as_markdown, figures


@pytest.mark.parametrize("seed", [1, 20261130])
def test_that_what_is_taken_without_asking_is_right_and_little_is_missed(seed):
    found = figures(seed)
    assert sum(pairs for pairs, _, _ in found.sorts.values()) == PAIRS
    assert found.same == PAIRS // 2
    assert found.precision >= 0.999, found.sorts
    assert found.recall >= 0.80, found.sorts
    assert found.found >= 0.98, found.sorts
    assert as_markdown(found)[-1].startswith("| spelling |")
