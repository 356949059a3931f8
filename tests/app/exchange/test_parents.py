"""Units that a file names: held against their codes, and made with the rows where somebody asks for it."""

from __future__ import annotations

import pytest

from app.services.bring_in.import_data import commit_import
from tests.app.exchange.qinglan import dataset, rec, said, set_by, sheet_plan

VILLAGES = (
    ("社区代码", "社区名", "街道代码", "街道名"),
    ("990001003001", "梨东社区", "990001003", "梨坪街道"),
    ("990001003002", "梨西社区", "990001003", "梨坪街道"),
)


def made(plan):
    return [(put.record.kind, put.record.code, put.record.text("name")) for put in plan.parents]


def test_that_a_street_named_by_code_and_name_is_made_on_request_alone():
    refused = sheet_plan(dataset(), "communities", *VILLAGES)
    assert refused.counts["refuse"] == 2
    assert refused.may_make_parents
    plan = sheet_plan(dataset(), "communities", *VILLAGES, parents=True)
    assert made(plan) == [("streets", "990001003", "梨坪街道")]
    assert set_by(plan, "name", "street") == [("梨东社区", "990001003"), ("梨西社区", "990001003")]
    assert plan.edits[0].record.code == "990001003"
    assert "一并新建街道 1 个：梨坪街道（990001003）" in said(plan)


def test_that_units_named_without_a_code_get_provisional_ones_within_what_the_row_names():
    plan = sheet_plan(
        dataset(),
        "compounds",
        ("小区名称", "街道", "社区", "网格"),
        ("甲院", "梨坪街道", "梨东社区", "第一网格"),
        ("乙院", "梨坪街道", "梨东社区", "第二网格"),
        ("丙院", "柳溪街道", "柳东社区", None),
        ("丁院", None, "杏北社区", None),
        parents=True,
    )
    assert [(kind, code) for kind, code, _ in made(plan)] == [
        ("streets", "990001900"),
        ("communities", "990001900900"),
        ("grids", "990001900900001"),
        ("grids", "990001900900002"),
    ]
    assert [row.action for row in plan.rows] == ["create", "create", "create", "refuse"]
    assert "社区“杏北社区”没有写在哪个单位里，没有新建" in said(plan)


def test_that_only_what_the_written_rows_lie_in_is_made():
    plan = sheet_plan(
        dataset(),
        "compounds",
        ("小区名称", "街道", "户数"),
        ("甲院", "梨坪街道", 80),
        ("乙院", "桃坪街道", "很多"),
        parents=True,
        partial=True,
    )
    assert [edit.record.text("name") for edit in plan.edits] == ["梨坪街道", "甲院"]


def test_that_what_is_made_is_one_change_with_the_rows(planned, district, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("\n".join(",".join(row) for row in VILLAGES), "utf-8")
    change = commit_import(district, planned(source, "communities", parents=True))
    assert district.dataset.of("streets")["990001003"].text("name") == "梨坪街道"
    assert len(change.codes) == 3
    district.undo()
    assert "990001003" not in district.dataset.of("streets")


@pytest.mark.parametrize(
    ("kind", "rows", "codes"),
    [
        ("streets", (("街道名",), ("梨坪街道",), ("桃坪街道",)), ["990001900", "990001901"]),
        (
            "communities",
            (("社区名", "街道"), ("梨东社区", "柳溪街道"), ("杏东社区", None)),
            ["990001001900", None],
        ),
    ],
)
def test_that_streets_and_communities_without_a_code_get_provisional_ones_and_it_is_said(kind, rows, codes):
    plan = sheet_plan(dataset(), kind, *rows)
    assert [row.code for row in plan.rows] == codes
    assert "编了 900 到 999 的临时代码" in said(plan)
    assert plan.counts["refuse"] == codes.count(None)


def test_that_a_code_of_one_unit_with_the_name_of_another_refuses_the_row():
    plan = sheet_plan(
        dataset(),
        "compounds",
        ("小区名称", "社区代码", "社区名称"),
        ("甲院", "990001001001", "柳西社区"),
        ("乙院", "990001001002", "柳西社区居委会"),
        ("丙院", "990001001002", "柳西新村"),
    )
    assert [row.action for row in plan.rows] == ["refuse", "create", "create"]
    assert "代码是 990001001001 柳东社区居委会，列“社区名称”却写着“柳西社区”" in said(plan)
    assert "如第 4 行“柳西新村”" in said(plan)


def test_that_a_name_that_two_have_is_not_made_again():
    two = (
        rec("communities", "990001001003", name="桥头社区", street="990001001"),
        rec("communities", "990001002003", name="桥头社区", street="990001002"),
    )
    plan = sheet_plan(dataset(*two), "compounds", ("小区名称", "社区"), ("甲院", "桥头社区"), parents=True)
    assert made(plan) == []
    assert plan.counts["refuse"] == 1
