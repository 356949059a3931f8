"""What a change touches is all that is judged again, and the engine before it goes on answering for its own data."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from app.coverage.common import EVERYTHING
from app.coverage.mending import judged, touched
from app.domain.kinds import KINDS, LEVELS
from tests.app.coverage.builders import (
    DAY,
    a_box,
    a_city,
    a_compound,
    a_fact,
    a_profile,
    a_query,
    a_record,
    an_attachment,
    an_engine,
    an_organisation,
)


@pytest.fixture
def town():
    """Forty compounds in four grids, and what the engine is asked of each judgement."""
    compounds = [
        a_compound(f"C{number:02}", geometry=a_box(5 * number, 10, 5 * number + 4, 20))
        for number in range(40)
    ]
    return an_engine(*a_city(), *compounds, an_organisation(), an_attachment("C00"))


@pytest.fixture
def asked(monkeypatch):
    """The codes that were judged, a list for each time; None for everybody."""
    found = []
    judge = judged.judge

    def told(measure, book, day, kind, codes=None):
        found.append(None if codes is None else sorted(codes))
        return judge(measure, book, day, kind, codes)

    monkeypatch.setattr(judged, "judge", told)
    return found


def figures(engine):
    return [engine.coverage(a_query(by=level)) for level in LEVELS]


def test_that_one_ticked_fact_has_its_subject_judged_and_no_other(town, asked):
    figures(town)
    fact = a_fact("C07", "party_organisation", "no")
    after = town.with_dataset(town.dataset.with_changes([fact]))
    figures(after)
    assert asked == [None, sorted(["C07", fact.code])]
    assert after.status_of("party", DAY)["C07"] == ("uncovered", "answer_no", (fact.code,))


def test_that_rows_of_units_that_nothing_touched_are_the_very_same(town):
    fact = a_fact("C00", "property_firm", "no")
    measure = a_query("property")
    before = town.coverage(measure)
    after = town.with_dataset(town.dataset.with_changes([fact])).coverage(measure)
    others = [old is new for old, new in zip(before.rows, after.rows, strict=True)]
    assert others.count(False) == 1


def test_that_the_engine_before_a_change_goes_on_answering_for_its_own_data(town):
    figures(town)
    after = town.with_dataset(
        town.dataset.with_changes([a_fact(f"C{n:02}", "party_organisation", "no") for n in range(5)])
    )
    changed = figures(after)
    fresh = an_engine(*(row for kind in KINDS for row in town.dataset.of(kind).values()))
    assert figures(town) == figures(fresh) != changed
    assert dict(town.status_of("party", DAY)) == dict(fresh.status_of("party", DAY))


def test_that_a_dataset_of_which_nobody_knows_where_it_came_from_is_judged_whole(town, asked):
    figures(town)
    stranger = an_engine(*(row for kind in KINDS for row in town.dataset.of(kind).values())).dataset
    figures(town.with_dataset(stranger))
    assert asked == [None, None]


def test_that_every_kind_of_record_says_whom_it_touches_and_one_that_does_not_touches_everybody(town):
    def topics(kind):
        pair = (None, SimpleNamespace(kind=kind, code="X", values=("X", "x", "x"), past={}))
        return touched.topics_of([pair], a_profile(), town.dataset, town.dataset, has_moved=False)

    assert [kind for kind in KINDS if EVERYTHING in topics(kind)] == []
    assert EVERYTHING in topics("a kind of tomorrow")


def test_that_a_condition_that_nobody_spoke_of_is_judged_whole_after_every_change(town, asked, monkeypatch):
    from app.coverage.mending import reads

    monkeypatch.setattr(reads, "_OF_TERMS", {k: v for k, v in reads._OF_TERMS.items() if k != "party"})
    figures(town)
    figures(
        town.with_dataset(
            town.dataset.with_changes([a_record("zones", "Z1", name="片", valid_from=date(2024, 1, 1))])
        )
    )
    assert asked == [None, None]
