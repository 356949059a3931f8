"""Tasks: which act leads from which state, one change for many, days, undo; and what is counted, where."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from app.coverage.results import Query
from app.domain.edits import Put
from app.domain.period import today
from app.domain.record import make_record
from app.domain.tasks import ACTS, SETTLED, STATES, acts_from, state_of
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.tasks import acts
from app.services.tasks.acts import Gap, add_tasks
from app.services.tasks.listed import posts_of, tally, tasks_of
from tests.app.builders import a_small_registry

POST, OTHER = "一格 网格员", "街道党建办"
LEADS = {  # act → state before → state after, written out by hand
    "assign": {"open": "assigned", "assigned": "assigned", "returned": "assigned"},
    "report": {"assigned": "reported", "returned": "reported"},
    "verify": {"reported": "verified"},
    "close": {"verified": "closed"},
    "return": {"reported": "returned", "verified": "returned", "unreachable_asked": "returned"},
    "ask": {
        "open": "unreachable_asked",
        "assigned": "unreachable_asked",
        "returned": "unreachable_asked",
    },
    "grant": {"unreachable_asked": "unreachable"},
}
DO = {
    "assign": lambda r, codes, **day: acts.assign(r, codes, POST, **day),
    "report": acts.report,
    "verify": acts.verify,
    "close": acts.close,
    "return": lambda r, codes, **day: acts.send_back(r, codes, why="证据不全", **day),
    "ask": lambda r, codes, **day: acts.ask_unreachable(r, codes, why="在拆迁", **day),
    "grant": lambda r, codes, **day: acts.grant_unreachable(r, codes, by=OTHER, why="属实", **day),
}


@pytest.fixture
def registry(tmp_path, carried):
    opened = carried(a_small_registry(tmp_path))
    yield opened
    opened.close()


def in_each_state(registry):
    """Write a task in every state, each named after it; return state → code."""
    put = [
        Put(
            make_record(
                "tasks", f"id-{state}", f"T00001{place}", subject="C1", owner=POST, state=state,
                granted_by=OTHER, since=date(2026, 11, 2), why="缺口",
            )
        )
        for place, state in enumerate(STATES)
    ]  # fmt: skip
    registry.commit(put, verb="import")
    return {state: f"T00001{place}" for place, state in enumerate(STATES)}


def state(registry, code):
    return state_of(registry.dataset.of("tasks")[code])


def content(registry):
    return {code: one._replace(version=0) for code, one in registry.dataset.of("tasks").items()}


def test_that_every_act_leads_from_every_state_where_the_ladder_says_and_is_refused_elsewhere(registry):
    codes = in_each_state(registry)
    for name, do in DO.items():
        for before, code in codes.items():
            kept = content(registry)
            if before in LEADS[name]:
                do(registry, [code], on=date(2026, 11, 3))
                assert state(registry, code) == LEADS[name][before], (name, before)
                if name != "assign" or before != "assigned":  # the same post again is no change
                    registry.undo()
            else:
                with pytest.raises(InvalidInput) as refused:
                    do(registry, [code], on=date(2026, 11, 3))
                assert [(p.code, p.column) for p in refused.value.problems] == [(code, "state")]
                said = refused.value.message.zh
                assert all(act.words.zh in said for act in acts_from(before)), said
            assert content(registry) == kept, (name, before)


def test_that_no_other_door_lets_a_rung_be_skipped(registry):
    codes = in_each_state(registry)
    allowed = {(before, after) for leads in LEADS.values() for before, after in leads.items()}
    for before, code in codes.items():
        for after in STATES:
            if before == after:
                continue
            values = {"state": after, "note": "说明", "request": "在拆迁"}
            if (before, after) in allowed:
                edit.set_values(registry, [code], values)
                record = registry.dataset.of("tasks")[code]
                assert (state_of(record), record.get("since")) == (after, today())
                assert record.on("state", today() - timedelta(1)) == before
                registry.undo()
            else:
                with pytest.raises(InvalidInput):
                    edit.set_values(registry, [code], values)


@pytest.mark.both_stores
def test_that_many_tasks_are_one_change_all_or_none(registry):
    gap = Gap(why="缺口", measure="party", due=date(2026, 12, 1))
    made = add_tasks(registry, ["C1", "C2", "C1"], gap)
    assert made.codes == ("T000001", "T000002")
    assert [state(registry, code) for code in made.codes] == ["open", "open"]
    acts.assign(registry, made.codes, f" {POST} ")
    acts.report(registry, ["T000002"])
    kept, changes = content(registry), len(registry.history())
    with pytest.raises(InvalidInput) as refused:
        acts.report(registry, made.codes)
    assert [p.code for p in refused.value.problems] == ["T000002"]
    assert (content(registry), len(registry.history())) == (kept, changes)
    registry.undo()
    registry.undo()
    registry.undo()
    assert not registry.dataset.of("tasks")
    assert add_tasks(registry, ["C1"], gap).codes == ("T000003",)  # a code is never used again


def test_that_what_is_missing_or_wrong_is_told_and_nothing_is_written(registry):
    add_tasks(registry, ["C1"], Gap(why="缺口", measure="party", owner=POST))
    for column, call in (
        ("why", lambda: add_tasks(registry, ["C2"], Gap(why="  "))),
        ("subject", lambda: add_tasks(registry, [], Gap(why="缺口"))),
        ("subject", lambda: add_tasks(registry, ["C1"], Gap(why="又来", measure="party"))),
        ("subject", lambda: add_tasks(registry, ["T000001"], Gap(why="缺口"))),
        ("measure", lambda: add_tasks(registry, ["C2"], Gap(why="缺口", measure="happiness"))),
        ("finding", lambda: add_tasks(registry, ["C2"], Gap(why="缺口", finding="unnamed:000000000000"))),
        ("owner", lambda: acts.assign(registry, ["T000001"], " ")),
        ("owner", lambda: acts.assign(registry, ["T000001"], "王某 13800138000")),
        ("owner", lambda: acts.assign(registry, ["T000001"], "网格员\x0b王某")),
        ("why", lambda: add_tasks(registry, ["C2"], Gap(why="缺口\x07"))),
        ("why", lambda: acts.ask_unreachable(registry, ["T000001"], why="")),
        ("on", lambda: acts.report(registry, ["T000001"], on=today() - timedelta(1))),
    ):
        kept = content(registry)
        with pytest.raises(InvalidInput) as refused:
            call()
        assert column in [p.column for p in refused.value.problems], (column, refused.value)
        assert content(registry) == kept


def test_that_a_reason_may_be_said_in_the_same_words_twice_and_none_stands_for_a_later_step(registry):
    add_tasks(registry, ["C1"], Gap(why="缺口", owner=POST))
    for _ in range(2):
        acts.report(registry, ["T000001"], why="照片不清")
        acts.send_back(registry, ["T000001"], why="照片不清")
        task = registry.dataset.of("tasks")["T000001"]
        assert (task.get("state"), task.get("note")) == ("returned", "照片不清")
    acts.report(registry, ["T000001"], why="照片不清")
    with pytest.raises(InvalidInput):  # nobody says why: the words of the report are none
        edit.set_values(registry, ["T000001"], {"state": "returned"})


def test_that_the_post_that_reported_or_asked_is_not_the_one_that_verifies_or_grants(registry):
    add_tasks(registry, ["C1", "C2"], Gap(why="缺口", measure="party", owner=POST))
    acts.report(registry, ["T000001"], result="yes")
    acts.ask_unreachable(registry, ["T000002"], why="在拆迁")
    with pytest.raises(InvalidInput):
        acts.verify(registry, ["T000001"], by=POST)
    with pytest.raises(InvalidInput):
        acts.grant_unreachable(registry, ["T000002"], by=POST, why="属实")
    acts.verify(registry, ["T000001"], by=OTHER)
    acts.grant_unreachable(registry, ["T000002"], by=OTHER, why="属实")
    assert posts_of(registry) == [POST]


def test_that_a_task_of_a_subject_that_is_gone_may_be_closed_as_it_is(registry):
    add_tasks(registry, ["C1"], Gap(why="缺口", measure="party"))
    edit.set_values(registry, ["C1"], {"valid_until": today() - timedelta(1)})
    (task,) = tasks_of(registry).tasks
    assert (task.next, task.excluded) == ("close", True)
    acts.close(registry, ["T000001"])
    assert state(registry, "T000001") == "closed"


@pytest.mark.both_stores
def test_that_days_tell_what_stood_then_and_what_is_overdue(registry):
    first = date(2026, 10, 8)
    add_tasks(registry, ["C1"], Gap(why="缺口", measure="party", due=date(2026, 10, 20)), on=first)
    acts.assign(registry, ["T000001"], POST, on=date(2026, 10, 9))
    acts.report(registry, ["T000001"], on=date(2026, 10, 23))
    acts.verify(registry, ["T000001"], on=date(2026, 10, 25))
    acts.close(registry, ["T000001"], on=date(2026, 10, 25))
    seen = []
    for day in (7, 8, 9, 20, 21, 23, 24, 25, 30):
        found = tasks_of(registry, day=date(2026, 10, day)).tasks
        seen += [(day, one.state, one.owner, one.days_over) for one in found]
    assert seen == [
        (8, "open", None, 0),
        (9, "assigned", POST, 0),
        (20, "assigned", POST, 0),
        (21, "assigned", POST, 1),
        (23, "reported", POST, 3),
        (24, "reported", POST, 4),
        (25, "closed", POST, 0),
        (30, "closed", POST, 0),
    ]
    assert [t.code for t in tasks_of(registry, day=date(2026, 10, 24), overdue=True).tasks] == ["T000001"]


def test_that_out_of_reach_and_excluded_stand_in_rows_of_their_own_and_in_no_numerator(registry):
    edit.add(
        registry, "compounds", {"code": "C3", "name": "写字楼", "kind": "office", "grid": "340102001001001"}
    )
    edit.attach(registry, "O1", ["C2"])
    gap = Gap(why="缺口", measure="party", owner=POST, due=today() - timedelta(2))
    asked = Query(measure="party", by="street", as_of=today())
    before = registry.engine.coverage(asked).as_json("zh")
    add_tasks(registry, ["C1", "C2", "C3", "340102001001001", "F1"], gap)
    acts.ask_unreachable(registry, ["T000001"], why="在拆迁")
    acts.grant_unreachable(registry, ["T000001"], by=OTHER, why="属实")
    acts.report(registry, ["T000002"], result="yes")
    acts.verify(registry, ["T000002"])
    acts.close(registry, ["T000002"])
    found = tasks_of(registry)
    (row,) = tally(found.tasks, "owner")
    assert row.as_json("zh") == {
        "key": POST, "unsettled": 2, "closed": 1, "unreachable": 1, "excluded": 1, "overdue": 2, "total": 5,
    }  # fmt: skip
    streets = tally(found.tasks, "street")
    assert [(row.key, row.total) for row in streets] == [("340102001", 4), ("", 1)]
    assert sum(found.states.values()) == 5
    assert registry.engine.coverage(asked).as_json("zh") == before


@pytest.mark.both_stores
def test_that_any_sequence_of_acts_is_taken_back_step_by_step(registry):
    chance = random.Random(13)
    add_tasks(registry, ["C1", "C2", "340102001001001"], Gap(why="缺口", measure="party"))
    codes, kept, day = sorted(registry.dataset.of("tasks")), [content(registry)], today()
    for _ in range(40):
        name = chance.choice(list(ACTS))
        some = [code for code in codes if ACTS[name] in acts_from(state(registry, code))]
        if not some:
            continue
        day += timedelta(chance.randrange(3))
        if DO[name](registry, chance.sample(some, chance.randint(1, len(some))), on=day).change:
            kept.append(content(registry))
        if all(state(registry, code) in SETTLED for code in codes):
            break
    assert len(kept) > 8
    for expected in reversed(kept[:-1]):
        registry.undo()
        assert content(registry) == expected
    for expected in kept[1:]:
        registry.redo()
        assert content(registry) == expected
