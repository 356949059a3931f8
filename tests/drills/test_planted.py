"""Planted texts, the short part, beside a registry in which nothing was purged."""

from __future__ import annotations

import pytest

from tests.drills.planted import CASES, run


@pytest.mark.parametrize("case", CASES)
def test_that_nothing_planted_is_left_anywhere(case, tmp_path):
    for number in range(2):
        found = run(case, number, tmp_path / str(number))
        assert found["planted"] > 0
        assert (found["left"], found["corrupt"]) == (0, 0)


def test_that_what_is_not_purged_is_found(tmp_path):
    assert run(CASES[0], 0, tmp_path, is_control=True)["left"] > 0
