"""From scores to stars: weights, ranges, borders; an item that was not assessed is unknown, not zero."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profile.declared import Band, Scheme, SchemeGroup, SchemeItem
from app.domain.rating import band_of, item_weight, rate
from app.text import Text

WORDS = Text("名", "name")
BORDERS = (0.9, 0.75, 0.6, 0.4, 0.2)
SOME = settings(max_examples=100, deadline=None)


def a_scheme(items, *, groups=(), borders=BORDERS):
    bands = [
        Band(stars=len(borders) - place, at_least=at_least, words=WORDS, reward_yuan=None)
        for place, at_least in enumerate(borders)
    ]
    return Scheme(
        id="s", version=1, of=("compounds",), words=WORDS, items=items, groups=groups, bands=tuple(bands)
    )


def an_item(name, maximum=10.0, weight=1.0, group=""):
    return SchemeItem(id=name, words=WORDS, group=group, maximum=maximum, weight=weight)


maxima = st.sampled_from([0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 100.0])
weights = st.sampled_from([0.25, 0.5, 1.0, 1.5, 2.0, 3.0])


@st.composite
def schemes(draw):
    groups = tuple(
        SchemeGroup(id=name, words=WORDS, weight=draw(weights)) for name in "gh"[: draw(st.integers(0, 2))]
    )
    items = tuple(
        an_item(
            f"i{number}",
            draw(maxima),
            draw(weights),
            draw(st.sampled_from(["", *(group.id for group in groups)])),
        )
        for number in range(draw(st.integers(1, 8)))
    )
    borders = draw(
        st.lists(st.integers(0, 100), min_size=1, max_size=5, unique=True).map(
            lambda found: tuple(n / 100 for n in sorted(found, reverse=True))
        )
    )
    return a_scheme(items, groups=groups, borders=borders)


@st.composite
def assessed(draw):
    """A scheme, and for each item a score or none."""
    scheme = draw(schemes())
    scores = {
        item.id: draw(st.one_of(st.none(), st.integers(0, 4).map(lambda n, most=item.maximum: most * n / 4)))
        for item in scheme.items
    }
    return scheme, scores


def true_share(scheme, scores):
    """The share of the full score in fractions, which never round."""
    own = {item.id: Fraction(item_weight(scheme, item)) for item in scheme.items}
    got = sum(own[item.id] * Fraction(scores[item.id]) for item in scheme.items)
    return got / sum(own[item.id] * Fraction(item.maximum) for item in scheme.items)


@SOME
@given(assessed(), st.data())
def test_that_the_range_holds_the_total_for_any_filling_of_the_missing_items(case, data):
    scheme, scores = case
    open_ones = rate(scheme, scores)
    filled = {
        item.id: data.draw(st.floats(0, item.maximum)) if scores[item.id] is None else scores[item.id]
        for item in scheme.items
    }
    share = float(true_share(scheme, filled))
    assert open_ones.low - 1e-9 <= share <= open_ones.high + 1e-9
    done = rate(scheme, filled)
    assert done.missing == ()
    assert done.low == done.high
    assert done.low == pytest.approx(share, abs=1e-12)
    assert open_ones.stars_low <= done.stars <= open_ones.stars_high
    if open_ones.stars is not None:
        assert done.stars == open_ones.stars


@SOME
@given(assessed())
def test_that_the_ends_of_the_range_are_reached(case):
    scheme, scores = case
    found = rate(scheme, scores)
    worst = {name: 0.0 if score is None else score for name, score in scores.items()}
    best = {item.id: item.maximum if scores[item.id] is None else scores[item.id] for item in scheme.items}
    assert found.low == pytest.approx(float(true_share(scheme, worst)), abs=1e-12)
    assert found.high == pytest.approx(float(true_share(scheme, best)), abs=1e-12)
    assert (found.stars_low, found.stars_high) == (rate(scheme, worst).stars, rate(scheme, best).stars)
    assert set(found.missing) == {name for name, score in scores.items() if score is None}


@SOME
@given(assessed(), st.data())
def test_that_more_points_never_mean_fewer_stars(case, data):
    scheme, scores = case
    item = data.draw(st.sampled_from(scheme.items))
    now = scores[item.id]
    raised = data.draw(st.floats(0.0 if now is None else now, item.maximum))
    before, after = rate(scheme, scores), rate(scheme, {**scores, item.id: raised})
    assert after.low >= before.low - 1e-12
    assert after.stars_low >= before.stars_low
    if now is not None:
        assert after.high >= before.high - 1e-12
        assert after.stars_high >= before.stars_high


@SOME
@given(assessed(), st.data())
def test_that_settling_an_item_only_narrows_the_range(case, data):
    scheme, scores = case
    missing = [item for item in scheme.items if scores[item.id] is None]
    if not missing:
        return
    item = data.draw(st.sampled_from(missing))
    before = rate(scheme, scores)
    after = rate(scheme, {**scores, item.id: data.draw(st.floats(0, item.maximum))})
    assert before.low - 1e-12 <= after.low <= after.high <= before.high + 1e-12


@SOME
@given(assessed(), weights)
def test_that_stars_don_t_change_when_all_weights_are_multiplied(case, factor):
    scheme, scores = case
    heavier = a_scheme(
        tuple(an_item(item.id, item.maximum, item_weight(scheme, item) * factor) for item in scheme.items),
        borders=[band.at_least for band in scheme.bands],
    )
    one, other = rate(scheme, scores), rate(heavier, scores)
    assert other.full == pytest.approx(one.full * factor)
    assert (other.low, other.high) == (pytest.approx(one.low), pytest.approx(one.high))
    assert (other.stars_low, other.stars_high) == (one.stars_low, one.stars_high)


@pytest.mark.system(14)
@pytest.mark.parametrize(("points", "stars"), [(90, 5), (75, 4), (60, 3), (40, 2), (20, 1)])
def test_that_a_border_is_exact(points, stars):
    scheme = a_scheme((an_item("i", maximum=100.0),))
    for score, expected in (
        (points, stars),
        (math.nextafter(points, 0) - 0.001, stars - 1),
        (points + 0.001, stars),
    ):
        found = rate(scheme, {"i": score})
        assert found.stars == expected
        assert found.band == (None if not expected else scheme.bands[5 - expected])


@SOME
@given(st.integers(1, 60), st.data())
def test_that_a_border_reached_by_a_sum_of_tenths_is_reached(count, data):
    scheme = a_scheme(tuple(an_item(f"i{n}", maximum=0.1) for n in range(count)), borders=BORDERS)
    full = data.draw(st.integers(0, count))
    scores = {f"i{n}": 0.1 if n < full else 0.0 for n in range(count)}
    expected = sum(Fraction(full, count) >= Fraction(str(border)) for border in BORDERS)
    assert rate(scheme, scores).stars == expected


def test_that_a_group_multiplies_its_items_and_others_count_as_they_are():
    groups = (SchemeGroup(id="g", words=WORDS, weight=3.0),)
    scheme = a_scheme((an_item("a", 10, 2.0, "g"), an_item("b", 40)), groups=groups)
    found = rate(scheme, {"a": 5, "b": 20})
    assert (found.points, found.full) == (5 * 2 * 3 + 20, 10 * 2 * 3 + 40)
    assert rate(scheme, {"a": 10, "b": 0}).low == 0.6
    assert rate(scheme, {"a": 10, "b": 0}).stars == 3


def test_that_a_missing_item_leaves_the_stars_open_unless_it_can_t_change_them():
    scheme = a_scheme((an_item("a", 80), an_item("b", 20)))
    open_ones = rate(scheme, {"a": 60})
    assert (open_ones.low, open_ones.high, open_ones.missing) == (0.6, 0.8, ("b",))
    assert (open_ones.stars_low, open_ones.stars_high, open_ones.stars, open_ones.band) == (3, 4, None, None)
    settled = rate(a_scheme((an_item("a", 80), an_item("b", 20)), borders=(0.5,)), {"a": 60})
    assert settled.stars == 1
    assert settled.band is not None
    zero = rate(scheme, {"a": 60, "b": 0})
    assert (zero.low, zero.high, zero.stars) == (0.6, 0.6, 3)


def test_that_nothing_assessed_may_still_be_anything():
    found = rate(a_scheme((an_item("a"), an_item("b"))), {})
    assert (found.low, found.high, found.stars_low, found.stars_high) == (0, 1, 0, 5)


def test_that_a_scheme_without_thresholds_gives_no_stars():
    scheme = Scheme(id="s", version=1, of=("compounds",), words=WORDS, items=(an_item("a"),))
    found = rate(scheme, {"a": 10})
    assert (found.low, found.stars, found.band) == (1, None, None)
    assert band_of(scheme, 1.0) is None


def test_that_bands_stand_from_the_most_stars_down():
    scheme = a_scheme((an_item("a"),))
    assert all(one.stars > other.stars for one, other in pairwise(scheme.bands))
    assert [band_of(scheme, share) and band_of(scheme, share).stars for share in (1, 0.75, 0.7499, 0.1)] == [
        5,
        4,
        3,
        None,
    ]
