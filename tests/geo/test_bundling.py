from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.bundling import Wish, baseline, bundle, score
from geo.neighbours import parts


def a_town(dice, count, wide=5):
    """Return compounds in the cells of a town, 100 m apart, of many forms; some have no count."""
    cells = dice.sample(list(itertools.product(range(wide), range(wide))), count)
    outlines = [
        shapely.box(100 * i, 100 * j, 100 * i + dice.randint(35, 98), 100 * j + dice.randint(35, 98))
        for i, j in cells
    ]
    households = [dice.choice([0, *(dice.randint(20, 900) for _ in range(6))]) for _ in cells]
    return np.array(outlines, dtype=object), np.array(households, dtype=np.int64)


def members_of(zone):
    return [np.flatnonzero(zone == number).tolist() for number in range(int(zone.max()) + 1)]


def is_one_piece(members, pairs):
    place = {member: number for number, member in enumerate(members)}
    own = [(place[a], place[b]) for a, b in pairs.tolist() if a in place and b in place]
    return parts(len(members), np.array(own, dtype=np.int64).reshape(-1, 2)).max() == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 25), st.sampled_from([300, 1000, 4000]), st.booleans())
def test_that_each_compound_is_in_one_zone_that_hangs_together_and_no_worse_than_the_baseline(
    seed, count, target, is_split
):
    dice = random.Random(seed)
    outlines, households = a_town(dice, count)
    group = [dice.choice("ab") for _ in range(count)] if is_split else None
    wish = Wish(households=target)
    found = bundle(outlines, households, wish, reach=60, group=group)
    zones = members_of(found.zone)
    assert sorted(itertools.chain(*zones)) == list(range(count)), "none lost, none twice"
    assert all(is_one_piece(members, found.pairs) for members in zones)
    if group is not None:
        assert all(len({group[member] for member in members}) == 1 for members in zones)
    again = bundle(outlines, households, wish, reach=60, group=group)
    assert again.zone.tolist() == found.zone.tolist(), "the same input gives the same zones"
    plain = score(
        outlines, households, wish, baseline(outlines, households, wish, reach=60, group=group).zone
    )
    ours = score(outlines, households, wish, found.zone)
    assert ours.steps <= plain.steps


def divisions(members, near):
    """Yield every division of some polygons into connected zones."""
    if not members:
        yield []
        return
    first = min(members)
    for size in range(len(members)):
        for others in itertools.combinations(sorted(members - {first}), size):
            zone = {first, *others}
            seen, waiting = {first}, [first]
            while waiting:
                for other in near[waiting.pop()]:
                    if other in zone and other not in seen:
                        seen.add(other)
                        waiting.append(other)
            if seen == zone:
                for rest in divisions(members - zone, near):
                    yield [zone, *rest]


def test_that_small_towns_are_divided_as_well_as_any_division_can():
    worse = []
    for seed in range(40):
        dice = random.Random(seed)
        outlines, households = a_town(dice, dice.randint(4, 7), wide=3)
        wish = Wish(households=1000)
        found = bundle(outlines, households, wish, reach=60)
        near = [
            {int(b if a == place else a) for a, b in found.pairs if place in (a, b)}
            for place in range(len(outlines))
        ]
        best = min(
            sum(wish.steps(int(households[list(zone)].sum())) for zone in zones)
            for zones in divisions(set(range(len(outlines))), near)
        )
        if score(outlines, households, wish, found.zone).steps > best:
            worse.append(seed)
    assert len(worse) <= 1, worse


def test_that_the_search_brings_more_zones_into_the_tolerance_than_going_down_the_list():
    ours, plain = [], []
    for seed in range(20):
        outlines, households = a_town(random.Random(seed), 40, wide=8)
        wish = Wish(households=1500)
        for scores, divide in ((ours, bundle), (plain, baseline)):
            scores.append(
                score(outlines, households, wish, divide(outlines, households, wish, reach=60).zone)
            )
    assert sum(s.within for s in ours) / sum(s.zones for s in ours) > 0.75
    assert sum(s.within for s in plain) / sum(s.zones for s in plain) < 0.6
    assert np.mean([s.off for s in ours]) < 0.6 * np.mean([s.off for s in plain])


def test_that_a_row_is_cut_where_the_sizes_are_even():
    row = np.array([shapely.box(50 * i, 0, 50 * i + 40, 40) for i in range(6)], dtype=object)
    found = bundle(row, np.array([100, 400, 500, 480, 420, 100]), Wish(households=1000), reach=20)
    assert found.zone.tolist() == [0, 0, 0, 1, 1, 1]


def test_that_a_compound_without_a_count_goes_with_a_neighbour_and_a_lone_one_stays_alone():
    row = np.array([shapely.box(x, 0, x + 40, 40) for x in (0, 50, 100, 900)], dtype=object)
    found = bundle(row, np.array([500, 0, 500, 300]), Wish(households=1000), reach=20)
    assert found.zone.tolist() == [0, 0, 0, 1]


def test_that_what_has_no_outline_is_a_zone_of_its_own():
    found = bundle(
        np.array([None, shapely.box(0, 0, 9, 9)], dtype=object),
        np.array([5, 5]),
        Wish(households=10),
        reach=60,
    )
    assert found.zone.tolist() == [0, 1]


def test_that_nothing_to_bundle_is_no_zone():
    found = bundle(np.empty(0, dtype=object), np.empty(0, dtype=np.int64), Wish(households=10), reach=60)
    assert found.zone.tolist() == []


@pytest.mark.parametrize(
    ("households", "steps"), [(1000, 0), (800, 0), (1200, 0), (1201, 1), (1250, 1), (1251, 2), (0, 16)]
)
def test_that_a_zone_costs_a_step_for_each_started_twentieth_beyond_the_tolerance(households, steps):
    assert Wish(households=1000).steps(households) == steps


def test_that_a_search_can_be_stopped_between_its_parts():
    class Stop(Exception):
        pass

    def stop(done, total):
        if done:
            raise Stop

    row = np.array([shapely.box(x, 0, x + 40, 40) for x in (0, 900)], dtype=object)
    with pytest.raises(Stop):
        bundle(row, np.array([5, 5]), Wish(households=10), reach=60, on_step=stop)
