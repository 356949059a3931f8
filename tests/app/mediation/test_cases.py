"""Mediation cases: each step on its day, three levels, no way back; and how many stood where on a day."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.services.edit import edit
from app.services.mediation.case_counts import case_counts, open_cases
from app.services.mediation.cases import (
    CLOSED,
    NEXT,
    close_case,
    escalate_case,
    level_above,
    level_on,
    levels_in_order,
    move_case,
    open_case,
    state_on,
    steps_of,
)
from tests.app.builders import a_small_registry
from tests.app.coverage.builders import a_profile

DAYS = [date(2026, 3, day) for day in (1, 5, 9, 12, 20)]
COMMUNITY = "340102001001"


@pytest.fixture
def registry(tmp_path, carried):
    registry = carried(a_small_registry(tmp_path))
    yield registry
    registry.close()


def opened(registry, **values):
    return open_case(
        registry, {"compound": "C1", "opened": "2026-03-01", "category": "漏水", **values}
    ).codes[0]


def case(registry, code):
    return registry.dataset.find(code)


@pytest.mark.both_stores
def test_that_a_case_goes_through_its_states_and_both_state_and_level_are_those_of_the_day(registry):
    code = opened(registry)
    move_case(registry, code, on=DAYS[1])
    escalate_case(registry, code, on=DAYS[2], why="小区调解不成")
    move_case(registry, code, "协商中", on=DAYS[3])
    close_case(registry, code, on=DAYS[4])
    found = case(registry, code)
    assert steps_of(found) == [
        (DAYS[0], "compound", "opened"),
        (DAYS[1], "compound", "accepted"),
        (DAYS[2], "community", "escalated"),
        (DAYS[3], "community", "negotiated"),
        (DAYS[4], "community", "closed"),
    ]
    assert (state_on(found, date(2026, 2, 28)), level_on(found, date(2026, 2, 28))) == ("", "")
    assert (state_on(found, date(2026, 3, 19)), found.get("closed")) == ("negotiated", DAYS[4])
    verbs = [change.verb for change in registry.history(code)]
    assert verbs == ["close", "move", "escalate", "move", "open"], "each step is a change of its own"


def test_that_a_step_is_taken_back_as_one(registry):
    code = opened(registry)
    escalate_case(registry, code, on=DAYS[1])
    registry.undo()
    found = case(registry, code)
    assert (found.text("level"), found.text("state"), found.past) == ("compound", "opened", {})


def test_that_without_a_state_a_case_moves_to_the_next_and_in_the_end_is_closed(registry):
    code = opened(registry)
    for day in DAYS[1:]:
        move_case(registry, code, on=day)
    assert [state for *_, state in steps_of(case(registry, code))] == [
        "opened", "accepted", "negotiated", "answered", "closed",
    ]  # fmt: skip


def test_that_a_state_of_the_city_s_own_leads_nowhere_by_itself(registry):
    states = "".join(f'{state} = {{ zh = "{state}", en = "{state}" }}\n' for state in (*NEXT, CLOSED))
    text = f'{registry.profile.text}\n[choices.case_state]\n{states}heard = {{ zh = "听证", en = "heard" }}\n'
    registry.replace_profile(text, why="听证会")
    code = opened(registry)
    move_case(registry, code, "heard", on=DAYS[1])
    with pytest.raises(InvalidInput, match="听证"):
        move_case(registry, code, on=DAYS[2])
    move_case(registry, code, "answered", on=DAYS[2])
    assert [state for *_, state in steps_of(case(registry, code))] == ["opened", "heard", "answered"]


def test_that_after_being_handed_up_the_level_above_accepts_it(registry):
    code = opened(registry)
    escalate_case(registry, code, on=DAYS[1])
    move_case(registry, code, on=DAYS[2])
    assert (level_on(case(registry, code), DAYS[2]), state_on(case(registry, code), DAYS[2])) == (
        "community",
        "accepted",
    )


def refusals(registry):
    code = opened(registry)
    move_case(registry, code, on=DAYS[2])
    done = opened(registry)
    close_case(registry, done, on=DAYS[1])
    top = opened(registry, level="street")
    return {
        "earlier than the last step": (lambda: move_case(registry, code, on=DAYS[1]), "早于"),
        "closed before its last step": (lambda: close_case(registry, code, on=DAYS[0]), "早于"),
        "a closed case": (lambda: move_case(registry, done, on=DAYS[4]), "办结"),
        "a closed case closed": (lambda: close_case(registry, done, on=DAYS[4]), "办结"),
        "a closed case handed up": (lambda: escalate_case(registry, done, on=DAYS[4]), "办结"),
        "a state that there isn't": (lambda: move_case(registry, code, "settled", on=DAYS[4]), "settled"),
        "back to the beginning": (lambda: move_case(registry, code, "opened", on=DAYS[4]), "回不到"),
        "above the street": (lambda: escalate_case(registry, top, on=DAYS[4]), "没有可上交"),
        "before it was opened": (lambda: escalate_case(registry, top, on=date(2026, 2, 1)), "没有可上交"),
        "another kind": (lambda: close_case(registry, "C1"), "不是纠纷"),
        "no such code": (lambda: close_case(registry, "M999999"), "M999999"),
        "both places": (lambda: opened(registry, community=COMMUNITY), "写一个"),
        "neither place": (lambda: opened(registry, compound=""), "写一个"),
        "closed at once": (lambda: opened(registry, state="closed"), "先登记"),
        "a level that there isn't": (lambda: opened(registry, level="planet"), "planet"),
    }


@pytest.mark.parametrize(
    "what",
    [
        "earlier than the last step", "closed before its last step", "a closed case", "a closed case closed",
        "a closed case handed up", "a state that there isn't", "back to the beginning", "above the street",
        "before it was opened", "another kind", "no such code", "both places", "neither place", "closed at once",
        "a level that there isn't",
    ],
)  # fmt: skip
def test_that_a_step_that_can_not_be_is_refused_with_a_sentence_and_nothing_is_written(registry, what):
    act, says = refusals(registry)[what]
    before = dict(registry.dataset.of("cases"))
    with pytest.raises(InvalidInput) as refused:
        act()
    assert says in refused.value.message.zh
    assert refused.value.message.en
    assert registry.dataset.of("cases") == before


def test_that_levels_go_up_to_the_next_that_the_city_declares():
    plain = a_profile("jinjiang")
    assert [level_above(plain, level) for level in ("compound", "community", "street")] == [
        "community", "street", None,
    ]  # fmt: skip


def test_that_a_level_of_the_city_s_own_leads_to_the_community_too():
    with_grid = a_profile("yaohai")
    choices = {
        **with_grid.choices,
        "case_level": {**with_grid.choices["case_level"], "grid": ("网格", "grid")},
    }
    from dataclasses import replace

    assert level_above(replace(with_grid, choices=choices), "grid") == "community"
    assert level_above(replace(with_grid, choices=choices), "committee") is None
    assert levels_in_order(replace(with_grid, choices=choices))[:4] == [
        "compound", "grid", "community", "street",
    ]  # fmt: skip


@pytest.mark.both_stores
def test_that_cases_are_counted_by_level_state_and_category_in_each_unit(registry):
    one, two = opened(registry), opened(registry, compound="C2", category="停车")
    opened(registry, compound="", community=COMMUNITY, category="停车")
    escalate_case(registry, one, on=DAYS[1])
    close_case(registry, two, on=DAYS[2])
    edit.add(registry, "compounds", {"code": "C9", "name": "飞地"})
    opened(registry, compound="C9")
    found = case_counts(registry.engine, "grid", DAYS[4])
    left, right = found.rows
    assert dict(left.counts) == {("community", "escalated", "漏水"): 1}
    assert dict(right.counts) == {("compound", "closed", "停车"): 1}
    assert (found.unplaced.total, found.total.total) == (2, 4), "a community's case lies in no grid"
    assert left.codes == (one,)
    assert (found.total.of(None, None, "停车"), found.total.of(None, "closed"), open_cases(found.total)) == (
        2,
        1,
        3,
    )
    streets = case_counts(registry.engine, "street", DAYS[4])
    assert (streets.rows[0].total, streets.unplaced.total) == (3, 1)
    before = case_counts(registry.engine, "street", DAYS[1])
    assert before.total.of(None, "closed") == 0
    assert case_counts(registry.engine, "street", date(2026, 2, 28)).total.total == 0


def test_that_every_way_of_counting_adds_up_to_the_same_total(registry):
    for number in range(6):
        code = opened(registry, compound=("C1", "C2")[number % 2], opened=f"2026-03-0{number + 1}")
        if number % 3 == 0:
            escalate_case(registry, code, on=DAYS[4])
    for by in ("district", "street", "community", "grid"):
        found = case_counts(registry.engine, by, DAYS[4])
        assert sum(row.total for row in found.rows) + found.unplaced.total == found.total.total == 6
        assert sorted(code for row in (*found.rows, found.unplaced) for code in row.codes) == sorted(
            found.total.codes
        )


def test_that_a_level_that_is_none_is_refused(registry):
    with pytest.raises(InvalidInput):
        case_counts(registry.engine, "galaxy", DAYS[0])
