"""Least work against trying every set of acts: cost, what is left if visits find yes, acts, and the plans that follow."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from app.coverage.work.acts import Act
from app.coverage.work.covering import solve_covering
from app.coverage.work.even import is_even, solve_even
from app.coverage.work.large import solve_large
from app.coverage.work.programme import Clock, Programme
from app.coverage.work.search import solve_by_search
from app.coverage.work.solve import solve_programme
from app.jobs import Cancelled, Ticket

LONG = 600.0  # [s] never reached


def an_act(act, on, cost, gain, *, visit=0, covers=None):
    """An act of which a visit, where there is one, comes on top and is all that is left if it finds yes."""
    return Act(
        act=act,
        on=on,
        partner=None,
        cost=cost + visit,
        if_yes=visit or cost,
        covers=covers or (on,),
        gain=gain,
        needs_visit=bool(visit),
    )


def a_case(seed):
    """Up to eight subjects, in odd cases with firms that cover several; gains whole, in thirds or all alike."""
    rng = random.Random(seed)
    codes = [f"C{n}" for n in range(rng.randint(1, 8))]
    choices = rng.choice([(1,), (1, 2, 3, 5, 7, 10), (1 / 3, 2 / 3, 1.0), (40, 41, 39)])
    gains = {code: rng.choice(choices) for code in codes}
    acts = []
    for code in codes:
        if rng.random() < 0.9:
            name, cost = rng.choice([("attach", 1), ("found", 3), ("engage", 2), ("settle", 2)])
            acts.append(an_act(name, code, cost, gains[code], visit=int(rng.random() < 0.4)))
    if seed % 2:
        for number in range(rng.randint(1, 3)):
            covers = tuple(sorted(rng.sample(codes, rng.randint(1, len(codes)))))
            gain = sum(gains[code] for code in covers)
            visit = int(rng.random() < 0.3)
            acts.append(an_act("found", f"F{number}", 3, gain, visit=visit, covers=covers))
    if not acts:
        acts = [an_act("attach", codes[0], 1, gains[codes[0]])]
    most = sum(gains[code] for code in {code for act in acts for code in act.covers})
    need = min(most, rng.choice([rng.uniform(0.01, most), max(1, round(rng.uniform(0, most)))])) - 1e-9
    return acts, gains, need


def by_trying(acts, gains, need):
    """Return the first four plans, each as the codes of its acts: none can be left out, no recipe stands twice."""
    acts = sorted(acts, key=lambda act: act.on)

    def gained(chosen):
        return sum(gains[code] for code in sorted({code for act in chosen for code in act.covers}))

    def is_minimal(chosen):
        return all(gained([a for a in chosen if a is not act]) < need for act in chosen)

    def order(chosen):
        ids = [act.on for act in chosen]
        return sum(act.cost for act in chosen), sum(act.if_yes for act in chosen), len(chosen), ids

    enough = [
        chosen
        for size in range(len(acts) + 1)
        for chosen in combinations(acts, size)
        if gained(chosen) >= need and is_minimal(chosen)
    ]
    found: dict[object, tuple[str, ...]] = {}
    for chosen in sorted(enough, key=order):
        recipe = tuple(sorted((act.act, act.cost, act.if_yes, round(act.gain, 6)) for act in chosen))
        found.setdefault(recipe, tuple(act.on for act in chosen))
    return list(found.values())[:4]


def codes_of(programme, solved):
    return [tuple(programme.acts[place].on for place in plan) for plan in solved.plans]


@pytest.mark.parametrize("hundred", [0, 1, 2])
def test_that_plans_are_those_that_trying_every_set_finds(hundred):
    for seed in range(100 * hundred, 100 * hundred + 100):
        acts, gains, need = a_case(seed)
        programme = Programme(acts, gains, need)
        told = codes_of(programme, solve_programme(programme, Clock.of(LONG)))
        assert told == by_trying(acts, gains, need), f"case {seed}"


def test_that_every_way_of_solving_finds_the_same():
    for seed in range(300, 340):
        programme = Programme(*a_case(seed))
        sought = solve_by_search(programme, Clock.of(LONG))
        assert solve_covering(programme, Clock.of(LONG)) == sought, f"case {seed}"
        if programme.is_plain:
            large = solve_large(programme)
            first = programme.order(sought.plans[0])
            assert programme.order(large.plans[0])[:3] == first[:3], f"case {seed}"
        if is_even(programme):
            assert solve_even(programme) == sought, f"case {seed}"


def test_that_for_thousands_of_acts_the_programme_over_costs_proves_what_the_search_does():
    rng = random.Random(5)
    acts = [
        an_act("attach" if cost == 1 else "found", f"C{n:03}", cost, rng.randint(5, 900), visit=n % 3 == 0)
        for n, cost in enumerate(rng.choices([1, 3], k=150))
    ]
    programme = Programme(acts, {act.on: act.gain for act in acts}, 0.4 * sum(act.gain for act in acts))
    sought, large = solve_by_search(programme, Clock.of(LONG)), solve_large(programme)
    assert programme.order(large.plans[0])[:3] == programme.order(sought.plans[0])[:3]
    assert all(programme.is_enough(plan) for plan in large.plans)


def test_that_a_proof_stops_when_somebody_stops_it_and_is_no_proof_where_time_ran_out():
    acts = [an_act("found", f"F{n:02}", 3, 3, covers=(f"C{n}", f"C{n + 1}", f"C{n + 2}")) for n in range(30)]
    programme = Programme(acts, {f"C{n}": 1 for n in range(32)}, 20)
    stopped = Ticket()
    stopped.cancel()
    with pytest.raises(Cancelled):
        solve_programme(programme, Clock.of(LONG, stopped))
    hurried = solve_programme(programme, Clock.of(0.0))
    assert not hurried.is_proven
    assert programme.is_enough(hurried.plans[0])
    assert hurried.bound <= programme.order(hurried.plans[0])[0]
