"""A rate, its fraction and its range are said in one way, and four signs are told apart."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.coverage.results import Figures
from app.domain.looks import wording

COUNTS = st.integers(0, 5000)


def figures(covered, uncovered, unknown):
    return Figures(covered=covered, uncovered=uncovered, unknown=unknown)


@given(COUNTS, COUNTS, COUNTS)
def test_that_the_fraction_before_a_rate_is_that_rates(covered, uncovered, unknown):
    said = wording.whole(figures(covered, uncovered, unknown)).zh
    found = re.match(r"([\d,]+)/([\d,]+) · ([\d.]+)%", said)
    if found is None:
        assert (covered + uncovered) * 2 < covered + uncovered + unknown or not covered + uncovered + unknown
    else:
        part, whole, rate = (float(number.replace(",", "")) for number in found.groups())
        assert abs(part / whole - rate / 100) < 0.0006


def test_that_zero_unknown_and_nothing_to_count_are_told_apart():
    said = [wording.whole(figures(*counts)).zh for counts in ((0, 3, 0), (0, 0, 4), (0, 0, 0))]
    assert said == ["0/3 · 0.0% · 已查清", "已知 0/4 · 可能 0.0–100.0%", "没有可计的"]
    alone = [wording.rate(figures(*counts)).zh for counts in ((0, 3, 0), (0, 0, 4), (0, 0, 0))]
    assert alone == ["0.0%", "已知 0/4", "—"]
