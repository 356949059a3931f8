"""The three lists: a need, what answers it, and what becomes of both."""

from __future__ import annotations

from datetime import date

import pytest

from app.errors import InvalidInput
from app.services.mediation.lists import answers_on, finish_entry, match_entry, note_entry, state_of_entry
from tests.app.builders import a_small_registry

DAYS = [date(2026, 3, day) for day in (1, 5, 9, 12)]


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def noted(registry, which):
    values = {"compound": "C1", "list": which, "text": "电动车充电", "opened": DAYS[0]}
    return note_entry(registry, values).codes[0]


def states(registry, codes, day):
    return [state_of_entry(registry.dataset.find(code), day) for code in codes]


def test_that_a_need_is_done_with_the_last_of_what_answers_it(registry):
    need, hall, project = (noted(registry, which) for which in ("needs", "resources", "projects"))
    match_entry(registry, hall, need, on=DAYS[1])
    match_entry(registry, project, need, on=DAYS[1])
    finish_entry(registry, hall, on=DAYS[2])
    assert states(registry, (need, hall, project), DAYS[2]) == ["matched", "done", "matched"]
    finish_entry(registry, project, on=DAYS[3])
    assert states(registry, (need, hall, project), DAYS[3]) == ["done"] * 3
    assert states(registry, (need, hall, project), DAYS[2]) == ["matched", "done", "matched"]


def test_that_a_need_whose_answer_goes_to_another_one_is_noted_again(registry):
    first, second, hall = noted(registry, "needs"), noted(registry, "needs"), noted(registry, "resources")
    match_entry(registry, hall, first, on=DAYS[1])
    steps = len(registry.history())
    match_entry(registry, hall, second, on=DAYS[2])
    assert len(registry.history()) == steps + 1
    assert states(registry, (first, second, hall), DAYS[2]) == ["noted", "matched", "matched"]
    assert states(registry, (first, second, hall), DAYS[1]) == ["matched", "noted", "matched"]
    assert [answers_on(registry.dataset.find(hall), day) for day in DAYS[:3]] == ["", first, second]


def test_that_a_need_with_another_answer_stays_matched(registry):
    first, second = noted(registry, "needs"), noted(registry, "needs")
    hall, project = noted(registry, "resources"), noted(registry, "projects")
    match_entry(registry, hall, first, on=DAYS[1])
    match_entry(registry, project, first, on=DAYS[1])
    match_entry(registry, hall, second, on=DAYS[2])
    assert states(registry, (first, second), DAYS[2]) == ["matched", "matched"]


def test_that_no_entry_is_matched_before_its_latest_step(registry):
    need, hall = noted(registry, "needs"), noted(registry, "resources")
    match_entry(registry, hall, need, on=DAYS[2])
    before = len(registry.history())
    for code, other, day in ((hall, need, DAYS[1]), (need, hall, DAYS[3]), (hall, "C1", DAYS[3])):
        with pytest.raises(InvalidInput):
            match_entry(registry, code, other, on=day)
    assert len(registry.history()) == before
