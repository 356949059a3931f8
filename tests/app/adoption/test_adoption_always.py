"""Whatever steps are tried in whatever order: what is written keeps the rules, what is refused leaves no trace."""

from __future__ import annotations

import itertools
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.days.term import last_of_months
from app.domain.period import periods_overlap
from app.errors import InvalidInput
from app.services.adoption import adoption
from app.services.adoption.stages import SERVED, stage_of
from app.services.edit import edit
from tests.app.builders import a_small_registry

START = date(2026, 1, 1)
falling = st.lists(st.integers(0, 9), min_size=1, max_size=3).map(lambda yuan: sorted(yuan, reverse=True))
any_plan = falling | st.lists(st.integers(0, 9), max_size=3)
terms = st.none() | st.integers(-5, 300)


@st.composite
def ways(draw):
    """Return steps whose days mostly follow one another, as people take them, and sometimes do not."""
    day, tried = START, []
    for _ in range(draw(st.integers(4, 11))):
        day += timedelta(days=draw(st.integers(-40, 120)))
        name = draw(
            st.sampled_from(
                ("visit", "trial", "trial", "conclude", "conclude", "subsidy", "end_subsidy", "end")
            )
        )
        until = draw(terms)
        last = None if until is None else day + timedelta(days=until)
        match name:
            case "trial":
                tried.append((name, day, draw(st.sampled_from(("F1", "F2"))), last))
            case "conclude":
                stage, firm = (
                    draw(st.sampled_from((*SERVED, "trial"))),
                    draw(st.sampled_from(("", "", "F1", "F2"))),
                )
                tried.append((name, day, stage, firm, last, draw(st.booleans())))
            case "subsidy":
                tried.append((name, day, draw(any_plan)))
            case _:
                tried.append((name, day))
    return tried


def do(registry, act):
    name, day, *rest = act
    match name:
        case "visit":
            return adoption.visit(registry, "C1", day, {"property_firm": "no"})
        case "trial":
            return adoption.begin_trial(registry, "C1", rest[0], day, until=rest[1])
        case "conclude":
            stage, firm, until, without = rest
            return adoption.conclude(
                registry, "C1", stage, day, firm=firm, until=until, without_trial=without
            )
        case "subsidy":
            return adoption.set_subsidy(registry, "C1", rest[0], first=day)
        case "end_subsidy":
            return adoption.end_subsidy(registry, "C1", day)
    return adoption.end(registry, "C1", day)


def insist_on_the_rules(registry):
    engagements = list(registry.dataset.engagements_with("C1"))
    for a, b in itertools.combinations(engagements, 2):
        assert not periods_overlap(a.valid_from, a.valid_until, b.valid_from, b.valid_until), (a, b)
    for engagement in engagements:
        first, last = engagement.valid_from, engagement.valid_until
        assert last is None or first <= last
        if engagement.get("stage") == "trial":
            assert last is not None
            assert last <= last_of_months(first, 3)
        span = [
            first + timedelta(days=n)
            for n in range(((last or first + timedelta(days=1500)) - first).days + 1)
        ]
        paid = [engagement.on("subsidy_yuan", day) for day in span]
        known = [yuan for yuan in paid if yuan is not None]
        assert known == sorted(known, reverse=True), "a subsidy never rises"
        if engagement.get("stage") == "trial":
            assert known == []


@given(ways())
@settings(max_examples=30, deadline=None)
def test_that_no_order_of_steps_breaks_a_rule(tried):
    with tempfile.TemporaryDirectory() as folder:
        registry = a_small_registry(Path(folder))
        edit.add(registry, "firms", {"code": "F2", "name": "金色物业", "valid_until": "2027-06-30"})
        before = len(registry.history())
        states, refused = [registry.dataset], []
        for act in tried:
            now = registry.dataset
            try:
                changes = do(registry, act)
            except InvalidInput as error:
                refused.append(error)
                assert registry.dataset is now, "a refused step writes nothing"
                continue
            if changes.change is not None:
                states.append(registry.dataset)
            insist_on_the_rules(registry)
        assert all(error.problems for error in refused), "a refusal names its place"
        assert len(registry.history()) == before + len(states) - 1, "one change a step"
        for day in (START, START + timedelta(days=400), START + timedelta(days=1200)):
            stage = stage_of(registry.engine, registry.profile.adoption, "C1", day).stage
            served = registry.engine.status_of("property", day)["C1"][0] == "covered"
            assert served is (stage not in ("none", "visited", "ended")), (day, stage)
        for earlier in reversed(states[:-1]):  # each step is taken back by itself, to what was there before
            registry.undo()
            for kind in ("engagements", "facts"):
                now = {c: r._replace(version=0) for c, r in registry.dataset.of(kind).items()}
                assert now == {c: r._replace(version=0) for c, r in earlier.of(kind).items()}
        registry.close()
