"""The parts of a change add up to it, in any order of days, for every measure, weight and way of counting."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.coverage.amounts import Amounts
from app.coverage.change.arithmetic import flows, weight_of_amounts
from app.coverage.change.rows import Change
from app.coverage.change.said import sentence
from app.coverage.engine import CoverageEngine
from app.coverage.measures import measure_names, parse_measure
from app.domain.dataset import Dataset
from app.domain.vocabulary import CHANGE_PARTS
from tests.app.coverage.builders import ZONE, a_query
from tests.app.coverage.test_against_oracle import DAYS, PROFILES, registries
from tests.app.coverage.test_change_examples import adds_up
from ui.cli.run import run

SOME = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
amounts = st.builds(Amounts, *(st.integers(0, 50) for _ in range(3)))


@SOME
@given(
    registries(),
    st.sampled_from(list(PROFILES)),
    st.permutations(DAYS),
    st.sampled_from(["district", "street", "community", "grid"]),
    st.sampled_from(["whole", "split"]),
    st.sampled_from([None, None, "old", "scattered", "all"]),
    st.data(),
)
def test_that_before_and_parts_are_now_in_any_order_of_days(records, name, days, by, count, kind, data):
    profile = PROFILES[name]
    engine = CoverageEngine(Dataset({}).with_changes(records), profile, ZONE)
    measure = data.draw(st.sampled_from(measure_names(profile)))
    weight = data.draw(st.sampled_from(parse_measure(profile, measure).spec.weights))
    options = {"count": count, "kind": kind, "weight": weight}
    for day, other in pairwise(days):
        forth = a_query(measure, by, as_of=day, against=other, **options)
        back = a_query(measure, by, as_of=other, against=day, **options)
        one, turned = Change(engine, forth), Change(engine, back)
        adds_up(engine, forth, one)
        for row in (*(row.unit for row in engine.coverage(forth).rows), "unplaced", "total"):
            assert_turned(one.parts(row), turned.parts(row))
            assert [part.part for part in one.parts(row)] == [
                part for part in CHANGE_PARTS if part in {found.part for found in one.parts(row)}
            ]
            assert "other" not in {part.part for part in one.parts(row)}
            if row == "total":
                assert not {"moved", "redrawn"} & {part.part for part in one.parts(row)}
            assert_each_in_one_part_a_step(one.parts(row), engine, forth)


def assert_turned(parts, others):
    """Turned round, every number changes its sign; names and codes stay."""
    assert [(p.part, p.codes) for p in parts] == [(p.part, p.codes) for p in others]
    for part, other in zip(parts, others, strict=True):
        for column in ("covered", "uncovered", "unknown"):
            assert getattr(part, column) == -getattr(other, column)


def assert_each_in_one_part_a_step(parts, engine, query):
    measure, _ = engine.check(query)
    codes = {part.part: set(part.codes) for part in parts}
    base = [codes.get(name, set()) for name in ("new", "removed")]
    rest = set().union(*(own for name, own in codes.items() if name not in ("new", "removed")))
    assert not base[0] & base[1]
    assert not (base[0] | base[1]) & rest
    if measure.spec.covered is not None:
        answers = [
            codes.get(name, set()) for name in ("attached", "ended", "settled_yes", "settled_no", "unsettled")
        ]
        assert sum(map(len, answers)) == len(set().union(*answers))


@given(amounts, amounts)
def test_that_flows_lead_from_amounts_to_others_and_add_up_to_nothing(before, after):
    weight = weight_of_amounts(before, after, unknown_before=False, unknown_after=False)
    if before.unknown or after.unknown:
        weight = Amounts(0, 0, sum(after) - sum(before))
    reached = before.plus(weight)
    for flow in flows(reached, after):
        assert flow.amount > 0
        assert sum(flow.amounts) == 0
        reached = reached.plus(flow.amounts)
    assert reached == after


def test_that_explain_and_coverage_tell_the_change_of_the_sample(yaohai_sample, capsys):
    asked = ["--measure", "party", "--by", "street", "--as-of", "2026-11-30", "--against", "2026-01-01"]
    assert run(["coverage", str(yaohai_sample), *asked, "--json"]) == 0
    total = json.loads(capsys.readouterr().out)["total"]
    (part,) = total["parts"]
    assert (part["part"], part["covered"], part["uncovered"], part["unknown"]) == ("settled_no", 0, 78, -78)
    assert run(["explain", str(yaohai_sample), *asked, "--unit", "total", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["against"] == "2026-01-01"
    assert [entry["code"] for entry in told["changed"]] == part["codes"]
    assert told["row"]["parts"] == total["parts"]
    assert told["changed"][0]["from"]["answer"] == "unknown"
    assert run(["coverage", str(yaohai_sample), *asked]) == 0
    assert "查清为无 78；实际变化 0；失去覆盖 0" in capsys.readouterr().out
    assert run(["explain", str(yaohai_sample), *asked, "--unit", "340102001"]) == 0
    said = capsys.readouterr().out
    assert "：查清为有 0，查清为无" in said
    assert "未知 · 未调查 · 340102001" in said


def test_that_the_jinjiang_sample_changes_as_published(made_sample, capsys):
    asked = ["--measure", "property", "--by", "street", "--as-of", "2026-11-30", "--against", "2020-12-31"]
    assert run(["coverage", str(made_sample("jinjiang", 0)), *asked, "--json"]) == 0
    parts = json.loads(capsys.readouterr().out)["total"]["parts"]
    assert [(p["part"], p["covered"], p["uncovered"], p["unknown"]) for p in parts] == [
        ("attached", 99, -96, -3),
        ("settled_no", 0, 100, -100),
    ]


def test_that_a_change_is_said_in_a_sentence_of_either_language(yaohai_sample):
    from app.services.registry.registry import Registry

    opened = Registry.open(yaohai_sample)
    try:
        query = a_query("party", "street", as_of=DAYS[2], against=DAYS[2])
        row = opened.engine.coverage(query).total
        assert sentence(row, Change(opened.engine, query).parts("total")).zh == "没有变化。"
    finally:
        opened.close()
