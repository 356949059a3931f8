"""Columns that name other records: the answer is taken, and firms, branches and what ties them are registered on agreement."""

from __future__ import annotations

import pytest

from app.services.bring_in.import_data import commit_import
from tests.app.exchange.qinglan import compounds, dataset, planned, rec, said, set_by, told

HEAD = ("小区名称", "物业公司", "小区党支部")
ROWS = (
    ("芷兰苑", "青岚安居物业有限公司", "芷兰苑党支部"),
    ("芷兰里", "青岚安居物业有限公司", None),
    ("芷兰庭", "无", "芷兰庭党总支"),
    ("荷风苑", "青岚和乐物业公司", "无"),
)
AGREED = {"物业公司": "create", "小区党支部": "create"}


def besides(plan):
    return [
        (edit.record.kind, edit.record.code)
        for edit in plan.edits
        if edit.record.kind not in ("compounds", "facts")
    ]


def test_that_a_name_is_yes_and_whom_it_names_is_asked_about():
    plan = planned(dataset(*compounds()), "compounds", HEAD, *ROWS)
    assert set_by_facts(plan) == [("yes", "yes"), ("yes", None), ("no", "yes"), ("yes", "no")]
    assert [(q.column, [o.value for o in q.options]) for q in plan.questions] == [
        ("物业公司", ["create", "leave"]),
        ("小区党支部", ["create", "leave"]),
    ]
    assert plan.questions[0].as_json("zh")["answer"] == "物业公司"
    assert besides(plan) == []
    assert "青岚安居物业有限公司、青岚和乐物业公司" in said(plan)


def set_by_facts(plan):
    return set_by(plan, "property_firm", "party_organisation")


def test_that_firms_branches_and_what_ties_them_come_with_the_rows_on_agreement():
    plan = planned(dataset(*compounds()), "compounds", HEAD, *ROWS, answers=AGREED)
    kinds = [kind for kind, _ in besides(plan)]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "firms": 2, "engagements": 3, "organisations": 2, "attachments": 2,
    }  # fmt: skip
    types = {
        e.record.text("name"): e.record.get("type") for e in plan.edits if e.record.kind == "organisations"
    }
    assert types == {"芷兰苑党支部": "branch", "芷兰庭党总支": "general_branch"}
    assert plan.questions == ()


def test_that_what_is_registered_is_used_and_a_tie_in_force_is_not_doubled():
    firm = rec("firms", "F000007", name="青岚安居物业有限公司")
    tie = rec("engagements", "E000007", firm="F000007", compound="Q001", stage="contract")
    plan = planned(
        dataset(*compounds(), firm, tie), "compounds", HEAD[:2], *(row[:2] for row in ROWS), answers=AGREED
    )
    ties = [e.record for e in plan.edits if e.record.kind == "engagements"]
    assert [(t.get("firm"), t.get("compound")) for t in ties] == [("F000007", "Q002"), ("F000008", "Q025")]


def test_that_a_firm_whose_name_is_near_is_asked_about_and_not_made():
    firm = rec("firms", "F000007", name="青岚安居物业管理有限公司")
    rows = (("芷兰苑", "青岗安居物业管理有限公司"),)
    plan = planned(dataset(*compounds(), firm), "compounds", HEAD[:2], *rows, answers=AGREED)
    assert besides(plan) == []
    assert "像 青岚安居物业管理有限公司（F000007）" in said(plan)
    answers = {**AGREED, "青岗安居物业管理有限公司": "F000007"}
    plan = planned(dataset(*compounds(), firm), "compounds", HEAD[:2], *rows, answers=answers)
    assert [kind for kind, _ in besides(plan)] == ["engagements"]


def test_that_a_row_that_says_none_and_names_one_is_refused():
    rows = (("芷兰苑", "无", "青岚安居物业有限公司"), ("芷兰里", "有", "青岚安居物业有限公司"))
    plan = planned(dataset(*compounds()), "compounds", ("小区名称", "有无物业", "物业企业"), *rows)
    assert told(plan) == [(1, "refuse", None), (2, "change", "Q002")]
    assert "列“有无物业”写着无，列“物业企业”却写着“青岚安居物业有限公司”" in said(plan)


@pytest.mark.parametrize("cell", ["无物业公司", "原物业公司已撤出", "自管物业", "待定物业公司"])
def test_that_a_cell_that_only_sounds_like_a_firm_is_asked_about(cell):
    plan = planned(dataset(*compounds()), "compounds", HEAD[:2], *(row[:2] for row in ROWS), ("荷风里", cell))
    assert plan.rows[-1].state == "asked"


def test_that_all_of_it_is_one_change(planned, district):
    plan = planned("firm_and_branch_names.csv", on_conflict="update", answers=AGREED)
    commit_import(district, plan)
    assert len(district.dataset.of("engagements")) == 3
    assert len(district.dataset.of("attachments")) == 2
    assert plan.as_json("zh")["besides"][0] == {
        "kind": "firms",
        "code": "F000001",
        "name": "青岚安居物业有限公司",
    }
    district.undo()
    assert len(district.dataset.of("firms")) == 0


def test_that_a_row_that_is_left_out_brings_nothing():
    plan = planned(dataset(*compounds()), "compounds", HEAD, *ROWS, answers=AGREED)
    left = plan.leaving({row.key for row in plan.rows[:2]})
    assert [e.record.text("name") for e in left.edits if e.record.kind == "firms"] == ["青岚和乐物业公司"]
