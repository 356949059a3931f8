"""What stands beside a rate is the fraction that it is."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.coverage import wording
from app.coverage.results import Figures

counts = st.one_of(st.integers(0, 5_000_000), st.integers(0, 8_000).map(lambda n: n / 4))
figures = st.builds(Figures, covered=counts, uncovered=counts, unknown=counts)
BOTH = re.compile(r"([\d,.]+)/([\d,.]+)(?: 元)? · ([\d.]+)%")


def plain(number):
    return float(number.replace(",", ""))


@given(figures, st.sampled_from(("", " 元")))
def test_that_the_fraction_beside_a_rate_is_the_rate(found, unit):
    for words in (*wording.rate_of(found, unit), *wording.whole(found)):
        for covered, known, percent in BOTH.findall(words):
            assert abs(plain(covered) / plain(known) * 100 - plain(percent)) <= 0.0501, words


@given(figures)
def test_that_of_what_is_mostly_unknown_no_rate_is_said(found):
    said = wording.rate_of(found).zh
    if found.total and (found.rate is None or wording.is_mostly_unknown(found)):
        assert said == f"已知 {wording.amount(found.covered + found.uncovered)}/{wording.amount(found.total)}"
    assert ("%" in said) == (found.rate is not None and not wording.is_mostly_unknown(found))


def test_that_the_figures_of_the_sample_read_as_one_would_reckon_them():
    told = wording.whole(Figures(covered=387, uncovered=109, unknown=64))
    assert told.zh == "387/496 · 78.0% · 已知 496/560 · 可能 69.1–80.5%"
    assert told.en == "387/496 · 78.0% · known 496/560 · 69.1–80.5% possible"
    long_ago = wording.whole(Figures(covered=387, uncovered=31, unknown=142))
    assert long_ago.zh == "387/418 · 92.6% · 已知 418/560 · 可能 69.1–94.5%"
    assert (
        wording.whole(Figures(covered=2, uncovered=0, unknown=1)).zh
        == "2/2 · 100.0% · 已知 2/3 · 可能 66.7–100.0%"
    )
    assert wording.whole(Figures(covered=0, uncovered=0, unknown=4)).zh == "已知 0/4 · 可能 0.0–100.0%"
    assert wording.whole(Figures(covered=3, uncovered=1, unknown=0)).zh == "3/4 · 75.0% · 已查清"
    assert wording.whole(Figures(covered=0, uncovered=0, unknown=0)).zh == "—"
