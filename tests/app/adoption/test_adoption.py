"""How a three-no compound is adopted: the stages, the dates, and every step that is refused."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.coverage.results import Query
from app.domain.days.term import last_of_months, parted_in_years
from app.errors import InvalidInput
from app.services.adoption import adoption, fallback
from app.services.adoption.rules import paid
from app.services.adoption.stages import adoption_list, counts_of, stage_of, way_of
from app.services.edit import edit
from tests.app.builders import a_small_registry
from tests.app.coverage.builders import an_engagement

VISIT, TRIAL, CONTRACT = date(2026, 1, 5), date(2026, 2, 1), date(2026, 5, 1)
NOTHING = dict.fromkeys(("property_firm", "authority", "defence_people", "defence_hardware"), "no")


@pytest.fixture
def registry(tmp_path, carried):
    registry = carried(a_small_registry(tmp_path))
    edit.add(registry, "firms", {"code": "F2", "name": "金色物业"})
    yield registry
    registry.close()


def stage(registry, day, code="C1"):
    return stage_of(registry.engine, registry.profile.adoption, code, day)


def steps(registry):
    return len(registry.history())


def under_contract(registry):
    adoption.visit(registry, "C1", VISIT, NOTHING)
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    adoption.conclude(registry, "C1", "contract", CONTRACT, fee="1.2")
    return registry.dataset.engagements_with("C1")[-1]


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-02-01", 3, "2026-04-30"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2025-11-30", 3, "2026-02-28"),
        ("2023-11-30", 3, "2024-02-29"),
        ("2026-01-15", 12, "2027-01-14"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-10-01", 3, "2026-12-31"),
    ],
)
def test_that_a_term_of_months_ends_the_day_before_the_same_day(first, months, last):
    assert last_of_months(date.fromisoformat(first), months) == date.fromisoformat(last)


@given(first=st.dates(date(2000, 1, 1), date(2090, 1, 1)), count=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_that_years_follow_one_another_without_gap(first, count):
    years = parted_in_years(first, count)
    assert years[0][0] == first
    assert all(b == a + timedelta(days=1) for (_, a), (b, _) in pairwise(years))
    assert all(365 <= (last - begin).days + 1 <= 366 for begin, last in years)


@pytest.mark.both_stores
def test_that_the_whole_way_is_one_change_a_step_and_each_can_be_taken_back(registry):
    before = steps(registry)
    day = date(2029, 1, 1)
    seen = [stage(registry, day).stage]
    for act in (
        lambda: adoption.visit(registry, "C1", VISIT, NOTHING),
        lambda: adoption.begin_trial(registry, "C1", "F1", TRIAL),
        lambda: adoption.conclude(registry, "C1", "contract", CONTRACT, fee="1.2"),
        lambda: adoption.set_subsidy(registry, "C1", [30000, 20000, 10000]),
        lambda: adoption.end_subsidy(registry, "C1", date(2028, 6, 1)),
        lambda: adoption.end(registry, "C1", date(2028, 12, 1)),
    ):
        assert act().verb == "adopt"
        seen.append(stage(registry, day).stage)
    assert seen == ["none", "visited", "ended", "contract", "subsidised", "independent", "ended"]
    assert steps(registry) == before + 6
    for wanted in reversed(seen[:-1]):
        registry.undo()
        assert stage(registry, day).stage == wanted
    assert not registry.dataset.of("engagements")
    assert registry.engine.three_no("C1", day).status == "unknown"


@pytest.mark.both_stores
def test_that_each_stage_says_since_when_until_when_and_what_comes_next(registry):
    assert stage(registry, VISIT).next == ("visit", "trial", "fallback")
    adoption.visit(registry, "C1", VISIT, NOTHING)
    assert (stage(registry, VISIT).since, stage(registry, VISIT).next[0]) == (VISIT, "trial")
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    found = stage(registry, TRIAL)
    assert (found.stage, found.since, found.until, found.due) == (
        "trial",
        TRIAL,
        date(2026, 4, 30),
        date(2026, 4, 30),
    )
    assert found.next == ("contract", "trusteeship", "fallback")
    adoption.conclude(registry, "C1", "trusteeship", CONTRACT, fee="1.2")
    assert (stage(registry, CONTRACT).stage, stage(registry, CONTRACT).next[0]) == ("trusteeship", "subsidy")
    adoption.set_subsidy(registry, "C1", [30000, 20000, 10000])
    found = stage(registry, date(2027, 5, 1))
    assert (found.stage, found.since, found.yuan, found.due) == (
        "subsidised",
        CONTRACT,
        20000,
        date(2029, 4, 30),
    )
    found = stage(registry, date(2029, 5, 1))
    assert (found.stage, found.since, found.yuan) == ("independent", date(2029, 5, 1), 0)
    assert stage(registry, date(2026, 4, 30)).stage == "trial"


def test_that_a_visit_answers_the_rule_s_facts_with_its_own_day(registry):
    adoption.visit(registry, "C1", VISIT, NOTHING)
    for key in NOTHING:
        assert registry.dataset.fact_on("C1", key, VISIT).text("value") == "no"
        assert registry.dataset.fact_on("C1", key, VISIT - timedelta(days=1)) is None
    assert registry.engine.three_no("C1", VISIT).status == "yes"


def test_that_concluding_early_ends_the_trial_the_day_before(registry):
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    adoption.conclude(registry, "C1", "contract", date(2026, 3, 10))
    trial, contract = (registry.dataset.find(code) for code in ("E000001", "E000002"))
    assert (trial.valid_until, contract.valid_from) == (date(2026, 3, 9), date(2026, 3, 10))


def test_that_a_fallback_operator_may_begin_without_a_trial_and_hand_on(registry):
    adoption.conclude(registry, "C1", "fallback", TRIAL, firm="F2")
    assert stage(registry, TRIAL).stage == "fallback"
    adoption.conclude(registry, "C1", "trusteeship", CONTRACT)
    assert stage(registry, CONTRACT).stage == "trusteeship"
    assert stage(registry, CONTRACT).firm == "F2"


def refused(registry, act, column, *said):
    """Insist on a refusal with its place and words, and on nothing written."""
    before, records = steps(registry), dict(registry.dataset.of("engagements"))
    with pytest.raises(InvalidInput) as caught:
        act()
    problem = caught.value.problems[0]
    assert (problem.code, problem.column) == ("C1", column)
    for words in said:
        assert words in problem.message.zh, problem.message.zh
    assert problem.message.en
    assert steps(registry) == before
    assert registry.dataset.of("engagements") == records


def test_that_overlapping_stages_are_refused_with_any_firm(registry):
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    refused(
        registry,
        lambda: adoption.begin_trial(registry, "C1", "F2", date(2026, 3, 1)),
        "from",
        "安居物业",
        "2026-04-30",
    )
    refused(
        registry,
        lambda: adoption.conclude(
            registry, "C1", "contract", date(2026, 3, 1), firm="F2", without_trial=True
        ),
        "from",
        "E000001",
    )
    adoption.conclude(registry, "C1", "contract", CONTRACT)
    refused(
        registry,
        lambda: adoption.begin_trial(registry, "C1", "F2", date(2027, 1, 1)),
        "from",
        "E000002",
        "先结束",
    )


def test_that_a_firm_s_trial_can_t_be_prolonged_by_another_trial(registry):
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    refused(registry, lambda: adoption.begin_trial(registry, "C1", "F1", CONTRACT), "stage", "体验", "正式")


def test_that_a_trial_longer_than_declared_is_refused(registry):
    refused(
        registry,
        lambda: adoption.begin_trial(registry, "C1", "F1", TRIAL, until=date(2026, 5, 1)),
        "until",
        "3 个月",
        "2026-04-30",
    )
    refused(
        registry,
        lambda: adoption.begin_trial(registry, "C1", "F1", TRIAL, until=date(2026, 1, 1)),
        "until",
        "之前",
    )
    adoption.begin_trial(registry, "C1", "F1", TRIAL, until=date(2026, 3, 31))
    assert stage(registry, TRIAL).until == date(2026, 3, 31)


def test_that_a_contract_without_trial_must_be_said(registry):
    refused(
        registry,
        lambda: adoption.conclude(registry, "C1", "contract", CONTRACT, firm="F1"),
        "without_trial",
        "--without-trial",
    )
    adoption.conclude(registry, "C1", "contract", CONTRACT, firm="F1", without_trial=True)
    assert stage(registry, CONTRACT).stage == "contract"


def test_that_a_contract_outside_the_trial_s_term_is_refused(registry):
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    late = date(2026, 5, 2)  # a day after the day after
    refused(
        registry,
        lambda: adoption.conclude(registry, "C1", "contract", late, firm="F1"),
        "from",
        "E000001",
        "2026-04-30",
    )
    adoption.conclude(registry, "C1", "contract", late, firm="F1", without_trial=True)


def test_that_a_step_dated_before_the_previous_one_is_refused(registry):
    adoption.visit(registry, "C1", VISIT)
    early = VISIT - timedelta(days=1)
    refused(registry, lambda: adoption.begin_trial(registry, "C1", "F1", early), "from", str(VISIT), "走访")
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    before = TRIAL - timedelta(days=1)
    refused(
        registry, lambda: adoption.conclude(registry, "C1", "contract", before), "from", str(TRIAL), "体验"
    )
    refused(registry, lambda: adoption.visit(registry, "C1", before), "from", str(TRIAL))


def test_that_days_outside_the_firm_s_own_period_are_refused(registry):
    edit.set_values(registry, ["F1"], {"valid_from": "2026-02-10", "valid_until": "2026-12-31"})
    refused(
        registry,
        lambda: adoption.begin_trial(registry, "C1", "F1", TRIAL),
        "from",
        "2026-02-10",
        "2026-12-31",
    )
    adoption.begin_trial(registry, "C1", "F1", date(2026, 2, 10))
    refused(
        registry,
        lambda: adoption.conclude(registry, "C1", "contract", CONTRACT),
        "until",
        "2026-12-31",
    )
    adoption.conclude(registry, "C1", "contract", CONTRACT, until=date(2026, 12, 31))


def test_that_a_subsidy_that_rises_or_is_negative_is_refused(registry):
    under_contract(registry)
    for plan, said in (
        ([10000, 20000], "第 2 年"),
        ([], "每年"),
        ([0, 0], "每年"),
        ([10000, -1], "-1"),
        ([float("nan")], "nan"),
    ):
        refused(registry, lambda plan=plan: adoption.set_subsidy(registry, "C1", plan), "subsidy", said)
    adoption.set_subsidy(registry, "C1", [30000, 20000])
    refused(
        registry,
        lambda: adoption.set_subsidy(registry, "C1", [25000], first=date(2027, 6, 1)),
        "subsidy",
        "只降不升",
        "20,000",
    )
    refused(
        registry,
        lambda: adoption.set_subsidy(registry, "C1", [1], first=date(2030, 1, 1)),
        "subsidy",
        "0 元",
    )
    adoption.set_subsidy(registry, "C1", [20000, 5000], first=date(2027, 6, 1))
    record = registry.dataset.engagements_with("C1")[-1]
    years = {2026: 30000, 2027: 20000, 2028: 5000, 2029: 0}
    assert {y: record.on("subsidy_yuan", date(y, 7, 1)) for y in years} == years


def test_that_a_subsidy_outside_the_service_s_term_is_refused(registry):
    refused(registry, lambda: adoption.set_subsidy(registry, "C1", [1000]), "from", "先签约")
    adoption.begin_trial(registry, "C1", "F1", TRIAL)
    refused(registry, lambda: adoption.set_subsidy(registry, "C1", [1000], first=TRIAL), "from", "先签约")
    adoption.conclude(registry, "C1", "contract", CONTRACT, until=date(2028, 4, 30))
    refused(
        registry,
        lambda: adoption.set_subsidy(registry, "C1", [1000], first=CONTRACT - timedelta(days=1)),
        "from",
        "E000002",
    )
    refused(
        registry, lambda: adoption.set_subsidy(registry, "C1", [3, 2, 1]), "subsidy", "2029-04-30", "超出"
    )
    adoption.set_subsidy(registry, "C1", [2, 1])
    refused(registry, lambda: adoption.end_subsidy(registry, "C1", date(2028, 5, 1)), "from", "先签约")
    adoption.end_subsidy(registry, "C1", date(2027, 5, 1))
    refused(registry, lambda: adoption.end_subsidy(registry, "C1", date(2027, 6, 1)), "from", "没有补贴")


def test_that_what_is_no_compound_or_no_firm_or_no_fact_of_the_rule_is_refused(registry):
    refused(registry, lambda: adoption.visit(registry, "C1", VISIT, {"gate_guard": "no"}), "gate_guard")
    refused(registry, lambda: adoption.begin_trial(registry, "C1", "O1", TRIAL), "firm", "党组织")
    refused(registry, lambda: adoption.conclude(registry, "C1", "trial", TRIAL, firm="F1"), "stage")
    refused(registry, lambda: adoption.conclude(registry, "C1", "contract", TRIAL), "firm", "哪一家")
    refused(registry, lambda: adoption.end(registry, "C1", TRIAL), "on", "没有在期的服务")
    with pytest.raises(InvalidInput, match="党组织"):
        adoption.visit(registry, "O1", VISIT)
    with pytest.raises(InvalidInput, match="C9"):
        adoption.visit(registry, "C9", VISIT)


def test_that_an_even_taper_is_proposed():
    assert adoption.proposed_taper(30000, 3) == [30000, 20000, 10000]
    assert adoption.proposed_taper(100, 3) == [100, 67, 33]
    assert adoption.proposed_taper(5, 1) == [5]


@given(
    first=st.integers(0, 900),
    lengths=st.lists(st.tuples(st.integers(1, 300), st.integers(0, 4)), min_size=1, max_size=4),
    again=st.integers(0, 900),
)
@settings(max_examples=80, deadline=None)
def test_that_a_dated_subsidy_holds_what_was_planned_day_by_day(first, lengths, again):
    start = date(2026, 1, 1)
    record = an_engagement("C1", "E1", valid_from=start)
    wanted = {start + timedelta(days=n): None for n in range(1500)}
    for begin in (first, again):
        plan, last = [], begin - 1
        for length, value in lengths:
            last += length
            plan.append((start + timedelta(days=last), float(value)))
        record = paid(record, start + timedelta(days=begin), [*plan, (None, 0.0)])
        for day in wanted:
            if day >= start + timedelta(days=begin):
                wanted[day] = next((value for end, value in plan if day <= end), 0.0)
    assert {day: record.on("subsidy_yuan", day) for day in wanted} == wanted
    lasts = [last for last, _ in record.past.get("subsidy_yuan", ())]
    assert lasts == sorted(set(lasts))


@pytest.mark.both_stores
def test_that_the_list_counts_every_compound_ever_three_no_once(registry):
    day = date(2026, 6, 1)
    edit.set_values(registry, ["C2"], {"three_no_listed": "yes"}, since=date(2025, 1, 1))
    under_contract(registry)
    rows = adoption_list(registry.engine, registry.profile.adoption, day)
    assert {row.stage.compound: row.stage.stage for row in rows} == {"C1": "contract", "C2": "none"}
    assert counts_of(rows)["340102001"] | {"contract": 1, "none": 1} == counts_of(rows)["340102001"]
    assert sum(sum(counts.values()) for counts in counts_of(rows).values()) == 2
    assert adoption_list(registry.engine, registry.profile.adoption, day, "340102002") == []
    total = registry.engine.coverage(Query(measure="adopted", by="street", as_of=day)).total.figures
    assert (total.covered, total.total) == (1, 2)


def test_that_the_way_is_told_in_the_order_of_days(registry):
    under_contract(registry)
    adoption.set_subsidy(registry, "C1", [2000, 1000])
    assert [(m.what, m.first.year, m.yuan) for m in way_of(registry.dataset, "C1")] == [
        ("visited", 2026, None),
        ("trial", 2026, None),
        ("contract", 2026, None),
        ("subsidised", 2026, 2000),
        ("subsidised", 2027, 1000),
    ]


@pytest.mark.system(20)
def test_that_missing_parties_need_somebody_and_taking_over_is_one_change(registry):
    day = date(2026, 6, 1)
    edit.set_values(
        registry, ["C1"], {"property_firm": "no", "owners_committee": "suspended"}, since=date(2026, 1, 1)
    )
    need = fallback.needs_of(registry.engine, day)[0]
    assert (need.code, need.missing) == ("C1", ("property", "committee_suspended"))
    assert need.next == (fallback.TRUSTEESHIP, fallback.DUTIES)
    assert need.status != "covered"
    before = steps(registry)
    fallback.take_over(registry, "C1", fallback.TRUSTEESHIP, since=day)
    assert steps(registry) == before + 1
    need = fallback.needs_of(registry.engine, day)[0]
    assert (need.taken, need.next, need.status) == (
        (fallback.TRUSTEESHIP,),
        (fallback.DUTIES,),
        "covered",
    )
    registry.undo()
    assert fallback.needs_of(registry.engine, day)[0].taken == ()
    with pytest.raises(InvalidInput, match="gate_guard"):
        fallback.take_over(registry, "C1", "gate_guard")
    total = registry.engine.coverage(Query(measure="fallback", by="street", as_of=day)).total.figures
    assert total.total == len(fallback.needs_of(registry.engine, day))
